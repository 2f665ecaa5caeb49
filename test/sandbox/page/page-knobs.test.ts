/** What can be made to happen while somebody tries it: vendors that misbehave, Slack's habits, time, a restart. */
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import type { Changed } from '../../../src/sandbox/page/shapes.ts'
import {
  ask,
  button,
  card,
  type Desk,
  modal,
  offboardingRoom,
  openDesk,
  press,
  room,
  sees,
  sign,
  who,
} from './page-support.ts'

let desk: Desk
beforeAll(async () => {
  desk = await openDesk()
})
afterAll(() => desk.close())

const text = (blocks: unknown) => JSON.stringify(blocks ?? [])

test('a vendor that is out of order fails a step; once it is well again, Try again ends it well', async () => {
  await ask(desk)
  await sees(desk, who.hr, (seen) => button(seen, offboardingRoom, 'sign-hr'))
  expect(await desk.turn({ turn: 'vendor', vendor: 'zoom', to: 'failing' })).toEqual({
    ok: true,
    said: 'Zoom is out of order (503).',
  })
  expect((await desk.vendors()).vendors).toMatchObject([{ use: 'zoom', temper: 'failing' }])
  await sign(desk)
  await sees(desk, who.it, (seen) => button(seen, offboardingRoom, 'try-again'))
  const held = (await desk.vendors()).vendors[0]?.held
  expect(held).toBe(11)
  await desk.turn({ turn: 'vendor', vendor: 'every', to: 'normal' })
  const clicked = new Set<string>()
  await sees(desk, who.it, async (seen) => {
    const again = button(seen, offboardingRoom, 'try-again')
    // Once on each card that is drawn: Slack lets nobody ask who is in a group more than twenty times a minute.
    const drawn = JSON.stringify(again)
    if (again && !clicked.has(drawn)) await desk.act(who.it, { do: 'click', ...again })
    clicked.add(drawn)
    return (card(seen)?.text ?? '').includes('done')
  })
  expect((await desk.vendors()).vendors[0]?.held).toBeLessThan(11)
})

test('everything begins anew: nothing is left of it, and the time is right', async () => {
  const { world } = await desk.start()
  await desk.turn({ turn: 'clock', ms: 3_600_000 })
  expect((await desk.knobs()).movedMs).toBe(3_600_000)
  expect(await desk.turn({ turn: 'anew' })).toMatchObject({ ok: true })
  const now = await desk.start()
  expect(now.world).toBe(world + 1)
  expect(await desk.knobs()).toMatchObject({ movedMs: 0, sockets: 2, slackAway: false, world: world + 1 })
  expect(room(await desk.seen(who.it), offboardingRoom).order).toEqual([])
  expect((await desk.vendors()).vendors).toMatchObject([{ held: 11, heldBefore: 11, temper: 'normal' }])
})

test.each([
  ['throttled', 429],
  ['failing', 503],
  ['refusing', 401],
] as const)('a vendor that is %s answers %i', async (to, status) => {
  const sent: number[] = []
  const { tempers } = desk.room()
  const send = tempers.bend(async () => {
    sent.push(1)
    return new Response('{}')
  })
  await desk.turn({ turn: 'vendor', vendor: 'zoom', to })
  const got = await send(new Request('https://api.zoom.us/v2/users'))
  expect(got.status).toBe(status)
  expect(got.headers.get('retry-after')).toBe(to === 'throttled' ? '5' : null)
  expect(sent).toEqual([])
  await desk.turn({ turn: 'vendor', vendor: 'zoom', to: 'normal' })
  expect((await send(new Request('https://api.zoom.us/v2/users'))).status).toBe(200)
})

test('a vendor that there is not cannot be turned', async () => {
  expect(await desk.turn({ turn: 'vendor', vendor: 'acme', to: 'slow' })).toMatchObject({ ok: false })
})

test('a restart forgets nothing, and a connection that is renewed is there again', async () => {
  await ask(desk)
  await sees(desk, who.hr, (seen) => button(seen, offboardingRoom, 'sign-hr'))
  expect(await desk.turn({ turn: 'restart' })).toMatchObject({ ok: true })
  expect((await desk.knobs()).sockets).toBe(2)
  await press(desk, who.hr, 'sign-hr')
  await sees(desk, who.hr, (seen) => text(card(seen)?.blocks).includes(who.hr))
  expect(await desk.turn({ turn: 'refresh-socket', which: 'one' })).toMatchObject({ ok: true })
  expect((await desk.knobs()).sockets).toBe(1)
})

test('what reaches Latchkey twice is done once, and a message whose answer was lost is there once', async () => {
  const { slack } = desk.room().sandbox
  await press(desk, who.it, 'decline')
  const why = await modal(desk, who.it, (one) => one.submit !== null)
  await desk.turn({ turn: 'lose-reply' })
  await desk.turn({ turn: 'deliver-twice' })
  const field = String(why.blocks.find((block) => block.type === 'input')?.block_id)
  await desk.act(who.it, { do: 'submit', view: why.id, values: { [field]: 'Not today.' } })
  expect(slack.deliveries.at(-1)?.attempts).toBe(2)
  await sees(desk, who.it, () => slack.calls.find((one) => one.method === 'chat.postMessage' && !one.answer))
  await sees(desk, who.it, (seen) => (card(seen)?.text ?? '').includes('declined'))
  const texts = room(await desk.seen(who.it), offboardingRoom).messages.map((one) => one.text)
  expect(texts).toEqual([...new Set(texts)])
})

test('an open page is told of each change, and not of what nobody sees', async () => {
  const stop = new AbortController()
  const response = await fetch(new URL('/api/changes', desk.url), { signal: stop.signal })
  const told: Changed[] = []
  const following = (async () => {
    for await (const chunk of response.body ?? [])
      for (const [, data] of new TextDecoder().decode(chunk).matchAll(/^data: (.*)$/gm))
        told.push(JSON.parse(data ?? ''))
  })().catch(() => undefined)
  await vi.waitFor(() => expect(told).not.toEqual([]))
  const first = told.at(-1)?.version ?? 0
  await desk.act(who.hr, { do: 'write', conversation: 'C0GENERAL', text: 'good morning' })
  await sees(desk, who.hr, () => (told.at(-1)?.version ?? 0) > first)
  const { version } = await desk.seen(who.other)
  expect(told.at(-1)).toMatchObject({ version, world: (await desk.start()).world })
  stop.abort()
  await following
})

test('while Slack is away nobody can do anything in it', async () => {
  await desk.turn({ turn: 'slack-away', away: true })
  expect((await desk.knobs()).slackAway).toBe(true)
  expect(await desk.act(who.hr, { do: 'home' })).toMatchObject({ ok: false, shown: expect.stringContaining('away') })
  await desk.turn({ turn: 'slack-away', away: false })
  expect((await desk.knobs()).slackAway).toBe(false)
})
