/** What a Web API method is here: its token, scopes and rate, and how it answers. */
import type { Clock } from '../../clock.ts'
import { isThing, type Kind, problems, type Thing } from './limits.ts'
import type { Conversation, Member, Workspace } from './workspace.ts'

/** `{ ok: false, error }`, with Slack's own name for what is wrong. */
export class ApiError extends Error {
  readonly answer: Thing

  constructor(error: string, more: Thing = {}) {
    super(error)
    this.answer = { ok: false, error, ...more }
  }
}

export interface Call {
  state: Workspace
  clock: Clock
  /** As sent: form fields are texts. */
  args: Record<string, string>
  /** What the token may do. */
  scopes: readonly string[]
  /** `http://127.0.0.1:port` */
  origin: string
  knobs: Knobs
  /** Does it after so many milliseconds, unless the server was closed. */
  later(ms: number, work: () => void): void
}

/** What tests turn. */
export interface Knobs {
  /** How long a posted message stays out of history and replies. */
  historyLagMs: number
  /** How long after files.completeUploadExternal the file shows up in the channel. */
  shareMs: number
  /** So many of the next shares never happen, though Slack answers ok. */
  lostShares: number
  triggerMs: number
  homeEnabled: boolean
  messagesTab: boolean
}

export interface Method {
  token: 'bot' | 'app' | 'any'
  /** Any one of them suffices. */
  scopes?: readonly string[]
  /** Calls a minute; the tier's figure, or undefined where Slack calls it special. */
  perMinute?: number
  required?: readonly string[]
  run(call: Call): Thing | Promise<Thing>
}

/** Slack's tiers, in calls a minute (docs.slack.dev/apis/web-api/rate-limits). */
export const tier = { one: 1, two: 20, three: 50, four: 100 } as const

export function need(call: Call, scope: string): void {
  if (call.scopes.includes(scope)) return
  throw new ApiError('missing_scope', { needed: scope, provided: call.scopes.join(',') })
}

/** `invalid_arguments` says what is wrong in `response_metadata.messages`, as `invalid_blocks` does. */
export function refuse(error: string, messages: readonly string[]): ApiError {
  const said = messages.map((message) => `[ERROR] ${message}`)
  const errors = error === 'invalid_blocks' ? { errors: messages } : {}
  return new ApiError(error, { ...errors, response_metadata: { messages: said } })
}

/** An argument that is JSON in a form field; `bad` is the error where it is not. */
export function json(call: Call, name: string, bad: string): unknown {
  const given = call.args[name]
  if (given === undefined || given === '') return undefined
  try {
    return JSON.parse(given)
  } catch {
    throw refuse(bad, [`${name} is not valid JSON`])
  }
}

export function flagged(call: Call, name: string): boolean {
  return call.args[name] === 'true' || call.args[name] === '1'
}

/** Throws the first refusal that Slack would answer with. `except` are checks that do not apply here. */
export function mustBeFine(kind: Kind, payload: Thing, except: readonly string[] = []): void {
  const found = problems(kind, payload).filter((one) => !except.includes(one.error))
  const first = found[0]
  if (!first) return
  const messages = found.filter((one) => one.error === first.error).map((one) => one.message)
  if (first.error === 'invalid_blocks' || first.error === 'invalid_arguments') throw refuse(first.error, messages)
  if (first.error === 'invalid_attachments') throw refuse(first.error, messages)
  throw new ApiError(first.error)
}

/** A conversation that the bot may see: a private one it is not in does not exist for it. */
export function conversation(call: Call, id: string | undefined): Conversation {
  const found = id ? call.state.conversations.get(id) : undefined
  if (!found) throw new ApiError('channel_not_found')
  if (found.kind !== 'public' && !isIn(call, found)) throw new ApiError('channel_not_found')
  return found
}

/** One the bot is in. */
export function joined(call: Call, id: string | undefined): Conversation {
  const found = conversation(call, id)
  if (!isIn(call, found)) throw new ApiError('not_in_channel')
  return found
}

function isIn(call: Call, one: Conversation): boolean {
  return one.members.has(call.state.app.userId)
}

const scopePrefix = { public: 'channels', private: 'groups', im: 'im' } as const

/** `channels:read`, `groups:history` and the like, by the kind of conversation. */
export function needFor(call: Call, one: Conversation, right: 'read' | 'history'): void {
  need(call, `${scopePrefix[one.kind]}:${right}`)
}

/** Slack takes deactivated people out of channels and user groups by itself. */
export function active(call: Call, users: Iterable<string>): string[] {
  return [...users].filter((id) => !call.state.members.get(id)?.deleted)
}

export function member(call: Call, id: string | undefined, error = 'user_not_found'): Member {
  const found = id ? call.state.members.get(id) : undefined
  if (!found) throw new ApiError(error)
  return found
}

/** One page and the cursor of the next, which is opaque to the app. `usual` is the size where none was asked for. */
export function page<T>(call: Call, all: readonly T[], usual: number, most = 1000): { items: T[]; next: string } {
  const limit = Math.min(Number(call.args.limit ?? usual) || usual, most)
  const from = call.args.cursor ? Number(Buffer.from(call.args.cursor, 'base64').toString().replace('at:', '')) : 0
  if (!Number.isInteger(from) || from < 0) throw new ApiError('invalid_cursor')
  const next = from + limit < all.length ? Buffer.from(`at:${from + limit}`).toString('base64') : ''
  return { items: all.slice(from, from + limit), next }
}

export function object(value: unknown): Thing {
  return isThing(value) ? value : {}
}
