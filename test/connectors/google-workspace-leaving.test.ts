import { afterEach, describe, expect, it } from 'vitest'
import google from '../../connectors/google-workspace/index.ts'
import type { At, ManualStep } from '../../src/connector.ts'
import { SharedReads } from '../../src/run/at.ts'
import { cast } from '../../src/sandbox/company.ts'
import { furnish, leaver, type OpenWorld, openWorld, receiver, userIn, worlds } from './google-workspace-world.ts'

afterEach(async () => {
  for (const world of worlds.splice(0)) await world.close()
})

describe('the account of somebody who left', () => {
  const leaving = { moveTo: '/Leavers', rename: 'former.', removeAliases: true, archive: true }

  it('stays where and what it is unless the settings say otherwise', async () => {
    const world = await openWorld()
    for (const step of ['move-unit', 'rename', 'aliases', 'archive', 'suspend-first'])
      expect(await world.find(step)).toEqual([])
  })

  it('moves to the unit, and back to where it was', async () => {
    const world = await openWorld(
      { prepare: (state) => Object.assign(userIn(state, cast.leaver), { orgUnitPath: '/Sales' }) },
      { moveTo: '/leavers' },
    )
    const [finding] = await world.find('move-unit')
    expect(finding).toMatchObject({ state: 'open', fact: 'orgUnitPath=/Sales' })
    await expect(world.apply('move-unit', finding!)).rejects.toThrow('INVALID_OU_ID')
    world.state.orgUnits.push('/leavers')
    await world.apply('move-unit', finding!)
    expect((await world.find('move-unit'))[0]?.state).toBe('done')
    await world.undo('move-unit', finding!)
    expect(world.user(cast.leaver).orgUnitPath).toBe('/Sales')
  })

  it('gets another address and keeps the old one as an alias; taken back, no other is left', async () => {
    const world = await openWorld({}, leaving)
    const [finding] = await world.find('rename')
    await world.apply('rename', finding!)
    await world.apply('rename', finding!)
    const renamed = `former.${cast.leaver}`
    expect(world.user(renamed).aliases).toEqual(['jmiller@example.com', cast.leaver])
    expect((await world.find('rename'))[0]?.state).toBe('done')
    for (const step of ['mobile-lock', 'chromebook-lock', 'licences'])
      expect((await world.find(step)).length, step).toBeGreaterThan(0)
    for (const _ of [1, 2]) await world.undo('rename', finding!)
    expect(world.user(cast.leaver).aliases).toEqual(['jmiller@example.com'])
  })

  it('loses its aliases last, and never one that is somebody else’s by then', async () => {
    const world = await openWorld({}, leaving)
    const [finding] = await world.find('aliases')
    world.user(cast.leaver).aliases = []
    world.user(cast.manager).aliases = ['jmiller@example.com']
    await world.apply('aliases', finding!)
    expect(world.asked(/^DELETE .*\/aliases\//)).toBe(0)
    await expect(world.undo('aliases', finding!)).rejects.toThrow('already exists')
    expect(world.user(cast.manager).aliases).toEqual(['jmiller@example.com'])
    world.user(cast.manager).aliases = []
    await world.undo('aliases', finding!)
    await world.undo('aliases', finding!)
    expect(world.user(cast.leaver).aliases).toEqual(['jmiller@example.com'])
    const after = google.steps.find((one) => one.id === 'aliases')?.after
    for (const wipe of ['mobile-wipe', 'chromebook-wipe', 'computer-wipe'])
      expect(after).toContain(`google-workspace/${wipe}`)
  })

  it('is archived while a licence for it is left, and taken out again', async () => {
    const world = await openWorld({}, leaving)
    const [finding] = await world.find('archive')
    world.state.archiveSeats = 0
    await expect(world.apply('archive', finding!)).rejects.toThrow('Insufficient archived user licenses')
    world.state.archiveSeats = 1
    await world.apply('archive', finding!)
    expect((await world.find('archive'))[0]).toMatchObject({ state: 'done', fact: 'archived=true' })
    await world.undo('archive', finding!)
    expect(world.user(cast.leaver).archived).toBe(false)
  })

  it('is suspended at once only where the settings say so, for a dismissal only where they say that', async () => {
    const dismissal = await openWorld({}, { suspendFirst: 'dismissal' }, { kind: 'dismissal' })
    expect((await dismissal.find('suspend-first'))[0]?.state).toBe('open')
    await dismissal.applyAll('suspend-first')
    expect((await dismissal.find('suspend'))[0]?.state).toBe('done')
    const resignation = await openWorld({}, { suspendFirst: 'dismissal' })
    expect(await resignation.find('suspend-first')).toEqual([])
    const kept = await openWorld({}, { suspendFirst: 'always', suspend: false })
    expect(await kept.find('suspend-first')).toEqual([])
  })
})

describe('people whom the leaver manages', () => {
  const boss = (world: OpenWorld, email: string) => world.user(email).managerEmail

  it('get the leaver’s own manager, and the leaver again', async () => {
    const world = await openWorld({ prepare: furnish })
    const findings = await world.find('reports')
    expect(findings.map((one) => one.label).toSorted()).toEqual([cast.namesake, cast.other].toSorted())
    await world.applyAll('reports')
    expect([boss(world, cast.other), boss(world, cast.namesake)]).toEqual([cast.manager, cast.manager])
    expect(await world.find('reports')).toEqual([])
    world.user(cast.namesake).managerEmail = cast.it
    for (const finding of findings) await world.undo('reports', finding)
    expect([boss(world, cast.other), boss(world, cast.namesake)]).toEqual([cast.leaver, cast.it])
  })

  it('keep a manager whom HR named in between', async () => {
    const world = await openWorld({ prepare: furnish })
    const findings = await world.find('reports')
    world.user(cast.other).managerEmail = cast.it
    for (const finding of findings) await world.apply('reports', finding)
    expect(boss(world, cast.other)).toBe(cast.it)
    expect(world.asked(/^PUT .*\/users\//)).toBe(1)
  })

  it('get the receiver where the leaver has no manager who is there, and are a task where there is none', async () => {
    const prepare: Parameters<typeof openWorld>[0] = {
      prepare(state) {
        furnish(state)
        Object.assign(userIn(state, cast.leaver), { managerEmail: cast.it })
        userIn(state, cast.it).suspended = true
      },
    }
    const world = await openWorld(prepare)
    await world.applyAll('reports')
    expect(boss(world, cast.other)).toBe(cast.manager)
    const alone = await openWorld(prepare, {}, { handOverTo: undefined })
    expect((await alone.find('reports'))[0]).toMatchObject({
      state: 'blocked',
      fact: expect.stringContaining('HR names one'),
    })
  })
})

describe('what is given back', () => {
  it('may be given back twice: a licence, a role, a filter, a mail delegate', async () => {
    const world = await openWorld({ prepare: furnish })
    const mailbox = world.state.mailboxes[world.user(cast.leaver).id]
    for (const step of ['licences', 'admin-roles', 'forwarding-filters', 'mail-delegates']) {
      const findings = await world.find(step)
      const labels = findings.map((one) => one.label).toSorted()
      expect(labels.length, step).toBeGreaterThan(0)
      await world.applyAll(step)
      expect(await world.find(step), step).toEqual([])
      for (const _ of [1, 2]) for (const finding of findings) await world.undo(step, finding)
      expect((await world.find(step)).map((one) => one.label).toSorted(), step).toEqual(labels)
    }
    expect(mailbox?.filters.at(-1)).toMatchObject({ criteria: { from: 'invoices' } })
  })

  it('is not a licence where none is left', async () => {
    const world = await openWorld()
    const [finding] = await world.find('licences')
    await world.apply('licences', finding!)
    const error = { code: 412, message: 'There are not enough licenses', errors: [{ reason: 'conditionNotMet' }] }
    world.fault(/^POST .*\/licensing\//, { status: 412, body: { error } })
    await expect(world.undo('licences', finding!)).rejects.toThrow('not enough licenses')
  })
})

describe('what ends with nobody', () => {
  async function told(id: string, world: OpenWorld): Promise<string | undefined> {
    const step = google.steps.find((one) => one.id === id) as ManualStep
    const reads = new SharedReads()
    const account = await world.account()
    const at = {
      client: world.client,
      leaver,
      account,
      handOverTo: await world.account(receiver),
      once: <T>(key: string, read: () => Promise<T>) => reads.once(key, read),
    } as unknown as At
    if (!(await step.applies?.(at))) return undefined
    return typeof step.ask === 'string' ? step.ask : step.ask(at)
  }

  it('is an account in an app, by the app’s name', async () => {
    const world = await openWorld()
    expect(await told('app-accounts', world)).toContain('Calendly, Gong, Loom, Notion, Zapier')
    world.state.tokens = [{ user: world.user(cast.leaver).id, clientId: 'x', displayText: 'Google Chrome', scopes: [] }]
    expect(await told('app-accounts', world)).toBeUndefined()
  })

  it('is what they made in Google Cloud, where they used it, with the command', async () => {
    const world = await openWorld()
    expect(await told('cloud-leftovers', world)).toBeUndefined()
    const user = world.user(cast.leaver).id
    const scopes = ['https://www.googleapis.com/auth/cloud-platform']
    world.state.tokens.push({ user, clientId: '32555940559', displayText: 'Google Cloud SDK', scopes })
    expect(await told('cloud-leftovers', world)).toContain(`--query='policy:"${cast.leaver}"'`)
  })
})

describe('the end of the account', () => {
  it('frees the licences of the products in the settings only, and gives them back', async () => {
    const none = await openWorld({}, { licences: [] })
    expect(await none.find('licences')).toEqual([])
    const world = await openWorld({}, { licences: ['Google-Apps'] })
    const before = world.state.licences.length
    const [finding] = await world.find('licences')
    await world.apply('licences', finding!)
    expect(world.state.licences).toHaveLength(before - 1)
    await world.undo('licences', finding!)
    expect(world.state.licences).toHaveLength(before)
  })

  it('is a deletion only where the settings say so, files have a receiver, and no transfer is running', async () => {
    const off = await openWorld()
    expect(await off.find('delete')).toEqual([])
    const alone = await openWorld({}, { deleteUser: true }, { handOverTo: undefined })
    expect((await alone.find('delete'))[0]).toMatchObject({
      state: 'blocked',
      fact: expect.stringContaining('would be deleted too'),
    })
    const world = await openWorld({ transferMs: 3_600_000 }, { deleteUser: true })
    await world.applyAll('transfer-files')
    const [finding] = await world.find('delete')
    await expect(world.apply('delete', finding!)).rejects.toThrow('still running')
    world.server.settle()
    await world.apply('delete', finding!)
    expect(world.state.users.some((one) => one.primaryEmail === cast.leaver)).toBe(false)
    for (const step of google.steps) if ('find' in step) expect(await world.find(step.id)).toEqual([])
    await expect(world.apply('delete', finding!)).resolves.toBeUndefined()
  })
})
