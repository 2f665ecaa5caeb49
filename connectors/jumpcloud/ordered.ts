/** What was ordered and is not on the leaver's list any more: asked for by its own id, and never ordered again. */
import type { Finding, Order } from '../../src/connector.ts'
import { commandState } from './commands.ts'
import { type Device, described, deviceById, seenFact } from './devices.ts'
import { blocked, type CloudAt } from './person.ts'

type What = 'lock' | 'erase' | 'unenroll'
type Standing = Pick<Finding, 'state' | 'fact'>

/** With those that this step ordered and would not find any more: unbound, somebody else's by now, deleted. */
export async function withOrdered(at: CloudAt, found: readonly Finding[], what: What): Promise<Finding[]> {
  const known = new Set(found.map(({ id }) => id))
  const left = at.orders().filter(({ finding }) => !known.has(finding))
  return [...found, ...(await Promise.all(left.map((order) => orderedFinding(at, order, what))))]
}

async function orderedFinding(at: CloudAt, order: Order, what: What): Promise<Finding> {
  const device = await deviceById(at, order.finding)
  const head = device ? described(device) : { id: order.finding, label: order.label }
  const standing = await standingOf(at, order, device, what)
  if (standing.state === 'done' || standing.state === 'pending') return { ...head, ...standing }
  if (standing.state === 'blocked') return blocked(head, standing.fact)
  const why = device
    ? "it is not the leaver's at JumpCloud any more"
    : 'JumpCloud has no record of it any more, and so does not say whether the order was carried out'
  return blocked(head, `${standing.fact}; ${why}. Nothing more is ordered: IT sees to the device.`)
}

async function standingOf(at: CloudAt, order: Order, device: Device | undefined, what: What): Promise<Standing> {
  if (what === 'unenroll') return unenrolled(order, device)
  if (device?.kind === 'apple')
    return order.answeredAt ? appleErased(device) : { state: 'open', fact: seenFact(device) }
  const told = await commandState(at, order.finding, device ? seenFact(device) : 'no device', what)
  // The queue of a device that was deleted is nobody's.
  return !device && told.state === 'pending' ? { ...told, state: 'open' } : told
}

/** Deleted from Apple's MDM by the order itself (JumpCloud API v2, Remove an Apple MDM Device's Enrollment). */
function unenrolled({ answeredAt }: Order, device: Device | undefined): Standing {
  const fact = `enrolled=${device?.apple?.enrolled ?? 'unknown'}`
  if (device?.apple?.enrolled === false) return { state: 'done', fact }
  if (device && !device.apple && answeredAt) return { state: 'done', fact: 'Apple MDM does not list it any more' }
  return { state: 'open', fact }
}

/**
 * JumpCloud tells no result of an order to an Apple device. An erased one has forgotten its enrolment and tells so on its
 * way, and its agent is heard of no more. Of one that is not registered with Apple, whoever has it can take the
 * enrolment off instead.
 */
export function appleErased({ system, apple }: Device): Standing {
  if (!apple) return { state: 'open', fact: 'Apple MDM does not list it any more' }
  const fact = `enrolled=${apple.enrolled ?? 'unknown'}, active=${system.active ?? 'unknown'}`
  const seen = `lastContact=${system.lastContact?.slice(0, 10) ?? 'never'}`
  if (apple.enrolled !== false || system.active === true)
    return { state: 'pending', fact: `${fact}, ${seen}; waits for the device` }
  if (apple.depRegistered === true) return { state: 'done', fact: `${fact}, depRegistered=true` }
  return {
    state: 'blocked',
    fact: `${fact}, depRegistered=${apple.depRegistered ?? 'unknown'}: it was erased, or somebody took it out of management. JumpCloud does not say which: IT looks at the device.`,
  }
}
