/** Brings documents up to date behind the journal's back: one at a time, and never so often that it counts. */
import type { Low } from 'lowdb'
import type { Clock } from '../clock.ts'
import type { Log } from '../log.ts'
import type { Document } from './document.ts'
import { type Fuse, SyncFailed } from './fuse.ts'

/** An open offboarding in memory. */
export interface Held {
  id: string
  /** Each event as canonical JSON. */
  texts: string[]
  lastSeq: number
  own: string
  low: Low<Document>
  /** Its document still lies in closed/, in this month. */
  month?: string
}

export interface SnapshotOptions {
  clock: Clock
  log: Log
  fuse: Fuse
  /** Milliseconds that changes are gathered for. */
  every: number
}

/** Writing takes at most one part in this many of the time. */
const share = 20
const longestPause = 60_000

export class Snapshots {
  readonly #options: SnapshotOptions
  readonly #stale = new Set<Held>()
  readonly #ending = new AbortController()
  #turn: Promise<unknown> = Promise.resolve()
  #pacing: Promise<void> | undefined

  constructor(options: SnapshotOptions) {
    this.#options = options
  }

  /** It has changed; its document follows soon. */
  mark(held: Held): void {
    this.#stale.add(held)
    if (this.#ending.signal.aborted) return
    this.#pacing ??= this.#pace()
  }

  /** Nothing is written to open/ meanwhile. */
  async alone<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(work)
    this.#turn = result.catch(() => undefined)
    return result
  }

  /** Rejects where the document could not be written; it is still to be written then. */
  write(held: Held): Promise<void> {
    return this.alone(() => this.#write(held))
  }

  /** Brings all up to date. What cannot be written is said, and tried again later: the journal has it all. */
  async flush(): Promise<boolean> {
    let all = true
    for (const held of [...this.#stale]) {
      try {
        await this.alone(async () => this.#stale.has(held) && (await this.#write(held)))
      } catch (error) {
        this.#options.log.warn({ offboarding: held.id, error }, 'A document could not be written; the journal has it.')
        all = false
        if (this.#options.fuse.blown) break
      }
    }
    await this.#turn // What another flush is just writing.
    return all
  }

  isStale(held: Held): boolean {
    return this.#stale.has(held)
  }

  /** Not to be written any more. */
  forget(held: Held): void {
    this.#stale.delete(held)
  }

  /** Ends the pacing; what is stale stays so until `flush`. */
  async stop(): Promise<void> {
    this.#ending.abort()
    await this.#pacing
  }

  async #write(held: Held): Promise<void> {
    const { fuse } = this.#options
    if (fuse.blown) throw fuse.blown
    this.#stale.delete(held)
    held.low.data = { version: 1, id: held.id, lastSeq: held.lastSeq, head: held.own, events: held.texts }
    try {
      await held.low.write()
    } catch (error) {
      this.#stale.add(held)
      throw error instanceof SyncFailed ? fuse.blow(error) : error
    }
  }

  async #pace(): Promise<void> {
    const { clock, every, fuse } = this.#options
    let pause = every
    while (this.#stale.size > 0 && !fuse.blown) {
      if (!(await this.#paused(pause))) break
      const from = clock.now().getTime()
      const all = await this.flush()
      const spent = clock.now().getTime() - from
      pause = Math.min(Math.max(every, spent * (share - 1), all ? 0 : pause * 2), longestPause)
    }
    this.#pacing = undefined
  }

  async #paused(ms: number): Promise<boolean> {
    try {
      await this.#options.clock.sleep(ms, this.#ending.signal)
      return true
    } catch {
      return false // Only `stop` ends a pause.
    }
  }
}
