/**
 * Gives back what one step took: look, order what is not there again, look again until the system shows it, end. As for
 * taking, what is about to be ordered is on disk first and its answer after; what is in doubt is waited out and read back.
 */
import type { Clock } from '../clock.ts'
import { type At, type AutomaticStep, Rejected } from '../connector.ts'
import type { Event } from '../offboarding/event.ts'
import type { GiveBackRun } from '../offboarding/give-back.ts'
import type { AppliedFinding, Ending, FailureKind, Finding, Offboarding, StepRun } from '../offboarding/offboarding.ts'
import { type CallContext, explain, inCall } from './gate.ts'
import { findingsOf } from './read.ts'
import type { Settling } from './settling.ts'

export interface GiveBackWork {
  step: AutomaticStep
  offboarding: Offboarding
  /** How the step stands that took it. */
  taken: StepRun
  /** The run as the ledger has it now. */
  run(): GiveBackRun
  /** A fresh `At` whose shared reads begin after the call. */
  look(signal: AbortSignal): Promise<At>
  /** Throws Rejected where this account must not be touched, as it stands at this moment. */
  guard(): Promise<void>
  record(...events: readonly Event[]): Promise<void>
  /** The credential is refused: no step of this system is tried until a person has seen to it. */
  onDenied(fact: string): void
  clock: Clock
  settling: Settling
  /** Ends looking and waiting. */
  signal: AbortSignal
  /** Ends what was ordered and is on its way. */
  abandon: AbortSignal
}

type Looked = { findings: readonly Finding[] } | { failure: { kind: FailureKind; fact: string } }

/** Leaves it ended. Rejects only when aborted, or when the ledger refuses. */
export async function giveBackStep(work: GiveBackWork): Promise<void> {
  await landed(work)
  const first = await lookPatiently(work)
  if (!first) return
  await order(work, missing(work, first))
  await settle(work, first)
}

/** Waits out what may still be on its way: a second order could double it. */
async function landed(work: GiveBackWork): Promise<void> {
  const rest = Math.max(0, ...Object.values(work.run().applied).map((one) => flightLeft(work, one)))
  if (rest > 0) await work.clock.sleep(rest, work.signal)
}

function flightLeft(work: GiveBackWork, { answeredAt, refusal }: AppliedFinding): number {
  if (answeredAt) return 0
  if (!refusal) return work.settling.inFlight
  if (refusal.kind !== 'in-doubt') return 0
  return Date.parse(refusal.at) + work.settling.inFlight - work.clock.now().getTime()
}

function contextOf(work: GiveBackWork, signal = work.signal): CallContext {
  const { plan } = work.taken
  const since = Date.parse(work.offboarding.effectiveAt ?? work.offboarding.requestedAt)
  const more = { phase: plan.phase, step: plan.key, hold: work.signal, failures: [] }
  return { offboarding: work.offboarding.id, since, signal, ...more }
}

async function look(work: GiveBackWork): Promise<Looked> {
  const context = contextOf(work)
  try {
    return { findings: await inCall(context, async () => findingsOf(work.step, await work.look(work.signal))) }
  } catch (error) {
    work.signal.throwIfAborted()
    const failure = explain(error, context)
    if (failure.kind === 'denied') work.onDenied(failure.fact)
    return { failure }
  }
}

/** A system that does not answer is asked again with growing pauses; what stays unreadable ends unknown. */
async function lookPatiently(work: GiveBackWork): Promise<readonly Finding[] | undefined> {
  const until = work.clock.now().getTime() + work.settling.patience
  for (let pause = work.settling.firstPause; ; pause = Math.min(pause * 2, 30_000)) {
    const looked = await look(work)
    if ('findings' in looked) return looked.findings
    const { kind, fact } = looked.failure
    const passing = kind === 'busy' || kind === 'in-doubt'
    if (!passing || work.clock.now().getTime() + pause > until) {
      const findings = work
        .run()
        .findings.map((one) => ({ ...one, state: 'unknown' as const, fact: 'could not be read' }))
      await end(work, 'unknown', findings, fact)
      return undefined
    }
    await work.clock.sleep(pause, work.signal)
  }
}

/**
 * There again: by its own id, or as a new thing that is called the same, since many a system gives what is put back
 * (a role, a rule) an id of its own. What was known under another id before is another thing.
 */
function thereAgain(work: GiveBackWork, wanted: Finding, now: readonly Finding[]): Finding | undefined {
  const same = now.find((one) => one.id === wanted.id)
  if (same) return stands(same) ? same : undefined
  const known = new Set([...work.taken.findings, ...work.taken.plan.findings].map((one) => one.id))
  return now.find((one) => stands(one) && one.label === wanted.label && !known.has(one.id))
}

/** What could be taken again is there; blocked says that it is there and cannot be taken. */
function stands({ state }: Finding): boolean {
  return state === 'open' || state === 'blocked'
}

function missing(work: GiveBackWork, now: readonly Finding[]): Finding[] {
  const run = work.run()
  return run.findings.filter((wanted) => {
    if (work.step.proof !== 'none') return !thereAgain(work, wanted, now)
    const applied = run.applied[wanted.id]
    return !applied?.answeredAt && (!applied || (applied.refusal !== undefined && applied.refusal.kind !== 'in-doubt'))
  })
}

async function order(work: GiveBackWork, wanted: readonly Finding[]): Promise<void> {
  if (wanted.length === 0) return
  const stepKey = work.run().key
  const at = await ready(work, wanted)
  if (!at) return
  work.signal.throwIfAborted()
  const findings = wanted.map((finding) => finding.id)
  await work.record({ type: 'give-back-intended', at: now(work), stepKey, findings })
  await Promise.all(wanted.map((finding) => orderOne(work, at, finding)))
}

