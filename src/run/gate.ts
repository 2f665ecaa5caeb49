/**
 * The one way out to a vendor: its published rate, Retry-After, back-off, a time-out for each try, redaction and one
 * record a call; the only retry layer there is. A write whose answer was lost is never sent again.
 */
import { AsyncResource } from 'node:async_hooks'
import type { Clock } from '../clock.ts'
import type { Connector, Gate, Limit, Outgoing, Scheduled } from '../connector.ts'
import { createScrub, scrubTokens } from '../log.ts'
import { judge, receive } from './gate-answer.ts'
import { attempt, failedCall, failedHttp, type Try } from './gate-attempt.ts'
import { type Bucket, createBucket } from './gate-bucket.ts'
import { type Call, type CallTools, type Outcome, type Patience, perform } from './gate-call.ts'
import { currentCall } from './gate-context.ts'
import { type CallRecord, recordOf } from './gate-record.ts'

export { type CallContext, explain, type Failure, inCall } from './gate-context.ts'
export type { CallRecord } from './gate-record.ts'

export interface GateOptions
  extends Pick<Connector, 'title' | 'renew' | 'limits' | 'reads' | 'classify' | 'resetAfter'> {
  /** Id of the connector's use in the settings. */
  use: string
  /** From the settings, by the limit's id. */
  overrides?: Readonly<Record<string, { perSecond?: number; concurrent?: number }>>
  /** Milliseconds for one try, from sending to the last byte of the answer; 30,000 when absent. */
  attemptTimeoutMs?: number
  /** Tries in all; 6 when absent. */
  attempts?: number
  /** For the vendor's pauses and our back-off of one call, together; 120,000 when absent. */
  maxWaitMs?: number
  /** Full jitter between nothing and `firstMs`, doubling up to `mostMs`; 500 and 20,000 when absent. */
  backOff?: { firstMs: number; mostMs: number }
  /** The platform's own `fetch` when absent; the sandbox hands in its transport. */
  send?: (request: Request) => Promise<Response>
  clock: Clock
  /** Asked before each try: while true, nothing leaves. */
  halted?: () => boolean
  /** What the vendor's words and errors must not hold, whoever put it there: the credentials in the settings. */
  secrets?: () => readonly string[]
  /** At least 0 and below 1. */
  random: () => number
  onCall: (record: CallRecord) => void
}

export interface ClosableGate extends Gate {
  /** How many calls wait for their turn. */
  waiting(): number
  /** Gives up what waits, aborts what is in flight, and resolves when the last call has ended. */
  close(): Promise<void>
}

interface Counted {
  limit: Limit
  bucket: Bucket
}

export function createGate(options: GateOptions): ClosableGate {
  const { clock } = options
  const closing = new AbortController()
  const buckets = options.limits.map((limit) => ({ limit, bucket: bucketOf(limit, options) }))
  const pending = new Set<Promise<unknown>>()
  const tools = toolsOf(options)

  function make<T>(asked: Asked<T>): Promise<T> {
    const { outgoing, writes } = asked
    const { limit, bucket } = bucketFor(buckets, outgoing, options.use)
    const context = currentCall()
    const signal = AbortSignal.any(present(closing.signal, asked.signal, context?.signal))
    const one: Try<T> = { signal, timeoutMs: options.attemptTimeoutMs ?? 30_000, failed: asked.failed }
    const call: Call<T> = {
      what: `${outgoing.method} ${outgoing.url.host}${scrubTokens(outgoing.url.pathname)}`,
      ...{ writes, bucket, context },
      signal: AbortSignal.any(present(signal, context?.hold)),
      mayGo: () => !options.halted?.(),
      // A turn comes in the context of whoever made room for it; the work belongs to the one who asked.
      once: AsyncResource.bind(() => attempt(one, asked.work)),
    }
    const recorded = { at: clock.now().toISOString(), use: options.use, limit: limit.id, outgoing, context }
    const result = perform(call, tools).then((end) => {
      if (end.failure) context?.failures.push(end.failure)
      options.onCall(recordOf(recorded, end))
      if ('error' in end.result) throw end.result.error
      return end.result.value
    })
    return kept(pending, result)
  }

  return {
    async fetch(input, init) {
      const request = new Request(input, { duplex: 'half', ...init } as RequestInit)
      const bytes = request.body ? await request.arrayBuffer() : undefined
      const outgoing = outgoingOf(request, bytes)
      const writes = !isRead(outgoing, options)
      return make<Response>({
        outgoing,
        writes,
        signal: request.signal,
        failed: failedHttp,
        work: async (signal) => {
          const answer = await receive(copyOf(request, bytes, writes, signal), options.send ?? fetch)
          const sent = { headers: request.headers, body: outgoing.body, writes, secrets: options.secrets?.() ?? [] }
          return judge(answer, sent, options, clock.now().getTime())
        },
      })
    },
    schedule<T>(call: Scheduled, run: (signal: AbortSignal) => Promise<T>): Promise<T> {
      return make<T>({
        outgoing: { method: call.method, url: new URL(call.url), body: '' },
        writes: call.writes,
        failed: (error) => failedCall(error, call, options.title),
        work: async (signal) => ({ kind: 'answered', value: await run(signal) }),
      })
    },
    waiting: () => waitingIn(buckets),
    async close() {
      closing.abort(new Error('Latchkey is shutting down'))
      for (const { bucket } of buckets) bucket.close()
      await Promise.allSettled(pending)
    },
  }
}

