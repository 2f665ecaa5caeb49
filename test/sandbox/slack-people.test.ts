/** People at their clients: what they can do, what they see, and what Slack makes of a form's acknowledgement. */
import type { App } from '@slack/bolt'
import type { ModalView } from '@slack/types'
import { afterEach, describe, expect, test } from 'vitest'
import type { PretendSlack } from '../../src/sandbox/slack/index.ts'
import { bolt, client, lobby, room, start, who } from './slack-support.ts'

const open: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close()
})

async function run(listen: (app: App) => void, more: Parameters<typeof start>[0] = {}): Promise<PretendSlack> {
  const slack = await start(more)
  open.push(() => slack.close())
  const running = await bolt(slack, 'socket', listen)
  open.push(() => running.stop())
  return slack
}

const text = (say: string) => ({ type: 'plain_text' as const, text: say })
const field = (block_id: string, more = {}) => ({
  type: 'input' as const,
  block_id,
  label: text(block_id),
  element: { type: 'plain_text_input' as const, action_id: `${block_id}-text`, ...more },
})
const form = (more: Partial<ModalView> = {}): ModalView => ({
  type: 'modal',
  callback_id: 'form',
  title: text('Form'),
  submit: text('Send'),
  blocks: [field('reason')],
  ...more,
})

function opens(view: ModalView) {
  return (app: App) =>
    app.command('/offboard', async ({ ack, body, client: web }) => {
      await ack()
      await web.views.open({ trigger_id: body.trigger_id, view })
    })
}

describe('a command', () => {
  test('gets people, channels, addresses and links as Slack escapes them', async () => {
    const seen: string[] = []
    const slack = await run((app) =>
      app.command('/offboard', async ({ ack, command }) => {
        seen.push(command.text)
        await ack()
      }),
    )
    const hr = slack.as('hana.sato@example.com')
    await hr.slash('/offboard @jo.miller in #offboarding')
    await hr.slash('/offboard jo@other.example <b> & @nobody')
    // A private channel has no id for whoever is not in it.
    await slack.as(who.leaver).slash('/offboard #offboarding')
    expect(seen).toEqual([
      `<@${who.leaver}|jo.miller> in <#${room}|offboarding>`,
      '<mailto:jo@other.example|jo@other.example> &lt;b&gt; &amp; @nobody',
      '#offboarding',
    ])
    expect(slack.deliveries[0]?.envelope.payload).toMatchObject({ channel_name: 'directmessage', user_id: who.hr })
  })

  test('is not there for strangers, deactivated people, other channels, or when the app has none of that name', async () => {
    const slack = await run(() => undefined, { people: { U0STRANGER: { stranger: true, realName: 'Sam' } } })
    await expect(slack.as('U0STRANGER').slash('/offboard')).rejects.toThrow('belongs to another company')
    await expect(slack.as(who.hr).slash('/onboard')).rejects.toThrow('not a valid command')
    await expect(slack.as(who.leaver).slash('/offboard', room)).rejects.toThrow('is not in')
    await slack.admin.changePerson(who.hr, { deleted: true })
    await expect(slack.as(who.hr).slash('/offboard')).rejects.toThrow('is deactivated')
  })

  test('from the conversation with oneself, only its response_url reaches the person', async () => {
    const errors: string[] = []
    const slack = await run((app) =>
      app.command('/offboard', async ({ ack, body, client: web, respond }) => {
        await ack()
        const whisper = { channel: body.channel_id, user: body.user_id, text: 'x' }
        await web.chat.postEphemeral(whisper).catch((error) => errors.push(error.data.error))
        await respond('reached')
      }),
    )
    const answer = await slack.as(who.hr).slash('/offboard')
    expect((await answer.ephemeral()).text).toBe('reached')
    expect(errors).toEqual(['channel_not_found'])
  })
})

