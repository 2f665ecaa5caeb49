/**
 * One step of one offboarding: look, order what is open, look again until the system says so, end. What is about to be
 * ordered is on disk first, and its answer after, so that a crash is read back and not repeated blindly.
 */
import type { Clock } from '../clock.ts'
import type { At, AutomaticStep, Finding, Receipt } from '../connector.ts'
import type { Event } from '../offboarding/event.ts'
import type { AppliedFinding, Ending, FailureKind, Offboarding, StepRun } from '../offboarding/offboarding.ts'
import { carried, endingOf, factOf, unreadableFinding } from '../offboarding/plan.ts'
import { type CallContext, explain, inCall } from './gate.ts'
import { findingsOf } from './read.ts'
import type { Settling } from './settling.ts'

export { type Settling, usualSettling } from './settling.ts'

export interface StepWork {
  step: AutomaticStep
  /** The run as the ledger has it now. */
  run(): StepRun
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
  /** What this attempt found before it ordered anything. */
  first?: readonly Finding[]
  /** Set when findings of this very run were read a moment ago, so that no call is made twice. */
  freshFindings?: readonly Finding[]
}

type Looked = { findings: readonly Finding[] } | { failure: { kind: FailureKind; fact: string } }

/** Leaves the step ended or waiting. Rejects only when aborted, or when the ledger refuses. */
export async function runStep(work: StepWork): Promise<void> {
  await landed(work)
  const first = work.freshFindings ?? (await lookPatiently(work))
  if (!first) return
  const working = { ...work, first }
  await orderOpen(working, first)
  await settle(working, first)
}

/** What no plan could read was found later, and is gone once it was taken back: it must not read as nothing found. */
function knownOf(work: StepWork): Finding[] {
  const { findings, applied } = work.run()
  const known = new Map<string, Finding>()
  for (const id of Object.keys(applied)) known.set(id, { id, label: id, state: 'open', fact: 'ordered' })
  for (const finding of [...(work.first ?? []), ...findings]) known.set(finding.id, finding)
  return [...known.values()]
}

/** A step that waits for its system: asked again; it stays as it is, or ends. */
export async function pollStep(work: StepWork): Promise<void> {
  const looked = await look(work)
  const { waitingSince } = work.run()
  const waited = work.clock.now().getTime() - Date.parse(waitingSince ?? now(work))
  const overdue = waited > work.offboarding.policy.waitingFor
  if ('findings' in looked) {
    if (endingOf(looked.findings, work.step.proof) !== 'waiting') return conclude(work, looked.findings)
    const fact = `${factOf(looked.findings)}. It has waited for too long: somebody of IT looks there.`
    return overdue ? end(work, 'unknown', looked.findings, fact) : undefined
  }
  // A clear no would stay one, and nobody would hear of it while the step merely waits.
  const { kind, fact } = looked.failure
  const passing = kind === 'busy' || kind === 'in-doubt'
  if (!passing || overdue) await end(work, 'unknown', unread(work), fact)
}

/** Waits out what may still be on its way: reading back earlier could miss it, and a second order double it. */
async function landed(work: StepWork): Promise<void> {
  const rest = Math.max(...Object.values(work.run().applied).map((one) => flightLeft(work, one)))
  if (rest > 0) await work.clock.sleep(rest, work.signal)
}

/**
 * Milliseconds. Of an order without any answer nobody knows when its turn in the queue came, nor when the process that
 * waited for it ended; only that both were before now.
 */
function flightLeft(work: StepWork, { answeredAt, refusal }: AppliedFinding): number {
  if (answeredAt) return 0
  if (!refusal) return work.settling.inFlight
  if (refusal.kind !== 'in-doubt') return 0
  return Date.parse(refusal.at) + work.settling.inFlight - work.clock.now().getTime()
}

function contextOf(work: StepWork, signal = work.signal): CallContext {
  const { plan } = work.run()
  const since = Date.parse(work.offboarding.effectiveAt ?? work.offboarding.requestedAt)
  return {
    offboarding: work.offboarding.id,
    since,
    phase: plan.phase,
    step: plan.key,
    signal,
    hold: work.signal,
    failures: [],
  }
}

