import { afterEach, describe, expect, it } from 'vitest'
import jamf from '../../connectors/jamf/index.ts'
import { noEscrow } from '../../src/connector.ts'
import { cast } from '../../src/sandbox/company.ts'
import { command } from '../../src/sandbox/jamf/seed.ts'
import type { JamfState } from '../../src/sandbox/jamf/state.ts'
import { closeWorlds, leaver } from './devices-world.ts'
import { ipad, ipadWith, iphone, mac, macWith, named, openJamf } from './jamf-world.ts'

afterEach(closeWorlds)

describe('Jamf Pro: whose device it is', () => {
  it('goes by the address whatever its case, and by the user name only where no address is', async () => {
    const world = await openJamf({ pageSize: 1 })
    expect(world.account).toMatchObject({ realm: 'example.jamfcloud.com', id: cast.leaver })
    const labels = (await world.find('lock')).map((one) => one.label.replace(/ \(.*/, ''))
    expect(labels).toEqual([mac, 'Studio Mac', ipad])
    const personal = (await world.find('unmanage-personal')).map((one) => one.label.replace(/ \(.*/, ''))
    expect(personal).toEqual(['Jo’s own iMac', iphone])
  })

  it('escapes what goes into a filter, and asks for no address that would match everybody', async () => {
    const { client, server } = await openJamf()
    const odd = (email: string) => ({ ...leaver, emails: [email] })
    expect(await jamf.locate(client, odd('a"b\\c,d;e==@example.com'))).toEqual([])
    const asked = server.calls.length
    await expect(jamf.locate(client, odd('*@example.com'))).rejects.toThrow(/cannot be searched for/)
    expect(server.calls).toHaveLength(asked)
  })

  it('refuses to wipe a device that was given to somebody else after the sign-off', async () => {
    const world = await openJamf({}, { devices: 'wipe' })
    const findings = [await world.one('wipe', mac), await world.one('wipe', ipad)]
    world.computer(mac).user = { email: cast.other, username: 'lena' }
    world.mobile(ipad).user = { email: cast.other, username: 'lena' }
    for (const finding of findings)
      await expect(world.apply('wipe', finding)).rejects.toThrow(/is not the leaver's in Jamf Pro any more/)
    expect(world.asked(/^POST .*commands/)).toBe(0)
    expect(world.kept.size).toBe(0)
  })

  it('takes a device that was deleted in Jamf Pro for gone', async () => {
    const world = await openJamf()
    const finding = await world.one('lock', mac)
    world.state.computers = world.state.computers.filter((one) => one.name !== mac)
    await expect(world.apply('lock', finding)).resolves.toBeUndefined()
  })
})

describe('Jamf Pro: recovery keys', () => {
  it('keeps FileVault keys and Recovery Lock passwords by name and serial number', async () => {
    const world = await openJamf()
    for (const finding of await world.find('recovery-keys')) await world.apply('recovery-keys', finding)
    expect(Object.fromEntries(world.kept)).toEqual({
      'FileVault recovery key of Jo’s MacBook Pro (C02ZK0011)': ['7RWT-QXPM-3H9D-VJ4K-ZL62-NBCA'],
      'Recovery Lock password of Jo’s MacBook Pro (C02ZK0011)': ['Recovery-lock-5521-pw'],
      'FileVault recovery key of Studio Mac (C02ZK0012)': ['M2KD-84TQ-WX7P-9LRC-HV3J-ZF6N'],
    })
    expect((await world.find('recovery-keys')).map((one) => one.state)).toEqual(['done', 'done', 'done'])
  })

  it('is blocked where there is nowhere to keep a key, and reads none', async () => {
    const world = await openJamf({}, { withoutEscrow: true })
    const finding = await world.one('recovery-keys', 'FileVault recovery key of Jo')
    expect(finding).toMatchObject({ state: 'blocked', fact: noEscrow })
    await expect(world.apply('recovery-keys', finding)).rejects.toThrow(noEscrow)
    expect(world.asked(/filevault/)).toBe(0)
  })

  it.each(['INVALID', 'NOT_APPLICABLE'])('is blocked where FileVault is on and the key is %s', async (keyValidity) => {
    const world = await openJamf({ prepare: macWith({ keyValidity, recoveryLock: '' }) })
    const finding = await world.one('recovery-keys', 'FileVault recovery key of Jo')
    expect(finding).toMatchObject({ state: 'blocked', fact: expect.stringContaining('what is on it is lost') })
  })

  it('says so where Jamf Pro has no key after all', async () => {
    const world = await openJamf({ prepare: macWith({ recoveryKey: '', keyValidity: 'UNKNOWN' }) })
    const finding = await world.one('recovery-keys', 'FileVault recovery key of Jo')
    await expect(world.apply('recovery-keys', finding)).rejects.toThrow(/not found|has no FileVault/)
    expect(world.kept.size).toBe(0)
  })
})

describe('Jamf Pro: lock', () => {
  it('keeps the PIN before it is sent, and sends none but that', async () => {
    const world = await openJamf()
    const finding = await world.one('lock', mac)
    world.fault(/^POST .*commands/, { status: 400, body: { errors: [{ code: 'NO', description: 'No such luck' }] } })
    await expect(world.apply('lock', finding)).rejects.toThrow(/refused to send an MDM command: No such luck/)
    const [kept] = world.kept.get('Unlock PIN of Jo’s MacBook Pro (C02ZK0011)') ?? []
    expect(kept).toMatch(/^\d{6}$/)
    expect(world.server.calls.at(-1)?.asked.body).toEqual({
      clientData: [{ managementId: world.computer(mac).managementId }],
      commandData: { commandType: 'DEVICE_LOCK', pin: kept, message: 'This device is locked. Please contact IT.' },
    })
  })

  it('sends nothing to a Mac where there is nowhere to keep the PIN', async () => {
    const world = await openJamf({}, { withoutEscrow: true })
    const finding = await world.one('lock', mac)
    expect(finding).toMatchObject({ state: 'blocked', fact: noEscrow })
    await expect(world.apply('lock', finding)).rejects.toThrow(noEscrow)
    expect(await world.one('lock', ipad)).toMatchObject({ state: 'open' })
    expect(world.asked(/^POST .*commands/)).toBe(0)
  })

  it('does not count a lock of last year, is pending until the Mac has done it, and is not ordered twice', async () => {
    const world = await openJamf({ commandMs: 3_600_000 })
    const finding = await world.one('lock', mac)
    expect(finding).toMatchObject({ state: 'open' })
    await world.apply('lock', finding)
    expect(await world.one('lock', mac)).toMatchObject({ state: 'pending', fact: expect.stringContaining('last seen') })
    await world.apply('lock', finding)
    expect(world.asked(/^POST .*commands/)).toBe(1)
    world.server.settle()
    expect(await world.one('lock', mac)).toMatchObject({ state: 'done', fact: expect.stringContaining('ACKNOWLEDGED') })
  })

  it.each([
    ['NOT_NOW', 'pending'],
    ['ERROR', 'open'],
  ] as const)('takes %s for %s', async (state, expected) => {
    const sent = new Date().toISOString()
    const world = await openJamf({
      prepare(all) {
        all.commands = [{ ...command(named(all.computers, mac).managementId, 'DEVICE_LOCK', state), sent }]
      },
    })
    expect(await world.one('lock', mac)).toMatchObject({ state: expected, fact: expect.stringContaining(state) })
  })

  it('takes what was accepted for pending while another node of Jamf’s does not show it yet', async () => {
    const world = await openJamf({ lagMs: 60_000 })
    const finding = await world.one('lock', mac)
    expect(await world.apply('lock', finding)).toEqual({ command: world.state.commands.at(-1)?.uuid })
    expect(await world.one('lock', mac)).toMatchObject({ state: 'pending', fact: expect.stringContaining('not show') })
  })

  it('refuses to read a state that it does not know', async () => {
    const world = await openJamf({
      prepare(all) {
        const one = command(named(all.computers, mac).managementId, 'DEVICE_LOCK', 'LATER' as 'ERROR')
        all.commands = [{ ...one, sent: new Date().toISOString() }]
      },
    })
    await expect(world.find('lock')).rejects.toThrow(/"LATER" of an order, which is not known here/)
  })

  it('keeps the PIN of a Mac that somebody else has locked', async () => {
    const world = await openJamf()
    await world.apply('unlock-pins', await world.one('unlock-pins', 'Studio Mac'))
    expect(world.kept.get('Unlock PIN of Studio Mac (C02ZK0012)')).toEqual(['519427'])
    expect(await world.one('unlock-pins', 'Studio Mac')).toMatchObject({ state: 'done' })
  })

  it('puts an iPad into Lost Mode, and takes it out again', async () => {
    const world = await openJamf({ commandMs: 0 })
    const finding = await world.one('lock', ipad)
    await world.apply('lock', finding)
    expect(await world.one('lock', ipad)).toMatchObject({ state: 'done', fact: 'lostModeEnabled=true' })
    await world.undo('lock', finding)
    await world.find('lock')
    expect(world.mobile(ipad).lostMode).toBe(false)
    await expect(world.undo('lock', await world.one('lock', mac))).rejects.toThrow(/typing its PIN/)
  })

  const obstacles: [string, string, (state: JamfState) => void, RegExp][] = [
    ['a lock would deactivate the Mac', mac, macWith({ os: '11.4' }), /before 11.5/],
    ['the Mac is not managed', mac, macWith({ managed: false }), /does not manage it/],
    ['the Mac has no management id', mac, macWith({ managementId: '' }), /does not manage it/],
    ['an iPad is not supervised', ipad, ipadWith({ supervised: false }), /no Lost Mode/],
  ]
  it.each(obstacles)('says who does what where %s', async (_why, name, prepare, says) => {
    const world = await openJamf({ prepare })
    const finding = await world.one('lock', name)
    expect(finding).toMatchObject({ state: 'blocked', fact: expect.stringMatching(says) })
    await expect(world.apply('lock', finding)).rejects.toThrow(says)
  })

  it('sends nothing to a management id that is none', async () => {
    const world = await openJamf({ prepare: macWith({ managementId: 'x;status==Pending,command==*' }) })
    await expect(world.find('lock')).rejects.toThrow(/has no management id/)
    expect(world.asked(/commands/)).toBe(0)
  })

  it('does nothing where nothing was chosen for devices, and locks nothing before a wipe where the settings say so', async () => {
    const idle = await openJamf({}, { devices: 'nothing' })
    for (const step of ['recovery-keys', 'lock', 'unlock-pins', 'wipe', 'unmanage-personal'])
      expect(await idle.find(step), step).toEqual([])
    expect(await idle.manual('release').applies()).toBe(false)
    const world = await openJamf({}, { devices: 'wipe', settings: { lockBeforeWipe: false } })
    expect(await world.find('lock')).toEqual([])
  })
})
