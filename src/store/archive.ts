/** What is over: closed/2026-11/<id>.json, and a list of them that is read only when somebody asks. */
import { join } from 'node:path'
import type { Log } from '../log.ts'
import type { ClosedEntry } from '../offboarding/ledger.ts'
import { createClosedIndex } from './closed-index.ts'
import { codeOf, type Disk } from './disk.ts'
import { documentAdapter, type ReadDocument } from './document.ts'
import { reasonOf, syncFolder } from './fuse.ts'
import { documentId, isMonth, type Layout } from './layout.ts'

export interface Archive {
  /** Throws `Unreadable` where the file is there and is no sound document. */
  find(id: string): Promise<{ month: string; document: ReadDocument } | undefined>
  /** Lists it and moves its document from open/ here. Harmless to repeat. */
  moveIn(entry: ClosedEntry): Promise<void>
  /** Back to open/. */
  moveOut(id: string, month: string): Promise<void>
  /** What the newest part of the journal says is closed: listed too, where a list from a backup is older. */
  expect(entries: readonly ClosedEntry[]): void
  /** Newest first, each once, without those that `leaveOut` names. */
  list(limit: number, leaveOut: (id: string) => boolean): Promise<readonly ClosedEntry[]>
  entry(id: string): Promise<ClosedEntry | undefined>
}

export class Unreadable extends Error {
  override name = 'Unreadable'
  readonly file: string
  readonly month: string

  constructor(file: string, month: string, cause: unknown) {
    super(`${file} is damaged (${reasonOf(cause)}).`, { cause })
    this.file = file
    this.month = month
  }
}

export interface ArchiveOptions {
  disk: Disk
  layout: Layout
  log: Log
  /** Makes the entry of a closed one again from its document, where the list was lost. */
  entryOf: (document: ReadDocument) => ClosedEntry
  /** What the whole journal says is closed. Slow; asked only where the list was lost. */
  closedInJournal: () => Promise<readonly ClosedEntry[]>
}

export function createArchive(options: ArchiveOptions): Archive {
  const { disk, layout, log } = options
  const index = createClosedIndex({ disk, layout, log, rebuild: () => rebuild(options) })
  return {
    async find(id) {
      for (const month of await monthsOf(options)) {
        const document = await readDocument(disk, layout.closedDocument(month, id), month)
        if (document) return { month, document }
      }
      return undefined
    },
    async moveIn(entry) {
      await index.add(entry)
      const month = entry.closedAt.slice(0, 7)
      const folder = join(layout.closed, month)
      await disk.makeFolder(folder)
      await syncFolder(disk, layout.closed)
      await disk.rename(layout.document(entry.id), layout.closedDocument(month, entry.id))
      // First where it is now: were only its going on disk, a power cut would leave it nowhere.
      await syncFolder(disk, folder)
      await syncFolder(disk, layout.open)
    },
    async moveOut(id, month) {
      await disk.rename(layout.closedDocument(month, id), layout.document(id))
      await syncFolder(disk, layout.open)
      await syncFolder(disk, join(layout.closed, month))
    },
    expect: (entries) => index.expect(entries),
    async list(limit, leaveOut) {
      const entries = [...(await index.all()).values()].filter((entry) => !leaveOut(entry.id))
      return entries.slice(Math.max(0, entries.length - limit)).reverse()
    },
    async entry(id) {
      return (await index.all()).get(id)
    },
  }
}

async function readDocument(disk: Disk, file: string, month: string): Promise<ReadDocument | undefined> {
  try {
    return (await documentAdapter(disk, file).read()) ?? undefined
  } catch (error) {
    if (codeOf(error)) throw error
    throw new Unreadable(file, month, error)
  }
}

/** Newest first. */
async function monthsOf({ disk, layout }: ArchiveOptions): Promise<string[]> {
  const names = (await disk.list(layout.closed)) ?? []
  return names.filter(isMonth).reverse()
}

/** The list was lost: made again from the documents, and from the journal for those whose document was lost too. */
async function rebuild(options: ArchiveOptions): Promise<readonly ClosedEntry[]> {
  const { disk, layout, log } = options
  const found = new Map<string, ClosedEntry>()
  for (const entry of await options.closedInJournal()) found.set(entry.id, entry)
  for (const month of await monthsOf(options)) {
    const folder = join(layout.closed, month)
    for (const name of (await disk.list(folder)) ?? []) {
      const id = documentId(name)
      if (!id || found.has(id)) continue
      try {
        const document = await readDocument(disk, join(folder, name), month)
        if (document) found.set(id, options.entryOf(document))
      } catch (error) {
        log.warn({ offboarding: id, file: join(folder, name), error }, 'A closed offboarding cannot be listed.')
      }
    }
  }
  return [...found.values()].sort((one, other) => one.closedAt.localeCompare(other.closedAt))
}
