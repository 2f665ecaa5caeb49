import { afterEach, describe, expect, it } from 'vitest'
import kandji from '../../connectors/kandji/index.ts'
import { noEscrow } from '../../src/connector.ts'
import { command } from '../../src/sandbox/kandji/seed.ts'
import { closeWorlds } from './devices-world.ts'
import { having, mac, openKandji } from './kandji-world.ts'

afterEach(closeWorlds)

describe('Kandji: wipe', () => {
  it('needs the recovery keys to have been kept', () => {
    const wipe = kandji.steps.find((one) => one.id === 'wipe')
    expect(wipe).toMatchObject({ irreversible: true, needs: ['kandji/recovery-keys'] })
  })

  it('keeps the PIN before it is sent, and sends none but that', async () => {
    const world = await openKandji({}, { devices: 'wipe' })
    const finding = await world.one('wipe', mac)
    world.fault(/action\/erase/, {
      status: 400,
      body: '"No such luck"',
      headers: { 'content-type': 'application/json' },
    })
    await expect(world.apply('wipe', finding)).rejects.toThrow(/No such luck/)
    const [kept] = world.kept.get('Erase PIN of Jo’s MacBook Pro (GG7FF8Q0001)') ?? []
    expect(kept).toMatch(/^\d{6}$/)
    expect(world.server.calls.at(-1)?.asked.body).toEqual({ PIN: kept })
  })

  it('sends no PIN to an iPad, and orders once', async () => {
    const world = await openKandji({ commandMs: 3_600_000 }, { devices: 'wipe' })
    const finding = await world.one('wipe', 'iPad')
    await world.apply('wipe', finding)
    await world.apply('wipe', finding)
    const bodies = world.server.calls.filter(({ asked }) => /erase/.test(asked.path)).map(({ asked }) => asked.body)
    expect(bodies).toEqual([{}])
    expect(await world.one('wipe', 'iPad')).toMatchObject({ state: 'pending' })
    world.server.settle()
    expect(await world.one('wipe', 'iPad')).toMatchObject({ state: 'done' })
  })

  it('is blocked for a Mac where there is nowhere to keep the PIN', async () => {
    const world = await openKandji({}, { devices: 'wipe', withoutEscrow: true })
    const finding = await world.one('wipe', mac)
    expect(finding).toMatchObject({ state: 'blocked', fact: noEscrow })
    await expect(world.apply('wipe', finding)).rejects.toThrow(noEscrow)
    expect(world.asked(/erase/)).toBe(0)
  })

  it('says that a locked Mac waits for its PIN', async () => {
    const world = await openKandji({ commandMs: 0 }, { devices: 'wipe' })
    await world.apply('lock', await world.one('lock', mac))
    expect(await world.one('lock', mac)).toMatchObject({ state: 'done' })
    world.device(mac).commands.push({ ...command('EraseDevice', 1) })
    expect(await world.one('wipe', mac)).toMatchObject({
      state: 'pending',
      fact: expect.stringMatching(/typed the PIN/),
    })
  })

  it('wipes no iPad that may be the leaver’s own, unless the settings say so', async () => {
    const own = having('iPad', { supervised: false })
    const world = await openKandji({ prepare: own }, { devices: 'wipe' })
    const finding = await world.one('wipe', 'iPad')
    expect(finding).toMatchObject({ state: 'blocked', fact: expect.stringContaining('the tag BYOD') })
    await expect(world.apply('wipe', finding)).rejects.toThrow(/may be the leaver's own/)
    const bold = await openKandji({ prepare: own }, { devices: 'wipe', settings: { wipeUnsupervised: true } })
    expect(await bold.one('wipe', 'iPad')).toMatchObject({ state: 'open' })
  })

  it('never locks or wipes a personal device, and takes its management off', async () => {
    const world = await openKandji({}, { devices: 'wipe' })
    for (const step of ['recovery-keys', 'lock', 'wipe'])
      expect(JSON.stringify(await world.find(step))).not.toContain('iPhone')
    const { device_id } = world.device('iPhone')
    await world.apply('unmanage-personal', await world.one('unmanage-personal', 'iPhone'))
    expect(world.server.world.truth().removed).toEqual([device_id])
    expect(await world.find('unmanage-personal')).toEqual([])
  })

  it('asks for a device that left the list by its own id, until Kandji says how the order ended', async () => {
    const world = await openKandji({ commandMs: 3_600_000 }, { devices: 'wipe' })
    const orders = [
      ['wipe', 'iPad', 'EraseDevice'],
      ['lock', mac, 'DeviceLock'],
    ] as const
    for (const [step, name] of orders) await world.apply(step, await world.one(step, name))
    const { users, devices } = world.server.world.truth()
    const other = users.find((one) => one.id !== world.account.id && devices.some((device) => device.user === one.id))
    world.device('iPad').user = other?.id ?? ''
    world.device(mac).tags = ['BYOD']
    for (const [step, name] of orders) expect(await world.one(step, name)).toMatchObject({ state: 'pending' })
    for (const [step, name, kind] of orders) {
      const sent = world.device(name).commands.findLast((one) => one.request_type === kind)
      Object.assign(sent ?? {}, { status: 4, date_completed: new Date().toISOString() })
      const failed = await world.one(step, name)
      expect(failed).toMatchObject({
        state: 'blocked',
        fact: expect.stringMatching(/failed, .* nothing more is ordered/),
      })
      Object.assign(sent ?? {}, { status: 3 })
      expect(await world.one(step, name)).toMatchObject({ state: 'done' })
    }
    expect(world.asked(/action\/erase/)).toBe(1)
  })

  it('says of a device that Kandji cannot reach any more that it cannot', async () => {
    const world = await openKandji({ prepare: having(mac, { unmanaged: true }) }, { devices: 'wipe' })
    for (const step of ['lock', 'wipe']) {
      const finding = await world.one(step, mac)
      expect(finding).toMatchObject({ state: 'blocked', fact: expect.stringContaining('mdm_enabled=false') })
      await expect(world.apply(step, finding)).rejects.toThrow('mdm_enabled=false')
    }
  })

  it('takes a FileVault of which Kandji says nothing for no proof that there is no key', async () => {
    const world = await openKandji({ prepare: having(mac, { filevault: null, keys: {} }) })
    expect(await world.one('recovery-keys', `FileVault recovery key of ${mac}`)).toMatchObject({
      state: 'blocked',
      fact: expect.stringContaining('does not say'),
    })
  })

  it('does not take a device for wiped because its record is gone', async () => {
    const world = await openKandji({ commandMs: 3_600_000 }, { devices: 'wipe' })
    await world.apply('wipe', await world.one('wipe', 'iPad'))
    const { devices } = world.server.world.truth()
    devices.splice(devices.indexOf(world.device('iPad')), 1)
    const finding = await world.one('wipe', 'iPad')
    expect(finding).toMatchObject({ state: 'blocked', fact: expect.stringContaining('no record') })
  })

  it('looks again whether a device is personal before it does anything to it', async () => {
    const world = await openKandji({}, { devices: 'wipe' })
    const [ipad, iphone] = [await world.one('wipe', 'iPad'), await world.one('unmanage-personal', 'iPhone')]
    world.device('iPad').tags = ['Personal']
    world.device('iPhone').tags = []
    await expect(world.apply('wipe', ipad)).rejects.toThrow(/marked as personal/)
    await expect(world.apply('unmanage-personal', iphone)).rejects.toThrow(/not marked as personal any more/)
    expect(world.server.world.truth().removed).toEqual([])
  })

  it('tells personal devices by their blueprint too', async () => {
    const world = await openKandji({}, { settings: { personal: { tags: [], blueprints: ['Everybody'] } } })
    expect(await world.find('unmanage-personal')).toHaveLength(5)
  })

  it('asks IT to release wiped devices from Apple, by name', async () => {
    const task = (await openKandji({}, { devices: 'wipe' })).manual('release')
    expect(await task.applies()).toBe(true)
    expect(await task.ask()).toMatch(/Jo’s MacBook Pro \(GG7FF8Q0001\).*Apple Business Manager/)
    expect(await task.ask()).not.toContain('iPhone')
  })
})

describe('Kandji: check', () => {
  it('says which permission is missing and where it is granted, without reading a key', async () => {
    const { client, server } = await openKandji({ denied: /secrets\/filevaultkey|commands/ })
    const { as, missing } = await kandji.check(client)
    expect(as).toBe('the API token for example.api.kandji.io')
    expect(missing.map((one) => one.split(':')[0])).toEqual(['Device commands', 'FileVault recovery key'])
    expect(missing[0]).toContain('Settings > Access')
    const secrets = server.calls.filter(({ asked }) => asked.path.includes('secrets'))
    expect(secrets.map(({ status }) => status).filter((status) => status === 200)).toEqual([])
  })

  it('refuses an address that is not https', () => {
    expect(() => kandji.settings.parse({ url: 'http://acme.api.kandji.io', token: undefined })).toThrow(/https/)
  })
})
