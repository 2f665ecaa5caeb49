/** Okta's token endpoint for service apps, and API tokens. */
import { createPublicKey, generateKeyPairSync, type KeyObject, randomBytes, verify } from 'node:crypto'
import type { Answer, Asked } from '../server.ts'

export interface ServiceApp {
  clientId: string
  keyId: string
  privateKey: string
  publicKey: KeyObject
}

let made: ServiceApp | undefined

/** One key pair a process: making one takes a moment. */
export function serviceApp(): ServiceApp {
  made ??= create()
  return made
}

function create(): ServiceApp {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
  return { clientId: '0oalatchkeyapp', keyId: 'latchkey-1', privateKey: pem, publicKey: createPublicKey(privateKey) }
}

export interface Door {
  token(asked: Asked): Answer
  /** The scopes of the bearer, 'all' for the API token, undefined where neither is known. */
  scopesOf(asked: Asked): readonly string[] | 'all' | undefined
}

export function openDoor(
  host: string,
  app: ServiceApp,
  apiToken: string,
  granted: readonly string[],
  issued: (token: string) => void,
): Door {
  const tokens = new Map<string, { scopes: readonly string[]; until: number }>()
  const used = new Set<string>()

  function problemOf(form: Record<string, string>): Answer | undefined {
    if (form.grant_type !== 'client_credentials')
      return oauthError(400, 'unsupported_grant_type', 'The authorization grant type is not supported.')
    if (form.client_assertion_type !== 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer')
      return oauthError(401, 'invalid_client', 'The client_assertion_type is invalid.')
    return assertionProblem(form) ?? scopeProblem(form, granted)
  }
  function assertionProblem(form: Record<string, string>): Answer | undefined {
    const claims = verified(form.client_assertion ?? '', app)
    if (!claims) return oauthError(401, 'invalid_client', 'The client_assertion signature is invalid.')
    const now = Date.now() / 1000
    const good =
      claims.iss === app.clientId && claims.sub === app.clientId && claims.aud === `https://${host}/oauth2/v1/token`
    if (!good || (claims.exp ?? 0) < now || (claims.exp ?? 0) > now + 3600)
      return oauthError(401, 'invalid_client', 'The client_assertion is not valid for this client.')
    if (claims.jti && used.has(claims.jti))
      return oauthError(401, 'invalid_client', 'The client_assertion was used before.')
    used.add(claims.jti ?? '')
    return undefined
  }
  return {
    token(asked) {
      const form = (asked.body ?? {}) as Record<string, string>
      const problem = problemOf(form)
      if (problem) return problem
      const access_token = `eyJ${randomBytes(24).toString('base64url')}`
      const scope = form.scope ?? ''
      tokens.set(access_token, { scopes: scope.split(' '), until: Date.now() + 3_600_000 })
      issued(access_token)
      return { status: 200, body: { token_type: 'Bearer', expires_in: 3600, access_token, scope } }
    },
    scopesOf({ headers }) {
      const given = headers.authorization ?? ''
      if (given === `SSWS ${apiToken}`) return 'all'
      const token = tokens.get(given.replace(/^Bearer /, ''))
      return token && token.until > Date.now() ? token.scopes : undefined
    },
  }
}

function scopeProblem(form: Record<string, string>, granted: readonly string[]): Answer | undefined {
  const wanted = (form.scope ?? '').split(' ').filter(Boolean)
  if (wanted.length === 0)
    return oauthError(400, 'invalid_scope', 'The authorization server resource requires a scope.')
  if (!wanted.every((scope) => granted.includes(scope)))
    return oauthError(
      400,
      'invalid_scope',
      'One or more scopes are not configured for the authorization server resource.',
    )
  return undefined
}

interface Claims {
  iss?: string
  sub?: string
  aud?: string
  exp?: number
  jti?: string
}

function verified(assertion: string, app: ServiceApp): Claims | undefined {
  const [head = '', claims = '', signature = ''] = assertion.split('.')
  const good = verify(
    'RSA-SHA256',
    Buffer.from(`${head}.${claims}`),
    app.publicKey,
    Buffer.from(signature, 'base64url'),
  )
  if (!good) return undefined
  const { kid } = JSON.parse(Buffer.from(head, 'base64url').toString())
  return kid === app.keyId ? JSON.parse(Buffer.from(claims, 'base64url').toString()) : undefined
}

function oauthError(status: number, error: string, error_description: string): Answer {
  return { status, body: { error, error_description } }
}
