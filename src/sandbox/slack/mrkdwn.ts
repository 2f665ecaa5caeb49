/** Slack's text as people read it: mentions as names, dates in a zone, links as text, no markup. */
import { dateFormat } from './date-format.ts'
import type { Workspace } from './workspace.ts'

export interface Reader {
  state: Workspace
  /** IANA; the reader's. */
  zone: string
}

const emoji: Record<string, string> = {
  white_check_mark: '✅',
  heavy_check_mark: '✔',
  x: '❌',
  warning: '⚠️',
  hourglass_flowing_sand: '⏳',
  hourglass: '⌛',
  lock: '🔒',
  key: '🔑',
  question: '❓',
  black_square_button: '🔲',
  large_green_circle: '🟢',
  large_yellow_circle: '🟡',
  red_circle: '🔴',
  white_circle: '⚪',
  information_source: 'ℹ️',
  bell: '🔔',
  no_entry: '⛔',
  leftwards_arrow_with_hook: '↩️',
}

export function readable(reader: Reader, text: string): string {
  const resolved = text.replace(/<([^<>]+)>/g, (_, inner: string) => angled(reader, inner))
  return emojis(unescaped(unmarked(resolved)))
}

/** Plain text knows emoji names, and nothing else. */
export function emojis(text: string): string {
  return text.replace(/:([a-z0-9_+-]+):/g, (whole, name: string) => emoji[name] ?? whole)
}

function angled(reader: Reader, inner: string): string {
  const [target = '', label] = inner.split(/\|(.*)/s)
  if (target.startsWith('@')) return nameOf(reader.state, target.slice(1))
  if (target.startsWith('#')) return channelOf(reader.state, target.slice(1))
  if (target.startsWith('!subteam^')) return groupOf(reader.state, target.slice(9))
  if (target.startsWith('!date^')) return dateOf(reader, target, label ?? '')
  if (target.startsWith('!')) return `@${target.slice(1)}`
  return label === undefined || label === target.replace('mailto:', '')
    ? target.replace('mailto:', '')
    : `${label} (${target})`
}

export function nameOf(state: Workspace, id: string): string {
  return `@${state.members.get(id)?.realName ?? id}`
}

export function channelOf(state: Workspace, id: string): string {
  return `#${state.conversations.get(id)?.name ?? id}`
}

export function groupOf(state: Workspace, id: string): string {
  return `@${state.groups.get(id)?.handle ?? id}`
}

/** Code is left as it is; elsewhere the marks go where they stand around words. */
function unmarked(text: string): string {
  return text
    .split(/(```[\s\S]*?```|`[^`\n]+`)/)
    .map((part) => {
      if (part.startsWith('```')) return part.slice(3, -3)
      if (part.startsWith('`')) return part.slice(1, -1)
      return part.replace(/(^|[\s([{"'])([*_~])(\S(?:[^\n]*?\S)?)\2(?=$|[\s.,;:!?)\]}"'])/gm, '$1$3')
    })
    .join('')
}

function unescaped(text: string): string {
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&')
}

/** `!date^1700000000^{date_short_pretty} at {time}^https://…` */
function dateOf(reader: Reader, target: string, fallback: string): string {
  const [, seconds, format] = target.split('^')
  const at = new Date(Number(seconds) * 1000)
  return Number.isNaN(at.getTime()) || !format ? fallback : formatDate(reader, at, format)
}

export function formatDate(reader: Reader, at: Date, format: string): string {
  return format.replace(/\{([a-z_]+)\}/g, (whole, token: string) => dateToken(reader, at, token) ?? whole)
}

const shapes: Record<string, Intl.DateTimeFormatOptions> = {
  date: { year: 'numeric', month: 'long', day: 'numeric' },
  date_short: { year: 'numeric', month: 'short', day: 'numeric' },
  date_long: { year: 'numeric', month: 'long', day: 'numeric', weekday: 'long' },
  time: { hour: 'numeric', minute: '2-digit' },
  time_secs: { hour: 'numeric', minute: '2-digit', second: '2-digit' },
  date_slash: { year: 'numeric', month: '2-digit', day: '2-digit' },
}

function dateToken(reader: Reader, at: Date, token: string): string | undefined {
  if (token === 'date_num') return dayOf(at, reader.zone)
  if (token === 'ago') return ago(reader.state.clock.now().getTime() - at.getTime())
  const shape = shapes[token.replace('_pretty', '')]
  if (!shape) return undefined
  if (token.endsWith('_pretty')) {
    const near = nearby(reader, at)
    if (near) return near
  }
  return dateFormat('en-US', { ...shape, timeZone: reader.zone }).format(at)
}

/** ISO date of that moment in a zone. */
function dayOf(at: Date, zone: string): string {
  return dateFormat('en-CA', { timeZone: zone }).format(at)
}

function nearby(reader: Reader, at: Date): string | undefined {
  const now = reader.state.clock.now().getTime()
  for (const [days, word] of [
    [-1, 'yesterday'],
    [0, 'today'],
    [1, 'tomorrow'],
  ] as const)
    if (dayOf(new Date(now + days * 86_400_000), reader.zone) === dayOf(at, reader.zone)) return word
  return undefined
}

function ago(ms: number): string {
  const minutes = Math.round(Math.abs(ms) / 60_000)
  const amount = minutes < 120 ? `${minutes} minutes` : `${Math.round(minutes / 60)} hours`
  return ms < 0 ? `in ${amount}` : `${amount} ago`
}
