/** Access tokens: client credentials, handed out for a minute by default, so they are renewed all the time. */
import { z } from 'zod'
import { type Gate, type HeldToken, type Outgoing, renewing, rest, type Secret } from '../../src/connector.ts'

export const tokenPath = '/api/v1/oauth/token'

const Token = z.object({ access_token: z.string().min(1), expires_in: z.coerce.number().positive() })

export interface Tokens {
  /** The Authorization header; a fresh token where the last one is about to run out. */
  header(): Promise<string>
  /** Whether the last token has run out by now: a request that was queued for long may have carried it. */
  ranOut(): boolean
}

export function tokens(settings: { url: string; clientId: string; clientSecret: Secret }, gate: Gate): Tokens {
  const door = rest({
    vendor: 'Jamf Pro',
    base: new URL(settings.url).origin,
    headers: () => ({}),
    fetch: (url, init) => gate.fetch(url, init),
  })
  let until = 0

  async function fetchToken(): Promise<HeldToken> {
    const form = {
      grant_type: 'client_credentials',
      client_id: settings.clientId,
      client_secret: settings.clientSecret.reveal(),
    }
    const told = await door.ask('hand out a token', tokenPath, Token, { method: 'POST', form })
    // A third of it is left for the way, so that none runs out there.
    until = Date.now() + told.expires_in * 1000
    return { token: told.access_token, until: until - told.expires_in * 333 }
  }

  const held = renewing(fetchToken)
  return {
    header: async () => `Bearer ${(await held()).token}`,
    ranOut: () => Date.now() >= until,
  }
}

/** Asking for a token changes nothing, so it may be asked for again. */
export function isTokenRequest({ method, url }: Outgoing): boolean {
  return method === 'POST' && url.pathname === tokenPath
}

/** A client that is unknown or switched off is told with 400 (RFC 6749, 5.2). */
export function classify(answer: { status: number }, body: string): 'denied' | undefined {
  return answer.status === 400 && /"error"\s*:\s*"(invalid_client|unauthorized_client|invalid_grant)"/.test(body)
    ? 'denied'
    : undefined
}
