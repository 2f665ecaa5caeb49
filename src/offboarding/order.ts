/** What may start now: phases inside one realm, `needs` and `after` across all. */
import { takesNothing } from './give-back.ts'
import { type Offboarding, phases, type StepRun } from './offboarding.ts'

export const goodEndings: readonly string[] = ['verified', 'acknowledged', 'attested', 'skipped', 'nothing-found']

export function endedWell(run: StepRun): boolean {
  return run.state === 'ended' && goodEndings.includes(run.ending ?? '')
}

export function endedBadly(run: StepRun): boolean {
  return run.state === 'ended' && !endedWell(run)
}

/** Keys of the steps whose turn it is, in no order: they run side by side. */
export function ready(offboarding: Offboarding, now: Date): string[] {
  if (takesNothing(offboarding)) return []
  const runs = Object.values(offboarding.steps)
  const candidates = runs.filter((run) => isDue(run, now))
  if (candidates.length === 0) return []
  const held = heldPhases(runs)
  const open = candidates.filter(
    ({ plan }) => plan.task || phases.indexOf(plan.phase) <= (held.get(realmOf(plan)) ?? 0),
  )
  return open
    .filter((run) => (run.plan.needs || run.plan.after ? waitsFor(run, runs).length === 0 : true))
    .map((run) => run.key)
}

export function isReady(offboarding: Offboarding, run: StepRun, now: Date): boolean {
  return !takesNothing(offboarding) && mayStart(run, Object.values(offboarding.steps), now)
}

function realmOf(plan: StepRun['plan']): string {
  return `${plan.connector}@${plan.realm}`
}

/** By realm: the earliest phase with a step that is planned or running. */
function heldPhases(runs: readonly StepRun[]): Map<string, number> {
  const held = new Map<string, number>()
  for (const { plan, state } of runs) {
    if (plan.task) continue
    const realm = realmOf(plan)
    const index = state === 'planned' || state === 'running' ? phases.indexOf(plan.phase) : phases.length
    held.set(realm, Math.min(held.get(realm) ?? phases.length, index))
  }
  return held
}

function mayStart(run: StepRun, all: readonly StepRun[], now: Date): boolean {
  return isDue(run, now) && waitsFor(run, all).length === 0
}

/** What a step still waits for; a phase holds until every step of the one before has ended, waits or is put off. */
export function waitsFor(run: StepRun, all: readonly StepRun[]): StepRun[] {
  return all.filter((other) => other.key !== run.key && (holdsByName(run, other) || holdsByPhase(run, other)))
}

/** `needs` and `after` mean the same realm inside a connector, and every realm of another one. */
export function holdsByName({ plan }: StepRun, other: StepRun): boolean {
  if (other.plan.connector === plan.connector && other.plan.realm !== plan.realm) return false
  const id = `${other.plan.connector}/${other.plan.step}`
  if (plan.needs?.includes(id)) return !endedWell(other)
  return plan.after?.includes(id) === true && other.state !== 'ended'
}

/** People's tasks neither hold up a phase nor wait for one. */
function holdsByPhase({ plan }: StepRun, other: StepRun): boolean {
  if (plan.task || other.plan.task) return false
  if (other.plan.connector !== plan.connector || other.plan.realm !== plan.realm) return false
  const earlier = phases.indexOf(other.plan.phase) < phases.indexOf(plan.phase)
  return earlier && (other.state === 'planned' || other.state === 'running')
}

/**
 * Cycles of `needs`, `after` and phases, which would wait for ever; empty for a sound set of steps.
 * `steps` carry full ids (`connector/step`).
 */
export function deadlocks(steps: readonly { id: string; phase: string; needs: readonly string[] }[]): string[] {
  const left = new Map(steps.map((step) => [step.id, step]))
  const connectorOf = (id: string) => id.split('/')[0]
  for (;;) {
    const free = [...left.values()].filter((step) => {
      const blockers = [...left.values()].filter(
        (other) =>
          other.id !== step.id &&
          (step.needs.includes(other.id) ||
            (connectorOf(other.id) === connectorOf(step.id) &&
              phases.indexOf(other.phase as never) < phases.indexOf(step.phase as never))),
      )
      return blockers.length === 0
    })
    if (free.length === 0) return [...left.keys()]
    for (const step of free) left.delete(step.id)
  }
}

function isDue(run: StepRun, now: Date): boolean {
  const due = run.state === 'delayed' && Date.parse(run.dueAt ?? '') <= now.getTime()
  return run.state === 'planned' || due
}
