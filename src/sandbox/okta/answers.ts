/** Okta's own error bodies (Okta, "Error codes") and its way of handing out pages. */
import { randomBytes } from 'node:crypto'
import type { Answer, Asked } from '../server.ts'

export function refusal(
  status: number,
  errorCode: string,
  errorSummary: string,
  causes: readonly string[] = [],
): Answer {
  const errorId = `oae${randomBytes(9).toString('base64url')}`
  const errorCauses = causes.map((one) => ({ errorSummary: one }))
  return { status, body: { errorCode, errorSummary, errorLink: errorCode, errorId, errorCauses } }
}

export const notFound = (what: string): Answer => refusal(404, 'E0000007', `Not found: Resource not found: ${what}`)
export const invalid = (what: string): Answer => refusal(400, 'E0000001', `Api validation failed: ${what}`, [what])
export const forbidden = (): Answer =>
  refusal(403, 'E0000006', 'You do not have permission to perform the requested action')
export const invalidToken = (): Answer => refusal(401, 'E0000011', 'Invalid token provided')
export const noSuchMethod = (): Answer =>
  refusal(405, 'E0000022', 'The endpoint does not support the provided HTTP method')
export const nothing: Answer = { status: 204 }
export const ok = (body: unknown): Answer => ({ status: 200, body })

/** The rest of the minute's quota is used up; Okta sends no Retry-After. */
export function throttled(resetAt: number): Answer {
  const answer = refusal(429, 'E0000047', 'API call exceeded rate limit due to too many requests.')
  const headers = {
    'x-rate-limit-limit': '600',
    'x-rate-limit-remaining': '0',
    'x-rate-limit-reset': String(Math.ceil(resetAt / 1000)),
  }
  return { ...answer, headers: { ...headers, date: new Date().toUTCString() } }
}

/** `Link: <…>; rel="next"` with `after`, an opaque cursor. Okta may give fewer than asked for. */
export function page<T>(asked: Asked, items: readonly T[], pageSize: number): Answer {
  const limit = Number(asked.query.get('limit') ?? 200)
  if (!Number.isInteger(limit) || limit < 1) return invalid('limit')
  const after = asked.query.get('after')
  const start = after === null ? 0 : Number(Buffer.from(after, 'base64url').toString())
  if (!Number.isInteger(start)) return invalid('after')
  const end = start + Math.min(limit, pageSize)
  const next = new URL(`https://${asked.host}${asked.path}?${asked.query}`)
  next.searchParams.set('after', Buffer.from(String(end)).toString('base64url'))
  const self = `<https://${asked.host}${asked.path}>; rel="self"`
  const link = end < items.length ? `${self}, <${next}>; rel="next"` : self
  return { status: 200, headers: { link }, body: items.slice(start, end) }
}