describe('a form', () => {
  test('is checked by the client first: required, length, number', async () => {
    const number = { type: 'number_input', is_decimal_allowed: false, max_value: '5' }
    const blocks = [field('short', { max_length: 3 }), field('long', { min_length: 3 }), field('count', number)]
    const slack = await run(opens(form({ blocks: blocks as ModalView['blocks'] })))
    const hr = slack.as(who.hr)
    const view = await (await hr.slash('/offboard')).opened()
    const answer = await hr.submit(view, { short: 'four', long: 'no', count: 6 })
    expect(answer).toMatchObject({
      sent: false,
      errors: {
        short: 'Please enter at most 3 characters.',
        long: 'Please enter at least 3 characters.',
        count: 'Please enter at most 5.',
      },
    })
    expect(slack.deliveries).toHaveLength(1)
    await expect(hr.submit(view, { other: 'x' })).rejects.toThrow('has no field other, only: short, long, count')
  })

  test('is updated, pushed onto and cleared as the acknowledgement says', async () => {
    const answers = ['update', 'push', 'clear']
    const slack = await run((app) => {
      opens(form())(app)
      app.view('form', async ({ ack }) => {
        const response_action = answers.shift()
        await ack({ response_action, view: form({ title: text(`After ${response_action}`) }) } as never)
      })
    })
    const hr = slack.as(who.hr)
    const view = await (await hr.slash('/offboard')).opened()
    await hr.submit(view, { reason: 'one' })
    expect(hr.view()).toMatchObject({ id: view.id, title: { text: 'After update' } })
    await hr.submit(view)
    const pushed = hr.view()
    expect(pushed).toMatchObject({ previous_view_id: view.id, root_view_id: view.id, title: { text: 'After push' } })
    await expect(hr.submit(view)).rejects.toThrow('is not what')
    await hr.submit(pushed as never, { reason: 'three' })
    expect(slack.views(who.hr)).toEqual([])
  })

  test('stays open in trouble where the acknowledgement cannot be used', async () => {
    const answers: object[] = [
      { response_action: 'errors', errors: { elsewhere: 'No.' } },
      { response_action: 'update', view: form({ title: text('x'.repeat(25)) }) },
    ]
    const slack = await run((app) => {
      opens(form())(app)
      app.view('form', async ({ ack }) => ack(answers.shift() as never))
    })
    const hr = slack.as(who.hr)
    const view = await (await hr.slash('/offboard')).opened()
    const first = await hr.submit(view, { reason: 'x' })
    expect(first).toMatchObject({ failure: 'invalid_response', shown: 'We had some trouble connecting. Try again?' })
    expect(first.problems.join()).toContain('elsewhere is not an input block of this view')
    expect((await hr.submit(view)).problems.join()).toContain('must be less than 25 characters')
    expect(hr.view()?.title).toMatchObject({ text: 'Form' })
  })

  test('tells the app of a change at once where its block dispatches', async () => {
    const changes: unknown[] = []
    const slack = await run((app) => {
      opens(form({ blocks: [{ ...field('reason'), dispatch_action: true }, field('note')] }))(app)
      app.action('reason-text', async ({ ack, action, body }) => {
        await ack()
        const { view } = body as { view?: { state: { values: Record<string, unknown> } } }
        changes.push([(action as { value?: string }).value, view?.state.values.reason])
      })
      app.view('form', async ({ ack }) => ack())
    })
    const hr = slack.as(who.hr)
    const view = await (await hr.slash('/offboard')).opened()
    expect(await hr.click(view, 'note-text', { value: 'typed' })).toMatchObject({ sent: false })
    expect(hr.view()?.state.values.note).toMatchObject({ 'note-text': { value: 'typed' } })
    await hr.submit(view, { reason: 'moves', note: 'n' })
    expect(changes).toEqual([['moves', { 'reason-text': { type: 'plain_text_input', value: 'moves' } }]])
  })

  test('asks the app for the options of an external menu', async () => {
    const element = { type: 'external_select' as const, action_id: 'person', min_query_length: 0 }
    const block = { type: 'input' as const, block_id: 'who', label: text('Who'), element }
    const slack = await run((app) => {
      opens(form({ blocks: [block] }))(app)
      app.options('person', async ({ ack, payload }) => ack({ options: [{ text: text(payload.value), value: 'p1' }] }))
      app.view('form', async ({ ack }) => ack())
    })
    const hr = slack.as(who.hr)
    const view = await (await hr.slash('/offboard')).opened()
    const [option] = await hr.suggest(view, 'person', 'Jo')
    await hr.submit(view, { who: option })
    const submitted = slack.deliveries.at(-1)?.envelope.payload
    expect(submitted).toMatchObject({ type: 'view_submission' })
    const { values } = (submitted as { view: { state: { values: object } } }).view.state
    expect(values).toEqual({
      who: { person: { type: 'external_select', selected_option: { text: text('Jo'), value: 'p1' } } },
    })
  })
})

