/** One vendor call from asking to answer: its turns in the bucket, its tries, its end, its record. */
import { Busy, Denied, InDoubt } from '../connector.ts'
import { type Bucket, NotSent } from './gate-bucket.ts'
import { type CallContext, type Failure, kindOf, shortFact } from './gate-context.ts'

/** What one try came to. `said`, `status` and `code` are the vendor's words, without a secret. */
export type Outcome<T> = Said &
  (
    | { kind: 'answered'; value: T; refused?: string }
    /** Nothing was done. `pauseMs`: how long the vendor wants to be left alone. */
    | { kind: 'busy'; said: string; pauseMs?: number; cause?: unknown }
    /** Sent, and no answer of the vendor's came back: it may have been done. */
    | { kind: 'lost'; said: string; cause?: unknown }
    | { kind: 'denied'; said: string; cause?: unknown }
    /** The protocol's own no, or an error of ours that passes through. */
    | { kind: 'refused'; error: Error }
  )

interface Said {
  status?: number
  code?: string
}

export interface Call<T> {
  /** "POST graph.microsoft.com/v1.0/users" */
  what: string
  writes: boolean
  bucket: Bucket
  context: CallContext | undefined
  /** Ends its waiting: the caller's, the context's, and the gate's own closing. */
  signal: AbortSignal
  /** False while everything is stopped. */
  mayGo(): boolean
  /** One try; throws only what is a mistake of ours. */
  once(): Promise<Outcome<T>>
}

export interface Patience {
  /** Tries in all. */
  attempts: number
  /** For pauses and back-off together; waiting in the queue for one's turn is not counted. */
  maxWaitMs: number
  backOff: { firstMs: number; mostMs: number }
}

export interface CallTools {
  title: string
  renew: string
  patience: Patience
  now(): number
  sleep(ms: number, signal: AbortSignal): Promise<void>
  random(): number
  /** Takes the credentials out of a text. */
  scrub(text: string): string
}

/** How a call ended, and what it took. */
export interface Finished<T> {
  result: { value: T } | { error: Error }
  failure?: Failure
  status?: number
  attempts: number
  /** Tries that were turned away for now. */
  busy: number
  waitedMs: number
  ms: number
}

interface Progress {
  begun: number
  attempts: number
  busy: number
  waitedMs: number
  patienceMs: number
  /** A pause that is paid for once it is over. */
  owedMs: number
}

export async function perform<T>(call: Call<T>, tools: CallTools): Promise<Finished<T>> {
  const progress: Progress = {
    begun: tools.now(),
    attempts: 0,
    busy: 0,
    waitedMs: 0,
    patienceMs: tools.patience.maxWaitMs,
    owedMs: 0,
  }
  let last: Outcome<T> | undefined
  for (;;) {
    const outcome = await oneTurn(call, progress, tools)
    if (outcome instanceof NotSent) return finished(neverSent(call, outcome, last), progress, tools)
    last = outcome
    if (outcome.kind === 'busy') progress.busy += 1
    if (outcome.kind === 'busy' && outcome.pauseMs) call.bucket.pause(outcome.pauseMs)
    if (!mayTryAgain(call, outcome, progress, tools) || !(await held(call, outcome, progress, tools)))
      return finished(settled(call, outcome, progress, tools), progress, tools)
  }
}

function mayTryAgain<T>({ context, writes }: Call<T>, { kind }: Outcome<T>, { attempts }: Progress, tools: CallTools) {
  const isPassing = kind === 'busy' || (kind === 'lost' && !writes)
  if (!isPassing && context?.knocking) context.knocking = false
  return isPassing && attempts < (context?.knocking ? 1 : tools.patience.attempts)
}

/** Waits for its turn and tries once. */
async function oneTurn<T>(call: Call<T>, progress: Progress, tools: CallTools): Promise<Outcome<T> | NotSent> {
  const queued = tools.now()
  const urgency = { phase: call.context?.phase, since: call.context?.since }
  const waited = () => {
    progress.waitedMs += tools.now() - queued
    progress.patienceMs -= progress.owedMs
    progress.owedMs = 0
  }
  try {
    return await call.bucket.run({ urgency, patienceMs: progress.patienceMs, signal: call.signal }, async () => {
      if (!call.mayGo()) throw new NotSent()
      waited()
      progress.attempts += 1
      return call.once()
    })
  } catch (error) {
    if (!(error instanceof NotSent)) throw error
    waited()
    return error
  }
}

