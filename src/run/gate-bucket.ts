/**
 * One vendor bucket: paced and bounded by Bottleneck, filled from our own ready-queue, held as a whole while the vendor
 * asked us to wait. Why so, and what else of Bottleneck is not to be used: DESIGN 6.
 */
import { setTimeout as wait } from 'node:timers/promises'
import Bottleneck from 'bottleneck'
import type { Clock } from '../clock.ts'
import { readyQueue, type Urgency } from './ready-queue.ts'

export interface Turn {
  urgency: Urgency
  /** The longest pause, in ms, that this one waits out. */
  patienceMs: number
  signal: AbortSignal
}

export interface Bucket {
  /** Does the work when its turn has come. Rejects with NotSent where it never came. */
  run<T>(turn: Turn, work: () => Promise<T>): Promise<T>
  /** Nothing leaves for this long, but what is in flight; a shorter pause never ends a longer one. */
  pause(ms: number): void
  /** Those who wait are told NotSent; those in flight go on. */
  close(): void
}

/** The work was not begun: the caller gave up, or (`pauseMs`) the vendor asked for a longer wait than it can give. */
export class NotSent extends Error {
  readonly pauseMs: number | undefined
  constructor(pauseMs?: number) {
    super('not sent')
    this.pauseMs = pauseMs
  }
}

interface Job {
  patienceMs: number
  begin: () => Promise<void>
  refuse: (why: NotSent) => void
}

/** Enough to keep Bottleneck busy, and so few that the most urgent call is chosen late. */
const mostSlots = 2

export function createBucket(limit: { perSecond: number; concurrent: number }, clock: Clock): Bucket {
  const limiter = new Bottleneck({ minTime: gapOf(limit.perSecond), maxConcurrent: limit.concurrent })
  const queue = readyQueue<Job>()
  const closing = new AbortController()
  const turnstile = createTurnstile(limit.perSecond, clock, closing.signal)
  let slots = 0

  /** A slot is a turn that nobody has yet: who gets it is decided at the moment of sending. */
  function offerSlots(): void {
    while (slots < Math.min(mostSlots, queue.size) && !closing.signal.aborted) {
      slots += 1
      limiter.schedule(slot).catch(() => undefined)
    }
  }

  async function slot(): Promise<void> {
    try {
      await turnstile.pass()
    } finally {
      slots -= 1
    }
    const job = queue.take()
    offerSlots()
    await job?.begin()
  }

  function refuse(job: Job, why: NotSent): void {
    if (queue.remove(job)) job.refuse(why)
  }

  return {
    async run(turn, work) {
      if (closing.signal.aborted || turn.signal.aborted) throw new NotSent()
      const pauseMs = turnstile.pauseLeft()
      if (pauseMs > turn.patienceMs) throw new NotSent(pauseMs)
      return await new Promise((resolve, reject) => {
        const giveUp = () => refuse(job, new NotSent())
        const job: Job = {
          patienceMs: turn.patienceMs,
          refuse: (why) => {
            turn.signal.removeEventListener('abort', giveUp)
            reject(why)
          },
          begin: async () => {
            turn.signal.removeEventListener('abort', giveUp)
            await work().then(resolve, reject)
          },
        }
        turn.signal.addEventListener('abort', giveUp, { once: true })
        queue.add(turn.urgency, job)
        offerSlots()
      })
    },
    pause(ms) {
      turnstile.pause(ms)
      const left = turnstile.pauseLeft()
      for (const job of queue.items()) if (job.patienceMs < left) refuse(job, new NotSent(left))
    },
    close() {
      closing.abort()
      for (const job of queue.items()) refuse(job, new NotSent())
    },
  }
}

/**
 * Where each slot waits before it may send: until the pause is over, and then one by one, so that what gathered behind
 * a pause does not leave at once. Holds the rate also where timers are late: never more than a second's worth a second.
 */
function createTurnstile(perSecond: number, clock: Clock, closing: AbortSignal) {
  const most = Math.max(1, Math.floor(perSecond))
  const gapMs = gapOf(perSecond)
  const sent: number[] = []
  let line: Promise<void> = Promise.resolve()
  let inLine = 0
  let gathered = false
  let pausedUntil = 0

  const pauseLeft = () => Math.max(0, pausedUntil - clock.now().getTime())

  function paceLeft(): number {
    const window = sent.length < most ? 0 : (sent[0] as number) + most * gapMs
    const gap = gathered ? (sent.at(-1) ?? 0) + gapMs : 0
    return Math.max(window, gap) - performance.now()
  }

  async function through(): Promise<void> {
    for (;;) {
      const pause = pauseLeft()
      gathered ||= pause > 0
      const pace = paceLeft()
      if (pause > 0) await clock.sleep(pause, closing)
      else if (pace > 0) await wait(pace, undefined, { signal: closing })
      else break
    }
    sent.push(performance.now())
    if (sent.length > most) sent.shift()
  }

  return {
    pauseLeft,
    pause(ms: number): void {
      pausedUntil = Math.max(pausedUntil, clock.now().getTime() + ms)
    },
    pass(): Promise<void> {
      inLine += 1
      const mine = line.then(through).finally(() => {
        inLine -= 1
        if (inLine === 0) gathered = false
      })
      line = mine.catch(() => undefined)
      return mine
    },
  }
}

/** One percent more than even: a request leaves a moment after its turn, and the vendor counts what it gets. */
function gapOf(perSecond: number): number {
  return 1010 / perSecond
}
