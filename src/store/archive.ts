/** What is over: closed/2026-11/<id>.json, and a list of them that is read only when somebody asks. */
import { join } from 'node:path'
import { z } from 'zod'
import type { Log } from '../log.ts'
import type { ClosedEntry } from '../offboarding/ledger.ts'
import { codeOf, type Disk } from './disk.ts'
import { documentAdapter, type ReadDocument, replaceFile } from './document.ts'
import { reasonOf, syncFile, syncFolder } from './fuse.ts'
import { documentId, isMonth, type Layout } from './layout.ts'
import { canonicalText, Summary } from './line.ts'

export interface Archive {
  /** Throws `Unreadable` where the file is there and is no sound document. */
  find(id: string): Promise<{ month: string; document: ReadDocument } | undefined>
  /** Lists it and moves its document from open/ here. Harmless to repeat. */
  moveIn(entry: ClosedEntry): Promise<void>
  /** Back to open/. */
  moveOut(id: string, month: string): Promise<void>
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
}

type Index = Map<string, ClosedEntry>

const IndexLine = Summary.extend({ id: z.string() }) as unknown as z.ZodType<ClosedEntry>

export function createArchive(options: ArchiveOptions): Archive {
  const { disk, layout } = options
  let index: Promise<Index> | undefined
  /** Whether the list is known to end with a line feed: a crash may have left half a line. */
  let lineEnds = false

  function loaded(): Promise<Index> {
    index ??= loadIndex(options).catch((error) => {
      index = undefined
      throw error
    })
    return index
  }

  async function enlist(entry: ClosedEntry): Promise<void> {
    const line = canonicalText(entry)
    const file = await disk.openAppend(layout.closedIndex)
    try {
      const isFirst = !lineEnds
      lineEnds = false
      await file.write(Buffer.from(isFirst ? `\n${line}\n` : `${line}\n`))
      await syncFile(file, layout.closedIndex)
      if (isFirst) await syncFolder(disk, layout.folder)
      lineEnds = true
    } finally {
      await file.close()
    }
    const known = await index
    known?.delete(entry.id)
    known?.set(entry.id, entry)
  }

  return {
    async find(id) {
      for (const month of await monthsOf(options)) {
        const document = await readDocument(disk, layout.closedDocument(month, id), month)
        if (document) return { month, document }
      }
      return undefined
    },
    async moveIn(entry) {
      await enlist(entry)
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
    async list(limit, leaveOut) {
      const entries = [...(await loaded()).values()].filter((entry) => !leaveOut(entry.id))
      return entries.slice(Math.max(0, entries.length - limit)).reverse()
    },
    async entry(id) {
      return (await loaded()).get(id)
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

async function loadIndex(options: ArchiveOptions): Promise<Index> {
  const { disk, layout, log } = options
  const bytes = await disk.read(layout.closedIndex)
  if (!bytes) return rebuildIndex(options)
  const index: Index = new Map()
  for (const [number, line] of bytes.toString('utf8').split('\n').entries()) {
    if (line === '') continue
    const entry = entryIn(line)
    if (!entry) {
      log.warn({ file: layout.closedIndex, line: number + 1 }, 'A line of the list of closed offboardings is damaged.')
      continue
    }
    index.delete(entry.id)
    index.set(entry.id, entry)
  }
  return index
}

function entryIn(line: string): ClosedEntry | undefined {
  try {
    return IndexLine.parse(JSON.parse(line))
  } catch {
    return undefined // The caller names the line.
  }
}

/** The list was lost; the documents are all there. Reads each of them once. */
async function rebuildIndex(options: ArchiveOptions): Promise<Index> {
  const { disk, layout, log } = options
  const entries: ClosedEntry[] = []
  for (const month of await monthsOf(options)) {
    const folder = join(layout.closed, month)
    for (const name of (await disk.list(folder)) ?? []) {
      if (!documentId(name)) continue
      try {
        const document = await readDocument(disk, join(folder, name), month)
        if (document) entries.push(options.entryOf(document))
      } catch (error) {
        log.warn({ file: join(folder, name), error }, 'A closed offboarding cannot be listed.')
      }
    }
  }
  entries.sort((one, other) => one.closedAt.localeCompare(other.closedAt))
  if (entries.length > 0)
    await replaceFile(disk, layout.closedIndex, entries.map((entry) => `${canonicalText(entry)}\n`).join(''))
  return new Map(entries.map((entry) => [entry.id, entry]))
}
