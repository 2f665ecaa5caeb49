import { afterEach, describe, expect, it } from 'vitest'
import fleet from '../../connectors/fleet/index.ts'
import { cast } from '../../src/sandbox/company.ts'
import { closeWorlds, leaver, leaverOf } from './devices-world.ts'
import { openFleet } from './fleet-world.ts'

afterEach(closeWorlds)

describe('Fleet: wipe', () => {
  it('needs the recovery keys to have been kept', () => {
    expect(fleet.steps.find((one) => one.id === 'wipe')).toMatchObject({
      irreversible: true,
      needs: ['fleet/recovery-keys'],
    })
  })

  it('says that Fleet wipes no locked host, and what IT does about it', async () => {
    const world = await openFleet({ commandMs: 0 }, { devices: 'wipe' })
    const finding = await world.one('wipe', 'JO-SURFACE')
    await world.apply('lock', await world.one('lock', 'JO-SURFACE'))
    const now = await world.one('wipe', 'JO-SURFACE')
    expect(now).toMatchObject({ state: 'blocked', fact: expect.stringMatching(/wipes no locked host. IT unlocks it/) })
    await expect(world.apply('wipe', finding)).rejects.toThrow(/cannot be wiped until it is unlocked/)
  })

  it('locks nothing before a wipe where the settings say so', async () => {
    const world = await openFleet({}, { devices: 'wipe', settings: { lockBeforeWipe: false } })
    expect(await world.find('lock')).toEqual([])
  })

  it('sends the way Windows is wiped only to Windows', async () => {
    const world = await openFleet({}, { devices: 'wipe', settings: { windowsWipe: 'doWipe' } })
    for (const name of ['JO-SURFACE', 'jo-build-box']) await world.apply('wipe', await world.one('wipe', name))
    const bodies = world.server.calls.filter(({ asked }) => asked.path.endsWith('/wipe')).map(({ asked }) => asked.body)
    expect(bodies).toEqual([{ windows: { wipe_type: 'doWipe' } }, null])
    expect(await world.one('wipe', 'JO-SURFACE')).toMatchObject({ state: 'pending' })
  })

  it('never locks or wipes a personal device, and takes its work part off', async () => {
    const world = await openFleet({ commandMs: 0 }, { devices: 'wipe' })
    for (const step of ['lock', 'wipe']) expect(JSON.stringify(await world.find(step))).not.toMatch(/iPhone|Pixel/)
    const phone = await world.one('unmanage-personal', 'iPhone')
    await world.apply('unmanage-personal', phone)
    const after = await world.find('unmanage-personal')
    expect(after.map(({ label, state, fact }) => `${label}: ${state}, ${fact}`)).toEqual([
      'Pixel 9 (C02XY0006): open, enrollment_status=On (personal)',
      expect.stringMatching(/iPhone.*: done, enrollment_status=Off$/),
    ])
    expect(JSON.stringify(await world.find('lock'))).not.toContain('iPhone')
  })

  it('refuses to wipe what became a personal device meanwhile', async () => {
    const world = await openFleet({}, { devices: 'wipe' })
    const finding = await world.one('wipe', 'iPad')
    world.host('Jo’s iPad').enrollment_status = 'On (personal)'
    await expect(world.apply('wipe', finding)).rejects.toThrow(/personal device now/)
  })

  it('asks IT to release wiped devices from Apple, by name', async () => {
    const world = await openFleet({}, { devices: 'wipe' })
    const task = world.manual('release')
    expect(await task.applies()).toBe(true)
    expect(await task.ask()).toMatch(/Jo’s MacBook Pro \(C02XY0001\), Jo’s iPad .*Apple Business Manager/)
  })
})

describe('Fleet: recovery keys', () => {
  it('takes an encryption of which Fleet knows nothing for no proof that there is no key, but for Linux', async () => {
    const world = await openFleet()
    const surface = world.host('JO-SURFACE')
    surface.disk_encryption_enabled = null
    delete surface.key
    expect(await world.one('recovery-keys', 'JO-SURFACE')).toMatchObject({
      state: 'blocked',
      fact: expect.stringContaining('disk_encryption_enabled=unknown'),
    })
    expect(await world.one('recovery-keys', 'jo-build-box')).toMatchObject({ state: 'done' })
  })
})

