/** How a step is called: the system, and the realm only where this offboarding has several of that system. */
import type { Offboarding, StepRun } from '../../offboarding/offboarding.ts'
import { tidy } from './blocks.ts'

export function stepTitle(one: Offboarding, { plan }: StepRun): string {
  const realms = new Set(
    Object.values(one.steps)
      .filter((run) => run.plan.connector === plan.connector)
      .map((run) => run.plan.realm),
  )
  const where = realms.size > 1 ? ` (${tidy(plan.realm)})` : ''
  return `${tidy(plan.connectorTitle)}${where}: ${tidy(plan.title)}`
}
