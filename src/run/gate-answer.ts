/** What an HTTP answer means: done, not now, refused, or no answer of the vendor's at all. */
import { type Connector, Rejected } from '../connector.ts'
import type { Outcome } from './gate-call.ts'
import { type Sent, scrubOf, sentence, vendorWords, type Words } from './gate-words.ts'

export interface Received {
  status: number
  headers: Headers
  bytes: ArrayBuffer
  url: string
  /** It went on and on; `bytes` is empty. */
  tooLarge?: true
}

export type Judging = Pick<Connector, 'title' | 'classify' | 'resetAfter'>

/** Read to its end, so that half an answer is noticed here and not by an SDK. */
export async function receive(request: Request, send: (request: Request) => Promise<Response>): Promise<Received> {
  const response = await send(request)
  const bytes = await bytesOf(response)
  const url = response.redirected ? response.url : request.url
  const received = { status: response.status, headers: response.headers, url }
  return bytes ? { ...received, bytes } : { ...received, bytes: new ArrayBuffer(0), tooLarge: true }
}

/** No answer that is needed here comes near it, and one that never ends must not fill the memory. */
export const mostBytes = 32 * 1024 * 1024

/** Undefined where there are more than that; the rest is not fetched. */
async function bytesOf({ body }: Response): Promise<ArrayBuffer | undefined> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of body ?? []) {
    size += chunk.byteLength
    if (size > mostBytes) return undefined
    chunks.push(chunk)
  }
  const whole = new Uint8Array(size)
  let at = 0
  for (const chunk of chunks) {
    whole.set(chunk, at)
    at += chunk.byteLength
  }
  return whole.buffer
}

/** `now` in epoch ms. */
export function judge(
  received: Received,
  sent: Sent & { writes: boolean },
  vendor: Judging,
  now: number,
): Outcome<Response> {
  const { status } = received
  if (received.tooLarge) return tooLarge(status, sent.writes, vendor.title)
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
  const answer = refused ? withoutSecrets(received, body, sent) : received
  return { kind: 'answered', value: responseOf(answer), status, ...words, ...(refused ? { refused: said } : {}) }
}

/** Asking again would only fetch it again; what was ordered may well be done. */
function tooLarge(status: number, writes: boolean, title: string): Outcome<Response> {
  const said = `an answer of more than ${mostBytes / 1024 / 1024} MB, which is not read`
  if (writes) return { kind: 'lost', said, status }
  return { kind: 'refused', error: new Rejected(`${title} gave ${said}.`), status }
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
  return ms !== undefined && Number.isFinite(ms) && ms > 0 ? Math.min(ms, longestPauseMs) : undefined
}

/** Whatever a vendor asks for, it is looked at again within the hour; a mistyped year must not keep us away for good. */
const longestPauseMs = 3_600_000

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

/** What an SDK makes an error message of may quote a new password or a token that it was just sent. */
function withoutSecrets(received: Received, body: string, sent: Sent): Received {
  const clean = scrubOf(sent)(body)
  return clean === body ? received : { ...received, bytes: new TextEncoder().encode(clean).buffer }
}

const withoutBody = new Set([101, 204, 205, 304])

function responseOf(received: Received): Response {
  const headers = new Headers(received.headers)
  // The bytes are decoded by now; these would speak of the encoded ones.
  for (const name of ['content-encoding', 'content-length', 'transfer-encoding']) headers.delete(name)
  // Nobody here keeps a session by cookie, and an SDK may hang the answer's headers on its error.
  headers.delete('set-cookie')
  const body = withoutBody.has(received.status) ? null : received.bytes
  const response = new Response(body, { status: received.status, headers })
  Object.defineProperty(response, 'url', { value: received.url })
  return response
}
