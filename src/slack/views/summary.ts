/** The closing figures, as the card and the thread show them. */
import type { Offboarding } from '../../offboarding/offboarding.ts'
import type { Line } from './blocks.ts'
import { count, duration, endingShort } from './words.ts'

/** "31 of 34 verified, 2 attested, 1 skipped". Delayed steps are not counted: they have not had their turn. */
export function closingCounts(one: Offboarding): string {
  const runs = Object.values(one.steps)
  const now = runs.filter((run) => run.state !== 'delayed')
  if (now.length === 0) return 'there was nothing to do'
  const verified = now.filter((run) => run.ending === 'verified').length
  const parts = [`${verified} of ${now.length} verified`]
  for (const [ending, word] of Object.entries(endingShort)) {
    const n = now.filter((run) => run.state === 'ended' && run.ending === ending).length
    if (n > 0 && ending !== 'verified') parts.push(`${n} ${word}`)
  }
  const later = runs.length - now.length
  return later > 0 ? `${parts.join(', ')}, ${later} later` : parts.join(', ')
}

/** From the effective time, as the settings' limit counts; the start where there is none. */
export function timeTo(one: Offboarding, at: string | undefined): number | undefined {
  const from = one.effectiveAt ?? one.startedAt
  return from && at ? Date.parse(at) - Date.parse(from) : undefined
}

export function closingLines(one: Offboarding): Line[] {
  const found: Line[] = [[closingCounts(one)]]
  const contained = timeTo(one, one.containedAt)
  if (contained !== undefined) {
    const limit = one.policy.containWithin
    const verdict = contained <= limit ? `within ${duration(limit)}` : `over the limit of ${duration(limit)}`
    found.push([`Contained after ${duration(contained)}, ${verdict}`])
  }
  const done = timeTo(one, one.doneAt)
  if (done !== undefined) found.push([`Finished after ${duration(done)}`])
  const late = Object.values(one.steps).reduce((sum, run) => sum + run.foundAfterSignOff.length, 0)
  if (late > 0) found.push([`${count(late, 'finding')} appeared after sign-off`])
  return found
}
