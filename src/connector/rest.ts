/**
 * A JSON API through the gate: every answer is checked before anybody leans on it, a refusal is told in the vendor's
 * own words, and "not there" is an answer only where the vendor itself says it.
 */
import type { z } from 'zod'
import { Rejected } from './errors.ts'
import { misread } from './misread.ts'
import { pageCounter } from './pages.ts'

export interface RestOptions {
  /** As people say it: "Okta". */
  vendor: string
  /** `https://acme.okta.com/api/v1`: paths are put behind it. */
  base: string
  /** Asked for each request: a token may have been renewed meanwhile. */
  headers(): Record<string, string> | Promise<Record<string, string>>
  fetch(url: URL, init: RequestInit): Promise<Response>
  /** The vendor's own words for a refusal; by default what is in `code`, `error`, `message`, `detail` and their like. */
  words?(body: unknown): Words
}

export interface Words {
  code?: string | undefined
  message?: string | undefined
}

export interface Asking {
  method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** Undefined ones are left out, lists are repeated. */
  query?: Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>
  json?: unknown
  form?: Readonly<Record<string, string>>
  headers?: Readonly<Record<string, string>>
}

export interface Answered {
  status: number
  headers: Headers
  /** Undefined where there was none. */
  body: unknown
}

export interface Rest {
  /**
   * `what` completes "Okta refused to …". Resolves with what `shape` makes of a 2xx answer. Throws Rejected (status,
   * code) where it is refused, or where an answer cannot be understood, and what the gate throws.
   */
  ask<T>(what: string, path: string, shape: z.ZodType<T>, asking?: Asking): Promise<T>
  /** The same, with the answer's headers. */
  answer<T>(what: string, path: string, shape: z.ZodType<T>, asking?: Asking): Promise<{ data: T; headers: Headers }>
  /** Undefined where the vendor says that there is no such thing (404 in JSON, or without a body). */
  find<T>(what: string, path: string, shape: z.ZodType<T>, asking?: Asking): Promise<T | undefined>
  /** For orders, whose answer says nothing that is needed: it is read back. Throws Rejected where it is refused. */
  order(what: string, path: string, asking: Asking): Promise<Answered>
}

/** `path` is below `base`, or an absolute URL of the same origin (a vendor's link to the next page). */
export function rest(options: RestOptions): Rest {
  const { vendor } = options
  const send = async (what: string, path: string, asking: Asking = {}): Promise<Answered> => {
    const { status, headers, text } = await exchange(options, path, asking)
    if (status >= 200 && status < 300) return { status, headers, body: bodyOf(text, vendor, what, asking) }
    throw refused(options, what, { status, text })
  }
  const checked = <T>(what: string, shape: z.ZodType<T>, { body, headers }: Answered) => {
    const read = shape.safeParse(body)
    if (read.success) return { data: read.data, headers }
    throw new Rejected(`${vendor}'s answer to "${what}" could not be understood: ${misread(read.error)}.`)
  }
  const answer: Rest['answer'] = async (what, path, shape, asking) =>
    checked(what, shape, await send(what, path, asking))
  return {
    answer,
    ask: async (what, path, shape, asking) => (await answer(what, path, shape, asking)).data,
    find: async (what, path, shape, asking) => {
      const there = await unlessStatus([404], send(what, path, asking))
      return there && checked(what, shape, there).data
    },
    order: send,
  }
}

/** Undefined where it was refused with one of these: "already gone", "already there". */
export async function unlessStatus<T>(statuses: readonly number[], answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer
  } catch (error) {
    if (error instanceof Rejected && statuses.includes(error.status ?? 0)) return undefined
    throw error
  }
}

/** Writes a path with every value encoded: path`/users/${id}/groups`. */
export function path(parts: TemplateStringsArray, ...values: readonly (string | number)[]): string {
  return String.raw({ raw: parts }, ...values.map((value) => segment(String(value))))
}

/** A URL that is parsed takes `.` and `..` for places, encoded or not, so no value may be one. */
function segment(value: string): string {
  if (value === '' || value === '.' || value === '..')
    throw new Rejected(`"${value}" is no name that can be asked for.`)
  return encodeURIComponent(value)
}

/** All items of a list in pages; `read` is asked with `first`, then with each `next`, until there is none. */
export async function everyPage<T>(
  vendor: string,
  first: string,
  read: (page: string) => Promise<{ items: readonly T[]; next?: string | undefined }>,
): Promise<T[]> {
  const count = pageCounter(vendor)
  const found: T[] = []
  for (let page: string | undefined = first; page !== undefined; ) {
    count(page)
    const { items, next }: { items: readonly T[]; next?: string | undefined } = await read(page)
    found.push(...items)
    page = next
  }
  return found
}

