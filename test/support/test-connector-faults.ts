/** What a pretend vendor was asked, seen as the gate sees it, and what of its state may differ between two runs. */
import type { Connector, Outgoing } from '../../src/connector.ts'
import type { Asked, Fault } from '../../src/sandbox/server.ts'
import type { Bed, Rig } from './test-connector-rig.ts'

/** Puts the fault on every server of the bed; for ever, where no number is given. */
export function breakAll(bed: Bed, fault: Fault): void {
  for (const server of bed.servers) server.faults.push({ times: Number.POSITIVE_INFINITY, ...fault })
}

export function mend(bed: Bed): void {
  for (const server of bed.servers) server.faults.length = 0
}

/** The writes of the bed's vendors since the given number of calls each. */
export function writesSince(rig: Rig, marks: readonly number[]): Asked[] {
  return rig.bed.servers.flatMap((server, index) =>
    server.calls
      .slice(marks[index])
      .filter(({ asked }) => isWrite(rig.connector, asked))
      .map(({ asked }) => asked),
  )
}

export function marksOf(bed: Bed): number[] {
  return bed.servers.map((server) => server.calls.length)
}

export function isWrite(connector: Connector, asked: Asked): boolean {
  if (['GET', 'HEAD', 'OPTIONS'].includes(asked.method)) return false
  return !connector.reads?.(outgoing(asked))
}

function outgoing(asked: Asked): Outgoing {
  const url = new URL(`https://${asked.host}${asked.path}`)
  url.search = asked.query.toString()
  const target = asked.headers['x-amz-target']
  return { method: asked.method, url, body: bodyText(asked), ...(target ? { target } : {}) }
}

function bodyText(asked: Asked): string {
  if (asked.body === null) return ''
  if (typeof asked.body === 'string') return asked.body
  const form = asked.headers['content-type']?.includes('x-www-form-urlencoded')
  return form ? new URLSearchParams(asked.body as Record<string, string>).toString() : JSON.stringify(asked.body)
}

/** "PATCH graph.microsoft.com/v1.0/users/* {accountEnabled}": which operation it is, whoever it is about. */
export function kindOfWrite(asked: Asked): string {
  const body = (typeof asked.body === 'object' && asked.body !== null ? asked.body : {}) as Record<string, unknown>
  const action = asked.query.get('Action') ?? body.Action ?? asked.headers['x-amz-target']
  const inner = Array.isArray(body.requests) ? batched(body.requests) : Object.keys(body).sort().slice(0, 6).join(' ')
  const what = action ? String(action) : inner && `{${inner}}`
  return `${asked.method} ${asked.host}${template(asked.path)} ${what}`.trim()
}

function batched(requests: readonly { method?: string; url?: string }[]): string {
  return [...new Set(requests.map((one) => `${one.method} ${template(one.url ?? '')}`))].sort().join(' ')
}

function template(path: string): string {
  const isName = (part: string) => part.length <= 24 && !/[0-9@%(]/.test(part.replace(/^v\d+(\.\d+)?$/, ''))
  return path
    .split('/')
    .map((part) => (isName(part) ? part : '*'))
    .join('/')
}

/**
 * The form of a state: how many things there are and what is switched on, without the texts, times and ids that differ
 * from run to run. Two runs that end alike have the same form; a doubled effect is one thing more.
 */
export function formOf(state: unknown): unknown {
  if (state instanceof Map) return formOf(Object.fromEntries(state))
  if (state instanceof Set) return formOf([...state])
  if (Array.isArray(state)) return sorted(state.map(formOf))
  if (typeof state === 'object' && state !== null && !(state instanceof Date))
    return sorted(
      Object.entries(state).map(([name, value]) => [name.replace(/[0-9a-f]{8,}|\d+/gi, '#'), formOf(value)]),
    )
  return typeof state === 'boolean' || state === null
    ? state
    : typeof state === 'object'
      ? 'a date'
      : `a ${typeof state}`
}

function sorted(list: unknown[]): unknown[] {
  return list.map((one) => JSON.stringify(one)).sort()
}
