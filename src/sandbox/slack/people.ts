/** One person at their Slack client: what they can do, and what they can see. */
import { type Answer, answerOf, applied, begin, type Stage } from './answer.ts'
import type { Outcome } from './delivery.ts'
import { isThing, type Thing } from './limits.ts'
import { type Visible, visibleTo } from './looking.ts'
import {
  globalShortcut,
  messageShortcut,
  newResponseUrl,
  newTrigger,
  type Post,
  slashCommand,
  suggestion,
} from './payloads.ts'
import { type ClickOptions, click, type Target } from './people-clicks.ts'
import { close, fillIn, submit } from './people-forms.ts'
import { renderVisible } from './render.ts'
import { say } from './response-url.ts'
import { type Conversation, directWith, messageAt, notesOf, type View } from './workspace.ts'

export interface Persona {
  id: string
  /** `/offboard @jo.miller`; from the direct conversation with themselves where no channel is given. */
  slash(line: string, channel?: string): Promise<Answer>
  /** A button, menu or picker in a message, a modal or the home tab. Throws where they see none. */
  click(target: Target, actionId: string, options?: ClickOptions): Promise<Answer>
  /** Fills in what the app hears of only when the form is sent, or something else in it is clicked. */
  fillIn(view: View, values: Record<string, unknown>): void
  submit(view: View, values?: Record<string, unknown>): Promise<Answer>
  close(view?: View): Promise<Answer>
  openHome(): Promise<Answer>
  shortcut(callbackId: string): Promise<Answer>
  messageShortcut(callbackId: string, message: Post): Promise<Answer>
  /** Types into an external menu and gets the app's options. */
  suggest(shown: View | Post, actionId: string, query: string, blockId?: string): Promise<Thing[]>
  /** Writes a message; the app hears nothing of it. */
  say(channel: string, text: string, thread?: string): Post
  visible(): Visible
  /** Whether this text is anywhere in what they see, as it was sent (`<@U…>`, a hidden id) or as it reads (a name). */
  sees(text: string): boolean
  /** The modal in front of them. */
  view(): View | undefined
  /** Ephemeral messages do not outlive it. */
  reload(): void
  /** Takes one message away that only they see. */
  dismiss(ts: string): void
}

export function persona(stage: Stage, id: string): Persona {
  const { state } = stage
  return {
    id,
    slash: (line, channel) => slash(stage, id, line, channel),
    click: async (target, actionId, options) => {
      const answer = await click(stage, id, target, actionId, options)
      return answer ?? answerOf(stage, begin(stage, id, ''), { acked: false, body: {}, ms: 0 }, { sent: false })
    },
    fillIn: (view, values) => fillIn(stage, id, view, values),
    submit: (view, values) => submit(stage, id, view, values),
    close: (view) => close(stage, id, view),
    openHome: () => openHome(stage, id),
    shortcut: (callbackId) => shortcut(stage, id, callbackId),
    messageShortcut: (callbackId, message) => onMessage(stage, id, callbackId, message),
    suggest: (shown, actionId, query, blockId) => suggest(stage, id, shown, { actionId, query, blockId }),
    say(channel, text, thread) {
      stage.mayAct(id)
      const to = writable(stage, id, channel)
      const { ts, ...rest } = {
        ts: state.nextTs(),
        user: id,
        team: state.members.get(id)?.teamId ?? state.team.id,
        text: escaped(stage, id, text),
      }
      const message = { type: 'message' as const, ts, ...(thread ? { thread_ts: thread } : {}), ...rest }
      to.messages.push(message)
      state.changed()
      return { ...message, channel: to.id }
    },
    visible: () => visibleTo(state, id),
    sees: (text) =>
      JSON.stringify(visibleTo(state, id)).includes(JSON.stringify(text).slice(1, -1)) ||
      renderVisible({ state }, id).includes(text),
    view: () => visibleTo(state, id).views.at(-1),
    reload() {
      state.ephemerals = state.ephemerals.filter((one) => one.user !== id)
      state.changed()
    },
    dismiss(ts) {
      state.ephemerals = state.ephemerals.filter((one) => one.user !== id || one.ts !== ts)
      state.changed()
    },
  }
}

/** Somebody from another company may click in a shared channel, and cannot use this company's commands and home. */
function mustBelong(stage: Stage, user: string): void {
  stage.mayAct(user)
  if (stage.state.members.get(user)?.stranger)
    throw new Error(`${user} belongs to another company and has none of this app's commands, shortcuts or its home`)
}

function place(stage: Stage, user: string, channel: string | undefined): Conversation {
  if (channel === undefined) return notesOf(stage.state, user)
  const found = stage.state.conversations.get(channel)
  if (!found?.members.has(user)) throw new Error(`${user} is not in ${channel}`)
  return found
}

/** Where there is a composer. */
function writable(stage: Stage, user: string, channel: string | undefined): Conversation {
  const found = place(stage, user, channel)
  if (stage.messagesReadOnly && found.kind === 'im' && found.members.has(stage.state.app.userId))
    throw new Error('Sending messages to this app has been turned off.')
  return found
}

