/** What others hold of the record (anchors from Slack, reports as files), held against the record itself. */
import { readFileSync } from 'node:fs'
import { type CheckedReport, checkReport } from '../report-check.ts'
import type { Entry, Verified } from '../store/verify.ts'
import { UsageError } from './command-line.ts'

export interface Anchor {
  seq: number
  hash: string
}

/** One thing that was held against the record; `wrong` where it does not agree. */
export interface Held {
  what: string
  wrong?: string
  told: string
}

export interface ReportFile {
  name: string
  report?: CheckedReport
  wrong?: string
}

/** As it stands in Slack: 1234:9f86d0…. */
export function anchorOf(text: string): Anchor {
  const [, seq, hash] = /^\s*(\d{1,15}):([0-9a-fA-F]{64})\s*$/.exec(text) ?? []
  if (!seq || !hash) throw new UsageError(`${text.slice(0, 100)} is no anchor: NUMBER:HASH, as it stands in Slack.`)
  return { seq: Number(seq), hash: hash.toLowerCase() }
}

export function reportOf(name: string): ReportFile {
  try {
    return { name, report: checkReport(readFileSync(name)) }
  } catch (error) {
    return { name, wrong: error instanceof Error ? error.message : String(error) }
  }
}

/** The entries that these are about, by number. */
export function wantedBy(anchors: readonly Anchor[], reports: readonly ReportFile[]): Set<number> {
  const named = reports.flatMap(({ report }) => (report ? [report.record.seq, report.anchor.seq] : []))
  return new Set([...anchors.map(({ seq }) => seq), ...named])
}

export interface Kept {
  entries: ReadonlyMap<number, Entry>
  end: Verified['head']
}

export function heldAnchor(anchor: Anchor, kept: Kept): Held {
  const what = `Anchor ${anchor.seq}`
  const wrong = anchorWrong(anchor, kept)
  return {
    what,
    told: 'the record has this entry, so nothing up to it was changed since.',
    ...(wrong ? { wrong } : {}),
  }
}

function anchorWrong({ seq, hash }: Anchor, { entries, end }: Kept): string | undefined {
  if (seq > end.seq) return `the record ends with entry ${end.seq}: its end was cut off, or it is another record.`
  const entry = entries.get(seq)
  if (!entry) return `the record has no entry ${seq} that can be read.`
  if (entry.hash !== hash) return `the record has another entry ${seq}: something up to it was changed since.`
  return undefined
}

/** `keys`: fingerprints of the keys that count as ours. */
export function heldReport({ name, report, wrong }: ReportFile, keys: ReadonlySet<string>, kept: Kept): Held {
  if (!report) return { what: name, told: '', wrong: `${wrong ?? 'it could not be read'}.` }
  const told = `signed with the key ${report.fingerprint}; its ${report.events} events are those of ${report.offboarding} in the record.`
  const found = keyWrong(report, keys) ?? recordWrong(report, kept)
  return { what: name, told, ...(found ? { wrong: found } : {}) }
}

function keyWrong({ fingerprint }: CheckedReport, keys: ReadonlySet<string>): string | undefined {
  if (keys.has(fingerprint)) return undefined
  return `it is whole, but signed with the key ${fingerprint}, which is none of this record. If that one is yours all the same, name it: --key ${fingerprint}`
}

function recordWrong({ offboarding, record, anchor }: CheckedReport, kept: Kept): string | undefined {
  const entry = kept.entries.get(record.seq)
  if (record.seq > kept.end.seq) return `its events are not in the record, which ends with entry ${kept.end.seq}.`
  if (entry?.id !== offboarding || entry.own !== record.head)
    return `the record tells ${offboarding} differently up to entry ${record.seq}.`
  const why = anchorWrong(anchor, kept)
  return why && `its anchor ${anchor.seq} does not fit: ${why}`
}