describe('Fleet: a host that leaves the list in the middle of an order', () => {
  const somebodyElse = [{ email: 'jo.millers@example.com', source: 'mdm_idp_accounts' }]
  const hourMs = 3_600_000

  it('is asked for by its own id until Fleet says how the wipe ended', async () => {
    const world = await openFleet({ commandMs: hourMs }, { devices: 'wipe' })
    for (const name of ['JO-SURFACE', 'iPad']) await world.apply('wipe', await world.one('wipe', name))
    const [surface, ipad] = [world.host('JO-SURFACE'), world.host('Jo’s iPad')]
    surface.device_mapping = somebodyElse
    ipad.enrollment_status = 'Off'
    for (const name of ['JO-SURFACE', 'iPad']) expect(await world.one('wipe', name)).toMatchObject({ state: 'pending' })
    delete surface.ordered
    const failed = await world.one('wipe', 'JO-SURFACE')
    expect(failed).toMatchObject({ state: 'blocked', fact: expect.stringContaining("not among the leaver's") })
    for (const host of [surface, ipad]) host.status = 'wiped'
    delete ipad.ordered
    for (const name of ['JO-SURFACE', 'iPad']) expect(await world.one('wipe', name)).toMatchObject({ state: 'done' })
    expect(world.server.world.truth().commands.filter(({ action }) => action === 'wipe')).toHaveLength(2)
  })

  it('is not wiped because its record is gone', async () => {
    const world = await openFleet({ commandMs: hourMs }, { devices: 'wipe' })
    await world.apply('wipe', await world.one('wipe', 'JO-SURFACE'))
    const { hosts } = world.server.world.truth()
    hosts.splice(hosts.indexOf(world.host('JO-SURFACE')), 1)
    const finding = await world.one('wipe', 'JO-SURFACE')
    expect(finding).toMatchObject({ state: 'blocked', fact: expect.stringContaining('no record') })
  })

  it('is followed by the lock, and by the end of its management, as well', async () => {
    const world = await openFleet({ commandMs: hourMs })
    const orders = [
      ['lock', 'JO-SURFACE'],
      ['unmanage-personal', 'Pixel'],
    ] as const
    for (const [step, name] of orders) await world.apply(step, await world.one(step, name))
    for (const name of ['JO-SURFACE', 'Pixel 9']) world.host(name).device_mapping = somebodyElse
    for (const [step, name] of orders) expect(await world.one(step, name)).toMatchObject({ state: 'pending' })
    world.server.settle()
    for (const [step, name] of orders) expect(await world.one(step, name)).toMatchObject({ state: 'done' })
  })
})

describe('Fleet: check', () => {
  it('says who gives which role where it is missing', async () => {
    const world = await openFleet({ role: 'observer' })
    expect(await fleet.check(world.client)).toMatchObject({
      as: 'latchkey@example.com at fleet.example.com',
      missing: [expect.stringMatching(/Maintainer: an admin of Fleet gives latchkey@example.com this role/)],
    })
  })

  it('warns of an admin’s token and of the free edition', async () => {
    const world = await openFleet({ role: 'admin', tier: 'free' })
    const { missing, warnings } = await fleet.check(world.client)
    expect(missing).toEqual([])
    expect(warnings?.join(' ')).toMatch(/Maintainer is enough.*Fleet Free/)
  })

  it('reads the role in a fleet, under the old name and the new', async () => {
    const world = await openFleet()
    const team = [{ id: 1, name: 'Workstations', role: 'maintainer' }]
    for (const named of [{ teams: team }, { fleets: team, teams: team }, { fleets: team }]) {
      const body = { user: { email: 'latchkey@example.com', global_role: null, ...named } }
      world.server.faults.push({ when: ({ path }) => path.endsWith('/me'), as: { status: 200, body } })
      const { missing, warnings } = await fleet.check(world.client)
      expect({ missing, warnings }).toEqual({ missing: [], warnings: [expect.stringContaining('Workstations')] })
    }
  })

  it('refuses an address that is not https', () => {
    expect(() => fleet.settings.parse({ url: 'http://fleet.example.com', token: undefined })).toThrow(/https/)
  })

  it('finds nobody where no host names them', async () => {
    const { client } = await openFleet()
    const nobody = { ...leaverOf(cast.protected), emails: ['somebody@elsewhere.test'] }
    expect(await fleet.locate(client, nobody)).toEqual([])
    expect(await fleet.locate(client, leaver)).toHaveLength(1)
  })
})
