/** How things stand at this moment, asked at each scrape: right from the first one after a start. */
import { Gauge, type Registry } from 'prom-client'
import type { Clock } from '../clock.ts'
import type { Labels } from '../metrics.ts'
import { inQuarantine } from '../offboarding/decide.ts'
import { openGiveBack } from '../offboarding/give-back.ts'
import type { Ledger } from '../offboarding/ledger.ts'
import type { Offboarding, OffboardingState } from '../offboarding/offboarding.ts'
import { endedBadly } from '../offboarding/order.ts'

/** What the parts of the process say when they are asked. */
export interface Present {
  /** Calls that wait for their turn, by connector use. */
  queued(): Readonly<Record<string, number>>
  /** Uses whose credential is refused. */
  denied(): readonly string[]
  /** What is still to be posted, and for how many milliseconds the oldest of it has waited. */
  outbox(): { posts: number; oldestMs: number }
  ready(): boolean
  stopped(): boolean
}

const none: Readonly<Record<OffboardingState, number>> = {
  'awaiting-sign-off': 0,
  scheduled: 0,
  running: 0,
  'needs-attention': 0,
  done: 0,
  closed: 0,
  declined: 0,
  withdrawn: 0,
  expired: 0,
  refused: 0,
}

const reasons = ['step', 'overdue', 'quarantine'] as const
type Reason = (typeof reasons)[number]

export function createGauges(register: Registry, labels: Labels, clock: Clock) {
  const gauge = gaugesIn(register)
  const state = gauge(
    'latchkey_offboardings',
    'Offboardings at hand, by state; those that ended stay a day, or as long as they are watched.',
    'state',
  )
  const attention = gauge(
    'latchkey_offboardings_needing_attention',
    'Offboardings that go no further until somebody acts. Why: step (failed, unknown or found after sign-off), overdue (a task, or a system that takes too long), quarantine (held back), record (damaged; does not run).',
    'why',
  )
  const uncontained = gauge(
    'latchkey_offboardings_contain_overdue',
    'Offboardings under way that are not contained within the time of the settings.',
  )
  const unsigned = gauge('latchkey_sign_off_oldest_seconds', 'Age of the oldest request that is not signed by both.')
  const queued = gauge('latchkey_vendor_calls_waiting', 'Calls that wait for their turn.', 'connector')
  const denied = gauge('latchkey_connector_denied', '1 while the credential is refused.', 'connector')
  const posts = gauge('latchkey_slack_posts_waiting', 'Things that are still to be told in Slack.')
  const oldestPost = gauge('latchkey_slack_oldest_wait_seconds', 'How long the oldest of them has waited.')
  const ready = gauge('latchkey_ready', '1 where /readyz says so.')
  const stopped = gauge('latchkey_stopped', '1 while somebody has stopped everything.')
  const problems = gauge('latchkey_store_problems', 'What was not sound in the data folder at the last start.')

  return (ledger: Ledger, present: Present) => {
    const [open, now] = [ledger.open(), clock.now().getTime()]
    const barred = new Set(ledger.problems().flatMap((one) => one.offboarding ?? [])).size
    for (const [one, count] of Object.entries(byState(open))) state.set({ state: one }, count)
    for (const why of reasons) attention.set({ why }, open.filter((one) => needs(one, why, now)).length)
    attention.set({ why: 'record' }, barred)
    uncontained.set(open.filter((one) => containOverdue(one, now)).length)
    unsigned.set(oldest(open, now))
    const [waiting, refused, outbox] = [present.queued(), present.denied(), present.outbox()]
    for (const connector of labels.uses.filter((use) => use !== 'manual')) {
      queued.set({ connector }, waiting[connector] ?? 0)
      denied.set({ connector }, refused.includes(connector) ? 1 : 0)
    }
    posts.set(outbox.posts)
    oldestPost.set(outbox.oldestMs / 1000)
    ready.set(present.ready() ? 1 : 0)
    stopped.set(present.stopped() ? 1 : 0)
    problems.set(ledger.problems().length)
  }
}

function gaugesIn(register: Registry) {
  return (name: string, help: string, label?: string) =>
    new Gauge({ name, help, labelNames: label ? [label] : [], registers: [register] })
}

function byState(open: readonly Offboarding[]): Record<OffboardingState, number> {
  const counts = { ...none }
  for (const one of open) counts[one.state] += 1
  return counts
}

const underWay: readonly OffboardingState[] = ['running', 'needs-attention', 'done']

function needs(one: Offboarding, why: Reason, now: number): boolean {
  if (why === 'quarantine') return one.state === 'awaiting-sign-off' && inQuarantine(one)
  if (!underWay.includes(one.state)) return false
  const runs = Object.values(one.steps)
  if (why === 'step' && openGiveBack(one)?.state === 'needs-attention') return true
  if (why === 'step') return runs.some((run) => endedBadly(run) || run.state === 'held')
  return runs.some((run) => {
    if (run.state !== 'waiting') return false
    const due = run.dueAt ? Date.parse(run.dueAt) : Date.parse(run.waitingSince ?? '') + one.policy.waitingFor
    return now > due
  })
}

/** Measured from the effective time, as the card and the report do. */
function containOverdue(one: Offboarding, now: number): boolean {
  const since = one.effectiveAt ?? one.startedAt
  if (!since || one.containedAt || !['scheduled', ...underWay].includes(one.state)) return false
  return now > Date.parse(since) + one.policy.containWithin
}

function oldest(open: readonly Offboarding[], now: number): number {
  const asked = open.filter((one) => one.state === 'awaiting-sign-off').map((one) => Date.parse(one.requestedAt))
  return asked.length > 0 ? Math.max(0, now - Math.min(...asked)) / 1000 : 0
}
