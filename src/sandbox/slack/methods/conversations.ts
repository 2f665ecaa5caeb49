/** conversations.*: where the bot is, with whom, and what was said there. */
import {
  ApiError,
  active,
  type Call,
  conversation,
  flagged,
  joined,
  type Method,
  member,
  need,
  needFor,
  page,
  tier,
} from '../method.ts'
import { type Conversation, directWith, type Message } from '../workspace.ts'

const reading = ['channels:read', 'groups:read', 'im:read']
const history = ['channels:history', 'groups:history', 'im:history']

export const conversations: Record<string, Method> = {
  'conversations.open': { token: 'bot', perMinute: tier.three, run: open },
  'conversations.info': { token: 'bot', scopes: reading, perMinute: tier.three, required: ['channel'], run: info },
  'conversations.members': { token: 'bot', scopes: reading, perMinute: tier.four, required: ['channel'], run: members },
  'conversations.history': { token: 'bot', scopes: history, perMinute: tier.three, required: ['channel'], run: past },
  'conversations.replies': {
    token: 'bot',
    scopes: history,
    perMinute: tier.three,
    required: ['channel', 'ts'],
    run: replies,
  },
}

function open(call: Call) {
  const asked = (call.args.users ?? '').split(',').filter(Boolean)
  if (asked.length === 0 && !call.args.channel) throw new ApiError('users_list_not_supplied')
  if (asked.length > 8) throw new ApiError('too_many_users')
  if (asked.length > 1) throw new ApiError('missing_scope', { needed: 'mpim:write', provided: call.scopes.join(',') })
  need(call, 'im:write')
  const person = asked[0] ? member(call, asked[0]) : undefined
  if (person?.deleted) throw new ApiError('user_disabled')
  if (person?.bot) throw new ApiError('cannot_dm_bot')
  const found = person ? directWith(call.state, person.id) : joined(call, call.args.channel)
  return { ok: true, channel: flagged(call, 'return_im') ? described(call, found) : { id: found.id } }
}

function info(call: Call) {
  const found = conversation(call, call.args.channel)
  needFor(call, found, 'read')
  const count = flagged(call, 'include_num_members') ? { num_members: active(call, found.members).length } : {}
  return { ok: true, channel: { ...described(call, found), ...count } }
}

function described(call: Call, one: Conversation) {
  const other = [...one.members].find((id) => id !== call.state.app.userId)
  if (one.kind === 'im')
    return { id: one.id, is_im: true, user: other, is_user_deleted: call.state.members.get(other ?? '')?.deleted }
  return {
    id: one.id,
    name: one.name,
    name_normalized: one.name,
    is_channel: one.kind === 'public',
    is_group: one.kind === 'private',
    is_im: false,
    is_mpim: false,
    is_private: one.kind === 'private',
    is_archived: one.archived,
    is_member: one.members.has(call.state.app.userId),
    is_shared: one.shared,
    is_ext_shared: one.shared,
    is_org_shared: false,
    is_pending_ext_shared: false,
    context_team_id: call.state.team.id,
  }
}

function members(call: Call) {
  const found = conversation(call, call.args.channel)
  needFor(call, found, 'read')
  const { items, next } = page(call, active(call, found.members), 100)
  return { ok: true, members: items, response_metadata: { next_cursor: next } }
}

/** What the app may read by now: Slack's index follows the posts with a delay. */
function known(call: Call, one: Conversation): Message[] {
  const latest = call.clock.now().getTime() - call.knobs.historyLagMs
  const { oldest = '0', latest: before = '9999999999' } = call.args
  const inclusive = flagged(call, 'inclusive')
  return one.messages.filter((message) => {
    if (Number(message.ts) * 1000 > latest && call.knobs.historyLagMs > 0) return false
    if (inclusive && (message.ts === oldest || message.ts === before)) return true
    return Number(message.ts) > Number(oldest) && Number(message.ts) < Number(before)
  })
}

/** Newest first, without replies that were not broadcast. */
function past(call: Call) {
  const found = joined(call, call.args.channel)
  needFor(call, found, 'history')
  const all = known(call, found).filter(
    (message) => !message.thread_ts || message.thread_ts === message.ts || message.subtype === 'thread_broadcast',
  )
  const { items, next } = page(call, all.reverse(), 100, 999)
  const messages = items.map((message) => shown(call, found, message))
  return { ok: true, messages, has_more: next !== '', pin_count: 0, response_metadata: { next_cursor: next } }
}

/** The parent first, then the replies, oldest first. */
function replies(call: Call) {
  const found = joined(call, call.args.channel)
  needFor(call, found, 'history')
  const asked = found.messages.find((message) => message.ts === call.args.ts)
  if (!asked) throw new ApiError('thread_not_found')
  const parent = asked.thread_ts ?? asked.ts
  const thread = known(call, found).filter((message) => message.ts === parent || message.thread_ts === parent)
  const { items, next } = page(call, thread, 1000)
  const messages = items.map((message) => shown(call, found, message))
  return { ok: true, messages, has_more: next !== '', response_metadata: { next_cursor: next } }
}

/** Metadata only where it was asked for; a parent knows its replies. */
function shown(call: Call, where: Conversation, message: Message) {
  const { metadata, ...rest } = message
  const answers = where.messages.filter((one) => one.thread_ts === message.ts && one.ts !== message.ts)
  const thread =
    answers.length === 0
      ? {}
      : { thread_ts: message.ts, reply_count: answers.length, latest_reply: answers.at(-1)?.ts, is_locked: false }
  const told = metadata && flagged(call, 'include_all_metadata') ? { metadata } : {}
  return structuredClone({ ...rest, ...thread, ...told })
}
