/** The open offboardings: adding to them, closing them, and fetching closed ones back. */
import { join } from 'node:path'
import { Low } from 'lowdb'
import type { Log } from '../log.ts'
import type { Event } from '../offboarding/event.ts'
import type { ClosedEntry } from '../offboarding/ledger.ts'
import { type Archive, Unreadable } from './archive.ts'
import type { Disk } from './disk.ts'
import { type Document, documentAdapter, eventsOf } from './document.ts'
import { findInJournal } from './from-journal.ts'
import { type Fuse, SyncFailed, syncFolder } from './fuse.ts'
import type { Journal } from './journal.ts'
import type { Layout } from './layout.ts'
import { canonicalText, genesis, Summary } from './line.ts'
import { putAside } from './repair.ts'
import type { Held, Snapshots } from './snapshots.ts'

export interface KeeperParts {
  disk: Disk
  layout: Layout
  log: Log
  fuse: Fuse
  archive: Archive
  journal: Journal
  snapshots: Snapshots
  summarize: (id: string, events: readonly Event[]) => Omit<ClosedEntry, 'id'>
}

export class Keeper {
  readonly #parts: KeeperParts
  readonly #held = new Map<string, Held>()
  /** Those that are being closed or fetched back: whoever comes meanwhile waits, in order. */
  readonly #gates = new Map<string, Promise<void>>()

  constructor(parts: KeeperParts) {
    this.#parts = parts
  }

  has(id: string): boolean {
    return this.#held.has(id)
  }

  hold(id: string, texts: string[], lastSeq: number, own: string): Held {
    const { disk, layout } = this.#parts
    const document: Document = { version: 1, id, lastSeq, head: own, events: texts }
    const low = new Low(documentAdapter(disk, layout.document(id)), document)
    const held: Held = { id, texts, lastSeq, own, low }
    this.#held.set(id, held)
    return held
  }

