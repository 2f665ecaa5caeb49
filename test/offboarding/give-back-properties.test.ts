/** The rules about giving back, whatever the order of events. */
import fc from 'fast-check'
import { expect, it as test, vi } from 'vitest'
import { decide, fold, Refusal } from '../../src/offboarding/decide.ts'
import type { Event } from '../../src/offboarding/event.ts'
import { latest } from '../../src/offboarding/give-back.ts'
import { giveBackReady, takenAway } from '../../src/offboarding/give-back-list.ts'
import type { Clicker, Ending, Offboarding, Role } from '../../src/offboarding/offboarding.ts'
import { ready } from '../../src/offboarding/order.ts'
import { at, clicker, finding, given, leaver, running, step } from '../support/story.ts'

// Thousands of walks take longer on a busy machine.
vi.setConfig({ testTimeout: 60_000 })

const people: readonly Clicker[] = [
  clicker('UHR', ['hr']),
  clicker('UHR2', ['hr']),
  clicker('UIT', ['it']),
  clicker('UIT2', ['it']),
  clicker('UBOTH', ['hr', 'it']),
  clicker('UJO', ['hr', 'it']),
  clicker('UGUEST', ['it'], { guest: true }),
  clicker('UGONE', ['hr'], { deactivated: true }),
  clicker('UNONE'),
]
const groups = step('zoo/groups', { phase: 'remove', undo: true, findings: [finding('g1'), finding('g2')] })
const lock = step('zoo/lock', { undo: true, findings: [finding('l1')] })
const barn = step('farm/barn', { undo: true, needs: ['zoo/lock'], findings: [finding('b1')] })
const mail = step('farm/mail', { findings: [finding('m1')] })
const user = step('zoo/user', { phase: 'reclaim', irreversible: true, findings: [finding('u1')] })
const all = [groups, lock, barn, mail, user]
const keys = all.map((one) => one.key)

/** Some of it was taken, mail failed. */
const opening: readonly Event[] = [
  ...running(all),
  ...[lock, groups, barn, mail].flatMap((one): Event[] => [
    { type: 'step-started', at: at(9), step: one.key },
    { type: 'intended', at: at(9), step: one.key, findings: one.findings.map(({ id }) => id) },
    ...(one === mail
      ? []
      : one.findings.map(({ id }): Event => ({ type: 'answered', at: at(9), step: one.key, finding: id }))),
    {
      ...{ type: 'step-ended' as const, at: at(9), step: one.key, fact: 'f', ms: 1 },
      ending: one === mail ? ('failed' as const) : ('verified' as const),
      findings: one.findings.map((each) => ({ ...each, state: one === mail ? ('open' as const) : ('done' as const) })),
    },
  ]),
]

type Move = (now: Offboarding, minutes: number) => Event | undefined
const person = fc.constantFrom(...people)
const role = fc.constantFrom<Role>('hr', 'it')
const key = fc.constantFrom(...keys)
const ending = fc.constantFrom<Ending>(
  'verified',
  'verified',
  'verified',
  'verified',
  'acknowledged',
  'failed',
  'unknown',
)

/** Everything, or what a random mask leaves of it; now and then something that was never taken. */
function asking({ by, mask, wild }: { by: Clicker; mask: number; wild: boolean }): Move {
  return (now, minutes) => {
    const known = takenAway(now).can.map(({ run, findings }) => ({
      stepKey: run.key,
      findings: findings.map(({ id }) => id),
    }))
    const some = known.filter((_item, index) => (mask >> index) % 2 === 0)
    const items = wild ? [...some, { stepKey: user.key, findings: ['u1'] }] : some
    return { type: 'give-back-asked', at: at(minutes), by, items, reason: 'r' }
  }
}

function signing({ by, role: as, old }: { by: Clicker; role: Role; old: boolean }): Move {
  return (now, minutes) => {
    const digest = old ? 'an older card' : (latest(now)?.digest ?? '')
    return { type: 'give-back-signed', at: at(minutes), by, role: as, digest }
  }
}

/** What somebody who means it would do next: ask, then have it signed. */
function properly(mask: number): Move {
  return (now, minutes) => {
    const back = latest(now)
    if (back?.state !== 'awaiting-sign-off')
      return asking({ by: people[4] as Clicker, mask, wild: false })(now, minutes)
    const as = back.signOffs.hr ? ('it' as const) : ('hr' as const)
    return signing({ by: people[as === 'hr' ? 0 : 2] as Clicker, role: as, old: false })(now, minutes)
  }
}

