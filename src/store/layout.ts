/** Where everything lies below the data folder. */
import { join } from 'node:path'

export interface Layout {
  folder: string
  lock: string
  journal: string
  open: string
  closed: string
  closedIndex: string
  setAside: string
  signingKey: string
  /** Sealed keys, by offboarding. */
  escrow: string
  segment(number: number): string
  document(id: string): string
  /** `month`: 2026-11. */
  closedDocument(month: string, id: string): string
}

export function layoutOf(folder: string): Layout {
  const journal = join(folder, 'journal')
  const open = join(folder, 'open')
  const closed = join(folder, 'closed')
  return {
    folder,
    lock: join(folder, 'lock'),
    journal,
    open,
    closed,
    closedIndex: join(folder, 'closed.idx.jsonl'),
    setAside: join(folder, 'set-aside'),
    signingKey: join(folder, 'keys', 'signing-key.pem'),
    escrow: join(folder, 'escrow'),
    segment: (number) => join(journal, segmentName(number)),
    document: (id) => join(open, `${id}.json`),
    closedDocument: (month, id) => join(closed, month, `${id}.json`),
  }
}

/** One draft a folder: drafts are written one after the other, so a crash leaves at most one, and the next reuses it. */
export const draftName = '.draft'

/** Names at the top that are ours; `lock-journal` is SQLite's. */
export const knownNames: ReadonlySet<string> = new Set([
  'lock',
  'lock-journal',
  'journal',
  'open',
  'closed',
  'closed.idx.jsonl',
  'set-aside',
  'keys',
  'stop.json',
  'stop.json.draft',
  'escrow',
  draftName,
])

export function segmentName(number: number): string {
  return `${String(number).padStart(6, '0')}.jsonl`
}

export function segmentNumber(name: string): number | undefined {
  const digits = /^(\d{6,})\.jsonl$/.exec(name)?.[1]
  return digits && segmentName(Number(digits)) === name ? Number(digits) : undefined
}

export function documentId(name: string): string | undefined {
  const id = /^(.+)\.json$/.exec(name)?.[1]
  return id && isId(id) ? id : undefined
}

/** Ids become file names: letters, digits and hyphens only. */
export function isId(text: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9-]{0,99}$/.test(text)
}

export function requireId(id: string): void {
  if (isId(id)) return
  throw new Error(
    `${JSON.stringify(id.slice(0, 120))} is not the id of an offboarding: letters, digits and hyphens only.`,
  )
}

export function isMonth(name: string): boolean {
  return /^\d{4}-\d{2}$/.test(name)
}
