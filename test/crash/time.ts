/**
 * Time that is only counted. While it is installed, every timer of the process runs on it: the product's clock, the
 * limiter's setTimeout, the gate's waits. It stands still while anything thinks, and jumps to the next timer when
 * everything waits, so a month takes milliseconds and the same seed always takes the same way.
 */
import { AsyncLocalStorage } from 'node:async_hooks'
import { syncBuiltinESMExports } from 'node:module'
import timersPromises from 'node:timers/promises'
import type { Clock } from '../../src/clock.ts'

interface Timer {
  at: number
  turn: number
  fire: () => void
}

const real = {
  setTimeout: globalThis.setTimeout,
  clearTimeout: globalThis.clearTimeout,
  setImmediate: globalThis.setImmediate,
  now: Date.now,
  performanceNow: performance.now,
  wait: timersPromises.setTimeout,
}

let time = 0
let turns = 0
const timers = new Set<Timer>()

/** Milliseconds since 1970. */
export function now(): number {
  return time
}

/** A new world: nothing of an earlier one ever wakes again. */
export function reset(to: number): void {
  time = to
  turns = 0
  timers.clear()
}

/** As if the machine had slept: what was due meanwhile is due now. */
export function skip(ms: number): void {
  time += ms
}

export function after(ms: number, fire: () => void): Timer {
  turns += 1
  const timer = { at: time + Math.max(0, ms), turn: turns, fire }
  timers.add(timer)
  return timer
}

export function cancel(timer: Timer | undefined): void {
  if (timer) timers.delete(timer)
}

export function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((done, failed) => {
    if (signal?.aborted) return failed(signal.reason)
    const stop = () => {
      cancel(timer)
      failed(signal?.reason)
    }
    const timer = after(ms, () => {
      signal?.removeEventListener('abort', stop)
      done()
    })
    signal?.addEventListener('abort', stop, { once: true })
  })
}

export const clock: Clock = { now: () => new Date(time), sleep }

/**
 * Runs the world until `reached` says so; false where nothing will happen any more, or it is later than `until` (epoch
 * ms). Between two timers everything that can go on without one goes on.
 */
export async function run(reached: () => boolean, until: number): Promise<boolean> {
  for (;;) {
    await new Promise((done) => real.setImmediate(done))
    if (reached()) return true
    const next = earliest()
    if (!next || next.at > until) return false
    timers.delete(next)
    time = Math.max(time, next.at)
    next.fire()
  }
}

function earliest(): Timer | undefined {
  let first: Timer | undefined
  for (const timer of timers)
    if (!first || timer.at < first.at || (timer.at === first.at && timer.turn < first.turn)) first = timer
  return first
}

/** Takes the process's timers over; answers how to give them back. */
export function install(): () => void {
  globalThis.setTimeout = simulated as unknown as typeof setTimeout
  globalThis.clearTimeout = ((timer: { timer?: Timer } | undefined) => cancel(timer?.timer)) as typeof clearTimeout
  Date.now = () => time
  performance.now = () => time
  timersPromises.setTimeout = ((ms?: number, value?: unknown, options?: { signal?: AbortSignal }) =>
    sleep(ms ?? 0, options?.signal).then(() => value)) as typeof timersPromises.setTimeout
  syncBuiltinESMExports()
  return () => {
    globalThis.setTimeout = real.setTimeout
    globalThis.clearTimeout = real.clearTimeout
    Date.now = real.now
    performance.now = real.performanceNow
    timersPromises.setTimeout = real.wait
    syncBuiltinESMExports()
  }
}

/** What Node's own answers to, as far as anybody here asks. */
function simulated(fire: (...values: unknown[]) => void, ms = 0, ...values: unknown[]) {
  const bound = AsyncLocalStorage.bind(() => fire(...values))
  const handle = { timer: after(ms, bound), ref: () => handle, unref: () => handle, hasRef: () => true }
  return handle
}

/** Wall-clock milliseconds, for those who measure the harness itself. */
export function wallClock(): number {
  return real.performanceNow.call(performance)
}
