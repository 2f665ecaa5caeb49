/** Clocks for tests: one that stands still until it is told, and one for which waiting takes no time. */
import { setImmediate as turn } from 'node:timers/promises'
import type { Clock } from '../../src/clock.ts'

export interface WorldClock extends Clock {
  /** Those who sleep now, by when they wake (epoch ms). */
  readonly sleepers: readonly number[]
  /** Lets time pass; who is woken on the way sees the moment it asked for. */
  advance(ms: number): Promise<void>
}

interface Sleeper {
  until: number
  wake(): void
}

/** Stands still until `advance`. */
export function worldClock(start = '2026-11-02T08:00:00.000Z'): WorldClock {
  let time = Date.parse(start)
  const sleepers = new Set<Sleeper>()
  return {
    now: () => new Date(time),
    get sleepers() {
      return [...sleepers].map((one) => one.until)
    },
    sleep(ms, signal) {
      signal?.throwIfAborted()
      return new Promise((resolve, reject) => {
        const giveUp = () => {
          sleepers.delete(sleeper)
          reject(signal?.reason)
        }
        const sleeper: Sleeper = {
          until: time + Math.max(ms, 0),
          wake: () => {
            sleepers.delete(sleeper)
            signal?.removeEventListener('abort', giveUp)
            resolve()
          },
        }
        signal?.addEventListener('abort', giveUp, { once: true })
        sleepers.add(sleeper)
      })
    },
    async advance(ms) {
      const end = time + ms
      for (let next = earliest(sleepers, end); next; next = earliest(sleepers, end)) {
        time = Math.max(time, next.until)
        next.wake()
        await turn()
      }
      time = end
      await turn()
    },
  }
}

function earliest(sleepers: ReadonlySet<Sleeper>, end: number): Sleeper | undefined {
  const due = [...sleepers].filter((one) => one.until <= end)
  return due.sort((a, b) => a.until - b.until)[0]
}

/** The real time, plus everything that was slept: a wait is over at once. `slept` lists what was asked for, in ms. */
export function skippingClock(): Clock & { readonly slept: readonly number[] } {
  const slept: number[] = []
  let skipped = 0
  return {
    slept,
    now: () => new Date(Date.now() + skipped),
    async sleep(ms, signal) {
      signal?.throwIfAborted()
      slept.push(ms)
      skipped += Math.max(ms, 0)
      await turn(undefined, signal ? { signal } : undefined)
    },
  }
}
