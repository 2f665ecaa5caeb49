import { afterEach, describe, expect, it } from 'vitest'
import kandji from '../../connectors/kandji/index.ts'
import { noEscrow } from '../../src/connector.ts'
import { cast } from '../../src/sandbox/company.ts'
import { command } from '../../src/sandbox/kandji/seed.ts'
import { closeWorlds, leaver } from './devices-world.ts'
import { having, mac, openKandji } from './kandji-world.ts'

afterEach(closeWorlds)

describe('Kandji: whose device it is', () => {
  it('takes the live record of the very address, over pages whose link names another host', async () => {
    const world = await openKandji({ pageSize: 1 })
    expect(world.account).toMatchObject({ realm: 'example.api.kandji.io', label: cast.leaver })
    expect(await kandji.locate(world.client, leaver)).toHaveLength(1)
    expect((await world.find('wipe', wiping)).map((one) => one.label)).toHaveLength(4)
  })

  it('takes an archived record where there is no other', async () => {
    const world = await openKandji({
      prepare(state) {
        state.users = state.users.filter((one) => one.email !== cast.leaver || one.archived)
      },
    })
    expect(world.account.id).toBe('5344c996-8823-4b37-8d6e-000000000900')
  })

  it('answers both records where two are live, so that IT chooses', async () => {
    const { client } = await openKandji({
      prepare: ({ users }) => {
        for (const user of users) user.archived = false
      },
    })
    expect(await kandji.locate(client, leaver)).toHaveLength(2)
  })

  it('refuses to wipe a device that was given to somebody else after the sign-off', async () => {
    const world = await openKandji({}, { devices: 'wipe' })
    const finding = await world.one('wipe', mac)
    world.device(mac).user = '5344c996-8823-4b37-8d6e-000000000003'
    await expect(world.apply('wipe', finding)).rejects.toThrow(/not assigned to the leaver in Kandji any more/)
    expect(world.asked(/erase/)).toBe(0)
    expect(world.kept.size).toBe(0)
  })

  it('takes a device that was deleted in Kandji for gone', async () => {
    const world = await openKandji()
    const finding = await world.one('lock', mac)
    world.server.world.write((state) => {
      state.devices = state.devices.filter((one) => one.device_name !== mac)
    })
    await expect(world.apply('lock', finding)).resolves.toBeUndefined()
  })
})

const wiping = { choices: { kind: 'resignation', devices: 'wipe' } } as const

describe('Kandji: keys and PINs', () => {
  it('keeps FileVault keys, recovery passwords and bypass codes by name and serial number', async () => {
    const world = await openKandji()
    for (const finding of await world.find('recovery-keys')) await world.apply('recovery-keys', finding)
    expect(Object.fromEntries(world.kept)).toEqual({
      'FileVault recovery key of Jo’s MacBook Pro (GG7FF8Q0001)': ['9A2U-CDK6-P6NH-FAB3-LTUH-2MYP'],
      'Recovery password of Jo’s MacBook Pro (GG7FF8Q0001)': ['Kx7-recovery-lock-41'],
      'FileVault recovery key of Studio Mac (GG7FF8Q0002)': ['4TQR-XX2M-9LPD-77AC-KEWB-H5ZN'],
      'Activation Lock bypass code of iPad (GG7FF8Q0003)': ['ZH3R1-0W2QF-P7KV-8XN4-UA2M'],
    })
    expect((await world.find('recovery-keys')).map((one) => one.state)).toEqual(['done', 'done', 'done', 'done'])
  })

  it('is blocked where there is nowhere to keep a key, and reads none', async () => {
    const world = await openKandji({}, { withoutEscrow: true })
    const finding = await world.one('recovery-keys', 'FileVault recovery key of Jo')
    expect(finding).toMatchObject({ state: 'blocked', fact: noEscrow })
    await expect(world.apply('recovery-keys', finding)).rejects.toThrow(noEscrow)
    expect(world.asked(/secrets/)).toBe(0)
  })

  it('is blocked where FileVault is on and Kandji has no key', async () => {
    const world = await openKandji({ prepare: having(mac, { keys: {} }) })
    const finding = await world.one('recovery-keys', mac)
    expect(finding).toMatchObject({ state: 'blocked', fact: expect.stringContaining('what is on it is lost') })
    await expect(world.apply('recovery-keys', finding)).rejects.toThrow()
  })

  it('keeps the PIN that a lock answers with', async () => {
    const world = await openKandji()
    await world.apply('lock', await world.one('lock', mac))
    expect(world.kept.get('Unlock PIN of Jo’s MacBook Pro (GG7FF8Q0001)')).toEqual([world.device(mac).pin])
    expect(await world.one('unlock-pins', mac)).toMatchObject({ state: 'done', fact: 'PIN kept' })
  })

  it('reads a PIN again whose answer was lost', async () => {
    const world = await openKandji({ commandMs: 3_600_000 })
    world.fault(/action\/lock/, 'lost')
    await expect(world.apply('lock', await world.one('lock', mac))).rejects.toThrow()
    expect(await world.one('lock', mac)).toMatchObject({ state: 'pending' })
    await world.apply('unlock-pins', await world.one('unlock-pins', mac))
    expect([...world.kept.values()]).toEqual([[world.device(mac).pin]])
    expect(world.device(mac).commands.filter((one) => one.status === 1)).toHaveLength(1)
  })

  it('locks a Mac without an escrow too, and says that its PIN is not kept', async () => {
    const world = await openKandji({}, { withoutEscrow: true })
    await world.apply('lock', await world.one('lock', mac))
    expect(await world.one('unlock-pins', mac)).toMatchObject({ state: 'blocked', fact: noEscrow })
  })
})

