/** What may start now: phases inside one realm, `needs` and `after` across all. */
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
  const runs = Object.values(offboarding.steps)
  return runs.filter((run) => mayStart(run, runs, now)).map((run) => run.key)
}

function mayStart(run: StepRun, all: readonly StepRun[], now: Date): boolean {
  const due = run.state === 'delayed' && Date.parse(run.dueAt ?? '') <= now.getTime()
  if (run.state !== 'planned' && !due) return false
  return waitsFor(run, all).length === 0
}

/** What a step still waits for; a phase holds until every step of the one before has ended, waits or is put off. */
export function waitsFor(run: StepRun, all: readonly StepRun[]): StepRun[] {
  return all.filter((other) => other.key !== run.key && (holdsByName(run, other) || holdsByPhase(run, other)))
}

/** `needs` and `after` mean the same realm inside a connector, and every realm of another one. */
function holdsByName({ plan }: StepRun, other: StepRun): boolean {
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
