/** The Web API of the pretend Slack: errors, scopes, memberships and what stays behind, as Slack documents them. */
import { afterEach, describe, expect, test } from 'vitest'
import type { PretendSlack } from '../../src/sandbox/slack/index.ts'
import { client, errorOf, lobby, manualClock, messagesOf, room, scopes, start, tokens, who } from './slack-support.ts'

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
describe('who may ask', () => {
  test('a token that is missing, unknown or of the other kind is refused by its own name', async () => {
    const { slack, web } = await fresh()
    expect(await errorOf(client(slack, '').auth.test())).toBe('not_authed')
    expect(await errorOf(client(slack, 'xoxb-other').auth.test())).toBe('invalid_auth')
    expect(await errorOf(client(slack, tokens.appToken).chat.postMessage({ channel: room, text: 'x' }))).toBe(
      'not_allowed_token_type',
    )
    expect(await errorOf(web.apps.connections.open({}))).toBe('not_allowed_token_type')
    expect(await errorOf(web.apiCall('chat.postEverything'))).toBe('unknown_method')
  })

  test('a method whose scope the manifest does not ask for answers missing_scope and names it', async () => {
    const { web } = await fresh({ scopes: scopes.filter((one) => one !== 'usergroups:read') })
    await expect(web.usergroups.users.list({ usergroup: 'S0HR' })).rejects.toMatchObject({
      data: { error: 'missing_scope', needed: 'usergroups:read' },
    })
    expect(await errorOf(web.team.info())).toBe('missing_scope')
  })

  test('history of a direct conversation needs im:history, which reading private channels does not give', async () => {
    const { web } = await fresh()
    const { channel } = await web.conversations.open({ users: who.hr })
    await expect(web.conversations.history({ channel: channel?.id as string })).rejects.toMatchObject({
      data: { error: 'missing_scope', needed: 'im:history' },
    })
  })

  test('a missing argument is named', async () => {
    const { web } = await fresh()
    const call = () => web.apiCall('chat.postMessage', { text: 'x' })
    expect(await errorOf(call())).toBe('invalid_arguments')
    expect(await messagesOf(call())).toEqual(['[ERROR] missing required field: channel'])
  })
})