describe('a button', () => {
  const button = (value: string) => ({ type: 'button' as const, action_id: 'go', value, text: text(value) })
  const rows = ['one', 'two'].map((value) => ({
    type: 'section' as const,
    text: text(value),
    accessory: button(value),
  }))

  test('is chosen by its value where several share the action, and a stale client can press one that is gone', async () => {
    const pressed: unknown[] = []
    const slack = await run((app) =>
      app.action('go', async ({ ack, action }) => {
        pressed.push((action as { value: string }).value)
        await ack()
      }),
    )
    const web = client(slack)
    const { ts = '' } = await web.chat.postMessage({ channel: room, text: 'card', blocks: rows })
    const [card] = slack.messages(room)
    const hr = slack.as(who.hr)
    await hr.click(card as never, 'go', { value: 'two' })
    await web.chat.update({ channel: room, ts, text: 'done', blocks: [] })
    await expect(hr.click(card as never, 'go')).rejects.toThrow('does not show go, only: nothing to click')
    await hr.click(card as never, 'go', { value: 'one', stale: true })
    expect(pressed).toEqual(['two', 'one'])
    expect(slack.deliveries.at(-1)?.envelope.payload).toMatchObject({
      message: { text: 'done' },
      channel: { name: 'privategroup' },
    })
  })

  test('with a confirmation that is declined tells the app nothing', async () => {
    const slack = await run(() => undefined)
    const sure = { ...button('x'), confirm: { text: text('Sure?') } }
    await client(slack).chat.postMessage({
      channel: room,
      text: 'card',
      blocks: [{ type: 'actions', elements: [sure] }],
    })
    const answer = await slack.as(who.hr).click(slack.messages(room)[0] as never, 'go', { confirm: false })
    expect(answer.sent).toBe(false)
    expect(slack.deliveries).toEqual([])
  })

  test('in an ephemeral message can be pressed by its reader only, and the message is not in the payload', async () => {
    const slack = await run((app) => app.action('go', async ({ ack }) => ack()))
    await client(slack).chat.postEphemeral({ channel: room, user: who.hr, text: 'psst', blocks: rows })
    const [whisper] = slack.ephemerals(who.hr)
    await expect(slack.as(who.it).click(whisper as never, 'go')).rejects.toThrow('not there')
    await slack.as(who.hr).click(whisper as never, 'go', { value: 'one' })
    const payload = slack.deliveries.at(-1)?.envelope.payload
    expect(payload?.container).toMatchObject({ is_ephemeral: true })
    expect(payload).not.toHaveProperty('message')
  })
})

test('a person sees names where ids were sent, in channels, alone, at home and in modals, and nothing of others', async () => {
  const slack = await run(
    opens(form({ blocks: [{ type: 'section', text: { type: 'mrkdwn', text: `In a form <@${who.it}>` } }] })),
  )
  const web = client(slack)
  await web.chat.postMessage({ channel: room, text: `About <@${who.leaver}>` })
  await web.chat.postEphemeral({ channel: room, user: who.hr, text: `Alone <@${who.other}>` })
  const home = { type: 'home' as const, blocks: [{ type: 'header' as const, text: text('At home') }] }
  await web.views.publish({ user_id: who.hr, view: home })
  const hr = slack.as(who.hr)
  await (await hr.slash('/offboard')).opened()
  for (const seen of ['About @Jo Miller', `<@${who.leaver}>`, 'Alone @Lena Fischer', 'At home', 'In a form @Ivo Novak'])
    expect([seen, hr.sees(seen)]).toEqual([seen, true])
  for (const seen of ['Alone', 'At home', 'In a form'])
    expect([seen, slack.as(who.it).sees(seen)]).toEqual([seen, false])
  expect(slack.as(who.leaver).sees('Jo Miller')).toBe(false)
})

test('shortcuts reach the app from anywhere and from a message', async () => {
  const seen: unknown[] = []
  const slack = await run(
    (app) =>
      app.shortcut(/.*/, async ({ ack, shortcut }) => {
        seen.push([shortcut.type, shortcut.callback_id, 'message' in shortcut && shortcut.message.user])
        await ack()
      }),
    { shortcuts: ['anywhere', 'here'] },
  )
  const hr = slack.as(who.hr)
  await hr.shortcut('anywhere')
  await hr.messageShortcut('here', slack.as(who.leaver).say(lobby, 'bye'))
  expect(seen).toEqual([
    ['shortcut', 'anywhere', false],
    ['message_action', 'here', who.leaver],
  ])
  await expect(hr.shortcut('nowhere')).rejects.toThrow('there is no shortcut nowhere')
})

test('a function started from Workflow Builder is completed once', async () => {
  const slack = await run((app) => {
    app.function('start_offboarding', async ({ complete, inputs }) => {
      await complete({ outputs: { request_id: `for ${String(inputs.leaver)}` } })
    })
  })
  const id = await slack.admin.runFunction('start_offboarding', { leaver: who.leaver })
  const result = await slack.until(() => slack.state.executions.get(id)?.result)
  expect(result).toEqual({ outputs: { request_id: `for ${who.leaver}` } })
})
