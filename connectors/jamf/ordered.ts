/** What was ordered and is not on the leaver's list any more: asked for by its own id, and never ordered again. */
import type { Finding, Order } from '../../src/connector.ts'
import { type Kind, orderOf, orderWithout } from './commands.ts'
import { type Device, described, deviceById, isTheirs, type JamfAt } from './devices.ts'

export type Standing = Pick<Finding, 'state' | 'fact'>

/**
 * With those that this step ordered and would not find any more: somebody else's by now, personal by now, without
 * management, deleted. `how` is what Jamf Pro says of the order to such a device; undefined where it says nothing. `kind` is
 * the MDM command, where the order is one.
 */
export async function withOrdered(
  at: JamfAt,
  found: readonly Finding[],
  how: (device: Device, order: Order) => Promise<Standing | undefined>,
  kind?: (ref: string) => Kind,
): Promise<Finding[]> {
  const known = new Set(found.map(({ id }) => id))
  const left = at.orders().filter(({ finding }) => !known.has(finding))
  return [...found, ...(await Promise.all(left.map((order) => orderedFinding(at, order, how, kind))))]
}

async function orderedFinding(
  at: JamfAt,
  order: Order,
  how: (device: Device, order: Order) => Promise<Standing | undefined>,
  kind?: (ref: string) => Kind,
): Promise<Finding> {
  const device = await deviceById(at.client, order.finding)
  if (!device) {
    const told = kind && (await orderWithout(at, order.finding, kind(order.finding)))
    const head = { id: order.finding, label: order.label }
    if (told?.state === 'done') return { ...head, state: 'done', fact: told.fact }
    return { ...head, state: 'blocked', fact: told ? `${told.fact}; ${deleted}` : deleted }
  }
  const standing = await how(device, order)
  if (standing && standing.state !== 'open') return { ...described(device), ...standing }
  const fact = `${standing?.fact ?? 'nothing was ordered'}; ${whyLeft(at, device)}, so nothing more is ordered. IT sees to the device.`
  return { ...described(device), state: 'blocked', fact }
}

/** Jamf Pro keeps the record of a device that it has wiped. */
const deleted =
  'Jamf Pro has no record of it any more, and so does not say whether the order was carried out. IT finds out (Settings > Change Management), and sees to the device.'

function whyLeft(at: JamfAt, device: Device): string {
  if (!isTheirs(at, device)) return "it is not the leaver's in Jamf Pro any more"
  if (device.personal) return 'it is a personal device by now'
  return device.managed ? 'it was changed in Jamf Pro' : 'Jamf Pro does not manage it any more'
}

/** By the list of MDM commands. A failed one is open: whoever still may, orders it again. */
export async function byCommand(at: JamfAt, device: Device, kind: Kind): Promise<Standing | undefined> {
  const order = device.managementId ? await orderOf(at, device, kind) : undefined
  return order && { state: order.state === 'failed' ? 'open' : order.state, fact: order.fact }
}
