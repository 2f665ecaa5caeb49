import fc from 'fast-check'
import { areas, type Offboarding, type Plan, type PlanStep, type StepRun } from '../../src/offboarding/offboarding.ts'
import { anyOffboarding } from './arbitrary-offboarding.ts'

const ended = '2026-11-21T15:00:00.000Z'

/** Five hundred findings in sixty steps, everything failed, everything long: the most that a card has to bear. */
export function hugeOffboarding(): Offboarding {
  const steps = Array.from(
    { length: 60 },
    (_, at): PlanStep => ({
      key: `okta/step-${at}@realm-${at}`,
      connector: `okta-${at}`,
      connectorTitle: `Okta number ${at} `.repeat(20),
      step: `step-${at}`,
      realm: `realm-${at} `.repeat(40),
      account: { realm: `realm-${at}`, id: `id-${at}`, label: 'label '.repeat(80) },
      title: `Take back number ${at} `.repeat(30),
      area: areas[at % areas.length] ?? 'directory',
      phase: 'contain',
      irreversible: true,
      findings: Array.from({ length: 9 }, (_unused, n) => ({
        id: `f-${at}-${n}`,
        label: `Finding ${n} `.repeat(50),
        state: 'blocked' as const,
        fact: 'a long fact '.repeat(100),
      })),
    }),
  )
  const [first] = fc.sample(
    anyOffboarding.filter((one) => one.state === 'needs-attention' && one.plan !== undefined),
    { numRuns: 1, seed: 7 },
  )
  if (!first) throw new Error('fast-check gave no sample')
  const runs = steps.map(
    (step): StepRun => ({
      key: step.key,
      plan: step,
      state: 'ended',
      ending: 'failed',
      attempt: 2,
      fact: 'no '.repeat(500),
      endedAt: ended,
      findings: step.findings,
      applied: {},
      foundAfterSignOff: step.findings.map((one) => one.id),
    }),
  )
  const plan: Plan = { at: ended, steps, ambiguous: [], unreadable: [], protected: [], digest: 'a'.repeat(64) }
  const { held: _, ...rest } = first
  return { ...rest, note: 'note '.repeat(390), plan, steps: Object.fromEntries(runs.map((run) => [run.key, run])) }
}
