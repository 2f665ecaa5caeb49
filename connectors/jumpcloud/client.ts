/** The settings, and the signed-in client: an administrator's API key, or a service account. */
import { z } from 'zod'
import { Denied, everyPage, type Gate, type Rest, rest, type Secret, secret } from '../../src/connector.ts'

const httpsUrl = z.url({ protocol: /^https$/, error: 'is an https address' }).transform((text) => new URL(text).origin)

export const Settings = z
  .strictObject({
    /** The console's address; organisations in the EU have `https://console.eu.jumpcloud.com`. */
    url: httpsUrl.default('https://console.jumpcloud.com'),
    /** API key of an administrator of its own, with the role Manager. */
    apiKey: secret().optional(),
    /** A service account instead: Settings > Service Accounts. */
    clientId: z.string().min(1).optional(),
    clientSecret: secret().optional(),
    /** Where a service account gets its tokens. */
    tokenUrl: z
      .url({ protocol: /^https$/, error: 'is an https address' })
      .default('https://admin-oauth.id.jumpcloud.com/oauth2/token'),
    /** The organisation, where the key sees several (MSP). */
    organization: z.string().min(1).optional(),
    /** Where 'wipe' was chosen: lock at once too. A locked Mac takes the order to erase only once its PIN is typed in. */
    lockBeforeErase: z.boolean().default(true),
    /** Delete the user in the end; JumpCloud cannot bring one back. */
    deleteUser: z.boolean().default(false),
    /** Things a page. */
    pageSize: z.number().int().min(1).max(100).default(100),
  })
  .refine((one) => (one.apiKey !== undefined) !== (one.clientId !== undefined && one.clientSecret !== undefined), {
    error: 'needs either apiKey, or clientId and clientSecret',
  })
export type Settings = z.infer<typeof Settings>

export interface Client {
  settings: Settings
  /** Both versions of the API: paths begin with `/api/…` or `/api/v2/…`. */
  api: Rest
  /** All pages of `{results, totalCount}` (v1), sorted, so that no page moves under us. */
  listV1<T>(what: string, path: string, one: z.ZodType<T>, query?: Query): Promise<T[]>
  /** All pages of a plain list (v2). */
  listV2<T>(what: string, path: string, one: z.ZodType<T>, query?: Query): Promise<T[]>
}

type Query = Readonly<Record<string, string | readonly string[]>>

export function connect(settings: Settings, gate: Gate): Client {
  const door = settings.apiKey ? keyDoor(settings.apiKey) : accountDoor(settings, gate)
  const { organization, pageSize: limit } = settings
  const api = rest({
    vendor: 'JumpCloud',
    base: settings.url,
    headers: async () => ({ ...(await door.headers()), ...(organization && { 'x-org-id': organization }) }),
    async fetch(url, init) {
      try {
        return wordless(await gate.fetch(url, init), init)
      } catch (error) {
        // A token that was taken back must not be shown again once IT has mended it.
        if (error instanceof Denied) door.forget()
        throw error
      }
    },
  })
  return {
    settings,
    api,
    listV1: (what, path, one, query) =>
      everyPage('JumpCloud', '0', async (skip) => {
        const shape = z.object({ results: z.array(one), totalCount: z.number() })
        const { results, totalCount } = await api.ask(what, path, shape, {
          query: { sort: '_id', ...query, limit, skip },
        })
        return {
          items: results,
          next: nextSkip(skip, results.length, results.length > 0 && Number(skip) + results.length < totalCount),
        }
      }),
    listV2: (what, path, one, query) =>
      everyPage('JumpCloud', '0', async (skip) => {
        const items = await api.ask(what, path, z.array(one), { query: { ...query, limit, skip } })
        // No total is promised: a full page may have another behind it.
        return { items, next: nextSkip(skip, items.length, items.length >= limit) }
      }),
  }
}

/** Some orders are answered with a bare word ("OK"), which says no more than the status. */
function wordless(response: Response, { method }: RequestInit): Response {
  const { status, headers, ok } = response
  const bare = ok && method !== 'GET' && !/json|html/i.test(headers.get('content-type') ?? '')
  return bare ? new Response(null, { status, headers }) : response
}

function nextSkip(skip: string, read: number, more: boolean): string | undefined {
  return more ? String(Number(skip) + read) : undefined
}

interface Door {
  headers(): Promise<Record<string, string>>
  forget(): void
}

function keyDoor(key: Secret): Door {
  return { headers: async () => ({ 'x-api-key': key.reveal() }), forget: () => undefined }
}

const Token = z.object({ access_token: z.string().min(1), expires_in: z.number().positive() })
const earlyMs = 60_000

/** JumpCloud, "Service Accounts": client credentials, scope `api`. */
function accountDoor({ clientId = '', clientSecret, tokenUrl }: Settings, gate: Gate): Door {
  const { origin, pathname } = new URL(tokenUrl)
  const bare = rest({
    vendor: 'JumpCloud',
    base: origin,
    headers: () => ({}),
    fetch: (url, init) => gate.fetch(url, init),
  })
  let held: { token: string; until: number } | undefined

  async function fresh(): Promise<{ token: string; until: number }> {
    const basic = Buffer.from(`${clientId}:${clientSecret?.reveal() ?? ''}`).toString('base64')
    const { access_token: token, expires_in: seconds } = await bare.ask('sign in', pathname, Token, {
      method: 'POST',
      form: { grant_type: 'client_credentials', scope: 'api' },
      headers: { authorization: `Basic ${basic}` },
    })
    return { token, until: Date.now() + seconds * 1000 - earlyMs }
  }
  return {
    async headers() {
      if (!held || held.until < Date.now()) held = await fresh()
      return { authorization: `Bearer ${held.token}` }
    },
    forget() {
      held = undefined
    },
  }
}
