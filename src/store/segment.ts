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
  /** Bytes at the end that nobody was told are kept: an unfinished line, or lines that are not even JSON. */
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
  let whole = pieces.length
  while (whole > 0 && isTorn(pieces[whole - 1]!, unfinished && whole === pieces.length)) whole -= 1
  const first = pieces[whole]
  const items = pieces.slice(0, whole).map((piece) => placed(piece, file))
  const size = first ? first.offset : bytes.length
  const segment: Segment = { number, file, items, unterminated: unfinished && !first, size }
  if (first) segment.torn = { line: first.line, offset: first.offset, bytes: bytes.subarray(first.offset) }
  return segment
}

function isTorn(piece: Piece, unfinished: boolean): boolean {
  if (!isBad(piece.read)) return false
  return unfinished || piece.read.notJson === true
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
