/** Which devices are the leaver's own: never a server that many sign in to. */
import { z } from 'zod'
import { type Finding, path, Rejected } from '../../src/connector.ts'
import type { Client } from './client.ts'
import { type CloudAt, userOf } from './person.ts'

const id = z.string().min(1)
const words = z.string().nullish()
const flag = z.boolean().nullish()

const System = z.looseObject({
  _id: id,
  displayName: words,
  hostname: words,
  osFamily: id,
  serialNumber: words,
  active: flag,
  lastContact: words,
  fde: z.looseObject({ active: flag, keyPresent: flag }).nullish(),
  primarySystemUser: z.looseObject({ id: words }).nullish(),
})
export type System = z.infer<typeof System>

const AppleDevice = z.looseObject({
  id,
  serialNumber: words,
  enrolled: flag,
  depRegistered: flag,
  securityInfo: z.looseObject({ isUserEnrollment: flag }).nullish(),
})
export type AppleDevice = z.infer<typeof AppleDevice> & { mdm: string }

const Bound = z.looseObject({ id })
const Node = z.looseObject({ id, type: z.string() })
/** `paths`: every way from the user to the device, hop by hop (JumpCloud API v2, List the Systems bound to a User). */
const BoundSystem = z.looseObject({ id, paths: z.array(z.array(z.looseObject({ to: Node }))).nullish() })

export interface Device {
  system: System
  kind: 'apple' | 'agent' | 'other'
  /** As JumpCloud's Apple MDM knows it. */
  apple: AppleDevice | undefined
  /** Set when nobody can say that it is the leaver's alone. */
  doubt?: string
}

/** All that are, or may be, the leaver's; one round of looking reads them once. */
export function devicesOf(at: CloudAt): Promise<Device[]> {
  return at.once('devices', async () => {
    if (at.choices.devices === 'nothing' || !(await userOf(at))) return []
    const found = await Promise.all((await boundTo(at)).map(({ id }) => readDevice(at, id)))
    return found.filter((one) => one !== undefined)
  })
}

function boundTo(at: CloudAt): Promise<z.infer<typeof BoundSystem>[]> {
  const where = path`/api/v2/users/${at.account.id}/systems`
  return at.once('systems', () => at.client.listV2('list devices', where, BoundSystem))
}

/**
 * The groups without which a device of the leaver's would not be known as theirs any more; a server that many sign in to
 * is not one. 'unknown' where JumpCloud does not say by which way a device is bound.
 */
export async function groupsOfDevices(at: CloudAt): Promise<ReadonlySet<string> | 'unknown'> {
  const own = new Set((await devicesOf(at)).map(({ system }) => system._id))
  const bound = (await boundTo(at)).filter(({ id }) => own.has(id))
  if (bound.some(({ paths }) => !paths?.length)) return 'unknown'
  const hops = bound.flatMap(({ paths }) => (paths ?? []).flat())
  return new Set(hops.flatMap(({ to }) => (to.type === 'user_group' ? [to.id] : [])))
}

/** Read again, just before an order. Undefined where it is gone; throws where it is not the leaver's any more. */
export async function deviceToActOn(at: CloudAt, finding: Finding): Promise<Device | undefined> {
  const system = await readSystem(at.client, finding.id)
  if (!system) return undefined
  const device = await readDevice(at, finding.id)
  if (!device)
    throw new Rejected(`${finding.label} is somebody else's now, so it was left alone.`, { code: 'notTheirs' })
  if (device.doubt) throw new Rejected(`${finding.label}: ${device.doubt}`, { code: 'notTheirs' })
  return device
}

/** Whoever has it. Undefined where JumpCloud has no such device any more. */
export async function deviceById(at: CloudAt, systemId: string): Promise<Device | undefined> {
  const system = await readSystem(at.client, systemId)
  if (!system) return undefined
  const kind = kindOf(system)
  return { system, kind, apple: kind === 'apple' ? await appleDeviceOf(at, system) : undefined }
}

