/** The list of what is closed, one line each; read only when somebody asks, and made again where it was lost. */
import { basename } from 'node:path'
import { z } from 'zod'
import type { Log } from '../log.ts'
import type { ClosedEntry } from '../offboarding/ledger.ts'
import type { Disk } from './disk.ts'
import { replaceFile } from './document.ts'
import { syncFile, syncFolder } from './fuse.ts'
import type { Layout } from './layout.ts'
import { canonicalText, Summary } from './line.ts'

/** By id, oldest first. */
export type Index = Map<string, ClosedEntry>

export interface ClosedIndex {
  all(): Promise<Index>
  add(entry: ClosedEntry): Promise<void>
  /** What the newest part of the journal says is closed: listed too, where a list from a backup is older. */
  expect(entries: readonly ClosedEntry[]): void
}

export interface ClosedIndexOptions {
  disk: Disk
  layout: Layout
  log: Log
  /** Everything that is closed, from wherever else it can be told. Slow. */
  rebuild: () => Promise<readonly ClosedEntry[]>
}

const IndexLine = Summary.extend({ id: z.string() }) as unknown as z.ZodType<ClosedEntry>

export function createClosedIndex(options: ClosedIndexOptions): ClosedIndex {
  const { disk, layout } = options
  let index: Promise<Index> | undefined
  let expected: readonly ClosedEntry[] = []
  /** Whether the list is known to end with a line feed: a crash may have left half a line. */
  let lineEnds = false

  function loaded(): Promise<Index> {
    index ??= load(options).catch((error) => {
      index = undefined
      throw error
    })
    return index
  }

  async function add(entry: ClosedEntry): Promise<void> {
    // One line of its own would pass for the whole list.
    if (!lineEnds && !(await disk.list(layout.folder))?.includes(basename(layout.closedIndex))) await loaded()
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
    add,
    async all() {
      const known = await loaded()
      const missing = expected.filter((one) => !known.has(one.id))
      expected = []
      for (const one of missing) await add(one)
      return known
    },
    expect(entries) {
      expected = entries
    },
  }
}

async function load({ disk, layout, log, rebuild }: ClosedIndexOptions): Promise<Index> {
  const bytes = await disk.read(layout.closedIndex)
  if (!bytes) {
    const entries = await rebuild()
    await replaceFile(disk, layout.closedIndex, entries.map((entry) => `${canonicalText(entry)}\n`).join(''))
    return new Map(entries.map((entry) => [entry.id, entry]))
  }
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
