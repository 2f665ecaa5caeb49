/** Turns in lanes: one message a second a channel, a few at once where a lane has rested, and none where Slack asked for rest. */
import type { Clock } from '../clock.ts'

export interface Pacer {
  /**
   * Waits for the lane's next turn; after it the lane rests for `gapMs`. A lane that was quiet may give `atOnce` turns one
   * after the other, so that what follows a person's click is not late because of what was drawn just before it.
   */
  turn(lane: string, gapMs: number, atOnce?: number): Promise<void>
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
    async turn(lane, gapMs, atOnce = 1) {
      const now = clock.now().getTime()
      // As if each turn had come when the lane's steady pace would have had it, `atOnce - 1` gaps ago at the earliest.
      const paced = Math.max(now - (atOnce - 1) * gapMs, next.get(lane) ?? 0, heldUntil.get(lane) ?? 0)
      next.set(lane, paced + gapMs)
      await until(paced)
      // The lane may have been held while this turn waited.
      while ((heldUntil.get(lane) ?? 0) > clock.now().getTime()) await until(heldUntil.get(lane) ?? 0)
    },
    hold(lane, ms) {
      const at = clock.now().getTime() + ms
      heldUntil.set(lane, Math.max(heldUntil.get(lane) ?? 0, at))
    },
  }
}
