/** How states, endings, times and counts are said. No clock and no locale of the process: a view is a pure function. */
import type { RichTextElement } from '@slack/types'
import type { Area, Ending, Leaver, Offboarding, Role, StepRun } from '../../offboarding/offboarding.ts'
import { clip, type Piece, tidy } from './blocks.ts'

/** Only `verified` is drawn green: the system itself said so. */
export const endingMarks: Readonly<Record<Ending, string>> = {
  verified: '✅',
  acknowledged: '📨',
  attested: '✍️',
  skipped: '⏭️',
  'nothing-found': '▫️',
  failed: '❌',
  unknown: '🔴',
}

export const endingWords: Readonly<Record<Ending, string>> = {
  verified: 'verified',
  acknowledged: 'ordered, and this system offers no way to look',
  attested: 'done by hand',
  skipped: 'skipped',
  'nothing-found': 'nothing found',
  failed: 'failed',
  unknown: 'could not be read, so it counts as not done',
}

/** For counts: "31 verified, 2 attested". */
export const endingShort: Readonly<Record<Ending, string>> = {
  verified: 'verified',
  acknowledged: 'acknowledged',
  attested: 'attested',
  skipped: 'skipped',
  'nothing-found': 'with nothing found',
  failed: 'failed',
  unknown: 'unknown',
}

const stateMarks = { planned: '·', delayed: '📅', held: '✋', running: '⏳', waiting: '🕓' } as const

export function markOf(run: StepRun): string {
  return run.state === 'ended' ? endingMarks[run.ending ?? 'unknown'] : stateMarks[run.state]
}

export const areaTitles: Readonly<Record<Area, string>> = {
  directory: 'Directory',
  infrastructure: 'Infrastructure',
  applications: 'Applications',
  devices: 'Devices',
  records: 'Records',
}

export const roleTitles: Readonly<Record<Role, string>> = { hr: 'HR', it: 'IT' }

export const kindTitles: Readonly<Record<Offboarding['choices']['kind'], string>> = {
  resignation: 'Resignation',
  dismissal: 'Dismissal',
  'end-of-contract': 'End of contract',
}

export const deviceTitles: Readonly<Record<Offboarding['choices']['devices'], string>> = {
  lock: 'lock',
  wipe: 'wipe',
  nothing: 'leave as they are',
}

export const stateTitles: Readonly<Record<Offboarding['state'], string>> = {
  'awaiting-sign-off': 'Waiting for sign-off',
  scheduled: 'Signed and scheduled',
  running: 'Running',
  'needs-attention': 'Needs attention',
  done: 'Done',
  closed: 'Closed',
  declined: 'Declined',
  withdrawn: 'Withdrawn',
  expired: 'Expired without both sign-offs',
  refused: 'Refused',
}

export function count(n: number, one: string, many = `${one}s`): string {
  return `${n} ${n === 1 ? one : many}`
}

export function nameOf(person: { name: string }, max = 80): string {
  return clip(tidy(person.name), max) || 'somebody without a name'
}

/** A mention where the person is in Slack, else the name. */
export function personPiece(person: { id: string; name: string }): Piece {
  return /^[UW][A-Z0-9]+$/.test(person.id) ? { type: 'user', user_id: person.id } : nameOf(person)
}

export function leaverPiece(leaver: Leaver): Piece {
  return nameOf(leaver)
}

/** A moment, drawn in each reader's own zone; UTC where a client cannot. */
export function moment(iso: string): RichTextElement {
  return {
    type: 'date',
    timestamp: Math.floor(Date.parse(iso) / 1000),
    format: '{date_short_pretty} {time}',
    fallback: utc(iso),
  }
}

export function utc(iso: string): string {
  return `${new Date(iso).toISOString().slice(0, 16).replace('T', ' ')} UTC`
}

/** The same moment on the wall clock of a zone: "Fri 27 Nov 2026, 17:00 (New York)". */
export function inZone(iso: string, zone: string | undefined): string {
  if (!zone) return utc(iso)
  try {
    const parts = new Intl.DateTimeFormat('en-GB', {
      timeZone: zone,
      weekday: 'short',
      day: 'numeric',
      month: 'short',
      year: 'numeric',
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
    }).format(new Date(iso))
    return `${parts} (${placeOf(zone)})`
  } catch (error) {
    // A directory may name a zone that this Node does not know; UTC is then the honest answer.
    if (error instanceof RangeError) return utc(iso)
    throw error
  }
}

export function placeOf(zone: string): string {
  return (zone.split('/').at(-1) ?? zone).replaceAll('_', ' ')
}

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour

/** A span of time in words: "45 s", "12 min", "3 h 20 min", "2 d 4 h". */
export function duration(ms: number): string {
  const span = Math.max(0, ms)
  if (span < 1000) return 'under 1 s'
  if (span < minute) return `${Math.round(span / 1000)} s`
  if (span < hour) return `${Math.round(span / minute)} min`
  if (span < day) return two(Math.floor(span / hour), 'h', Math.floor((span % hour) / minute), 'min')
  return two(Math.floor(span / day), 'd', Math.floor((span % day) / hour), 'h')
}

function two(a: number, big: string, b: number, small: string): string {
  return b === 0 ? `${a} ${big}` : `${a} ${big} ${b} ${small}`
}

/** "4 verified, 1 failed", in the order of the glossary; empty where nothing has ended. */
export function endingCounts(runs: readonly StepRun[]): string {
  const parts: string[] = []
  for (const [ending, word] of Object.entries(endingShort)) {
    const n = runs.filter((run) => run.state === 'ended' && run.ending === ending).length
    if (n > 0) parts.push(`${n} ${word}`)
  }
  return parts.join(', ')
}