async function slash(stage: Stage, user: string, line: string, channel?: string): Promise<Answer> {
  mustBelong(stage, user)
  const [command = '', rest = ''] = line.trim().split(/\s+(.*)/s)
  if (!stage.commands.includes(command)) throw new Error(`${command} is not a valid command in the pretend Slack`)
  const from = writable(stage, user, channel)
  const trigger = newTrigger(stage.state, user)
  const began = begin(stage, user, trigger)
  const url = { user, channel: from.id }
  const responseUrl = newResponseUrl(stage.state, stage.origin, url)
  const text = stage.shouldEscape ? escaped(stage, user, rest) : rest
  const payload = slashCommand(stage.state, { user, command, text, channel: from, trigger, responseUrl })
  const outcome = await stage.interact('slash_commands', payload)
  const problems = answers(outcome)
    ? applied(() => say(stage.call, { ...url, at: 0, uses: 0 }, outcome.body, 'ack'))
    : []
  stage.state.changed()
  if (!outcome.acked)
    return answerOf(stage, began, outcome, { shown: `${command} failed with the error "${outcome.failure}"` })
  return answerOf(stage, began, outcome, problems.length > 0 ? { failure: 'invalid_response', problems } : {})
}

function answers(outcome: Outcome): boolean {
  return outcome.acked && Object.keys(outcome.body).length > 0
}

/** As `should_escape` does: people, channels, addresses and links become ids and links, the rest is escaped. */
function escaped(stage: Stage, user: string, text: string): string {
  const { members } = stage.state
  const channels = [...stage.state.conversations.values()].filter(
    (one) => one.kind === 'public' || (one.kind === 'private' && one.members.has(user)),
  )
  return text
    .split(/(<[@#!][^>]+>|\s+)/)
    .map((word) => {
      if (/^<[@#!]/.test(word)) return word
      if (/^[^@\s]+@[^@\s]+\.[^@\s]+$/.test(word)) return `<mailto:${word}|${word}>`
      if (/^https?:\/\//.test(word)) return `<${word}>`
      const person = word.startsWith('@') && [...members.values()].find((one) => one.name === word.slice(1))
      if (person) return `<@${person.id}|${person.name}>`
      const channel = word.startsWith('#') && channels.find((one) => one.name === word.slice(1))
      if (channel) return `<#${channel.id}|${channel.name}>`
      return word.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
    })
    .join('')
}

async function openHome(stage: Stage, user: string): Promise<Answer> {
  mustBelong(stage, user)
  const began = begin(stage, user, '')
  const home = stage.state.views.get(stage.state.homes.get(user) ?? '')?.view
  const channel = directWith(stage.state, user).id
  const event = {
    type: 'app_home_opened',
    user,
    channel,
    tab: 'home',
    ...(home ? { view: structuredClone(home) } : {}),
  }
  const outcome = await stage.emit(event)
  return answerOf(stage, began, outcome ?? { acked: false, body: {}, ms: 0 }, outcome ? {} : { sent: false })
}

async function shortcut(stage: Stage, user: string, callbackId: string): Promise<Answer> {
  mustBelong(stage, user)
  known(stage, callbackId)
  const trigger = newTrigger(stage.state, user)
  const began = begin(stage, user, trigger)
  const outcome = await stage.interact('interactive', globalShortcut(stage.state, user, callbackId, trigger))
  return answerOf(stage, began, outcome)
}

function known(stage: Stage, callbackId: string): void {
  if (stage.shortcuts && !stage.shortcuts.includes(callbackId)) throw new Error(`there is no shortcut ${callbackId}`)
}

async function onMessage(stage: Stage, user: string, callbackId: string, message: Post): Promise<Answer> {
  mustBelong(stage, user)
  known(stage, callbackId)
  const channel = place(stage, user, message.channel)
  if (!messageAt(stage.state, channel.id, message.ts)) throw new Error(`the message ${message.ts} is gone`)
  const trigger = newTrigger(stage.state, user)
  const began = begin(stage, user, trigger)
  const { ts, thread_ts: thread } = message
  const about = { ts, ephemeral: false, ...(thread ? { thread_ts: thread } : {}) }
  const responseUrl = newResponseUrl(stage.state, stage.origin, { user, channel: channel.id, message: about })
  const payload = messageShortcut(stage.state, { user, callbackId, trigger, post: message, channel, responseUrl })
  return answerOf(stage, began, await stage.interact('interactive', payload))
}

const mostOptions = 100

async function suggest(
  stage: Stage,
  user: string,
  shown: View | Post,
  typed: { actionId: string; query: string; blockId: string | undefined },
): Promise<Thing[]> {
  stage.mayAct(user)
  const where = 'root_view_id' in shown ? openOf(stage, user, shown) : postFor(stage, user, shown)
  const sign = `"action_id":${JSON.stringify(typed.actionId)}`
  const block = (where.blocks ?? []).find(
    (one) => JSON.stringify(one).includes(sign) && (typed.blockId ?? one.block_id) === one.block_id,
  )
  const from = { user, where, ...typed, blockId: String(block?.block_id) }
  const outcome = await stage.interact('interactive', suggestion(stage.state, from))
  const options = Array.isArray(outcome.body.options) ? outcome.body.options.filter(isThing) : []
  if (!outcome.acked || options.length > mostOptions) return []
  return options
}

function openOf(stage: Stage, user: string, view: View): View {
  const open = stage.state.views.get(view.id)
  if (open?.user !== user) throw new Error(`${user} does not have the view ${view.id} open`)
  return open.view
}

function postFor(stage: Stage, user: string, post: Post): Post {
  const channel = place(stage, user, post.channel)
  const message = messageAt(stage.state, channel.id, post.ts)
  if (!message) throw new Error(`the message ${post.ts} is gone`)
  return { ...message, channel: channel.id }
}
