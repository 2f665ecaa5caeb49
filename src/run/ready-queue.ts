/**
 * Who goes next: the phase first, then the oldest offboarding, then the order of asking. In a bulk run everyone is
 * contained before anyone is tidied up (measured: DESIGN 6).
 */
import { type Phase, phases } from '../offboarding/offboarding.ts'

export interface Urgency {
  phase?: Phase
  /** Epoch ms at which its offboarding takes effect. */
  since?: number
}

export interface ReadyQueue<T> {
  readonly size: number
  add(urgency: Urgency, item: T): void
  /** The most urgent one, or undefined where none is left. */
  take(): T | undefined
  /** False where it has been taken already. */
  remove(item: T): boolean
  /** In no particular order. */
  items(): T[]
}

interface Entry<T> {
  phase: number
  since: number
  turn: number
  item: T
}

export function readyQueue<T>(): ReadyQueue<T> {
  const heap: Entry<T>[] = []
  const present = new Map<T, Entry<T>>()
  let turns = 0
  return {
    get size() {
      return present.size
    },
    add(urgency, item) {
      if (present.has(item)) throw new Error('This item is in the queue already.')
      const phase = rank(urgency.phase)
      const entry = { phase, since: urgency.since ?? Number.POSITIVE_INFINITY, turn: turns, item }
      turns += 1
      present.set(item, entry)
      rise(heap, entry)
    },
    take() {
      // A removed item leaves its entry behind: taking it out of the middle of the heap would cost a search.
      for (let entry = pop(heap); entry; entry = pop(heap)) {
        if (present.get(entry.item) !== entry) continue
        present.delete(entry.item)
        return entry.item
      }
      return undefined
    },
    remove: (item) => present.delete(item),
    items: () => [...present.keys()],
  }
}

/** A call of no phase is somebody looking (a plan, `doctor`): after containment, before the rest. */
function rank(phase: Phase | undefined): number {
  return phase ? phases.indexOf(phase) : 0.5
}

function earlier<T>(a: Entry<T>, b: Entry<T>): boolean {
  if (a.phase !== b.phase) return a.phase < b.phase
  if (a.since !== b.since) return a.since < b.since
  return a.turn < b.turn
}

function rise<T>(heap: Entry<T>[], entry: Entry<T>): void {
  let at = heap.length
  while (at > 0) {
    const above = (at - 1) >> 1
    const parent = heap[above] as Entry<T>
    if (!earlier(entry, parent)) break
    heap[at] = parent
    at = above
  }
  heap[at] = entry
}

function pop<T>(heap: Entry<T>[]): Entry<T> | undefined {
  const top = heap[0]
  const last = heap.pop()
  if (!top || !last || heap.length === 0) return top
  let at = 0
  for (;;) {
    const left = 2 * at + 1
    const right = left + 1
    const child = right < heap.length && earlier(heap[right] as Entry<T>, heap[left] as Entry<T>) ? right : left
    if (child >= heap.length || !earlier(heap[child] as Entry<T>, last)) break
    heap[at] = heap[child] as Entry<T>
    at = child
  }
  heap[at] = last
  return top
}