  /** `isNew`: it begins with these. */
  async add(id: string, texts: readonly string[], isNew: boolean): Promise<void> {
    const held = this.#gates.has(id) ? undefined : this.#held.get(id)
    if (held) return this.#append(held, texts)
    let added = Promise.resolve()
    await this.#inTurn(id, async () => {
      const fetched = this.#held.get(id) ?? (await this.#fetch(id, isNew))
      added = this.#append(fetched, texts)
      if (fetched.month) await this.#bringBack(fetched, fetched.month, added)
      // Told to the caller below; the next in turn need not wait for it.
      else added.catch(() => undefined)
    })
    await added
  }

  /** What is durable of it at this moment; undefined where there is no such offboarding. */
  async told(id: string): Promise<Pick<Held, 'texts' | 'lastSeq' | 'own'> | undefined> {
    await this.#gates.get(id)
    const held = this.#held.get(id)
    if (held) return held.texts.length > 0 ? { ...held, texts: [...held.texts] } : undefined
    const closed = (await this.#findClosed(id))?.document
    return closed && { texts: [...closed.events], lastSeq: closed.lastSeq, own: closed.head }
  }

  async close(id: string): Promise<void> {
    await this.#inTurn(id, async () => {
      const held = this.#held.get(id)
      if (!held && (await this.#findClosed(id))) return
      if (!held || held.texts.length === 0) throw new Error(`There is no offboarding ${id} to close.`)
      await this.#close(held)
    })
  }

  /** Its closing is on record; what is left is to list it and to move its document. */
  async finishClosing(held: Held, entry: ClosedEntry): Promise<void> {
    const { archive, journal, snapshots, fuse, log } = this.#parts
    try {
      if (snapshots.isStale(held)) await snapshots.write(held)
      await snapshots.alone(() => archive.moveIn(entry))
    } catch (error) {
      if (error instanceof SyncFailed) throw fuse.blow(error)
      if (fuse.blown) throw fuse.blown
      log.warn({ offboarding: held.id, error }, 'A closed offboarding stays in open/ until the next start.')
      return
    }
    snapshots.forget(held)
    journal.forget(held.id)
    this.#held.delete(held.id)
  }

  /** Until nothing is being closed or fetched back. */
  async settled(): Promise<void> {
    while (this.#gates.size > 0) await Promise.all(this.#gates.values())
  }

  #append(held: Held, texts: readonly string[]): Promise<void> {
    const { journal, snapshots } = this.#parts
    return journal.add({
      id: held.id,
      kind: 'event',
      texts,
      from: held.own,
      kept(seq, own) {
        for (const text of texts) held.texts.push(text)
        held.lastSeq = seq
        held.own = own
        snapshots.mark(held)
      },
    })
  }

  async #fetch(id: string, isNew: boolean): Promise<Held> {
    const found = isNew ? await this.#parts.archive.find(id) : await this.#findClosed(id)
    if (!found) return this.hold(id, [], 0, genesis)
    const { events, lastSeq, head } = found.document
    const held = this.hold(id, [...events], lastSeq, head)
    held.month = found.month
    return held
  }

  /** The journal says first that it is open again; only then its document moves. */
  async #bringBack(held: Held, month: string, added: Promise<void>): Promise<void> {
    const { archive, snapshots, fuse } = this.#parts
    try {
      await added
    } catch (error) {
      this.#held.delete(held.id)
      throw error
    }
    try {
      await snapshots.alone(() => archive.moveOut(held.id, month))
    } catch (error) {
      if (error instanceof SyncFailed) throw fuse.blow(error)
      this.#parts.log.warn(
        { offboarding: held.id, error },
        'A reopened offboarding has its old document in closed/ still.',
      )
    }
    delete held.month
    snapshots.mark(held) // The old one may just have replaced a newer one.
  }

  async #close(held: Held): Promise<void> {
    const { journal, snapshots, summarize } = this.#parts
    const { id } = held
    // From here on its document is in open/ or in closed/, so that start-up can finish what a crash cuts short.
    await snapshots.write(held)
    const summary = summarize(id, eventsOf(held.texts))
    Summary.parse(summary)
    await journal.add({ id, kind: 'closed', texts: [canonicalText(summary)], kept: () => undefined })
    await this.finishClosing(held, { id, ...summary })
  }

  /** In closed/; made again from the journal where it is damaged, or listed and not there. */
  async #findClosed(id: string): Promise<{ month: string; document: Document } | undefined> {
    const { archive, layout } = this.#parts
    try {
      const found = await archive.find(id)
      if (found) return found
      const listed = await archive.entry(id)
      if (!listed) return undefined
      const month = listed.closedAt.slice(0, 7)
      return { month, document: await this.#remake(id, layout.closedDocument(month, id), 'is listed and not there') }
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error
      const document = await this.#remake(id, error.file, 'is damaged', true)
      return { month: error.month, document }
    }
  }

  async #remake(id: string, file: string, what: string, aside = false): Promise<Document> {
    const { disk, layout, log, snapshots } = this.#parts
    const found = await findInJournal(disk, layout, id)
    if (!found?.whole || !found.closed) {
      throw new Error(`${file} ${what}, and the journal does not tell all of it either. IT restores it from a backup.`)
    }
    await snapshots.alone(async () => {
      if (aside) await putAside(disk, layout, file)
      const folder = join(file, '..')
      await disk.makeFolder(folder)
      await syncFolder(disk, layout.closed)
      await documentAdapter(disk, file).write(found.document)
    })
    log.warn(
      { file, offboarding: id },
      `The document of a closed offboarding ${what}; it was made again from the journal.`,
    )
    return found.document
  }

  /** Runs one after the other for each offboarding. */
  async #inTurn(id: string, work: () => Promise<void>): Promise<void> {
    const before = this.#gates.get(id) ?? Promise.resolve()
    const result = before.then(work)
    const gate = result.then(
      () => undefined,
      () => undefined, // Told to the caller below.
    )
    this.#gates.set(id, gate)
    try {
      await result
    } finally {
      if (this.#gates.get(id) === gate) this.#gates.delete(id)
    }
  }
}
