/** The signed-in client: one `rest` a scope, all of it through the gate. */
import { createPrivateKey, type KeyObject, randomUUID } from 'node:crypto'
import { z } from 'zod'
import { Denied, everyPage, type Gate, nextLink, type Rest, rest, type Secret } from '../../src/connector.ts'
import { type Part, scopes } from './scopes.ts'
import type { Settings } from './settings.ts'

export interface Client {
  settings: Settings
  /** The org's host: the realm. */
  host: string
  api(part: Part): Rest
  /** All pages of a list. */
  list<T>(part: Part, what: string, path: string, one: z.ZodType<T>, query?: Query): Promise<T[]>
  /** Asks for a token with this scope and throws it away; for `doctor`. Nothing to do with an API token. */
  signInFor(scope: string): Promise<void>
}

type Query = Readonly<Record<string, string | number>>

export function connect(settings: Settings, gate: Gate): Client {
  const door = settings.apiToken ? tokenDoor(settings.apiToken) : appDoor(settings, gate)
  const made = new Map<Part, Rest>()

  function api(part: Part): Rest {
    const one = made.get(part) ?? make(part)
    made.set(part, one)
    return one
  }
  function make(part: Part): Rest {
    return rest({
      vendor: 'Okta',
      base: settings.org,
      headers: async () => ({ authorization: await door.authorization(scopes[part]) }),
      async fetch(url, init) {
        try {
          return await gate.fetch(url, init)
        } catch (error) {
          // A token that was taken back must not be shown again once IT has mended it.
          if (error instanceof Denied) door.forget()
          throw error
        }
      },
    })
  }
  return {
    settings,
    host: new URL(settings.org).hostname,
    api,
    list: (part, what, path, one, query) =>
      everyPage('Okta', path, async (page) => {
        const asking = page === path && query ? { query } : {}
        const { data, headers } = await api(part).answer(what, page, z.array(one), asking)
        return { items: data, next: nextLink(headers) }
      }),
    async signInFor(scope) {
      await door.fresh(scope)
    },
  }
}

interface Door {
  authorization(scope: string): Promise<string>
  fresh(scope: string): Promise<void>
  forget(): void
}

function tokenDoor(token: Secret): Door {
  return { authorization: async () => `SSWS ${token.reveal()}`, fresh: async () => undefined, forget: () => undefined }
}

const Token = z.object({
  access_token: z.string().min(1),
  expires_in: z.number().positive(),
  token_type: z.literal('Bearer'),
})
const earlyMs = 60_000

/** Okta, "Implement OAuth for Okta with a service app": client credentials with a signed assertion. */
function appDoor(settings: Settings, gate: Gate): Door {
  const { org, clientId = '' } = settings
  const address = `${org}/oauth2/v1/token`
  const key = readKey(settings)
  const bare = rest({ vendor: 'Okta', base: org, headers: () => ({}), fetch: (url, init) => gate.fetch(url, init) })
  const held = new Map<string, { token: Promise<string>; until: number }>()

  async function assertion(): Promise<string> {
    const { SignJWT } = await import('jose')
    return new SignJWT()
      .setProtectedHeader({ alg: key.alg, ...(key.id && { kid: key.id }) })
      .setIssuer(clientId)
      .setSubject(clientId)
      .setAudience(address)
      .setIssuedAt()
      .setExpirationTime('5m')
      .setJti(randomUUID())
      .sign(key.key)
  }
  async function fetchToken(scope: string): Promise<z.infer<typeof Token>> {
    const form = {
      grant_type: 'client_credentials',
      scope,
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: await assertion(),
    }
    return bare.ask('sign in', '/oauth2/v1/token', Token, { method: 'POST', form })
  }
  /** Calls that come together share one request; a failed one is not kept. */
  function token(scope: string): Promise<string> {
    const known = held.get(scope)
    if (known && known.until > Date.now()) return known.token
    const entry = { token: Promise.resolve(''), until: Number.POSITIVE_INFINITY }
    entry.token = fetchToken(scope).then(
      (answer) => {
        entry.until = Date.now() + answer.expires_in * 1000 - earlyMs
        return answer.access_token
      },
      (error) => {
        if (held.get(scope) === entry) held.delete(scope)
        throw error
      },
    )
    held.set(scope, entry)
    return entry.token
  }
  return {
    authorization: async (scope) => `Bearer ${await token(scope)}`,
    async fresh(scope) {
      await fetchToken(scope)
    },
    forget: () => held.clear(),
  }
}

function readKey({ privateKey, keyId }: Settings): { key: KeyObject; alg: string; id: string | undefined } {
  const text = privateKey?.reveal().trim() ?? ''
  try {
    const jwk = text.startsWith('{') ? JSON.parse(text) : undefined
    const key = createPrivateKey(jwk ? { key: jwk, format: 'jwk' } : text)
    return { key, alg: key.asymmetricKeyType === 'ec' ? 'ES256' : 'RS256', id: keyId ?? jwk?.kid }
  } catch {
    // Not the parser's own message: it may quote the text, and the text is a private key.
    throw new Error('okta: privateKey is neither a private key in PEM nor a JWK.')
  }
}
