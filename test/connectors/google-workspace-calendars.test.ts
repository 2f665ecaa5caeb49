import { afterEach, describe, expect, it } from 'vitest'
import google from '../../connectors/google-workspace/index.ts'
import { cast } from '../../src/sandbox/company.ts'
import type { State } from '../../src/sandbox/google-workspace/state.ts'
import { everyScope, furnish, openWorld, userIn, worlds } from './google-workspace-world.ts'

afterEach(async () => {
  for (const world of worlds.splice(0)) await world.close()
})

const also = { also: ['calendars', 'shared-drives', 'vault'] }
const options = { prepare: furnish, delegated: everyScope }

describe('calendars', () => {
  const ownerOf = (state: State, id: string) => state.calendars.find((one) => one.id === id)?.owner

  it('and shared drives, computers and Vault are not looked into unless the settings say so', async () => {
    const world = await openWorld({ prepare: furnish })
    for (const step of ['secondary-calendars', 'calendar-sharing', 'meetings', 'shared-drives', 'computer-lock'])
      expect(await world.find(step)).toEqual([])
    expect(world.asked(/ \/(calendar|drive|v1)\//)).toBe(0)
    const { missing, warnings } = await google.check(world.client)
    expect([missing, warnings]).toEqual([[], []])
  })

  it('that the leaver owns get the receiver as owner, those that others own stay, and it can be given back', async () => {
    const world = await openWorld({ ...options, pageSize: 1 }, also)
    const findings = await world.find('secondary-calendars')
    expect(findings.map((one) => one.id)).toEqual(['team@group.calendar.google.com'])
    await world.applyAll('secondary-calendars')
    expect(ownerOf(world.state, 'team@group.calendar.google.com')).toBe(world.user(cast.manager).id)
    expect(await world.find('secondary-calendars')).toEqual([])
    await world.undo('secondary-calendars', findings[0]!)
    expect(ownerOf(world.state, 'team@group.calendar.google.com')).toBe(world.user(cast.leaver).id)
  })

  it('are a task where nobody receives them or the account is suspended already, and deletion waits for it', async () => {
    const alone = await openWorld(options, also, { handOverTo: undefined })
    expect((await alone.find('secondary-calendars'))[0]).toMatchObject({
      state: 'blocked',
      fact: expect.stringContaining('ends with the account'),
    })
    const world = await openWorld(options, also)
    world.user(cast.leaver).suspended = true
    expect((await world.find('secondary-calendars'))[0]).toMatchObject({
      state: 'blocked',
      fact: expect.stringContaining('suspended'),
    })
    const needs = google.steps.find((one) => one.id === 'delete')?.needs
    expect(needs).toContain('google-workspace/secondary-calendars')
  })

  it('are told as they were answered once the account is suspended', async () => {
    const world = await openWorld(options, also)
    await world.applyAll('secondary-calendars')
    world.user(cast.leaver).suspended = true
    expect(await world.find('secondary-calendars')).toEqual([
      expect.objectContaining({ state: 'done', fact: expect.stringContaining('cannot be read') }),
    ])
  })

  it('may no longer be changed by others; readers and the receiver stay, and it can be given back', async () => {
    const world = await openWorld(options, also)
    const mine = world.state.calendars.find((one) => one.id === cast.leaver)!
    mine.rules.push({ role: 'writer', type: 'user', value: cast.manager })
    const before = structuredClone(mine.rules)
    const findings = await world.find('calendar-sharing')
    expect(findings.map((one) => one.label)).toEqual([cast.other])
    await world.applyAll('calendar-sharing')
    expect(await world.find('calendar-sharing')).toEqual([])
    await world.undo('calendar-sharing', findings[0]!)
    const sorted = (rules: typeof before) => rules.map((one) => JSON.stringify(one)).toSorted()
    expect(sorted(mine.rules)).toEqual(sorted(before))
  })
})

describe('meetings', () => {
  const cancelling = { ...also, cancelMeetings: true }
  const nobody = { handOverTo: undefined }
  const eventsOf = (state: State) => state.calendars.find((one) => one.id === cast.leaver)?.events ?? []

  it('that nobody takes over are cancelled, a series from the last day on, those of others never', async () => {
    const world = await openWorld(options, cancelling, nobody)
    const effectiveAt = new Date('2026-11-30T17:00:00.000Z')
    await world.applyAll('meetings', { effectiveAt })
    expect(await world.find('meetings', { effectiveAt })).toEqual([])
    const [once, weekly, ...others] = eventsOf(world.state)
    expect(once?.status).toBe('cancelled')
    expect(weekly).toMatchObject({
      status: 'confirmed',
      recurrence: ['RRULE:FREQ=WEEKLY;BYDAY=MO;UNTIL=20261130T170000Z', 'EXDATE:20240513T100000Z'],
    })
    expect(others.map((one) => one.status)).toEqual(['confirmed', 'confirmed'])
    const sent = world.server.calls.filter(({ asked }) => /^(PATCH|DELETE)$/.test(asked.method))
    expect(sent.map(({ asked }) => asked.query.get('sendUpdates'))).toEqual(['all', 'all'])
  })

  it('of a whole day end with the last day, and are not ended again while it is not over', async () => {
    const world = await openWorld(options, cancelling, nobody)
    const weekly = eventsOf(world.state).find((one) => one.id === 'weekly')!
    Object.assign(weekly, { start: { date: '2024-05-06' }, recurrence: ['RRULE:FREQ=DAILY'] })
    const effectiveAt = new Date('2026-11-30T00:00:00.000Z')
    await world.applyAll('meetings', { effectiveAt })
    expect(weekly.recurrence).toEqual(['RRULE:FREQ=DAILY;UNTIL=20261130'])
    const earlier = new Date('2026-11-30T09:00:00.000Z')
    weekly.recurrence = ['RRULE:FREQ=DAILY;UNTIL=20261130T090000Z']
    world.fault(/^GET .*\/events$/, {
      status: 200,
      body: {
        kind: 'calendar#events',
        items: [{ ...weekly, organizer: { self: true }, attendees: [{ email: cast.other }] }],
      },
    })
    expect(await world.find('meetings', { effectiveAt: earlier })).toEqual([])
  })

  it('are left where somebody takes over, and where the settings do not say so', async () => {
    expect(await (await openWorld(options, cancelling)).find('meetings')).toEqual([])
    expect(await (await openWorld(options, also, nobody)).find('meetings')).toEqual([])
  })

  it('on days picked by hand are a task, and one that another calls by now is refused', async () => {
    const world = await openWorld(options, cancelling, nobody)
    const [once, weekly] = eventsOf(world.state)
    weekly!.recurrence = ['RDATE:21000601T100000Z']
    const findings = await world.find('meetings')
    expect(findings.map((one) => one.state)).toEqual(['open', 'blocked'])
    once!.organizer = cast.other
    await expect(world.apply('meetings', findings[0]!)).rejects.toThrow('Somebody else calls')
  })

  it('that are cancelled already are done', async () => {
    const world = await openWorld(options, cancelling, nobody)
    const [finding] = await world.find('meetings')
    world.fault(/^DELETE .*\/events\//, {
      status: 410,
      body: { error: { code: 410, message: 'Resource has been deleted', errors: [{ reason: 'deleted' }] } },
    })
    await expect(world.apply('meetings', finding!)).resolves.toBeUndefined()
  })
})

describe('shared drives', () => {
  const peopleIn = (state: State, id: string) =>
    state.sharedDrives.find((one) => one.id === id)?.people.map((one) => [one.role, one.emailAddress])

  it('with no other manager get the receiver, and lose them again where it is taken back', async () => {
    const world = await openWorld(options, also)
    const findings = await world.find('shared-drives')
    expect(findings.map((one) => one.label)).toEqual(['Deals'])
    await world.applyAll('shared-drives')
    expect(peopleIn(world.state, 'd1')).toEqual([
      ['organizer', cast.leaver],
      ['organizer', cast.manager],
    ])
    expect(await world.find('shared-drives')).toEqual([])
    for (const _ of [1, 2]) await world.undo('shared-drives', findings[0]!)
    expect(peopleIn(world.state, 'd1')).toEqual([['organizer', cast.leaver]])
  })

  it('that are gone while they are looked into are nobody’s', async () => {
    const world = await openWorld(options, also)
    const error = { code: 404, message: 'Shared drive not found.', errors: [{ reason: 'notFound' }] }
    world.fault(/^GET .*\/permissions$/, { status: 404, body: { error } })
    expect(await world.find('shared-drives')).toEqual([])
  })

  it('make a manager of a receiver who could read, and a reader again', async () => {
    const world = await openWorld(options, also)
    const drive = world.state.sharedDrives[0]!
    drive.people.push({ id: 'p9', type: 'user', role: 'reader', emailAddress: cast.manager })
    const [finding] = await world.find('shared-drives')
    await world.apply('shared-drives', finding!)
    expect(peopleIn(world.state, 'd1')?.at(-1)).toEqual(['organizer', cast.manager])
    await world.undo('shared-drives', finding!)
    expect(peopleIn(world.state, 'd1')?.at(-1)).toEqual(['reader', cast.manager])
  })

  it('are a task where nobody receives, and the scope for them is no warning where they are asked for', async () => {
    const world = await openWorld(options, also, { handOverTo: undefined })
    expect((await world.find('shared-drives'))[0]).toMatchObject({
      state: 'blocked',
      fact: expect.stringContaining('IT names another manager'),
    })
    expect(await google.check(world.client)).toMatchObject({ missing: [], warnings: [] })
    const narrow = await openWorld({ prepare: furnish, delegated: everyScope.filter((one) => one !== 'drive') }, also)
    expect((await google.check(narrow.client)).missing).toEqual([
      expect.stringContaining('auth/drive is not delegated'),
    ])
  })
})

describe('a legal hold', () => {
  it('keeps the account from being deleted, found at any time; that of a namesake does not', async () => {
    const world = await openWorld({ ...options, transferMs: 0, pageSize: 1 }, { ...also, deleteUser: true })
    const [finding] = await world.find('delete')
    expect(finding?.state).toBe('open')
    const hold = { holdId: 'h2', name: 'Files', accounts: [world.user(cast.leaver).id] }
    world.state.matters.push({ matterId: 'm2', name: 'Dispute', state: 'CLOSED', holds: [hold] })
    expect((await world.find('delete'))[0]?.state).toBe('open')
    world.state.matters[1]!.state = 'OPEN'
    expect((await world.find('delete'))[0]).toMatchObject({
      state: 'blocked',
      fact: expect.stringContaining('legal hold "Files" (Dispute)'),
    })
    await expect(world.apply('delete', finding!)).rejects.toThrow('legal hold')
    world.state.matters[1]!.holds = [{ holdId: 'h3', name: 'Unit', orgUnit: '03ph8a2z' }]
    await expect(world.apply('delete', finding!)).rejects.toThrow('"Unit"')
    expect(userIn(world.state, cast.leaver)).toBeDefined()
  })
})
