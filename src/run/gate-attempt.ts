/** One try: its time-out, its end by the caller, and what a failure on the way means. HTTP and other protocols alike. */
import { Rejected, type Scheduled } from '../connector.ts'
import type { Outcome } from './gate-call.ts'
import { kindOf } from './gate-context.ts'
import { networkFailure } from './gate-network.ts'

export interface Try<T> {
  /** Ends it from outside. */
  signal: AbortSignal
  timeoutMs: number
  /** What an error means that is neither a time-out nor the caller's giving up. */
  failed(error: unknown): Outcome<T>
}

export async function attempt<T>(one: Try<T>, work: (signal: AbortSignal) => Promise<Outcome<T>>): Promise<Outcome<T>> {
  const late = new AbortController()
  const timer = setTimeout(() => late.abort(new Error('timed out')), one.timeoutMs)
  const signal = AbortSignal.any([one.signal, late.signal])
  const end = endOf(signal)
  try {
    // What does not listen to the signal is not waited for: its slot is needed, and what it does stays in doubt.
    return await Promise.race([work(signal), end.came])
  } catch (error) {
    if (late.signal.aborted) return { kind: 'lost', said: `no answer within ${one.timeoutMs / 1000} s`, cause: error }
    if (one.signal.aborted) return { kind: 'lost', said: 'given up while it was on its way', cause: error }
    return one.failed(error)
  } finally {
    clearTimeout(timer)
    end.forget()
  }
}

/** A combined signal is kept, with all that its listeners lead to, for as long as it has any: the request, the answer. */
function endOf(signal: AbortSignal): { came: Promise<never>; forget(): void } {
  const { promise, reject } = Promise.withResolvers<never>()
  const heard = () => reject(signal.reason)
  if (signal.aborted) heard()
  signal.addEventListener('abort', heard, { once: true })
  return { came: promise, forget: () => signal.removeEventListener('abort', heard) }
}

/** After sending over HTTP, whatever is not known to be harmless may have been done. */
export function failedHttp<T>(error: unknown): Outcome<T> {
  const failure = networkFailure(error)
  if (failure?.kind === 'never-made') return { kind: 'busy', said: `no connection (${failure.fact})`, cause: error }
  return { kind: 'lost', said: failure?.fact ?? messageOf(error), cause: error }
}

/** The call's own word first, then the network's; what neither knows is the other side's no. */
export function failedCall<T>(error: unknown, call: Scheduled, title: string): Outcome<T> {
  if (kindOf(error)) return { kind: 'refused', error: error as Error }
  const said = messageOf(error)
  const kind = call.classify?.(error)
  if (kind === 'busy' || kind === 'denied') return { kind, said, cause: error }
  if (kind === 'in-doubt') return { kind: 'lost', said, cause: error }
  const network = kind === undefined && networkFailure(error)
  if (network) return failedHttp(error)
  return { kind: 'refused', error: rejected(error, said, title) }
}

function rejected(error: unknown, said: string, title: string): Rejected {
  const { code, name } = (error ?? {}) as { code?: unknown; name?: string }
  const word = typeof code === 'string' ? code : name
  const status = typeof code === 'number' ? { status: code } : {}
  return new Rejected(`${title} refused: ${said}`, { ...status, ...(word ? { code: word } : {}), cause: error })
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message.trim() || error.name : String(error)
}
