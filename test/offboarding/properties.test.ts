/** The rules of DESIGN 4, whatever the order of events. */
import fc from 'fast-check'
import { expect, it as test, vi } from 'vitest'
import { decide, fold, Refusal } from '../../src/offboarding/decide.ts'
import type { Event } from '../../src/offboarding/event.ts'
import {
  type Clicker,
  type Ending,
  endings,
  type Offboarding,
  phases,
  type Role,
} from '../../src/offboarding/offboarding.ts'
import { endedWell, ready } from '../../src/offboarding/order.ts'
import { runSteps } from '../../src/offboarding/plan.ts'
import { at, clicker, finding, leaver, plan, planned, request, step } from '../support/story.ts'

// Thousands of walks take longer on a busy machine.
vi.setConfig({ testTimeout: 60_000 })

const people: readonly Clicker[] = [
  clicker('UHR', ['hr']),
  clicker('UHR2', ['hr']),
  clicker('UIT', ['it']),
  clicker('UBOTH', ['hr', 'it']),
  clicker('UBOSS', ['hr']),
  clicker('UJO', ['hr', 'it']),
  clicker('UGUEST', ['it'], { guest: true }),
  clicker('UEXT', ['it'], { external: true }),
  clicker('UGONE', ['it'], { deactivated: true }),
  clicker('UNONE'),
]
const small = [step('zoo/cage'), step('zoo/pond', { phase: 'remove' }), step('farm/barn', { needs: ['zoo/cage'] })]
const wipe = step('zoo/wipe', { phase: 'reclaim', irreversible: true })
const plans = [small, [...small, wipe], [...small, { ...wipe, findings: [finding('one'), finding('two')] }]]
const keys = [...new Set(plans.flat().map((one) => one.key))]

const person = fc.constantFrom(...people)
const role = fc.constantFrom<Role>('hr', 'it')
const minute = fc.integer({ min: 1, max: 60 * 24 * 40 })
const steps = fc.constantFrom(...plans)
const key = fc.constantFrom(...keys)

/** `digest` is what the card of that moment shows, or an old card's. */
type Move = (now: Offboarding, minutes: number) => Event
const move: fc.Arbitrary<Move> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ by: person, role, old: fc.integer({ max: 5, min: 0 }) }).map(signing) },
  {
    weight: 3,
    arbitrary: steps.map(
      (some): Move =>
        (_now, minutes) =>
          planned(some, 'sign-off', minutes),
    ),
  },
  {
    weight: 3,
    arbitrary: steps.map(
      (some): Move =>
        (_now, minutes) =>
          planned(some, 'run', minutes),
    ),
  },
  {
    weight: 1,
    arbitrary: person.map(
      (by): Move =>
        (_now, minutes) => ({ type: 'declined', at: at(minutes), by, reason: 'no' }),
    ),
  },
  {
    weight: 1,
    arbitrary: person.map(
      (by): Move =>
        (_now, minutes) => ({ type: 'withdrawn', at: at(minutes), by }),
    ),
  },
  { weight: 1, arbitrary: fc.constant<Move>((_now, minutes) => ({ type: 'expired', at: at(minutes) })) },
  {
    weight: 8,
    arbitrary: key.map(
      (one): Move =>
        (_now, minutes) => ({ type: 'step-started', at: at(minutes), step: one }),
    ),
  },
  { weight: 8, arbitrary: fc.record({ key, ending: fc.constantFrom<Ending>(...endings) }).map(finishing) },
  {
    weight: 4,
    arbitrary: fc.record({ key, by: person, type: fc.constantFrom('retried', 'attested', 'skipped') }).map(handling),
  },
  { weight: 25, arbitrary: fc.constantFrom<Ending>('verified', 'verified', 'verified', ...endings).map(forward) },
  { weight: 1, arbitrary: fc.constant<Move>((_now, minutes) => ({ type: 'closed', at: at(minutes) })) },
)

