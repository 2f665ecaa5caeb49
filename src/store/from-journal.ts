/** Reading one offboarding out of the whole journal: for what has no document, or whose document was lost. Slow. */
import type { Disk } from './disk.ts'
import { type Document, ownsOf } from './document.ts'
import type { Layout } from './layout.ts'
import { Begin, Decided, genesis, idInDamaged, nextOwn } from './line.ts'
import { segmentNumbers } from './look-back.ts'
import { isFlaw, type PlacedLine, readSegment, type Segment } from './segment.ts'

export interface FoundInJournal {
  document: Document
  /** Every line names the head before it, and no damage after the last of them may hide one more. */
  whole: boolean
  /** The line that closed it is there: nothing can be missing at its end. */
  closed: boolean
}

interface Search {
  id: string
  events: PlacedLine[]
  own: string
  seq: number
  /** Its own chain is unbroken so far. */
  chained: boolean
  /** Damage since its last line may hide one of its own. */
  doubt: boolean
  closed: boolean
}

export async function findInJournal(disk: Disk, layout: Layout, id: string): Promise<FoundInJournal | undefined> {
  const search: Search = { id, events: [], own: genesis, seq: 0, chained: true, doubt: false, closed: false }
  const numbers = await segmentNumbers({ disk, layout })
  for (const number of numbers) {
    const segment = await readSegment(disk, layout, number)
    if (segment) walk(search, segment, number === numbers.at(-1))
  }
  const last = search.events.at(-1)
  if (!last) return undefined
  const texts = search.events.map((line) => line.text)
  const head = ownsOf(id, texts).at(-1)!
  const document: Document = { version: 1, id, lastSeq: last.seq, head, events: texts }
  const whole = search.chained && search.own === head && (search.closed || !search.doubt)
  return { document, whole, closed: search.closed }
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
  if (line.kind === 'begin' && Begin.parse(line.body).heads[search.id]?.own === search.own) search.doubt = false
  if (line.id !== search.id || line.kind === 'begin') return
  if (line.kind !== 'decided' && line.prevOwn !== search.own) search.chained = false
  if (line.kind === 'decided') search.own = Decided.parse(line.body).own
  if (line.kind === 'event') {
    search.own = nextOwn(line.prevOwn, search.id, line.text)
    search.events.push(line)
  }
  search.closed = line.kind === 'closed'
  search.doubt = false
}
