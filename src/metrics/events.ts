/** What happened, counted from the events of the ledger. */
import { Counter, Histogram, type Registry } from 'prom-client'
import type { Labels } from '../metrics.ts'
import type { Event, EventOf } from '../offboarding/event.ts'
import type { Ledger } from '../offboarding/ledger.ts'
import { endings, type Offboarding } from '../offboarding/offboarding.ts'
import { timings } from '../offboarding/report.ts'

const ends = ['done', 'declined', 'withdrawn', 'expired', 'refused'] as const
type End = (typeof ends)[number]

const minute = 60
const hour = 60 * minute
const day = 24 * hour

export function heardFrom(register: Registry, labels: Labels): (ledger: Ledger) => void {
  const counted = counters(register, labels)
  const times = histograms(register)

  function happened(event: Event, one: Offboarding): void {
    if (event.type === 'requested') counted.requested.inc()
    if (event.type === 'refused') counted.refusals.inc()
    if (event.type === 'posted') counted.posts.inc()
    if (event.type === 'post-failed') counted.postFailures.inc()
    if (event.type === 'watched') seenAgain(event, one)
    const ending = endingIn(event)
    const connector = 'step' in event ? one.steps[event.step]?.plan.connector : undefined
    if (ending && connector) counted.endings.inc({ connector: labels.of(connector), ending })
  }

  function seenAgain({ cameBack, appeared }: EventOf<'watched'>, one: Offboarding): void {
    counted.looks.inc()
    const uses = cameBack.map(({ step }) => one.steps[step]?.plan.connector ?? '')
    for (const use of [...uses, ...appeared.map(({ connector }) => connector)])
      counted.cameBack.inc({ connector: labels.of(use) })
  }

  function changed(before: Offboarding, now: Offboarding): void {
    const { containedMs, totalMs } = timings(now)
    const how = endOf(now)
    if (how && how !== endOf(before)) counted.ended.inc({ how })
    if (!before.containedAt && containedMs !== undefined) times.contain.observe(containedMs / 1000)
    if (!before.doneAt && totalMs !== undefined) times.done.observe(totalMs / 1000)
    if (before.state === 'awaiting-sign-off' && now.state === 'scheduled') times.signOff.observe(waitOf(now) / 1000)
  }

  return (ledger) => {
    const known = new Map(ledger.open().map((one) => [one.id, one]))
    ledger.onChange((one, event) => {
      happened(event, one)
      const before = known.get(one.id)
      if (before) changed(before, one)
      if (one.closedAt) known.delete(one.id)
      else known.set(one.id, one)
    })
  }
}

function counters(register: Registry, labels: Labels) {
  const registers = [register]
  const count = (name: string, help: string) => new Counter({ name, help, registers })
  const ended = new Counter({
    name: 'latchkey_offboardings_ended_total',
    help: 'Offboardings that came to an end. How: done, declined, withdrawn, expired (unsigned in time) or refused (a protected account).',
    labelNames: ['how'],
    registers,
  })
  const stepEndings = new Counter({
    name: 'latchkey_step_endings_total',
    help: 'Steps that ended; one that failed and is tried again ends again. Failed and unknown mean that somebody must act.',
    labelNames: ['connector', 'ending'],
    registers,
  })
  // A counter that is there from the start with zero is one whose first increase Prometheus sees.
  for (const how of ends) ended.inc({ how }, 0)
  const cameBack = new Counter({
    name: 'latchkey_came_back_total',
    help: 'Steps whose access came back after an offboarding was done, and accounts that appeared.',
    labelNames: ['connector'],
    registers,
  })
  for (const connector of labels.uses) cameBack.inc({ connector }, 0)
  for (const connector of labels.uses) for (const ending of endings) stepEndings.inc({ connector, ending }, 0)
  return {
    ended,
    cameBack,
    looks: count('latchkey_watch_looks_total', 'Times that an offboarding which is done was looked at again.'),
    endings: stepEndings,
    requested: count('latchkey_offboardings_requested_total', 'Offboardings that were asked for.'),
    refusals: count('latchkey_refusals_total', 'Things that people tried on an offboarding and may not do.'),
    posts: count('latchkey_slack_posts_total', 'Things told in Slack; several may share one message.'),
    postFailures: count('latchkey_slack_post_failures_total', 'Things that Slack refused, or that were taken back.'),
  }
}

function histograms(register: Registry) {
  const registers = [register]
  const histogram = (name: string, help: string, buckets: number[]) => new Histogram({ name, help, buckets, registers })
  return {
    contain: histogram(
      'latchkey_time_to_contain_seconds',
      'From the effective time until every contain step had ended well.',
      [10, 30, minute, 5 * minute, 15 * minute, hour, 4 * hour, 12 * hour, day],
    ),
    done: histogram('latchkey_time_to_done_seconds', 'From the effective time until every step had ended well.', [
      minute,
      10 * minute,
      hour,
      4 * hour,
      day,
      3 * day,
      7 * day,
      14 * day,
      30 * day,
    ]),
    signOff: histogram('latchkey_sign_off_wait_seconds', 'From the request until both HR and IT had signed.', [
      5 * minute,
      30 * minute,
      hour,
      4 * hour,
      12 * hour,
      day,
      2 * day,
      3 * day,
      7 * day,
    ]),
  }
}

function endingIn(event: Event): string | undefined {
  if (event.type === 'step-ended') return event.ending
  return event.type === 'attested' || event.type === 'skipped' ? event.type : undefined
}

/** Done for the first time; a delayed step that runs later does not make it a second end. */
function endOf(one: Offboarding): End | undefined {
  if (one.doneAt) return 'done'
  return ends.find((how) => how === one.state)
}

function waitOf({ requestedAt, signOffs }: Offboarding): number {
  const signed = Object.values(signOffs).map((one) => Date.parse(one.at))
  return Math.max(...signed) - Date.parse(requestedAt)
}
