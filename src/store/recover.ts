/** Start-up: decides what is whole, what is not, and what has to be repaired. Changes nothing on the disk. */
import type { Event } from '../offboarding/event.ts'
import type { ClosedEntry, StoreProblem } from '../offboarding/ledger.ts'
import { eventsOf } from './document.ts'
import { strangeNames } from './format.ts'
import { reasonOf } from './fuse.ts'
import type { JournalStart } from './journal.ts'
import { segmentName } from './layout.ts'
import { type Copy, type Look, type LookOptions, lookBack, readCopies, segmentNumbers } from './look-back.ts'
import type { Match } from './match.ts'
import type { Segment } from './segment.ts'
import type { Closed, View } from './view.ts'

export interface Recovered {
  start: JournalStart
  /** The newest segment is missing, or damaged and must not be touched: the next one is begun. */
  begin: boolean
  /** The newest segment, where it goes on. */
  newest?: Segment
  whole: readonly Whole[]
  /** Why it may not run, and what can be read of it. */
  barred: ReadonlyMap<string, Barred>
  problems: readonly StoreProblem[]
  /** What the part of the journal that was read says is closed. */
  closed: readonly ClosedEntry[]
  /** Documents to be put out of the way, untouched. */
  setAside: readonly string[]
}

export interface Whole {
  id: string
  texts: readonly string[]
  events: readonly Event[]
  lastSeq: number
  own: string
  /** Its document is missing or older than this. */
  stale: boolean
  /** Where its document lies, if it has come back from closed/. */
  month?: string
  /** It was being closed. */
  closed?: Closed
}

export interface Barred {
  fact: string
  texts: readonly string[]
}

export async function recover(options: LookOptions): Promise<Recovered> {
  const numbers = await segmentNumbers(options)
  const copies = await readCopies(options)
  const look = await lookBack(options, numbers, copies)
  const newest = look.segments.at(-1)
  const begin = !newest || look.view.flaws.some((flaw) => flaw.file === newest.file)
  const { whole, barred, setAside, problems } = judge(look, copies)
  const heads = headsOf(look.view, whole, barred, options.journalOnly)
  const start: JournalStart = {
    number: numbers.at(-1) ?? 0,
    size: newest?.size ?? 0,
    last: look.view.last,
    heads,
  }
  const flawed = barred.size > 0 ? oldestFlawed(look) : undefined
  if (flawed) start.flawed = flawed
  const recovered: Recovered = {
    start,
    begin,
    whole,
    barred,
    setAside,
    closed: closedIn(look.view),
    problems: [
      ...(await strangers(options)),
      ...missing(numbers),
      ...flawsOf(look.view),
      ...(begin ? [] : tornOf(newest)),
      ...problems,
    ],
  }
  if (newest) recovered.newest = newest
  return recovered
}

function closedIn({ tracks }: View): ClosedEntry[] {
  return [...tracks].flatMap(([id, { closed }]) => (closed ? [{ id, ...closed } as ClosedEntry] : []))
}

interface Judged {
  whole: Whole[]
  barred: Map<string, Barred>
  setAside: string[]
  problems: StoreProblem[]
}

function judge(look: Look, copies: ReadonlyMap<string, Copy>): Judged {
  const judged: Judged = { whole: [], barred: new Map(), setAside: [], problems: [] }
  for (const [id, one] of look.matches) judgeOne(id, one, copies.get(id), judged)
  return judged
}

function judgeOne(id: string, one: Match, copy: Copy | undefined, judged: Judged): void {
  const file = copy?.file ?? `open/${id}.json`
  if (one.kind === 'older') throw new Error(`${file} was left undecided: this is a mistake in Latchkey.`)
  if (one.kind === 'stranger') {
    judged.setAside.push(file)
    const fact = `It belongs to nothing in the journal (${one.misfit}). It was put into set-aside/.`
    judged.problems.push({ file, fact })
    return
  }
  const events = one.kind === 'whole' ? readEvents(one.texts) : one.why
  if (one.kind === 'barred' || typeof events === 'string') {
    const fact = `It cannot be told completely: ${events}. It does not run until IT has restored the damaged file from a backup, or accepted what is left of it.`
    judged.barred.set(id, { fact, texts: one.texts })
    judged.problems.push({ file, fact, offboarding: id })
    return
  }
  const { texts, lastSeq, own, closed, misfit } = one
  if (misfit) {
    judged.setAside.push(file)
    const fact = `It was not sound (${misfit}); it was put into set-aside/ and made again from the journal.`
    judged.problems.push({ file, fact })
  }
  const sound = misfit ? undefined : copy
  const whole: Whole = { id, texts, events, lastSeq, own, stale: sound?.document?.lastSeq !== lastSeq }
  if (sound?.month) whole.month = sound.month
  if (closed) whole.closed = closed
  judged.whole.push(whole)
}

function readEvents(texts: readonly string[]): Event[] | string {
  try {
    return eventsOf(texts)
  } catch (error) {
    return reasonOf(error)
  }
}

function headsOf(
  view: View,
  whole: readonly Whole[],
  barred: ReadonlyMap<string, Barred>,
  journalOnly: readonly string[],
): JournalStart['heads'] {
  const heads: JournalStart['heads'] = {}
  for (const { id, lastSeq, own, closed } of whole) heads[id] = { seq: lastSeq, own, ...(closed ? { closed } : {}) }
  for (const id of [...barred.keys(), ...journalOnly]) {
    const track = view.tracks.get(id)
    const last = track?.points.at(-1) ?? track?.base
    if (last) heads[id] = { seq: last.seq, own: last.own }
  }
  return heads
}

function oldestFlawed({ view, segments }: Look): number | undefined {
  const files = new Set(view.flaws.map((flaw) => flaw.file))
  const here = segments.find((segment) => files.has(segment.file))?.number
  if (here === undefined || view.flawed === undefined) return here ?? view.flawed
  return Math.min(here, view.flawed)
}

function flawsOf(view: View): StoreProblem[] {
  return view.flaws.map(({ file, line, fact }) => {
    const what = `${line > 0 ? `Line ${line}` : 'It'} ${fact}. The file is kept as it is and nothing is added to it.`
    return { file, fact: `${what} IT compares it with a backup; "latchkey audit verify" names the first bad line.` }
  })
}

function tornOf(newest: Segment): StoreProblem[] {
  const { torn, file } = newest
  if (!torn) return []
  const what = `Line ${torn.line} was being written when the process or the machine stopped; nobody was told that it was kept.`
  return [{ file, fact: `${what} Its ${torn.bytes.length} bytes were cut off; a copy is in set-aside/.` }]
}

function missing(numbers: readonly number[]): StoreProblem[] {
  const gone: StoreProblem[] = []
  for (let number = 1; number < (numbers.at(-1) ?? 0); number += 1) {
    if (numbers.includes(number)) continue
    const fact = 'It is missing: a part of the audit trail is gone. IT restores it from a backup.'
    gone.push({ file: `journal/${segmentName(number)}`, fact })
  }
  return gone
}

/** Names that are not ours are left alone, and said. */
async function strangers(options: LookOptions): Promise<StoreProblem[]> {
  const strange = await strangeNames(options)
  return strange.map((file) => ({
    file,
    fact: 'Latchkey does not know this file. It was left as it is; IT removes it if nobody needs it.',
  }))
}
