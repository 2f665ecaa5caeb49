/** Who may press anything at all; the facts about the person come in with the event, read at the click. */
import { isLeaver } from './leaver.ts'
import type { Clicker, Offboarding, Role } from './offboarding.ts'

export class Refusal extends Error {
  override readonly name = 'Refusal'
}

export function refuseIf(condition: boolean, message: string): void {
  if (condition) throw new Refusal(message)
}

/** Whoever it is: still one of us, and not the leaver. */
export function allowBeing(one: Offboarding, by: Clicker, what: string): void {
  refuseIf(by.bot, `An app cannot ${what}.`)
  refuseIf(by.deactivated, `Your Slack account is deactivated, so you cannot ${what}.`)
  refuseIf(by.guest || by.external, `Guests and people from other organisations cannot ${what}.`)
  refuseIf(isLeaver(by, one), `You cannot ${what}: it concerns yourself.`)
}

/** Facts about the person, read at the click, come before anything else. */
export function allowPerson(one: Offboarding, by: Clicker, what: string, role?: Role): void {
  allowBeing(one, by, what)
  const holds = role ? by.holds.includes(role) : by.holds.length > 0
  const who = role ? role.toUpperCase() : 'HR or IT'
  refuseIf(!holds, `Only ${who} approvers can ${what}, and you are not one at this moment. Ask somebody of ${who}.`)
}
