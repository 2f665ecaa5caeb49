/** Orders to devices in Intune: how one stands, and what became of those whose device left the leaver's list. */
import { type At, type Finding, type Order, type Receipt, Rejected } from '../../src/connector.ts'
import type { Graph } from './graph.ts'
import { type Device, described, deviceOf, type Result, seen, unreachable } from './intune.ts'
import { path } from './odata.ts'

export type Kind = 'lock' | 'restart' | 'wipe' | 'retire'

/** Graph's pages and Intune's own audit name some orders differently. */
const names: Record<Kind, RegExp> = {
  lock: /^remoteLock$/i,
  restart: /^rebootNow$/i,
  wipe: /^(wipe|factoryReset)$/i,
  retire: /^(retire|removeCompanyData)$/i,
}

export interface Ordered {
  state: 'pending' | 'done' | 'failed' | 'unsupported'
  fact: string
}

/** Our clock and Microsoft's may differ by so much. */
const skewMs = 5 * 60_000
/** What Intune has accepted shows at the device within this time. */
const showsWithinMs = 10 * 60_000

/**
 * How the order of this kind stands. A finished one counts only where it is of this offboarding: a phone that was locked
 * last year, and unlocked since, is not locked. Undefined where there is none.
 */
export function orderOf(at: At<Graph>, device: Device, kind: Kind): Ordered | undefined {
  const all = (device.deviceActionResults ?? []).filter(({ actionName }) => names[kind].test(actionName ?? ''))
  const state = device.managementState ?? ''
  if (new RegExp(`^${kind}(Pending|Issued)$`).test(state))
    return { state: 'pending', fact: `managementState=${state}; waits for the device${seen(device)}` }
  const since = sinceOf(at, device.id)
  const [newest] = all.filter((one) => timeOf(one) >= since).sort((a, b) => timeOf(b) - timeOf(a))
  if (newest) return judged(newest, device)
  if (isUnseen(at, device.id)) return { state: 'pending', fact: 'the order was accepted and does not show yet' }
  return undefined
}

function judged(result: Result, device: Device): Ordered {
  const { actionName, actionState, hasPin } = result
  const fact = `${actionName} ${actionState}, ${(result.lastUpdatedDateTime ?? result.startDateTime ?? '').slice(0, 10)}`
  if (actionState === 'done') return { state: 'done', fact: hasPin ? `${fact}, with a PIN` : fact }
  if (actionState === 'failed' || actionState === 'canceled') return { state: 'failed', fact }
  if (actionState === 'notSupported') return { state: 'unsupported', fact }
  if (actionState === 'pending' || actionState === 'active' || actionState === 'none')
    return { state: 'pending', fact: `${fact}; waits for the device${seen(device)}` }
  throw new Rejected(`Intune says "${actionState}" of an order, which is not known here: nothing was done.`)
}

export function hasPin(at: At<Graph>, device: Device): boolean {
  const since = sinceOf(at, device.id)
  return (device.deviceActionResults ?? []).some((one) => one.hasPin && timeOf(one) >= since)
}

function sinceOf(at: At<Graph>, findingId: string): number {
  const intended = at.applied(findingId)?.intentAt.getTime() ?? Number.POSITIVE_INFINITY
  return Math.min(intended, at.effectiveAt.getTime()) - skewMs
}

function isUnseen(at: At<Graph>, findingId: string): boolean {
  const answered = at.applied(findingId)?.answeredAt
  return answered !== undefined && answered.getTime() > Date.now() - showsWithinMs
}

function timeOf({ lastUpdatedDateTime: updated, startDateTime: started }: Result): number {
  const time = Date.parse(updated || started || '')
  return Number.isNaN(time) ? Number.NEGATIVE_INFINITY : time
}

/** What `find` says of an order to a device that could be given. */
export function orderFinding(at: At<Graph>, device: Device, kind: Kind, obstacle: string | undefined): Finding {
  const head = described(device)
  const order = orderOf(at, device, kind)
  if (order?.state === 'done' || order?.state === 'pending') return { ...head, state: order.state, fact: order.fact }
  const why = obstacle ?? unreachable(device) ?? (order?.state === 'unsupported' ? unsupported(order) : undefined)
  if (why) return { ...head, state: 'blocked', fact: why }
  return { ...head, state: 'open', fact: `${order?.fact ?? `no ${kind} was ordered`}${seen(device)}` }
}

