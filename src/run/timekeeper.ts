/** Wakes the runner: short naps that re-read the ledger, since a long timer is late after a suspend and fires at once when too long. */
import type { Clock } from '../clock.ts'

/** Milliseconds; a scheduled start is at most this late. */
export const napMs = 2_000

export async function keepTime(options: { wake: () => void; clock: Clock; signal: AbortSignal }): Promise<void> {
  while (!options.signal.aborted) {
    options.wake()
    await options.clock.sleep(napMs, options.signal).catch(() => undefined)
  }
}
