/** Stop everything: who may, and what goes on record. While the sign is up, no request leaves for any system. */
import { Refusal } from './decide.ts'
import type { EventOf } from './event.ts'
import { openGiveBack } from './give-back.ts'
import { isLeaver } from './leaver.ts'
import type { Clicker, Offboarding, Person } from './offboarding.ts'

export type Sign = { stopped: true; at: string; by: Person; why: string } | { stopped: false; at: string; by: Person }

/** One for the whole installation; outlives the process, and can be put up from outside it. */
export interface StopSign {
  /** Read anew each time. Undefined where nothing was ever stopped; a sign that cannot be read says stop. */
  read(): Sign | undefined
  put(sign: Sign): void
}

/** Ends with the process. */
export function signInMemory(): StopSign {
  let now: Sign | undefined
  return {
    read: () => now,
    put(sign) {
      now = sign
    },
  }
}

/** What this offboarding does not know yet; undefined where it is told already, or over. */
export function haltEvent(
  sign: Sign | undefined,
  one: Offboarding,
): EventOf<'halted'> | EventOf<'resumed'> | undefined {
  if (sign?.stopped && !isHalted(one) && unfinished(one)) {
    const { at, by, why } = sign
    return { type: 'halted', at, by, why }
  }
  if (!isHalted(one) || sign?.stopped) return undefined
  const { at, by } = sign ?? { at: one.halted?.at ?? one.requestedAt, by: { id: 'host', name: 'somebody on the host' } }
  return { type: 'resumed', at, by }
}

export function isHalted(one: Offboarding): boolean {
  return one.halted !== undefined && one.halted.resumed === undefined
}

function unfinished(one: Offboarding): boolean {
  return (
    openGiveBack(one) !== undefined ||
    ['awaiting-sign-off', 'scheduled', 'running', 'needs-attention'].includes(one.state)
  )
}

/**
 * Either role stops, IT alone lets go on. Whoever is being offboarded could buy time with it, and is refused in the words
 * that anybody without a role reads: they need not learn of it here.
 */
export function allowHalt(what: 'stop' | 'resume', by: Clicker, open: readonly Offboarding[]): void {
  const outsider = by.bot || by.deactivated || by.guest || by.external
  const concerned = open.some((one) => isLeaver(by, one))
  const holds = what === 'resume' ? by.holds.includes('it') : by.holds.length > 0
  if (!outsider && !concerned && holds) return
  const who = what === 'resume' ? 'IT' : 'HR or IT'
  throw new Refusal(
    `Only ${who} approvers can ${what} everything, and you are not one at this moment. Ask somebody of ${who}.`,
  )
}
