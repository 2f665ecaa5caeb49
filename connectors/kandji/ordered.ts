/** What was ordered and is not on the leaver's list any more: asked for by its own id, and never ordered again. */
import type { Finding, Order } from '../../src/connector.ts'
import { orderOf } from './commands.ts'
import { described, deviceById, isOf, isPersonal, type KandjiAt } from './devices.ts'

/**
 * With those that this step ordered and would not find any more: assigned to somebody else by now, marked as personal,
 * out of management, deleted. `kind` is Apple's name of the order, under which Kandji lists it.
 */
export async function withOrdered(at: KandjiAt, found: readonly Finding[], kind?: string): Promise<Finding[]> {
  const known = new Set(found.map(({ id }) => id))
  const left = at.orders().filter(({ finding }) => !known.has(finding))
  return [...found, ...(await Promise.all(left.map((order) => orderedFinding(at, order, kind)))).flat()]
}

async function orderedFinding(at: KandjiAt, ordered: Order, kind: string | undefined): Promise<Finding[]> {
  const device = await deviceById(at.client, ordered.finding)
  // Without a record there is no management either; of a lock or a wipe it says nothing.
  if (!device) return kind ? [{ id: ordered.finding, label: ordered.label, state: 'blocked', fact: deleted }] : []
  const order = kind ? await orderOf(at, device, kind) : undefined
  const head = described(device)
  if (order?.state === 'done' || order?.state === 'pending') return [{ ...head, state: order.state, fact: order.fact }]
  if (ordered.receipt?.alreadyLocked === true) return [{ ...head, state: 'done', fact: alreadyLocked }]
  const why = !isOf(device, at.account)
    ? 'it is not assigned to the leaver in Kandji any more'
    : isPersonal(at.client, device)
      ? 'it is marked as personal by now'
      : 'Kandji does not manage it, or marks it as personal, any more'
  const fact = `${order?.fact ?? 'nothing of it shows'}; ${why}, so nothing more is ordered. IT sees to the device.`
  return [{ ...head, state: 'blocked', fact }]
}

export const alreadyLocked = 'Kandji says it is locked already'

const deleted =
  'Kandji has no record of it any more, and so does not say whether the order was carried out. IT looks in Kandji (Activity), and sees to the device.'