describe('Kandji: lock', () => {
  it('does not count a lock of last year', async () => {
    const world = await openKandji()
    expect(await world.one('lock', mac)).toMatchObject({ state: 'open' })
  })

  it('is pending until the Mac has done it, is not ordered twice, and is read back', async () => {
    const world = await openKandji({ commandMs: 3_600_000 })
    const finding = await world.one('lock', mac)
    await world.apply('lock', finding)
    expect(await world.one('lock', mac)).toMatchObject({ state: 'pending', fact: expect.stringContaining('last seen') })
    await world.apply('lock', finding)
    expect(world.asked(/action\/lock/)).toBe(1)
    world.server.settle()
    expect(await world.one('lock', mac)).toMatchObject({ state: 'done' })
  })

  it('takes Kandji’s word that a Mac is locked already', async () => {
    const world = await openKandji({ prepare: having(mac, { locked: true }) })
    const finding = await world.one('lock', mac)
    expect(await world.apply('lock', finding)).toEqual({ alreadyLocked: true })
    expect(await world.one('lock', mac)).toMatchObject({ state: 'done', fact: expect.stringContaining('already') })
  })

  it('takes it for ordered where somebody else was a moment quicker, and for refused where Kandji says so', async () => {
    const world = await openKandji()
    const finding = await world.one('lock', mac)
    const refuse = (text: string) =>
      world.fault(/action\/lock/, {
        status: 400,
        body: JSON.stringify(text),
        headers: { 'content-type': 'application/json' },
      })
    refuse('Command already running')
    await expect(world.apply('lock', finding)).resolves.toBeUndefined()
    refuse('Command is not allowed for current device')
    await expect(world.apply('lock', finding)).rejects.toThrow(/refused to lock a device: Command is not allowed/)
  })

  it('is open again where the Mac could not do it', async () => {
    const now = new Date().toISOString()
    const world = await openKandji({ prepare: having(mac, { commands: [command('DeviceLock', 4, now)] }) })
    expect(await world.one('lock', mac)).toMatchObject({ state: 'open', fact: expect.stringMatching(/failed/) })
  })

  it('never locks a Mac that a lock would deactivate', async () => {
    const world = await openKandji({ prepare: having(mac, { os_version: '11.4' }) })
    const finding = await world.one('lock', mac)
    expect(finding).toMatchObject({ state: 'blocked', fact: expect.stringContaining('before 11.5') })
    await expect(world.apply('lock', finding)).rejects.toThrow(/before 11.5/)
    expect(world.asked(/action/)).toBe(0)
  })

  it('asks IT to turn on Lost Mode for an iPad, and sees when it is on', async () => {
    const world = await openKandji()
    expect(await world.one('lock', 'iPad')).toMatchObject({
      state: 'blocked',
      fact: expect.stringMatching(/Lost Mode/),
    })
    world.device('iPad').lost_mode_status = 'ENABLED'
    expect(await world.one('lock', 'iPad')).toMatchObject({ state: 'done' })
  })

  it('does nothing where nothing was chosen for devices, and leaves Macs open where the settings say so', async () => {
    const idle = await openKandji({}, { devices: 'nothing' })
    for (const step of ['recovery-keys', 'lock', 'unlock-pins', 'wipe', 'unmanage-personal'])
      expect(await idle.find(step), step).toEqual([])
    expect(await idle.manual('release').applies()).toBe(false)
    const world = await openKandji({}, { devices: 'wipe', settings: { lockBeforeWipe: false } })
    expect(await world.find('lock')).toEqual([])
  })
})
