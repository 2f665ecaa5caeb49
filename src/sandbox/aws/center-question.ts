/** One question to Identity Center, and how its answers are cut into pages. */
import type { CenterState } from './center-state.ts'
import { AwsError } from './state.ts'

export interface CenterQuestion {
  body: Readonly<Record<string, unknown>>
  center: CenterState
  pageSize: number
  now: number
  jobMs: number
}

export type Reading = (asked: CenterQuestion) => object
export type Writing = (asked: CenterQuestion) => object

/** A list in pages of what was asked for, and never more than the pretend vendor's own limit. */
export function pageOf(asked: CenterQuestion, name: string, items: readonly unknown[]): object {
  const start = asked.body.NextToken ? Number(Buffer.from(String(asked.body.NextToken), 'base64url').toString()) : 0
  if (!Number.isInteger(start)) throw new AwsError(400, 'ValidationException', 'The NextToken is invalid.')
  const end = start + Math.min(Number(asked.body.MaxResults ?? 100), asked.pageSize)
  const more = end < items.length ? { NextToken: Buffer.from(String(end)).toString('base64url') } : {}
  return { [name]: items.slice(start, end), ...more }
}

/** The member of a request, which must be there. */
export function text(asked: CenterQuestion, name: string): string {
  const value = asked.body[name]
  if (typeof value === 'string' && value !== '') return value
  throw new AwsError(
    400,
    'ValidationException',
    `1 validation error detected: Value at '${name}' failed to satisfy constraint: Member must not be null`,
  )
}
