/**
 * Writing the journal. Everything that is waiting goes into one write and one sync; while that is under way the next
 * batch gathers. Nothing in memory changes before the sync has come back.
 */
import { join } from 'node:path'
import type { Clock } from '../clock.ts'
import type { Log } from '../log.ts'
import type { Disk, OpenFile } from './disk.ts'
import { storedFormat } from './format.ts'
import { type Fuse, reasonOf, SyncFailed, syncFile, syncFolder } from './fuse.ts'
import { draftName, type Layout } from './layout.ts'
import { type Begin, canonicalText, encodeLine, genesis, type Kind, nextOwn } from './line.ts'

export interface JournalOptions {
  disk: Disk
  clock: Clock
  layout: Layout
  log: Log
  fuse: Fuse
  /** A segment that has reached this many bytes is sealed. */
  segmentBytes: number
  onSealed: () => void
}

/** Where the journal stands at start. `number` 0: there is none yet. */
export interface JournalStart {
  number: number
  size: number
  last: { seq: number; hash: string }
  /** Of every open offboarding, and of what is kept in the journal alone. */
  heads: Begin['heads']
  /** The oldest segment whose damage keeps an offboarding from running. */
  flawed?: number
}

export interface Item {
  id: string
  kind: Exclude<Kind, 'begin'>
  texts: readonly string[]
  /** The end of its own chain so far, where the journal does not hold it: it comes back from closed/. */
  from?: string
  /** Where its own chain goes on from afterwards: a person accepted a damaged one. */
  own?: string
  /** Called at once when it is durable, before the promise resolves: the number and head of its last entry. */
  kept: (seq: number, own: string) => void
}

interface Waiting extends Item {
  resolve: () => void
  reject: (error: Error) => void
}

/** More than this is left for the next batch, so that one batch cannot make a segment much too long. */
const batchBytes = 4 * 1024 * 1024

export class Journal {
  readonly #options: JournalOptions
  readonly #heads: Map<string, Begin['heads'][string]>
  readonly #flawed: number | undefined
  #number: number
  #size: number
  #last: { seq: number; hash: string }
  #file: OpenFile | undefined
  #waiting: Waiting[] = []
  #running: Promise<void> | undefined
  /** Bytes of a failed write may be behind the last durable one. */
  #mustCut = false

  constructor(options: JournalOptions, start: JournalStart) {
    this.#options = options
    this.#number = start.number
    this.#size = start.size
    this.#last = start.last
    this.#heads = new Map(Object.entries(start.heads))
    this.#flawed = start.flawed
  }

  /** Goes on with the newest segment, or begins the next one where that must not be written any more. */
  async open(begin: boolean): Promise<void> {
    if (begin) return this.#begin()
    this.#file = await this.#options.disk.openAppend(this.#path)
  }

  /** Resolves once it is durable. Rejects when it was not kept, or when the store has ended and nobody can tell. */
  add(item: Item): Promise<void> {
    const { fuse } = this.#options
    if (fuse.blown) return Promise.reject(fuse.blown)
    const result = new Promise<void>((resolve, reject) => this.#waiting.push({ ...item, resolve, reject }))
    // One turn later, so that callers who were woken together share the write.
    this.#running ??= Promise.resolve().then(() => this.#work())
    return result
  }

  /** The number and hash of the newest durable entry. */
  get last(): { seq: number; hash: string } {
    return this.#last
  }

  /** It is in closed/ now. */
  forget(id: string): void {
    this.#heads.delete(id)
  }

  async stop(): Promise<void> {
    await this.#running
    await this.#file?.close()
    this.#file = undefined
  }

  get #path(): string {
    return this.#options.layout.segment(this.#number)
  }

