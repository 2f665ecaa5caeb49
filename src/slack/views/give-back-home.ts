/** App Home's words about giving back. */
import { backBadly, openGiveBack } from '../../offboarding/give-back.ts'
import { couldSign } from '../../offboarding/give-back-rules.ts'
import type { Offboarding, Role } from '../../offboarding/offboarding.ts'
import { giveBackCounts } from './give-back-words.ts'
import { roleTitles } from './words.ts'

/** What this reader could do about it now; who asked never signs. */
export function waitsForGiveBack(one: Offboarding, reader: string, holds: readonly Role[]): string[] {
  const back = openGiveBack(one)
  if (!back) return []
  const mine = holds.filter((role) => couldSign(back, { id: reader }, role))
  const failed = Object.values(back.steps).filter(backBadly).length
  return [
    ...mine.map((role) => `sign giving back for ${roleTitles[role]}`),
    ...(failed > 0 ? [`${failed} could not be given back`] : []),
  ]
}

/** How far it is; undefined where nothing is being given back. */
export function givesBack(one: Offboarding): string | undefined {
  const back = openGiveBack(one)
  return back?.signedAt ? giveBackCounts(back) : undefined
}
