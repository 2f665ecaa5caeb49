/** Reading one file of the journal: which lines are sound, which are not, and what a torn write left at its end. */
import { isUtf8 } from 'node:buffer'
import type { Disk } from './disk.ts'
import { type Layout, segmentName } from './layout.ts'
import { type BadLine, decodeLine, isBad, type Line } from './line.ts'

export interface Segment {
  number: number
  /** As people find it: journal/000001.jsonl */
  file: string
  /** Sound and unsound lines in the order of the file. */
  items: readonly (PlacedLine | Flaw)[]
  /** Where each of them begins, in bytes. */
  offsets: readonly number[]
  /** Bytes at the end that nobody was told are kept: an unfinished line, or what a power cut left full of holes. */
  torn?: { line: number; offset: number; bytes: Buffer }
  /** The last line is whole but for its line feed. */
  unterminated: boolean
  /** Bytes without what is torn. */
  size: number
}

export interface PlacedLine extends Line {
  file: string
  line: number
}

export interface Flaw {
  file: string
  line: number
  fact: string
  /** What stands there, as far as it is text. */
  text: string
}

interface Piece {
  line: number
  offset: number
  text: string
  read: Line | BadLine
}

const lineFeed = 0x0a

export async function readSegment(disk: Disk, layout: Layout, number: number): Promise<Segment | undefined> {
  const bytes = await disk.read(layout.segment(number))
  return bytes ? scanSegment(bytes, `journal/${segmentName(number)}`, number) : undefined
}

export function scanSegment(bytes: Buffer, file: string, number: number): Segment {
  const pieces = piecesOf(bytes)
  const unfinished = bytes.length > 0 && bytes.at(-1) !== lineFeed
  const whole = wholeOf(pieces, bytes, unfinished)
  const first = pieces[whole]
  const items = pieces.slice(0, whole).map((piece) => placed(piece, file))
  const size = first ? first.offset : bytes.length
  const offsets = pieces.slice(0, whole).map((piece) => piece.offset)
  const last = pieces[whole - 1]
  const unterminated = unfinished && !first && last !== undefined && !isBad(last.read)
  const segment: Segment = { number, file, items, offsets, unterminated, size }
  if (first) segment.torn = { line: first.line, offset: first.offset, bytes: bytes.subarray(first.offset) }
  return segment
}

/**
 * How many pieces are more than a torn write. A write that was cut short leaves no line feed at its end, or, where the
 * machine lost power, holes full of zeros; a line that is merely not JSON was whole once, acknowledged, and changed.
 */
function wholeOf(pieces: readonly Piece[], bytes: Buffer, unfinished: boolean): number {
  const end = pieces.length - (unfinished && isTorn(pieces.at(-1)!, bytes) ? 1 : 0)
  let first = end
  while (first > 0 && (pieces[first - 1]!.text === '' || isNotJson(pieces[first - 1]!))) first -= 1
  const tail = bytes.subarray(pieces[first]?.offset ?? bytes.length, pieces[end]?.offset ?? bytes.length)
  if (tail.includes(hole)) return first
  let whole = end
  while (whole > 0 && pieces[whole - 1]!.text === '') whole -= 1
  return whole
}

/** A single changed bit makes at most one zero. */
const hole = Buffer.alloc(2)

/** Without a line feed. An entry that is whole but for one byte more had one: that is what was changed. */
function isTorn({ read, offset }: Piece, bytes: Buffer): boolean {
  return isBad(read) && isBad(decodeLine(bytes.subarray(offset, -1).toString('utf8')))
}

function isNotJson({ read }: Piece): boolean {
  return isBad(read) && read.notJson === true
}

function placed(piece: Piece, file: string): PlacedLine | Flaw {
  const { read, line, text } = piece
  return isBad(read) ? { file, line, fact: read.fact, text } : { ...read, file, line }
}

function piecesOf(bytes: Buffer): Piece[] {
  const pieces: Piece[] = []
  const sound = isUtf8(bytes)
  let offset = 0
  while (offset < bytes.length) {
    const end = bytes.indexOf(lineFeed, offset)
    const part = bytes.subarray(offset, end === -1 ? bytes.length : end)
    const text = part.toString('utf8')
    // Bytes that are not UTF-8 read as U+FFFD, which a hash over the text could not tell from a true one.
    const read = sound || isUtf8(part) ? decodeLine(text) : { fact: 'is not UTF-8 text', notJson: true as const }
    pieces.push({ line: pieces.length + 1, offset, text, read })
    offset = end === -1 ? bytes.length : end + 1
  }
  return pieces
}

export function isFlaw(item: PlacedLine | Flaw): item is Flaw {
  return 'fact' in item
}
