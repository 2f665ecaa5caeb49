/** Random offboardings of which something is or was given back, well formed in themselves. */
import fc from 'fast-check'
import type { GiveBack, GiveBackRun, GiveBackState } from '../../src/offboarding/give-back.ts'
import type { Clicker, Ending, Offboarding, StepRun } from '../../src/offboarding/offboarding.ts'
import { anyOffboarding, nastyText } from './arbitrary-offboarding.ts'

const states: readonly GiveBackState[] = [
  'awaiting-sign-off',
  'running',
  'needs-attention',
  'done',
  'declined',
  'expired',
]
const when = '2026-11-22T09:00:00.000Z'
const signers = ['U00000201', 'U00000202', 'U00000203', 'U00000101']

const clicker: fc.Arbitrary<Clicker> = fc.record({ id: fc.constantFrom(...signers), name: nastyText }).map((who) => ({
  ...{ ...who, holds: ['hr', 'it'], readAt: when },
  ...{ guest: false, external: false, deactivated: false, bot: false },
}))

const made = fc.record({
  state: fc.constantFrom(...states),
  by: clicker,
  hr: clicker,
  it: clicker,
  reason: nastyText,
  ending: fc.constantFrom<Ending>('verified', 'acknowledged', 'attested', 'skipped', 'failed', 'unknown'),
  fact: nastyText,
  signed: fc.constantFrom('none', 'hr', 'it'),
})

/** Everything that it found was taken, and can be given back unless it is irreversible. */
function taken(run: StepRun): StepRun {
  const findings = run.plan.findings.map((finding) => ({ ...finding, state: 'done' as const }))
  const applied = Object.fromEntries(findings.map(({ id }) => [id, { intentAt: when, answeredAt: when }]))
  const undo = run.plan.irreversible ? {} : { undo: true as const }
  return { ...run, plan: { ...run.plan, ...undo }, findings, applied }
}

function backOf(one: Offboarding, number: number, how: ReturnType<typeof made.generate>['value']): GiveBack {
  const { state, by, reason } = how
  const decided = state !== 'awaiting-sign-off' && state !== 'declined' && state !== 'expired'
  const sign = (who: Clicker) => ({ by: who, at: when, digest: 'd'.repeat(64) })
  const signOffs = decided
    ? { hr: sign(how.hr), it: sign(how.it) }
    : how.signed === 'none'
      ? {}
      : { [how.signed]: sign(how.hr) }
  const runs = Object.values(one.steps).filter((run) => run.plan.undo && run.findings.length > 0)
  const steps = runs.map((run, index): GiveBackRun => {
    const base = { key: run.key, attempt: 1, findings: run.findings, applied: {} }
    if (!decided || (state === 'running' && index % 2 === 0)) return { ...base, state: 'planned' }
    const hand = how.ending === 'attested' || how.ending === 'skipped' ? { by: how.it } : { ms: 4200 }
    return { ...base, state: 'ended', ending: how.ending, endedAt: when, fact: how.fact, ...hand }
  })
  return {
    ...{
      number,
      state,
      by,
      at: when,
      reason,
      digest: 'd'.repeat(64),
      signOffs,
      calledOff: Object.keys(one.steps).slice(0, 2),
    },
    ...(decided ? { signedAt: when } : {}),
    ...(state === 'declined' ? { declined: { by: how.it, reason: how.fact, at: when } } : {}),
    ...(['declined', 'expired', 'done'].includes(state) ? { endedAt: when } : {}),
    steps: Object.fromEntries(steps.map((run) => [run.key, run])),
  }
}

export const anyGivingBack: fc.Arbitrary<Offboarding> = fc
  .tuple(
    anyOffboarding.filter((one) => Object.keys(one.steps).length > 0),
    fc.array(made, { maxLength: 2 }),
  )
  .map(([one, all]) => {
    const steps = Object.fromEntries(Object.values(one.steps).map((run) => [run.key, taken(run)]))
    const full = { ...one, steps }
    return { ...full, giveBacks: all.map((how, index) => backOf(full, index + 1, how)) }
  })
