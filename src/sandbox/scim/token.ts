/** Who may ask: a token that lasts, or one that client credentials are exchanged for (RFC 6749, 4.4). */
import { randomBytes } from 'node:crypto'
import type { Answer, Asked } from '../server.ts'

export function tokenDoor(tokenMs: number | undefined) {
  const lasting = randomBytes(24).toString('base64url')
  const clientId = 'latchkey'
  const clientSecret = randomBytes(24).toString('base64url')
  const secrets = [lasting, clientSecret]
  const handedOut = new Map<string, number>()

  function handOut(asked: Asked): Answer {
    const basic = `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}`
    if (asked.headers.authorization !== basic) return { status: 401, body: { error: 'invalid_client' } }
    const { grant_type } = (asked.body ?? {}) as { grant_type?: string }
    if (grant_type !== 'client_credentials') return { status: 400, body: { error: 'unsupported_grant_type' } }
    const token = randomBytes(24).toString('base64url')
    secrets.push(token)
    handedOut.set(token, Date.now() + (tokenMs ?? 0))
    const body = { access_token: token, token_type: 'Bearer', expires_in: Math.floor((tokenMs ?? 0) / 1000) }
    return { status: 200, body }
  }

  function knows(asked: Asked): boolean {
    const token = asked.headers.authorization?.replace(/^Bearer /, '') ?? ''
    return tokenMs ? (handedOut.get(token) ?? 0) > Date.now() : token === lasting
  }

  return { clientId, clientSecret, lasting, secrets: secrets as readonly string[], handOut, knows }
}
