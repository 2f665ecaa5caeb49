/** The step that a button or a form names. */
import { Refusal } from '../offboarding/decide.ts'
import type { StepRun } from '../offboarding/offboarding.ts'
import { loadFor } from './finding.ts'
import type { Tools } from './gesture.ts'
import { readValue, stepOf } from './views/refs.ts'

export async function stepIn(tools: Tools, value: string): Promise<{ id: string; run: StepRun }> {
  const { id, refs } = readValue(value)
  const run = stepOf(await loadFor(tools, id), refs[0])
  if (!run) throw new Refusal('That step is not part of this offboarding (any more). Look at the card again.')
  return { id, run }
}

/** "Okta: Suspend the account", for the head of a form. */
export function titleOf(run: StepRun): string {
  return `${run.plan.connectorTitle}: ${run.plan.title}`
}
