/** Zoom's API with a token of a Server-to-Server OAuth app: it lasts an hour, and there is none to refresh it with. */
import { z } from 'zod'
import {
  type At,
  Denied,
  type Gate,
  type HeldToken,
  type Outgoing,
  type Rest,
  renewing,
  rest,
} from '../../src/connector.ts'
import type { Settings } from './settings.ts'

export interface Zoom {
  settings: Settings
  rest: Rest
  /** Of the token, as Zoom names them: `user:read:user:admin`, or `user:read:admin` of older apps. */
  scopes(): Promise<readonly string[]>
}

export type ZoomAt = At<Zoom>

const Token = z.object({
  access_token: z.string().min(1),
  expires_in: z.coerce.number().positive(),
  scope: z.string().optional(),
})

interface Held extends HeldToken {
  scopes: readonly string[]
}

/** Renewed this long before it runs out, so that none runs out on its way. */
const earlyMs = 60_000

export function connect(settings: Settings, gate: Gate): Zoom {
  const fetch = (url: URL, init: RequestInit) => gate.fetch(url, init)
  let held = renewing(() => tokenOf(settings, fetch))
  // A token that was taken back must not be shown again once IT has mended it.
  const afresh = async (url: URL, init: RequestInit) => {
    try {
      return await fetch(url, init)
    } catch (error) {
      if (error instanceof Denied) held = renewing(() => tokenOf(settings, fetch))
      throw error
    }
  }
  const headers = async () => ({ authorization: `Bearer ${(await held()).token}` })
  return {
    settings,
    rest: rest({ vendor: 'Zoom', base: settings.apiUrl, headers, fetch: afresh, words }),
    scopes: async () => (await held()).scopes,
  }
}

async function tokenOf(settings: Settings, fetch: (url: URL, init: RequestInit) => Promise<Response>): Promise<Held> {
  const basic = Buffer.from(`${settings.clientId}:${settings.clientSecret.reveal()}`).toString('base64')
  const door = rest({
    vendor: 'Zoom',
    base: settings.authUrl,
    headers: () => ({ authorization: `Basic ${basic}` }),
    fetch,
  })
  const form = { grant_type: 'account_credentials', account_id: settings.accountId }
  const given = await door.ask('hand out a token', '/oauth/token', Token, { method: 'POST', form })
  const until = Date.now() + given.expires_in * 1000 - earlyMs
  return { token: given.access_token, scopes: (given.scope ?? '').split(/[\s,]+/).filter(Boolean), until }
}

/** `{"code":1001,"message":"User does not exist: …"}`: the code says which 404 it is. */
function words(body: unknown) {
  const { code, message } = (body ?? {}) as { code?: unknown; message?: unknown }
  return {
    code: typeof code === 'number' || typeof code === 'string' ? String(code) : undefined,
    message: typeof message === 'string' ? message : undefined,
  }
}

/** Asking for a token changes nothing, so it may be asked for again. */
export function reads({ method, url }: Outgoing): boolean {
  return method === 'GET' || url.pathname === '/oauth/token'
}

/** 124 is an invalid or expired token, whatever the status; the token endpoint refuses its client with 400. */
export function classify({ status }: { status: number }, body: string): 'denied' | undefined {
  if (status < 400 || body.length > 5_000) return undefined
  const refused = /"code"\s*:\s*124\b/.test(body) || /"error"\s*:\s*"(invalid_client|invalid_grant)"/.test(body)
  return refused ? 'denied' : undefined
}
