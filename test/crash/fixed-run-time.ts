/** Time in the world of a run: quicker than the harness's, and ahead of it by what was skipped. */
import { setTimeout as wait } from 'node:timers/promises'
import type { Clock } from '../../src/clock.ts'

export interface WorldTime {
  /** When the world began, epoch ms: the same here and there. */
  began: number
  /** How many times quicker; what is waited for is that much shorter. Time-outs of SDKs and sockets stay as they are. */
  factor: number
  /** What was skipped, ms. */
  skipped: number
}

/** What the preload of the process is told. */
export interface Bending {
  vendors: readonly { url: string; hosts: readonly string[] }[]
  time: WorldTime
  /** The steps of AWS that there are. */
  steps: readonly string[]
  /** Whether it waits for a word on its standard input once everything is loaded. */
  waits?: boolean
  /** A module that is loaded besides: a planted bug. */
  planted?: string
}

export function worldTime({ began, factor, skipped }: WorldTime, now: number): number {
  return began + Math.round((now - began) * factor) + skipped
}

/** For the pretend systems; `time` may be changed meanwhile. */
export function clockOf(time: Readonly<WorldTime>): Clock {
  return {
    now: () => new Date(worldTime(time, Date.now())),
    sleep: async (ms, signal) => void (await wait(Math.max(ms, 0) / time.factor, undefined, signal ? { signal } : {})),
  }
}
