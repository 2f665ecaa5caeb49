/** The leaver's hosts: whose they are, what they are, and how they stand. */
import { z } from 'zod'
import { type Account, type At, everyPage, type Finding, type Leaver, path, Rejected } from '../../src/connector.ts'
import type { Client } from './client.ts'

export type FleetAt = At<Client>

const Listed = z.object({
  id: z.number().int(),
  device_mapping: z.array(z.object({ email: z.string(), source: z.string().nullish() })).nullish(),
})
type Entry = z.infer<typeof Listed>
const Page = z.object({ hosts: z.array(Listed) })

const Mdm = z.object({
  /** "On (automatic)", "On (manual)", "On (personal)", "Off", "Pending", or null where it is not enrolled. */
  enrollment_status: z.string().nullable(),
  connected_to_fleet: z.boolean().nullish(),
  device_status: z.string().nullish(),
  pending_action: z.string().nullish(),
  encryption_key_available: z.boolean().nullish(),
})
const HostShape = z.object({
  id: z.number().int(),
  platform: z.string(),
  display_name: z.string().nullish(),
  hostname: z.string().nullish(),
  hardware_serial: z.string().nullish(),
  seen_time: z.string().nullish(),
  scripts_enabled: z.boolean().nullish(),
  disk_encryption_enabled: z.boolean().nullish(),
  mdm: Mdm,
})
export type Host = z.infer<typeof HostShape> & {
  /** Why it may not be the leaver's alone; such a host is never acted on. */
  doubt?: string
}

/**
 * Fleet keeps no record of the people who use hosts, only addresses on each host. So the address stands for the person,
 * and what is acted on is pinned by the host's own id.
 */
export async function locate(client: Client, leaver: Leaver): Promise<readonly Account[]> {
  const own = lowered(leaver.emails)
  const named = new Set((await listed(client, own)).flatMap(addressesOf))
  const emails = own.filter((address) => named.has(address))
  const [id] = emails
  return id ? [{ realm: client.realm, id, label: id, known: { emails } }] : []
}

/** Of one round, for those who only look. */
export function hostsOf(at: FleetAt): Promise<Host[]> {
  return at.once('hosts', () => readHosts(at))
}

async function readHosts(at: FleetAt): Promise<Host[]> {
  const own = ownOf(at)
  const entries = await listed(at.client, own)
  return (await Promise.all(entries.map((entry) => hostOf(at.client, entry, own)))).flatMap((host) => host ?? [])
}

function ownOf({ leaver, account }: FleetAt): string[] {
  return lowered([...leaver.emails, account.id])
}

async function hostOf(client: Client, entry: Entry, own: readonly string[]): Promise<Host | undefined> {
  const doubt = doubtOf(client, entry, own)
  const host = await hostById(client, entry.id)
  return host && { ...host, ...(doubt && { doubt }) }
}

const HostAnswer = z.object({ host: HostShape })

export async function hostById(client: Client, id: number | string): Promise<Host | undefined> {
  return (await client.api.find('show a host', path`/hosts/${id}`, HostAnswer))?.host
}

/**
 * The host as it stands now, read anew before it is acted on. Undefined where Fleet has no such host any more. Throws
 * Rejected where it is not the leaver's, or not theirs alone.
 */
export async function hostToActOn(at: FleetAt, finding: Finding): Promise<Host | undefined> {
  const own = ownOf(at)
  const entry = (await listed(at.client, own)).find((one) => String(one.id) === finding.id)
  const host = entry && (await hostOf(at.client, entry, own))
  if (host?.doubt) throw new Rejected(`${finding.label}: ${host.doubt}`)
  if (host) return host
  if (!(await hostById(at.client, finding.id))) return undefined
  throw new Rejected(`${finding.label} is not the leaver's in Fleet any more, so nothing was done to it.`)
}

/** Every host that names one of these addresses. Fleet's search also finds parts of names, so the mapping decides. */
async function listed(client: Client, own: readonly string[]): Promise<Entry[]> {
  const found = new Map<number, Entry>()
  for (const address of own) {
    for (const host of await search(client, address)) {
      if (addressesOf(host).some((one) => own.includes(one)) && whoseOf(client, host, own) !== 'others')
        found.set(host.id, host)
    }
  }
  return [...found.values()]
}

/** Fleet numbers its pages from 0 and says nowhere how many there are: the list is over with the first empty one. */
function search(client: Client, query: string): Promise<Entry[]> {
  const { pageSize } = client.settings
  const seen = new Set<number>()
  return everyPage('Fleet', '0', async (page) => {
    const asking = { query, device_mapping: true, order_key: 'id', page, per_page: pageSize }
    const { hosts } = await client.api.ask('list hosts', '/hosts', Page, { query: asking })
    const items = hosts.filter((host) => !seen.has(host.id))
    if (hosts.length > 0 && items.length === 0)
      throw new Rejected('Fleet gave the same page of hosts twice, so its list cannot be read to the end.')
    for (const { id } of items) seen.add(id)
    return { items, next: hosts.length === 0 ? undefined : String(Number(page) + 1) }
  })
}

const chrome = 'google_chrome_profiles'

/**
 * What an identity provider or an administrator says of a host counts; a Chrome profile only says that somebody once
 * signed in to a browser there, which may be a colleague's computer (REST API, Get human-device mapping).
 */
function whoseOf(client: Client, host: Entry, own: readonly string[]): Whose {
  const mapping = host.device_mapping ?? []
  const assigned = mapping.filter(({ source }) => source !== chrome).map(({ email }) => email.toLowerCase())
  if (assigned.length > 0) {
    if (!assigned.some((one) => own.includes(one))) return 'others'
    return assigned.every((one) => own.includes(one)) ? 'theirs' : 'shared'
  }
  const domains = new Set(own.map(domainOf))
  const colleagues = addressesOf(host).filter((one) => domains.has(domainOf(one)))
  if (!client.settings.trustChromeProfiles) return 'profile'
  return colleagues.every((one) => own.includes(one)) ? 'theirs' : 'shared'
}

type Whose = 'theirs' | 'shared' | 'profile' | 'others'

function doubtOf(client: Client, host: Entry, own: readonly string[]): string | undefined {
  const whose = whoseOf(client, host, own)
  const names = addressesOf(host).join(', ')
  if (whose === 'shared')
    return `Fleet names more than the leaver as its users (${names}). IT leaves one there (Host details > User), then tries again.`
  if (whose === 'profile')
    return `only a Chrome profile names the leaver (${names}). IT says whose it is (Host details > User), then tries again.`
  return undefined
}

function addressesOf(host: Entry): string[] {
  return lowered((host.device_mapping ?? []).map(({ email }) => email))
}

function lowered(addresses: readonly string[]): string[] {
  return [...new Set(addresses.map((address) => address.toLowerCase()))]
}

function domainOf(address: string): string {
  return address.slice(address.lastIndexOf('@') + 1)
}
