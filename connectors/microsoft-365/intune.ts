/** The leaver's devices in Intune. */
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
export type Result = z.output<typeof Result>

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

export function deviceOf(graph: Graph, id: string): Promise<Device | undefined> {
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