describe('messages', () => {
  test('the bot writes where it is: elsewhere a public channel says so, and a private one does not exist', async () => {
    const secret = { id: 'C0SECRET', name: 'secret', private: true, members: [who.hr], bot: false }
    const { slack, web } = await fresh({ channels: [secret, { id: lobby, name: 'general', members: [], bot: false }] })
    expect(await errorOf(web.chat.postMessage({ channel: lobby, text: 'x' }))).toBe('not_in_channel')
    expect(await errorOf(web.chat.postMessage({ channel: 'C0SECRET', text: 'x' }))).toBe('channel_not_found')
    expect(await errorOf(web.conversations.info({ channel: 'C0SECRET' }))).toBe('channel_not_found')
    const said = await web.chat.postMessage({ channel: who.hr, text: 'hello' })
    expect(said.channel).toMatch(/^D/)
    expect(slack.dms(who.hr)[0]?.text).toBe('hello')
    expect(slack.as(who.it).sees('hello')).toBe(false)
  })

  test('blocks that break a limit are refused with a pointer, and nothing is posted', async () => {
    const { slack, web } = await fresh()
    const call = () => web.chat.postMessage({ channel: room, text: 'x', blocks: [section('x'.repeat(3001))] })
    expect(await errorOf(call())).toBe('invalid_blocks')
    expect(await messagesOf(call())).toEqual([
      '[ERROR] must be less than 3001 characters [json-pointer:/blocks/0/text/text]',
    ])
    expect(slack.messages(room)).toEqual([])
  })

  test('an update with text alone drops the blocks and shows as edited, metadata stays until an empty one comes', async () => {
    const { slack, web } = await fresh()
    const metadata = { event_type: 'card', event_payload: { id: 'o1' } }
    const { ts = '' } = await web.chat.postMessage({ channel: room, text: 'one', blocks: [section('one')], metadata })
    await web.chat.update({ channel: room, ts, text: 'two', blocks: [section('two')] })
    expect(slack.messages(room)[0]).toMatchObject({ text: 'two', metadata })
    expect(slack.messages(room)[0]?.edited).toBeUndefined()
    await web.chat.update({ channel: room, ts, text: 'three' })
    expect(slack.messages(room)[0]).toMatchObject({ text: 'three', metadata, edited: {} })
    expect(slack.messages(room)[0]?.blocks).toBeUndefined()
    await web.apiCall('chat.update', { channel: room, ts, text: 'four', metadata: {} })
    expect(slack.messages(room)[0]?.metadata).toBeUndefined()
    expect(await errorOf(web.chat.update({ channel: room, ts, text: 'é'.repeat(2001) }))).toBe('msg_too_long')
    expect(await errorOf(web.chat.update({ channel: room, ts: '1.0', text: 'x' }))).toBe('message_not_found')
  })

  test('what others wrote the bot can neither change nor delete', async () => {
    const { slack, web } = await fresh()
    const { ts } = slack.as(who.hr).say(room, 'mine')
    expect(await errorOf(web.chat.update({ channel: room, ts, text: 'x' }))).toBe('cant_update_message')
    expect(await errorOf(web.chat.delete({ channel: room, ts }))).toBe('cant_delete_message')
  })

  test('a deleted parent leaves its thread behind, and can no longer be updated', async () => {
    const { slack, web } = await fresh()
    const { ts = '' } = await web.chat.postMessage({ channel: room, text: 'card' })
    await web.chat.postMessage({ channel: room, thread_ts: ts, text: 'step' })
    await web.chat.delete({ channel: room, ts })
    expect(slack.thread(room, ts).map((one) => one.subtype ?? one.text)).toEqual(['tombstone', 'step'])
    expect(await errorOf(web.chat.update({ channel: room, ts, text: 'x' }))).toBe('message_not_found')
  })

  test('an ephemeral message reaches members only, and is gone after a reload', async () => {
    const { slack, web } = await fresh()
    expect(await errorOf(web.chat.postEphemeral({ channel: room, user: who.leaver, text: 'x' }))).toBe(
      'user_not_in_channel',
    )
    await web.chat.postEphemeral({ channel: room, user: who.hr, text: 'psst' })
    expect([slack.as(who.hr).sees('psst'), slack.as(who.it).sees('psst')]).toEqual([true, false])
    slack.as(who.hr).reload()
    expect(slack.as(who.hr).sees('psst')).toBe(false)
  })

  test('replies come in pages, the parent first, with metadata only where it is asked for', async () => {
    const { web } = await fresh()
    const { ts = '' } = await web.chat.postMessage({ channel: room, text: 'card' })
    for (const id of ['a', 'b', 'c'])
      await web.chat.postMessage({
        channel: room,
        thread_ts: ts,
        text: id,
        metadata: { event_type: 'step', event_payload: { id } },
      })
    const first = await web.conversations.replies({ channel: room, ts, limit: 2 })
    expect(first.messages?.map((one) => one.text)).toEqual(['card', 'a'])
    expect(first.messages?.[1]?.metadata).toBeUndefined()
    const cursor = first.response_metadata?.next_cursor as string
    const second = await web.conversations.replies({ channel: room, ts, limit: 2, cursor, include_all_metadata: true })
    expect(second.messages?.map((one) => one.metadata?.event_payload)).toEqual([{ id: 'b' }, { id: 'c' }])
    expect(second.has_more).toBe(false)
    expect(await errorOf(web.conversations.replies({ channel: room, ts: '1.0' }))).toBe('thread_not_found')
    const past = await web.conversations.history({ channel: room })
    expect(past.messages).toMatchObject([{ text: 'card', reply_count: 3 }])
  })

  test('history follows the posts with a delay where the test wants one', async () => {
    const clock = manualClock()
    const { web } = await fresh({ clock, historyLagMs: 2000 })
    await web.chat.postMessage({ channel: room, text: 'card' })
    expect((await web.conversations.history({ channel: room })).messages).toEqual([])
    clock.advance(2001)
    expect((await web.conversations.history({ channel: room })).messages).toHaveLength(1)
  })
})

