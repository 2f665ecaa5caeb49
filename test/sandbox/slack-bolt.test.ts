/** Bolt, unmodified, against the pretend Slack: the whole round in both modes. */
import type { App } from '@slack/bolt'
import { afterEach, describe, expect, test } from 'vitest'
import type { PretendSlack } from '../../src/sandbox/slack/index.ts'
import { renderThread } from '../../src/sandbox/slack/index.ts'
import { bolt, room, start, who } from './slack-support.ts'

const open: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close()
})

async function run(mode: 'socket' | 'http', listen: (app: App) => void): Promise<PretendSlack> {
  const slack = await start({ mode })
  open.push(() => slack.close())
  const running = await bolt(slack, mode, listen)
  open.push(() => running.stop())
  return slack
}

const form = {
  type: 'modal' as const,
  callback_id: 'ask',
  title: { type: 'plain_text' as const, text: 'Offboard' },
  submit: { type: 'plain_text' as const, text: 'Ask' },
  notify_on_close: true,
  blocks: [
    {
      type: 'input' as const,
      block_id: 'reason',
      label: { type: 'plain_text' as const, text: 'Reason' },
      element: { type: 'plain_text_input' as const, action_id: 'text', multiline: true },
    },
    {
      type: 'input' as const,
      block_id: 'note',
      optional: true,
      label: { type: 'plain_text' as const, text: 'Note' },
      element: { type: 'plain_text_input' as const, action_id: 'text' },
    },
    {
      type: 'input' as const,
      block_id: 'devices',
      label: { type: 'plain_text' as const, text: 'Devices' },
      element: {
        type: 'static_select' as const,
        action_id: 'pick',
        options: ['lock', 'wipe'].map((value) => ({ text: { type: 'plain_text' as const, text: value }, value })),
        initial_option: { text: { type: 'plain_text' as const, text: 'lock' }, value: 'lock' },
      },
    },
  ],
}

function card(text: string, signed: boolean) {
  const button = {
    type: 'button' as const,
    action_id: 'sign',
    value: 'off-1',
    text: { type: 'plain_text' as const, text: 'Sign off' },
  }
  return {
    text,
    blocks: [
      { type: 'section' as const, text: { type: 'mrkdwn' as const, text } },
      ...(signed ? [] : [{ type: 'actions' as const, block_id: 'decide', elements: [button] }]),
    ],
  }
}

/** A bot in a few lines that does once everything ours does. */
function listen(app: App): void {
  app.command('/offboard', async ({ ack, body, client }) => {
    await ack()
    await client.views.open({ trigger_id: body.trigger_id, view: form })
  })
  app.view('ask', async ({ ack, view, client }) => {
    const reason = view.state.values.reason?.text?.value ?? ''
    if (reason.length < 5)
      return void (await ack({ response_action: 'errors', errors: { reason: 'Say a little more.' } }))
    await ack()
    await client.chat.postMessage({ channel: room, ...card(`Offboarding: ${reason}`, false) })
  })
  app.view({ callback_id: 'ask', type: 'view_closed' }, async ({ ack, body, client }) => {
    await ack()
    await client.chat.postMessage({ channel: body.user.id, text: 'Nothing was asked for.' })
  })
  app.action('sign', async ({ ack, body, client, respond }) => {
    await ack()
    if (body.type !== 'block_actions' || !body.message || !body.channel) return
    if (body.user.id !== who.hr) return void (await respond({ text: 'You cannot sign this.', replace_original: false }))
    await client.chat.update({ channel: body.channel.id, ts: body.message.ts, ...card('Signed', true) })
    const thread = { channel: body.channel.id, thread_ts: body.message.ts }
    await client.chat.postMessage({
      ...thread,
      text: 'The account is *disabled*.',
      metadata: { event_type: 'step', event_payload: { id: 's1' } },
    })
    await client.filesUploadV2({
      channel_id: thread.channel,
      thread_ts: thread.thread_ts,
      filename: 'report.md',
      content: '# Report',
      title: 'Report',
    })
  })
  app.event('app_home_opened', async ({ event, client }) => {
    await client.views.publish({
      user_id: event.user,
      view: { type: 'home', blocks: [{ type: 'section', text: { type: 'mrkdwn', text: `Hello <@${event.user}>` } }] },
    })
  })
}

