/** Times as Slack writes them for a reader, and the wall clock of their zone. No DOM: tests read it too. */

const day = 86_400_000

const shapes: Readonly<Record<string, Intl.DateTimeFormatOptions>> = {
  date: { year: 'numeric', month: 'long', day: 'numeric' },
  date_short: { year: 'numeric', month: 'short', day: 'numeric' },
  date_long: { year: 'numeric', month: 'long', day: 'numeric', weekday: 'long' },
  day_divider: { month: 'long', day: 'numeric', weekday: 'long' },
  time: { hour: 'numeric', minute: '2-digit' },
  time_secs: { hour: 'numeric', minute: '2-digit', second: '2-digit' },
  date_slash: { year: 'numeric', month: '2-digit', day: '2-digit' },
}

const formats = new Map<string, Intl.DateTimeFormat>()

function formatOf(token: string, zone: string): Intl.DateTimeFormat {
  const key = `${token} ${zone}`
  const known = formats.get(key)
  if (known) return known
  const made = new Intl.DateTimeFormat('en-US', { ...shapes[token], timeZone: zone })
  formats.set(key, made)
  return made
}

/** `2026-11-23` where the reader is. */
export function dayIn(at: number, zone: string): string {
  return new Intl.DateTimeFormat('sv', { timeZone: zone }).format(at)
}

export interface Reading {
  /** IANA. */
  zone: string
  /** The sandbox's time, epoch ms. */
  now: number
}

/** `{date_short_pretty} at {time}` for a moment in epoch ms; what Slack does not know stays as it is. */
export function formatDate(format: string, at: number, reading: Reading): string {
  return format.replace(/\{([a-z_]+)\}/g, (whole, token: string) => tokenOf(token, at, reading) ?? whole)
}

function tokenOf(token: string, at: number, { zone, now }: Reading): string | undefined {
  if (token === 'date_num') return dayIn(at, zone)
  if (token === 'ago') return ago(now - at)
  const plain = token.replace('_pretty', '')
  if (!shapes[plain]) return undefined
  return (token.endsWith('_pretty') && nearby(at, { zone, now })) || formatOf(plain, zone).format(at)
}

function nearby(at: number, { zone, now }: Reading): string | undefined {
  const names = ['yesterday', 'today', 'tomorrow']
  return names.find((_name, index) => dayIn(now + (index - 1) * day, zone) === dayIn(at, zone))
}

function ago(ms: number): string {
  const minutes = Math.round(Math.abs(ms) / 60_000)
  const amount = minutes < 120 ? `${minutes} minutes` : `${Math.round(minutes / 60)} hours`
  return ms < 0 ? `in ${amount}` : `${amount} ago`
}

/** Of a message: `9:41 AM`. `ts` is Slack's, seconds with a fraction. */
export function timeOf(ts: string, zone: string): string {
  return formatOf('time', zone).format(Number(ts) * 1000)
}

/** What stands between messages of different days. */
export function dayLine(ts: string, reading: Reading): string {
  const at = Number(ts) * 1000
  const near = nearby(at, reading)
  return near ? near[0]?.toUpperCase() + near.slice(1) : formatOf('day_divider', reading.zone).format(at)
}

/** For an input of type datetime-local: `2026-11-23T17:00` on the wall of that zone; empty for none. */
export function wallOf(seconds: number | undefined, zone: string): string {
  if (seconds === undefined) return ''
  return new Intl.DateTimeFormat('sv', { dateStyle: 'short', timeStyle: 'short', timeZone: zone })
    .format(seconds * 1000)
    .replace(' ', 'T')
}

/** The seconds since 1970 that a wall clock in that zone shows; undefined for what is no time. */
export function secondsOf(wall: string, zone: string): number | undefined {
  // V8 reads a year out of nearly anything.
  const asUtc = /^\d{4}-\d\d-\d\dT\d\d:\d\d$/.test(wall) ? Date.parse(`${wall}:00Z`) : Number.NaN
  if (Number.isNaN(asUtc)) return undefined
  // Twice, since the first guess may lie on the other side of a change of the clocks.
  const first = asUtc - offsetAt(asUtc, zone)
  return Math.round((asUtc - offsetAt(first, zone)) / 1000)
}

/** How far that zone's wall clock is ahead of UTC, ms. */
function offsetAt(at: number, zone: string): number {
  return Date.parse(`${wallOf(Math.floor(at / 1000), zone)}:00Z`) - Math.floor(at / 60_000) * 60_000
}
