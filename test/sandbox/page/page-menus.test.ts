/** Every kind of element that can be clicked or filled in, as a deed of the page, against a small app of its own. */
import type { App } from '@slack/bolt'
import type { KnownBlock, ModalView } from '@slack/types'
import { afterEach, expect, test } from 'vitest'
import { readDeed } from '../../../src/sandbox/page/deed-schema.ts'
import { type Acting, perform } from '../../../src/sandbox/page/deeds.ts'
import { seenBy } from '../../../src/sandbox/page/seen.ts'
import type { Done } from '../../../src/sandbox/page/shapes.ts'
import { stamps } from '../../../src/sandbox/page/stamps.ts'
import { bolt, client, room, start, who } from '../slack-support.ts'
import type { Act } from './page-support.ts'

const open: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close()
})

async function desk(listen: (app: App) => void, more: Parameters<typeof start>[0] = {}) {
  const slack = await start({ shortcuts: ['form', 'note'], ...more })
  open.push(() => slack.close())
  const running = await bolt(slack, 'socket', listen)
  open.push(() => running.stop())
  const { state } = slack
  const acting: Acting = { state, stamps: stamps(state), world: 1, read: new Map(), readOnly: false, as: slack.as }
  const act = (persona: string, deed: Act): Promise<Done> => perform(acting, readDeed({ persona, ...deed }))
  return { slack, act, seen: (persona: string) => seenBy(acting, persona) }
}

const plain = (text: string) => ({ type: 'plain_text' as const, text })
const option = (value: string) => ({ text: plain(value), value })
const options = ['a', 'b', 'c'].map(option)
type Element = Extract<KnownBlock, { type: 'actions' }>['elements'][number]
const inActions = (element: object): KnownBlock => ({
  type: 'actions',
  block_id: 'row',
  elements: [element as Element],
})
/** Where a menu for several stands: Slack takes none in an actions block. */
const beside = (accessory: object) => ({ type: 'section', block_id: 'row', text: plain('x'), accessory }) as KnownBlock

const rich = {
  type: 'rich_text',
  elements: [{ type: 'rich_text_section', elements: [{ type: 'text', text: 'hello' }] }],
}

test.each([
  [{ type: 'button', text: plain('Go'), value: 'v' }, undefined, { value: 'v' }],
  [{ type: 'overflow', options }, 'b', { selected_option: option('b') }],
  [{ type: 'static_select', options }, 'c', { selected_option: option('c') }],
  [{ type: 'external_select' }, option('from the app'), { selected_option: option('from the app') }],
  [{ type: 'users_select' }, who.it, { selected_user: who.it }],
  [{ type: 'multi_static_select', options }, ['a', 'c'], { selected_options: [option('a'), option('c')] }],
  [{ type: 'multi_users_select' }, [who.it, who.hr], { selected_users: [who.it, who.hr] }],
  [{ type: 'radio_buttons', options }, 'a', { selected_option: option('a') }],
  [{ type: 'checkboxes', options }, ['b'], { selected_options: [option('b')] }],
  [{ type: 'datepicker' }, '2026-12-24', { selected_date: '2026-12-24' }],
  [{ type: 'timepicker' }, '17:00', { selected_time: '17:00' }],
  [{ type: 'datetimepicker' }, 1_795_420_527, { selected_date_time: 1_795_420_527 }],
] as const)('a %o in a message tells the app what was chosen', async (element, value, told) => {
  const heard: unknown[] = []
  const { slack, act, seen } = await desk((app) =>
    app.action('do', async ({ ack, action }) => {
      heard.push(action)
      await ack()
    }),
  )
  await client(slack).chat.postMessage({
    channel: room,
    text: 'x',
    blocks: [(element.type.startsWith('multi') ? beside : inActions)({ ...element, action_id: 'do' })],
  })
  const message = seen(who.hr).conversations.find((one) => one.id === room)?.messages[0]
  const on = { in: 'message', conversation: room, ts: message?.ts ?? '' } as const
  const chosen = value === undefined ? {} : { value: value as never }
  const click = { do: 'click', on, action: 'do', block: 'row', ...chosen } as const
  expect(await act(who.hr, click)).toMatchObject({ ok: true })
  expect(heard).toMatchObject([{ action_id: 'do', block_id: 'row', ...told }])
  expect(await act(who.leaver, click)).toMatchObject({ ok: false })
  expect(heard).toHaveLength(1)
})

const field = (block_id: string, element: object, more = {}): KnownBlock =>
  ({
    type: 'input',
    block_id,
    label: plain(block_id),
    element: { ...element, action_id: 'value' },
    ...more,
  }) as KnownBlock

const form: ModalView = {
  type: 'modal',
  callback_id: 'form',
  title: plain('Form'),
  submit: plain('Send'),
  blocks: [
    field('name', { type: 'plain_text_input', max_length: 5 }),
    field('note', { type: 'rich_text_input' }, { optional: true }),
    field('kinds', { type: 'checkboxes', options }, { optional: true }),
    field('who', { type: 'users_select' }, { optional: true, dispatch_action: true }),
    field('find', { type: 'external_select', min_query_length: 2 }, { optional: true }),
    inActions({ type: 'button', action_id: 'check', text: plain('Check') }),
  ],
}