/** Where it may not be touched, or what is needed cannot be had, nothing is ordered and the reason is kept. */
async function ready(work: GiveBackWork, wanted: readonly Finding[]): Promise<At | undefined> {
  const context = contextOf(work)
  try {
    return await inCall(context, async () => {
      await work.guard()
      return await work.look(work.abandon)
    })
  } catch (error) {
    work.signal.throwIfAborted()
    const { kind, fact } = explain(error, context)
    if (kind === 'denied') work.onDenied(fact)
    await work.record(...wanted.map(({ id }) => notDone(work, id, kind, fact)))
    return undefined
  }
}

async function orderOne(work: GiveBackWork, at: At, finding: Finding): Promise<void> {
  const context = contextOf(work, work.abandon)
  try {
    await inCall(context, async () => {
      if (!work.step.undo) throw new Rejected('This system offers no way to give it back: IT does it by hand.')
      await work.step.undo(at, finding)
    })
  } catch (error) {
    work.abandon.throwIfAborted()
    const { kind, fact } = explain(error, context)
    if (kind === 'denied') work.onDenied(fact)
    return work.record(notDone(work, finding.id, kind, fact))
  }
  await work.record({ type: 'give-back-answered', at: now(work), stepKey: work.run().key, finding: finding.id })
}

function notDone(work: GiveBackWork, finding: string, kind: FailureKind, fact: string): Event {
  return { type: 'give-back-not-done', at: now(work), stepKey: work.run().key, finding, kind, fact }
}

/** Looks until everything is there again, or what is missing was refused, or the window is over. */
async function settle(work: GiveBackWork, first: readonly Finding[]): Promise<void> {
  if (Object.keys(work.run().applied).length === 0) return conclude(work, first)
  const started = work.clock.now().getTime()
  let [tries, orderedAt] = [1, started]
  for (let pause = work.settling.firstPause; ; pause = Math.min(pause * 2, work.settling.maxPause)) {
    const findings = await lookPatiently(work)
    if (!findings) return
    const open = missing(work, findings)
    if (open.every((finding) => refused(work, finding))) return conclude(work, findings)
    const time = work.clock.now().getTime()
    const lost = open.filter((finding) => unanswered(work, finding))
    const over = lost.length > 0 ? time > started + work.settling.patience : time > orderedAt + work.settling.window
    if (over) return conclude(work, findings)
    if (lost.length > 0 && time >= orderedAt + work.settling.inFlight * tries) {
      await order(work, lost)
      tries += 1
      orderedAt = work.clock.now().getTime()
    }
    await work.clock.sleep(pause, work.signal)
  }
}

function refused(work: GiveBackWork, { id }: Finding): boolean {
  const applied = work.run().applied[id]
  const kind = applied?.refusal?.kind
  return (kind === 'rejected' || kind === 'denied') && !applied?.answeredAt
}

/** The vendor was busy, or its answer was lost and looking shows that it is not there: it is ordered again, later. */
function unanswered(work: GiveBackWork, finding: Finding): boolean {
  return !work.run().applied[finding.id]?.answeredAt && !refused(work, finding)
}

async function conclude(work: GiveBackWork, now: readonly Finding[]): Promise<void> {
  const findings = work.run().findings.map((wanted) => told(work, wanted, now))
  await end(work, endingOf(work, findings), findings, factOf(findings))
}

/** `before` stays: what is tried again needs it. */
function told(work: GiveBackWork, wanted: Finding, now: readonly Finding[]): Finding {
  const applied = work.run().applied[wanted.id]
  const refusal = applied?.answeredAt ? undefined : applied?.refusal
  if (work.step.proof === 'none') {
    if (applied?.answeredAt) return { ...wanted, fact: 'ordered, and this system offers no way to look' }
    return { ...wanted, state: 'unknown', fact: refusal?.fact ?? lost }
  }
  const there = thereAgain(work, wanted, now)
  if (there) return { ...wanted, state: 'open', fact: there.fact }
  const said = now.find((one) => one.id === wanted.id)
  const state = said?.state === 'unknown' ? ('unknown' as const) : ('done' as const)
  const seen = said ? said.fact : 'not there'
  return { ...wanted, state, fact: refusal?.fact ?? (applied ? `ordered, but the system still says: ${seen}` : seen) }
}

const lost = 'ordered, but the answer was lost and cannot be read back: please check by hand'

/** Verified is said only of what the system itself shows again. */
function endingOf(work: GiveBackWork, findings: readonly Finding[]): Ending {
  if (findings.some((finding) => finding.state === 'unknown')) return 'unknown'
  if (work.step.proof === 'none') return 'acknowledged'
  return findings.every((finding) => finding.state === 'open') ? 'verified' : 'failed'
}

function factOf(findings: readonly Finding[]): string {
  const bad = findings.filter((finding) => finding.state !== 'open')
  const [first, only] = [bad[0], findings.length === 1 ? findings[0] : undefined]
  if (first) return `${first.label}: ${first.fact}${bad.length > 1 ? ` (and ${bad.length - 1} more)` : ''}`
  return only ? `${only.label}, read back: ${only.fact}` : `${findings.length} of ${findings.length} read back`
}

async function end(work: GiveBackWork, ending: Ending, findings: readonly Finding[], fact: string): Promise<void> {
  const { key, startedAt } = work.run()
  const at = now(work)
  const ms = startedAt ? Date.parse(at) - Date.parse(startedAt) : 0
  await work.record({ type: 'give-back-ended', at, stepKey: key, ending, fact, findings: [...findings], ms })
}

function now(work: GiveBackWork): string {
  return work.clock.now().toISOString()
}
