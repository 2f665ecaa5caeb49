/** Slack's Web API, which answers 200 to everything and says in the body whether it was done; and its SCIM API. */
import { z } from 'zod'
import { type At, everyPage, type Gate, misread, Rejected, type Rest, rest } from '../../src/connector.ts'
import { isReading, type MethodName } from './methods.ts'
import type { Settings } from './settings.ts'

type Args = Readonly<Record<string, string | number | boolean | readonly string[]>>

export interface Slack {
  settings: Settings
  /**
   * `what` completes "Slack refused to …". Throws Rejected with Slack's own error as its code, and where an answer
   * cannot be understood.
   */
  call<T>(what: string, method: MethodName, shape: z.ZodType<T>, args?: Args): Promise<T>
  scim: Rest
  /** Whose token it is, and where. Read once: it does not change while the token lasts. */
  own(): Promise<Own>
  /** The scopes of the token, as Slack names them with each answer. */
  scopes(): Promise<readonly string[]>
}

export type SlackAt = At<Slack>

const Own = z.object({
  url: z.string(),
  team: z.string().optional(),
  user: z.string().optional(),
  team_id: z.string().min(1),
  user_id: z.string().min(1),
  bot_id: z.string().optional(),
  enterprise_id: z.string().nullish(),
})
export type Own = z.infer<typeof Own>

const Answer = z.looseObject({ ok: z.boolean(), error: z.string().optional(), needed: z.string().optional() })
type Answer = z.infer<typeof Answer>

export const anything = z.unknown()

export function connect(settings: Settings, gate: Gate): Slack {
  const options = {
    vendor: 'Slack',
    headers: () => ({ authorization: `Bearer ${settings.token.reveal()}` }),
    fetch: (url: URL, init: RequestInit) => gate.fetch(url, init),
  }
  const api = rest({ ...options, base: settings.apiUrl })
  const post = (what: string, method: MethodName, args: Args = {}) =>
    api.answer(what, `/${method}`, Answer, {
      method: 'POST',
      ...(isReading(method) ? { form: texts(args) } : { json: args }),
    })
  const call: Slack['call'] = async (what, method, shape, args) =>
    understood(what, shape, (await post(what, method, args)).data)
  const signedIn = once(async () => {
    const { data, headers } = await post('say whose token it is', 'auth.test')
    const scopes = (headers.get('x-oauth-scopes') ?? '').split(',').map((scope) => scope.trim())
    return { own: understood('say whose token it is', Own, data), scopes: scopes.filter(Boolean) }
  })
  return {
    settings,
    call,
    scim: rest({ ...options, base: settings.scimUrl }),
    own: async () => (await signedIn()).own,
    scopes: async () => (await signedIn()).scopes,
  }
}

/** A failure is not kept. */
function once<T>(read: () => Promise<T>): () => Promise<T> {
  let known: Promise<T> | undefined
  return () => {
    known ??= read().catch((error) => {
      known = undefined
      throw error
    })
    return known
  }
}

function texts(args: Args): Record<string, string> {
  return Object.fromEntries(Object.entries(args).map(([name, value]) => [name, String(value)]))
}

function understood<T>(what: string, shape: z.ZodType<T>, answer: Answer): T {
  if (!answer.ok) {
    const code = answer.error ?? 'without a reason'
    const needs = answer.needed ? `, it needs the scope ${answer.needed}` : ''
    throw new Rejected(`Slack refused to ${what}: ${code}${needs}.`, { code })
  }
  const read = shape.safeParse(answer)
  if (read.success) return read.data
  throw new Rejected(`Slack's answer to "${what}" could not be understood: ${misread(read.error)}.`)
}

/** Undefined where it was refused with one of these errors. */
export async function unlessError<T>(codes: readonly string[], answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer
  } catch (error) {
    if (error instanceof Rejected && codes.includes(error.code ?? '')) return undefined
    throw error
  }
}

const Cursor = z.object({ response_metadata: z.object({ next_cursor: z.string().optional() }).optional() })

/** All pages of a list that is paged by cursor. */
export function all<T, P>(
  slack: Slack,
  what: string,
  method: MethodName,
  shape: z.ZodType<P>,
  args: Args,
  pick: (page: P) => readonly T[],
): Promise<T[]> {
  return everyPage('Slack', '', async (cursor) => {
    const page = await slack.call(what, method, z.intersection(shape, Cursor), { ...args, ...(cursor && { cursor }) })
    return { items: pick(page), next: page.response_metadata?.next_cursor || undefined }
  })
}

const denied = ['invalid_auth', 'not_authed', 'account_inactive', 'token_revoked', 'token_expired']
/** Some of it may be done then; everything here may be said twice. */
const busy = ['ratelimited', 'rate_limited', 'internal_error', 'fatal_error', 'service_unavailable', 'request_timeout']

/** Slack answers 200 to a refused token, too. */
export function classify(_answer: unknown, body: string): 'busy' | 'denied' | undefined {
  if (body.length > 5_000 || !/"ok"\s*:\s*false/.test(body)) return undefined
  const [, code = ''] = /"error"\s*:\s*"([a-z_]+)"/.exec(body) ?? []
  return denied.includes(code) ? 'denied' : busy.includes(code) ? 'busy' : undefined
}
