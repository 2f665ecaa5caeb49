/** What is given back, in words: counts, and how it ended. */
import { type GiveBack, type GiveBackRun, giveBackTally } from '../../offboarding/give-back.ts'
import type { Offboarding, StepRun } from '../../offboarding/offboarding.ts'
import { clip, tidy } from './blocks.ts'
import { stepTitle } from './step-title.ts'
import { count } from './words.ts'

/** "9 of 11 given back and read back, 1 by hand, 1 failed" */
export function giveBackCounts(back: GiveBack): string {
  const { all, readBack, acknowledged, byHand, skipped, failed, left } = giveBackTally(back)
  const rest = { 'ordered, with no way to look': acknowledged, 'by hand': byHand, skipped, failed, 'to come': left }
  const parts = Object.entries(rest).flatMap(([word, n]) => (n > 0 ? [`${n} ${word}`] : []))
  return [`${readBack} of ${all} given back and read back`, ...parts].join(', ')
}

/** "11 things in 3 steps" */
export function giveBackSize(back: GiveBack): string {
  const runs = Object.values(back.steps)
  const things = runs.reduce((sum, run) => sum + run.findings.length, 0)
  return `${count(things, 'thing')} in ${count(runs.length, 'step')}`
}

/** "Google Workspace: Leave all groups (3): sales@example.com, …" */
export function giveBackLine(one: Offboarding, run: GiveBackRun, max = 200): string {
  const taken = one.steps[run.key]
  const labels = run.findings.map((finding) => tidy(finding.label)).join(', ')
  return clip(`${taken ? stepTitle(one, taken) : run.key} (${run.findings.length}): ${labels}`, max)
}

/** As a step, so that its result is told like any other's. */
export function asStep(one: Offboarding, run: GiveBackRun): StepRun | undefined {
  const taken = one.steps[run.key]
  if (!taken) return undefined
  const { by: _by, note: _note, ms: _ms, ...rest } = taken
  return {
    ...rest,
    plan: { ...taken.plan, title: `Undo: ${taken.plan.title}` },
    state: run.state,
    attempt: run.attempt,
    findings: run.findings,
    foundAfterSignOff: [],
    fact: run.fact ?? '',
    ...(run.ending ? { ending: run.ending } : {}),
    ...(run.endedAt ? { endedAt: run.endedAt } : {}),
    ...(run.by ? { by: run.by } : {}),
    ...(run.ms === undefined ? {} : { ms: run.ms }),
  }
}
