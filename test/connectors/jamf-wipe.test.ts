import { afterEach, describe, expect, it } from 'vitest'
import jamf from '../../connectors/jamf/index.ts'
import { noEscrow } from '../../src/connector.ts'
import { command } from '../../src/sandbox/jamf/seed.ts'
import { closeWorlds } from './devices-world.ts'
import { ipad, ipadWith, iphone, mac, openJamf } from './jamf-world.ts'

afterEach(closeWorlds)

describe('Jamf Pro: wipe', () => {
  it('needs the recovery keys to have been kept', () => {
    const wipe = jamf.steps.find((one) => one.id === 'wipe')
    expect(wipe).toMatchObject({ irreversible: true, needs: ['jamf/recovery-keys'] })
  })

  it('sends a Mac a PIN that is kept, an iPad none, and each its order once', async () => {
    const world = await openJamf({ commandMs: 3_600_000 }, { devices: 'wipe' })
    const findings = [await world.one('wipe', mac), await world.one('wipe', ipad)]
    for (const finding of [...findings, ...findings]) await world.apply('wipe', finding)
    const bodies = world.server.calls.flatMap(({ asked }) => (asked.method === 'POST' ? [asked.body] : []))
    const [pin] = world.kept.get('Erase PIN of Jo’s MacBook Pro (C02ZK0011)') ?? []
    expect(bodies.slice(1).map((body) => (body as { commandData: unknown }).commandData)).toEqual([
      { commandType: 'ERASE_DEVICE', pin },
      { commandType: 'ERASE_DEVICE' },
    ])
    expect(await world.one('wipe', mac)).toMatchObject({ state: 'pending' })
    world.server.settle()
    expect(await world.one('wipe', mac)).toMatchObject({ state: 'done' })
  })

  it('is blocked for a Mac where there is nowhere to keep the PIN', async () => {
    const world = await openJamf({}, { devices: 'wipe', withoutEscrow: true })
    const finding = await world.one('wipe', mac)
    expect(finding).toMatchObject({ state: 'blocked', fact: noEscrow })
    await expect(world.apply('wipe', finding)).rejects.toThrow(noEscrow)
    expect(world.asked(/^POST .*commands/)).toBe(0)
  })

  it('says that a locked Mac waits for its PIN', async () => {
    const world = await openJamf({ commandMs: 0 }, { devices: 'wipe' })
    await world.apply('lock', await world.one('lock', mac))
    await world.find('lock')
    world.state.commands.push(command(world.computer(mac).managementId, 'ERASE_DEVICE', 'PENDING'))
    expect(await world.one('wipe', mac)).toMatchObject({
      state: 'pending',
      fact: expect.stringMatching(/typed the PIN/),
    })
  })

  it('wipes nothing of which Jamf Pro does not say whose it is', async () => {
    const world = await openJamf({ prepare: ipadWith({ ownership: '' }) }, { devices: 'wipe' })
    const finding = await world.one('wipe', ipad)
    expect(finding).toMatchObject({ state: 'blocked', fact: expect.stringContaining("the leaver's own") })
    await expect(world.apply('wipe', finding)).rejects.toThrow(/the leaver's own/)
  })

  it('never locks or wipes a personal device, and takes its management off', async () => {
    const world = await openJamf({ commandMs: 3_600_000 }, { devices: 'wipe' })
    for (const step of ['recovery-keys', 'lock', 'wipe'])
      expect(JSON.stringify(await world.find(step))).not.toMatch(/iPhone|own iMac/)
    for (const finding of await world.find('unmanage-personal')) await world.apply('unmanage-personal', finding)
    expect((await world.find('unmanage-personal')).map((one) => one.state)).toEqual(['pending', 'pending'])
    world.server.settle()
    expect(await world.find('unmanage-personal')).toMatchObject(Array(2).fill({ state: 'done', fact: 'managed=false' }))
    expect(world.mobile(iphone)).toMatchObject({ managed: false, wiped: false })
  })

  it('looks again whether a device is personal before it does anything to it', async () => {
    const world = await openJamf({}, { devices: 'wipe' })
    const [company, own] = [await world.one('wipe', ipad), await world.one('unmanage-personal', iphone)]
    world.mobile(ipad).ownership = 'UserEnrollment'
    world.mobile(iphone).ownership = 'Institutional'
    await expect(world.apply('wipe', company)).rejects.toThrow(/it is a personal device/)
    await expect(world.apply('unmanage-personal', own)).rejects.toThrow(/no personal device any more/)
    expect(world.asked(/unmanage|^POST .*commands/)).toBe(0)
  })

  it('asks IT to release wiped devices from Apple, by name', async () => {
    const task = (await openJamf({}, { devices: 'wipe' })).manual('release')
    expect(await task.applies()).toBe(true)
    expect(await task.ask()).toMatch(/Jo’s MacBook Pro \(C02ZK0011\).*Apple Business Manager/)
    expect(await task.ask()).not.toMatch(/iPhone|own iMac/)
  })
})

describe('Jamf Pro: a device that leaves the list in the middle of an order', () => {
  const somebodyElse = { email: 'jo.millers@example.com', username: '' }

  it('is asked for by its own id until Jamf Pro says how the wipe ended', async () => {
    const world = await openJamf({ commandMs: 3_600_000 }, { devices: 'wipe' })
    for (const name of [mac, ipad]) await world.apply('wipe', await world.one('wipe', name))
    Object.assign(world.computer(mac), { user: somebodyElse })
    Object.assign(world.mobile(ipad), { managed: false })
    for (const name of [mac, ipad]) expect(await world.one('wipe', name)).toMatchObject({ state: 'pending' })
    const sent = world.state.commands.filter((one) => one.type === 'ERASE_DEVICE')
    for (const one of sent) Object.assign(one, { state: 'ERROR', completed: new Date().toISOString() })
    expect(await world.one('wipe', mac)).toMatchObject({
      state: 'blocked',
      fact: expect.stringMatching(/ERASE_DEVICE ERROR.*not the leaver's in Jamf Pro any more/),
    })
    expect(await world.one('wipe', ipad)).toMatchObject({ state: 'blocked' })
    for (const one of sent) Object.assign(one, { state: 'ACKNOWLEDGED' })
    for (const name of [mac, ipad]) expect(await world.one('wipe', name)).toMatchObject({ state: 'done' })
    expect(world.state.commands.filter((one) => one.type === 'ERASE_DEVICE')).toHaveLength(2)
  })

  it('is not wiped because its record is gone, but where Jamf Pro still says so of the order itself', async () => {
    const world = await openJamf({ commandMs: 3_600_000 }, { devices: 'wipe' })
    for (const name of [mac, ipad]) await world.apply('wipe', await world.one('wipe', name))
    world.state.computers.splice(world.state.computers.indexOf(world.computer(mac)), 1)
    world.state.mobiles.splice(world.state.mobiles.indexOf(world.mobile(ipad)), 1)
    for (const name of [mac, ipad])
      expect(await world.one('wipe', name)).toMatchObject({
        state: 'blocked',
        fact: expect.stringMatching(/ERASE_DEVICE PENDING.*no record/),
      })
    world.server.settle()
    for (const name of [mac, ipad]) expect(await world.one('wipe', name)).toMatchObject({ state: 'done' })
    world.state.commands.length = 0
    const journal = { applied: () => ({ intentAt: new Date(), answeredAt: new Date(0), receipt: { command: 'none' } }) }
    expect(await world.one('wipe', mac, journal)).toMatchObject({ state: 'blocked' })
  })

  it('is known as wiped also where it enrolled again under another address', async () => {
    const world = await openJamf({ commandMs: 0 }, { devices: 'wipe' })
    await world.apply('wipe', await world.one('wipe', mac))
    await world.find('wipe')
    world.computer(mac).managementId = 'bbbbbbbb-3f1e-4b3a-a5b3-000000000011'
    expect(await world.one('wipe', mac)).toMatchObject({ state: 'done' })
    await world.apply('wipe', await world.one('wipe', mac))
    expect(world.state.commands.filter((one) => one.type === 'ERASE_DEVICE')).toHaveLength(1)
  })

  it('is followed by the lock, and by the end of its management, as well', async () => {
    const world = await openJamf({ commandMs: 3_600_000 })
    for (const [step, name] of [
      ['lock', ipad],
      ['unmanage-personal', iphone],
    ] as const)
      await world.apply(step, await world.one(step, name))
    for (const name of [ipad, iphone]) Object.assign(world.mobile(name), { user: somebodyElse })
    expect(await world.one('lock', ipad)).toMatchObject({ state: 'pending' })
    expect(await world.one('unmanage-personal', iphone)).toMatchObject({ state: 'pending' })
    world.server.settle()
    expect(await world.one('lock', ipad)).toMatchObject({ state: 'done', fact: 'lostModeEnabled=true' })
    expect(await world.one('unmanage-personal', iphone)).toMatchObject({ state: 'done', fact: 'managed=false' })
  })
})

describe('Jamf Pro: orders that fail, devices of several people', () => {
  it.each(['ERROR', 'COMMAND_FORMAT_ERROR'] as const)('does not wait for ever for one that ended %s', async (state) => {
    const world = await openJamf({ commandMs: 3_600_000 })
    await world.apply('lock', await world.one('lock', mac))
    for (const one of world.state.commands.filter((sent) => sent.due !== Number.MAX_SAFE_INTEGER))
      Object.assign(one, { state, completed: new Date().toISOString() })
    expect(await world.one('lock', mac)).toMatchObject({ state: 'open', fact: expect.stringContaining(state) })
  })

  it('says of a company’s iPad that it is out of reach, and leaves an old record of anybody’s', async () => {
    const ours = await openJamf({ prepare: ipadWith({ managed: false }) }, { devices: 'wipe' })
    for (const step of ['lock', 'wipe'])
      expect(await ours.one(step, ipad)).toMatchObject({
        state: 'blocked',
        fact: expect.stringContaining('not manage'),
      })
    const old = await openJamf({ prepare: ipadWith({ managed: false, ownership: '' }) }, { devices: 'wipe' })
    for (const step of ['lock', 'wipe']) expect(JSON.stringify(await old.find(step))).not.toContain('iPad')
  })

  it('neither locks nor wipes an iPad that others use too', async () => {
    const world = await openJamf({ prepare: ipadWith({ shared: true }) }, { devices: 'wipe' })
    for (const step of ['lock', 'wipe']) {
      const finding = await world.one(step, ipad)
      expect(finding).toMatchObject({ state: 'blocked', fact: expect.stringContaining('shared iPad') })
      await expect(world.apply(step, finding)).rejects.toThrow('shared iPad')
    }
    expect(world.asked(/^POST .*commands/)).toBe(0)
  })
})

describe('Jamf Pro: signing in', () => {
  it('gets a new token where one has run out, also where it ran out in the queue', async () => {
    const world = await openJamf({ tokenMs: 950 })
    world.server.faults.push({
      when: ({ path }) => path.includes('computers-inventory'),
      as: { status: 429, headers: { 'retry-after': '1' }, body: {} },
    })
    expect(await world.find('unmanage-personal')).toHaveLength(2)
    expect(world.asked(/oauth\/token/)).toBeGreaterThan(1)
  })

  it('does not sign in again where a token that is still good is refused', async () => {
    const world = await openJamf()
    world.fault(/computers-inventory/, { status: 401, body: {} })
    await expect(world.find('lock')).rejects.toThrow(/refused/)
    expect(world.asked(/oauth\/token/)).toBe(1)
  })

  it('says which privilege is missing and where it is granted', async () => {
    const { client } = await openJamf({ without: ['View Recovery Lock', 'Unmanage Mobile Devices'] })
    const { as, missing } = await jamf.check(client)
    expect(as).toBe('latchkey at example.jamfcloud.com')
    expect(missing).toEqual([
      'View Recovery Lock: IT grants it in Settings > System > API roles and clients > API Roles.',
      'Unmanage Mobile Devices: IT grants it in Settings > System > API roles and clients > API Roles.',
    ])
  })

  it('says so where Jamf Pro does not tell the privileges', async () => {
    const { client } = await openJamf({ silent: true })
    expect(await jamf.check(client)).toMatchObject({
      missing: [],
      warnings: [expect.stringMatching(/does not say which/)],
    })
  })

  it('refuses an address that is not https', () => {
    expect(() => jamf.settings.parse({ url: 'http://acme.jamfcloud.com', clientId: 'x' })).toThrow(/https/)
  })
})
