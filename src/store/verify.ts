/** Checking the whole journal, line by line and from its first; on its own feet, not through what start-up thinks. */
import type { Disk } from './disk.ts'
import { layoutOf, segmentName } from './layout.ts'
import { Begin, Decided, genesis, idInDamaged, nextOwn } from './line.ts'
import { type Copy, readCopies, segmentNumbers } from './look-back.ts'
import { type Flaw, isFlaw, type PlacedLine, readSegment, type Segment } from './segment.ts'

export interface Verified {
  segments: number
  /** Lines that are sound in themselves. */
  entries: number
  /** The newest of them. Compare it with what an anchor outside holds: an end that was cut off leaves no other trace. */
  head: { seq: number; hash: string }
  /** The first thing that is wrong. */
  bad?: BadEntry
  /** The last line has no end yet: it is being written, or a crash cut it short. */
  unfinished?: { file: string; line: number; bytes: number }
}

export interface BadEntry {
  file: string
  /** 0: the file as a whole. */
  line: number
  /** Where that line begins in the file, in bytes. */
  byte?: number
  /** The number it has, or was to have. */
  seq?: number
  /** Whose it is, where that can still be read. */
  offboarding?: string
  fact: string
}

/** One entry that is sound in itself, as others may have noted it elsewhere. */
export interface Entry {
  seq: number
  hash: string
  id: string
  /** The end of the own chain of `id` with it, where it belongs to one. */
  own?: string
}

interface Walk {
  verified: Verified
  owns: Map<string, { seq: number; own: string }>
  open: Set<string>
  notice: (entry: Entry) => void
}

/** `folder`: the data folder. Reads only; may run beside the process that writes. `notice` hears each sound entry. */
export async function verifyJournal(
  folder: string,
  disk: Disk,
  notice: (entry: Entry) => void = () => undefined,
): Promise<Verified> {
  const layout = layoutOf(folder)
  // Before the journal: what a document holds was durable there when it was written.
  const copies = await readCopies({ disk, layout })
  const numbers = await segmentNumbers({ disk, layout })
  const newest = numbers.at(-1) ?? 0
  const verified: Verified = { segments: numbers.length, entries: 0, head: { seq: 0, hash: genesis } }
  if (newest === 0) verified.bad = { file: 'journal', line: 0, fact: 'there is no journal in this folder' }
  const walk: Walk = { verified, owns: new Map(), open: new Set(), notice }
  for (let number = 1; number <= newest; number += 1) {
    const segment = await readSegment(disk, layout, number)
    if (!segment) verified.bad ??= { file: `journal/${segmentName(number)}`, line: 0, fact: 'is missing' }
    else verifySegment(walk, segment, number === newest)
  }
  const lost = lostEnd(walk, copies)
  if (lost) verified.bad ??= lost
  return verified
}

/** A document that is ahead of the journal proves what the chain cannot: that whole lines were cut off its end. */
function lostEnd({ verified, owns }: Walk, copies: ReadonlyMap<string, Copy>): BadEntry | undefined {
  const { seq } = verified.head
  for (const [id, { document, file }] of copies) {
    const last = owns.get(id)
    if (!document || !last || document.lastSeq <= seq || !document.owns.includes(last.own)) continue
    const fact = `ends with entry ${seq}, but ${file} holds entry ${document.lastSeq}: the entries after it were lost`
    return { file: 'journal', line: 0, offboarding: id, fact }
  }
  return undefined
}

function verifySegment(walk: Walk, segment: Segment, isNewest: boolean): void {
  const { verified } = walk
  const { file } = segment
  if (segment.items.length === 0 && !segment.torn) verified.bad ??= { file, line: 0, fact: 'is empty' }
  for (const [index, item] of segment.items.entries()) {
    const fact = isFlaw(item) ? item.fact : wrongWith(walk, item, segment.number)
    if (fact) verified.bad ??= { file, line: index + 1, byte: segment.offsets[index] ?? 0, ...about(walk, item), fact }
    if (!isFlaw(item)) follow(walk, item)
  }
  if (segment.torn) verifyEnd(verified, segment, segment.torn, isNewest)
  if (segment.unterminated) endsOpen(verified, { file, line: segment.items.length, bytes: 0 }, isNewest)
}

/** Its number and whose it is; of what cannot be read any more, as far as its place and its remains tell. */
function about({ verified }: Walk, item: PlacedLine | Flaw): Pick<BadEntry, 'seq' | 'offboarding'> {
  if (!isFlaw(item)) return { seq: item.seq, ...(item.kind === 'begin' ? {} : { offboarding: item.id }) }
  const named = idInDamaged(item.text)
  // The first line of a segment names the segment there.
  const isOne = named !== undefined && !/^\d+$/.test(named)
  return { seq: verified.head.seq + 1, ...(isOne ? { offboarding: named } : {}) }
}

function verifyEnd(
  verified: Verified,
  { file }: Segment,
  torn: { line: number; offset: number; bytes: Buffer },
  isNewest: boolean,
) {
  const { line, offset, bytes } = torn
  const isOneLine = !bytes.includes(0x0a)
  if (isOneLine) return endsOpen(verified, { file, line, bytes: bytes.length }, isNewest)
  verified.bad ??= { file, line, byte: offset, seq: verified.head.seq + 1, fact: 'is not JSON' }
}

function endsOpen(verified: Verified, unfinished: NonNullable<Verified['unfinished']>, isNewest: boolean): void {
  const { file, line } = unfinished
  if (isNewest) verified.unfinished = unfinished
  else verified.bad ??= { file, line, fact: 'has no end, and it is not the newest segment' }
}

function wrongWith(walk: Walk, line: PlacedLine, number: number): string | undefined {
  const { head } = walk.verified
  if (line.seq !== head.seq + 1) return `is entry ${line.seq}; entry ${head.seq + 1} was to come`
  if (line.prev !== head.hash) return `does not follow entry ${head.seq}: the hash of the entry before differs`
  if ((line.kind === 'begin') !== (line.line === 1))
    return 'a segment begins with one line that says where everything stands'
  if (line.kind === 'begin') return wrongBeginning(walk, line, number)
  const own = walk.owns.get(line.id)?.own ?? genesis
  if (line.prevOwn !== own) return `does not follow the last entry of ${line.id}`
  return undefined
}

function wrongBeginning(walk: Walk, line: PlacedLine, number: number): string | undefined {
  const read = Begin.safeParse(line.body)
  if (!read.success || line.id !== String(number)) return `is not the beginning of segment ${number}`
  const { heads } = read.data
  for (const [id, { seq, own }] of Object.entries(heads)) {
    const known = walk.owns.get(id)
    if (known?.own !== own || known.seq !== seq) return `says that ${id} stands at entry ${seq}, which it does not`
  }
  const left = [...walk.open].find((id) => !Object.hasOwn(heads, id))
  return left && `leaves out ${left}, which was open`
}

function follow(walk: Walk, line: PlacedLine): void {
  const { verified, owns, open } = walk
  const { seq, hash, id, kind } = line
  verified.entries += 1
  verified.head = { seq, hash }
  if (kind === 'closed') open.delete(id)
  if (kind !== 'event' && kind !== 'decided') return walk.notice({ seq, hash, id })
  const read = kind === 'event' ? nextOwn(line.prevOwn, id, line.text) : Decided.safeParse(line.body).data?.own
  const own = read ?? genesis
  owns.set(id, { seq, own })
  open.add(id)
  walk.notice({ seq, hash, id, own })
}
