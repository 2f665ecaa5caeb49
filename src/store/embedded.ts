/** The embedded store: files in one folder, one process. DESIGN 7 has the layout, `line.ts` the journal's format. */
import { dirname } from 'node:path'
import { z } from 'zod'
import type { Clock } from '../clock.ts'
import { type Log, silentLog } from '../log.ts'
import { Event } from '../offboarding/event.ts'
import type { ClosedEntry, Store, StoreProblem } from '../offboarding/ledger.ts'
import { createArchive } from './archive.ts'
import { codeOf, type Disk, type Lock } from './disk.ts'
import { eventsOf, ownsOf } from './document.ts'
import { refuseForeign } from './format.ts'
import { closedInJournal, findInJournal } from './from-journal.ts'
import { createFuse, reasonOf, SyncFailed, syncFolder } from './fuse.ts'
import { Journal } from './journal.ts'
import { Keeper, type KeeperParts } from './keeper.ts'
import { type Layout, layoutOf, requireId } from './layout.ts'
import { canonicalText } from './line.ts'
import { type Barred, type Recovered, recover, type Whole } from './recover.ts'
import { repair } from './repair.ts'
import { Snapshots } from './snapshots.ts'
import { type Verified, verifyJournal } from './verify.ts'

export interface EmbeddedOptions {
  /** The data folder; made where it is missing. */
  folder: string
  disk: Disk
  clock: Clock
  log?: Log
  /** What a closed offboarding is listed with. */
  summarize: (id: string, events: readonly Event[]) => Omit<ClosedEntry, 'id'>
  /** The store has ended for good (a sync failed); the process has to stop. Called once. */
  onFatal: (error: Error) => void
  /** A journal file of this many bytes is sealed and the next one begun. 16 MiB. */
  segmentBytes?: number
  /** Milliseconds that changes are gathered for before documents are written. 2000. */
  snapshotEvery?: number
  /** Ids kept in the journal alone, without a document: they never close and nobody resumes them. `system`. */
  journalOnly?: readonly string[]
  /** Names in the folder that other parts of Latchkey keep there; everything unknown is reported as a problem. */
  alsoThere?: readonly string[]
}

export interface Told {
  /** Each event as canonical JSON. */
  texts: readonly string[]
  /** The number of the last entry that is in it, and the end of its own chain. */
  seq: number
  head: string
  newest: { seq: number; hash: string }
}

export interface EmbeddedStore extends Store {
  /** Number and hash of the newest durable entry: what an anchor outside would hold. */
  head(): { seq: number; hash: string }
  /** The record of one offboarding, and where the whole journal stands: what a report is told from. */
  told(id: string): Promise<Told | undefined>
  /** Brings every document in open/ up to date. */
  flush(): Promise<void>
  /** A person decided that a damaged offboarding goes on with what is left of it. Runs after the next start. */
  accept(id: string, decision: { by: string; note: string }): Promise<void>
  verify(): Promise<Verified>
  /** Keeps what was already handed in, brings the documents up to date and gives the lock back. */
  stop(): Promise<void>
}

/** Rejects where another process holds the folder, or where it cannot be read or written. */
export async function openEmbeddedStore(options: EmbeddedOptions): Promise<EmbeddedStore> {
  const { disk, folder } = options
  const layout = layoutOf(folder)
  await refuseForeign({ disk, layout, alsoThere: options.alsoThere ?? [] })
  if (await disk.makeFolder(folder)) await syncFolder(disk, dirname(folder))
  const lock = await disk.lock(layout.lock)
  if (!lock) {
    const what = `The data folder ${folder} is in use by another Latchkey process; which one, the lock does not tell.`
    throw new Error(`${what} Stop that one first (try "fuser ${layout.lock}"), or give this one a folder of its own.`)
  }
  try {
    return await open(options, layout, lock)
  } catch (error) {
    await lock.release()
    throw error instanceof SyncFailed || codeOf(error) === undefined ? error : unusable(folder, error)
  }
}

function unusable(folder: string, error: unknown): Error {
  const message = `The data folder ${folder} could not be read or written (${reasonOf(error)}). IT checks the disk and who owns that folder.`
  return new Error(message, { cause: error })
}

async function open(options: EmbeddedOptions, layout: Layout, lock: Lock): Promise<EmbeddedStore> {
  const { disk, clock, summarize, log = silentLog, journalOnly = ['system'], alsoThere = [] } = options
  const { segmentBytes = 16 * 1024 * 1024, snapshotEvery = 2000 } = options
  for (const folder of [layout.journal, layout.open, layout.closed]) await disk.makeFolder(folder)
  await syncFolder(disk, layout.folder)
  const fuse = createFuse(options.onFatal)
  const archive = createArchive({
    disk,
    layout,
    log,
    entryOf: ({ id, events }) => ({ id, ...summarize(id, eventsOf(events)) }),
    closedInJournal: () => closedInJournal(disk, layout),
  })
  const recovered = await recover({ disk, layout, archive, journalOnly, alsoThere })
  for (const problem of recovered.problems) log.warn(problem, 'Something in the data folder was not as it was left.')
  archive.expect(recovered.closed)
  const size = await repair(disk, layout, recovered)
  const snapshots = new Snapshots({ clock, log, fuse, every: snapshotEvery })
  const onSealed = () => void snapshots.flush()
  const journal = new Journal({ disk, clock, layout, log, fuse, segmentBytes, onSealed }, { ...recovered.start, size })
  await journal.open(recovered.begin)
  const parts = { disk, layout, log, fuse, archive, journal, snapshots, summarize }
  const keeper = new Keeper(parts)
  try {
    for (const one of recovered.whole) await takeUp(parts, keeper, one)
  } catch (error) {
    await journal.stop()
    throw error
  }
  return new Embedded({ ...parts, keeper, lock, journalOnly }, recovered)
}