describe.each(['socket', 'http'] as const)('over %s', (mode) => {
  test('a command opens a form, the form makes a card, a click signs it, and the thread gets its file', async () => {
    const slack = await run(mode, listen)
    const manager = slack.as(who.manager)
    const asked = await manager.slash('/offboard @jo.miller')
    expect(asked).toMatchObject({ acked: true, body: {} })
    const view = await asked.opened()
    expect(view.state.values.note).toEqual({ text: { type: 'plain_text_input', value: null } })
    expect(view.state.values.devices?.pick).toMatchObject({ selected_option: { value: 'lock' } })

    const untouched = await manager.submit(view)
    expect(untouched).toMatchObject({ sent: false, errors: { reason: 'Please complete this required field.' } })
    const short = await manager.submit(view, { reason: 'no' })
    expect(short.errors).toEqual({ reason: 'Say a little more.' })
    expect(manager.view()?.id).toBe(view.id)
    const sent = await manager.submit(view, { reason: 'moves on', devices: 'wipe' })
    expect(sent).toMatchObject({ acked: true, errors: {} })
    expect(manager.view()).toBeUndefined()

    const posted = await slack.until(() => slack.messages(room)[0])
    expect(posted.text).toBe('Offboarding: moves on')
    await expect(manager.click(posted, 'sign')).rejects.toThrow('is not in C0OFFBOARD')
    const wrong = await slack.as(who.it).click(posted, 'sign')
    expect((await wrong.ephemeral()).text).toBe('You cannot sign this.')
    const right = await slack.as(who.hr).click(posted, 'sign')
    expect(right.acked).toBe(true)
    await slack.until(() => slack.thread(room, posted.ts).length === 3)

    expect(slack.messages(room)[0]?.text).toBe('Signed')
    await expect(slack.as(who.hr).click(posted, 'sign')).rejects.toThrow('does not show sign')
    expect(slack.files()[0]?.bytes?.toString()).toBe('# Report')
    expect(renderThread(slack, room, posted.ts)).toContain('The account is disabled.')
    expect(slack.as(who.leaver).sees('account')).toBe(false)
  })

  test('closing the form tells the bot, which writes to the person', async () => {
    const slack = await run(mode, listen)
    const manager = slack.as(who.manager)
    const view = await (await manager.slash('/offboard')).opened()
    expect(await manager.close(view)).toMatchObject({ acked: true, sent: true })
    const told = await slack.until(() => slack.dms(who.manager)[0])
    expect(told.text).toBe('Nothing was asked for.')
  })

  test('opening the home tab shows what the bot publishes', async () => {
    const slack = await run(mode, listen)
    await slack.as(who.hr).openHome()
    const home = await slack.until(() => slack.home(who.hr))
    expect(JSON.stringify(home.blocks)).toContain(`Hello <@${who.hr}>`)
  })

  test('a command that nobody acknowledges in time fails before the eyes of the person', async () => {
    const slack = await start({ mode, ackMs: 40 })
    open.push(() => slack.close())
    const running = await bolt(slack, mode, (app) => {
      app.command('/offboard', async () => undefined)
    })
    open.push(() => running.stop())
    const answer = await slack.as(who.hr).slash('/offboard')
    const failure = mode === 'socket' ? 'dispatch_failed' : 'operation_timeout'
    expect(answer).toMatchObject({ acked: false, failure, shown: `/offboard failed with the error "${failure}"` })
    expect(slack.deliveries.at(-1)?.outcome.failure).toBe(failure)
  })

  test('an answer in the acknowledgement of a command is seen by that person alone', async () => {
    const slack = await run(mode, (app) => {
      app.command('/offboard', async ({ ack }) => ack('Try /offboard help'))
    })
    const answer = await slack.as(who.hr).slash('/offboard what', room)
    expect((await answer.ephemeral()).text).toBe('Try /offboard help')
    expect(slack.messages(room)).toEqual([])
    expect(slack.ephemerals(who.it)).toEqual([])
  })
})

test('a request that is signed with another secret is refused by Bolt', async () => {
  const slack = await start({ mode: 'http', signingSecret: 'another' })
  open.push(() => slack.close())
  const running = await bolt(slack, 'http', listen)
  open.push(() => running.stop())
  expect(await slack.as(who.hr).slash('/offboard')).toMatchObject({ acked: false, failure: 'http_service_error' })
})
