/**
 * One line of the journal: canonical JSON (RFC 8785), so that an auditor's own tools come to the same bytes.
 *
 *   {"at":…,"event":{…},"hash":…,"id":…,"prev":…,"prevOwn":…,"seq":…}
 *
 * `hash` is SHA-256 over the line without its `hash`; `prev` is the hash of the line before, across all offboardings.
 * `prevOwn` chains the events of one offboarding: SHA-256 over `prevOwn`, id and event, a line feed between them. It
 * needs nothing but the events, so a document with the events of one offboarding proves itself.
 *
 * In place of `event` a line may carry `begin` (the first of each segment: where every open offboarding stands),
 * `closed` (it moved to closed/) or `decided` (a person accepted a damaged record); these leave `prevOwn` as it is.
 */
import { hash as digest } from 'node:crypto'
import canonicalize from 'canonicalize'
import { z } from 'zod'
import { refuseNewer } from './format.ts'
import { reasonOf } from './fuse.ts'

export const kinds = ['begin', 'closed', 'decided', 'event'] as const
export type Kind = (typeof kinds)[number]

export interface Line {
  seq: number
  at: string
  id: string
  kind: Kind
  /** The body as it stands in the file. */
  text: string
  body: unknown
  prev: string
  prevOwn: string
  hash: string
}

/** What the first line of a chain follows. */
export const genesis = '0'.repeat(64)

export function sha256(text: string): string {
  return digest('sha256', text, 'hex')
}

export function nextOwn(prevOwn: string, id: string, eventText: string): string {
  return sha256(`${prevOwn}\n${id}\n${eventText}`)
}

/** Half of a character (a text cut in the middle of an emoji) has no canonical form; it becomes U+FFFD. */
export function canonicalText(value: unknown): string {
  try {
    return canonicalize(value) ?? 'null'
  } catch {
    const repaired = JSON.stringify(value, (_key, inner) => (typeof inner === 'string' ? inner.toWellFormed() : inner))
    return canonicalize(JSON.parse(repaired)) ?? 'null'
  }
}

export function encodeLine(line: Omit<Line, 'hash' | 'body'>): { text: string; hash: string } {
  const { head, tail } = partsOf(line)
  const hash = sha256(`${head}${line.text}${tail}`)
  return { text: `${head}${line.text},"hash":"${hash}"${tail}`, hash }
}

function partsOf(line: Pick<Line, 'at' | 'kind' | 'id' | 'prev' | 'prevOwn' | 'seq'>): { head: string; tail: string } {
  return {
    head: `{"at":"${line.at}","${line.kind}":`,
    tail: `,"id":"${line.id}","prev":"${line.prev}","prevOwn":"${line.prevOwn}","seq":${line.seq}}`,
  }
}

const hex = z.string().regex(/^[0-9a-f]{64}$/)
const Shell = z.looseObject({
  at: z.iso.datetime(),
  hash: hex,
  id: z.string().regex(/^[A-Za-z0-9-]+$/),
  prev: hex,
  prevOwn: hex,
  seq: z.int().positive(),
})

/** Where an offboarding stands: its last entry, and the head of its own chain. */
export const Head = z.object({ seq: z.int().nonnegative(), own: hex })
export type Head = z.infer<typeof Head>

/** What a closed offboarding is listed with. */
export const Summary = z.object({ leaver: z.string(), state: z.string(), closedAt: z.iso.datetime() })

/**
 * `format`: of this segment. `flawed`: the segment with damage that still keeps an offboarding from running; start-up
 * reads from there.
 */
export const Begin = z.object({
  heads: z.record(z.string(), Head.extend({ closed: Summary.optional() })),
  flawed: z.int().positive().optional(),
  format: z.int().positive().optional(),
})
export type Begin = z.infer<typeof Begin>

export const Decided = z.object({ by: z.string(), note: z.string(), own: hex })

const bodies: Record<Kind, z.ZodType> = { begin: Begin, closed: Summary, decided: Decided, event: z.looseObject({}) }

/** As they stand in the file. */
export const lineShapes = { line: Shell, begin: Begin, closed: Summary, decided: Decided }

export interface BadLine {
  fact: string
  /** Not even JSON: what a torn write looks like. */
  notJson?: true
}

const emptyLine: BadLine = { fact: 'is not JSON (Unexpected end of JSON input)', notJson: true }

/**
 * Every byte of the line is either compared or hashed, so none can change unnoticed. Throws StrangeFolder where a newer
 * Latchkey wrote it.
 */
export function decodeLine(text: string): Line | BadLine {
  // A file that a crash or a hand filled with line feeds is tens of thousands of these; an error for each takes long.
  if (text === '') return emptyLine
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch (error) {
    return { fact: `is not JSON (${reasonOf(error).slice(0, 80)})`, notJson: true }
  }
  const shell = Shell.safeParse(parsed)
  if (!shell.success) return { fact: 'is not a journal entry' }
  const entry = shell.data
  const kind = kinds.find((one) => Object.hasOwn(entry, one))
  if (!kind) return { fact: 'is not a journal entry' }
  const { head, tail } = partsOf({ ...entry, kind })
  const end = `,"hash":"${entry.hash}"${tail}`
  if (!text.startsWith(head) || !text.endsWith(end)) return { fact: 'is not as Latchkey writes it' }
  const body = text.slice(head.length, text.length - end.length)
  if (sha256(`${head}${body}${tail}`) !== entry.hash) return { fact: 'was changed: its hash does not fit what it says' }
  if (kind === 'begin') refuseNewer(entry.begin)
  if (!bodies[kind].safeParse(entry[kind]).success)
    return { fact: `says "${kind}" in a way this version does not know` }
  const { seq, at, id, prev, prevOwn, hash } = entry
  return { seq, at, id, kind, text: body, body: entry[kind], prev, prevOwn, hash }
}

export function isBad(line: Line | BadLine): line is BadLine {
  return 'fact' in line
}

/** Which offboarding a damaged line was about, as far as it can still be read; two lines run into one tell of two. */
export function idInDamaged(text: string): string | undefined {
  const ids = [...text.matchAll(/"id":"([A-Za-z0-9-]+)","prev/g)]
  return ids.length === 1 ? ids[0]?.[1] : undefined
}
