/** A store in memory: what is in `kept` is what a crash leaves. */
import type { Event } from '../../src/offboarding/event.ts'
import type { Store } from '../../src/offboarding/ledger.ts'

export interface MemoryStore extends Store {
  kept: Map<string, Event[]>
  /** Runs before events are kept; throwing is a failing disk. */
  before?: (id: string, events: readonly Event[]) => void
}

export function memoryStore(kept: Map<string, Event[]> = new Map()): MemoryStore {
  const closed = new Set<string>()
  const store: MemoryStore = {
    kept,
    opened: () => new Map([...kept].filter(([id]) => !closed.has(id))),
    problems: () => [],
    async append(id, events) {
      store.before?.(id, events)
      await Promise.resolve()
      kept.set(id, [...(kept.get(id) ?? []), ...events])
    },
    history: async (id) => kept.get(id),
    close: async (id) => void closed.add(id),
    closed: async () => [],
  }
  return store
}
