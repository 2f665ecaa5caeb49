/** What one person sees in Slack, as the page is told it. */
import { channelsOf, ephemeralsOf, openViews } from '../slack/looking.ts'
import {
  directWith,
  type Message as Kept,
  messageAt,
  notesOf,
  type OpenView,
  type Conversation as Room,
  type Workspace,
} from '../slack/workspace.ts'
import type { Conversation, Home, Message, Modal, Seen, SharedFile, Whisper } from './shapes.ts'
import type { Stamps } from './stamps.ts'

export interface Looking {
  state: Workspace
  stamps: Stamps
  world: number
  /** The newest message that somebody has seen, by person and conversation. */
  read: Map<string, string>
  /** Of the app's messages tab. */
  readOnly: boolean
}

export function seenBy(looking: Looking, persona: string, since = 0): Seen {
  const { state, stamps, world } = looking
  const version = stamps.look()
  const head = { world, version, persona, now: state.clock.now().toISOString() }
  if (state.members.get(persona)?.deleted)
    return { ...head, signedOut: true, conversations: [], whispers: [], modals: [], knows: [] }
  const home = state.views.get(state.homes.get(persona) ?? '')
  return {
    ...head,
    conversations: roomsOf(state, persona).map((room) => conversation(looking, persona, room, since)),
    whispers: whispers(looking, persona),
    modals: openViews(state, persona).map((open) => modal(stamps, open)),
    ...(home ? { home: homeOf(stamps, home) } : {}),
    knows: knownTo(state, persona),
  }
}

/** The channels they are in, the messages of the app, the notes to themselves. */
export function roomsOf(state: Workspace, persona: string): Room[] {
  return [...channelsOf(state, persona), directWith(state, persona), notesOf(state, persona)]
}

export function readKey(persona: string, conversation: string): string {
  return `${persona} ${conversation}`
}

function conversation(
  { state, stamps, read, readOnly }: Looking,
  persona: string,
  room: Room,
  since: number,
): Conversation {
  const last = read.get(readKey(persona, room.id)) ?? ''
  const fresh = room.messages.filter((one) => one.ts > last && one.user !== persona && concerns(room, persona, one))
  const kind = kindOf(state, room)
  const mentioning = kind === 'app' ? fresh : fresh.filter((one) => mentions(state, persona, one))
  return {
    id: room.id,
    name: nameOf(state, persona, kind, room),
    kind,
    members: [...room.members],
    ...(kind === 'app' && readOnly ? { readOnly: true as const } : {}),
    unread: fresh.length,
    mentions: mentioning.length,
    order: room.messages.map((one) => one.ts),
    messages: room.messages
      .filter((one) => stamps.of(one) > since)
      .map((one) => messageOf(state, persona, one, stamps.of(one))),
  }
}

function kindOf(state: Workspace, room: Room): Conversation['kind'] {
  if (room.kind !== 'im') return room.kind
  return room.members.has(state.app.userId) ? 'app' : 'self'
}

function nameOf(state: Workspace, persona: string, kind: Conversation['kind'], room: Room): string {
  if (kind === 'app') return state.members.get(state.app.userId)?.realName ?? state.app.name
  return kind === 'self' ? (state.members.get(persona)?.realName ?? persona) : room.name
}

/** A reply makes a channel unread only for those who take part in its thread, or are mentioned. */
function concerns(room: Room, persona: string, message: Kept): boolean {
  const thread = message.thread_ts
  if (room.kind === 'im' || !thread || thread === message.ts || message.subtype === 'thread_broadcast') return true
  if (JSON.stringify(message.blocks ?? message.text).includes(persona)) return true
  return room.messages.some((one) => (one.ts === thread || one.thread_ts === thread) && one.user === persona)
}

function mentions(state: Workspace, persona: string, message: Kept): boolean {
  const said = JSON.stringify([message.text, message.blocks ?? []])
  const groups = [...state.groups.values()].filter((one) => one.users.includes(persona)).map((one) => one.id)
  const signs = [`<@${persona}`, `"user_id":"${persona}"`, '<!channel', '<!here', '"range":']
  const ofGroups = groups.flatMap((id) => [`<!subteam^${id}`, `"usergroup_id":"${id}"`])
  return [...signs, ...ofGroups].some((sign) => said.includes(sign))
}

function messageOf(state: Workspace, persona: string, message: Kept, v: number): Message {
  const { ts, thread_ts: thread, user, text, blocks, files, reactions } = message
  return {
    ts,
    v,
    ...(thread && thread !== ts ? { thread } : {}),
    ...(message.subtype === 'thread_broadcast' ? { broadcast: true as const } : {}),
    user,
    text,
    ...(blocks ? { blocks } : {}),
    ...(message.edited ? { edited: true as const } : {}),
    ...(files?.length ? { files: files.map((file) => sharedFile(state, persona, String(file.id))) } : {}),
    ...(reactions?.length ? { reactions: reactions.map(({ name, count }) => ({ name, count })) } : {}),
  }
}

function sharedFile(state: Workspace, persona: string, id: string): SharedFile {
  const file = state.files.get(id)
  const { name = id, title = id, length: size = 0 } = file ?? {}
  return { id, name, title, size, url: `/api/files/${id}?persona=${persona}` }
}

/** Whether this file was shared where the person can see it. */
export function seesFile(state: Workspace, persona: string, id: string): boolean {
  const rooms = new Set(roomsOf(state, persona).map((one) => one.id))
  const shares = state.files.get(id)?.shares ?? []
  return shares.some((share) => rooms.has(share.channel) && messageAt(state, share.channel, share.ts) !== undefined)
}

function whispers({ state, stamps }: Looking, persona: string): Whisper[] {
  const own = state.ephemerals.filter((one) => one.user === persona)
  return ephemeralsOf(state, persona).map((one, at) => ({
    ts: one.ts,
    v: stamps.of(own[at] as object),
    conversation: one.channel,
    ...(one.thread_ts ? { thread: one.thread_ts } : {}),
    text: one.text,
    ...(one.blocks ? { blocks: one.blocks } : {}),
  }))
}

function modal(stamps: Stamps, open: OpenView): Modal {
  const { id, hash, title, close, submit, blocks, state } = open.view
  return { id, v: stamps.of(open), hash, title, close, submit, blocks, state: state.values, errors: open.errors }
}

function homeOf(stamps: Stamps, open: OpenView): Home {
  const { id, blocks, state } = open.view
  return { id, v: stamps.of(open), blocks, state: state.values }
}

/** A guest finds only those they share a channel with. */
function knownTo(state: Workspace, persona: string): string[] {
  const own = state.members.get(persona)
  const all = [...state.members.values()].filter((one) => !one.stranger)
  if (!own?.restricted && !own?.ultraRestricted) return all.map((one) => one.id)
  const near = new Set(channelsOf(state, persona).flatMap((one) => [...one.members]))
  return all.filter((one) => near.has(one.id) || one.id === persona || one.bot).map((one) => one.id)
}
