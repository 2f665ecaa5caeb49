/** Which offboardings a person may see: HR and IT all of them, a requester their own, the leaver none. */
import { Refusal } from '../offboarding/decide.ts'
import { isLeaver } from '../offboarding/leaver.ts'
import type { Clicker, Offboarding } from '../offboarding/offboarding.ts'
import type { By, Tools } from './gesture.ts'

/** `full`: HR and IT, who see findings; a requester sees how far it is. */
export interface Found {
  one: Offboarding
  clicker: Clicker
  full: boolean
}

export function seesAll(clicker: Clicker, one: Offboarding): boolean {
  return sees(clicker, one) && clicker.holds.length > 0
}

export function sees(clicker: Clicker, one: Offboarding): boolean {
  const outsider = clicker.guest || clicker.external || clicker.deactivated || clicker.bot
  if (outsider || isLeaver(clicker, one)) return false
  return clicker.holds.length > 0 || one.requester.id === clicker.id
}

/** The same answer for what does not exist and what is not theirs to see. */
export async function findFor(tools: Tools, by: By, typed: string): Promise<Found> {
  const clicker = await tools.people.clicker(by)
  const wanted = typed.trim()
  const open = tools.ledger.open().find((one) => one.id.toLowerCase() === wanted.toLowerCase())
  const one = open ?? (wanted ? await tools.ledger.load(wanted) : undefined)
  if (!one || !sees(clicker, one))
    throw new Refusal(`There is no offboarding "${wanted.slice(0, 60)}" that you can see. Try /offboard list.`)
  return { one, clicker, full: seesAll(clicker, one) }
}

/** For a button: the offboarding it names, however old the message is. */
export async function loadFor(tools: Tools, id: string): Promise<Offboarding> {
  const one = await tools.ledger.load(id)
  if (!one) throw new Refusal('This offboarding does not exist (any more). Try /offboard list.')
  return one
}

export function openFor(tools: Tools, clicker: Clicker): Offboarding[] {
  return tools.ledger.open().filter((one) => sees(clicker, one))
}
