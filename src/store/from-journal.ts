/** Reading the whole journal: for an offboarding whose document was lost, or for the list of what was closed. Slow. */
import type { ClosedEntry } from '../offboarding/ledger.ts'
import type { Disk } from './disk.ts'
import { type Document, ownsOf } from './document.ts'
import type { Layout } from './layout.ts'
import { Begin, Decided, genesis, idInDamaged, nextOwn, Summary } from './line.ts'
import { segmentNumbers } from './look-back.ts'
import { isFlaw, type PlacedLine, readSegment, type Segment } from './segment.ts'

export interface FoundInJournal {
  document: Document
  /** Every line names the head before it, and no damage after the last of them may hide one more. */
  whole: boolean
  /** The line that closed it is there: nothing can be missing at its end. */
  closed: boolean
  /** The newest sound line of the whole journal. */
  newest: { seq: number; hash: string }
}

interface Search {
  id: string
  events: PlacedLine[]
  own: string
  /** The number of the last entry of its own. */
  lastSeq: number
  seq: number
  newest: { seq: number; hash: string }
  /** Its own chain is unbroken so far. */
  chained: boolean
  /** Damage since its last line may hide one of its own. */
  doubt: boolean
  closed: boolean
}

export async function findInJournal(disk: Disk, layout: Layout, id: string): Promise<FoundInJournal | undefined> {
  const search = begin(id)
  const numbers = await segmentNumbers({ disk, layout })
  for (const number of numbers) {
    const segment = await readSegment(disk, layout, number)
    if (segment) walk(search, segment, number === numbers.at(-1))
  }
  if (search.events.length === 0) return undefined
  const texts = search.events.map((line) => line.text)
  const head = ownsOf(id, texts).at(-1)!
  const document: Document = { version: 1, id, lastSeq: search.lastSeq, head, events: texts }
  const whole = search.chained && search.own === head && (search.closed || !search.doubt)
  return { document, whole, closed: search.closed, newest: search.newest }
}

function begin(id: string): Search {
  const newest = { seq: 0, hash: genesis }
  return { id, events: [], own: genesis, lastSeq: 0, seq: 0, newest, chained: true, doubt: false, closed: false }
}

/** Everything that is closed, in the order of closing. */
export async function closedInJournal(disk: Disk, layout: Layout): Promise<ClosedEntry[]> {
  const closed = new Map<string, ClosedEntry>()
  for (const number of await segmentNumbers({ disk, layout })) {
    for (const item of (await readSegment(disk, layout, number))?.items ?? []) {
      if (isFlaw(item) || item.kind === 'begin') continue
      closed.delete(item.id)
      if (item.kind === 'closed') closed.set(item.id, { id: item.id, ...Summary.parse(item.body) } as ClosedEntry)
    }
  }
  return [...closed.values()]
}

function walk(search: Search, segment: Segment, isNewest: boolean): void {
  for (const item of segment.items) {
    if (!isFlaw(item)) {
      take(search, item)
      continue
    }
    search.seq += 1
    const named = idInDamaged(item.text)
    if (!named || named === search.id) search.doubt = true
  }
  if (segment.torn && !isNewest) search.doubt = true
}

function take(search: Search, line: PlacedLine): void {
  // Damaged lines have had their numbers counted; this is for lines that are gone without a trace.
  if (line.seq !== search.seq + 1) search.doubt = true
  search.seq = line.seq
  search.newest = { seq: line.seq, hash: line.hash }
  if (line.kind === 'begin' && Begin.parse(line.body).heads[search.id]?.own === search.own) search.doubt = false
  if (line.id !== search.id || line.kind === 'begin') return
  if (line.kind !== 'decided' && line.prevOwn !== search.own) search.chained = false
  if (line.kind === 'decided') search.own = Decided.parse(line.body).own
  if (line.kind === 'event') {
    search.own = nextOwn(line.prevOwn, search.id, line.text)
    search.events.push(line)
  }
  if (line.kind !== 'closed') search.lastSeq = line.seq
  search.closed = line.kind === 'closed'
  search.doubt = false
}
