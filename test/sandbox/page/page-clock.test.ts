/** Time moved forward: the bot, Slack, the vendors and their SDKs all live in the same moment. */
import { once } from 'node:events'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { movedTime } from '../../../src/sandbox/moved-time.ts'
import { slackTokens } from '../../../src/sandbox/sandbox.ts'
import {
  ask,
  button,
  card,
  type Desk,
  offboardingRoom,
  openDesk,
  press,
  room,
  sees,
  sign,
  who,
} from './page-support.ts'

const hour = 3_600_000
const day = 24 * hour

describe('moved time', () => {
  test('is the same for whoever asks, and the real one again afterwards', () => {
    const real = Date.now()
    const time = movedTime()
    try {
      time.forward(31 * day)
      const ahead = (ms: number) => Math.round((ms - real) / day)
      expect(ahead(Date.now())).toBe(31)
      expect(ahead(Date.parse(new Date().toISOString()))).toBe(31)
      expect(ahead(time.clock.now().getTime())).toBe(31)
      expect(ahead(Date.parse(Date()))).toBe(31)
      expect(new Date(0).toISOString()).toBe('1970-01-01T00:00:00.000Z')
      expect(new Date() instanceof Date).toBe(true)
      expect(new (class extends Date {})() instanceof Date).toBe(true)
      expect(() => movedTime()).toThrow('time is moved already')
    } finally {
      time.giveBack()
    }
    expect(Date.now() - real).toBeLessThan(day)
    expect(Date.parse(new Date().toISOString()) - real).toBeLessThan(day)
  })

  test('wakes who waited for the moment, and nobody else', async () => {
    const time = movedTime()
    try {
      const woken: string[] = []
      const stop = new AbortController()
      const wait = (name: string, ms: number, clock = time.clock) =>
        clock.sleep(ms, stop.signal).then(
          () => woken.push(name),
          () => undefined,
        )
      const waits = [wait('soon', hour), wait('later', 3 * day), wait("Slack's", hour, time.slackClock)]
      const patience = wait('patience', 9_000, time.slackClock)
      time.forward(2 * hour)
      await Promise.all([waits[0], waits[2]])
      expect(woken).toEqual(['soon', "Slack's"])
      time.forward(3 * day)
      await waits[1]
      expect(woken).toEqual(['soon', "Slack's", 'later'])
      stop.abort()
      await patience
      expect(woken).not.toContain('patience')
    } finally {
      time.giveBack()
    }
  })

  test('a wait that is called off ends as called off', async () => {
    const time = movedTime()
    try {
      const stop = new AbortController()
      const wait = time.clock.sleep(hour, stop.signal)
      stop.abort(new Error('closed'))
      await expect(wait).rejects.toThrow()
    } finally {
      time.giveBack()
    }
  })
})

describe('an offboarding while time is moved', () => {
  let desk: Desk
  beforeAll(async () => {
    desk = await openDesk()
  })
  afterAll(() => desk.close())

  test('who has not signed is reminded, and after three days it expires', async () => {
    await ask(desk)
    await sees(desk, who.hr, (seen) => button(seen, offboardingRoom, 'sign-hr'))
    await press(desk, who.it, 'sign-it')
    const before = room(await desk.seen(who.hr), offboardingRoom).order.length
    expect(await desk.turn({ turn: 'clock', ms: 5 * hour })).toMatchObject({ ok: true })
    expect((await desk.knobs()).movedMs).toBe(5 * hour)
    await sees(desk, who.hr, (seen) => room(seen, offboardingRoom).order.length > before)
    await desk.turn({ turn: 'clock', ms: 4 * day })
    await sees(desk, who.hr, (seen) => (card(seen)?.text ?? '').includes('not signed in time'))
    expect(await desk.act(who.hr, { do: 'home' })).toMatchObject({ ok: true })
  })

  test('the time that nobody lived through is no silence: every connection gets a sign of life', async () => {
    const headers = { authorization: `Bearer ${slackTokens.app}` }
    const asked = await fetch(`${desk.room().sandbox.slack.apiUrl}apps.connections.open`, { method: 'POST', headers })
    const socket = new WebSocket(((await asked.json()) as { url: string }).url)
    try {
      await once(socket, 'message')
      const alive = Promise.all([once(socket, 'pong'), once(socket, 'ping')])
      await desk.turn({ turn: 'clock', ms: day })
      await alive
    } finally {
      socket.terminate()
    }
  })

  test('what waits for its day is done on that day, by vendors that live in it, too', async () => {
    const account = async () =>
      (await desk.vendors()).vendors[0]?.rows.find((row) => row.what === 'Account')?.now?.state
    await desk.turn({ turn: 'anew' })
    await ask(desk)
    await sign(desk)
    await sees(desk, who.it, async () => (await account()) === 'inactive')
    await sees(desk, who.it, (seen) => JSON.stringify(room(seen, offboardingRoom)).includes('is done'))
    expect((await desk.vendors()).vendors[0]?.held).toBeGreaterThan(0)
    await desk.turn({ turn: 'clock', ms: day + hour })
    await sees(desk, who.it, (seen) => JSON.stringify(card(seen)).includes('nothing is back'))
    await desk.turn({ turn: 'clock', ms: 31 * day })
    await sees(desk, who.it, async () => (await desk.vendors()).vendors[0]?.held === 0)
    await sees(desk, who.it, (seen) => JSON.stringify(room(seen, offboardingRoom)).includes('Watched for 30 d'))
    // SDKs set their clock by it.
    const { date } = Object.fromEntries((await fetch(desk.room().sandbox.vendors.aws.url)).headers)
    expect(Math.abs(Date.parse(date ?? '') - Date.now())).toBeLessThan(hour)
  })

  test('what somebody puts back behind its back is seen a day later', async () => {
    await desk.turn({ turn: 'anew' })
    await ask(desk)
    await sign(desk)
    await sees(desk, who.it, (seen) => JSON.stringify(room(seen, offboardingRoom)).includes('is done'))
    const [before] = (await desk.vendors()).vendors
    expect(before?.givesBack).toBe(true)
    expect(await desk.turn({ turn: 'give-back', vendor: 'nothing-here' })).toMatchObject({ ok: false })
    expect(await desk.turn({ turn: 'give-back', vendor: 'zoom' })).toMatchObject({ ok: true })
    const [after] = (await desk.vendors()).vendors
    expect(after?.held).toBe(after?.heldBefore)
    expect(after?.held).toBeGreaterThan(before?.held ?? 0)
    await desk.turn({ turn: 'clock', ms: day + hour })
    await sees(desk, who.it, (seen) => JSON.stringify(room(seen, offboardingRoom)).includes('Access came back'))
    await press(desk, who.it, 'try-again')
    await sees(desk, who.it, async () => ((await desk.vendors()).vendors[0]?.held ?? 0) < (after?.held ?? 0))
  })
})
