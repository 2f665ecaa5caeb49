/** JSONPath (RFC 9535) over an answer: it only selects, and never evaluates. */
import { query } from 'json-p3'
import type { Json } from '../../src/connector.ts'

export function select(path: string, value: unknown): Json[] {
  return query(path, value as Json).values() as Json[]
}

/** The first thing selected, as people read it; undefined where there is none, or it is null, empty or a list. */
export function textAt(path: string, value: unknown): string | undefined {
  const first = valueAt(path, value)
  return first === undefined || first === '' ? undefined : String(first)
}

/** The same, as it is. */
export function valueAt(path: string, value: unknown): string | number | boolean | undefined {
  const [first] = select(path, value)
  return ['string', 'number', 'boolean'].includes(typeof first) ? (first as string | number | boolean) : undefined
}
