/** Buttons, menus and pickers, in messages and in views. */
import { type Answer, answerOf, begin, type Stage } from './answer.ts'
import { filled, optionOf, stateOf } from './forms.ts'
import { elementsOf, nested, type Thing } from './limits.ts'
import { messageAction, newResponseUrl, newTrigger, type Post, viewAction } from './payloads.ts'
import { type Conversation, type Ephemeral, messageAt, type View } from './workspace.ts'

export type Target = Post | Ephemeral | View

export interface ClickOptions {
  /** Of a button: which one, where several share the action. Of a menu or picker: what is chosen. */
  value?: unknown
  blockId?: string
  /** The answer to the confirmation dialog, where there is one; true when absent. */
  confirm?: boolean
  /** Clicks what the given message shows, as a client does that has not heard of a change yet. */
  stale?: boolean
}

interface Found {
  blockId: string
  block: Thing
  element: Thing
}

/** Throws where the person sees no such thing. Undefined where the confirmation was declined. */
export async function click(
  stage: Stage,
  user: string,
  target: Target,
  actionId: string,
  options: ClickOptions = {},
): Promise<Answer | undefined> {
  stage.mayAct(user)
  if ('root_view_id' in target) return clickInView(stage, user, target, actionId, options)
  const channel = stage.state.conversations.get(target.channel)
  if (!channel?.members.has(user)) throw new Error(`${user} is not in ${target.channel} and sees no message there`)
  const current = currentOf(stage, user, target)
  if (!current && !options.stale) throw new Error(`the message ${target.ts} is not there (any more) for ${user}`)
  const shown = options.stale ? target : (current as Post | Ephemeral)
  const found = find(shown.blocks ?? [], actionId, options, `message ${target.ts}`)
  if (found.element.confirm && options.confirm === false) return undefined
  return send(stage, user, { post: current ?? target, channel }, found, options)
}

function currentOf(stage: Stage, user: string, target: Post | Ephemeral): Post | Ephemeral | undefined {
  if ('via' in target) return stage.state.ephemerals.find((one) => one.ts === target.ts && one.user === user)
  const message = messageAt(stage.state, target.channel, target.ts)
  return message && { ...message, channel: target.channel }
}

async function send(
  stage: Stage,
  user: string,
  on: { post: Post | Ephemeral; channel: Conversation },
  found: Found,
  options: ClickOptions,
): Promise<Answer> {
  const { state, origin } = stage
  const trigger = newTrigger(state, user)
  const began = begin(stage, user, trigger)
  const { ts, thread_ts: thread } = on.post
  const message = { ts, ephemeral: 'via' in on.post, ...(thread ? { thread_ts: thread } : {}) }
  const responseUrl = newResponseUrl(state, origin, { user, channel: on.channel.id, message })
  const values = stateOf(on.post.blocks ?? [])
  const action = actionOf(stage, found, options.value)
  const payload = messageAction(state, { user, trigger, action }, { ...on, responseUrl, values })
  const outcome = await stage.interact('interactive', payload)
  return answerOf(stage, began, outcome, outcome.acked ? {} : { shown: '⚠️' })
}

async function clickInView(
  stage: Stage,
  user: string,
  target: View,
  actionId: string,
  options: ClickOptions,
): Promise<Answer | undefined> {
  const open = stage.state.views.get(target.id)
  if (!open || open.user !== user) throw new Error(`${user} does not have the view ${target.id} open`)
  if (open.view.type === 'modal' && stage.state.stacks.get(user)?.at(-1) !== target.id)
    throw new Error(`${user} has another modal in front of the view ${target.id}`)
  const found = find(open.view.blocks, actionId, options, `view ${target.id}`)
  if (found.element.confirm && options.confirm === false) return undefined
  const action = actionOf(stage, found, options.value)
  const values = open.view.state.values[found.blockId]
  if (values && actionId in values) values[actionId] = filled(found.element, options.value)
  const trigger = newTrigger(stage.state, user, target.id)
  const began = begin(stage, user, trigger)
  // A field of a form is only heard of at once where its block says so.
  if (found.block.type === 'input' && found.block.dispatch_action !== true)
    return answerOf(stage, began, { acked: true, body: {}, ms: 0 }, { sent: false })
  const outcome = await stage.interact('interactive', viewAction(stage.state, { user, trigger, action }, open.view))
  return answerOf(stage, began, outcome, outcome.acked ? {} : { shown: '⚠️' })
}

function find(blocks: readonly unknown[], actionId: string, options: ClickOptions, where: string): Found {
  const all = nested(blocks).flatMap((block) =>
    elementsOf(block).map((element) => ({ blockId: String(block.block_id), block, element })),
  )
  const matching = all.filter(({ blockId, element }) => {
    if (element.action_id !== actionId || (options.blockId && options.blockId !== blockId)) return false
    return element.type !== 'button' || options.value === undefined || element.value === options.value
  })
  if (matching[0]) return matching[0]
  const shown = all.map(({ element }) => String(element.action_id)).join(', ') || 'nothing to click'
  throw new Error(`${where} does not show ${actionId}, only: ${shown}`)
}

function actionOf(stage: Stage, { blockId, element }: Found, value: unknown): Thing {
  const head = { type: element.type, action_id: element.action_id, block_id: blockId }
  const foot = { action_ts: stage.state.nextTs() }
  if (element.type === 'overflow') return { ...head, selected_option: optionOf(element, value), ...foot }
  if (element.type !== 'button') return { ...filled(element, value), ...head, ...foot }
  const { text, value: carried, style } = element
  const extras = { ...(carried === undefined ? {} : { value: carried }), ...(style ? { style } : {}) }
  return { ...head, text, ...extras, ...foot }
}
