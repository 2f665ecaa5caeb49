import { expect, test } from 'vitest'
import { pacer } from '../../src/slack/pace.ts'
import { worldClock } from '../support/world-clock.ts'

/** Seconds at which each of the turns came, out of those that came within a minute. */
async function turns(
  work: (turn: (lane: string, atOnce?: number) => void, hold: (lane: string, ms: number) => void) => void,
) {
  const clock = worldClock()
  const start = clock.now().getTime()
  const pace = pacer(clock, new AbortController().signal)
  const came: [string, number][] = []
  work(
    (lane, atOnce) => {
      void pace.turn(lane, 1000, atOnce).then(() => void came.push([lane, (clock.now().getTime() - start) / 1000]))
    },
    (lane, ms) => pace.hold(lane, ms),
  )
  await clock.advance(0)
  await clock.advance(60_000)
  return came
}

test('gives one turn a second in a lane, in order, and lanes do not wait for each other', async () => {
  const came = await turns((turn) => {
    for (const lane of ['a', 'a', 'b', 'a']) turn(lane)
  })
  expect(came.filter(([lane]) => lane === 'a').map(([, at]) => at)).toEqual([0, 1, 2])
  expect(came.filter(([lane]) => lane === 'b').map(([, at]) => at)).toEqual([0])
})

test('gives a few turns at once where a lane has rested, and no more than that in a minute', async () => {
  const came = await turns((turn) => {
    for (let count = 0; count < 100; count += 1) turn('a', 3)
  })
  expect(came.slice(0, 6).map(([, at]) => at)).toEqual([0, 0, 0, 1, 2, 3])
  expect(came.filter(([, at]) => at < 60)).toHaveLength(62)
})

test('gives no turns at once after a rest that Slack asked for', async () => {
  const came = await turns((turn, hold) => {
    hold('a', 30_000)
    for (let count = 0; count < 4; count += 1) turn('a', 3)
  })
  expect(came.map(([, at]) => at)).toEqual([30, 31, 32, 33])
})

test('lets a lane rest as long as Slack asked, also those who wait in it already', async () => {
  const came = await turns((turn, hold) => {
    turn('a')
    turn('a')
    hold('a', 30_000)
    turn('b')
  })
  expect(came.find(([lane, at]) => lane === 'a' && at > 0)?.[1]).toBe(30)
  expect(came.find(([lane]) => lane === 'b')?.[1]).toBe(0)
})
