/**
 * Whether an offboarding can be told completely from what the journal shows and from the document found, and if so how.
 * It runs only if every one of its entries is proved to be there. Pure.
 */
import type { ReadDocument } from './document.ts'
import { genesis } from './line.ts'
import type { Closed, Doubt, Point, Track, View } from './view.ts'

export type Match =
  | { kind: 'whole'; texts: readonly string[]; lastSeq: number; own: string; closed?: Closed; misfit?: string }
  /** More of the journal has to be read. */
  | { kind: 'older' }
  /** Not completely there. `texts`: what can be read of it. */
  | { kind: 'barred'; why: string; texts: readonly string[]; misfit?: string }
  /** A document that this journal knows nothing of. */
  | { kind: 'stranger'; misfit: string }

export interface Found {
  id: string
  track?: Track
  /** The document on disk, where there is one that could be read. */
  document?: ReadDocument
  /** Why the document on disk cannot be read. */
  unreadable?: string
}

/** `mayExtend`: an older segment exists that is not in the view. */
export function match(found: Found, view: View, mayExtend: boolean): Match {
  const { track } = found
  const fit = fitOf(found, view)
  const misfit = fit.misfit ? { misfit: fit.misfit } : {}
  if (!track && !fit.document) return { kind: 'stranger', misfit: fit.misfit ?? 'there is nothing in it' }
  const points = track?.points ?? []
  const start = fit.behind ? undefined : (fit.document ?? (fromBeginning(track) ? empty : undefined))
  if (!start) {
    if (mayExtend) return { kind: 'older' }
    const texts = [...(fit.document?.events ?? []), ...points.map((point) => point.text)]
    return { kind: 'barred', why: 'its earlier entries are not in the journal', texts, ...misfit }
  }
  return { ...complete(found, start, view), ...misfit }
}

function complete({ id, track }: Found, start: ReadDocument, view: View): Match {
  const rest = (track?.points ?? []).filter((point) => point.seq > start.lastSeq)
  const texts = [...start.events, ...rest.map((point) => point.text)]
  const last = rest.at(-1)
  const lastSeq = last?.seq ?? start.lastSeq
  const why = gapIn(rest, start.head) ?? uncounted(track, start, rest) ?? doubtOf(id, view, start, lastSeq)
  if (why) return { kind: 'barred', why, texts }
  const whole: Match = { kind: 'whole', texts, lastSeq, own: last?.own ?? start.head }
  return track?.closed ? { ...whole, closed: track.closed } : whole
}

const empty: ReadDocument = { version: 1, id: '', lastSeq: 0, head: genesis, events: [], owns: [genesis] }

function fromBeginning(track: Track | undefined): boolean {
  return track !== undefined && !track.base && track.points[0]?.prevOwn === genesis
}

interface Fit {
  /** Only where it fits. */
  document?: ReadDocument
  misfit?: string
  /** It ends before the view begins. */
  behind?: true
}

function fitOf(found: Found, view: View): Fit {
  if (found.unreadable) return { misfit: found.unreadable }
  if (!found.document) return {}
  const fit = fits(found.document, found.track, view)
  return fit.misfit ? fit : { ...fit, document: found.document }
}

/** Whether the document belongs to this journal, and ends where the journal has an entry of it. */
function fits(document: ReadDocument, track: Track | undefined, view: View): Fit {
  const owns = new Set(document.owns)
  const base = track?.base
  const known = [...(base ? [base] : []), ...(track?.points ?? [])]
  const within = known.filter((one) => one.seq <= document.lastSeq)
  if (within.some((one) => !owns.has(one.own))) return { misfit: 'the journal tells its events differently' }
  const at = within.find((one) => one.seq === document.lastSeq)
  if (at) return at.own === document.head ? {} : { misfit: 'the journal has another event at its end' }
  const lost = view.lost.some((range) => range.from <= document.lastSeq && document.lastSeq <= range.to)
  if (lost) return {}
  if (base && document.lastSeq < base.seq) return { behind: true }
  // Opened again within the view: its first entry there names the head that the closed document ends with.
  if (!base && within.length === 0 && track?.points[0]?.prevOwn === document.head) return {}
  return { misfit: `the journal has no entry ${document.lastSeq} of it` }
}

function gapIn(rest: readonly Point[], head: string): string | undefined {
  let own = head
  for (const point of rest) {
    if (point.prevOwn !== own) return `an entry of it before ${point.where} is missing or damaged`
    own = point.own
  }
  return undefined
}

function uncounted(track: Track | undefined, start: ReadDocument, rest: readonly Point[]): string | undefined {
  if (!track || track.counted.length === 0) return undefined
  const owns = new Set([...start.owns, ...rest.map((point) => point.own)])
  const one = track.counted.find((head) => !owns.has(head.own))
  return one ? `${one.where} counts entry ${one.seq} of it, which is missing or damaged` : undefined
}

/** Damage may hide an entry of it, unless something later proves that nothing is missing. */
function doubtOf(id: string, view: View, start: ReadDocument, lastSeq: number): string | undefined {
  const open = view.doubts.filter((one) => lastSeq <= one.to && start.lastSeq < one.to)
  const doubt = open.find((one) => !belongsToOther(id, one, view))
  return doubt ? `${doubt.where} cannot be read and may be about it` : undefined
}

function belongsToOther(id: string, doubt: Doubt, view: View): boolean {
  return doubt.named !== undefined && doubt.named !== id && view.tracks.has(doubt.named)
}
