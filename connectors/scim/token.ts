/** The Authorization header: a lasting token, or one that is fetched and renewed in time. */
import { z } from 'zod'
import { type Gate, type HeldToken, type Outgoing, type Rest, renewing, rest } from '../../src/connector.ts'
import type { Settings } from './settings.ts'

const Token = z.object({ access_token: z.string().min(1), expires_in: z.coerce.number().optional() })
/** Renewed this long before it runs out, so that none runs out on its way. */
const earlyMs = 60_000
const usualSeconds = 3600

type Headers = () => Record<string, string> | Promise<Record<string, string>>

export function authorization(settings: Settings, gate: Gate): Headers {
  const { token, oauth, scheme } = settings
  if (!oauth) return () => ({ authorization: `${scheme}${token?.reveal() ?? ''}` })
  const basic = Buffer.from(`${encodeURIComponent(oauth.clientId)}:${encodeURIComponent(oauth.clientSecret.reveal())}`)
  const door = rest({
    vendor: settings.title,
    base: oauth.tokenUrl,
    headers: () => ({ authorization: `Basic ${basic.toString('base64')}` }),
    fetch: (url, init) => gate.fetch(url, init),
  })
  const form = { grant_type: 'client_credentials', ...oauth.parameters }
  const held = renewing(() => tokenFrom(door, oauth.tokenUrl, form))
  return async () => ({ authorization: `${scheme}${(await held()).token}` })
}

async function tokenFrom(door: Rest, tokenUrl: string, form: Record<string, string>): Promise<HeldToken> {
  const given = await door.ask('hand out a token', tokenUrl, Token, { method: 'POST', form })
  return { token: given.access_token, until: Date.now() + (given.expires_in ?? usualSeconds) * 1000 - earlyMs }
}

/** Asking for a token changes nothing, so it may be asked for again. */
export function isTokenRequest({ method, body }: Outgoing): boolean {
  return method === 'POST' && /(?:^|&)grant_type=/.test(body)
}

/**
 * A client that is unknown or closed is told with 400 (RFC 6749, 5.2). "Not supported" is 501 (RFC 7644, 3.12): said at
 * once and for good, and no failure on the way.
 */
export function classify({ status }: { status: number }, body: string): 'denied' | 'rejected' | undefined {
  if (status === 501 && /^\s*(\{|$)/.test(body)) return 'rejected'
  return status === 400 && /"error"\s*:\s*"(invalid_client|invalid_grant|unauthorized_client)"/.test(body)
    ? 'denied'
    : undefined
}
