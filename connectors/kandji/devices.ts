/** The leaver's user record and devices, and what Kandji says of each. */
import { z } from 'zod'
import { type Account, type At, everyPage, type Finding, type Leaver, path, Rejected } from '../../src/connector.ts'
import type { Client } from './client.ts'

export type KandjiAt = At<Client>

const UserShape = z.object({
  id: z.string().min(1),
  email: z.string().nullish(),
  name: z.string().nullish(),
  job_title: z.string().nullish(),
  department: z.string().nullish(),
  archived: z.boolean().nullish(),
})
type User = z.infer<typeof UserShape>
const Users = z.object({ next: z.string().nullish(), results: z.array(UserShape) })

/** Kandji searches for parts of addresses. Archived records count only where there is no other. */
export async function locate(client: Client, leaver: Leaver): Promise<readonly Account[]> {
  const own = leaver.emails.map((address) => address.toLowerCase())
  const found = new Map<string, User>()
  for (const email of own)
    for (const user of await usersLike(client, email))
      if (own.includes(user.email?.toLowerCase() ?? '')) found.set(user.id, user)
  const all = [...found.values()]
  const live = all.filter((user) => !user.archived)
  return (live.length > 0 ? live : all).map((user) => accountOf(client, user))
}

/** `next` is at another host than the API, so only its cursor is taken. */
function usersLike(client: Client, email: string): Promise<User[]> {
  return everyPage('Kandji', '', async (cursor) => {
    const query = { email, ...(cursor && { cursor }) }
    const { results, next } = await client.api.ask('list users', '/users', Users, { query })
    if (!next) return { items: results }
    const further = new URL(next, client.settings.url).searchParams.get('cursor')
    if (!further) throw new Rejected('Kandji names a next page of users without a cursor: the list cannot be read on.')
    return { items: results, next: further }
  })
}

function accountOf(client: Client, { id, email, name, job_title: title, department }: User): Account {
  const known = { ...(name && { name }), ...(title && { title }), ...(department && { department }) }
  return { realm: client.realm, id, label: email ?? id, known: { ...known, ...(email && { emails: [email] }) } }
}

const DeviceShape = z.object({
  device_id: z.string().min(1),
  device_name: z.string().nullish(),
  /** Mac, iPad, iPhone, AppleTV; others are left to people. */
  /** What a device is decides which keys it has. */
  platform: z.string().min(1),
  os_version: z.string().nullish(),
  serial_number: z.string().nullish(),
  blueprint_name: z.string().nullish(),
  last_check_in: z.string().nullish(),
  lost_mode_status: z.string().nullish(),
  mdm_enabled: z.boolean().nullish(),
  is_removed: z.boolean().nullish(),
  tags: z.array(z.string()).nullish(),
  /** Without an assigned user it is an empty text. */
  user: z.union([z.object({ id: z.string().nullish() }), z.string(), z.null()]).optional(),
})
export type Device = z.infer<typeof DeviceShape>

/** Of one round, for those who only look. */
export function devicesOf(at: KandjiAt): Promise<Device[]> {
  return at.once('devices', async () => (await assigned(at)).filter((device) => !isRemoved(device)))
}

function assigned({ client, account }: KandjiAt): Promise<Device[]> {
  const { pageSize: limit } = client.settings
  const seen = new Set<string>()
  return everyPage('Kandji', '0', async (offset) => {
    const query = { user_id: account.id, limit, offset, ordering: 'serial_number' }
    const devices = await client.api.ask('list devices', '/devices', z.array(DeviceShape), { query })
    const items = devices.filter((device) => !seen.has(device.device_id))
    if (devices.length > 0 && items.length === 0)
      throw new Rejected('Kandji gave the same page of devices twice, so its list cannot be read to the end.')
    for (const { device_id: id } of items) seen.add(id)
    const mine = items.filter((device) => isOf(device, account))
    return { items: mine, next: devices.length === 0 ? undefined : String(Number(offset) + devices.length) }
  })
}

export function isOf({ user }: Device, account: Account): boolean {
  return typeof user === 'object' && user?.id === account.id
}

/** The record of a device that was taken out of Kandji: what became of it since, nobody there knows. */
function isRemoved(device: Device): boolean {
  return device.is_removed === true
}

/** Still enrolled by its record, and out of reach: whoever has it may have taken the profile off. */
export function unreachable({ mdm_enabled: managed }: Device): string | undefined {
  return managed === false
    ? 'mdm_enabled=false: Kandji does not manage it any more, so it cannot be reached. IT sees to the device.'
    : undefined
}

/**
 * The device as it stands now, read anew before it is acted on. Undefined where Kandji has no such device any more.
 * Throws Rejected where it is not the leaver's.
 */
export async function deviceToActOn(at: KandjiAt, id: string, finding: Finding): Promise<Device | undefined> {
  const device = await deviceById(at.client, id)
  if (!device) return undefined
  if (!isOf(device, at.account))
    throw new Rejected(`${finding.label} is not assigned to the leaver in Kandji any more, so nothing was done to it.`)
  return device
}

export function deviceById({ api }: Client, id: string): Promise<Device | undefined> {
  return api.find('show a device', path`/devices/${id}`, DeviceShape)
}

const Details = z.object({
  /** Of every device; without it, this is no answer about one. */
  general: z.object({ device_id: z.string().nullish() }),
  filevault: z.object({ filevault_enabled: z.unknown(), filevault_prk_escrowed: z.boolean().nullish() }).nullish(),
  activation_lock: z
    .object({
      device_activation_lock_enabled: z.boolean().nullish(),
      user_activation_lock_enabled: z.boolean().nullish(),
    })
    .nullish(),
  recovery_information: z
    .object({ recovery_lock_enabled: z.boolean().nullish(), firmware_password_exist: z.boolean().nullish() })
    .nullish(),
  automated_device_enrollment: z.object({ auto_enrolled: z.boolean().nullish() }).nullish(),
  /** "True", "False" or "Yes", "No". */
  mdm: z.object({ supervised: z.union([z.string(), z.boolean()]).nullish() }).nullish(),
})
export type Details = z.infer<typeof Details>

/** Throws Rejected where Kandji tells nothing of a device that it just listed. */
export function detailsOf(at: KandjiAt, { device_id: id }: Device): Promise<Details> {
  return at.once(`details ${id}`, () =>
    at.client.api.ask('show the details of a device', path`/devices/${id}/details`, Details),
  )
}

export function labelOf(device: Device): string {
  const name = device.device_name || device.platform || 'Device'
  return `${name} (${device.serial_number || device.device_id})`
}

export function described(device: Device): Pick<Finding, 'id' | 'label'> {
  return { id: device.device_id, label: labelOf(device) }
}

export function isPersonal({ settings }: Client, device: Device): boolean {
  const { tags, blueprints } = settings.personal
  return (
    (device.tags ?? []).some((tag) => tags.includes(tag)) ||
    (device.blueprint_name ? blueprints.includes(device.blueprint_name) : false)
  )
}

export function isMac({ platform }: Device): boolean {
  return platform === 'Mac'
}

export function isMobile({ platform }: Device): boolean {
  return platform === 'iPhone' || platform === 'iPad'
}
