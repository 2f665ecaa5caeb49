import { afterEach, describe, expect, it } from 'vitest'
import jumpcloud from '../../connectors/jumpcloud/index.ts'
import { hex } from '../../src/sandbox/jumpcloud/seed.ts'
import { openWorld, worlds } from './jumpcloud-world.ts'

afterEach(async () => {
  await Promise.all(worlds.splice(0).map((one) => one.close()))
})

const states = (findings: readonly { id: string; state: string }[]) => findings.map((one) => `${one.id} ${one.state}`)
const [mac, thinkPad, workstation, phone, server] = [1, 2, 3, 4, 9].map((number) => hex(3, number)) as [
  string,
  string,
  string,
  string,
  string,
]

describe('devices at JumpCloud', () => {
  it('never touches a server that others sign in to, nor a device of another primary user', async () => {
    const world = await openWorld({
      prepare: (state) => state.bindings.push({ user: hex(1, 1), type: 'system', id: hex(3, 5) }),
    })
    expect((await world.find('lock')).map((one) => one.id)).toEqual([thinkPad, workstation])
    expect((await world.find('lock-apple')).map((one) => one.id)).toEqual([mac])
    expect(JSON.stringify(await world.find('erase'))).not.toContain(server)
  })

  it('asks who a laptop belongs to that several are bound to, and refuses once it is somebody else’s', async () => {
    const world = await openWorld()
    const [finding] = await world.find('lock')
    const laptop = world.state.systems[1]
    if (laptop) laptop.primary = hex(1, 3)
    await expect(world.apply('lock', finding as never)).rejects.toThrow("somebody else's now")
    if (laptop) delete laptop.primary
    world.state.bindings.push({ user: hex(1, 3), type: 'system', id: thinkPad })
    expect((await world.find('lock'))[0]).toMatchObject({
      state: 'blocked',
      fact: expect.stringContaining('primary user'),
    })
    if (laptop) laptop.osFamily = 'Windows' as never
    expect((await world.find('lock'))[0]).toMatchObject({ state: 'blocked' })
    await expect(world.apply('erase', finding as never)).rejects.toThrow('primary user')
    expect(world.state.commands).toHaveLength(1)
  })

  it('keeps each recovery key, and says which is missing', async () => {
    const world = await openWorld()
    const laptop = world.state.systems[1]
    if (laptop) laptop.fdeKey = ''
    expect(states(await world.find('recovery-keys'))).toEqual([
      `${mac} open`,
      `${thinkPad} blocked`,
      `${workstation} done`,
    ])
    await world.applyAll('recovery-keys')
    expect([...world.kept.values()].flat()).toEqual(['KEY-1-AAAA-BBBB-CCCC-111'])
    expect(states(await world.find('recovery-keys'))).toContain(`${mac} done`)
  })

  it('is blocked for Macs where nothing can be kept', async () => {
    const world = await openWorld({}, {}, false)
    for (const step of ['recovery-keys', 'lock-apple', 'erase'])
      expect((await world.find(step)).find((one) => one.id === mac)).toMatchObject({
        state: 'blocked',
        fact: expect.stringContaining('escrow'),
      })
    expect(states(await world.find('lock'))).toEqual([`${thinkPad} open`, `${workstation} open`])
  })

  it('takes a queued lock for pending until the device has answered, also on the second page of results', async () => {
    const world = await openWorld({ commandMs: 3_600_000 }, { pageSize: 1 })
    await world.applyAll('lock')
    expect(new Set((await world.find('lock')).map((one) => one.state))).toEqual(new Set(['pending']))
    world.server.settle()
    expect(states(await world.find('lock'))).toEqual([`${thinkPad} done`, `${workstation} done`])
  })

  it('says when a device could not carry an order out', async () => {
    const world = await openWorld({ commandMs: 0 })
    await world.applyAll('lock')
    for (const one of world.state.commands) one.exitCode = 1
    expect(await world.find('lock')).toMatchObject([
      { state: 'blocked', fact: expect.stringContaining('exitCode=1') },
      { state: 'blocked' },
    ])
  })

  it('takes no script of IT’s own for the order, whatever it is called', async () => {
    const world = await openWorld({ commandMs: 3_600_000 })
    await world.applyAll('erase')
    const own = { id: hex(9, 7), system: thinkPad, kind: 'erase' as const, exitCode: 0, name: 'Erase temporary files' }
    world.state.commands.push({ ...own, requestTime: new Date().toISOString(), doneAt: Date.now() })
    expect((await world.find('erase')).find((one) => one.id === thinkPad)).toMatchObject({ state: 'pending' })
  })

  it('takes an encryption of which JumpCloud tells nothing for no proof that there is no key', async () => {
    const world = await openWorld()
    const when = ({ path }: { path: string }) => path.endsWith(`/systems/${thinkPad}`)
    const body = {
      _id: thinkPad,
      displayName: 'ThinkPad',
      osFamily: 'Windows',
      primarySystemUser: { id: world.mine.id },
    }
    world.server.faults.push({ times: 2, when, as: { status: 200, body } })
    expect((await world.find('recovery-keys')).find((one) => one.id === thinkPad)).toMatchObject({
      state: 'blocked',
      fact: expect.stringContaining('fde.active=unknown'),
    })
  })

  it('queues no second lock for the same order', async () => {
    const world = await openWorld({ commandMs: 3_600_000 })
    const [finding] = await world.find('lock')
    await world.apply('lock', finding as never)
    await world.apply('lock', finding as never)
    expect(world.state.commands.filter((one) => one.system === thinkPad)).toHaveLength(1)
  })

  it('queues no second erasure for the same order', async () => {
    const world = await openWorld({ commandMs: 3_600_000 })
    const finding = (await world.find('erase')).find((one) => one.id === thinkPad)
    await world.apply('erase', finding as never)
    await world.apply('erase', finding as never)
    expect(world.state.commands.filter((one) => one.kind === 'erase')).toHaveLength(1)
  })

  it('keeps the PIN before the Mac is locked with it', async () => {
    const world = await openWorld()
    const refused = { status: 400, body: { code: 3, message: 'no', details: [] } }
    world.server.faults.push({ when: ({ path }) => path.endsWith('/lock'), as: refused })
    await expect(world.applyAll('lock-apple')).rejects.toThrow('refused to lock')
    expect([...world.kept.keys()]).toEqual(["PIN (lock) of Jo's MacBook (SN1JUMP)"])
    await world.applyAll('lock-apple')
    const sent = world.server.calls
      .filter(({ asked }) => asked.path.endsWith('/lock'))
      .map(({ asked }) => (asked.body as { pin: string }).pin)
    expect([...world.kept.values()].flat()).toEqual(sent)
    expect(sent[0]).toMatch(/^\d{6}$/)
  })

  it('takes an erased Mac for erased only once it is no longer enrolled', async () => {
    const world = await openWorld({ commandMs: 3_600_000 })
    const before = await world.find('erase')
    expect(before.map((one) => one.id)).toEqual([mac, thinkPad, workstation])
    await world.applyAll('erase')
    expect(new Set((await world.find('erase')).map((one) => one.state))).toEqual(new Set(['pending']))
    world.server.settle()
    expect(new Set((await world.find('erase')).map((one) => one.state))).toEqual(new Set(['done']))
  })

  it('only takes the work part off a personal phone', async () => {
    const world = await openWorld()
    expect(states(await world.find('unenroll-personal'))).toEqual([`${phone} open`])
    await world.applyAll('unenroll-personal')
    expect(world.state.apple[1]).toMatchObject({ enrolled: false, locked: false })
    expect(states(await world.find('unenroll-personal'))).toEqual([`${phone} done`])
  })

  it('follows the choice for devices', async () => {
    const world = await openWorld()
    for (const step of ['recovery-keys', 'lock', 'lock-apple', 'erase', 'unenroll-personal'])
      expect(await world.find(step, { devices: 'nothing' })).toEqual([])
    expect(await world.find('erase', { devices: 'lock' })).toEqual([])
    const other = await openWorld({}, { lockBeforeErase: false })
    expect(await other.find('lock')).toEqual([])
  })

  it('says what to do with a Mac without MDM, and with Android', async () => {
    const world = await openWorld({
      prepare(state) {
        state.apple = state.apple.filter((one) => one.serialNumber !== 'SN1JUMP')
        Object.assign(state.systems[1] as object, { osFamily: 'android' })
      },
    })
    expect((await world.find('lock-apple'))[0]).toMatchObject({
      state: 'blocked',
      fact: expect.stringContaining('Apple MDM'),
    })
    expect((await world.find('lock'))[0]).toMatchObject({
      state: 'blocked',
      fact: expect.stringContaining('Devices >'),
    })
  })

  it('asks for what left the list by its own id, until JumpCloud says how the order ended', async () => {
    const world = await openWorld({ commandMs: 3_600_000 })
    for (const step of ['lock', 'erase', 'unenroll-personal']) await world.applyAll(step)
    world.state.bindings = world.state.bindings.filter((one) => one.user !== world.mine.id)
    world.state.groups.length = 0
    for (const system of world.state.systems) system.primary = hex(1, 3)
    expect(states(await world.find('lock'))).toEqual([`${thinkPad} pending`, `${workstation} pending`])
    expect(states(await world.find('erase'))).toEqual([mac, thinkPad, workstation].map((id) => `${id} pending`))
    expect(states(await world.find('unenroll-personal'))).toEqual([`${phone} done`])
    for (const one of world.state.commands) if (one.kind === 'lock') one.exitCode = 1
    world.server.settle()
    expect(await world.find('lock')).toMatchObject([
      { state: 'blocked', fact: expect.stringContaining('exitCode=1') },
      { state: 'blocked' },
    ])
    expect(states(await world.find('erase'))).toEqual([mac, thinkPad, workstation].map((id) => `${id} done`))
  })

  it('takes nothing for erased because its record is gone', async () => {
    const world = await openWorld({ commandMs: 3_600_000 })
    await world.applyAll('erase')
    world.state.systems.length = 0
    const found = await world.find('erase')
    expect(states(found)).toEqual([mac, thinkPad, workstation].map((id) => `${id} blocked`))
    expect(found[0]).toMatchObject({ label: "Jo's MacBook (SN1JUMP)", fact: expect.stringContaining('no record') })
  })

  it('tells an erased Mac from one that was taken out of management', async () => {
    const world = await openWorld({ commandMs: 3_600_000 })
    await world.applyAll('erase')
    const [record, system] = [world.state.apple[0], world.state.systems[0]]
    const look = async () => (await world.find('erase')).find((one) => one.id === mac)
    Object.assign(record ?? {}, { enrolled: false })
    expect(await look()).toMatchObject({ state: 'pending', fact: expect.stringContaining('active=true') })
    Object.assign(system ?? {}, { active: false })
    expect(await look()).toMatchObject({ state: 'done' })
    Object.assign(record ?? {}, { byHand: true })
    expect(await look()).toMatchObject({ state: 'blocked', fact: expect.stringContaining('does not say which') })
  })
})

