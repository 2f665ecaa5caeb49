/** The settings, the way in, and what `doctor` asks. */
import { z } from 'zod'
import { type Gate, type Health, Rejected, type Rest, rest, secret } from '../../src/connector.ts'

export const Settings = z.strictObject({
  /** The API URL of Settings > Access: `https://acme.api.kandji.io` (US), `https://acme.api.eu.kandji.io` (EU). */
  url: z.url({ protocol: /^https$/, error: 'is an https address' }),
  token: secret(),
  /** How people's own devices are told: by a tag (capitals matter to Kandji) or by their blueprint's name. */
  personal: z
    .strictObject({
      tags: z.array(z.string().min(1)).default(['BYOD', 'Personal']),
      blueprints: z.array(z.string().min(1)).default([]),
    })
    .prefault({}),
  /** Whether iPhones and iPads that are not supervised are wiped: they may be somebody's own. */
  wipeUnsupervised: z.boolean().default(false),
  /** Where 'wipe' was chosen: Macs are locked at once, and take the wipe only once IT has typed the PIN. */
  lockBeforeWipe: z.boolean().default(true),
  /** Devices a page; Kandji gives 300 at most. */
  pageSize: z.number().int().min(1).max(300).default(300),
})
export type Settings = z.infer<typeof Settings>

export interface Client {
  settings: Settings
  api: Rest
  /** The tenant's own host: one tenant is one realm. */
  realm: string
}

export function connect(settings: Settings, gate: Gate): Client {
  const { origin, host } = new URL(settings.url)
  const headers = () => ({ authorization: `Bearer ${settings.token.reveal()}` })
  const base = `${origin}/api/v1`
  const api = rest({ vendor: 'Kandji', base, headers, fetch: (url, init) => gate.fetch(url, init), words })
  return { settings, api, realm: host }
}

/** Kandji refuses with a bare text ("Command already running") or with `detail`. */
function words(body: unknown): { message?: string | undefined } {
  if (typeof body === 'string') return { message: body }
  const { detail, error } = z.object({ detail: z.string(), error: z.string() }).partial().safeParse(body).data ?? {}
  return { message: detail ?? error }
}

const nobody = '00000000-0000-0000-0000-000000000000'

/** A device that nobody has: 404 where the token may ask, 403 where it may not. No secret is read. */
const probes: readonly [permission: string, path: string][] = [
  ['Device ID', `/devices/${nobody}`],
  ['Device details', `/devices/${nobody}/details`],
  ['Device commands', `/devices/${nobody}/commands?limit=1`],
  ['FileVault recovery key', `/devices/${nobody}/secrets/filevaultkey`],
  ['Recovery Lock password', `/devices/${nobody}/secrets/recoverypassword`],
  ['Activation Lock bypass code', `/devices/${nobody}/secrets/bypasscode`],
  ['Unlock PIN', `/devices/${nobody}/secrets/unlockpin`],
]

const acts =
  'Kandji does not say whether the token may lock, erase and delete devices. IT looks in Settings > Access > the token > Manage API permissions.'

export async function check(client: Client): Promise<Health> {
  const asked: readonly [string, string][] = [
    ['Users: list', '/users?email=nobody%40example.invalid'],
    ['Device list', '/devices?limit=1'],
    ...probes,
  ]
  const missing: string[] = []
  for (const [permission, path] of asked)
    if (!(await may(client, path)))
      missing.push(`${permission}: IT grants it in Settings > Access > the token > Manage API permissions.`)
  return { as: `the API token for ${client.realm}`, missing, warnings: [acts] }
}

async function may({ api }: Client, path: string): Promise<boolean> {
  try {
    await api.find('answer', path, z.unknown())
    return true
  } catch (error) {
    if (error instanceof Rejected && error.status === 403) return false
    throw error
  }
}
