/** JumpCloud's error bodies, and its two ways of handing out pages. */
import type { Answer, Asked } from '../server.ts'

export const ok = (body: unknown): Answer => ({ status: 200, body })
export const nothing: Answer = { status: 204 }
export const unauthorized: Answer = { status: 401, body: { message: 'Unauthorized' } }
export const forbidden: Answer = { status: 403, body: { message: 'Forbidden' } }

/** v1 has a message, v2 a gRPC code besides. */
export function refusal(asked: Asked, status: number, message: string): Answer {
  const codes: Record<number, number> = { 400: 3, 404: 5, 409: 6 }
  return asked.path.startsWith('/api/v2/')
    ? { status, body: { code: codes[status] ?? 2, message, details: [] } }
    : { status, body: { message } }
}

export const notFound = (asked: Asked): Answer => refusal(asked, 404, 'Not Found')

interface Window {
  limit: number
  skip: number
}

/** "The number of records to return at once. Limited to 100"; 10 when absent. */
function windowOf({ query }: Asked): Window | undefined {
  const limit = Number(query.get('limit') ?? 10)
  const skip = Number(query.get('skip') ?? 0)
  const good = Number.isInteger(limit) && limit >= 0 && limit <= 100 && Number.isInteger(skip) && skip >= 0
  return good ? { limit, skip } : undefined
}

export function pageV1(asked: Asked, items: readonly unknown[]): Answer {
  const window = windowOf(asked)
  if (!window) return refusal(asked, 400, 'Invalid limit or skip')
  return ok({ totalCount: items.length, results: items.slice(window.skip, window.skip + window.limit) })
}

export function pageV2(asked: Asked, items: readonly unknown[]): Answer {
  const window = windowOf(asked)
  if (!window) return refusal(asked, 400, 'Invalid limit or skip')
  const body = items.slice(window.skip, window.skip + window.limit)
  return { status: 200, headers: { 'x-total-count': String(items.length) }, body }
}

/** `field:$eq:value`: true where it fits, undefined where the filter is not understood. */
export function filterOf({ query }: Asked): ((field: string, value: string) => boolean) | undefined {
  const all = query.getAll('filter').map((one) => /^(\w+):\$eq:(.*)$/.exec(one))
  if (all.some((one) => !one)) return undefined
  return (field, value) => all.every((one) => one?.[1] !== field || one[2] === value)
}
