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
  /** How many wait for their turn. */
  waiting(): number
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

/** Enough to keep Bottleneck busy. */
const mostSlots = 4

export function createBucket(limit: { perSecond: number; concurrent: number }, clock: Clock): Bucket {
  const limiter = new Bottleneck({ minTime: evenMs / limit.perSecond, maxConcurrent: limit.concurrent })
  const queue = readyQueue<Job>()
  const closing = new AbortController()
  const turnstile = createTurnstile(limit.perSecond, clock, closing.signal)
  let slots = 0

  /** A slot is a turn that nobody has yet: who gets it is decided only when it may send, pauses included. */
  function offerSlots(): void {
    while (slots < Math.min(mostSlots, queue.size) && !closing.signal.aborted) {
      slots += 1
      limiter.schedule(slot).catch(() => undefined)
    }
  }

  async function slot(): Promise<void> {
    let left: () => void
    try {
      left = await turnstile.pass()
    } finally {
      slots -= 1
    }
    const working = queue.take()?.begin()
    left()
    offerSlots()
    await working
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
    waiting: () => queue.size,
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
  const windowMs = (most * leastMs) / perSecond
  // A little quicker than even, so that those behind a pause fall into Bottleneck's own step again.
  const catchUpMs = (0.9 * evenMs) / perSecond
  const sent: { at: number }[] = []
  let line: Promise<void> = Promise.resolve()
  let nextDue = 0
  let pausedUntil = 0

  const pauseLeft = () => Math.max(0, pausedUntil - clock.now().getTime())

  /** Answers with what to call once the request has left: making one takes time too. */
  async function through(): Promise<() => void> {
    const paused = pauseLeft() > 0
    for (let pause = pauseLeft(); pause > 0; pause = pauseLeft()) await clock.sleep(pause, closing)
    const arrived = performance.now()
    const held = paused || arrived < nextDue
    const due = Math.max(arrived, nextDue, sent.length < most ? 0 : (sent[0]?.at ?? 0) + windowMs)
    for (let left = due - performance.now(); left > 0; left = due - performance.now())
      await wait(left, undefined, { signal: closing })
    if (pauseLeft() > 0) return through()
    nextDue = held ? due + catchUpMs : 0
    const mine = { at: performance.now() }
    sent.push(mine)
    if (sent.length > most) sent.shift()
    return () => {
      mine.at = performance.now()
    }
  }

  return {
    pauseLeft,
    pause(ms: number): void {
      pausedUntil = Math.max(pausedUntil, clock.now().getTime() + ms)
    },
    pass(): Promise<() => void> {
      const mine = line.then(through)
      line = mine.then(
        () => undefined,
        () => undefined,
      )
      return mine
    },
  }
}

/** A second's worth is spread over a little more than a second: a request leaves a moment after its turn. */
const evenMs = 1010
/** Less than that, so that turns which come in step need not wait for timers once more. */
const leastMs = 1005
