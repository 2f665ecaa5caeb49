/** What is kept of a vendor call for people who look into it later. */
import type { Outgoing } from '../connector.ts'
import { scrubTokens } from '../log.ts'
import type { FailureKind } from '../offboarding/offboarding.ts'
import type { Finished } from './gate-call.ts'
import type { CallContext } from './gate-context.ts'

/** One call, however many tries it took. No header, body or query value ever gets here. */
export interface CallRecord {
  /** ISO 8601, when it was asked for. */
  at: string
  use: string
  /** Id of the limit that counted it. */
  limit: string
  method: string
  host: string
  /** With the ids that are in it, and with the names of the query's parameters. */
  path: string
  /** HTTP status of the last answer, where there was one. */
  status?: number
  /** The vendor's own word for its refusal. */
  code?: string
  kind: 'answered' | FailureKind
  attempts: number
  /** Tries that the system turned away for now; absent: none. */
  busy?: number
  /** Milliseconds in the queue, in the vendor's pauses and in back-off; part of `ms`. */
  waitedMs: number
  ms: number
  offboarding?: string
  step?: string
}

export interface Recorded {
  /** ISO 8601. */
  at: string
  use: string
  limit: string
  outgoing: Outgoing
  context: CallContext | undefined
}

export function recordOf<T>(call: Recorded, end: Finished<T>): CallRecord {
  const { at, use, limit, context } = call
  const { method, url } = call.outgoing
  const names = [...new Set(url.searchParams.keys())].join('&')
  const { failure } = end
  return {
    at,
    use,
    limit,
    method,
    host: url.host,
    path: scrubTokens(names ? `${url.pathname}?${names}` : url.pathname),
    kind: failure?.kind ?? 'answered',
    ...(end.status === undefined ? {} : { status: end.status }),
    ...(failure?.code ? { code: failure.code } : {}),
    attempts: end.attempts,
    ...(end.busy > 0 ? { busy: end.busy } : {}),
    waitedMs: end.waitedMs,
    ms: end.ms,
    ...(context?.offboarding ? { offboarding: context.offboarding } : {}),
    ...(context?.step ? { step: context.step } : {}),
  }
}
