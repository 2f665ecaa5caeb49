/** What will be done, and the hash that a sign-off binds to. */
import { createHash } from 'node:crypto'
import canonicalize from 'canonicalize'
import type {
  Ambiguity,
  Choices,
  Ending,
  Finding,
  Offboarding,
  Plan,
  PlanStep,
  StepRun,
  Unreadable,
} from './offboarding.ts'
import { holdsByName } from './order.ts'

/** SHA-256 over canonical JSON (RFC 8785), in hex. Half a character, which a cut text may end in, has no canonical form. */
export function hashOf(value: unknown): string {
  const whole = JSON.parse(JSON.stringify(value, (_key, one) => (typeof one === 'string' ? one.toWellFormed() : one)))
  return createHash('sha256')
    .update(canonicalize(whole) ?? 'undefined')
    .digest('hex')
}

type Parts = {
  steps: readonly PlanStep[]
  ambiguous: readonly Ambiguity[]
  unreadable: readonly Unreadable[]
  choices: Choices
}

/**
 * Binds step ids, realms, account ids, finding ids, irreversible flags and the form's choices; never facts, labels or
 * order. A system that could not be read, or where IT has yet to choose, is part of it: filling it in is a new plan.
 */
export function digestOf({ steps, ambiguous, unreadable, choices }: Parts): string {
  return hashOf({
    steps: steps
      .map((step) => ({
        key: step.key,
        account: step.account.id,
        irreversible: step.irreversible ?? false,
        findings: step.findings.map((finding) => finding.id).sort(),
      }))
      .sort((a, b) => (a.key < b.key ? -1 : 1)),
    ambiguous: ambiguous.map((one) => `${one.connector}@${one.realm}`).sort(),
    unreadable: unreadable.map((one) => one.connector).sort(),
    choices: {
      kind: choices.kind,
      devices: choices.devices,
      handOverTo: choices.handOverTo?.id ?? null,
      systems: choices.systems ? [...choices.systems].sort() : null,
      autoReply: choices.autoReply ?? null,
    },
  })
}

/** Stands for what a step could not read; once it can be read, it is gone and says nothing. */
export const unreadableFinding = 'unreadable'

/** A finding that was seen before and is not found any more is done. */
export function carried(before: readonly Finding[], now: readonly Finding[]): Finding[] {
  const present = new Set(now.map((finding) => finding.id))
  const gone = before.filter((finding) => !present.has(finding.id) && finding.id !== unreadableFinding)
  return [...now, ...gone.map((finding) => ({ ...finding, state: 'done' as const, fact: goneFact(finding) }))]
}

function goneFact(finding: Finding): string {
  return finding.state === 'done' ? finding.fact : 'no longer there'
}

/** How a step stands after it was looked at; `open` and `waiting` are no endings. */
export function endingOf(findings: readonly Finding[], proof?: 'none'): Ending | 'open' | 'waiting' {
  const has = (state: Finding['state']) => findings.some((finding) => finding.state === state)
  if (findings.length === 0) return 'nothing-found'
  if (has('unknown')) return 'unknown'
  if (has('open')) return 'open'
  if (has('pending')) return 'waiting'
  if (has('blocked')) return 'failed'
  return proof === 'none' ? 'acknowledged' : 'verified'
}

/** One line for people: what is not well, else the only fact, else a count. */
export function factOf(findings: readonly Finding[]): string {
  const bad = findings.filter((finding) => finding.state !== 'done')
  const [first] = bad
  if (first) return `${first.label}: ${first.fact}${bad.length > 1 ? ` (and ${bad.length - 1} more)` : ''}`
  const [only] = findings
  if (!only) return 'nothing found'
  return findings.length === 1 ? `${only.label}: ${only.fact}` : `${findings.length} of ${findings.length} done`
}

/**
 * The steps of a run: what was signed, as it stands now, and what appeared since. A signed step whose system cannot be
 * read now is kept, so that it is tried and its end is told.
 */