/** What was open goes on; what was being closed is finished. */
async function takeUp(parts: KeeperParts, keeper: Keeper, one: Whole): Promise<void> {
  const { id, texts, lastSeq, own, stale, month, closed } = one
  if (month) await parts.archive.moveOut(id, month)
  const held = keeper.hold(id, [...texts], lastSeq, own)
  if (stale) parts.snapshots.mark(held)
  if (closed) await keeper.finishClosing(held, { id, ...closed } as ClosedEntry)
}

interface Parts extends KeeperParts {
  keeper: Keeper
  lock: Lock
  journalOnly: readonly string[]
}

class Embedded implements EmbeddedStore {
  readonly #parts: Parts
  readonly #problems: readonly StoreProblem[]
  readonly #opened: ReadonlyMap<string, readonly Event[]>
  readonly #barred: Map<string, Barred>
  #stopped = false

  constructor(parts: Parts, recovered: Recovered) {
    this.#parts = parts
    this.#problems = recovered.problems
    this.#barred = new Map(recovered.barred)
    const open = recovered.whole.filter((one) => !one.closed)
    this.#opened = new Map(open.map((one) => [one.id, one.events]))
  }

  opened(): ReadonlyMap<string, readonly Event[]> {
    return this.#opened
  }

  problems(): readonly StoreProblem[] {
    return this.#problems
  }

  head(): { seq: number; hash: string } {
    return this.#parts.journal.last
  }

  async append(id: string, events: readonly Event[]): Promise<void> {
    this.#refuseUnfit(id)
    const texts = events.map((event) => canonicalText(parsed(event)))
    if (texts.length === 0) return
    const { journal, keeper } = this.#parts
    if (this.#isJournalOnly(id)) await journal.add({ id, kind: 'event', texts, kept: () => undefined })
    else await this.#orEnd(keeper.add(id, texts, events[0]?.type === 'requested'))
  }

  async history(id: string): Promise<readonly Event[] | undefined> {
    requireId(id)
    const { disk, layout } = this.#parts
    const texts = this.#isJournalOnly(id)
      ? (await findInJournal(disk, layout, id))?.document.events
      : (await this.told(id))?.texts
    return texts && eventsOf(texts)
  }

  async told(id: string): Promise<Told | undefined> {
    requireId(id)
    const barred = this.#barred.get(id)
    if (barred) throw new Error(`Offboarding ${id}: ${barred.fact}`)
    const { keeper, journal } = this.#parts
    const found = await this.#orEnd(keeper.told(id))
    return found && { texts: found.texts, seq: found.lastSeq, head: found.own, newest: journal.last }
  }

  async close(id: string): Promise<void> {
    this.#refuseUnfit(id)
    await this.#orEnd(this.#parts.keeper.close(id))
  }

  async closed(limit: number): Promise<readonly ClosedEntry[]> {
    const { archive, keeper } = this.#parts
    return this.#orEnd(archive.list(limit, (id) => keeper.has(id)))
  }

  async flush(): Promise<void> {
    await this.#parts.snapshots.flush()
  }

  async accept(id: string, decision: { by: string; note: string }): Promise<void> {
    const barred = this.#barred.get(id)
    if (!barred) throw new Error(`Offboarding ${id} is not held back; there is nothing to accept.`)
    if (barred.texts.length === 0) throw new Error(`Nothing is left of offboarding ${id}; IT restores a backup.`)
    eventsOf(barred.texts) // Rejects what could not be read at the next start either.
    const { journal, keeper, snapshots } = this.#parts
    const own = ownsOf(id, barred.texts).at(-1)!
    let lastSeq = 0
    const kept = (seq: number) => {
      lastSeq = seq
    }
    await journal.add({ id, kind: 'decided', texts: [canonicalText({ ...decision, own })], own, kept })
    await snapshots.write(keeper.hold(id, [...barred.texts], lastSeq, own))
    this.#barred.delete(id)
  }

  verify(): Promise<Verified> {
    const { disk, layout } = this.#parts
    return verifyJournal(layout.folder, disk)
  }

  async stop(): Promise<void> {
    if (this.#stopped) return
    this.#stopped = true
    const { journal, keeper, snapshots, fuse, lock } = this.#parts
    try {
      await keeper.settled()
      await snapshots.stop()
      await journal.stop()
      if (!fuse.blown) await snapshots.flush()
    } finally {
      await lock.release()
    }
  }

  /** A sync that failed anywhere ends the store. */
  async #orEnd<T>(work: Promise<T>): Promise<T> {
    try {
      return await work
    } catch (error) {
      throw error instanceof SyncFailed ? this.#parts.fuse.blow(error) : error
    }
  }

  #isJournalOnly(id: string): boolean {
    return this.#parts.journalOnly.includes(id)
  }

  #refuseUnfit(id: string): void {
    requireId(id)
    const { fuse } = this.#parts
    if (fuse.blown) throw fuse.blown
    if (this.#stopped) throw new Error('The store is stopped; nothing more is kept.')
    const barred = this.#barred.get(id)
    if (barred) throw new Error(`Offboarding ${id}: ${barred.fact}`)
  }
}

function parsed(event: Event): Event {
  const read = Event.safeParse(event)
  if (read.success) return read.data
  throw new Error(`This is no event that can be kept (${z.prettifyError(read.error)}). Nothing was kept.`)
}