async function formDesk(listen: (app: App) => void, more: Parameters<typeof start>[0] = {}) {
  const made = await desk((app) => {
    app.shortcut('form', async ({ ack, body, client: web }) => {
      await ack()
      await web.views.open({ trigger_id: body.trigger_id, view: form })
    })
    listen(app)
  }, more)
  expect(await made.act(who.hr, { do: 'shortcut', shortcut: 'form' })).toMatchObject({ ok: true })
  const view = await made.slack.until(() => made.seen(who.hr).modals[0])
  return { ...made, view }
}

test('a form keeps what was typed while something else in it is clicked, and sends all of it', async () => {
  const heard: Record<string, unknown>[] = []
  const { act, view, seen } = await formDesk((app) => {
    app.action('check', async ({ ack, body }) => {
      heard.push((body as { view?: { state: { values: Record<string, unknown> } } }).view?.state.values ?? {})
      await ack()
    })
    app.view('form', async ({ ack, view: sent }) => {
      heard.push(sent.state.values)
      await ack()
    })
  })
  const on = { in: 'view', id: view.id } as const
  const typed = { name: 'Jo', note: rich, kinds: ['a', 'b'] }
  await act(who.hr, { do: 'click', on, action: 'check', block: 'row', values: typed })
  const told = {
    name: { value: { type: 'plain_text_input', value: 'Jo' } },
    note: { value: { type: 'rich_text_input', rich_text_value: rich } },
    kinds: { value: { type: 'checkboxes', selected_options: [option('a'), option('b')] } },
    who: { value: { type: 'users_select', selected_user: null } },
  }
  expect(heard[0]).toMatchObject(told)
  expect(seen(who.hr).modals[0]?.state.name).toMatchObject(told.name)
  expect(await act(who.hr, { do: 'submit', view: view.id, values: { name: 'Ada', kinds: [] } })).toMatchObject({
    ok: true,
  })
  expect(heard[1]).toMatchObject({
    ...told,
    name: { value: { value: 'Ada' } },
    kinds: { value: { selected_options: [] } },
  })
  expect(seen(who.hr).modals).toEqual([])
})

test("what Slack's client itself refuses never reaches the app", async () => {
  const heard: unknown[] = []
  const { act, view, seen } = await formDesk((app) =>
    app.view('form', async ({ ack }) => {
      heard.push(1)
      await ack()
    }),
  )
  const send = (values: Record<string, string>) => act(who.hr, { do: 'submit', view: view.id, values })
  expect(await send({})).toMatchObject({ ok: false, errors: { name: 'Please complete this required field.' } })
  const long = await send({ name: 'Johanna' })
  expect(long).toMatchObject({ ok: false, errors: { name: 'Please enter at most 5 characters.' } })
  expect(seen(who.hr).modals[0]?.errors).toEqual(long.errors)
  expect(heard).toEqual([])
  expect(await act(who.it, { do: 'submit', view: view.id, values: { name: 'Jo' } })).toMatchObject({ ok: false })
})

test('an external menu is searched once enough was typed, in a modal and in a message', async () => {
  const asked: string[] = []
  const { slack, act, view, seen } = await formDesk((app) =>
    app.options('value', async ({ ack, options: query }) => {
      asked.push(query.value)
      await ack({ options: [option(`${query.value}!`)] })
    }),
  )
  const search = (on: object, query: string) =>
    act(who.hr, {
      do: 'suggest',
      on: on as { in: 'view'; id: string },
      action: 'value',
      block: 'id' in on ? 'find' : 'row',
      query,
    })
  expect(await search({ in: 'view', id: view.id }, 'J')).toMatchObject({ ok: true, options: [] })
  expect(await search({ in: 'view', id: view.id }, 'Jo')).toMatchObject({ ok: true, options: [option('Jo!')] })
  const menu = inActions({ type: 'external_select', action_id: 'value', min_query_length: 0 })
  await client(slack).chat.postMessage({ channel: room, text: 'x', blocks: [menu] })
  const ts = seen(who.hr).conversations.find((one) => one.id === room)?.messages[0]?.ts ?? ''
  expect(await search({ in: 'message', conversation: room, ts }, '')).toMatchObject({ options: [option('!')] })
  expect(asked).toEqual(['Jo', ''])
})

test('an app that is too slow is told of as Slack tells it', async () => {
  const { slack, act } = await desk((app) => app.command('/offboard', async () => undefined), { ackMs: 50 })
  const command = { do: 'command', conversation: 'C0GENERAL', line: '/offboard' } as const
  expect(await act(who.hr, command)).toMatchObject({
    ok: false,
    error: 'dispatch_failed',
    shown: '/offboard failed with the error "dispatch_failed"',
  })
  expect(slack.deliveries).toHaveLength(1)
})

test('a shortcut on a message reaches the app with that message', async () => {
  const heard: unknown[] = []
  const { slack, act } = await desk((app) =>
    app.shortcut('note', async ({ ack, body }) => {
      heard.push(body)
      await ack()
    }),
  )
  const { ts } = slack.as(who.it).say(room, 'please')
  const deed = { do: 'message-shortcut', shortcut: 'note', conversation: room, ts } as const
  expect(await act(who.hr, deed)).toMatchObject({ ok: true })
  expect(heard).toMatchObject([{ type: 'message_action', message: { text: 'please' } }])
  expect(await act(who.leaver, deed)).toMatchObject({ ok: false, shown: expect.stringContaining('is not in') })
})
