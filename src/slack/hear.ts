/**
 * From what Slack delivered to one gesture, and from its reply to where the person is looking. Slack is answered within
 * its three seconds, whatever the gesture still has to look up.
 */
import type { AckFn, App, RespondFn, ViewResponseAction } from '@slack/bolt'
import type { ModalView } from '@slack/types'
import type { Log } from '../log.ts'
import type { Gesture, Reply, Said, SaidClick, SaidForm, Tools, Trigger } from './gesture.ts'
import { concerning, type InFlight, perform } from './perform.ts'
import { saidClick, saidCommand, saidEvent, saidForm, saidShortcut } from './said.ts'
import { keyOf, type Seen } from './seen.ts'
import { clip, escaped, type Line, lines, type Shown } from './views/blocks.ts'
import { loading, notice } from './views/notice.ts'
import { troubleOf, type Web } from './web.ts'

export interface Ears {
  gestures: readonly Gesture[]
  tools: Tools
  web: () => Web
  seen: Seen
  log: Log
  inFlight: InFlight
}

/** Slack gives three seconds; a form that needs longer shows that it works. */
const patienceMs = 2000
/** Characters. */
const longestSaid = 1000

type Body = Record<string, unknown>

export function listen(app: App, ears: Ears): void {
  for (const gesture of ears.gestures)
    for (const trigger of gesture.on) if (!('command' in trigger)) listenFor(app, ears, gesture, trigger)
  const commands = new Set(
    ears.gestures.flatMap(({ on }) => on.flatMap((one) => ('command' in one ? [one.command] : []))),
  )
  for (const command of commands)
    app.command(command, async ({ ack, body, respond }) => {
      await ack()
      await fresh(ears, body as unknown as Body, () => heardCommand(ears, body, respond))
    })
}

function listenFor(app: App, ears: Ears, gesture: Gesture, trigger: Exclude<Trigger, { command: '/offboard' }>): void {
  if ('shortcut' in trigger)
    return void app.shortcut(trigger.shortcut, async ({ ack, body }) => {
      await ack()
      await fresh(ears, body as unknown as Body, () => heardShortcut(ears, gesture, body))
    })
  if ('button' in trigger)
    return void app.action(trigger.button, async ({ ack, body, respond }) => {
      await ack()
      await fresh(ears, body as unknown as Body, () => heardClick(ears, gesture, body, respond))
    })
  if ('form' in trigger)
    return void app.view(trigger.form, async ({ ack, body }) => {
      const first = ears.seen.first(keyOf(body as unknown as Body) ?? '')
      if (!first) return void (await ack())
      await ears.inFlight.track(heardForm(ears, gesture, body, ack as AckFn<ViewResponseAction>))
    })
  app.event(trigger.event, async ({ body }) => {
    const said = saidEvent(body)
    if (said) await fresh(ears, body as unknown as Body, () => perform(gesture, said, ears.tools, ears.log))
  })
}

async function fresh(ears: Ears, body: Body, work: () => Promise<unknown>): Promise<void> {
  const key = keyOf(body)
  if (key && !ears.seen.first(key)) return
  await ears.inFlight.track(work())
}

/** Nobody waits for an answer to what no Slack sends. */
function strange(ears: Ears, as: string): void {
  ears.log.warn({ as }, 'something arrived as if from Slack that Slack does not send; it was left out')
}

async function heardCommand(ears: Ears, body: unknown, respond: RespondFn): Promise<void> {
  const said = saidCommand(body)
  if (!said) return strange(ears, 'command')
  const hears = (word: string) => (one: Gesture) => one.on.some((on) => 'command' in on && on.word === word)
  const gesture = ears.gestures.find(hears(said.word)) ?? ears.gestures.find(hears(''))
  if (!gesture) return
  const reply = await perform(gesture, said, ears.tools, ears.log)
  if (reply) await answer(ears, said.by.id, reply, { respond, trigger: said.trigger })
}

async function heardShortcut(ears: Ears, gesture: Gesture, body: unknown): Promise<void> {
  const said = saidShortcut(body)
  if (!said) return strange(ears, 'shortcut')
  const reply = await perform(gesture, said, ears.tools, ears.log)
  if (reply) await answer(ears, said.by.id, reply, { trigger: said.trigger })
}

