/**
 * The sandbox's own time: the real one and how far it was moved forward. Connectors, SDKs and pretend vendors ask `Date`
 * themselves (signatures, tokens, "ordered an hour ago"), so `Date` is moved with it, or a part of the world would live in
 * another month than the rest. Only `npm run sandbox` and its tests do that; timers run as ever.
 */
import { type Clock, systemClock } from '../clock.ts'

export interface MovedTime {
  /** For the bot: whoever waits is woken once the moment has come. */
  clock: Clock
  /** For the pretend Slack: its short waits (three seconds for an acknowledgement) are people's, and stay as they are. */
  slackClock: Clock
  /** How far it is ahead, ms. */
  ahead(): number
  forward(ms: number): void
  /** `Date` tells the real time again. */
  giveBack(): void
}

interface Sleeper {
  /** In the sandbox's time, ms since 1970. */
  due: number
  wake(): void
}

/** Waits up to this long end by themselves, ms; see `slackClock`. */
const shortWaitMs = 10_000

/** Throws where time is moved already: there is one `Date` in a process. */
export function movedTime(): MovedTime {
  const date = movedDate()
  const sleepers = new Set<Sleeper>()

  async function sleep(ms: number, signal?: AbortSignal): Promise<void> {
    const woken = new AbortController()
    const sleeper = { due: Date.now() + ms, wake: () => woken.abort() }
    sleepers.add(sleeper)
    try {
      await systemClock.sleep(ms, signal ? AbortSignal.any([signal, woken.signal]) : woken.signal)
    } catch (error) {
      if (signal?.aborted || !woken.signal.aborted) throw error
    } finally {
      sleepers.delete(sleeper)
    }
  }

  const now = () => new Date()
  return {
    clock: { now, sleep },
    slackClock: { now, sleep: (ms, signal) => (ms > shortWaitMs ? sleep : systemClock.sleep)(ms, signal) },
    ahead: date.ahead,
    forward(ms) {
      date.forward(ms)
      for (const sleeper of [...sleepers]) if (sleeper.due <= Date.now()) sleeper.wake()
    },
    giveBack: date.giveBack,
  }
}

let taken = false

function movedDate() {
  if (taken) throw new Error('time is moved already in this process')
  taken = true
  const real = globalThis.Date
  const realNow = real.now
  let ahead = 0
  const now = () => realNow() + ahead
  real.now = now
  globalThis.Date = new Proxy(real, {
    construct: (target, given, made) =>
      Reflect.construct(target, given.length > 0 ? given : [now()], made === globalThis.Date ? target : made),
    apply: () => new real(now()).toString(),
  })
  return {
    ahead: () => ahead,
    forward: (ms: number) => {
      ahead += ms
    },
    giveBack() {
      globalThis.Date = real
      real.now = realNow
      taken = false
    },
  }
}
