/** Atlassian's two administration APIs, both with a key of the organisation: its directories, and accounts it manages. */
import { z } from 'zod'
import { type At, everyPage, type Gate, path, type Rest, rest, secret } from '../../src/connector.ts'

export const Settings = z.strictObject({
  /** Atlassian Administration > Settings > API keys shows it with each key; also in the address of every page there. */
  orgId: z.string().regex(/^[0-9a-z-]{8,64}$/i, 'is the id of an organisation, such as 8f1c2d3e-…'),
  /** An API key of the organisation, without scopes. */
  apiKey: secret(),
  /** Another address for Atlassian Government Cloud. */
  baseUrl: z
    .url({ protocol: /^https$/, error: 'is an https address, such as https://api.atlassian.com' })
    .transform((url) => url.replace(/\/+$/, ''))
    .default('https://api.atlassian.com'),
})
export type Settings = z.infer<typeof Settings>

export interface Client {
  settings: Settings
  rest: Rest
  /** `/admin/v2/orgs/…/directories`. `-` behind it stands for all directories. */
  directories: string
}
export type AtlassianAt = At<Client>

const text = z.string().nullish()

/** https://developer.atlassian.com/cloud/admin/organization/rest/api-group-users/ */
export const User = z.object({
  accountId: z.string(),
  accountType: z.string(),
  accountStatus: z.string(),
  claimStatus: z.string(),
  managementSource: text,
  name: text,
  email: text,
  emailVerified: z.boolean().nullish(),
  jobTitle: text,
  department: text,
  timeZone: text,
  platformRoles: z.array(z.string()).optional(),
})
export type User = z.infer<typeof User>

const Page = z.object({ data: z.array(User), links: z.object({ next: text }).nullish() })

export const admin = 'atlassian/org-admin'

export function connect(settings: Settings, gate: Gate): Client {
  const api = rest({
    vendor: 'Atlassian',
    base: settings.baseUrl,
    headers: () => ({ authorization: `Bearer ${settings.apiKey.reveal()}` }),
    fetch: gate.fetch,
    words,
  })
  return { settings, rest: api, directories: path`/admin/v2/orgs/${settings.orgId}/directories` }
}

const Refusal = z.object({
  key: z.string().optional(),
  message: z.string().optional(),
  errorKey: z.string().optional(),
  errorDetail: z.string().optional(),
  errors: z.array(z.object({ code: text, title: text, detail: text })).optional(),
})

/** The two APIs have errors of different forms. */
function words(body: unknown): { code?: string | undefined; message?: string | undefined } {
  const { key, message, errorKey, errorDetail, errors } = Refusal.safeParse(body).data ?? {}
  const [first] = errors ?? []
  return {
    code: first?.code ?? errorKey ?? key,
    message: first?.detail ?? first?.title ?? errorDetail ?? message,
  }
}

/** Users of all directories, and accounts that are managed without being in any. */
export function search({ rest: api, directories }: Client, wanted: Record<string, readonly string[]>): Promise<User[]> {
  return everyPage('Atlassian', '', async (cursor) => {
    const json = { ...wanted, limit: 100, ...(cursor && { cursor }) }
    const asking = { method: 'POST' as const, json }
    const { data, links } = await api.ask('search for users', `${directories}/-/users/search`, Page, asking)
    return { items: data, next: links?.next ? cursorIn(links.next) : undefined }
  })
}

/** The next page is named by its cursor, or by a link that has the cursor in it. */
function cursorIn(next: string): string {
  return new URL(next, 'https://none.invalid').searchParams.get('cursor') ?? next
}

/** Fresh: for guards. Undefined once the account is in no directory and not managed any more. */
export async function freshUser({ client, account }: AtlassianAt): Promise<User | undefined> {
  const found = await search(client, { accountIds: [account.id], expand: ['platformRoles'] })
  return found.find((one) => one.accountId === account.id)
}

export function userOf(at: AtlassianAt): Promise<User | undefined> {
  return at.once('user', () => freshUser(at))
}

export function isManaged(user: User): boolean {
  return user.claimStatus === 'managed'
}

/** The last one who could let anybody in again; read afresh. */
export async function lastAdmin(at: AtlassianAt, user: User): Promise<string | undefined> {
  if (!user.platformRoles?.includes(admin)) return undefined
  const all = await search(at.client, { roleIds: [admin], accountStatus: ['active'] })
  if (all.some((one) => one.accountId !== user.accountId && one.accountStatus === 'active')) return undefined
  // A list that grew shorter between two pages leaves somebody out: it counts only for who is one still.
  const now = await freshUser(at)
  if (now?.accountStatus !== 'active' || !now.platformRoles?.includes(admin)) return undefined
  return 'the only active organisation admin: IT makes somebody else one (Directory > Users > Assign organization roles), then tries again'
}
