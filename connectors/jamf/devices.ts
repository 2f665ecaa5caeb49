/** The leaver's computers, iPhones and iPads: whose they are, and what Jamf Pro says of each. */
import { z } from 'zod'
import {
  type Account,
  type At,
  everyPage,
  type Finding,
  type Leaver,
  Rejected,
  writtenId,
} from '../../src/connector.ts'
import type { Client } from './client.ts'

export type JamfAt = At<Client>

export interface Device {
  kind: 'computer' | 'mobile'
  id: string
  /** Orders are addressed with it; a UUID. */
  managementId: string | undefined
  label: string
  /** Lower case; empty where Jamf has none. */
  email: string
  username: string
  managed: boolean
  supervised: boolean
  /** Whether it is the person's own; undefined where Jamf does not say. */
  personal: boolean | undefined
  lastSeen: string | undefined
  /** Macs only. */
  mac?: { silicon: boolean; os: string; fileVault: string; keyValidity: string; recoveryLock: boolean }
  /** iPhones and iPads only. */
  lostMode?: boolean
  /** An iPad that several people sign in to. */
  shared?: boolean
}

const text = z.string().nullish()
const yes = z.boolean().nullish()
const UserAndLocation = z.object({ email: text, emailAddress: text, username: text }).nullish()

const Computer = z.object({
  id: z.string().min(1),
  general: z.object({
    name: text,
    managementId: text,
    lastContactTime: text,
    supervised: yes,
    remoteManagement: z.object({ managed: yes }).nullish(),
    site: z.object({ name: text }).nullish(),
  }),
  userAndLocation: UserAndLocation,
  hardware: z.object({ serialNumber: text, appleSilicon: yes }).nullish(),
  operatingSystem: z.object({ version: text }).nullish(),
  diskEncryption: z
    .object({
      individualRecoveryKeyValidityStatus: text,
      bootPartitionEncryptionDetails: z.object({ partitionFileVault2State: text }).nullish(),
    })
    .nullish(),
  security: z.object({ recoveryLockEnabled: yes }).nullish(),
})

const Mobile = z.object({
  mobileDeviceId: writtenId,
  general: z.object({
    displayName: text,
    managementId: text,
    lastInventoryUpdateDate: text,
    managed: yes,
    supervised: yes,
    deviceOwnershipType: text,
    sharedIpad: yes,
  }),
  userAndLocation: UserAndLocation,
  hardware: z.object({ serialNumber: text }).nullish(),
  security: z.object({ lostModeEnabled: yes }).nullish(),
})

/**
 * Jamf Pro keeps the user of a device with the device. So the address stands for the person, and what is acted on is
 * pinned by the device's own id.
 */
export async function locate(client: Client, leaver: Leaver): Promise<readonly Account[]> {
  const own = lowered(leaver.emails)
  const named = new Set((await devicesFor(client, own)).flatMap(({ email, username }) => [email, username]))
  const emails = own.filter((address) => named.has(address))
  const [id] = emails
  return id ? [{ realm: client.realm, id, label: id, known: { emails } }] : []
}

/** Of one round, for those who only look. */
export function devicesOf(at: JamfAt): Promise<Device[]> {
  return at.once('devices', () => devicesFor(at.client, ownOf(at)))
}

function ownOf({ leaver, account }: JamfAt): string[] {
  return lowered([...leaver.emails, account.id])
}

/** `computer/12`: what a finding is called. */
export function refOf({ kind, id }: Device): string {
  return `${kind}/${id}`
}

/**
 * The device as it stands now, read anew before it is acted on. Undefined where Jamf Pro has no such device any more.
 * Throws Rejected where it is not the leaver's.
 */
export async function deviceToActOn(at: JamfAt, ref: string, finding: Finding): Promise<Device | undefined> {
  const found = (await devicesFor(at.client, ownOf(at))).find((device) => refOf(device) === ref)
  if (found) return found
  if (!(await deviceById(at.client, ref))) return undefined
  throw new Rejected(`${finding.label} is not the leaver's in Jamf Pro any more, so nothing was done to it.`)
}

export function isTheirs(at: JamfAt, device: Device): boolean {
  return isOf(device, ownOf(at))
}

/** Whoever has it. Undefined where Jamf Pro lists no such device. */
export async function deviceById(client: Client, ref: string): Promise<Device | undefined> {
  const [kind, id = ''] = ref.split('/')
  if (!/^\d+$/.test(id)) throw new Rejected(`"${ref}" is no device of Jamf Pro.`)
  const found =
    kind === 'computer' ? await computersIn(client, `id==${id}`) : await mobilesIn(client, `mobileDeviceId==${id}`)
  return found.find((device) => refOf(device) === ref)
}

async function devicesFor(client: Client, own: readonly string[]): Promise<Device[]> {
  const found = new Map<string, Device>()
  for (const address of own) {
    const [computers, mobiles] = await Promise.all([computersWith(client, address), mobilesWith(client, address)])
    for (const device of [...computers, ...mobiles]) if (isOf(device, own)) found.set(refOf(device), device)
  }
  return [...found.values()]
}

/** An administrator's word first: a user name that looks like the leaver's address counts only where no address is. */
function isOf({ email, username }: Device, own: readonly string[]): boolean {
  return own.includes(email || username)
}

const computerSections = ['GENERAL', 'USER_AND_LOCATION', 'HARDWARE', 'OPERATING_SYSTEM', 'DISK_ENCRYPTION', 'SECURITY']

