/** The settings, the way in, and what `doctor` asks. */
import { z } from 'zod'
import { Denied, type Gate, type Health, type Rest, type Right, rest, secret } from '../../src/connector.ts'
import { tokens } from './token.ts'

export const Settings = z.strictObject({
  /** `https://acme.jamfcloud.com`, or one's own server. */
  url: z.url({ protocol: /^https$/, error: 'is an https address' }),
  clientId: z.string().min(1),
  clientSecret: secret(),
  /** Names of Jamf sites whose computers are people's own: Jamf says it of phones and tablets, not of Macs. */
  personalSites: z.array(z.string().min(1)).default([]),
  /** What a locked device shows. */
  lockMessage: z.string().min(1).max(200).default('This device is locked. Please contact IT.'),
  /** Where 'wipe' was chosen: devices are locked at once, and a Mac takes the wipe only once IT has typed the PIN. */
  lockBeforeWipe: z.boolean().default(true),
  /** Records a page; Jamf gives 2,000 at most. */
  pageSize: z.number().int().min(1).max(2000).default(100),
})
export type Settings = z.infer<typeof Settings>

export interface Client {
  settings: Settings
  api: Rest
  /** The server's own host name: one Jamf Pro is one realm. */
  realm: string
}

export function connect(settings: Settings, gate: Gate): Client {
  const { origin, host } = new URL(settings.url)
  const access = tokens(settings, gate)
  const headers = async () => ({ authorization: await access.header() })

  async function send(url: URL, init: RequestInit): Promise<Response> {
    try {
      return await gate.fetch(url, init)
    } catch (error) {
      // A 401 has done nothing, and a token that ran out in the queue says nothing about the credential.
      if (!(error instanceof Denied && access.ranOut())) throw error
      const renewed = new Headers(init.headers)
      renewed.set('authorization', await access.header())
      return gate.fetch(url, { ...init, headers: renewed })
    }
  }

  return { settings, api: rest({ vendor: 'Jamf Pro', base: `${origin}/api`, headers, fetch: send }), realm: host }
}

export const rights: readonly Right[] = [
  { name: 'Read Computers', for: "finding the leaver's Macs" },
  { name: 'Read Mobile Devices', for: "finding the leaver's iPhones and iPads" },
  { name: 'View Disk Encryption Recovery Key', for: 'keeping the FileVault key before a wipe' },
  { name: 'View Recovery Lock', for: 'keeping the Recovery Lock password before a wipe' },
  { name: 'View Computer Device Lock Pin', for: 'keeping the PIN of a Mac that somebody else locked' },
  { name: 'View MDM command information in Jamf Pro API', for: 'reading back whether an order was carried out' },
  { name: 'Send MDM command information in Jamf Pro API', for: 'sending any order' },
  { name: 'Send Computer Remote Lock Command', for: 'locking Macs' },
  { name: 'Send Computer Remote Wipe Command', for: 'wiping Macs' },
  { name: 'Send Computer Unmanage Command', for: 'taking management off personal Macs' },
  { name: 'Send Mobile Device Lost Mode Command', for: 'locking iPhones and iPads' },
  { name: 'Send Mobile Device Remote Wipe Command', for: 'wiping iPhones and iPads' },
  { name: 'Unmanage Mobile Devices', for: 'taking management off personal iPhones and iPads' },
]

const where = 'Settings > System > API roles and clients > API Roles'
const Auth = z.object({
  account: z
    .object({ username: z.string().nullish(), privilegesBySite: z.record(z.string(), z.array(z.string())).nullish() })
    .nullish(),
})

export async function check(client: Client): Promise<Health> {
  const { account } = await client.api.ask('say who we are', '/v1/auth', Auth)
  const as = `${account?.username ?? `the API client ${client.settings.clientId}`} at ${client.realm}`
  const held = new Set(Object.values(account?.privilegesBySite ?? {}).flat())
  if (held.size === 0)
    return {
      as,
      missing: [],
      warnings: [`Jamf Pro does not say which privileges the token has. IT looks in ${where}.`],
    }
  const missing = rights.filter(({ name }) => !held.has(name)).map(({ name }) => `${name}: IT grants it in ${where}.`)
  const listed = new Set(rights.map(({ name }) => name))
  const more = [...held].filter((name) => !listed.has(name))
  const warnings =
    more.length > 0
      ? [`The role may more than Latchkey needs (${more.length} privileges). IT narrows it in ${where}.`]
      : []
  return { as, missing, warnings }
}
