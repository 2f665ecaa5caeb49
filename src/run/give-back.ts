/**
 * Gives back what one step took: look, order what is not there again, look again until the system shows it, end. As for
 * taking, what is about to be ordered is on disk first and its answer after; what is in doubt is waited out and read back.
 */
import { type At, Rejected } from '../connector.ts'
import type { Event } from '../offboarding/event.ts'
import type { GiveBackRun } from '../offboarding/give-back.ts'
import type { Ending, FailureKind, Finding, StepRun } from '../offboarding/offboarding.ts'
import { explain, inCall } from './gate.ts'
import { contextOf, landed, look, lookPatiently as patiently, ready, saidNo, settle, type Working } from './settle.ts'

export interface GiveBackWork extends Working {
  /** How the step stands that took it. */
  taken: StepRun
  /** The run as the ledger has it now. */
  run(): GiveBackRun
}

/** Leaves it ended. Rejects only when aborted, or when the ledger refuses. */
export async function giveBackStep(work: GiveBackWork): Promise<void> {
  await landed(work, work.run().applied)
  const first = await lookPatiently(work)
  if (!first) return
  await order(work, missing(work, first))
  await (Object.keys(work.run().applied).length === 0 ? conclude(work, first) : settled(work))
}

/** What stays unreadable ends unknown. */
function lookPatiently(work: GiveBackWork): Promise<readonly Finding[] | undefined> {
  const unread = (one: Finding): Finding => ({ ...one, state: 'unknown', fact: 'could not be read' })
  return patiently(
    work,
    (again) => look(work, work.taken.plan, again),
    (fact) => end(work, 'unknown', work.run().findings.map(unread), fact),
  )
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
  const at = await ready(work, work.taken.plan, async (kind, fact) => {
    if (kind === 'denied') work.onDenied(fact)
    await work.record(...wanted.map(({ id }) => notDone(work, id, kind, fact)))
  })
  if (!at) return
  work.signal.throwIfAborted()
  const findings = wanted.map((finding) => finding.id)
  await work.record({ type: 'give-back-intended', at: now(work), stepKey, findings })
  await Promise.all(wanted.map((finding) => orderOne(work, at, finding)))
}

async function orderOne(work: GiveBackWork, at: At, finding: Finding): Promise<void> {
  const context = contextOf(work, work.taken.plan, work.abandon)
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

/** Until everything is there again. */
function settled(work: GiveBackWork): Promise<void> {
  return settle(work, {
    look: () => lookPatiently(work),
    open: (findings) => missing(work, findings),
    applied: () => work.run().applied,
    refused: (finding) => saidNo(work.run().applied[finding.id]),
    order: (lost) => order(work, lost),
    conclude: (findings) => conclude(work, findings),
  })
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
