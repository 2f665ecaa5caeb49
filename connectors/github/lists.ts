/** GitHub's lists: a hundred a page, the next one named in the Link header. */
import type { z } from 'zod'
import { everyPage, nextLink, type Rest } from '../../src/connector.ts'

export type Query = Record<string, string | number | readonly string[] | undefined>

/** A list that is the answer itself. Throws Rejected where it is refused. */
export function everyOf<T>(rest: Rest, what: string, first: string, item: z.ZodType<T>, query: Query = {}) {
  return paged(rest, what, first, item.array(), (page) => page, query)
}

/** A list inside the answer, such as `{ total_count, codespaces: […] }`. */
export function paged<P, T>(
  rest: Rest,
  what: string,
  first: string,
  page: z.ZodType<P>,
  items: (page: P) => readonly T[],
  query: Query = {},
): Promise<T[]> {
  return everyPage('GitHub', first, async (at) => {
    // A link to a further page has the query in itself.
    const asking = at === first ? { query: { ...query, per_page: 100 } } : {}
    const { data, headers } = await rest.answer(what, at, page, asking)
    return { items: items(data), next: nextLink(headers) }
  })
}
