/** Time is an argument: everything that waits or asks for the time does it through this port. */
import { setTimeout as wait } from 'node:timers/promises'

export interface Clock {
  now(): Date
  /** Rejects with the signal's reason when it is aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>
}

/** A single timer may not be longer than this: Node fires a longer one at once. */
const longest = 2 ** 31 - 1

export const systemClock: Clock = {
  now: () => new Date(),
  sleep: async (ms, signal) => {
    await wait(Math.min(Math.max(ms, 0), longest), undefined, signal ? { signal } : undefined)
  },
}
