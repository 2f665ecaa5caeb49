/** The state behind the pretend Slack: people, conversations, messages, views, files; and who hears of a change. */
import type { KnownBlock } from '@slack/types'
import type { Clock } from '../../clock.ts'
import type { Thing } from './limits.ts'
import { fill, type WorkspaceSeed } from './seed.ts'

export interface Member {
  id: string
  /** The handle, as typed after @. */
  name: string
  realName: string
  email: string
  title: string
  /** IANA. */
  zone: string
  teamId: string
  deleted: boolean
  bot: boolean
  /** Guests: multi-channel, single-channel. */
  restricted: boolean
  ultraRestricted: boolean
  /** From another company, through Slack Connect. */
  stranger: boolean
  admin: boolean
}

export interface Conversation {
  id: string
  name: string
  kind: 'public' | 'private' | 'im'
  members: Set<string>
  archived: boolean
  /** Shared with another company (Slack Connect). */
  shared: boolean
  messages: Message[]
}

export interface Message {
  type: 'message'
  subtype?: string
  ts: string
  thread_ts?: string
  user: string
  bot_id?: string
  app_id?: string
  team: string
  text: string
  blocks?: KnownBlock[]
  metadata?: Metadata
  edited?: { user: string; ts: string }
  files?: Thing[]
  reactions?: { name: string; users: string[]; count: number }[]
}

export interface Metadata {
  event_type: string
  event_payload: Thing
}

/** Seen by one person only, until their client is reloaded; never in any history. */
export interface Ephemeral {
  ts: string
  channel: string
  user: string
  thread_ts?: string
  text: string
  blocks?: KnownBlock[]
  /** How it got there. */
  via: 'chat.postEphemeral' | 'response_url' | 'ack'
}

export type Values = Record<string, Record<string, Thing>>

/** A view as Slack hands it out in answers and payloads. */
export interface View {
  id: string
  team_id: string
  type: 'modal' | 'home'
  blocks: KnownBlock[]
  private_metadata: string
  callback_id: string
  state: { values: Values }
  hash: string
  title: Thing | null
  close: Thing | null
  submit: Thing | null
  clear_on_close: boolean
  notify_on_close: boolean
  previous_view_id: string | null
  root_view_id: string
  app_id: string
  app_installed_team_id: string
  bot_id: string
  external_id: string
}

export interface OpenView {
  view: View
  user: string
  /** The trigger that opened it. */
  trigger?: string
  /** Shown under input blocks after `response_action: errors`, by block_id. */
  errors: Record<string, string>
}

export interface UserGroup {
  id: string
  handle: string
  name: string
  users: string[]
  disabled: boolean
}

export interface StoredFile {
  id: string
  name: string
  title: string
  alt: string
  length: number
  bytes?: Buffer
  completed: boolean
  /** Where it can be seen; empty until the share has gone through. */
  shares: { channel: string; ts: string; thread_ts?: string }[]
}

export interface Trigger {
  user: string
  at: number
  used: boolean
  /** The modal it came from. */
  view?: string
}

export interface ResponseUrl {
  user: string
  channel: string
  at: number
  uses: number
  /** The message it belongs to, where it came from one. */
  message?: { ts: string; thread_ts?: string; ephemeral: boolean }
}

export interface Workspace {
  team: { id: string; domain: string; name: string }
  app: { id: string; botId: string; userId: string; name: string }
  clock: Clock
  /** User groups need a paid plan. */
  plan: 'free' | 'paid'
  members: Map<string, Member>
  conversations: Map<string, Conversation>
  groups: Map<string, UserGroup>
  /** Open views and published homes by id. */
  views: Map<string, OpenView>
  /** View ids by person, the one on top last. */
  stacks: Map<string, string[]>
  homes: Map<string, string>
  ephemerals: Ephemeral[]
  files: Map<string, StoredFile>
  triggers: Map<string, Trigger>
  responseUrls: Map<string, ResponseUrl>
  /** Workflow Builder's runs of the app's functions. */
  executions: Map<string, { callbackId: string; inputs: Thing; result?: Thing }>
  /** A message timestamp, unique and rising in the whole workspace. */
  nextTs(): string
  nextId(prefix: string): string
  /** To be called after every change. */
  changed(): void
  onChange(listener: () => void): () => void
}

export function workspace(seed: WorkspaceSeed): Workspace {
  const listeners = new Set<() => void>()
  let lastTs = 0
  let lastId = 0
  const state: Workspace = {
    team: { id: 'T0EXAMPLE', domain: 'example', name: 'Example' },
    app: { id: 'A0LATCHKEY', botId: 'B0LATCHKEY', userId: 'U0LATCHKEY', name: 'latchkey' },
    clock: seed.clock,
    plan: seed.plan ?? 'paid',
    members: new Map(),
    conversations: new Map(),
    groups: new Map(),
    views: new Map(),
    stacks: new Map(),
    homes: new Map(),
    ephemerals: [],
    files: new Map(),
    triggers: new Map(),
    responseUrls: new Map(),
    executions: new Map(),
    nextTs() {
      lastTs = Math.max(seed.clock.now().getTime() * 1000, lastTs + 1)
      return `${Math.floor(lastTs / 1e6)}.${String(lastTs % 1e6).padStart(6, '0')}`
    },
    nextId: (prefix) => `${prefix}${String(++lastId).padStart(8, '0')}`,
    changed: () => {
      for (const listener of [...listeners]) listener()
    },
    onChange: (listener) => {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
  }
  fill(state, seed)
  return state
}

/** The direct conversation of the bot with one person; made when first asked for. */
export function directWith(state: Workspace, user: string): Conversation {
  const id = `D${user.slice(1)}`
  const known = state.conversations.get(id)
  if (known) return known
  const members = new Set([user, state.app.userId])
  const made: Conversation = { id, name: id, kind: 'im', members, archived: false, shared: false, messages: [] }
  state.conversations.set(id, made)
  return made
}

/** The conversation with oneself: the bot is not in it, only a response_url reaches it. */
export function notesOf(state: Workspace, user: string): Conversation {
  const id = `DSELF${user.slice(1)}`
  const known = state.conversations.get(id)
  if (known) return known
  const members = new Set([user])
  const made: Conversation = { id, name: id, kind: 'im', members, archived: false, shared: false, messages: [] }
  state.conversations.set(id, made)
  return made
}

export function messageAt(state: Workspace, channel: string, ts: string): Message | undefined {
  return state.conversations.get(channel)?.messages.find((message) => message.ts === ts)
}
