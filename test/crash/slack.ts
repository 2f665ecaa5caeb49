/** A Slack of two rooms and a few people: what was posted where, with its metadata. Never changed in place. */
import type { WebClient } from '@slack/web-api'
import { WebAPIPlatformError, WebAPIRateLimitedError, WebAPIRequestError } from '@slack/web-api'
import type { Scene } from './scene.ts'

export const channel = 'CHR'

export interface SlackMessage {
  channel: string
  ts: string
  thread_ts?: string
  text: string
  metadata?: { event_type: string; event_payload: Record<string, string> }
  files?: { name: string }[]
}

export interface SlackState {
  members: readonly string[]
  messages: readonly SlackMessage[]
}

export interface SlackRequest {
  method: string
  // biome-ignore lint/suspicious/noExplicitAny: each method has its own
  body: any
}

type Answer = { ok: true; [name: string]: unknown } | { ok: false; error: string }

export function slackOf(scene: Scene): SlackState {
  return { members: ['UHR', 'UIT', 'UBOT', ...(scene.requesterSees ? ['UBOSS'] : [])], messages: [] }
}

/** What must not be there twice. An update that arrives late merely shows an older card until the next one. */
const writing = new Set(['chat.postMessage', 'files.completeUploadExternal'])

export function slackWrites({ method }: SlackRequest): boolean {
  return writing.has(method)
}

export function slackServed(
  state: SlackState,
  { method, body }: SlackRequest,
  at: number,
): { state: SlackState; answer: Answer } {
  const says = (answer: Record<string, unknown>) => ({ state, answer: { ok: true as const, ...answer } })
  const refuses = (error: string) => ({ state, answer: { ok: false as const, error } })
  const put = (message: SlackMessage) => ({
    state: { ...state, messages: [...state.messages, message] },
    answer: { ok: true as const, ts: message.ts },
  })
  const ts = `${(at / 1000).toFixed(3)}${String(state.messages.length).padStart(3, '0')}`
  switch (method) {
    case 'conversations.members':
      return says({ members: state.members })
    case 'conversations.info':
      return says({ channel: { is_private: true } })
    case 'users.info':
      return says({ user: { id: body.user, name: body.user, profile: { email: `${body.user}@example.com` } } })
    case 'users.lookupByEmail':
      return refuses('users_not_found')
    case 'conversations.open':
      return says({ channel: { id: `D${body.users}` } })
    case 'chat.getPermalink':
      return says({ permalink: `https://slack.test/${body.message_ts}` })
    case 'conversations.history':
      return says({ messages: state.messages.filter((one) => one.channel === body.channel && !one.thread_ts) })
    case 'conversations.replies':
      return says({ messages: state.messages.filter((one) => one.thread_ts === body.ts || one.ts === body.ts) })
    case 'files.getUploadURLExternal':
    case 'files.upload':
      return says({ file_id: 'F1', upload_url: 'https://files.test' })
    case 'files.completeUploadExternal':
    case 'chat.postMessage': {
      const { thread_ts, text = '', metadata, files } = body
      if (thread_ts && !state.messages.some((one) => one.ts === thread_ts)) return refuses('thread_not_found')
      const more = {
        ...(thread_ts ? { thread_ts } : {}),
        ...(metadata ? { metadata } : {}),
        ...(files ? { files } : {}),
      }
      return put({ channel: body.channel, ts, text, ...more })
    }
    case 'chat.update': {
      if (!state.messages.some((one) => one.ts === body.ts)) return refuses('message_not_found')
      const messages = state.messages.map((one) => (one.ts === body.ts ? { ...one, text: body.text } : one))
      return { state: { ...state, messages }, answer: { ok: true } }
    }
    default:
      return refuses('unknown_method')
  }
}

type Exchange = (request: SlackRequest) => Promise<Answer | 'busy'>

/** As much of the SDK's client as the outbox uses, with the SDK's own errors. */
export function webOf(exchange: Exchange): WebClient {
  const call = async (method: string, body: unknown) => {
    const answer = await exchange({ method, body }).catch((error) => {
      throw new WebAPIRequestError(error)
    })
    if (answer === 'busy') throw new WebAPIRateLimitedError(2)
    if (!answer.ok) throw new WebAPIPlatformError(answer)
    return answer
  }
  const named = (...names: string[]) =>
    Object.fromEntries(names.map((name) => [name.split('.').at(-1), (body: unknown) => call(name, body)]))
  const conversations = ['members', 'info', 'open', 'history', 'replies'].map((name) => `conversations.${name}`)
  return {
    chat: named('chat.postMessage', 'chat.update', 'chat.getPermalink', 'chat.delete'),
    conversations: named(...conversations),
    users: named('users.info', 'users.lookupByEmail'),
    // biome-ignore lint/suspicious/noExplicitAny: the SDK's own shape is a union of many
    async filesUploadV2(upload: any) {
      const names: string[] = upload.file_uploads.map((one: { filename: string }) => one.filename)
      for (const name of names) {
        await call('files.getUploadURLExternal', { filename: name })
        await call('files.upload', { filename: name })
      }
      const files = names.map((name) => ({ name }))
      const where = { channel: upload.channel_id, thread_ts: upload.thread_ts }
      return call('files.completeUploadExternal', { ...where, text: upload.initial_comment, files })
    },
  } as unknown as WebClient
}
