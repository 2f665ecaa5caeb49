/** What was ordered and is not on the leaver's list any more: asked for by its own id, and never ordered again. */
import type { Finding, Order } from '../../src/connector.ts'
import { type FleetAt, type Host, hostById } from './hosts.ts'
import { described, factOf, isPersonal } from './state.ts'

export type Standing = Pick<Finding, 'state' | 'fact'>

/**
 * With those that this step ordered and would not find any more: somebody else's by now, personal by now, without
 * management, deleted. `how` is what the host itself says; an open one is not ordered again.
 */
export async function withOrdered(
  at: FleetAt,
  found: readonly Finding[],
  how: (host: Host, order: Order) => Standing,
): Promise<Finding[]> {
  const known = new Set(found.map(({ id }) => id))
  const left = at.orders().filter(({ finding }) => !known.has(finding))
  return [...found, ...(await Promise.all(left.map((order) => orderedFinding(at, order, how))))]
}

async function orderedFinding(
  at: FleetAt,
  order: Order,
  how: (host: Host, order: Order) => Standing,
): Promise<Finding> {
  const host = await hostById(at.client, order.finding)
  if (!host) return { id: order.finding, label: order.label, state: 'blocked', fact: deleted }
  const standing = how(host, order)
  if (standing.state === 'done' || standing.state === 'pending') return { ...described(host), ...standing }
  const why = isPersonal(host) ? 'a personal device by now' : "not among the leaver's in Fleet any more"
  const fact = `${factOf(host)}; it is ${why}, so nothing more is ordered. IT sees to the device.`
  return { ...described(host), state: 'blocked', fact }
}

/** Fleet keeps the record of a host that it has wiped; one that is deleted, or expired, may still be waiting for it. */
const deleted =
  'Fleet has no record of it any more, and so does not say whether the order was carried out: hosts are deleted by hand, or expire. IT sees to the device.'
