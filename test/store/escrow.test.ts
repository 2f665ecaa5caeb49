import { generateIdentity, identityToRecipient } from 'age-encryption'
import { beforeAll, describe, expect, test } from 'vitest'
import { openEscrow, whyNotSealed } from '../../src/store/escrow.ts'
import { type MemoryDisk, memoryDisk } from '../support/disk-memory.ts'

const folder = '/data'
const what = { offboarding: 'off-7k3q2m9x', system: 'jamf', realm: 'example', name: 'FileVault key of C02XY1234' }
const key = 'ABCD-EFGH-IJKL-MNOP'
let identity = ''
let recipient = ''

beforeAll(async () => {
  identity = await generateIdentity()
  recipient = await identityToRecipient(identity)
})

function escrow(disk: MemoryDisk, more: { identity?: string; recipients?: string[] } = {}) {
  const now = () => new Date('2026-11-23T09:00:00Z')
  return openEscrow({ folder, disk, now, recipients: more.recipients ?? [recipient], identity: more.identity })
}

async function newDisk(): Promise<MemoryDisk> {
  const disk = memoryDisk()
  await disk.makeFolder(folder)
  await disk.syncFolder('/')
  return disk
}

describe('a key that is kept', () => {
  test('is opened with the identity, and is nowhere on the disk as it was', async () => {
    const disk = await newDisk()
    await escrow(disk).keep(what, key)
    const [kept] = await escrow(disk).list(what.offboarding)
    expect(kept).toMatchObject({ ...what, at: '2026-11-23T09:00:00.000Z' })
    expect(await escrow(disk, { identity }).open(kept as never)).toEqual({ key })
    const files = (await disk.list(`${folder}/escrow/${what.offboarding}`)) ?? []
    const bytes = await Promise.all(files.map((name) => disk.read(`${folder}/escrow/${what.offboarding}/${name}`)))
    expect(bytes).toHaveLength(1)
    expect(Buffer.concat(bytes as Buffer[]).toString()).not.toContain(key)
  })

  test('is handed out sealed where the identity is elsewhere', async () => {
    const disk = await newDisk()
    await escrow(disk).keep(what, key)
    const [kept] = await escrow(disk).list(what.offboarding)
    const opened = await escrow(disk).open(kept as never)
    expect(opened).toEqual({ sealed: expect.stringContaining('BEGIN AGE ENCRYPTED FILE') })
    expect(JSON.stringify(opened)).not.toContain(key)
  })

  test('survives a power cut from the moment it is answered for', async () => {
    const disk = await newDisk()
    await escrow(disk).keep(what, key)
    expect(await escrow(disk.survivor('power')).holds(what)).toBe(true)
  })

  test('stays beside a second one of the same name, whatever order they come in', async () => {
    const disk = await newDisk()
    const one = escrow(disk, { identity })
    await Promise.all([one.keep(what, key), one.keep(what, 'SECOND')])
    const all = await one.list(what.offboarding)
    const opened = await Promise.all(all.map((kept) => one.open(kept)))
    expect(opened.map((each) => ('key' in each ? each.key : '')).sort()).toEqual([key, 'SECOND'])
  })

  test('is held for its own offboarding, system, realm and name alone', async () => {
    const disk = await newDisk()
    const one = escrow(disk)
    await one.keep(what, key)
    expect(await one.holds(what)).toBe(true)
    for (const other of [{ offboarding: 'off-other' }, { system: 'fleet' }, { realm: 'other' }, { name: 'PIN' }])
      expect(await one.holds({ ...what, ...other })).toBe(false)
  })

  test('put in the place of another by hand is not handed out as that one', async () => {
    const disk = await newDisk()
    const one = escrow(disk, { identity })
    await one.keep(what, key)
    const [kept] = await one.list(what.offboarding)
    await expect(one.open({ ...kept, name: 'FileVault key of C02OTHER' } as never)).rejects.toThrow('something else')
  })

  test('is not kept under a name that leads out of the folder', async () => {
    const disk = await newDisk()
    await expect(escrow(disk).keep({ ...what, offboarding: '../open' }, key)).rejects.toThrow('not the id')
    expect(await escrow(disk).list('../open')).toEqual([])
  })
})

describe('doctor', () => {
  test('says nothing of recipients that the identity opens', async () => {
    expect(await whyNotSealed([recipient], identity)).toBeUndefined()
    expect(await whyNotSealed([recipient])).toBeUndefined()
  })

  test('says so where a recipient is none, or the identity is of somebody else, and quotes neither', async () => {
    expect(await whyNotSealed(['age1qqqqqqqqqqqqqqqqqqqqqqqqqqqq'])).toContain('no age recipients')
    const other = await generateIdentity()
    const said = await whyNotSealed([recipient], other)
    expect(said).toContain('opens none of them')
    expect(said).not.toContain(other)
    expect(await whyNotSealed([recipient], 'AGE-SECRET-KEY-NONE')).not.toContain('AGE-SECRET')
  })
})