describe('groups at JumpCloud', () => {
  const [servers, laptops] = [hex(2, 3), hex(2, 5)]

  it('are left at once, but those that bind the leaver’s own devices, which come after them', async () => {
    const world = await openWorld({}, { pageSize: 1 })
    const atOnce = (await world.find('groups')).map((one) => one.id)
    expect(atOnce).toContain(servers)
    expect(atOnce).not.toContain(laptops)
    expect(states(await world.find('device-groups'))).toEqual([`${laptops} open`])
    const comesAfter = (id: string) => jumpcloud.steps.find((one) => one.id === id)?.after ?? []
    expect(comesAfter('device-groups')).toEqual(expect.arrayContaining(['jumpcloud/lock', 'jumpcloud/erase']))
    for (const id of ['groups', 'bindings']) expect(comesAfter(id), id).toEqual([])
    expect((await world.find('groups', { devices: 'nothing' })).map((one) => one.id)).toContain(laptops)
  })

  it('that bind a device of the leaver’s by now are not left before it', async () => {
    const world = await openWorld()
    const finding = (await world.find('groups')).find((one) => one.id === servers)
    world.state.groups.find((one) => one.id === servers)?.targets.push({ type: 'system', id: thinkPad })
    await expect(world.apply('groups', finding as never)).rejects.toThrow('by now')
    expect(world.state.groups.find((one) => one.id === servers)?.members).toContain(world.mine.id)
  })

  it('all wait where JumpCloud does not say by which way a device is bound', async () => {
    const world = await openWorld()
    const when = ({ path }: { path: string }) => /users\/\w+\/systems$/.test(path)
    world.server.faults.push({ times: 9, when, as: { status: 200, body: [{ type: 'system', id: thinkPad }] } })
    expect(await world.find('groups')).toEqual([])
    expect((await world.find('device-groups')).map((one) => one.id)).toContain(servers)
  })
})