function readSystem({ api }: Client, systemId: string): Promise<System | undefined> {
  return api.find('read a device', path`/api/systems/${systemId}`, System)
}

async function readDevice(at: CloudAt, systemId: string): Promise<Device | undefined> {
  const system = await readSystem(at.client, systemId)
  const theirs = system && (await ownership(at, system))
  if (!system || !theirs) return undefined
  const kind = kindOf(system)
  const apple = kind === 'apple' ? await appleDeviceOf(at, system) : undefined
  return { system, kind, apple, ...(theirs !== 'own' && { doubt: theirs }) }
}

/** The primary user is who the device was given to; without one, whoever alone is bound to it. */
async function ownership(at: CloudAt, system: System): Promise<'own' | string | undefined> {
  const primary = system.primarySystemUser?.id
  if (primary) return primary === at.account.id ? 'own' : undefined
  const users = await at.client.listV2('list the users of a device', path`/api/v2/systems/${system._id}/users`, Bound)
  const others = users.filter((one) => one.id !== at.account.id).length
  if (others === 0) return users.length > 0 ? 'own' : undefined
  // Servers that many are bound to are nobody's own, and are left by unbinding.
  if (kindOf(system) !== 'apple' && system.osFamily.toLowerCase() !== 'windows') return undefined
  return `${others} others are bound to it and none is its primary user. IT names one (Devices > the device > Details), then tries again.`
}

function kindOf({ osFamily }: System): Device['kind'] {
  const family = osFamily.toLowerCase()
  if (['darwin', 'ios', 'ipados', 'tvos'].includes(family)) return 'apple'
  return family === 'windows' || family === 'linux' ? 'agent' : 'other'
}

/** Systems and Apple's records have their own ids; the serial number is on both. */
async function appleDeviceOf(at: CloudAt, { serialNumber }: System): Promise<AppleDevice | undefined> {
  if (!serialNumber) return undefined
  const { client } = at
  const mdms = await at.once('apple-mdms', () => client.listV2('list Apple MDM servers', '/api/v2/applemdms', Bound))
  for (const mdm of mdms) {
    const query = { filter: `serialNumber:$eq:${serialNumber.replace(/[^\w-]/g, '')}` }
    const devices = await client.listV2(
      'list Apple devices',
      path`/api/v2/applemdms/${mdm.id}/devices`,
      AppleDevice,
      query,
    )
    const found = devices.filter((one) => one.serialNumber === serialNumber)
    // One that was taken out and enrolled again is listed twice.
    const [device] = [...found.filter((one) => one.enrolled), ...found]
    if (device) return { ...device, mdm: mdm.id }
  }
  return undefined
}

export function isMac({ system }: Device): boolean {
  return system.osFamily.toLowerCase() === 'darwin'
}

/** Apple's own word for a private device with a work part. */
export function isPersonal({ apple }: Device): boolean {
  return apple?.securityInfo?.isUserEnrollment === true
}

export function described({ system }: Device): Pick<Finding, 'id' | 'label'> {
  return { id: system._id, label: labelOf(system) }
}

/** With the serial number: it is what is on the machine. */
export function labelOf(system: System): string {
  return `${system.displayName || system.hostname || 'Device'} (${system.serialNumber || system._id})`
}

export function seenFact({ system }: Device): string {
  return `active=${system.active ?? 'unknown'}, lastContact=${system.lastContact?.slice(0, 10) ?? 'never'}`
}

/** Why JumpCloud would refuse; undefined where it would not. */
export function obstacle(device: Device, what: 'lock' | 'erase'): string | undefined {
  if (device.doubt) return device.doubt
  if (device.kind === 'other')
    return `JumpCloud publishes no order for ${device.system.osFamily}. IT does it (Devices > the device > Actions > ${what === 'lock' ? 'Lock' : 'Erase'}).`
  if (device.kind === 'apple' && !device.apple?.enrolled)
    return `it is not enrolled in JumpCloud's Apple MDM, which alone can ${what} it. IT sees to the device.`
  return undefined
}