function outgoingOf(request: Request, bytes: ArrayBuffer | undefined): Outgoing {
  const target = request.headers.get('x-amz-target')
  const head = { method: request.method, url: new URL(request.url), body: textOf(bytes) }
  return target ? { ...head, target } : head
}

interface Asked<T> {
  outgoing: Outgoing
  writes: boolean
  /** The caller's own. */
  signal?: AbortSignal
  work: (signal: AbortSignal) => Promise<Outcome<T>>
  failed: Try<T>['failed']
}

function waitingIn(buckets: readonly Counted[]): number {
  return buckets.reduce((sum, { bucket }) => sum + bucket.waiting(), 0)
}

function bucketOf(limit: Limit, options: GateOptions): Bucket {
  const override = options.overrides?.[limit.id]
  const { perSecond = limit.perSecond, concurrent = limit.concurrent } = override ?? {}
  return createBucket({ perSecond, concurrent }, options.clock)
}

/** What no limit claims is counted by the last one: a vendor's quota covers it, whoever forgot to say so. */
function bucketFor(buckets: readonly Counted[], outgoing: Outgoing, use: string): Counted {
  const counted = buckets.find(({ limit }) => limit.matches?.(outgoing) ?? true) ?? buckets.at(-1)
  if (!counted) throw new Error(`The connector of ${use} declares no limit, so nothing can be sent.`)
  return counted
}

function toolsOf(options: GateOptions): CallTools {
  const { title, renew, clock, random } = options
  const patience: Patience = {
    attempts: options.attempts ?? 6,
    maxWaitMs: options.maxWaitMs ?? 120_000,
    backOff: options.backOff ?? { firstMs: 500, mostMs: 20_000 },
  }
  return {
    title,
    renew,
    patience,
    random,
    now: () => clock.now().getTime(),
    sleep: (ms, signal) => clock.sleep(ms, signal),
    scrub: createScrub(() => options.secrets?.() ?? []),
  }
}

const readMethods = new Set(['GET', 'HEAD', 'OPTIONS'])

function isRead(outgoing: Outgoing, options: GateOptions): boolean {
  return readMethods.has(outgoing.method) || (options.reads?.(outgoing) ?? false)
}

/** Each try sends a request of its own. A redirected write would arrive as a GET, so that is left to the SDK. */
function copyOf(request: Request, body: ArrayBuffer | undefined, writes: boolean, signal: AbortSignal): Request {
  const { method, headers, url } = request
  const redirect = writes ? 'manual' : request.redirect
  return new Request(url, { method, headers, redirect, signal, ...(body ? { body } : {}) })
}

/** Empty where it is no text. */
function textOf(bytes: ArrayBuffer | undefined): string {
  if (!bytes) return ''
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return ''
  }
}

function kept<T>(pending: Set<Promise<unknown>>, result: Promise<T>): Promise<T> {
  pending.add(result)
  const forget = () => void pending.delete(result)
  result.then(forget, forget)
  return result
}

function present<T>(...values: readonly (T | undefined)[]): T[] {
  return values.filter((value) => value !== undefined)
}
