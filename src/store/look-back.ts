/**
 * What start-up reads: open/ and the newest segment; older segments only where something is lost or damaged.
 * Changes nothing on the disk.
 */
import { join } from 'node:path'
import { type Archive, Unreadable } from './archive.ts'
import { codeOf, type Disk } from './disk.ts'
import { documentAdapter, type ReadDocument } from './document.ts'
import { reasonOf } from './fuse.ts'
import { documentId, type Layout, segmentNumber } from './layout.ts'
import { type Match, match } from './match.ts'
import { readSegment, type Segment } from './segment.ts'
import { endsTooEarly, type Track, type View, viewOf } from './view.ts'

export interface LookOptions {
  disk: Disk
  layout: Layout
  archive: Archive
  /** Ids that have no document of their own. */
  journalOnly: readonly string[]
  /** Names at the top that others keep there. */
  alsoThere: readonly string[]
}

/** A document as found. */
export interface Copy {
  file: string
  document?: ReadDocument
  unreadable?: string
  /** Where it lies, if it is one that was opened again and not yet moved. */
  month?: string
}

export interface Look {
  view: View
  segments: readonly Segment[]
  matches: ReadonlyMap<string, Match>
}

/** Goes back, segment by segment, until everything open is told from its beginning or from a document that fits. */
export async function lookBack(
  options: LookOptions,
  numbers: readonly number[],
  copies: Map<string, Copy>,
): Promise<Look> {
  const segments: Segment[] = []
  for (;;) {
    const number = olderThan(segments, numbers)
    const segment = number && (await readSegment(options.disk, options.layout, number))
    if (segment) segments.unshift(segment)
    const mayExtend = olderThan(segments, numbers) !== undefined
    const look = await lookAt(options, segments, copies, mayExtend)
    if (!mayExtend || isEnough(look)) return look
  }
}

/** The segment before these; without any, the newest. A missing file ends the way back. */
function olderThan(segments: readonly Segment[], numbers: readonly number[]): number | undefined {
  const oldest = segments[0]
  if (!oldest) return numbers.at(-1)
  return numbers.includes(oldest.number - 1) ? oldest.number - 1 : undefined
}

function isEnough({ view, matches }: Look): boolean {
  if (!view.grounded) return false
  if (view.flawed !== undefined && view.first > view.flawed) return false
  return ![...matches.values()].some((one) => one.kind === 'older')
}

async function lookAt(
  options: LookOptions,
  segments: readonly Segment[],
  copies: Map<string, Copy>,
  mayExtend: boolean,
): Promise<Look> {
  const view = viewOf(segments)
  findLostEnd(view, segments, copies)
  const matches = matchAll(view, copies, options.journalOnly, mayExtend)
  const wanting = [...matches].filter(([, one]) => one.kind !== 'whole').map(([id]) => id)
  const found = await findInClosed(options.archive, wanting, copies)
  return { view, segments, matches: found ? matchAll(view, copies, options.journalOnly, mayExtend) : matches }
}

function matchAll(view: View, copies: Map<string, Copy>, journalOnly: readonly string[], mayExtend: boolean) {
  const matches = new Map<string, Match>()
  for (const id of new Set([...view.tracks.keys(), ...copies.keys()])) {
    const track = view.tracks.get(id)
    const copy = copies.get(id)
    // Closed, and its document has been moved: nothing of it is needed.
    if (journalOnly.includes(id) || (track?.closed && !copy)) continue
    matches.set(id, match({ id, ...(track ? { track } : {}), ...copy }, view, mayExtend))
  }
  return matches
}

/** One that was opened again has its document still in closed/, if the process died before it was moved. */
async function findInClosed(archive: Archive, ids: readonly string[], copies: Map<string, Copy>): Promise<boolean> {
  let found = false
  for (const id of ids) {
    if (copies.has(id)) continue
    const copy = await archive.find(id).catch((error) => {
      if (error instanceof Unreadable) return undefined
      throw error
    })
    if (!copy) continue
    copies.set(id, { file: `closed/${copy.month}/${id}.json`, ...copy })
    found = true
  }
  return found
}

/** A document is written only after its entries are durable: one that is ahead proves that the journal lost some. */
function findLostEnd(view: View, segments: readonly Segment[], copies: Map<string, Copy>): void {
  let ahead: { seq: number; file: string } | undefined
  for (const [id, { document, file }] of copies) {
    if (!document || document.lastSeq <= view.last.seq || document.lastSeq <= (ahead?.seq ?? 0)) continue
    if (isOurs(document, view.tracks.get(id))) ahead = { seq: document.lastSeq, file }
  }
  const newest = segments.at(-1)
  if (ahead) endsTooEarly(view, newest?.file ?? 'the journal', ahead.seq, ahead.file)
}

function isOurs(document: ReadDocument, track: Track | undefined): boolean {
  const known = [...(track?.base ? [track.base] : []), ...(track?.points ?? [])]
  return known.some((one) => document.owns.includes(one.own))
}

export async function segmentNumbers({ disk, layout }: Pick<LookOptions, 'disk' | 'layout'>): Promise<number[]> {
  const names = (await disk.list(layout.journal)) ?? []
  return names.flatMap((name) => segmentNumber(name) ?? []).sort((one, other) => one - other)
}

export async function readCopies({ disk, layout }: Pick<LookOptions, 'disk' | 'layout'>): Promise<Map<string, Copy>> {
  const copies = new Map<string, Copy>()
  for (const name of (await disk.list(layout.open)) ?? []) {
    const id = documentId(name)
    if (id) copies.set(id, { file: `open/${name}`, ...(await readCopy(disk, id, join(layout.open, name))) })
  }
  return copies
}

async function readCopy(disk: Disk, id: string, file: string): Promise<Pick<Copy, 'document' | 'unreadable'>> {
  try {
    const document = await documentAdapter(disk, file).read()
    if (!document) return { unreadable: 'it vanished' }
    if (document.id !== id) return { unreadable: `it is about ${document.id}` }
    return { document }
  } catch (error) {
    // The disk itself failing is no verdict about the document.
    if (codeOf(error)) throw error
    return { unreadable: reasonOf(error).slice(0, 200) }
  }
}
