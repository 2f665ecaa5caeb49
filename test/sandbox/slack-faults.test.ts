/** What goes wrong with Slack, and how it hands things over: lost answers, outages, refreshed sockets, second deliveries. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { App } from '@slack/bolt'
import { WebClient } from '@slack/web-api'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { WebSocket } from 'ws'
import type { PretendSlack } from '../../src/sandbox/slack/index.ts'
import { bolt, client, errorOf, manualClock, quiet, room, start, tokens, who } from './slack-support.ts'

const open: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close()
})

async function fresh(more: Parameters<typeof start>[0] = {}) {
  const slack = await start({ rates: { off: true }, ...more })
  open.push(() => slack.close())
  return { slack, web: client(slack) }
}

async function withBolt(listen: (app: App) => void, more: Parameters<typeof start>[0] = {}, count = 1) {
  const { slack } = await fresh(more)
  for (let at = 0; at < count; at += 1) {
    const running = await bolt(slack, more.mode ?? 'socket', listen)
    open.push(() => running.stop())
  }
  await slack.connected(count)
  return slack
}

/** A bare client of Socket Mode; acknowledges what it is told to. */
async function rawSocket(slack: PretendSlack, acks: boolean) {
  const web = new WebClient(tokens.appToken, { slackApiUrl: slack.apiUrl, logger: quiet })
  const { url } = await web.apps.connections.open({})
  const frames: Record<string, unknown>[] = []
  const socket = new WebSocket(String(url))
  socket.on('message', (data) => {
    const frame = JSON.parse(String(data)) as Record<string, unknown>
    frames.push(frame)
    if (acks && frame.envelope_id) socket.send(JSON.stringify({ envelope_id: frame.envelope_id, payload: {} }))
  })
  open.push(async () => socket.terminate())
  await vi.waitFor(() => expect(frames.length).toBeGreaterThan(0))
  return { frames, socket, url: String(url) }
}

describe('calls', () => {
  test('a lost answer was applied, a reset call was not', async () => {
    const { slack, web } = await fresh()
    slack.faults.next('chat.postMessage', { as: 'lost' })
    await expect(web.chat.postMessage({ channel: room, text: 'lost' })).rejects.toThrow()
    slack.faults.next('chat.postMessage', { as: 'reset' })
    await expect(web.chat.postMessage({ channel: room, text: 'reset' })).rejects.toThrow()
    await web.chat.postMessage({ channel: room, text: 'fine' })
    expect(slack.messages(room).map((one) => one.text)).toEqual(['lost', 'fine'])
  })

  test('a throttled call says for how long, an error has the name that was asked for, so often as asked', async () => {
    const { slack, web } = await fresh()
    slack.faults.next('views.publish', { as: 'ratelimited', retryAfter: 30 })
    const publish = () => web.views.publish({ user_id: who.hr, view: { type: 'home', blocks: [] } })
    await expect(publish()).rejects.toMatchObject({ retryAfter: 30 })
    slack.faults.next('views.publish', { as: 'error', error: 'fatal_error', times: 2 })
    expect([await errorOf(publish()), await errorOf(publish()), await errorOf(publish())]).toEqual([
      'fatal_error',
      'fatal_error',
      'ok',
    ])
  })

  test('in an outage nothing works and nobody can click; afterwards all is as before', async () => {
    const slack = await withBolt((app) => app.command('/offboard', async ({ ack }) => ack('here')))
    const web = client(slack)
    slack.faults.outage(true)
    await expect(web.auth.test()).rejects.toThrow()
    await expect(slack.as(who.hr).slash('/offboard')).rejects.toThrow('Slack is away')
    await slack.until(() => slack.sockets.open === 0)
    slack.faults.outage(false)
    expect(await errorOf(web.auth.test())).toBe('ok')
    expect(await slack.as(who.hr).slash('/offboard')).toMatchObject({ failure: 'dispatch_failed' })
  })
})

