/** How each event changes what is given back. No checks: what is on record happened. */
import { backBadly, backWell, type GiveBack, type GiveBackRun, latest } from './give-back.ts'
import type { GiveBackEvent, GiveBackEventOf } from './give-back-event.ts'
import { chosenOf, giveBackDigest, giveBackReady } from './give-back-list.ts'
import type { AppliedFinding, Offboarding, StepKey, StepRun } from './offboarding.ts'

export function gaveBack(one: Offboarding, event: GiveBackEvent): Offboarding {
  if (event.type === 'give-back-asked') return asked(one, event)
  const back = latest(one)
  if (!back) return one
  switch (event.type) {
    case 'give-back-signed':
      return signed(one, back, event)
    case 'give-back-declined': {
      const declined = { by: event.by, reason: event.reason, at: event.at }
      return replaced(one, { ...back, state: 'declined', declined, endedAt: event.at })
    }
    case 'give-back-expired':
      return replaced(one, { ...back, state: 'expired', endedAt: event.at })
    default: {
      const run = back.steps[event.stepKey]
      if (!run) return one
      const blind = one.steps[run.key]?.plan.proof === 'none'
      const steps = { ...back.steps, [run.key]: runChanged(run, event, blind) }
      return replaced(one, standing(one, { ...back, steps }, event.at))
    }
  }
}

function replaced(one: Offboarding, back: GiveBack): Offboarding {
  return { ...one, giveBacks: [...(one.giveBacks ?? []).slice(0, -1), back] }
}

function asked(one: Offboarding, event: GiveBackEventOf<'give-back-asked'>): Offboarding {
  const chosen = chosenOf(one, event.items) ?? []
  const number = (one.giveBacks?.length ?? 0) + 1
  const runs = chosen.map(({ run, findings }): GiveBackRun => {
    return { key: run.key, state: 'planned', attempt: 0, findings, applied: {} }
  })
  const back: GiveBack = {
    number,
    state: 'awaiting-sign-off',
    by: event.by,
    at: event.at,
    reason: event.reason,
    digest: giveBackDigest(one, number, chosen),
    signOffs: {},
    calledOff: [],
    steps: Object.fromEntries(runs.map((run) => [run.key, run])),
  }
  return { ...one, giveBacks: [...(one.giveBacks ?? []), back] }
}

function signed(one: Offboarding, back: GiveBack, event: GiveBackEventOf<'give-back-signed'>): Offboarding {
  const { by, at, digest } = event
  const signOffs = { ...back.signOffs, [event.role]: { by, at, digest } }
  if (!signOffs.hr || !signOffs.it) return replaced(one, { ...back, signOffs })
  const toCome = Object.values(one.steps).filter((run) => ['planned', 'delayed', 'held'].includes(run.state))
  const calledOff = toCome.map((run) => run.key)
  const { held: _, ...rest } = replaced(one, { ...back, signOffs, state: 'running', signedAt: at, calledOff })
  return { ...rest, steps: without(rest.steps, toCome, back, event) }
}

/** They end as left out, by the one who signed last, so that nothing can start them. */
function without(
  steps: Offboarding['steps'],
  toCome: readonly StepRun[],
  back: GiveBack,
  { by, at }: GiveBackEventOf<'give-back-signed'>,
): Offboarding['steps'] {
  const fact = `called off, since what was taken away is given back: ${back.reason}`
  const ends = toCome.map((run): [StepKey, StepRun] => [
    run.key,
    { ...run, state: 'ended', endedAt: at, ending: 'skipped', fact, by, note: fact },
  ])
  return { ...steps, ...Object.fromEntries(ends) }
}

type RunEvent = Extract<GiveBackEvent, { stepKey: string }>

function runChanged(run: GiveBackRun, event: RunEvent, blind: boolean): GiveBackRun {
  switch (event.type) {
    case 'give-back-started':
      return { ...run, state: 'running', attempt: run.attempt + 1, startedAt: run.startedAt ?? event.at }
    case 'give-back-intended': {
      const intents = event.findings.map((id): [string, AppliedFinding] => [id, { intentAt: event.at }])
      return { ...run, applied: { ...run.applied, ...Object.fromEntries(intents) } }
    }
    case 'give-back-answered':
      return applied(run, event.finding, event.at, { answeredAt: event.at })
    case 'give-back-not-done':
      return applied(run, event.finding, event.at, { refusal: { kind: event.kind, fact: event.fact, at: event.at } })
    case 'give-back-ended':
      return { ...run, ...ending(event.at, event.ending, event.fact), findings: event.findings, ms: event.ms }
    case 'give-back-retried':
      return reopened(run, blind)
    case 'give-back-attested':
      return { ...run, ...ending(event.at, 'attested', event.note), by: event.by }
    case 'give-back-skipped':
      return { ...run, ...ending(event.at, 'skipped', event.reason), by: event.by }
    default:
      return event satisfies never
  }
}

function ending(at: string, how: GiveBackRun['ending'] & string, fact: string) {
  return { state: 'ended' as const, endedAt: at, ending: how, fact }
}

function applied(run: GiveBackRun, finding: string, at: string, more: Partial<AppliedFinding>): GiveBackRun {
  const before = run.applied[finding] ?? { intentAt: at }
  return { ...run, applied: { ...run.applied, [finding]: { ...before, ...more } } }
}

/**
 * A clear no is not held against the next attempt. What may have landed stays known, so that it is looked for; where only a
 * person can look, they have.
 */
function reopened(run: GiveBackRun, blind: boolean): GiveBackRun {
  const { ending: _ending, endedAt: _endedAt, fact: _fact, ...rest } = run
  const mayHaveLanded = (one: AppliedFinding) => !one.refusal || one.refusal.kind === 'in-doubt'
  const kept = Object.entries(run.applied).filter(([, one]) => one.answeredAt || (mayHaveLanded(one) && !blind))
  return { ...rest, applied: Object.fromEntries(kept), state: 'planned' }
}

function standing(one: Offboarding, back: GiveBack, at: string): GiveBack {
  const runs = Object.values(back.steps)
  if (runs.every(backWell)) return { ...back, state: 'done', endedAt: at }
  const busy = runs.some((run) => run.state === 'running') || giveBackReady(one, back).length > 0
  return { ...back, state: runs.some(backBadly) && !busy ? 'needs-attention' : 'running' }
}
