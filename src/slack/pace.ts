/** Turns in lanes: one message a second a channel, and nothing in a lane that Slack asked to rest. */
import type { Clock } from '../clock.ts'

export interface Pacer {
  /** Waits for the lane's next turn; after it the lane rests for `gapMs`. */
  turn(lane: string, gapMs: number): Promise<void>
  /** Slack's Retry-After. */
  hold(lane: string, ms: number): void
}

export function pacer(clock: Clock, signal: AbortSignal): Pacer {
  const next = new Map<string, number>()
  const heldUntil = new Map<string, number>()

  async function until(at: number): Promise<void> {
    const left = at - clock.now().getTime()
    if (left > 0) await clock.sleep(left, signal)
    signal.throwIfAborted()
  }

  return {
    async turn(lane, gapMs) {
      const at = Math.max(clock.now().getTime(), next.get(lane) ?? 0, heldUntil.get(lane) ?? 0)
      next.set(lane, at + gapMs)
      await until(at)
      // The lane may have been held while this turn waited.
      while ((heldUntil.get(lane) ?? 0) > clock.now().getTime()) await until(heldUntil.get(lane) ?? 0)
    },
    hold(lane, ms) {
      const at = clock.now().getTime() + ms
      heldUntil.set(lane, Math.max(heldUntil.get(lane) ?? 0, at))
    },
  }
}
