/** What a person does on the page, done in the pretend Slack as themselves; and what Slack shows them after it. */
import type { Answer } from '../slack/answer.ts'
import { elementsOf, nested } from '../slack/limits.ts'
import type { Persona } from '../slack/people.ts'
import type { Target } from '../slack/people-clicks.ts'
import { messageAt, type View } from '../slack/workspace.ts'
import { type Looking, readKey, roomsOf } from './seen.ts'
import type { Deed, Done, Place } from './shapes.ts'

export interface Acting extends Looking {
  as(who: string): Persona
}

/** What cannot be done, Slack's client says in a sentence; what is broken here goes on as the error it is. */
export async function perform(acting: Acting, deed: Deed): Promise<Done> {
  try {
    return await done(acting, acting.as(deed.persona), deed)
  } catch (error) {
    if (!(error instanceof Error) || error.constructor !== Error) throw error
    return { ok: false, shown: error.message, ms: 0 }
  }
}

const nothing: Done = { ok: true, ms: 0 }

async function done(acting: Acting, person: Persona, deed: Deed): Promise<Done> {
  switch (deed.do) {
    case 'command':
      if (deed.thread)
        return { ok: false, shown: `${deed.line.split(' ')[0]} is not supported in threads. Sorry!`, ms: 0 }
      return told(await person.slash(deed.line, deed.conversation))
    case 'click':
      return click(acting, person, deed)
    case 'submit':
      return told(await person.submit(viewOf(acting, deed.view), deed.values))
    case 'close':
      return told(await person.close(viewOf(acting, deed.view)))
    case 'home':
      return told(await person.openHome())
    case 'shortcut':
      return told(await person.shortcut(deed.shortcut))
    case 'message-shortcut':
      return told(await person.messageShortcut(deed.shortcut, postOf(acting, deed.conversation, deed.ts)))
    case 'suggest':
      return suggest(acting, person, deed)
    default:
      return quietly(acting, person, deed)
  }
}

/** The app hears nothing of these. */
function quietly(
  { state, read }: Acting,
  person: Persona,
  deed: Extract<Deed, { do: 'write' | 'dismiss' | 'read' | 'reload' }>,
): Done {
  switch (deed.do) {
    case 'write':
      person.say(deed.conversation, deed.text, deed.thread)
      return nothing
    case 'dismiss':
      person.dismiss(deed.ts)
      return nothing
    case 'reload':
      person.reload()
      return nothing
    case 'read': {
      const room = roomsOf(state, person.id).find((one) => one.id === deed.conversation)
      if (!room) throw new Error(`${person.id} is not in ${deed.conversation}`)
      read.set(readKey(person.id, room.id), room.messages.at(-1)?.ts ?? '')
      return nothing
    }
    default:
      return deed satisfies never
  }
}

async function click(acting: Acting, person: Persona, deed: Extract<Deed, { do: 'click' }>): Promise<Done> {
  const target = targetOf(acting, deed.on, person.id)
  if ('root_view_id' in target && deed.values) person.fillIn(target, deed.values)
  const { value } = deed
  return told(
    await person.click(target, deed.action, { blockId: deed.block, ...(value === undefined ? {} : { value }) }),
  )
}

const usualMinimum = 3

/** Slack's client does not ask before enough was typed. */
async function suggest(acting: Acting, person: Persona, deed: Extract<Deed, { do: 'suggest' }>): Promise<Done> {
  const target = targetOf(acting, deed.on, person.id)
  if ('via' in target) throw new Error('Slack offers no menu to search in a message that only one person sees')
  const block = nested(target.blocks ?? []).filter((one) => one.block_id === deed.block)
  const minimum = Number(
    block.flatMap(elementsOf).find((one) => one.action_id === deed.action)?.min_query_length ?? usualMinimum,
  )
  if (deed.query.length < minimum) return { ok: true, options: [], ms: 0 }
  const began = performance.now()
  const options = await person.suggest(target, deed.action, deed.query, deed.block)
  return { ok: true, options, ms: Math.round(performance.now() - began) }
}

function told(answer: Answer): Done {
  const { acked, sent, failure, shown, problems, errors, ms } = answer
  const clean = Object.keys(errors).length === 0
  return {
    ok: clean && !failure && (acked || !sent),
    ...(shown ? { shown } : {}),
    ...(failure ? { error: failure } : {}),
    ...(problems.length > 0 ? { problems } : {}),
    ...(clean ? {} : { errors }),
    ms,
  }
}

function targetOf(acting: Acting, on: Place, persona: string): Target {
  if (on.in === 'view') return viewOf(acting, on.id)
  if (on.in === 'message') return postOf(acting, on.conversation, on.ts)
  const found = acting.state.ephemerals.find((one) => one.ts === on.ts && one.user === persona)
  if (!found) throw new Error('this message is not there any more')
  return found
}

function postOf({ state }: Acting, conversation: string, ts: string) {
  const message = messageAt(state, conversation, ts)
  if (!message) throw new Error('this message is not there any more')
  return { ...message, channel: conversation }
}

function viewOf({ state }: Acting, id: string): View {
  const open = state.views.get(id)
  if (!open) throw new Error('this window is closed already')
  return open.view
}