/** The next page as `Link: <…>; rel="next"` names it (RFC 8288). */
export function nextLink(headers: Headers): string | undefined {
  const links = (headers.get('link') ?? '').matchAll(/<([^<>]*)>((?:\s*;\s*[^,;]+)*)/g)
  return [...links].find(([, , rest]) => /;\s*rel="?next"?(?:\s|;|$)/.test(rest ?? ''))?.[1]
}

async function exchange(options: RestOptions, path: string, asking: Asking) {
  const { method = 'GET', json, form } = asking
  const body = json === undefined ? form && new URLSearchParams(form).toString() : JSON.stringify(json)
  const type = json === undefined ? 'application/x-www-form-urlencoded' : 'application/json'
  const headers = {
    accept: 'application/json',
    ...(body === undefined ? {} : { 'content-type': type }),
    ...(await options.headers()),
    ...asking.headers,
  }
  const url = urlOf(options, path, asking.query)
  const response = await options.fetch(url, { method, headers, ...(body === undefined ? {} : { body }) })
  return { status: response.status, headers: response.headers, text: await response.text() }
}

function urlOf({ base, vendor }: RestOptions, path: string, query: Asking['query'] = {}): URL {
  const url = new URL(/^https?:/.test(path) ? path : `${base.replace(/\/$/, '')}${path}`)
  // The credential goes along, so a list must not lead us anywhere else.
  if (url.origin !== new URL(base).origin)
    throw new Rejected(`${vendor} named a page at another host (${url.host}), which was not asked.`)
  for (const [name, value] of Object.entries(query)) {
    if (value === undefined) continue
    for (const one of typeof value === 'object' ? value : [value]) url.searchParams.append(name, String(one))
  }
  return url
}

function bodyOf(text: string, vendor: string, what: string, { method = 'GET' }: Asking): unknown {
  if (text.trim() === '') return undefined
  try {
    return JSON.parse(text)
  } catch {
    const said = `${vendor}'s answer to "${what}" was not JSON: is there a proxy in between?`
    // Of an order it is not known whether it was done: whoever reads back finds out.
    if (method === 'GET') throw new Rejected(`${said} Nothing is known of it.`)
    throw new Error(`${said} It may not be done.`)
  }
}

function refused(options: RestOptions, what: string, { status, text }: { status: number; text: string }): Error {
  const body = parsed(text)
  // A 404 of somebody in between is no "there is none".
  if ((status === 404 || status === 410) && text.trim() !== '' && body === undefined)
    return new Rejected(`The ${status} to "${what}" was not ${options.vendor}'s own: is the base URL right?`)
  const { code, message } = (options.words ?? usualWords)(body)
  const told = message ? clipped(message).replace(/[.\s]+$/, '') : 'without a reason'
  const codes = [status, code].filter(Boolean).join(' ')
  return new Rejected(`${options.vendor} refused to ${what}: ${told} (${codes}).`, {
    status,
    ...(code ? { code } : {}),
  })
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const inCode = ['errorCode', 'code', 'error', 'scimType', 'type']
const inMessage = ['errorSummary', 'error_description', 'message', 'detail', 'description', 'title', 'reason', 'error']

/** Texts only: an object under one of these names is looked into (`{"error":{"message":"…"}}`, `{"errors":[{…}]}`). */
function usualWords(body: unknown): Words {
  if (typeof body !== 'object' || body === null) return {}
  const fields = body as Record<string, unknown>
  const inner = [fields.error, fields.errors].map(firstOf).find((one) => typeof one === 'object' && one !== null)
  const own = { code: textIn(fields, inCode), message: textIn(fields, inMessage) }
  const deeper = inner ? usualWords(inner) : { message: textIn({ message: firstOf(fields.errors) }, inMessage) }
  return { code: own.code ?? deeper.code, message: own.message ?? deeper.message }
}

function firstOf(value: unknown): unknown {
  return Array.isArray(value) ? value[0] : value
}

function textIn(fields: Record<string, unknown>, names: readonly string[]): string | undefined {
  for (const name of names) {
    const value = firstOf(fields[name])
    if (typeof value === 'string' && value !== '') return value
  }
  return undefined
}

function clipped(text: string): string {
  return text.length > 300 ? `${text.slice(0, 299)}…` : text
}
