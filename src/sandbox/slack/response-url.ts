/** response_url: five answers within thirty minutes, only into the conversation it came from (docs.slack.dev/interactivity/handling-user-interaction). */
import type { KnownBlock } from '@slack/types'
import type { Thing } from './limits.ts'
import { ApiError, type Call, mustBeFine, object } from './method.ts'
import { author, deleteMessage } from './methods/chat.ts'
import { finished, plainTextOf } from './normal.ts'
import { type Ephemeral, type Message, messageAt, type ResponseUrl } from './workspace.ts'

const mostUses = 5
const lifetimeMs = 30 * 60_000

export function respond(call: Call, id: string, body: string): Thing {
  const url = call.state.responseUrls.get(id)
  if (!url) throw new ApiError('invalid_url')
  if (call.clock.now().getTime() - url.at > lifetimeMs) throw new ApiError('expired_url')
  if (url.uses >= mostUses) throw new ApiError('used_url')
  say(call, url, object(JSON.parse(body)), 'response_url')
  url.uses += 1
  return { ok: true }
}

/** What an app answers to an interaction, through its response_url or in the acknowledgement of a command. */
export function say(call: Call, url: ResponseUrl, answer: Thing, via: Ephemeral['via']): void {
  if (answer.delete_original === true) return erase(call, url)
  // The limit on the sum of all blocks holds for chat.postMessage only (slackapi/bolt-js#2867).
  mustBeFine('message', answer, ['msg_blocks_too_long'])
  const blocks = finished(call.state, (answer.blocks ?? []) as KnownBlock[])
  const text = typeof answer.text === 'string' ? answer.text : plainTextOf(blocks)
  const content = { text, ...(blocks.length > 0 ? { blocks } : {}) }
  if (answer.replace_original === true && url.message) return replace(call, url, content)
  const thread = url.message?.thread_ts ?? (typeof answer.thread_ts === 'string' ? answer.thread_ts : undefined)
  const head = { ts: call.state.nextTs(), ...(thread ? { thread_ts: thread } : {}) }
  if (answer.response_type === 'in_channel')
    return void call.state.conversations
      .get(url.channel)
      ?.messages.push({ type: 'message', ...head, ...author(call), ...content })
  call.state.ephemerals.push({ ...head, channel: url.channel, user: url.user, ...content, via })
}

function original(call: Call, url: ResponseUrl): Message | Ephemeral | undefined {
  const ts = url.message?.ts ?? ''
  if (!url.message?.ephemeral) return messageAt(call.state, url.channel, ts)
  return call.state.ephemerals.find((one) => one.ts === ts && one.user === url.user)
}

function replace(call: Call, url: ResponseUrl, content: { text: string; blocks?: KnownBlock[] }): void {
  const found = original(call, url)
  if (!found) return
  found.text = content.text
  if (content.blocks) found.blocks = content.blocks
  else delete found.blocks
}

function erase(call: Call, url: ResponseUrl): void {
  const found = original(call, url)
  if (!found) return
  if ('via' in found) {
    call.state.ephemerals.splice(call.state.ephemerals.indexOf(found), 1)
    return
  }
  const to = call.state.conversations.get(url.channel)
  if (to) deleteMessage(to, found)
}
