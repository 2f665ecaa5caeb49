/** What an HTTP answer means: done, not now, refused, or no answer of the vendor's at all. */
import type { Connector } from '../connector.ts'
import type { Outcome } from './gate-call.ts'
import { sentence, vendorWords, type Words } from './gate-words.ts'

export interface Received {
  status: number
  headers: Headers
  bytes: ArrayBuffer
  url: string
}

export type Judging = Pick<Connector, 'classify' | 'resetAfter'>

/** Read to its end, so that half an answer is noticed here and not by an SDK. */
export async function receive(request: Request, send: (request: Request) => Promise<Response>): Promise<Received> {
  const response = await send(request)
  const bytes = await response.arrayBuffer()
  const url = response.redirected ? response.url : request.url
  return { status: response.status, headers: response.headers, bytes, url }
}

/** `now` in epoch ms. */
export function judge(
  received: Received,
  sent: { headers: Headers; body: string },
  vendor: Judging,
  now: number,
): Outcome<Response> {
  const { status } = received
  const body = new TextDecoder().decode(received.bytes)
  const kind = vendor.classify?.(received, body) ?? usualKind(status)
  const words = status >= 400 || kind ? vendorWords(body, sent) : {}
  const said = sentence(status, words)
  if (kind === 'busy') return { kind, said, status, ...words, pauseMs: pauseOf(received, body, vendor, now) }
  if (kind === 'denied') return { kind, said: deniedBy(status, words), status, ...words }
  if (kind !== 'rejected' && isForeign(received, body))
    return { kind: 'lost', said: `${status} with a web page, which is not this system's own answer`, status }
  if (kind !== 'rejected' && isLost(status)) return { kind: 'lost', said, status, ...words }
  const refused = kind === 'rejected' || status >= 400
  return { kind: 'answered', value: responseOf(received), status, ...words, ...(refused ? { refused: said } : {}) }
}

function usualKind(status: number): 'busy' | 'denied' | undefined {
  if (status === 401) return 'denied'
  return status === 429 || status === 503 || status === 425 ? 'busy' : undefined
}

/** The server, or one before it, gave up on the way: it may have been done. */
function isLost(status: number): boolean {
  return status >= 500 || status === 408
}

function deniedBy(status: number, words: Words): string {
  return [status, words.code ?? words.message].filter(Boolean).join(' ')
}

/**
 * A proxy's or a sign-in page's answer. As success it would be taken for done, as 404 for gone; a page with another
 * 4xx refuses either way and is left to the SDK.
 */
function isForeign(received: Received, body: string): boolean {
  const { status } = received
  if (status >= 400 && status !== 404 && status !== 410) return false
  const type = received.headers.get('content-type') ?? ''
  return /^\s*text\/html/i.test(type) || /^\s*<(?:!doctype\s+html|html)\b/i.test(body.slice(0, 200))
}

function pauseOf(received: Received, body: string, vendor: Judging, now: number): number | undefined {
  const ms = retryAfterMs(received.headers, now) ?? vendor.resetAfter?.(received, body, now)
  return ms !== undefined && Number.isFinite(ms) && ms > 0 ? ms : undefined
}

/**
 * `Retry-After` in seconds or as a date (RFC 9110, 10.2.3). A date is measured against the vendor's own `Date` where it
 * is given, since the two clocks need not agree.
 */
export function retryAfterMs(headers: Headers, now: number): number | undefined {
  const value = headers.get('retry-after')?.trim()
  if (!value) return undefined
  if (/^\d+(?:\.\d+)?$/.test(value)) return Number(value) * 1000
  const until = Date.parse(value)
  if (Number.isNaN(until)) return undefined
  const theirs = Date.parse(headers.get('date') ?? '')
  return Math.max(0, until - (Number.isNaN(theirs) ? now : theirs))
}

const withoutBody = new Set([101, 204, 205, 304])

function responseOf(received: Received): Response {
  const headers = new Headers(received.headers)
  // The bytes are decoded by now; these would speak of the encoded ones.
  for (const name of ['content-encoding', 'content-length', 'transfer-encoding']) headers.delete(name)
  const body = withoutBody.has(received.status) ? null : received.bytes
  const response = new Response(body, { status: received.status, headers })
  Object.defineProperty(response, 'url', { value: received.url })
  return response
}