describe('people', () => {
  test('the address is told only with its scope, and a deactivated person comes without zone and roles', async () => {
    const { slack, web } = await fresh()
    expect((await web.users.info({ user: who.hr })).user).toMatchObject({
      tz: 'Europe/Berlin',
      tz_offset: 3600,
      profile: { email: 'hana.sato@example.com' },
    })
    await slack.admin.changePerson(who.hr, { deleted: true })
    const gone = (await web.users.info({ user: who.hr })).user
    expect(gone).toMatchObject({ deleted: true })
    expect(gone).not.toHaveProperty('is_restricted')
    expect(await errorOf(web.users.lookupByEmail({ email: 'hana.sato@example.com' }))).toBe('users_not_found')
    expect(await errorOf(web.conversations.open({ users: who.hr }))).toBe('user_disabled')
    expect((await web.usergroups.users.list({ usergroup: 'S0HR' })).users).toEqual([])
    expect((await web.conversations.members({ channel: room })).members).not.toContain(who.hr)
    const { web: poor } = await fresh({ scopes: scopes.filter((one) => one !== 'users:read.email') })
    expect((await poor.users.info({ user: who.hr })).user?.profile).not.toHaveProperty('email')
  })

  test('user groups need a paid plan', async () => {
    const { slack, web } = await fresh()
    expect((await web.usergroups.users.list({ usergroup: 'S0HR' })).users).toEqual([who.hr])
    expect(await errorOf(web.usergroups.users.list({ usergroup: 'S0NONE' }))).toBe('no_such_subteam')
    slack.state.plan = 'free'
    expect(await errorOf(web.usergroups.users.list({ usergroup: 'S0HR' }))).toBe('plan_upgrade_required')
  })
})

test('members and history come in pages of a hundred where no size was asked for', async () => {
  const members = Array.from({ length: 120 }, (_, at) => `U1${at}`)
  const { web } = await fresh({ channels: [{ id: room, name: 'offboarding', private: true, members }] })
  const first = await web.conversations.members({ channel: room })
  expect(first.members).toHaveLength(100)
  const cursor = first.response_metadata?.next_cursor as string
  expect((await web.conversations.members({ channel: room, cursor })).members).toHaveLength(21)
  expect(await errorOf(web.conversations.members({ channel: room, cursor: 'made up' }))).toBe('invalid_cursor')
})

describe('rates', () => {
  test('a channel takes a short burst, then one message a second; others are not held up', async () => {
    const clock = manualClock()
    const { web } = await fresh({ clock, rates: { burst: 2 } })
    const post = () => web.chat.postMessage({ channel: room, text: 'x' })
    await post()
    await post()
    await expect(post()).rejects.toMatchObject({ retryAfter: 1 })
    await web.chat.postMessage({ channel: who.hr, text: 'x' })
    clock.advance(1000)
    await post()
    await expect(post()).rejects.toMatchObject({ retryAfter: 1 })
  })

  test('a method has the calls of its tier in a minute', async () => {
    const clock = manualClock()
    const { web } = await fresh({ clock, rates: {} })
    for (let at = 0; at < 20; at += 1) await web.usergroups.list()
    await expect(web.usergroups.list()).rejects.toMatchObject({ retryAfter: 3 })
    clock.advance(3000)
    await web.usergroups.list()
  })
})

describe('response_url', () => {
  async function url(slack: PretendSlack) {
    await slack.as(who.hr).slash('/offboard', room)
    return String(slack.deliveries.at(-1)?.envelope.payload.response_url)
  }
  const send = async (to: string, body: object) => {
    const response = await fetch(to, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    return [response.status, await response.json()] as const
  }

  test('it works five times', async () => {
    const { slack } = await fresh()
    const to = await url(slack)
    for (let at = 0; at < 5; at += 1) expect(await send(to, { text: `n${at}` })).toEqual([200, { ok: true }])
    expect(await send(to, { text: 'more' })).toEqual([404, { ok: false, error: 'used_url' }])
    expect(slack.ephemerals(who.hr)).toHaveLength(5)
  })

  test('it works for half an hour, and refuses what breaks a limit', async () => {
    const clock = manualClock()
    const { slack } = await fresh({ clock })
    const to = await url(slack)
    expect((await send(to, { blocks: [section('')] }))[1]).toMatchObject({ error: 'invalid_blocks' })
    clock.advance(30 * 60_000 + 1)
    expect(await send(to, { text: 'late' })).toEqual([404, { ok: false, error: 'expired_url' }])
  })

  test('from a button it can replace or delete the message it belongs to', async () => {
    const { slack, web } = await fresh()
    const button = { type: 'button' as const, action_id: 'go', text: { type: 'plain_text' as const, text: 'Go' } }
    await web.chat.postMessage({ channel: room, text: 'card', blocks: [{ type: 'actions', elements: [button] }] })
    await slack.as(who.hr).click(slack.messages(room)[0] as never, 'go')
    const to = String(slack.deliveries.at(-1)?.envelope.payload.response_url)
    await send(to, { text: 'replaced', replace_original: true })
    expect(slack.messages(room)).toMatchObject([{ text: 'replaced' }])
    await send(to, { delete_original: true })
    expect(slack.messages(room)).toEqual([])
  })
})
