/** Reading one offboarding out of the whole journal: for what has no document, or whose document was lost. Slow. */
import type { Disk } from './disk.ts'
import { type Document, ownsOf } from './document.ts'
import type { Layout } from './layout.ts'
import { Decided, genesis, nextOwn } from './line.ts'
import { segmentNumbers } from './look-back.ts'
import { isFlaw, type PlacedLine, readSegment } from './segment.ts'

export interface FoundInJournal {
  document: Document
  /** Whether it is there from its beginning to its closing. */
  whole: boolean
}

export async function findInJournal(disk: Disk, layout: Layout, id: string): Promise<FoundInJournal | undefined> {
  const lines: PlacedLine[] = []
  for (const number of await segmentNumbers({ disk, layout })) {
    const segment = await readSegment(disk, layout, number)
    for (const item of segment?.items ?? []) if (!isFlaw(item) && item.id === id) lines.push(item)
  }
  const events = lines.filter((line) => line.kind === 'event')
  const last = events.at(-1)
  if (!last) return undefined
  const texts = events.map((line) => line.text)
  const head = ownsOf(id, texts).at(-1)!
  const document: Document = { version: 1, id, lastSeq: last.seq, head, events: texts }
  return { document, whole: isWhole(id, lines, head) }
}

/** Every line names the head before it, the closing one too: nothing can be missing between them, nor at the end. */
function isWhole(id: string, lines: readonly PlacedLine[], head: string): boolean {
  let own = genesis
  for (const line of lines) {
    if (line.kind !== 'decided' && line.prevOwn !== own) return false
    if (line.kind === 'event') own = nextOwn(own, id, line.text)
    if (line.kind === 'decided') own = Decided.parse(line.body).own
  }
  return own === head && lines.at(-1)?.kind === 'closed'
}
