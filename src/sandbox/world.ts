/**
 * The state behind a pretend vendor, eventually consistent as the real ones are: a change shows to readers a moment
 * after it was answered. Guards of the vendor itself (uniqueness, last owner) look at the truth.
 */
export interface World<S> {
  /** What a reader sees now; a copy, so nothing can be changed through it. */
  read(): S
  /** The same without a copy, for who only shows it: copying is most of the work of a pretend vendor. */
  peek(): S
  /** The truth, for the vendor's own checks and for tests. */
  truth(): S
  write<T>(change: (state: S) => T): T
  /** Everything is again as it was at the beginning, as if somebody had given it back. */
  rewind(): void
}

/** `lagMs`: how long a change stays invisible. */
export function world<S extends object>(initial: S, lagMs = 0, now: () => number = Date.now): World<S> {
  const state = structuredClone(initial)
  let stale: { state: S; until: number } | undefined
  const peek = () => (stale && now() < stale.until ? stale.state : state)
  return {
    peek,
    read: () => (stale && now() < stale.until ? stale.state : structuredClone(state)),
    truth: () => state,
    write(change) {
      if (lagMs > 0 && !(stale && now() < stale.until)) stale = { state: structuredClone(state), until: now() + lagMs }
      return change(state)
    },
    rewind() {
      stale = undefined
      // The same object: others hold on to it.
      for (const key of Object.keys(state)) delete state[key as keyof S]
      Object.assign(state, structuredClone(initial))
    },
  }
}
