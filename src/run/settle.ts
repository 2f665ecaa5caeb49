/**
 * What taking and giving back have in common: waiting out what may still land, looking with patience, and looking again
 * until the system says so. What is looked for, and how it ends, is each one's own.
 */
import type { Clock } from '../clock.ts'
import type { At, AutomaticStep } from '../connector.ts'
import type { Event } from '../offboarding/event.ts'
import type { AppliedFinding, FailureKind, Finding, Offboarding, PlanStep } from '../offboarding/offboarding.ts'
import { type CallContext, explain, inCall } from './gate.ts'
import { findingsOf } from './read.ts'
import type { Settling } from './settling.ts'

export interface Working {
  step: AutomaticStep
  offboarding: Offboarding
  /** A fresh `At` whose shared reads begin after the call; `signal` is what its calls listen to. */
  look(signal: AbortSignal): Promise<At>
  /** Throws Rejected where this account must not be touched, as it stands at this moment. */
  guard(): Promise<void>
  /** Throws when the offboarding does not take the event (a person ended the step meanwhile). */
  record(...events: readonly Event[]): Promise<void>
  /** The credential is refused: no step of this system is tried until a person has seen to it. */
  onDenied(fact: string): void
  clock: Clock
  settling: Settling
  /** Ends looking and waiting. */
  signal: AbortSignal
  /** Ends what was ordered and is on its way; comes after `signal`, so that most orders are still answered. */
  abandon: AbortSignal
}

/** What was ordered so far, by finding. */
export type Applied = Readonly<Record<string, AppliedFinding>>

export type Looked = { findings: readonly Finding[] } | { failure: { kind: FailureKind; fact: string } }

export function contextOf(work: Working, plan: PlanStep, signal = work.signal): CallContext {
  const since = Date.parse(work.offboarding.effectiveAt ?? work.offboarding.requestedAt)
  const more = { phase: plan.phase, step: plan.key, hold: work.signal, failures: [] }
  return { offboarding: work.offboarding.id, since, signal, ...more }
}

/** Waits out what may still be on its way: reading back earlier could miss it, and a second order double it. */
export async function landed(work: Working, applied: Applied): Promise<void> {
  const rest = Math.max(...Object.values(applied).map((one) => flightLeft(work, one)))
  if (rest > 0) await work.clock.sleep(rest, work.signal)
}

/**
 * Milliseconds. Of an order without any answer nobody knows when its turn in the queue came, nor when the process that
 * waited for it ended; only that both were before now.
 */
function flightLeft(work: Working, { answeredAt, refusal }: AppliedFinding): number {
  if (answeredAt) return 0
  if (!refusal) return work.settling.inFlight
  if (refusal.kind !== 'in-doubt') return 0
  return Date.parse(refusal.at) + work.settling.inFlight - work.clock.now().getTime()
}

/** `again`: the system gave no answer a moment ago. */
export async function look(work: Working, plan: PlanStep, again = false): Promise<Looked> {
  const context = { ...contextOf(work, plan), knocking: again }
  try {
    return { findings: await inCall(context, async () => findingsOf(work.step, await work.look(work.signal))) }
  } catch (error) {
    work.signal.throwIfAborted()
    const failure = explain(error, context)
    if (failure.kind === 'denied') work.onDenied(failure.fact)
    return { failure }
  }
}

/** Whether asking again may help: a clear no would stay one. */
export function isPassing(kind: FailureKind): boolean {
  return kind === 'busy' || kind === 'in-doubt'
}

/**
 * A system that does not answer is asked again with growing pauses. Undefined where it stays unreadable, once `giveUp`
 * has said so on record.
 */
export async function lookPatiently(
  work: Working,
  ask: (again: boolean) => Promise<Looked>,
  giveUp: (fact: string) => Promise<void>,
): Promise<readonly Finding[] | undefined> {
  const until = work.clock.now().getTime() + work.settling.patience
  const { firstPause } = work.settling
  for (let pause = firstPause; ; pause = Math.min(pause * 2, 30_000)) {
    const looked = await ask(pause > firstPause)
    if ('findings' in looked) return looked.findings
    const { kind, fact } = looked.failure
    if (!isPassing(kind) || work.clock.now().getTime() + pause > until) {
      await giveUp(isPassing(kind) ? stoppedAsking(work, fact) : fact)
      return undefined
    }
    await work.clock.sleep(pause, work.signal)
  }
}

/** The patience is over, so the next move is a person's. */
export function stoppedAsking({ settling }: Working, fact: string): string {
  const minutes = Math.ceil(settling.patience / 60_000)
  return `${fact} Latchkey has stopped asking after ${minutes} min: once it answers, somebody presses Try again.`
}

/** What a step is handed may itself need the system; where that fails, nothing is ordered and `refused` keeps the reason. */
export async function ready(
  work: Working,
  plan: PlanStep,
  refused: (kind: FailureKind, fact: string) => Promise<void>,
): Promise<At | undefined> {
  const context = contextOf(work, plan)
  try {
    return await inCall(context, async () => {
      await work.guard()
      return await work.look(work.abandon)
    })
  } catch (error) {
    work.signal.throwIfAborted()
    const { kind, fact } = explain(error, context)
    await refused(kind, fact)
    return undefined
  }
}

export interface Turn {
  look(): Promise<readonly Finding[] | undefined>
  /** What is still to be had, of what was found. */
  open(findings: readonly Finding[]): Finding[]
  applied(): Applied
  /** It is of no use to order this one again. */
  refused(finding: Finding): boolean
  order(lost: readonly Finding[]): Promise<void>
  conclude(findings: readonly Finding[]): Promise<void>
}

/**
 * Looks until nothing is open, or what is open was refused, or the window is over. What the vendor was too busy for, or
 * whose answer was lost and which looking shows still open, is ordered again with growing pauses, and not before what
 * was sent can no longer land.
 */
export async function settle({ clock, settling, signal }: Working, turn: Turn): Promise<void> {
  const started = clock.now().getTime()
  let [tries, orderedAt] = [1, started]
  for (let pause = settling.firstPause; ; pause = Math.min(pause * 2, settling.maxPause)) {
    const findings = await turn.look()
    if (!findings) return
    const open = turn.open(findings)
    if (open.every(turn.refused)) return turn.conclude(findings)
    const time = clock.now().getTime()
    const lost = open.filter((finding) => !turn.applied()[finding.id]?.answeredAt && !turn.refused(finding))
    const over = lost.length > 0 ? time > started + settling.patience : time > orderedAt + settling.window
    if (over) return turn.conclude(findings)
    if (lost.length > 0 && time >= orderedAt + settling.inFlight * tries) {
      await turn.order(lost)
      tries += 1
      orderedAt = clock.now().getTime()
    }
    await clock.sleep(pause, signal)
  }
}

/** The vendor said a clear no; asking again changes nothing. */
export function saidNo(applied: AppliedFinding | undefined): boolean {
  const kind = applied?.refusal?.kind
  return (kind === 'rejected' || kind === 'denied') && !applied?.answeredAt
}