/**
 * With what this step ordered and would not find any more, since IT gave the device another primary user or ownership
 * meanwhile: the device itself says how its order stands, and nothing is ordered again.
 */
export async function withOrdered(at: At<Graph>, kind: Kind, found: readonly Finding[]): Promise<Finding[]> {
  const known = new Set(found.map(({ id }) => id))
  const left = at.orders().filter(({ finding }) => !known.has(finding))
  return [...found, ...(await Promise.all(left.map((order) => orderedFinding(at, kind, order)))).flat()]
}

async function orderedFinding(at: At<Graph>, kind: Kind, ordered: Order): Promise<Finding[]> {
  const device = await deviceOf(at.client, ordered.finding)
  if (!device) return dropped(at, kind, ordered)
  const order = orderOf(at, device, kind)
  const head = described(device)
  if (order?.state === 'done' || order?.state === 'pending') return [{ ...head, state: order.state, fact: order.fact }]
  const why =
    device.userId === at.account.id
      ? `managedDeviceOwnerType=${device.managedDeviceOwnerType ?? 'unknown'} by now`
      : "it is not the leaver's in Intune any more"
  const fact = `${order?.fact ?? `no ${kind} was ordered`}; ${why}, so nothing more is ordered. IT sees to the device.`
  return [{ ...head, state: 'blocked', fact }]
}

/** The soonest that a clean-up rule, which wipes nothing, takes a device out after it was last heard of (Intune: 30 to 270 days). */
const cleanUpMs = 30 * 24 * 3_600_000

/** Intune takes a device out once it has carried out a wipe or retire (Microsoft: Remove devices by using wipe, retire). */
function dropped(at: At<Graph>, kind: Kind, { finding: id, label, answeredAt, receipt }: Order): Finding[] {
  // Where it was to be wiped too, that step says what became of it.
  if ((kind === 'lock' || kind === 'restart') && at.choices.devices === 'wipe') return []
  const heard = typeof receipt?.lastSync === 'string' ? Date.parse(receipt.lastSync) : Number.NaN
  const byOrder = (kind === 'wipe' || kind === 'retire') && answeredAt && Date.now() < heard + cleanUpMs
  if (byOrder) {
    const fact = `no longer in Intune, which takes a device out once the ${kind} is done (ordered ${answeredAt.toISOString().slice(0, 10)})`
    return [{ id, label, state: 'done', fact }]
  }
  const fact = `it is no longer in Intune, which does not say whether the ${kind} was carried out: a deleted or cleaned-up record is gone too. IT looks in the Intune admin center (Devices, Device actions, and Tenant administration, Audit logs).`
  return [{ id, label, state: 'blocked', fact }]
}

function unsupported({ fact }: Ordered): string {
  return `Intune says ${fact}: the device cannot do it. IT asks for the device, or sees to it by hand.`
}

/** Gives the order; Intune answers 204 once it is queued. The receipt tells a device that Intune drops afterwards from one that it forgot. */
export async function order(at: At<Graph>, device: Device, kind: Kind, body?: object): Promise<Receipt> {
  const action = { lock: 'remoteLock', restart: 'rebootNow', wipe: 'wipe', retire: 'retire' }[kind]
  await at.client.post(`${path`/deviceManagement/managedDevices/${device.id}`}/${action}`, body)
  return receiptOf(device)
}

/** When Intune last heard of it, as far as is known now. */
export function receiptOf({ lastSyncDateTime }: Device): Receipt {
  return lastSyncDateTime ? { lastSync: lastSyncDateTime } : {}
}

export function isOrdered(at: At<Graph>, device: Device, kind: Kind): boolean {
  // Read anew: what was merely answered and does not show yet is given again, for Intune takes a repeated order as one.
  const state = orderOf({ ...at, applied: () => undefined }, device, kind)?.state
  return state === 'pending' || state === 'done'
}
