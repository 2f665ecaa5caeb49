/** The settings, the way in, and what `doctor` asks. */
import { z } from 'zod'
import { type Gate, type Health, type Rest, rest, secret } from '../../src/connector.ts'

export const Settings = z.strictObject({
  /** Where people open Fleet in the browser: `https://fleet.example.com`. */
  url: z.url({ protocol: /^https$/, error: 'is an https address' }),
  /** The API token of an API-only user with the role Maintainer. */
  token: secret(),
  /** Whether a host counts as the leaver's where nothing but a Chrome profile on it says so. */
  trustChromeProfiles: z.boolean().default(false),
  /**
   * Where 'wipe' was chosen: hosts are locked at once, and since Fleet wipes no locked host, IT unlocks each before the
   * wipe. `false`: they stay usable until the wipe, which then needs nobody.
   */
  lockBeforeWipe: z.boolean().default(true),
  /** How Windows is wiped; Fleet's own default (doWipeProtected) when absent. */
  windowsWipe: z.enum(['doWipe', 'doWipeProtected']).optional(),
  /** Hosts a page. */
  pageSize: z.number().int().min(1).max(500).default(100),
})
export type Settings = z.infer<typeof Settings>

export interface Client {
  settings: Settings
  api: Rest
  /** Fleet's own host name: one Fleet is one realm. */
  realm: string
}

export function connect(settings: Settings, gate: Gate): Client {
  const { origin, host, pathname } = new URL(settings.url)
  const base = `${origin}${pathname.replace(/\/$/, '')}/api/v1/fleet`
  const headers = () => ({ authorization: `Bearer ${settings.token.reveal()}` })
  const api = rest({ vendor: 'Fleet', base, headers, fetch: (url, init) => gate.fetch(url, init), words })
  return { settings, api, realm: host }
}

const Refusal = z.object({
  message: z.string().optional(),
  errors: z.array(z.object({ reason: z.string().optional() })).optional(),
})

/** `message` is only "Validation Failed"; the reason is in `errors` (REST API, API errors). */
function words(body: unknown): { message?: string | undefined } {
  const read = Refusal.safeParse(body).data
  return { message: read?.errors?.[0]?.reason ?? read?.message }
}

const Teams = z.array(z.object({ name: z.string().optional(), role: z.string().optional() })).nullish()
const Me = z.object({
  user: z.object({
    email: z.string(),
    global_role: z.string().nullish(),
    /** Fleet calls them fleets since 4.83, and answers with both (fleetdm/fleet#39344). */
    teams: Teams,
    fleets: Teams,
  }),
})
const Config = z.object({ license: z.object({ tier: z.string() }).optional() })

export const freeFact =
  'Fleet Free neither locks nor wipes (402). IT does it at the device, or turns on Fleet Premium, then tries again.'

/** Whether this is Fleet Free. Read where it matters: nobody can tell from a host. */
export async function isFree(client: Client): Promise<boolean> {
  const { license } = await client.api.ask('show its licence', '/config', Config)
  return license?.tier === 'free'
}

const acts = new Set(['admin', 'maintainer'])

export async function check(client: Client): Promise<Health> {
  const { user } = await client.api.ask('say who we are', '/me', Me)
  const teams = user.fleets ?? user.teams ?? []
  const role = user.global_role ?? undefined
  const able = role ? acts.has(role) : teams.some((team) => acts.has(team.role ?? ''))
  const missing = able
    ? []
    : [`Maintainer: an admin of Fleet gives ${user.email} this role in Settings > Users > Actions > Edit.`]
  return { as: `${user.email} at ${client.realm}`, missing, warnings: await warningsOf(client, role, teams) }
}

async function warningsOf(client: Client, role: string | undefined, teams: readonly { name?: string | undefined }[]) {
  const found: string[] = []
  if (role === 'admin') found.push('The token is an admin’s: Maintainer is enough.')
  if (!role && teams.length > 0) {
    const names = teams.map((team) => team.name).join(', ')
    found.push(`Only hosts of these fleets are seen: ${names}. A host elsewhere is not found.`)
  }
  if (await isFree(client)) found.push(freeFact)
  return found
}
