/** Small builders for stories about one offboarding: given these events, when this one, then … */
import { decide, fold, Refusal } from '../../src/offboarding/decide.ts'
import type { Event, EventOf } from '../../src/offboarding/event.ts'
import type { Clicker, Finding, Leaver, Offboarding, Plan, PlanStep, Role } from '../../src/offboarding/offboarding.ts'
import { digestOf } from '../../src/offboarding/plan.ts'

export const t0 = Date.parse('2026-11-23T09:00:00.000Z')

/** Minutes after the story's beginning. */
export function at(minutes: number): string {
  return new Date(t0 + minutes * 60_000).toISOString()
}

export function clicker(id: string, holds: Role[] = [], more: Partial<Clicker> = {}): Clicker {
  const facts = { guest: false, external: false, deactivated: false, bot: false, readAt: at(0) }
  return { id, name: `Person ${id}`, holds, ...facts, ...more }
}

export const hr = clicker('UHR', ['hr'])
export const it = clicker('UIT', ['it'])
export const requester = clicker('UBOSS')
export const leaver: Leaver = { id: 'UJO', slackId: 'UJO', name: 'Jo Miller', emails: ['jo.miller@example.com'] }

export function finding(id: string, more: Partial<Finding> = {}): Finding {
  return { id, label: `Thing ${id}`, state: 'open', fact: 'there', ...more }
}

export function step(id: string, more: Partial<PlanStep> = {}): PlanStep {
  const [connector = 'zoo', name = 'cage'] = id.split('/')
  return {
    key: `${id}@main`,
    connector,
    connectorTitle: connector,
    step: name,
    realm: 'main',
    account: { realm: 'main', id: `${connector}-jo`, label: 'jo' },
    title: name,
    area: 'applications',
    phase: 'contain',
    findings: [finding('one')],
    ...more,
  }
}

export function plan(steps: readonly PlanStep[], more: Partial<Plan> = {}): Plan {
  const parts = { steps: [...steps], ambiguous: [], unreadable: [], protected: [], ...more }
  return { at: at(0), ...parts, digest: digestOf({ ...parts, choices: request().choices }) }
}

export function request(more: Partial<EventOf<'requested'>> = {}): EventOf<'requested'> {
  const hours = (count: number) => count * 3600_000
  return {
    type: 'requested',
    at: at(0),
    by: { id: requester.id, name: requester.name },
    leaver,
    choices: { kind: 'resignation', devices: 'lock' },
    policy: {
      signOffWithin: hours(72),
      remindEvery: hours(4),
      startsPerHour: 20,
      containWithin: hours(4),
      irreversibleAfter: hours(720),
      waitingFor: hours(24),
    },
    channel: 'CHR',
    requestKey: 'V1',
    ...more,
  }
}

export function planned(
  steps: readonly PlanStep[],
  purpose: 'sign-off' | 'run' = 'sign-off',
  minutes = 0,
): EventOf<'planned'> {
  return { type: 'planned', at: at(minutes), plan: plan(steps), purpose }
}

export function signed(role: Role, by: Clicker, digest: string, minutes = 1): EventOf<'signed'> {
  return { type: 'signed', at: at(minutes), by, role, digest }
}

/** Asked, planned, signed by both, and started. */
export function running(steps: readonly PlanStep[], fresh: readonly PlanStep[] = steps): Event[] {
  const { digest } = plan(steps)
  return [request(), planned(steps), signed('hr', hr, digest), signed('it', it, digest, 2), planned(fresh, 'run', 3)]
}

export function given(events: readonly Event[]): Offboarding {
  const [first, ...rest] = events
  if (first?.type !== 'requested') throw new Error('a story begins with a request')
  let state = decide(undefined, first, { id: 'off-1', open: [] }).next
  for (const event of rest) state = decide(state, event).next
  const folded = fold('off-1', events)
  if (JSON.stringify(folded) !== JSON.stringify(state)) throw new Error('the record does not add up to the state')
  return state
}

export function refusalOf(work: () => unknown): string {
  try {
    work()
  } catch (error) {
    if (error instanceof Refusal) return error.message
    throw error
  }
  return 'not refused'
}
