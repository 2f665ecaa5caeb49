/**
 * On whose behalf a vendor call is made, carried past the SDKs by AsyncLocalStorage, and why it failed, carried back:
 * an SDK may wrap or replace an error of ours, and the kind of a failure decides what happens next.
 */
import { AsyncLocalStorage } from 'node:async_hooks'
import { Busy, Denied, InDoubt, Rejected } from '../connector.ts'
import { printable, scrubTokens } from '../log.ts'
import type { FailureKind, Phase } from '../offboarding/offboarding.ts'

export interface CallContext {
  /** Id of the offboarding. */
  offboarding?: string
  /** Epoch ms at which it takes effect: of two offboardings in one phase the older goes first. */
  since?: number
  phase?: Phase
  step?: string
  /** Ends waiting, and what is in flight. */
  signal?: AbortSignal
  /** Ends waiting alone: what is in flight may still be answered. */
  hold?: AbortSignal
  /**
   * Asked again by somebody who backs off: until there is an answer each call is tried once, since the gate's own tries
   * on top would only multiply what a system that is away gets. The gate sets it to false at the first answer.
   */
  knocking?: boolean
  /** The gate adds every call that finally failed, oldest first. */
  failures: Failure[]
}

export interface Failure {
  kind: FailureKind
  /** What happened, to what, and who does what next; without a secret. */
  fact: string
  status?: number
  /** The vendor's own word for it ("Authorization_RequestDenied"). */
  code?: string
}

const contexts = new AsyncLocalStorage<CallContext>()

/** Runs work whose vendor calls are made on behalf of this context. */
export function inCall<T>(context: CallContext, work: () => Promise<T>): Promise<T> {
  return contexts.run(context, work)
}

export function currentCall(): CallContext | undefined {
  return contexts.getStore()
}

/** What kind of failure an error is, and what it says, also where an SDK wrapped or replaced ours. */
export function explain(error: unknown, context: Pick<CallContext, 'failures'>): { kind: FailureKind; fact: string } {
  const ours = findOurs(error, new Set())
  if (ours) return { kind: ours.kind, fact: shortFact(ours.error.message) }
  // A lost write weighs more than whatever the SDK asked afterwards.
  const failure = context.failures.findLast((one) => one.kind === 'in-doubt') ?? context.failures.at(-1)
  if (failure) return { kind: failure.kind, fact: failure.fact }
  return { kind: 'rejected', fact: isMistake(error) ? notUnderstood : shortFact(wordsOf(error)) }
}

/** Words for programmers tell people nothing, and these errors come of an answer that nobody expected. */
const notUnderstood =
  'The answer could not be understood, so nothing is known of it. IT looks whether something stands between Latchkey and this system, and reports it as a fault of Latchkey if not.'

function isMistake(error: unknown): boolean {
  const kinds = [TypeError, RangeError, SyntaxError, ReferenceError, URIError]
  return kinds.some((kind) => error instanceof kind) || (error instanceof Error && error.name === 'ZodError')
}

function wordsOf(error: unknown): string {
  if (error instanceof Error) return error.message || error.name
  return typeof error === 'string' && error !== '' ? error : 'no reason given'
}

const wrappers = ['cause', 'originalError', 'error', 'innerError', 'errors', 'reason'] as const

function findOurs(error: unknown, seen: Set<unknown>): { kind: FailureKind; error: Error } | undefined {
  if (typeof error !== 'object' || error === null || seen.has(error)) return undefined
  seen.add(error)
  const kind = kindOf(error)
  if (kind) return { kind, error: error as Error }
  if (Array.isArray(error)) return firstOf(error, seen)
  const inner = error as Record<(typeof wrappers)[number], unknown>
  return firstOf(
    wrappers.map((name) => inner[name]),
    seen,
  )
}

function firstOf(errors: readonly unknown[], seen: Set<unknown>): { kind: FailureKind; error: Error } | undefined {
  for (const one of errors) {
    const found = findOurs(one, seen)
    if (found) return found
  }
  return undefined
}

export function kindOf(error: unknown): FailureKind | undefined {
  if (error instanceof Busy) return 'busy'
  if (error instanceof Denied) return 'denied'
  if (error instanceof InDoubt) return 'in-doubt'
  if (error instanceof Rejected) return 'rejected'
  return undefined
}

const longestFact = 600

/** One line of readable length, without anything that looks like a token. */
export function shortFact(text: string): string {
  return oneLine(scrubTokens(text.slice(0, longestScrubbed)), longestFact)
}

/** Without what nobody can see (control characters, marks that turn the direction of text around), at most so long. */
export function oneLine(text: string, most: number): string {
  const line = printable(text.slice(0, 4 * most).replace(/\s+/g, ' ')).trim()
  return line.length <= most ? line : `${line.slice(0, most - 1)}…`.toWellFormed()
}

/** Looking for tokens in megabytes takes long, and nobody reads them. */
const longestScrubbed = 10_000
