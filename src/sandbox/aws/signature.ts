/**
 * Signature Version 4, from the receiver's side: what is signed, by whom, and whether it is still fresh.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
import { createHash, createHmac } from 'node:crypto'
import type { Asked } from '../server.ts'
import { AwsError } from './state.ts'

export interface SigningKey {
  secret: string
  /** Of a session. */
  token?: string
  /** Epoch ms. */
  expires?: number
}

interface Claim {
  key: string
  day: string
  region: string
  service: string
  signed: string[]
  signature: string
}

/** How old a signature may be. */
const freshMs = 15 * 60_000

/** Returns the access key's id; throws what AWS answers to a signature that is missing, wrong or stale. */
export function verify(asked: Asked, keyOf: (id: string) => SigningKey | undefined, now: number): string {
  const claim = claimOf(asked.headers.authorization ?? '')
  const key = keyOf(claim.key)
  if (!key || (key.token ?? '') !== (asked.headers['x-amz-security-token'] ?? ''))
    throw new AwsError(403, 'InvalidClientTokenId', 'The security token included in the request is invalid.')
  if (key.expires !== undefined && key.expires <= now)
    throw new AwsError(403, 'ExpiredToken', 'The security token included in the request is expired')
  checkAge(asked.headers['x-amz-date'] ?? '', now)
  if (signatureOf(asked, claim, key.secret) !== claim.signature)
    throw new AwsError(
      403,
      'SignatureDoesNotMatch',
      'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.',
    )
  return claim.key
}

function claimOf(header: string): Claim {
  const found =
    /^AWS4-HMAC-SHA256 Credential=(\w+)\/(\d{8})\/([\w-]+)\/(\w+)\/aws4_request, SignedHeaders=([\w;-]+), Signature=([0-9a-f]{64})$/.exec(
      header,
    )
  if (!found) throw new AwsError(403, 'MissingAuthenticationToken', 'Request is missing Authentication Token')
  const [, key = '', day = '', region = '', service = '', signed = '', signature = ''] = found
  return { key, day, region, service, signed: signed.split(';'), signature }
}

function checkAge(date: string, now: number): void {
  const at = Date.parse(date.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'))
  const limit = `(${compact(now)} - 15 min.)`
  if (at < now - freshMs)
    throw new AwsError(
      403,
      'SignatureDoesNotMatch',
      `Signature expired: ${date} is now earlier than ${compact(now - freshMs)} ${limit}`,
    )
}

function compact(ms: number): string {
  return new Date(ms).toISOString().replace(/[-:]|\.\d{3}/g, '')
}

function signatureOf(asked: Asked, claim: Claim, secret: string): string {
  // On loopback the host that was meant travels in a header of its own.
  const headerOf = (name: string) => (name === 'host' ? asked.host : (asked.headers[name] ?? ''))
  const headers = claim.signed.map((name) => `${name}:${headerOf(name).trim().replace(/\s+/g, ' ')}\n`).join('')
  const canonical = [asked.method, asked.path, '', headers, claim.signed.join(';'), sha256(formText(asked.body))].join(
    '\n',
  )
  const scope = `${claim.day}/${claim.region}/${claim.service}/aws4_request`
  const toSign = ['AWS4-HMAC-SHA256', asked.headers['x-amz-date'], scope, sha256(canonical)].join('\n')
  const parts = [claim.day, claim.region, claim.service, 'aws4_request']
  let key: string | Buffer = `AWS4${secret}`
  for (const part of parts) key = createHmac('sha256', key).update(part).digest()
  return createHmac('sha256', key).update(toSign).digest('hex')
}

/** The body again as it was sent: the server hands on the parsed fields, and SDKs escape as RFC 3986 says. */
function formText(body: unknown): string {
  if (typeof body !== 'object' || body === null) return String(body ?? '')
  const escaped = (text: string) =>
    encodeURIComponent(text).replace(/[!'()*]/g, (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`)
  return Object.entries(body)
    .map(([name, value]) => `${escaped(name)}=${escaped(String(value))}`)
    .join('&')
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
