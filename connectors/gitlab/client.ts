/** GitLab's REST API, version 4. https://docs.gitlab.com/api/rest/ */
import { z } from 'zod'
import { type Account, type At, everyPage, type Gate, nextLink, path, type Rest, rest } from '../../src/connector.ts'
import type { Settings } from './settings.ts'

export interface Client {
  settings: Settings
  rest: Rest
  /** All pages. Throws Rejected where the list is refused. */
  every<T>(what: string, path: string, item: z.ZodType<T>, query?: Query): Promise<T[]>
}
export type GitlabAt = At<Client>
export type Query = Record<string, string | number | boolean>

const text = z.string().nullish()

/** More is told to administrators: e-mail, rights and what a directory knows. */
export const User = z.object({
  id: z.number(),
  username: z.string(),
  name: text,
  state: z.string(),
  email: text,
  public_email: text,
  is_admin: z.boolean().optional(),
  bot: z.boolean().optional(),
  identities: z.array(z.object({ provider: z.string() })).optional(),
})
export type User = z.infer<typeof User>

/** https://docs.gitlab.com/api/members/#roles */
export const owner = 50

export function connect(settings: Settings, gate: Gate): Client {
  const api = rest({
    vendor: 'GitLab',
    base: `${settings.baseUrl}/api/v4`,
    headers: () => ({ 'private-token': settings.token.reveal() }),
    fetch: gate.fetch,
    words,
  })
  return {
    settings,
    rest: api,
    every: (what, first, item, query = {}) =>
      everyPage('GitLab', first, async (at) => {
        // A link to a further page has the query in itself.
        const asking = at === first ? { query: { ...query, per_page: 100 } } : {}
        const { data, headers } = await api.answer(what, at, item.array(), asking)
        return { items: data, next: nextLink(headers) }
      }),
  }
}

const Refusal = z.object({
  message: z.unknown(),
  error: z.string().optional(),
  error_description: z.string().optional(),
})

/** `message` is a text, or an object with texts for each field. */
function words(body: unknown): { code?: string | undefined; message?: string | undefined } {
  const { message, error, error_description: description } = Refusal.safeParse(body).data ?? {}
  const told = typeof message === 'object' && message !== null ? JSON.stringify(message) : message
  return { code: description ? error : undefined, message: typeof told === 'string' ? told : (description ?? error) }
}

/** Undefined once GitLab says that there is no such user. */
export function freshUser({ rest: api }: Client, id: string): Promise<User | undefined> {
  return api.find('read the user', path`/users/${id}`, User)
}

/** Read once a round. */
export function userOf(at: GitlabAt): Promise<User | undefined> {
  return at.once('user', () => freshUser(at.client, at.account.id))
}

/** Whether this account is one of a whole instance, not of a group somewhere. */
export function isInstance({ client }: GitlabAt): boolean {
  return client.settings.groups === undefined
}

export function accountOf(realm: string, user: User, emails: readonly string[]): Account {
  const { id, username, name, bot } = user
  return {
    realm,
    id: String(id),
    label: username,
    known: { ...(name && { name }), ...(emails.length > 0 && { emails: [...emails] }) },
    ...(bot && { protected: 'a bot of GitLab, not a person' }),
  }
}
