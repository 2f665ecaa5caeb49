/** The leaver's devices in Intune, and how an order to one of them stands. */
import { z } from 'zod'
import { type At, type Finding, Rejected } from '../../src/connector.ts'
import type { Graph } from './graph.ts'
import { ask, fieldsOf, path } from './odata.ts'

/** `unlockPin` is on the result of a lock (remoteLockActionResult); here it is only said that there is one. */
const Result = z
  .object({
    actionName: z.string().nullish(),
    actionState: z.string().nullish(),
    startDateTime: z.string().nullish(),
    lastUpdatedDateTime: z.string().nullish(),
    unlockPin: z.string().nullish(),
  })
  .transform(({ unlockPin, ...result }) => ({ ...result, hasPin: Boolean(unlockPin) }))
type Result = z.output<typeof Result>

const Device = z.object({
  id: z.string().min(1),
  userId: z.string().nullish(),
  deviceName: z.string().nullish(),
  serialNumber: z.string().nullish(),
  operatingSystem: z.string().nullish(),
  azureADDeviceId: z.string().nullish(),
  isEncrypted: z.boolean().nullish(),
  lastSyncDateTime: z.string().nullish(),
  managedDeviceOwnerType: z.string().nullish(),
  managementAgent: z.string().nullish(),
  managementState: z.string().nullish(),
  deviceActionResults: z.array(Result).nullish(),
})
export type Device = z.output<typeof Device>

const Listed = z.object({ id: z.string().min(1) })

export type Platform = 'windows' | 'mac' | 'mobile'

export function platformOf({ operatingSystem }: Device): Platform {
  const system = operatingSystem?.toLowerCase() ?? ''
  if (system.startsWith('windows')) return 'windows'
  return system.startsWith('mac') ? 'mac' : 'mobile'
}

/** Of one round, for those who only look. Empty where nothing is to be done to devices, or Intune is not used. */
export function devicesOf(at: At<Graph>): Promise<Device[]> {
  if (at.choices.devices === 'nothing' || !at.client.settings.intune) return Promise.resolve([])
  return at.once('intune', async () => {
    const listed = await idsOf(at)
    // The list leaves out how orders stand; one device by itself says it.
    const devices = await Promise.all(listed.map(({ id }) => deviceOf(at.client, id)))
    return devices.filter((device) => device !== undefined)
  })
}

export async function ownedBy(at: At<Graph>, owner: 'company' | 'personal'): Promise<Device[]> {
  const devices = await devicesOf(at)
  // Unknown is asked about where it matters (before a wipe), and treated as the company's until then.
  return devices.filter(({ managedDeviceOwnerType: type }) => (type === 'personal') === (owner === 'personal'))
}

async function idsOf(at: At<Graph>): Promise<z.infer<typeof Listed>[]> {
  try {
    return await at.client.list(ask(path`/users/${at.account.id}/managedDevices`, { $select: 'id' }), Listed)
  } catch (error) {
    if (isWithoutIntune(error)) return []
    throw error
  }
}

/** What Graph answers for a tenant that has no Intune licence. */
function isWithoutIntune(error: unknown): boolean {
  return error instanceof Rejected && error.status === 400 && /not applicable to target tenant/i.test(error.message)
}

function deviceOf(graph: Graph, id: string): Promise<Device | undefined> {
  const $select = fieldsOf(Device)
  return graph.get(ask(path`/deviceManagement/managedDevices/${id}`, { $select }), Device)
}

/**
 * The device as it stands now, read anew before it is acted on. Undefined where Intune has it no more. Throws Rejected
 * where it is not the leaver's any more.
 */
export async function deviceToActOn(at: At<Graph>, finding: Finding): Promise<Device | undefined> {
  const device = await deviceOf(at.client, idIn(finding))
  if (device && device.userId !== at.account.id)
    throw new Rejected(`${finding.label} is not the leaver's in Intune any more, so nothing was done to it.`)
  return device
}

/** A finding's id is the device's, with more behind a slash where a device has several. */
function idIn(finding: Finding): string {
  return finding.id.split('/')[0] ?? ''
}

export function described(device: Device): Pick<Finding, 'id' | 'label'> {
  const serial = device.serialNumber ? ` (${device.serialNumber})` : ''
  return { id: device.id, label: `${device.deviceName || device.operatingSystem || 'Device'}${serial}` }
}

export function seen({ lastSyncDateTime: last }: Device): string {
  return last ? `, last seen ${last.slice(0, 10)}` : ''
}

/** What Intune merely knows of, and cannot reach: orders to it never arrive. */
export function unreachable({ managementAgent: agent }: Device): string | undefined {
  if (!agent || !['eas', 'configurationManagerClient', 'jamf', 'msSense'].includes(agent)) return undefined
  return `Intune does not manage it itself (managementAgent=${agent}), so it cannot be reached from there. IT sees to it where it is managed.`
}

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

function unsupported({ fact }: Ordered): string {
  return `Intune says ${fact}: the device cannot do it. IT asks for the device, or sees to it by hand.`
}

/** Gives the order unless it was given already; Intune answers 204 once it is queued. */
export async function order(at: At<Graph>, device: Device, kind: Kind, body?: object): Promise<void> {
  const action = { lock: 'remoteLock', restart: 'rebootNow', wipe: 'wipe', retire: 'retire' }[kind]
  await at.client.post(`${path`/deviceManagement/managedDevices/${device.id}`}/${action}`, body)
}

export function isOrdered(at: At<Graph>, device: Device, kind: Kind): boolean {
  // Read anew: what was merely answered and does not show yet is given again, for Intune takes a repeated order as one.
  const state = orderOf({ ...at, applied: () => undefined }, device, kind)?.state
  return state === 'pending' || state === 'done'
}
