import { afterEach, describe, expect, it } from 'vitest'
import { noEscrow } from '../../src/connector.ts'
import { cast } from '../../src/sandbox/company.ts'
import type { FleetOptions } from '../../src/sandbox/fleet/index.ts'
import type { FleetHost } from '../../src/sandbox/fleet/state.ts'
import { closeWorlds } from './devices-world.ts'
import { openFleet } from './fleet-world.ts'

afterEach(closeWorlds)

describe('Fleet: whose host it is', () => {
  it('finds nothing of a namesake, of a longer address, or of a colleague on whose computer the leaver opened a browser', async () => {
    const world = await openFleet()
    const labels = (await world.find('lock')).map((one) => one.label)
    expect(labels).toHaveLength(5)
    expect(labels.join()).not.toMatch(/LENA|jo\.miller@/)
    expect(world.account).toMatchObject({ realm: 'fleet.example.com', id: cast.leaver })
  })

  it('leaves a host to IT that names a second person', async () => {
    const world = await openFleet({
      prepare: ({ hosts }) => void hosts[0]?.device_mapping.push({ email: cast.other, source: 'custom' }),
    })
    const shared = await world.one('lock', 'MacBook Pro')
    expect(shared).toMatchObject({ state: 'blocked', fact: expect.stringContaining(cast.other) })
    await expect(world.apply('lock', shared)).rejects.toThrow(/more than the leaver/)
    expect(world.asked(/^POST/)).toBe(0)
  })

  it.each([
    ['blocked', false],
    ['open', true],
  ])('leaves a host that only a Chrome profile names %s where trustChromeProfiles is %s', async (state, trust) => {
    const world = await openFleet(
      {
        prepare: ({ hosts }) =>
          void Object.assign(hosts[0] as FleetHost, {
            device_mapping: [
              { email: cast.leaver, source: 'google_chrome_profiles' },
              { email: 'private@gmail.example', source: 'google_chrome_profiles' },
            ],
          }),
      },
      { settings: { trustChromeProfiles: trust } },
    )
    expect(await world.one('lock', 'MacBook Pro')).toMatchObject({ state })
  })

  it('refuses to wipe a host that was given to somebody else after the sign-off', async () => {
    const world = await openFleet({}, { devices: 'wipe' })
    const finding = await world.one('wipe', 'JO-SURFACE')
    world.host('JO-SURFACE').device_mapping = [{ email: cast.other, source: 'custom' }]
    await expect(world.apply('wipe', finding)).rejects.toThrow(/is not the leaver's in Fleet any more/)
    expect(world.asked(/wipe$/)).toBe(0)
  })

  it('takes a host that was deleted in Fleet for gone', async () => {
    const world = await openFleet()
    const finding = await world.one('lock', 'JO-SURFACE')
    world.server.world.write((state) => {
      state.hosts = state.hosts.filter((one) => one.display_name !== 'JO-SURFACE')
    })
    await expect(world.apply('lock', finding)).resolves.toBeUndefined()
  })
})

describe('Fleet: keys and PINs', () => {
  it('keeps each recovery key under the host’s name and serial number, and names no key in a finding', async () => {
    const world = await openFleet()
    for (const finding of await world.find('recovery-keys'))
      if (finding.state === 'open') await world.apply('recovery-keys', finding)
    expect(world.kept.get('Disk recovery key of Jo’s MacBook Pro (C02XY0001)')).toEqual([
      '5ADZ-HTZ8-LJJ4-B2F8-JWH3-YPBT',
    ])
    const after = await world.find('recovery-keys')
    expect(after.map((one) => one.state)).toEqual(['done', 'done', 'done', 'done'])
    expect(JSON.stringify(after)).not.toContain('5ADZ')
  })

  it('is blocked where there is nowhere to keep a key, and reads none', async () => {
    const world = await openFleet({}, { withoutEscrow: true })
    const finding = await world.one('recovery-keys', 'MacBook Pro')
    expect(finding).toMatchObject({ state: 'blocked', fact: noEscrow })
    await expect(world.apply('recovery-keys', finding)).rejects.toThrow(noEscrow)
    expect(world.asked(/encryption_key/)).toBe(0)
  })

  it('is blocked where a disk is encrypted and Fleet has no key', async () => {
    const world = await openFleet({ prepare: ({ hosts }) => void delete hosts[0]?.key })
    const finding = await world.one('recovery-keys', 'MacBook Pro')
    expect(finding).toMatchObject({ state: 'blocked', fact: expect.stringContaining('what is on it is lost') })
  })

  it('keeps the PIN that locking a Mac answers with', async () => {
    const world = await openFleet()
    await world.apply('lock', await world.one('lock', 'MacBook Pro'))
    expect(world.kept.get('Unlock PIN of Jo’s MacBook Pro (C02XY0001)')).toEqual([world.host('Jo’s MacBook Pro').pin])
    expect(await world.one('unlock-pins', 'MacBook Pro')).toMatchObject({ state: 'done' })
  })

  it('reads a PIN again whose answer was lost, once the Mac is locked', async () => {
    const world = await openFleet({ commandMs: 3_600_000 })
    world.fault(/lock$/, 'lost')
    await expect(world.apply('lock', await world.one('lock', 'MacBook Pro'))).rejects.toThrow()
    expect(await world.one('unlock-pins', 'MacBook Pro')).toMatchObject({ state: 'pending' })
    world.server.settle()
    await world.apply('unlock-pins', await world.one('unlock-pins', 'MacBook Pro'))
    expect([...world.kept.values()]).toEqual([[world.host('Jo’s MacBook Pro').pin]])
    expect(world.host('Jo’s MacBook Pro').status).toBe('locked')
  })

  it('locks a Mac without an escrow too, asks for no PIN, and says that it is not kept', async () => {
    const world = await openFleet({}, { withoutEscrow: true })
    await world.apply('lock', await world.one('lock', 'MacBook Pro'))
    expect(world.server.calls.at(-1)?.asked.query.has('view_pin')).toBe(false)
    expect(await world.one('unlock-pins', 'MacBook Pro')).toMatchObject({ state: 'blocked', fact: noEscrow })
  })
})

describe('Fleet: lock', () => {
  const orders: [string, string, Partial<FleetHost>, FleetOptions, RegExp][] = [
    ['scripts are off', 'jo-build-box', { scripts_enabled: false }, {}, /scripts are off/],
    ['MDM is off', 'Jo’s MacBook Pro', { enrollment_status: 'Off' }, {}, /MDM is off/],
    ['an iPad was enrolled by hand', 'Jo’s iPad', { enrollment_status: 'On (manual)' }, {}, /enrolled by hand/],
    ['it is a Chromebook', 'JO-SURFACE', { platform: 'chrome' }, {}, /Google Admin console/],
    ['Fleet is the free one', 'JO-SURFACE', {}, { tier: 'free' }, /Premium/],
  ]
  it.each(orders)('says who does what where %s', async (_why, name, change, options, says) => {
    const world = await openFleet({
      ...options,
      prepare: ({ hosts }) => void Object.assign(hosts.find((one) => one.display_name === name) as FleetHost, change),
    })
    const finding = await world.one('lock', name)
    expect(finding).toMatchObject({ state: 'blocked', fact: expect.stringMatching(says) })
  })

  it('is pending until the host has done it, and is not ordered twice', async () => {
    const world = await openFleet({ commandMs: 3_600_000 })
    const finding = await world.one('lock', 'JO-SURFACE')
    await world.apply('lock', finding)
    expect(await world.one('lock', 'JO-SURFACE')).toMatchObject({ state: 'pending' })
    await world.apply('lock', finding)
    world.server.settle()
    expect(await world.one('lock', 'JO-SURFACE')).toMatchObject({ state: 'done' })
    expect(world.server.world.truth().commands).toHaveLength(1)
    expect(world.asked(/lock$/)).toBe(1)
  })

  it('takes it for ordered where somebody else was a moment quicker', async () => {
    const world = await openFleet()
    const finding = await world.one('lock', 'JO-SURFACE')
    const { id } = world.host('JO-SURFACE')
    world.server.faults.push({
      when: ({ method }) => {
        if (method !== 'POST') return false
        world.host('JO-SURFACE').ordered = { action: 'lock', due: Date.now() + 3_600_000 }
        return false
      },
      as: 'reset',
    })
    await expect(world.apply('lock', finding)).resolves.toBeUndefined()
    expect(world.server.world.truth().commands.filter((one) => one.host === id)).toEqual([])
  })

  it('says Fleet’s own reason where it refuses', async () => {
    const world = await openFleet()
    const finding = await world.one('lock', 'jo-build-box')
    world.server.faults.push({
      when: ({ method }) => method === 'POST',
      as: {
        status: 422,
        body: { message: 'Validation Failed', errors: [{ name: 'host_id', reason: 'No such luck' }] },
      },
    })
    await expect(world.apply('lock', finding)).rejects.toThrow(/Fleet refused to lock a host: No such luck \(422\)/)
  })

  it('gives a Windows host back, and says that a Mac is unlocked by hand', async () => {
    const world = await openFleet({ commandMs: 0 })
    for (const name of ['JO-SURFACE', 'MacBook Pro']) {
      const finding = await world.one('lock', name)
      await world.apply('lock', finding)
      if (name === 'JO-SURFACE') await world.undo('lock', finding)
      else await expect(world.undo('lock', finding)).rejects.toThrow(/typing its PIN/)
    }
    expect(await world.one('lock', 'JO-SURFACE')).toMatchObject({ state: 'open' })
  })

  it('does nothing where nothing was chosen for devices', async () => {
    const world = await openFleet({}, { devices: 'nothing' })
    for (const step of ['recovery-keys', 'lock', 'unlock-pins', 'wipe', 'unmanage-personal'])
      expect(await world.find(step), step).toEqual([])
    expect(await world.manual('release').applies()).toBe(false)
  })
})