function signing({ by, role, old }: { by: Clicker; role: Role; old: number }): Move {
  return (now, minutes) => {
    const digest = old === 0 ? 'an old card' : (now.held?.digest ?? now.plan?.digest ?? '')
    return { type: 'signed', at: at(minutes), by, role, digest }
  }
}

/** What a runner would do next: end what runs, else start what is ready. */
function forward(ending: Ending): Move {
  return (now, minutes) => {
    const running = Object.values(now.steps).find((run) => run.state === 'running')
    if (running) return finishing({ key: running.key, ending })(now, minutes)
    const [next] = ready(now, new Date(at(minutes)))
    return { type: 'step-started', at: at(minutes), step: next ?? 'none' }
  }
}

function finishing({ key, ending }: { key: string; ending: Ending }): Move {
  return (_now, minutes) => ({ type: 'step-ended', at: at(minutes), step: key, ending, fact: 'f', findings: [], ms: 1 })
}

function handling({ key, by, type }: { key: string; by: Clicker; type: string }): Move {
  return (_now, minutes) => ({ type, at: at(minutes), by, step: key, note: 'n', reason: 'r' }) as Event
}

interface Walk {
  states: Offboarding[]
  events: Event[]
}

/** Tries every move in turn, at growing times; a refused one must leave everything as it was. */
function walk({ moves, effective }: { moves: readonly { move: Move; minutes: number }[]; effective: number }): Walk {
  const first = request(effective > 0 ? { effectiveAt: at(effective) } : {})
  const states = [decide(undefined, first, { id: 'off-1', open: [] }).next]
  const events: Event[] = [first]
  let minutes = 0
  for (const one of moves) {
    minutes += one.minutes
    const now = states.at(-1) as Offboarding
    const event = one.move(now, minutes)
    const before = JSON.stringify(now)
    try {
      if (event.type === 'step-started' && !ready(now, new Date(at(minutes))).includes(event.step)) continue
      states.push(decide(now, event).next)
      events.push(event)
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      expect(JSON.stringify(now)).toBe(before)
    }
  }
  return { states, events }
}

/** Half of the walks begin as the story should, so that random moves reach every part of it. */
const opening = fc
  .record({
    first: steps,
    second: steps,
    signers: fc.constantFrom(0, 1, 2, 2, 2, 2),
    start: fc.constantFrom(true, true, true, false),
  })
  .map((how) => {
    const head: Move[] = [(_now, minutes) => planned(how.first, 'sign-off', minutes)]
    if (how.signers > 0) head.push(signing({ by: people[0] as Clicker, role: 'hr', old: 1 }))
    if (how.signers > 1) head.push(signing({ by: people[2] as Clicker, role: 'it', old: 1 }))
    if (how.start) head.push((_now, minutes) => planned(how.second, 'run', minutes))
    return head.map((one) => ({ move: one, minutes: 1 }))
  })
const wandering = fc.array(
  fc.record({ move, minutes: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 90 }), minute) }),
  { minLength: 5, maxLength: 60 },
)
const walks = fc.record({
  moves: fc.oneof(
    wandering,
    fc.tuple(opening, wandering).map(([head, rest]) => [...head, ...rest]),
  ),
  effective: fc.constantFrom(0, 0, 0, 0, 2, 500),
})

function holds(property: (walk: Walk) => void): void {
  fc.assert(
    fc.property(walks, (path) => property(walk(path))),
    { numRuns: 1500 },
  )
}

const began = (one: Offboarding) => one.startedAt !== undefined

test('nothing starts before two different people with the right roles signed exactly this plan', () => {
  holds(({ states }) => {
    for (const one of states.filter(began)) {
      const { hr, it } = one.signOffs
      expect(hr?.by.holds).toContain('hr')
      expect(it?.by.holds).toContain('it')
      expect(hr?.by.id).not.toBe(it?.by.id)
      for (const signOff of [hr, it]) {
        expect([one.requester.id, leaver.id]).not.toContain(signOff?.by.id)
        expect(signOff?.by).toMatchObject({ guest: false, external: false, deactivated: false, bot: false })
        expect(signOff?.digest).toBe(one.plan?.digest)
      }
      expect((one.startedAt ?? '') >= (one.effectiveAt ?? '')).toBe(true)
    }
  })
})