/** Backs off before the next try; false where that would take too long or the call was given up. */
async function held<T>(call: Call<T>, outcome: Outcome<T>, progress: Progress, tools: CallTools): Promise<boolean> {
  if (call.signal.aborted) return false
  if (outcome.kind === 'busy' && outcome.pauseMs) {
    // The bucket itself is what waits; with nobody sending meanwhile, a back-off on top would only add to it.
    progress.owedMs = outcome.pauseMs
    return outcome.pauseMs <= progress.patienceMs
  }
  const { firstMs, mostMs } = tools.patience.backOff
  const ms = tools.random() * Math.min(mostMs, firstMs * 2 ** (progress.attempts - 1))
  if (ms > progress.patienceMs) return false
  const from = tools.now()
  try {
    await tools.sleep(ms, call.signal)
  } catch (error) {
    if (!call.signal.aborted) throw error
    return false
  }
  progress.patienceMs -= ms
  progress.waitedMs += tools.now() - from
  return true
}

type Settled<T> = Pick<Finished<T>, 'result' | 'failure' | 'status'>

function settled<T>(call: Call<T>, outcome: Outcome<T>, progress: Progress, tools: CallTools): Settled<T> {
  const { status, code } = outcome
  const said = { ...(status === undefined ? {} : { status }), ...(code ? { code } : {}) }
  if (outcome.kind === 'answered') {
    const { refused } = outcome
    const fact = refused && shortFact(`${tools.title} answered ${call.what} with ${refused}.`)
    return {
      result: { value: outcome.value },
      ...said,
      ...(fact ? { failure: { kind: 'rejected', fact, ...said } } : {}),
    }
  }
  if (outcome.kind === 'refused') return withFact(outcome.error, said)
  const cause = 'cause' in outcome && outcome.cause !== undefined ? { cause: outcome.cause } : undefined
  if (outcome.kind === 'denied')
    return withFact(
      new Denied(`${tools.title} refused the credential (${outcome.said}). IT ${tools.renew}`, cause),
      said,
    )
  if (outcome.kind === 'lost' && call.writes)
    return withFact(new InDoubt(doubt(call, outcome.said, tools), cause), said)
  return withFact(new Busy(busy(call, outcome.said, progress, tools), cause), said)
}

function withFact<T>(error: Error, said: { status?: number; code?: string }): Settled<T> {
  const fact = shortFact(error.message || error.name)
  return { result: { error }, failure: { kind: kindOf(error) ?? 'rejected', fact, ...said }, ...said }
}

function neverSent<T>(call: Call<T>, why: NotSent, last: Outcome<T> | undefined): Settled<T> {
  const before = last && 'said' in last ? ` The answer before was: ${last.said}.` : ''
  const reason =
    why.pauseMs === undefined
      ? 'was given up before it was sent'
      : `was not sent, since this system asked to be left alone for another ${seconds(why.pauseMs)}`
  return withFact(new Busy(`${call.what} ${reason}; nothing was changed by it.${before}`), {})
}

function doubt<T>(call: Call<T>, said: string, tools: CallTools): string {
  return `${tools.title} gave no answer to ${call.what} (${said}). It may have happened: Latchkey does not send it again before it has looked.`
}

function busy<T>(call: Call<T>, said: string, progress: Progress, tools: CallTools): string {
  const tries = progress.attempts === 1 ? 'Tried once' : `Tried ${progress.attempts} times`
  const harm = call.writes ? '; nothing was changed by it' : ''
  return `${tools.title} cannot be asked now: ${call.what} ended in ${said}. ${tries} over ${seconds(tools.now() - progress.begun)}${harm}.`
}

function seconds(ms: number): string {
  return ms < 10_000 ? `${(ms / 1000).toFixed(1)} s` : `${Math.round(ms / 1000)} s`
}

function finished<T>(how: Settled<T>, progress: Progress, tools: CallTools): Finished<T> {
  const { attempts, busy, waitedMs, begun } = progress
  // Whichever protocol's words are in it: what leaves the gate is said to people.
  if ('error' in how.result) how.result.error.message = tools.scrub(how.result.error.message)
  if (how.failure) how.failure.fact = tools.scrub(how.failure.fact)
  return { ...how, attempts, busy, waitedMs, ms: tools.now() - begun }
}