function computersWith(client: Client, address: string): Promise<Device[]> {
  return computersIn(client, `userAndLocation.email==${quoted(address)},userAndLocation.username==${quoted(address)}`)
}

async function computersIn(client: Client, filter: string): Promise<Device[]> {
  const query = { section: computerSections, sort: 'id:asc', filter }
  const found = await everything(client, 'list computers', '/v3/computers-inventory', Computer, query)
  return found.map((one): Device => computerFrom(client, one))
}

function computerFrom({ settings }: Client, one: z.infer<typeof Computer>): Device {
  const { general, hardware, diskEncryption } = one
  const personal = general.site?.name ? settings.personalSites.includes(general.site.name) : false
  return {
    ...whoseOf(one.userAndLocation),
    kind: 'computer',
    id: one.id,
    managementId: general.managementId ?? undefined,
    label: labelOf(general.name, 'Mac', hardware?.serialNumber ?? `computer ${one.id}`),
    managed: general.remoteManagement?.managed === true,
    supervised: general.supervised === true,
    personal,
    lastSeen: general.lastContactTime ?? undefined,
    mac: {
      silicon: hardware?.appleSilicon === true,
      os: one.operatingSystem?.version ?? '',
      fileVault: diskEncryption?.bootPartitionEncryptionDetails?.partitionFileVault2State ?? 'UNKNOWN',
      keyValidity: diskEncryption?.individualRecoveryKeyValidityStatus ?? 'UNKNOWN',
      recoveryLock: one.security?.recoveryLockEnabled === true,
    },
  }
}

const mobileSections = ['GENERAL', 'USER_AND_LOCATION', 'HARDWARE', 'SECURITY']
const companys = new Set(['Institutional', 'AccountDrivenDeviceEnrollment'])
const peoples = new Set(['PersonalDeviceProfile', 'UserEnrollment', 'AccountDrivenUserEnrollment'])

function mobilesWith(client: Client, address: string): Promise<Device[]> {
  return mobilesIn(client, `emailAddress==${quoted(address)},username==${quoted(address)}`)
}

async function mobilesIn(client: Client, filter: string): Promise<Device[]> {
  const query = { section: mobileSections, sort: 'mobileDeviceId:asc', filter }
  const found = await everything(client, 'list mobile devices', '/v2/mobile-devices/detail', Mobile, query)
  return found.map(mobileFrom)
}

function mobileFrom(one: z.infer<typeof Mobile>): Device {
  const { general, hardware, security } = one
  const type = general.deviceOwnershipType ?? ''
  return {
    ...whoseOf(one.userAndLocation),
    kind: 'mobile',
    id: one.mobileDeviceId,
    managementId: general.managementId ?? undefined,
    label: labelOf(general.displayName, 'Mobile device', hardware?.serialNumber ?? `device ${one.mobileDeviceId}`),
    managed: general.managed === true,
    supervised: general.supervised === true,
    personal: peoples.has(type) ? true : companys.has(type) ? false : undefined,
    lastSeen: general.lastInventoryUpdateDate ?? undefined,
    lostMode: security?.lostModeEnabled === true,
    shared: general.sharedIpad === true,
  }
}

function whoseOf(user: z.infer<typeof UserAndLocation>): Pick<Device, 'email' | 'username'> {
  const email = user?.email || user?.emailAddress || ''
  return { email: email.toLowerCase(), username: (user?.username ?? '').toLowerCase() }
}

function labelOf(name: string | null | undefined, otherwise: string, serial: string): string {
  return `${name || otherwise} (${serial})`
}

/** Pages are numbered from 0; `totalCount` says how many there are in all. */
export function everything<T>(
  client: Client,
  what: string,
  at: string,
  shape: z.ZodType<T>,
  query: Readonly<Record<string, string | readonly string[]>>,
): Promise<T[]> {
  const Page = z.object({ totalCount: z.number().int(), results: z.array(shape) })
  let read = 0
  return everyPage('Jamf Pro', '0', async (page) => {
    const asking = { query: { ...query, page, 'page-size': client.settings.pageSize } }
    const { totalCount, results } = await client.api.ask(what, at, Page, asking)
    read += results.length
    if (read >= totalCount) return { items: results }
    if (results.length === 0)
      throw new Rejected(`Jamf Pro says it has ${totalCount} and gave ${read}: its list cannot be read to the end.`)
    return { items: results, next: String(Number(page) + 1) }
  })
}

/** A value in RSQL (Jamf developer guide, Filtering with RSQL), where `*` would match anything. */
function quoted(value: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: just these are refused
  if (/[\u0000-\u001f\u007f*]/.test(value)) throw new Rejected(`"${value}" cannot be searched for in Jamf Pro.`)
  return `"${value.replace(/[\\"]/g, '\\$&')}"`
}

function lowered(addresses: readonly string[]): string[] {
  return [...new Set(addresses.map((address) => address.toLowerCase()))]
}

/** An old record of an iPhone or iPad of which Jamf Pro does not say that it is the company's: nothing of ours is on it. */
export function isGone({ kind, managed, personal }: Device): boolean {
  return kind === 'mobile' && !managed && personal !== false
}

export function described(device: Device): Pick<Finding, 'id' | 'label'> {
  return { id: refOf(device), label: device.label }
}

export function seen({ lastSeen }: Device): string {
  return lastSeen ? `, last seen ${lastSeen.slice(0, 10)}` : ''
}
