/** Views and files of the pretend Slack: triggers, hashes, stacks, and shares that come later. */
import { afterEach, describe, expect, test } from 'vitest'
import type { PretendSlack } from '../../src/sandbox/slack/index.ts'
import { client, errorOf, lobby, manualClock, messagesOf, room, start, who } from './slack-support.ts'

const open: PretendSlack[] = []
afterEach(async () => {
  for (const slack of open.splice(0)) await slack.close()
})

async function fresh(more: Parameters<typeof start>[0] = {}) {
  const slack = await start({ rates: { off: true }, ...more })
  open.push(slack)
  return { slack, web: client(slack) }
}

const section = (text: string) => ({ type: 'section' as const, text: { type: 'mrkdwn' as const, text } })
const modal = (more = {}) => ({
  type: 'modal' as const,
  title: { type: 'plain_text' as const, text: 'T' },
  blocks: [section('x')],
  ...more,
})

describe('views', () => {
  async function trigger(slack: PretendSlack) {
    return (await slack.as(who.hr).slash('/offboard')).trigger
  }

  test('a trigger works once and for three seconds', async () => {
    const clock = manualClock()
    const { slack, web } = await fresh({ clock })
    const first = await trigger(slack)
    await web.views.open({ trigger_id: first, view: modal() })
    expect(await errorOf(web.views.open({ trigger_id: first, view: modal() }))).toBe('exchanged_trigger_id')
    const late = await trigger(slack)
    clock.advance(3001)
    expect(await errorOf(web.views.open({ trigger_id: late, view: modal() }))).toBe('expired_trigger_id')
    expect(await errorOf(web.views.open({ trigger_id: 'made.up', view: modal() }))).toBe('invalid_trigger_id')
  })

  test('a view that breaks a limit is refused without using up the trigger', async () => {
    const { slack, web } = await fresh()
    const id = await trigger(slack)
    const call = web.views.open({
      trigger_id: id,
      view: modal({ title: { type: 'plain_text', text: 'x'.repeat(25) } }),
    })
    expect(await messagesOf(call)).toEqual(['[ERROR] must be less than 25 characters [json-pointer:/view/title/text]'])
    await web.views.open({ trigger_id: id, view: modal() })
  })

  test('an update with an old hash is a conflict, one of a closed view finds nothing', async () => {
    const { slack, web } = await fresh()
    const { view } = await web.views.open({ trigger_id: await trigger(slack), view: modal() })
    const ids = { view_id: view?.id as string, hash: view?.hash as string }
    await web.views.update({ ...ids, view: modal({ callback_id: 'second' }) })
    expect(await errorOf(web.views.update({ ...ids, view: modal() }))).toBe('hash_conflict')
    await slack.as(who.hr).close()
    expect(await errorOf(web.views.update({ view_id: ids.view_id, view: modal() }))).toBe('not_found')
  })

  test('no more than three views stand on each other', async () => {
    const { slack, web } = await fresh()
    await web.views.open({ trigger_id: await trigger(slack), view: modal() })
    await web.views.push({ trigger_id: await trigger(slack), view: modal() })
    await web.views.push({ trigger_id: await trigger(slack), view: modal() })
    expect(await errorOf(web.views.push({ trigger_id: await trigger(slack), view: modal() }))).toBe(
      'push_limit_reached',
    )
    expect(slack.views(who.hr)).toHaveLength(3)
  })

  test('what was typed stays through an update where the same field is shown again', async () => {
    const { slack, web } = await fresh()
    const field = { type: 'plain_text_input' as const, action_id: 'text' }
    const input = {
      type: 'input' as const,
      block_id: 'reason',
      label: { type: 'plain_text' as const, text: 'R' },
      element: field,
    }
    const form = { submit: { type: 'plain_text' as const, text: 'Send' }, blocks: [input] }
    const { view } = await web.views.open({ trigger_id: await trigger(slack), view: modal(form) })
    const opened = slack.as(who.hr).view()
    await slack.as(who.hr).submit(opened as NonNullable<typeof opened>, { reason: 'moves on' })
    await web.views.update({ view_id: view?.id as string, view: modal({ ...form, blocks: [section('new'), input] }) })
    expect(slack.as(who.hr).view()?.state.values.reason?.text).toMatchObject({ value: 'moves on' })
  })

  test('the home tab takes home views only, where the app has one', async () => {
    const { slack, web } = await fresh()
    expect(await errorOf(web.views.publish({ user_id: who.hr, view: modal() as never }))).toBe('invalid_arguments')
    await web.views.publish({ user_id: who.hr, view: { type: 'home', blocks: [section('hi')] } })
    expect(slack.as(who.hr).sees('hi')).toBe(true)
    expect(slack.as(who.it).sees('hi')).toBe(false)
    slack.knobs.homeEnabled = false
    expect(await errorOf(web.views.publish({ user_id: who.hr, view: { type: 'home', blocks: [] } }))).toBe(
      'not_enabled',
    )
  })
})

describe('files', () => {
  const file = { filename: 'report.md', content: 'proof', title: 'Report' }

  test('an upload is answered first and shared later', async () => {
    const clock = manualClock()
    const { slack, web } = await fresh({ clock })
    const { ts = '' } = await web.chat.postMessage({ channel: room, text: 'card' })
    await web.filesUploadV2({ ...file, channel_id: room, thread_ts: ts })
    const id = slack.files()[0]?.id as string
    expect((await web.files.info({ file: id })).file?.shares).toEqual({})
    clock.advance(5)
    await slack.until(() => slack.thread(room, ts).length === 2)
    const shares = (await web.files.info({ file: id })).file?.shares?.private
    expect(shares?.[room]).toMatchObject([{ thread_ts: ts }])
  })

  test('a share can get lost although Slack answered ok', async () => {
    const clock = manualClock()
    const { slack, web } = await fresh({ clock })
    slack.knobs.lostShares = 1
    await web.filesUploadV2({ ...file, channel_id: room })
    clock.advance(60_000)
    expect(slack.messages(room)).toEqual([])
    expect((await web.files.info({ file: slack.files()[0]?.id as string })).file?.shares).toEqual({})
  })

  test('a file goes only where the bot is, and only when its bytes have come', async () => {
    const { web } = await fresh()
    expect(await errorOf(web.filesUploadV2({ ...file, channel_id: lobby }))).toBe('not_in_channel')
    const { file_id } = await web.files.getUploadURLExternal({ filename: 'x.md', length: 3 })
    expect(
      await errorOf(web.files.completeUploadExternal({ files: [{ id: file_id as string }], channel_id: room })),
    ).toBe('file_not_found')
  })
})
