/** files.*: the three steps of an upload, and the share that comes later. */
import { ApiError, type Call, joined, json, type Method, tier } from '../method.ts'
import type { Conversation, Message, StoredFile } from '../workspace.ts'
import { author, threadOf } from './chat.ts'

export const files: Record<string, Method> = {
  'files.getUploadURLExternal': {
    token: 'bot',
    scopes: ['files:write'],
    perMinute: tier.four,
    required: ['filename', 'length'],
    run: uploadUrl,
  },
  'files.completeUploadExternal': {
    token: 'bot',
    scopes: ['files:write'],
    perMinute: tier.four,
    required: ['files'],
    run: complete,
  },
  'files.info': { token: 'bot', scopes: ['files:read'], perMinute: tier.four, required: ['file'], run: info },
}

function uploadUrl(call: Call) {
  const length = Number(call.args.length)
  if (!(length > 0)) throw new ApiError('missing_argument')
  const alt = call.args.alt_txt ?? call.args.alt_text ?? ''
  if (alt.length > 1000) throw new ApiError('alt_txt_too_large')
  const id = call.state.nextId('F')
  const name = call.args.filename ?? ''
  call.state.files.set(id, { id, name, title: name, alt, length, completed: false, shares: [] })
  return { ok: true, upload_url: `${call.origin}/upload/v1/${id}`, file_id: id }
}

function complete(call: Call) {
  const asked = json(call, 'files', 'invalid_arguments')
  const wanted = Array.isArray(asked) ? (asked as { id?: string; title?: string }[]) : []
  const found = wanted.map((one) => uploaded(call, one.id, one.title))
  if (found.length === 0) throw new ApiError('invalid_arguments')
  // Without a channel the files stay private to the bot.
  const to = call.args.channel_id ? joined(call, call.args.channel_id) : undefined
  for (const file of found) file.completed = true
  if (to && call.knobs.lostShares > 0) call.knobs.lostShares -= 1
  else if (to) call.later(call.knobs.shareMs, () => share(call, found, to))
  return { ok: true, files: found.map((file) => described(call, file)) }
}

function uploaded(call: Call, id: string | undefined, title: string | undefined): StoredFile {
  const file = call.state.files.get(id ?? '')
  if (!file?.bytes) throw new ApiError('file_not_found')
  if (title) file.title = title
  return file
}

/** Sharing is asynchronous: Slack answers first, and `shares` stays empty for a while (node-slack-sdk#1865). */
function share(call: Call, found: readonly StoredFile[], to: Conversation): void {
  const thread = threadOf(to, call.args.thread_ts)
  const message: Message = {
    type: 'message',
    ts: call.state.nextTs(),
    ...(thread ? { thread_ts: thread } : {}),
    ...author(call),
    text: call.args.initial_comment ?? '',
    files: found.map((file) => described(call, file)),
  }
  to.messages.push(message)
  for (const file of found)
    file.shares.push({ channel: to.id, ts: message.ts, ...(thread ? { thread_ts: thread } : {}) })
}

function info(call: Call) {
  const file = call.state.files.get(call.args.file ?? '')
  if (!file?.completed) throw new ApiError('file_not_found')
  return { ok: true, file: described(call, file), comments: [], response_metadata: { next_cursor: '' } }
}

type Places = Record<string, { ts: string; thread_ts?: string }[]>

function described(call: Call, file: StoredFile) {
  const shares: { public?: Places; private?: Places } = {}
  for (const { channel, ...where } of file.shares) {
    const kind = call.state.conversations.get(channel)?.kind === 'public' ? 'public' : 'private'
    shares[kind] = { ...shares[kind], [channel]: [...(shares[kind]?.[channel] ?? []), where] }
  }
  const channels = file.shares.map((share) => share.channel)
  return {
    id: file.id,
    created: Math.floor(call.clock.now().getTime() / 1000),
    name: file.name,
    title: file.title,
    user: call.state.app.userId,
    size: file.bytes?.length ?? 0,
    filetype: file.name.split('.').at(-1) ?? '',
    mode: 'hosted',
    is_public: false,
    url_private: `${call.origin}/files-pri/${file.id}/${encodeURIComponent(file.name)}`,
    url_private_download: `${call.origin}/files-pri/${file.id}/download/${encodeURIComponent(file.name)}`,
    channels: channels.filter((id) => id.startsWith('C')),
    groups: [],
    ims: channels.filter((id) => id.startsWith('D')),
    shares,
  }
}