async function look(work: StepWork): Promise<Looked> {
  const context = contextOf(work)
  try {
    const found = await inCall(context, async () => findingsOf(work.step, await work.look(work.signal)))
    return { findings: carried(knownOf(work), found) }
  } catch (error) {
    work.signal.throwIfAborted()
    const failure = explain(error, context)
    if (failure.kind === 'denied') work.onDenied(failure.fact)
    return { failure }
  }
}

/** A system that does not answer is asked again with growing pauses; what stays unreadable ends unknown. */
async function lookPatiently(work: StepWork): Promise<readonly Finding[] | undefined> {
  const until = work.clock.now().getTime() + work.settling.patience
  for (let pause = work.settling.firstPause; ; pause = Math.min(pause * 2, 30_000)) {
    const looked = await look(work)
    if ('findings' in looked) return looked.findings
    const { kind, fact } = looked.failure
    const passing = kind === 'busy' || kind === 'in-doubt'
    if (!passing || work.clock.now().getTime() + pause > until) {
      await end(work, 'unknown', unread(work), passing ? stoppedAsking(fact) : fact)
      return undefined
    }
    await work.clock.sleep(pause, work.signal)
  }
}

/** The patience is over, so the next move is a person's. */
function stoppedAsking(fact: string): string {
  return `${fact} Latchkey has stopped asking: once it answers, somebody presses Try again.`
}

function unread(work: StepWork): Finding[] {
  const known = work.run().findings.filter((finding) => finding.id !== unreadableFinding)
  return known.map((finding) => ({
    ...finding,
    state: 'unknown' as const,
    fact: `could not be read (${finding.fact})`,
  }))
}

/** What may be ordered: open, and for an irreversible step only what was signed. */
function orderable(work: StepWork, findings: readonly Finding[]): Finding[] {
  const run = work.run()
  return findings.filter((finding) => {
    if (finding.state !== 'open') return false
    return !work.step.irreversible || run.findings.some((signed) => signed.id === finding.id)
  })
}

async function orderOpen(work: StepWork, findings: readonly Finding[]): Promise<void> {
  const open = orderable(work, findings).filter((finding) => !mustAsk(work, finding))
  if (open.length === 0) return
  const { key } = work.run()
  const at = await ready(work, open)
  if (!at) return
  work.signal.throwIfAborted()
  await work.record({ type: 'intended', at: now(work), step: key, findings: open.map((finding) => finding.id) })
  await Promise.all(open.map((finding) => order(work, at, finding)))
}

/** What a step is handed may itself need the system; where that fails, nothing is ordered and the reason is kept. */
async function ready(work: StepWork, open: readonly Finding[]): Promise<At | undefined> {
  const context = contextOf(work)
  try {
    return await inCall(context, async () => {
      await work.guard()
      return await work.look(work.abandon)
    })
  } catch (error) {
    work.signal.throwIfAborted()
    const { kind, fact } = explain(error, context)
    const { key } = work.run()
    await work.record(
      ...open.map(({ id }) => ({ type: 'not-applied' as const, at: now(work), step: key, finding: id, kind, fact })),
    )
    return undefined
  }
}

/** Can neither be repeated nor read back, and nobody knows whether it happened: a person decides. */
function mustAsk(work: StepWork, finding: Finding): boolean {
  const applied = work.run().applied[finding.id]
  if (work.step.repeat !== 'ask' || !applied || applied.answeredAt) return false
  return !applied.refusal || applied.refusal.kind === 'in-doubt'
}

async function order(work: StepWork, at: At, finding: Finding): Promise<void> {
  const context = contextOf(work, work.abandon)
  const head = { step: work.run().key, finding: finding.id }
  let receipt: Receipt | void
  try {
    receipt = await inCall(context, () => work.step.apply(at, finding))
  } catch (error) {
    work.abandon.throwIfAborted()
    const { kind, fact } = explain(error, context)
    if (kind === 'denied') work.onDenied(fact)
    return work.record({ type: 'not-applied', at: now(work), ...head, kind, fact })
  }
  await work.record({ type: 'answered', at: now(work), ...head, ...(receipt ? { receipt } : {}) })
}