/** What a runner would do next: end what runs after ordering it, else begin what is ready. */
function forward(how: Ending): Move {
  return (now, minutes) => {
    const back = latest(now)
    const run = Object.values(back?.steps ?? {}).find((one) => one.state === 'running')
    const stepKey = run?.key ?? (back ? giveBackReady(now, back)[0] : undefined)
    if (!stepKey) return undefined
    if (!run) return { type: 'give-back-started', at: at(minutes), stepKey }
    const ids = run.findings.map((one) => one.id)
    if (ids.some((id) => !run.applied[id]))
      return { type: 'give-back-intended', at: at(minutes), stepKey, findings: ids }
    const open = ids.find((id) => !run.applied[id]?.answeredAt)
    if (open && how !== 'failed') return { type: 'give-back-answered', at: at(minutes), stepKey, finding: open }
    return ended(run.key, how)(now, minutes)
  }
}

function ended(stepKey: string, how: Ending): Move {
  return (now, minutes) => {
    const state = how === 'verified' ? ('open' as const) : ('done' as const)
    const findings = (latest(now)?.steps[stepKey]?.findings ?? []).map((one) => ({ ...one, state }))
    return { type: 'give-back-ended', at: at(minutes), stepKey, ending: how, fact: 'f', findings, ms: 1 }
  }
}

const hands = [
  'give-back-retried',
  'give-back-attested',
  'give-back-skipped',
  'retried',
  'skipped',
  'attested',
] as const

function handling({ by, type, stepKey }: { by: Clicker; type: (typeof hands)[number]; stepKey: string }): Move {
  return (_now, minutes) => ({ type, at: at(minutes), by, stepKey, step: stepKey, note: 'n', reason: 'r' }) as Event
}

const move: fc.Arbitrary<Move> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({ by: person, mask: fc.nat(7), wild: fc.constantFrom(false, false, true) }).map(asking),
  },
  {
    weight: 10,
    arbitrary: fc.record({ by: person, role, old: fc.constantFrom(false, false, false, true) }).map(signing),
  },
  { weight: 70, arbitrary: ending.map(forward) },
  { weight: 15, arbitrary: fc.nat(7).map(properly) },
  { weight: 4, arbitrary: fc.record({ by: person, type: fc.constantFrom(...hands), stepKey: key }).map(handling) },
  { weight: 2, arbitrary: fc.tuple(key, ending).map(([stepKey, how]) => ended(stepKey, how)) },
  {
    weight: 2,
    arbitrary: key.map(
      (stepKey): Move =>
        (_now, minutes) => ({ type: 'give-back-started', at: at(minutes), stepKey }),
    ),
  },
  {
    weight: 3,
    arbitrary: key.map(
      (one): Move =>
        (now, minutes) =>
          ready(now, new Date(at(minutes))).includes(one)
            ? { type: 'step-started', at: at(minutes), step: one }
            : undefined,
    ),
  },
  {
    weight: 1,
    arbitrary: key.map(
      (one): Move =>
        (_now, minutes) => ({ type: 'step-started', at: at(minutes), step: one }),
    ),
  },
  {
    weight: 1,
    arbitrary: person.map(
      (by): Move =>
        (_now, minutes) => ({ type: 'give-back-declined', at: at(minutes), by, reason: 'no' }),
    ),
  },
  { weight: 1, arbitrary: fc.constant<Move>((_now, minutes) => ({ type: 'give-back-expired', at: at(minutes) })) },
  { weight: 1, arbitrary: fc.constant<Move>((_now, minutes) => ({ type: 'closed', at: at(minutes) })) },
)

interface Walk {
  states: Offboarding[]
  events: Event[]
}

/** Most walks begin with somebody asking, and half of those with both signing. */
const begun = fc
  .record({ n: fc.constantFrom(0, 1, 3, 3, 3, 3), mask: fc.nat(7) })
  .map(({ n, mask }): Move[] =>
    [
      asking({ by: people[4] as Clicker, mask, wild: false }),
      signing({ by: people[0] as Clicker, role: 'hr', old: false }),
      signing({ by: people[2] as Clicker, role: 'it', old: false }),
    ].slice(0, n),
  )
const minutes = fc.oneof(
  { weight: 10, arbitrary: fc.integer({ min: 0, max: 90 }) },
  { weight: 1, arbitrary: fc.integer({ min: 1, max: 60 * 24 * 40 }) },
)
const walks = fc.tuple(begun, fc.array(fc.record({ move, minutes }), { minLength: 20, maxLength: 60 }))

/** Tries every move in turn, at growing times; a refused one must leave everything as it was. */
function walk([first, rest]: [readonly Move[], readonly { move: Move; minutes: number }[]]): Walk {
  const states = [given(opening)]
  const events = [...opening]
  let time = 20
  for (const one of [...first.map((begin) => ({ move: begin, minutes: 1 })), ...rest]) {
    time += one.minutes
    const now = states.at(-1) as Offboarding
    const event = one.move(now, time)
    const before = JSON.stringify(now)
    try {
      if (!event) continue
      states.push(decide(now, event).next)
      events.push(event)
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      expect(JSON.stringify(now)).toBe(before)
    }
  }
  return { states, events }
}

