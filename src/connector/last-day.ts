import type { Leaver } from '../offboarding/offboarding.ts'

/** The day on which an offboarding takes effect, where the leaver is: `2026-03-31`. */
export function lastDay({ effectiveAt, leaver }: { effectiveAt: Date; leaver: Pick<Leaver, 'zone'> }): string {
  // Swedish dates are written as ISO 8601 has them.
  return new Intl.DateTimeFormat('sv', { timeZone: leaver.zone ?? 'UTC' }).format(effectiveAt)
}
