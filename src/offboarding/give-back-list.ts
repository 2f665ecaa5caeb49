/** What an offboarding itself took away: what of it can be given back, and why the rest cannot. */
import { backBadly, type GiveBack, type GiveBackRun } from './give-back.ts'
import type { GiveBackItem } from './give-back-event.ts'
import { type Finding, type Offboarding, phases, type StepRun } from './offboarding.ts'
import { hashOf } from './plan.ts'

export interface Giveable {
  run: StepRun
  /** As they were before they were taken. */
  findings: readonly Finding[]
}

export interface NotGiveable extends Giveable {
  /** In words that fit after a colon. */
  why: string
}

/** What was gone before the offboarding came is in neither list: it did not take it. */
export function takenAway(one: Offboarding): { can: readonly Giveable[]; cannot: readonly NotGiveable[] } {
  const can: Giveable[] = []
  const cannot: NotGiveable[] = []
  for (const run of Object.values(one.steps)) {
    const byHand = doneByHand(run)
    if (byHand) cannot.push(byHand)
    const gone = given(one, run)
    const findings = taken(run).filter((finding) => !gone.has(finding.id))
    if (findings.length === 0) continue
    const why = whyNever(run)
    if (why) cannot.push({ run, findings, why })
    else can.push({ run, findings })
  }
  return { can, cannot }
}

function doneByHand(run: StepRun): NotGiveable | undefined {
  if (run.ending !== 'attested') return undefined
  const findings = run.plan.task ? [] : run.findings.filter((finding) => !orderedBy(run, finding.id))
  if (!run.plan.task && findings.length === 0) return undefined
  return { run, findings, why: `done by hand${run.by ? ` by ${run.by.name}` : ''}, so a person takes it back` }
}

function whyNever({ plan }: StepRun): string | undefined {
  if (plan.undo) return undefined
  if (plan.irreversible) return 'it cannot be undone'
  if (/password/i.test(`${plan.step} ${plan.title}`)) return 'nobody knows the old password: IT sets a new one'
  return `${plan.connectorTitle} offers no way to give it back`
}

function orderedBy(run: StepRun, id: string): boolean {
  const applied = run.applied[id]
  return applied !== undefined && (applied.answeredAt !== undefined || mayHaveLanded(run, id))
}

/** Its answer was lost: taken where the system said afterwards that it is gone, or says nothing. */
function mayHaveLanded(run: StepRun, id: string): boolean {
  const kind = run.applied[id]?.refusal?.kind
  const state = run.findings.find((finding) => finding.id === id)?.state
  return (kind === undefined || kind === 'in-doubt') && (state === 'done' || state === 'unknown')
}

/** What this step ordered and is not there any more, as the look just before the order said it. */
function taken(run: StepRun): Finding[] {
  return Object.keys(run.applied).flatMap((id) => {
    const now = run.findings.find((finding) => finding.id === id)
    const before = run.plan.findings.find((finding) => finding.id === id) ?? now
    if (!before || !orderedBy(run, id) || now?.state === 'open') return []
    const state = now?.state ?? 'unknown'
    return [{ ...before, state, fact: now?.fact ?? before.fact }]
  })
}

/** Ids that an earlier asking gave back; what was skipped then, or never had its turn, may be asked for again. */
function given(one: Offboarding, run: StepRun): ReadonlySet<string> {
  const runs = (one.giveBacks ?? []).flatMap((back) => back.steps[run.key] ?? [])
  const ended = runs.filter((before) => before.state === 'ended')
  const back = ended.flatMap((before) =>
    before.findings.filter((finding) => before.ending !== 'skipped' || finding.state === 'open'),
  )
  return new Set(back.map((finding) => finding.id))
}

/** Undefined where one of them cannot be given back (any more). */
export function chosenOf(one: Offboarding, items: readonly GiveBackItem[]): Giveable[] | undefined {
  const { can } = takenAway(one)
  const chosen = items.map(({ stepKey, findings: ids }) => {
    const known = can.find((giveable) => giveable.run.key === stepKey)
    const findings = known?.findings.filter((finding) => ids.includes(finding.id)) ?? []
    return known && findings.length === new Set(ids).size ? { run: known.run, findings } : undefined
  })
  const whole = chosen.filter((giveable) => giveable !== undefined)
  const keys = new Set(whole.map((giveable) => giveable.run.key))
  return whole.length === items.length && keys.size === items.length ? whole : undefined
}

/** Binds exactly what will be given back, to whom, and what it was before. */
export function giveBackDigest(one: Offboarding, number: number, chosen: readonly Giveable[]): string {
  return hashOf({
    offboarding: one.id,
    number,
    items: chosen
      .map(({ run, findings }) => ({
        key: run.key,
        account: run.plan.account.id,
        findings: findings
          .map((finding) => ({ id: finding.id, before: finding.before ?? null }))
          .sort((a, b) => (a.id < b.id ? -1 : 1)),
      }))
      .sort((a, b) => (a.key < b.key ? -1 : 1)),
  })
}

/** Steps whose turn it is: the way back through phases, `needs` and `after`, inside one realm and across all. */
export function giveBackReady(one: Offboarding, back: GiveBack): string[] {
  if (back.signedAt === undefined) return []
  const runs = Object.values(back.steps)
  const planned = runs.filter((run) => run.state === 'planned')
  return planned.filter((run) => runs.every((other) => !waitsFor(one, run, other))).map((run) => run.key)
}

function waitsFor(one: Offboarding, run: GiveBackRun, other: GiveBackRun): boolean {
  const [mine, theirs] = [one.steps[run.key]?.plan, one.steps[other.key]?.plan]
  if (run.key === other.key || !mine || !theirs) return false
  const sameSystem = mine.connector === theirs.connector
  const [here, open] = [mine.realm === theirs.realm, other.state !== 'ended']
  const id = `${mine.connector}/${mine.step}`
  if (!sameSystem || here) {
    // What it was taken after, it is given back before.
    if (theirs.needs?.includes(id)) return open || backBadly(other)
    if (theirs.after?.includes(id)) return open
  }
  return sameSystem && here && open && phases.indexOf(theirs.phase) > phases.indexOf(mine.phase)
}
