/** As much of OData as Graph takes from a client like ours: $select, $filter, $top and pages. */
import type { Answer, Asked } from '../server.ts'
import { failure, ok } from './answers.ts'
import type { Entity } from './tenant.ts'

const annotations = /^@/

export function select(entity: Entity, asked: Asked, standard?: readonly string[]): Record<string, unknown> {
  const wanted = asked.query.get('$select')?.split(',') ?? standard
  const shown = Object.entries(entity).filter(([name]) => !wanted || wanted.includes(name) || annotations.test(name))
  return Object.fromEntries(shown)
}

export interface Listing {
  pageSize: number
  /** Fields shown without `$select`. */
  standard?: readonly string[]
  /** Lists that Graph never pages (authentication methods, rules). */
  whole?: true
}

/** One page, filtered; the next one is named by `@odata.nextLink`, which clients follow as it is. */
export function page(entities: readonly Entity[], asked: Asked, listing: Listing): Answer {
  const filter = asked.query.get('$filter')
  const test = filter === null ? () => true : filterOf(filter)
  if (typeof test !== 'function') return test
  const matching = entities.filter(test)
  const size = listing.whole
    ? Number.MAX_SAFE_INTEGER
    : Math.min(Number(asked.query.get('$top') ?? 999), listing.pageSize)
  const start = Number(asked.query.get('$skiptoken')?.replace('at-', '') ?? 0)
  const value = matching.slice(start, start + size).map((entity) => select(entity, asked, listing.standard))
  const more = start + size < matching.length ? { '@odata.nextLink': nextLink(asked, start + size) } : {}
  const count = asked.query.get('$count') === 'true' && start === 0 ? { '@odata.count': matching.length } : {}
  return ok({
    '@odata.context': `https://${asked.host}/v1.0/$metadata#${asked.path.split('/').at(-1)}`,
    ...count,
    ...more,
    value,
  })
}

function nextLink(asked: Asked, start: number): string {
  const query = new URLSearchParams(asked.query)
  query.set('$skiptoken', `at-${start}`)
  return `https://${asked.host}${asked.path}?${query.toString().replaceAll('%24', '$')}`
}

type Test = (entity: Entity) => boolean

/** `a eq 'x'`, `a/any(x:x eq 'y')`, joined by `or` or by `and`; Graph takes at most 15 alternatives. */
function filterOf(filter: string): Test | Answer {
  const alternatives = split(filter, ' or ')
  if (alternatives.length > 15) {
    const found = alternatives.length
    return failure(
      400,
      'Request_UnsupportedQuery',
      `Too many child clauses specified in search filter expression containing 'OR' operators: ${found}. Max allowed: 15.`,
    )
  }
  const tests = alternatives.map((one) => split(one, ' and ').map(clause))
  if (tests.flat().includes(undefined)) return failure(400, 'BadRequest', 'Invalid filter clause')
  return (entity) => tests.some((all) => all.every((test) => test?.(entity)))
}

/** Splits outside quotes. */
function split(text: string, by: string): string[] {
  const parts: string[] = []
  let part = ''
  // Every second piece between quotes is a text; a doubled quote inside one is an empty piece between two.
  for (const [index, piece] of text.split("'").entries()) {
    const [first = '', ...rest] = index % 2 === 0 ? piece.split(by) : [piece]
    part += (index === 0 ? '' : "'") + first
    for (const next of rest) {
      parts.push(part)
      part = next
    }
  }
  return [...parts, part]
}

/** Directory texts are compared without case. */
function clause(text: string): Test | undefined {
  const any = /^(\w+)\/any\((\w+):\2 eq '(.*)'\)$/s.exec(text.trim())
  if (any) return (entity) => list(entity[any[1] as string]).includes(unquoted(any[3] as string))
  const same = /^(\w+) eq '(.*)'$/s.exec(text.trim())
  if (!same) return undefined
  return (entity) => String(entity[same[1] as string] ?? '').toLowerCase() === unquoted(same[2] as string)
}

function list(value: unknown): string[] {
  return Array.isArray(value) ? value.map((one) => String(one).toLowerCase()) : []
}

function unquoted(text: string): string {
  return text.replaceAll("''", "'").toLowerCase()
}