describe('sockets', () => {
  test('an envelope goes to one connection, the one that chance picks', async () => {
    let next = 0
    const { slack } = await fresh({ random: () => next })
    const one = await rawSocket(slack, true)
    const two = await rawSocket(slack, true)
    await slack.as(who.hr).slash('/offboard')
    next = 0.9
    await slack.as(who.it).slash('/offboard')
    const users = (frames: Record<string, unknown>[]) =>
      frames.slice(1).map((frame) => (frame.payload as { user_id: string }).user_id)
    expect([users(one.frames), users(two.frames)]).toEqual([[who.hr], [who.it]])
    expect(one.frames[0]).toMatchObject({ type: 'hello', num_connections: 1 })
  })

  test('an eleventh connection is turned away, and a ticket opens one only', async () => {
    const { slack } = await fresh()
    for (let at = 0; at < 10; at += 1) await rawSocket(slack, true)
    const { frames, url } = await rawSocket(slack, true)
    expect(frames[0]).toMatchObject({ type: 'disconnect', reason: 'too_many_websockets' })
    expect(slack.sockets.open).toBe(10)
    const refused = new WebSocket(url)
    const said = await new Promise((done) => refused.on('error', (error) => done(error.message)))
    expect(said).toContain('408')
  })

  test('while one of two connections is refreshed, the other takes every command', async () => {
    const slack = await withBolt((app) => app.command('/offboard', async ({ ack }) => ack('here')), {}, 2)
    slack.sockets.refresh('one')
    expect(slack.sockets.open).toBe(1)
    for (let at = 0; at < 5; at += 1) expect(await slack.as(who.hr).slash('/offboard')).toMatchObject({ acked: true })
  })

  test('in HTTP mode a socket is told that the link is disabled', async () => {
    const { slack } = await fresh({ mode: 'http' })
    const { frames } = await rawSocket(slack, true)
    expect(frames[0]).toMatchObject({ type: 'disconnect', reason: 'link_disabled' })
  })

  test('a command that was not acknowledged can come again, though the person has seen it fail', async () => {
    const clock = manualClock()
    const { slack } = await fresh({ clock })
    slack.faults.redeliver = true
    const { frames } = await rawSocket(slack, false)
    const answer = slack.as(who.hr).slash('/offboard')
    await vi.waitFor(() => expect(frames).toHaveLength(2))
    clock.advance(2999)
    clock.advance(1)
    expect(await answer).toMatchObject({ acked: false, failure: 'dispatch_failed', ms: 3000 })
    clock.advance(0)
    await vi.waitFor(() => expect(frames).toHaveLength(3))
    const [, first, again] = frames
    expect([first?.retry_attempt, again?.retry_attempt]).toEqual([0, 1])
    expect(again?.payload).toEqual(first?.payload)
  })

  test('a delivery that comes twice has the same trigger', async () => {
    const seen: string[] = []
    const slack = await withBolt((app) =>
      app.command('/offboard', async ({ ack, body }) => {
        seen.push(body.trigger_id)
        await ack()
      }),
    )
    slack.faults.deliverTwice()
    await slack.as(who.hr).slash('/offboard')
    await slack.as(who.hr).slash('/offboard')
    expect(seen).toHaveLength(3)
    expect(new Set(seen).size).toBe(2)
  })
})

describe('events', () => {
  test('an app hears only of what it is subscribed to, and of channels it is in', async () => {
    const { slack } = await fresh({ events: ['member_joined_channel'] })
    const { frames } = await rawSocket(slack, true)
    await slack.admin.join(room, who.leaver)
    await slack.admin.join('C0GENERAL', who.leaver)
    await slack.admin.changeGroup('S0HR', [who.hr, who.it])
    const events = frames.slice(1).map((frame) => (frame.payload as { event: { type: string; channel: string } }).event)
    expect(events).toMatchObject([{ type: 'member_joined_channel', channel: room, user: who.leaver }])
    expect(slack.state.groups.get('S0HR')?.users).toEqual([who.hr, who.it])
  })

  test('an event that was not acknowledged comes again at once, then after a minute', async () => {
    const clock = manualClock()
    const { slack } = await fresh({ clock })
    const { frames } = await rawSocket(slack, false)
    const told = slack.admin.changePerson(who.hr, { deleted: true })
    await vi.waitFor(() => expect(frames).toHaveLength(2))
    clock.advance(3000)
    await told
    await vi.waitFor(() => {
      clock.advance(0)
      expect(frames).toHaveLength(3)
    })
    clock.advance(3000)
    await vi.waitFor(() => expect(clock.sleeping()).toContain(60_000))
    clock.advance(59_999)
    expect(frames).toHaveLength(3)
    clock.advance(1)
    await vi.waitFor(() => expect(frames).toHaveLength(4))
    const events = frames.slice(1) as { retry_attempt: number; payload: { event_id: string } }[]
    expect(events.map((frame) => frame.retry_attempt)).toEqual([0, 1, 2])
    expect(new Set(events.map((frame) => frame.payload.event_id)).size).toBe(1)
  })

  test('over HTTP a retried event carries the headers that say so', async () => {
    const seen: (string | undefined)[] = []
    const app = createServer((request, response) => {
      seen.push([request.headers['x-slack-retry-num'], request.headers['x-slack-retry-reason']].join(' '))
      response.writeHead(seen.length === 1 ? 500 : 200).end()
    })
    await new Promise<void>((done) => app.listen(0, '127.0.0.1', done))
    open.push(async () => void app.close())
    const eventsUrl = `http://127.0.0.1:${(app.address() as AddressInfo).port}/slack/events`
    const { slack } = await fresh({ mode: 'http', eventsUrl })
    const first = await slack.emit({ type: 'user_change', user: { id: who.hr } })
    expect(first).toMatchObject({ acked: false, failure: 'http_service_error' })
    await slack.until(() => slack.deliveries[0]?.attempts === 2)
    expect(seen).toEqual([' ', '1 http_error'])
  })

  test('in HTTP mode without an address nothing can be dispatched', async () => {
    const { slack } = await fresh({ mode: 'http' })
    expect(await slack.as(who.hr).slash('/offboard')).toMatchObject({ acked: false, failure: 'dispatch_failed' })
  })
})