test('an irreversible step never starts with a finding that nobody signed, nor before the delay is over', () => {
  holds(({ states, events }) => {
    const index = events.findIndex((event) => event.type === 'step-started' && event.step === wipe.key)
    const before = states[index - 1]
    if (index < 0 || !before) return
    const run = before.steps[wipe.key]
    const pairs = [before.signOffs.hr, before.signOffs.it]
    expect(pairs.every((one) => one !== undefined)).toBe(true)
    expect(before.held).toBeUndefined()
    const dueAt = Date.parse(before.effectiveAt ?? '') + before.policy.irreversibleAfter
    const open = run?.findings.some((one) => one.state === 'open')
    const began = events[index]
    if (open && began) expect(Date.parse(began.at)).toBeGreaterThanOrEqual(dueAt)
  })
})

test('fresh sign-offs for what was found later are two different people too', () => {
  holds(({ states }) => {
    for (const one of states) {
      const { hr, it } = one.held?.signOffs ?? {}
      if (hr && it) expect(hr.by.id).not.toBe(it.by.id)
    }
  })
})

test('done means that every step ended well, or is irreversible and has its date', () => {
  holds(({ states }) => {
    for (const one of states.filter((state) => state.state === 'done')) {
      for (const run of Object.values(one.steps)) expect(endedWell(run) || run.state === 'delayed').toBe(true)
    }
  })
})

test('a phase never starts while a step of an earlier one in the same realm has not ended', () => {
  holds(({ states, events }) => {
    for (const [index, event] of events.entries()) {
      const before = states[index - 1]
      if (event.type !== 'step-started' || !before) continue
      const mine = before.steps[event.step]?.plan
      for (const other of Object.values(before.steps)) {
        if (other.plan.connector !== mine?.connector || phases.indexOf(other.plan.phase) >= phases.indexOf(mine.phase))
          continue
        expect(['ended', 'waiting', 'delayed', 'held']).toContain(other.state)
      }
    }
  })
})

test('what is over stays over, and a step that ended well is never opened again', () => {
  holds(({ states }) => {
    for (const [index, one] of states.entries()) {
      const before = states[index - 1]
      if (!before) continue
      if (['declined', 'withdrawn', 'expired', 'refused', 'closed'].includes(before.state))
        expect(one.state).toBe(before.state)
      for (const run of Object.values(before.steps)) {
        if (endedWell(run)) expect(one.steps[run.key]).toMatchObject({ state: 'ended', ending: run.ending })
      }
    }
  })
})

test('the record alone gives the state back', () => {
  holds(({ states, events }) => {
    expect(fold('off-1', events)).toEqual(states.at(-1))
  })
})

test('what was signed and what appeared since are told apart, whatever the two plans', () => {
  const ids = fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd'))
  fc.assert(
    fc.property(ids, ids, fc.boolean(), (signed, fresh, irreversible) => {
      const with_ = (some: string[]) =>
        step('zoo/cage', {
          findings: some.map((id) => finding(id)),
          ...(irreversible ? { irreversible: true as const } : {}),
        })
      const base = decide(undefined, request(), { id: 'off-1', open: [] }).next
      const run = runSteps({ ...base, plan: plan([with_(signed)]) }, plan([with_(fresh)]))['zoo/cage@main']
      const later = fresh.filter((id) => !signed.includes(id))
      expect([...(run?.foundAfterSignOff ?? [])].sort()).toEqual([...later].sort())
      const done = run?.findings.filter((one) => one.state === 'done').map((one) => one.id)
      expect(done?.sort()).toEqual(signed.filter((id) => !fresh.includes(id)).sort())
      if (irreversible && later.length > 0) expect(run?.state).toBe('held')
    }),
  )
})
