/**
 * A clock that jumps: whenever everything sleeps, it moves on to the earliest sleeper. For code that does nothing but
 * think and sleep; never for real servers.
 */
import type { Clock } from '../../src/clock.ts'

export interface QuickClock extends Clock {
  now(): Date
}

export function quickClock(start: number): QuickClock {
  let time = start
  let pumping = false
  const sleepers: { at: number; wake: () => void }[] = []

  function pump(): void {
    if (pumping) return
    pumping = true
    setImmediate(() => {
      pumping = false
      sleepers.sort((a, b) => a.at - b.at)
      const next = sleepers.shift()
      if (next) {
        time = Math.max(time, next.at)
        next.wake()
      }
      if (sleepers.length > 0) pump()
    })
  }

  return {
    now: () => new Date(time),
    sleep: (ms, signal) =>
      new Promise((done, failed) => {
        if (signal?.aborted) return failed(signal.reason)
        const sleeper = { at: time + ms, wake: () => done(undefined) }
        sleepers.push(sleeper)
        signal?.addEventListener('abort', () => {
          const index = sleepers.indexOf(sleeper)
          if (index >= 0) sleepers.splice(index, 1)
          failed(signal.reason)
        })
        pump()
      }),
  }
}