/** Looks until nothing is open, or what is open was refused, or the window is over. */
async function settle(work: StepWork, before: readonly Finding[]): Promise<void> {
  if (untouched(work, before)) return conclude(work, before)
  const started = work.clock.now().getTime()
  let [tries, orderedAt] = [1, started]
  for (let pause = work.settling.firstPause; ; pause = Math.min(pause * 2, work.settling.maxPause)) {
    const findings = await lookPatiently(work)
    if (!findings) return
    const open = orderable(work, findings)
    if (open.length === 0 || open.every((finding) => refused(work, finding))) return conclude(work, findings)
    const time = work.clock.now().getTime()
    const lost = open.filter((finding) => unanswered(work, finding))
    const over = lost.length > 0 ? time > started + work.settling.patience : time > orderedAt + work.settling.window
    if (over) return conclude(work, findings)
    if (lost.length > 0 && time >= orderedAt + work.settling.inFlight * tries) {
      await orderOpen(work, lost)
      tries += 1
      orderedAt = work.clock.now().getTime()
    }
    await work.clock.sleep(pause, work.signal)
  }
}

/** Nothing was ordered, so the look that said so is the proof. */
function untouched(work: StepWork, findings: readonly Finding[]): boolean {
  return orderable(work, findings).length === 0 && Object.keys(work.run().applied).length === 0
}

/** The vendor said a clear no; asking again changes nothing. */
function refused(work: StepWork, finding: Finding): boolean {
  const applied = work.run().applied[finding.id]
  const kind = applied?.refusal?.kind
  return (kind === 'rejected' || kind === 'denied' || mustAsk(work, finding)) && !applied?.answeredAt
}

/**
 * Ordered, but the vendor was busy, or its answer was lost and looking shows it still open. It is ordered again with
 * growing pauses, and not before what was sent can no longer land.
 */
function unanswered(work: StepWork, finding: Finding): boolean {
  const applied = work.run().applied[finding.id]
  return !applied?.answeredAt && !refused(work, finding)
}

async function conclude(work: StepWork, findings: readonly Finding[]): Promise<void> {
  const told = findings.map((finding) => withReason(work, finding))
  const ending = endingOf(told, work.step.proof)
  if (ending === 'waiting') {
    const { key } = work.run()
    await work.record({ type: 'step-waiting', at: now(work), step: key, findings: told, fact: factOf(told) })
    return
  }
  if (ending !== 'open') return end(work, ending, told, factOf(told))
  const doubtful = told.some((finding) => finding.state === 'open' && mustAsk(work, finding))
  await end(work, doubtful ? 'unknown' : 'failed', told, factOf(told))
}

/** An open finding says why it is still open. */
function withReason(work: StepWork, finding: Finding): Finding {
  if (finding.state !== 'open') return finding
  const applied = work.run().applied[finding.id]
  const refusal = applied?.refusal
  const why = refusal?.kind === 'busy' ? stoppedAsking(refusal.fact) : refusal?.fact
  if (why && !applied?.answeredAt) return { ...finding, fact: why }
  if (mustAsk(work, finding))
    return { ...finding, fact: 'ordered, but the answer was lost and cannot be read back: please check by hand' }
  return applied ? { ...finding, fact: `ordered, but the system still says ${finding.fact}` } : finding
}

async function end(work: StepWork, ending: Ending, findings: readonly Finding[], fact: string): Promise<void> {
  const { key, startedAt } = work.run()
  const at = now(work)
  const ms = startedAt ? Date.parse(at) - Date.parse(startedAt) : 0
  await work.record({ type: 'step-ended', at, step: key, ending, fact, findings: [...findings], ms })
}

function now(work: StepWork): string {
  return work.clock.now().toISOString()
}
