/**
 * What the journal says, from one segment on: where each open offboarding stood when that segment began, what came
 * after, and which entries are damaged or gone. Pure.
 */
import type { z } from 'zod'
import { Begin, Decided, genesis, type Head, idInDamaged, nextOwn, Summary } from './line.ts'
import { type Flaw, isFlaw, type PlacedLine, type Segment } from './segment.ts'

export type Closed = z.infer<typeof Summary>

export interface Point {
  seq: number
  prevOwn: string
  own: string
  /** The event as canonical JSON. */
  text: string
  where: string
}

export interface Track {
  /** Where it stood when the view began; absent for one that began later. */
  base?: Head
  points: Point[]
  closed?: Closed
  /** Heads that later segments count on: each must be among its entries. */
  counted: (Head & { where: string })[]
}

/** Entries with these numbers cannot be read; `named` is whose they were, where that is still legible. */
export interface Doubt {
  from: number
  to: number
  named?: string
  where: string
}

export interface View {
  /** The number of the oldest segment in it. */
  first: number
  /** Whether the oldest segment says how things stood when it began. */
  grounded: boolean
  tracks: Map<string, Track>
  doubts: Doubt[]
  /** Everything unsound in it, for people. */
  flaws: Flaw[]
  last: { seq: number; hash: string }
  /** The oldest segment whose damage somebody still has to decide about, as the newest segment says. */
  flawed?: number
  /** Entry numbers that no sound line carries. */
  lost: { from: number; to: number }[]
}

/** `segments`: without a gap in their numbers, oldest first. */
export function viewOf(segments: readonly Segment[]): View {
  const first = segments[0]?.number ?? 1
  const view: View = {
    first,
    grounded: first === 1,
    tracks: new Map(),
    doubts: [],
    flaws: [],
    last: { seq: 0, hash: genesis },
    lost: [],
  }
  const walk: Walk = { view, pending: [], started: first === 1 }
  for (const segment of segments) {
    if (!beginsWell(segment)) note(walk, { file: segment.file, line: 1, fact: noBeginning, text: '' })
    for (const item of segment.items) {
      if (isFlaw(item)) note(walk, item)
      else take(walk, item, segment)
    }
  }
  settle(walk, view.last.seq + walk.pending.length)
  view.last.seq += walk.pending.length
  return view
}

interface Walk {
  view: View
  /** Damaged lines since the last sound one. */
  pending: Flaw[]
  /** Whether the number and hash to follow are known. */
  started: boolean
}

const noBeginning = 'is missing: a segment begins with a line that says where everything stands'

/** A segment appears together with its first line; without it, lines are gone. */
function beginsWell({ items }: Segment): boolean {
  const first = items[0]
  return first !== undefined && (isFlaw(first) || first.kind === 'begin')
}

function note(walk: Walk, flaw: Flaw): void {
  walk.view.flaws.push(flaw)
  walk.pending.push(flaw)
}

function take(walk: Walk, line: PlacedLine, segment: Segment): void {
  const { view } = walk
  if (walk.started && !follows(walk, line)) return
  if (walk.pending.length > 0) settle(walk, line.seq - 1)
  walk.pending = []
  view.last = { seq: line.seq, hash: line.hash }
  if (line.kind === 'begin') begin(walk, line, segment)
  else if (line.kind === 'event') addPoint(view, line)
  else if (line.kind === 'closed') addClosing(view, line)
  else restart(view, line)
  walk.started = true
}

/** Says what is wrong where a sound line does not follow the one before; false where it is to be left out. */
function follows(walk: Walk, line: PlacedLine): boolean {
  const { view, pending } = walk
  const { seq, hash } = view.last
  const place = `${line.file} line ${line.line}`
  if (line.seq <= seq) {
    view.flaws.push({ file: line.file, line: line.line, fact: `repeats entry ${line.seq}`, text: '' })
    return false
  }
  if (pending.length > 0) return true
  if (line.seq === seq + 1 && line.prev === hash) return true
  if (line.seq > seq + 1) {
    const fact = `does not follow the line before: entries ${seq + 1} to ${line.seq - 1} are missing`
    view.flaws.push({ file: line.file, line: line.line, fact, text: '' })
    view.lost.push({ from: seq + 1, to: line.seq - 1 })
    view.doubts.push({ from: seq + 1, to: line.seq - 1, where: `before ${place}` })
    return true
  }
  const fact = `does not follow the line before: entry ${seq} was replaced`
  view.flaws.push({ file: line.file, line: line.line, fact, text: '' })
  view.doubts.push({ from: seq, to: seq, where: `before ${place}` })
  return true
}

/** Damaged lines take the numbers between their sound neighbours. */
function settle(walk: Walk, to: number): void {
  const { view, pending } = walk
  if (pending.length === 0) return
  const from = view.last.seq + 1
  if (walk.started && to >= from) view.lost.push({ from, to })
  // Where more numbers are missing than lines are damaged, no line says for all of them whose they were.
  const alike = to - from < pending.length
  for (const flaw of pending) {
    const named = alike ? idInDamaged(flaw.text) : undefined
    const where = `${flaw.file} line ${flaw.line}`
    view.doubts.push({ from: walk.started ? from : 1, to, where, ...(named ? { named } : {}) })
  }
}

function trackOf(view: View, id: string): Track {
  const known = view.tracks.get(id)
  if (known) return known
  const track: Track = { points: [], counted: [] }
  view.tracks.set(id, track)
  return track
}

function addPoint(view: View, line: PlacedLine): void {
  const track = trackOf(view, line.id)
  const own = nextOwn(line.prevOwn, line.id, line.text)
  const where = `${line.file} line ${line.line}`
  track.points.push({ seq: line.seq, prevOwn: line.prevOwn, own, text: line.text, where })
  delete track.closed
}

function addClosing(view: View, line: PlacedLine): void {
  const track = trackOf(view, line.id)
  track.closed = Summary.parse(line.body)
  track.counted.push({ seq: line.seq, own: line.prevOwn, where: `${line.file} line ${line.line}` })
}

/** A person accepted what is left of it: everything before is settled. */
function restart(view: View, line: PlacedLine): void {
  const { own } = Decided.parse(line.body)
  view.tracks.set(line.id, { base: { seq: line.seq, own }, points: [], counted: [] })
}

function begin(walk: Walk, line: PlacedLine, segment: Segment): void {
  const { view } = walk
  const { heads, flawed } = Begin.parse(line.body)
  if (!walk.started && segment.number === view.first) {
    view.grounded = line.line === 1
    for (const [id, head] of Object.entries(heads)) {
      const { seq, own, closed } = head
      view.tracks.set(id, { base: { seq, own }, points: [], counted: [], ...(closed ? { closed } : {}) })
    }
  }
  if (flawed === undefined) {
    // Written from a sound memory: what it counts is all there is, so older damage raises no doubt about the rest.
    const where = `${line.file} line ${line.line}`
    for (const [id, { seq, own }] of Object.entries(heads)) trackOf(view, id).counted.push({ seq, own, where })
    view.doubts = []
    delete view.flawed
    return
  }
  view.flawed = flawed
}

/** The end of the journal is gone: a document holds entries, up to `seq`, that it had kept and has no more. */
export function endsTooEarly(view: View, file: string, seq: number, document: string): void {
  const from = view.last.seq + 1
  const fact = `ends with entry ${view.last.seq}, but ${document} holds entry ${seq}: the entries after it were lost`
  view.flaws.push({ file, line: 0, fact, text: '' })
  view.lost.push({ from, to: seq })
  view.doubts.push({ from, to: seq, where: `the lost end of ${file}` })
  view.last.seq = seq
}
