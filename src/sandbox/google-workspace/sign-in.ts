/** Google's token endpoint for service accounts: the signature, the delegated scopes, the impersonated user. */
import { createPublicKey, generateKeyPairSync, type KeyObject, randomBytes, verify } from 'node:crypto'
import type { Answer, Asked } from '../server.ts'
import { findUser, type State } from './state.ts'

export interface ServiceAccount {
  email: string
  clientId: string
  /** The JSON key file's text. */
  keyFile: string
  publicKey: KeyObject
}

export interface Token {
  scopes: readonly string[]
  subject: string
  expiresAt: number
}

const tokenAddress = 'https://oauth2.googleapis.com/token'
const grantType = 'urn:ietf:params:oauth:grant-type:jwt-bearer'

let made: ServiceAccount | undefined

/** One key pair a process: making one takes a moment. */
export function serviceAccount(): ServiceAccount {
  made ??= createServiceAccount()
  return made
}

function createServiceAccount(): ServiceAccount {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const email = 'latchkey@example-project.iam.gserviceaccount.com'
  const clientId = '104857600000000000001'
  const keyFile = JSON.stringify({
    type: 'service_account',
    project_id: 'example-project',
    private_key_id: 'f3a1c09d',
    private_key: privateKey.export({ type: 'pkcs8', format: 'pem' }),
    client_email: email,
    client_id: clientId,
    token_uri: tokenAddress,
  })
  return { email, clientId, keyFile, publicKey: createPublicKey(privateKey) }
}

interface Claims {
  iss?: string
  sub?: string
  scope?: string
  aud?: string
  iat?: number
  exp?: number
}

export interface SignInDoor {
  token(asked: Asked, state: State): Answer
  /** Whom a request is made as; undefined where its token is unknown or too old. */
  tokenOf(asked: Asked): Token | undefined
}

export function signInDoor(
  account: ServiceAccount,
  delegated: readonly string[],
  issued: (token: string) => void,
): SignInDoor {
  const tokens = new Map<string, Token>()
  return {
    tokenOf(asked) {
      const token = tokens.get(asked.headers.authorization?.replace(/^Bearer /, '') ?? '')
      return token && token.expiresAt > Date.now() ? token : undefined
    },
    token(asked, state) {
      const { grant_type, assertion } = (asked.body ?? {}) as Record<string, string>
      if (grant_type !== grantType)
        return oauthError(400, 'unsupported_grant_type', `Invalid grant_type: ${grant_type}`)
      const claims = verified(assertion ?? '', account.publicKey)
      if (!claims) return oauthError(400, 'invalid_grant', 'Invalid JWT Signature.')
      const problem = problemOf(claims, account, delegated, state)
      if (problem) return problem
      const access_token = `ya29.${randomBytes(24).toString('base64url')}`
      issued(access_token)
      tokens.set(access_token, {
        scopes: (claims.scope ?? '').split(' '),
        subject: claims.sub ?? '',
        expiresAt: Date.now() + 3_600_000,
      })
      return { status: 200, body: { access_token, expires_in: 3599, token_type: 'Bearer' } }
    },
  }
}

function problemOf(
  claims: Claims,
  account: ServiceAccount,
  delegated: readonly string[],
  state: State,
): Answer | undefined {
  const now = Date.now() / 1000
  const timely =
    (claims.iat ?? 0) <= now + 60 && (claims.exp ?? 0) > now && (claims.exp ?? 0) - (claims.iat ?? 0) <= 3600
  if (claims.iss !== account.email) return oauthError(400, 'invalid_grant', 'Invalid grant: account not found')
  if (claims.aud !== tokenAddress || !timely)
    return oauthError(
      400,
      'invalid_grant',
      'Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe.',
    )
  if (!findUser(state, claims.sub ?? '')) return oauthError(400, 'invalid_grant', 'Invalid email or User ID')
  if (!(claims.scope ?? '').split(' ').every((scope) => delegated.includes(scope)))
    return oauthError(
      401,
      'unauthorized_client',
      'Client is unauthorized to retrieve access tokens using this method, or client not authorized for any of the ' +
        'scopes requested.',
    )
  return undefined
}

function verified(assertion: string, key: KeyObject): Claims | undefined {
  const [head = '', claims = '', signature = ''] = assertion.split('.')
  const good = verify('RSA-SHA256', Buffer.from(`${head}.${claims}`), key, Buffer.from(signature, 'base64url'))
  return good ? JSON.parse(Buffer.from(claims, 'base64url').toString()) : undefined
}

function oauthError(status: number, error: string, error_description: string): Answer {
  return { status, body: { error, error_description } }
}
