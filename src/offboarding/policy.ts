/** What the time asks for: reminders, expiry, the start, delayed steps, closing. Pure: the clock is an argument. */
import type { EventOf } from './event.ts'
import { giveBackDue, keptForGiveBack } from './give-back.ts'
import type { Offboarding } from './offboarding.ts'
import { ready } from './order.ts'
import { isWatching, watchDue } from './watch.ts'

export type Due =
  | { type: 'event'; event: EventOf<'expired' | 'reminded' | 'closed' | 'give-back-expired'> }
  | { type: 'give-back' }
  | { type: 'start' }
  | { type: 'watch' }
  | { type: 'run' }

/** Ended offboardings stay at hand this long before they are moved away. */
export const keepAtHandMs = 24 * 3600_000

const hour = 3600_000

export function dueNow(offboarding: Offboarding, now: Date): Due[] {
  const at = now.toISOString()
  const time = now.getTime()
  if (offboarding.state === 'awaiting-sign-off') {
    if (time >= expiresAt(offboarding)) return [{ type: 'event', event: { type: 'expired', at } }]
    const reminded = Date.parse(offboarding.lastReminderAt ?? offboarding.requestedAt)
    if (time >= reminded + offboarding.policy.remindEvery) return [{ type: 'event', event: { type: 'reminded', at } }]
    return []
  }
  if (offboarding.state === 'scheduled')
    return time >= Date.parse(offboarding.effectiveAt ?? at) ? [{ type: 'start' }] : []
  const back = giveBackDue(offboarding, now)
  if (back === 'expired') return [{ type: 'event', event: { type: 'give-back-expired', at } }]
  if (back === 'run') return [{ type: 'give-back' }, ...polls(offboarding)]
  if (mayClose(offboarding, time)) return [{ type: 'event', event: { type: 'closed', at } }]
  const rest: Due[] = ready(offboarding, now).length > 0 ? [{ type: 'run' }] : polls(offboarding)
  return watchDue(offboarding, time) ? [{ type: 'watch' }, ...rest] : rest
}

function polls({ steps }: Offboarding): Due[] {
  const active = Object.values(steps).some((run) => run.state === 'running' || run.state === 'waiting')
  return active ? [{ type: 'run' }] : []
}

export function expiresAt(offboarding: Offboarding): number {
  return Date.parse(offboarding.requestedAt) + offboarding.policy.signOffWithin
}

function mayClose(offboarding: Offboarding, time: number): boolean {
  if (offboarding.closedAt || keptForGiveBack(offboarding, time, keepAtHandMs)) return false
  const runs = Object.values(offboarding.steps)
  if (offboarding.state === 'done') {
    if (isWatching(offboarding) || runs.some((run) => run.state !== 'ended')) return false
    return time >= Date.parse(offboarding.doneAt ?? '') + keepAtHandMs
  }
  if (!terminal.includes(offboarding.state)) return false
  return time >= Date.parse(offboarding.endedAt ?? offboarding.requestedAt) + keepAtHandMs
}

/** States in which nothing will be done any more. */
export const terminal: readonly Offboarding['state'][] = ['declined', 'withdrawn', 'expired', 'refused', 'closed']

/**
 * Blast radius of the asking itself: one who asks for everybody within an hour (a stolen account, a script) floods
 * nobody's attention. What was asked for within a day is still at hand, whatever became of it.
 */
export function heldBackAmong(
  open: readonly Offboarding[],
  { at, policy }: EventOf<'requested'>,
): EventOf<'quarantined'> | undefined {
  const since = Date.parse(at) - hour
  const recent = open.filter((one) => Date.parse(one.requestedAt) > since).length
  if (recent < (policy.quarantineAfter ?? Number.POSITIVE_INFINITY)) return undefined
  return {
    type: 'quarantined',
    at,
    why: `${recent} other ${recent === 1 ? 'offboarding was' : 'offboardings were'} asked for within the hour before this one`,
  }
}

/** Whether one more may start now: at most `limit` within any hour (blast radius). */
export function mayStartNow(startedAt: readonly string[], limit: number, now: Date): boolean {
  const recent = startedAt.filter((at) => Date.parse(at) > now.getTime() - hour)
  return recent.length < limit
}
