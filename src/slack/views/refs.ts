/**
 * What a button carries: opaque references that are looked up again at the click and never trusted. Names, realms and
 * addresses stay out of Slack's payloads.
 */
import { createHash } from 'node:crypto'
import type { Offboarding, StepRun } from '../../offboarding/offboarding.ts'

export function ref(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16)
}

export function value(id: string, ...refs: readonly string[]): string {
  return [id, ...refs].join(' ')
}

export function readValue(text: string): { id: string; refs: string[] } {
  const [id = '', ...refs] = text.split(' ')
  return { id, refs }
}

/** Enough of a digest to say "the plan that this card showed". */
export function digestRef(digest: string): string {
  return digest.slice(0, 16)
}

export function stepOf(offboarding: Offboarding, stepRef: string | undefined): StepRun | undefined {
  return Object.values(offboarding.steps).find((run) => ref(run.key) === stepRef)
}
