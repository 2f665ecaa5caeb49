/** chat.*: what the bot says. */
import type { KnownBlock } from '@slack/types'
import { longestText } from '../limits.ts'
import {
  ApiError,
  type Call,
  conversation,
  flagged,
  joined,
  json,
  type Method,
  member,
  mustBeFine,
  object,
  tier,
} from '../method.ts'
import { finished, plainTextOf } from '../normal.ts'
import { type Conversation, directWith, type Message, type Metadata, messageAt } from '../workspace.ts'

export const chat: Record<string, Method> = {
  /** One a second and channel, kept by the rate limiter; no tier. */
  'chat.postMessage': { token: 'bot', scopes: ['chat:write'], required: ['channel'], run: post },
  'chat.update': {
    token: 'bot',
    scopes: ['chat:write'],
    perMinute: tier.three,
    required: ['channel', 'ts'],
    run: update,
  },
  'chat.delete': {
    token: 'bot',
    scopes: ['chat:write'],
    perMinute: tier.three,
    required: ['channel', 'ts'],
    run: remove,
  },
  'chat.postEphemeral': {
    token: 'bot',
    scopes: ['chat:write'],
    perMinute: tier.four,
    required: ['channel', 'user'],
    run: whisper,
  },
  'chat.getPermalink': { token: 'bot', required: ['channel', 'message_ts'], run: permalink },
}

interface Said {
  text: string
  blocks?: KnownBlock[]
  metadata?: Metadata
}

/** Reads text, blocks and metadata, and refuses what Slack refuses. */
function said(call: Call, kind: 'message' | 'update'): Said & { given: { text: boolean; blocks: boolean } } {
  const blocks = json(call, 'blocks', 'invalid_blocks_format')
  const metadata = json(call, 'metadata', 'invalid_metadata_format')
  const text = call.args.text
  if (call.args.markdown_text !== undefined && (text !== undefined || blocks !== undefined))
    throw new ApiError('markdown_text_conflict')
  mustBeFine(kind, { text, blocks, metadata })
  const kept = finished(call.state, (blocks ?? []) as KnownBlock[])
  return {
    text: (text ?? plainTextOf(kept)).slice(0, longestText),
    ...(kept.length > 0 ? { blocks: kept } : {}),
    ...(metadata ? { metadata: metadata as Metadata } : {}),
    given: { text: text !== undefined, blocks: blocks !== undefined },
  }
}

/** A user's id stands for the bot's direct conversation with them. */
function addressee(call: Call): Conversation {
  const to = call.args.channel ?? ''
  const person = call.state.members.get(to)
  if (person?.bot) throw new ApiError('cannot_dm_bot')
  // What Slack says of a deactivated person is not documented for this method; they are not there to be written to.
  if (person?.deleted) throw new ApiError('channel_not_found')
  const found = person ? directWith(call.state, to) : joined(call, named(call, to))
  if (found.archived) throw new ApiError('is_archived')
  if (found.kind === 'im' && !call.knobs.messagesTab) throw new ApiError('messages_tab_disabled')
  return found
}

function named(call: Call, to: string): string {
  if (!to.startsWith('#')) return to
  return [...call.state.conversations.values()].find((one) => `#${one.name}` === to)?.id ?? to
}

function post(call: Call) {
  const to = addressee(call)
  const { text, blocks, metadata } = said(call, 'message')
  const thread = threadOf(to, call.args.thread_ts)
  const message: Message = {
    type: 'message',
    ...(thread && flagged(call, 'reply_broadcast') ? { subtype: 'thread_broadcast' } : {}),
    ts: call.state.nextTs(),
    ...(thread ? { thread_ts: thread } : {}),
    ...author(call),
    text,
    ...(blocks ? { blocks } : {}),
    ...(metadata && Object.keys(metadata).length > 0 ? { metadata } : {}),
  }
  to.messages.push(message)
  return { ok: true, channel: to.id, ts: message.ts, message }
}

export function author(call: Call) {
  const { app, team } = call.state
  return { user: app.userId, bot_id: app.botId, app_id: app.id, team: team.id }
}

/** A reply to a reply lands in the parent's thread; to a message that is not there, Slack posts into the channel. */
export function threadOf(to: Conversation, ts: string | undefined): string | undefined {
  if (!ts) return undefined
  const parent = to.messages.find((message) => message.ts === ts)
  return parent ? (parent.thread_ts ?? parent.ts) : undefined
}

/** The bot's own message; what others wrote, it may not touch. */
function own(call: Call, error: string): { to: Conversation; message: Message } {
  const to = conversation(call, call.args.channel)
  const message = messageAt(call.state, to.id, call.args.ts ?? '')
  if (!message || message.subtype === 'tombstone') throw new ApiError('message_not_found')
  if (message.user !== call.state.app.userId) throw new ApiError(error)
  return { to, message }
}

function update(call: Call) {
  const { to, message } = own(call, 'cant_update_message')
  if (to.archived) throw new ApiError('is_inactive')
  const { text, blocks, metadata, given } = said(call, 'update')
  if (given.text || !given.blocks) message.text = text
  else message.text = plainTextOf(blocks ?? [])
  // With text alone the blocks go; with blocks there is no "(edited)" (docs.slack.dev/reference/methods/chat.update).
  if (blocks) message.blocks = blocks
  else delete message.blocks
  if (!given.blocks) message.edited = { user: call.state.app.userId, ts: call.state.nextTs() }
  if (metadata && Object.keys(metadata).length > 0) message.metadata = metadata
  else if (metadata) delete message.metadata
  return { ok: true, channel: to.id, ts: message.ts, text: message.text, message }
}

function remove(call: Call) {
  const { to, message } = own(call, 'cant_delete_message')
  deleteMessage(to, message)
  return { ok: true, channel: to.id, ts: message.ts }
}

/** A parent with replies leaves a tombstone behind, so that the thread stays. */
export function deleteMessage(to: Conversation, message: Message): void {
  const replies = to.messages.some((one) => one.thread_ts === message.ts && one.ts !== message.ts)
  if (!replies) return void to.messages.splice(to.messages.indexOf(message), 1)
  message.subtype = 'tombstone'
  message.text = 'This message was deleted.'
  delete message.blocks
  delete message.metadata
}

function whisper(call: Call) {
  const to = joined(call, call.args.channel)
  const listener = member(call, call.args.user, 'user_not_in_channel')
  if (!to.members.has(listener.id) || listener.deleted) throw new ApiError('user_not_in_channel')
  const { text, blocks } = said(call, 'message')
  const ts = call.state.nextTs()
  const thread = threadOf(to, call.args.thread_ts)
  call.state.ephemerals.push({
    ts,
    channel: to.id,
    user: listener.id,
    text,
    ...(thread ? { thread_ts: thread } : {}),
    ...(blocks ? { blocks } : {}),
    via: 'chat.postEphemeral',
  })
  return { ok: true, message_ts: ts }
}

function permalink(call: Call) {
  const to = conversation(call, call.args.channel)
  const ts = call.args.message_ts ?? ''
  const message = object(messageAt(call.state, to.id, ts))
  if (!message.ts) throw new ApiError('message_not_found')
  const thread = message.thread_ts ? `?thread_ts=${String(message.thread_ts)}&cid=${to.id}` : ''
  const host = `https://${call.state.team.domain}.slack.com`
  return { ok: true, channel: to.id, permalink: `${host}/archives/${to.id}/p${ts.replace('.', '')}${thread}` }
}