export function runSteps(offboarding: Offboarding, fresh: Plan): Record<string, StepRun> {
  const signed = new Map((offboarding.plan?.steps ?? []).map((step) => [step.key, step]))
  const now = new Map(fresh.steps.map((step) => [step.key, step]))
  const unreadable = new Set(fresh.unreadable.map((one) => one.connector))
  const runs: Record<string, StepRun> = {}
  for (const key of new Set([...signed.keys(), ...now.keys()])) {
    const before = signed.get(key)
    const after = now.get(key)
    const plan = after ?? before
    if (plan) runs[key] = runOf(offboarding, plan, before, after, unreadable.has(plan.connector))
  }
  for (const one of fresh.unreadable) {
    const known = Object.values(runs).some((run) => run.plan.connector === one.connector)
    if (!known) runs[neverRead(one).key] = blank(neverRead(one))
  }
  return runs
}

/** A system that was never read is not passed over: somebody of IT looks there by hand. */
function neverRead({ connector, connectorTitle, fact }: Unreadable): PlanStep {
  const ask = `${connectorTitle} could not be read when this was planned and when it started (${fact}) Look there by hand and take back what the leaver holds, or ask for another offboarding once it answers.`
  return {
    key: `${connector}/never-read@unknown`,
    connector,
    connectorTitle,
    step: 'never-read',
    realm: 'unknown',
    account: { realm: 'unknown', id: 'unknown', label: 'unknown' },
    title: 'Look by hand: it could not be read',
    area: 'applications',
    phase: 'contain',
    task: { ask, owner: 'it', dueInMs: 4 * 3600_000 },
    findings: [],
  }
}

function blank(plan: PlanStep): StepRun {
  return { key: plan.key, plan, state: 'planned', attempt: 0, findings: [], applied: {}, foundAfterSignOff: [] }
}

function runOf(
  offboarding: Offboarding,
  plan: PlanStep,
  before: PlanStep | undefined,
  after: PlanStep | undefined,
  unreadable: boolean,
): StepRun {
  const seen = unreadable ? (before?.findings ?? []) : (after?.findings ?? [])
  const findings = unreadable ? [...seen] : carried(before?.findings ?? [], seen)
  const signed = new Set((before?.findings ?? []).map((finding) => finding.id))
  const unsigned = findings.filter((finding) => !signed.has(finding.id)).map((finding) => finding.id)
  const run: StepRun = {
    key: plan.key,
    plan: { ...plan, findings },
    state: 'planned',
    attempt: 0,
    findings,
    applied: {},
    foundAfterSignOff: unsigned,
  }
  const open = findings.some((finding) => finding.state === 'open')
  if (!plan.irreversible || !open) return run
  if (unsigned.length > 0 || !before || before.account.id !== plan.account.id) return { ...run, state: 'held' }
  return delayed(run, offboarding)
}

/** An irreversible step runs after the policy's delay, counted from the effective time. */
export function delayed(run: StepRun, offboarding: Offboarding): StepRun {
  const delay = offboarding.policy.irreversibleAfter
  if (delay === 0) return { ...run, state: 'planned' }
  const dueAt = new Date(Date.parse(offboarding.effectiveAt ?? offboarding.requestedAt) + delay).toISOString()
  return { ...run, state: 'delayed', dueAt }
}

/**
 * What comes after a step that is put off is put off with it, with its date: for weeks nothing else could happen, and an
 * offboarding is done without it.
 */
export function putOff(steps: Readonly<Record<string, StepRun>>): Readonly<Record<string, StepRun>> {
  const next = { ...steps }
  for (;;) {
    const all = Object.values(next)
    const found = all.flatMap((run) => {
      if (run.state !== 'planned') return []
      const dates = all.flatMap((other) =>
        other.state === 'delayed' && holdsByName(run, other) ? [other.dueAt ?? ''] : [],
      )
      return dates.length > 0 ? [{ ...run, state: 'delayed' as const, dueAt: dates.sort().at(-1) ?? '' }] : []
    })
    if (found.length === 0) return next
    for (const run of found) next[run.key] = run
  }
}

/** What a fresh pair of sign-offs binds to: irreversible findings that nobody has signed. */
export function heldDigest(steps: Readonly<Record<string, StepRun>>): string | undefined {
  const held = Object.values(steps).filter((run) => run.state === 'held')
  if (held.length === 0) return undefined
  return hashOf(
    held
      .map((run) => ({
        key: run.key,
        account: run.plan.account.id,
        findings: run.findings.map((one) => one.id).sort(),
      }))
      .sort((a, b) => (a.key < b.key ? -1 : 1)),
  )
}
