import { dayIn } from '../offboarding/day.ts'
import type { Leaver } from '../offboarding/offboarding.ts'

/** The day on which an offboarding takes effect, where the leaver is: `2026-03-31`. */
export function lastDay({ effectiveAt, leaver }: { effectiveAt: Date; leaver: Pick<Leaver, 'zone'> }): string {
  return dayIn(effectiveAt, leaver.zone)
}