  async #work(): Promise<void> {
    while (this.#waiting.length > 0) {
      const batch = this.#nextBatch()
      try {
        await this.#keep(batch)
      } catch (error) {
        this.#refuse(batch, error)
        continue
      }
      for (const item of batch) item.resolve()
      await this.#sealWhenFull()
    }
    this.#running = undefined
  }

  #nextBatch(): Waiting[] {
    let bytes = 0
    let count = 0
    for (const { texts } of this.#waiting) {
      for (const text of texts) bytes += text.length
      if (count > 0 && bytes > batchBytes) break
      count += 1
    }
    return this.#waiting.splice(0, count)
  }

  #refuse(batch: readonly Waiting[], error: unknown): void {
    const reason = error instanceof SyncFailed ? this.#options.fuse.blow(error) : (error as Error)
    for (const item of batch) item.reject(reason)
  }

  async #keep(batch: readonly Waiting[]): Promise<void> {
    const { fuse } = this.#options
    if (fuse.blown) throw fuse.blown
    const { text, last, ends } = this.#encode(batch)
    await this.#write(Buffer.from(text))
    this.#last = last
    for (const [index, item] of batch.entries()) this.#settle(item, ends[index]!)
  }

  #settle(item: Waiting, end: { seq: number; own: string }): void {
    if (item.kind === 'closed')
      this.#heads.set(item.id, { ...this.#heads.get(item.id)!, closed: JSON.parse(item.texts[0]!) })
    else this.#heads.set(item.id, end)
    item.kept(end.seq, end.own)
  }

  #encode(batch: readonly Waiting[]) {
    const at = this.#options.clock.now().toISOString()
    const owns = new Map<string, string>()
    const ends: { seq: number; own: string }[] = []
    const lines: string[] = []
    let { seq, hash } = this.#last
    for (const { id, kind, texts, from, own: given } of batch) {
      let own = owns.get(id) ?? this.#heads.get(id)?.own ?? from ?? genesis
      for (const text of texts) {
        seq += 1
        const line = encodeLine({ seq, at, id, kind, text, prev: hash, prevOwn: own })
        lines.push(line.text, '\n')
        hash = line.hash
        if (kind === 'event') own = nextOwn(own, id, text)
      }
      own = given ?? own
      owns.set(id, own)
      ends.push({ seq, own })
    }
    return { text: lines.join(''), last: { seq, hash }, ends }
  }

  async #write(bytes: Uint8Array): Promise<void> {
    const file = this.#file
    if (!file) throw new Error('The store is stopped; nothing more is kept.')
    if (this.#mustCut) await this.#cut(file)
    try {
      await file.write(bytes)
    } catch (error) {
      this.#mustCut = true
      await this.#cut(file)
      throw this.#unwritten(error)
    }
    await syncFile(file, this.#path)
    this.#size += bytes.length
  }

  /** Takes off what a failed write left, so that what was refused can never come to light again. */
  async #cut(file: OpenFile): Promise<void> {
    try {
      await this.#options.disk.truncate(this.#path, this.#size)
    } catch (error) {
      throw this.#unwritten(error)
    }
    await syncFile(file, this.#path)
    this.#mustCut = false
  }

  #unwritten(error: unknown): Error {
    const message = `${this.#path} could not be written (${reasonOf(error)}). Nothing of this was kept. IT makes room on that disk or makes it writable, then try again.`
    this.#options.log.error({ file: this.#path, error }, 'The journal could not be written.')
    return new Error(message, { cause: error })
  }

  async #sealWhenFull(): Promise<void> {
    const { fuse, log, segmentBytes, onSealed } = this.#options
    if (this.#size < segmentBytes || fuse.blown) return
    try {
      await this.#begin()
      onSealed()
    } catch (error) {
      // Still on the old segment, which merely grows; tried again after the next batch.
      if (!(error instanceof SyncFailed))
        return log.warn({ error }, 'The next segment of the journal could not be begun.')
      fuse.blow(error)
    }
  }

  /** The next segment appears whole: its first line says where every open offboarding stands. */
  async #begin(): Promise<void> {
    const { disk, layout, clock } = this.#options
    const number = this.#number + 1
    const draft = join(layout.journal, draftName)
    const seq = this.#last.seq + 1
    const heads = Object.fromEntries(this.#heads)
    const body = { format: storedFormat, heads }
    const text = canonicalText(this.#flawed ? { ...body, flawed: this.#flawed } : body)
    const at = clock.now().toISOString()
    const id = String(number)
    const line = encodeLine({ seq, at, id, kind: 'begin', text, prev: this.#last.hash, prevOwn: genesis })
    const bytes = Buffer.from(`${line.text}\n`)
    const file = await disk.openDraft(draft)
    try {
      await file.write(bytes)
      await syncFile(file, draft)
    } catch (error) {
      await file.close()
      throw error
    }
    await this.#appear(draft, layout.segment(number))
    const sealed = this.#file
    this.#file = file
    this.#number = number
    this.#size = bytes.length
    this.#last = { seq, hash: line.hash }
    await sealed?.close()
  }

  /** From here on there is no way back: whether the new segment is there decides which one start-up goes on with. */
  async #appear(draft: string, segment: string): Promise<void> {
    const { disk, layout } = this.#options
    try {
      await disk.rename(draft, segment)
    } catch (error) {
      throw new SyncFailed(`${segment} could not be put in place (${reasonOf(error)}).`, { cause: error })
    }
    await syncFolder(disk, layout.journal)
  }
}
