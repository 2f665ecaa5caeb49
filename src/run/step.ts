/**
 * One step of one offboarding: look, order what is open, look again until the system says so, end. What is about to be
 * ordered is on disk first, and its answer after, so that a crash is read back and not repeated blindly.
 */
import type { At, Finding, Receipt } from '../connector.ts'
import type { Event } from '../offboarding/event.ts'
import type { Ending, StepRun } from '../offboarding/offboarding.ts'
import { carried, endingOf, factOf, unreadableFinding } from '../offboarding/plan.ts'
import { explain, inCall } from './gate.ts'
import {
  contextOf,
  isPassing,
  type Looked,
  landed,
  look as lookAt,
  lookPatiently as patiently,
  ready,
  saidNo,
  settle,
  stoppedAsking,
  type Working,
} from './settle.ts'

export { type Settling, usualSettling } from './settling.ts'

export interface StepWork extends Working {
  /** The run as the ledger has it now. */
  run(): StepRun
  /** What this attempt found before it ordered anything. */
  first?: readonly Finding[]
  /** Set when findings of this very run were read a moment ago, so that no call is made twice. */
  freshFindings?: readonly Finding[]
}

/** Leaves the step ended or waiting. Rejects only when aborted, or when the ledger refuses. */
export async function runStep(work: StepWork): Promise<void> {
  await landed(work, work.run().applied)
  const first = work.freshFindings ?? (await lookPatiently(work))
  if (!first) return
  const working = { ...work, first }
  await orderOpen(working, first)
  await (untouched(working, first) ? conclude(working, first) : settled(working))
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
  if (!isPassing(kind) || overdue) await end(work, 'unknown', unread(work), fact)
}

async function look(work: StepWork, again = false): Promise<Looked> {
  const looked = await lookAt(work, work.run().plan, again)
  return 'findings' in looked ? { findings: carried(knownOf(work), looked.findings) } : looked
}

/** What stays unreadable ends unknown. */
function lookPatiently(work: StepWork): Promise<readonly Finding[] | undefined> {
  return patiently(
    work,
    (again) => look(work, again),
    (fact) => end(work, 'unknown', unread(work), fact),
  )
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
  const { key: step, plan } = work.run()
  const at = await ready(work, plan, (kind, fact) =>
    work.record(
      ...open.map(({ id }): Event => ({ type: 'not-applied', at: now(work), step, finding: id, kind, fact })),
    ),
  )
  if (!at) return
  work.signal.throwIfAborted()
  await work.record({ type: 'intended', at: now(work), step, findings: open.map((finding) => finding.id) })
  await Promise.all(open.map((finding) => order(work, at, finding)))
}

/** Can neither be repeated nor read back, and nobody knows whether it happened: a person decides. */
function mustAsk(work: StepWork, finding: Finding): boolean {
  const applied = work.run().applied[finding.id]
  if (work.step.repeat !== 'ask' || !applied || applied.answeredAt) return false
  return !applied.refusal || applied.refusal.kind === 'in-doubt'
}

async function order(work: StepWork, at: At, finding: Finding): Promise<void> {
  const context = contextOf(work, work.run().plan, work.abandon)
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

function settled(work: StepWork): Promise<void> {
  return settle(work, {
    look: () => lookPatiently(work),
    open: (findings) => orderable(work, findings),
    applied: () => work.run().applied,
    // Where nobody can look, a person decides, and asking again changes nothing either.
    refused: (finding) => saidNo(work.run().applied[finding.id]) || mustAsk(work, finding),
    order: (lost) => orderOpen(work, lost),
    conclude: (findings) => conclude(work, findings),
  })
}

/** Nothing was ordered, so the look that said so is the proof. */
function untouched(work: StepWork, findings: readonly Finding[]): boolean {
  return orderable(work, findings).length === 0 && Object.keys(work.run().applied).length === 0
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
  const why = refusal?.kind === 'busy' ? stoppedAsking(work, refusal.fact) : refusal?.fact
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
