/** Rows of a vendor's side, as `shows.ts` beside each pretend vendor makes them out of its truth. */
import type { Shown } from './page/shapes.ts'

export type { Shown } from './page/shapes.ts'

/** `held`: the person can still use it, or it still costs money for them. */
export function row(area: Shown['area'], what: string, state: string, held = true): Shown {
  return { area, what, state, held }
}

/** Things that are either there or not: what is gone has no row. */
export function there(area: Shown['area'], kind: string, names: readonly string[], state = 'there'): Shown[] {
  return names.map((name) => row(area, `${kind} ${name}`, state))
}

/** Two that are called the same must stay two. */
export function told(rows: readonly Shown[]): Shown[] {
  const seen = new Map<string, number>()
  return rows.map((one) => {
    const count = (seen.get(one.what) ?? 0) + 1
    seen.set(one.what, count)
    return count === 1 ? one : { ...one, what: `${one.what} (${count})` }
  })
}