/** Events that changed something, each with the state before it. */
function told({ states, events }: Walk): [Event, Offboarding][] {
  return events.slice(opening.length).map((event, index) => [event, states[index] as Offboarding])
}

let reached = { given: 0, twice: 0 }

function holds(property: (walk: Walk) => void): void {
  reached = { given: 0, twice: 0 }
  fc.assert(
    fc.property(walks, (path) => {
      const one = walk(path)
      const end = one.states.at(-1)
      if (end?.giveBacks?.some((back) => back.state === 'done')) reached.given += 1
      if ((end?.giveBacks?.filter((back) => back.signedAt).length ?? 0) > 1) reached.twice += 1
      property(one)
    }),
    { numRuns: 400 },
  )
}

test('nothing is given back before two different right people signed exactly that', () => {
  holds((one) => {
    for (const [event, before] of told(one)) {
      if (event.type !== 'give-back-intended' && event.type !== 'give-back-started') continue
      const back = latest(before)
      const { hr, it } = back?.signOffs ?? {}
      expect(hr?.by.holds).toContain('hr')
      expect(it?.by.holds).toContain('it')
      expect(hr?.by.id).not.toBe(it?.by.id)
      for (const signOff of [hr, it]) {
        expect([back?.by.id, leaver.id]).not.toContain(signOff?.by.id)
        expect(signOff?.by).toMatchObject({ guest: false, external: false, deactivated: false, bot: false })
        expect(signOff?.digest).toBe(back?.digest)
      }
    }
  })
  // Walks that never come so far would prove nothing.
  expect(reached.given).toBeGreaterThan(40)
  expect(reached.twice).toBeGreaterThan(2)
})

test('nothing is given back that this offboarding did not take, nor a second time', () => {
  holds((one) => {
    const back = new Set<string>()
    for (const [event] of told(one)) {
      if (event.type === 'give-back-intended') fresh(event.stepKey, event.findings, back)
      if (event.type === 'give-back-ended' && event.ending === 'verified')
        for (const { id } of event.findings) back.add(`${event.stepKey} ${id}`)
    }
  })
})

function fresh(stepKey: string, findings: readonly string[], back: ReadonlySet<string>): void {
  for (const id of findings) {
    expect(['g1', 'g2', 'l1', 'b1']).toContain(id)
    expect([...back]).not.toContain(`${stepKey} ${id}`)
  }
}

test('what was called off never runs, and nothing is taken while it is asked for or after it is signed', () => {
  holds((one) => {
    for (const [event, before] of told(one)) {
      if (event.type !== 'step-started' && event.type !== 'retried') continue
      const signed = before.giveBacks?.some((back) => back.signedAt)
      expect(signed ?? false).toBe(false)
      expect(latest(before)?.state).not.toBe('awaiting-sign-off')
    }
    const end = one.states.at(-1)
    for (const off of end?.giveBacks?.flatMap((back) => back.calledOff) ?? [])
      expect(end?.steps[off]).toMatchObject({ state: 'ended', ending: 'skipped', attempt: 0 })
  })
})

test('a thing is given back before what it was taken after', () => {
  holds((one) => {
    for (const [event, before] of told(one))
      if (event.type === 'give-back-started' && event.stepKey === lock.key) earlierEnded(before)
  })
})

function earlierEnded(before: Offboarding): void {
  const runs = latest(before)?.steps ?? {}
  for (const key of [groups.key, barn.key]) expect(runs[key]?.state ?? 'ended').toBe('ended')
  expect(['verified', 'acknowledged', 'attested', 'skipped']).toContain(runs[barn.key]?.ending ?? 'skipped')
}

test('it is not closed while something is given back, and one at a time is open', () => {
  holds((one) => {
    for (const [event, before] of told(one))
      if (event.type === 'closed') expect(['declined', 'expired', 'done', undefined]).toContain(latest(before)?.state)
    for (const { giveBacks } of one.states) {
      const open =
        giveBacks?.filter((back) => ['awaiting-sign-off', 'running', 'needs-attention'].includes(back.state)) ?? []
      expect(open.length).toBeLessThan(2)
      if (open[0]) expect(open[0]).toBe(giveBacks?.at(-1))
    }
  })
})

test('the record alone gives the state back', () => {
  holds(({ states, events }) => {
    expect(fold('off-1', events)).toEqual(states.at(-1))
  })
})