async function heardClick(ears: Ears, gesture: Gesture, body: unknown, respond: RespondFn): Promise<void> {
  const said = saidClick(body)
  if (!said) return strange(ears, 'click')
  const reply = await perform(gesture, said, ears.tools, ears.log)
  if (!reply) return
  const where = said.view ? { view: said.view } : { respond }
  await answer(about(ears, said), said.by.id, reply, { ...where, trigger: said.trigger })
}

/** Whatever is logged on the way to the answer says which offboarding it was about. */
function about(ears: Ears, said: Said): Ears {
  return { ...ears, log: ears.log.child(concerning(said)) }
}

interface Looking {
  respond?: RespondFn
  trigger: string
  view?: SaidClick['view']
}

/** Where the person is looking; a direct message where that is over (a response address lives thirty minutes). */
async function answer(ears: Ears, user: string, reply: Reply, looking: Looking): Promise<void> {
  try {
    if ('view' in reply) return await showView(ears, reply.view, looking)
    const shown = shownOf(reply.say)
    if (looking.respond)
      return void (await looking.respond({ response_type: 'ephemeral', replace_original: false, ...shown }))
    await showView(ears, notice('Latchkey', textOf(reply.say)), looking)
  } catch (error) {
    ears.log.warn(
      { trouble: troubleOf(error) },
      'an answer did not reach the person where they were, so it goes by message',
    )
    await tellInPerson(ears, user, reply)
  }
}

async function showView(ears: Ears, view: ModalView, { trigger, view: at }: Looking): Promise<void> {
  const { quick } = ears.web()
  if (at && !at.home) await quick.views.push({ trigger_id: trigger, view })
  else await quick.views.open({ trigger_id: trigger, view })
}

async function tellInPerson(ears: Ears, user: string, reply: Reply): Promise<void> {
  if ('view' in reply) return
  try {
    const { channel } = await ears.web().quick.conversations.open({ users: user })
    if (channel?.id)
      await ears.web().quick.chat.postMessage({ channel: channel.id, ...shownOf(reply.say), unfurl_links: false })
  } catch (error) {
    ears.log.error({ user, trouble: troubleOf(error) }, 'an answer reached the person in no way')
  }
}

function shownOf(say: string | Shown): { text: string; blocks?: Shown['blocks'] } {
  if (typeof say !== 'string') return { text: say.text, blocks: say.blocks }
  // A refusal may repeat what was typed.
  const said = clip(say, longestSaid).split('\n')
  return { text: said.map(escaped).join('\n'), blocks: [lines(said.map((line): Line => [line]))] }
}

function textOf(say: string | Shown): string {
  return typeof say === 'string' ? say : say.text
}

async function heardForm(ears: Ears, gesture: Gesture, body: unknown, ack: AckFn<ViewResponseAction>): Promise<void> {
  const said = saidForm(body)
  if (!said) {
    strange(ears, 'form')
    return void (await ack())
  }
  const errors = gesture.check?.(said, ears.tools.clock.now())
  if (errors) return void (await ack({ response_action: 'errors', errors }))
  const work = perform(gesture, said, ears.tools, ears.log)
  const reply = await withinPatience(ears, work)
  if (reply !== late) return void (await acknowledge(ack, reply))
  await ack({ response_action: 'update', view: loading('One moment') })
  const view = viewOf(await work) ?? notice('Latchkey', 'Done.')
  await finish(ears, said, view)
}

const late: unique symbol = Symbol('late')

async function withinPatience<T>(ears: Ears, work: Promise<T>): Promise<T | typeof late> {
  const over = new AbortController()
  const timer: Promise<typeof late> = ears.tools.clock.sleep(patienceMs, over.signal).then(
    (): typeof late => late,
    (): typeof late => late,
  )
  try {
    return await Promise.race<T | typeof late>([work, timer])
  } finally {
    over.abort()
  }
}

async function acknowledge(ack: AckFn<ViewResponseAction>, reply: Reply | undefined): Promise<void> {
  const view = viewOf(reply)
  if (view) await ack({ response_action: 'update', view })
  else await ack()
}

function viewOf(reply: Reply | undefined): ModalView | undefined {
  if (!reply) return undefined
  return 'view' in reply ? reply.view : notice('Latchkey', textOf(reply.say))
}

async function finish(ears: Ears, said: SaidForm, view: ModalView): Promise<void> {
  try {
    await ears.web().quick.views.update({ view_id: said.view.id, view })
  } catch (error) {
    // The person may have closed it; what was asked is done, and the card shows it.
    about(ears, said).log.info({ trouble: troubleOf(error) }, 'a form was closed before its answer came')
  }
}
