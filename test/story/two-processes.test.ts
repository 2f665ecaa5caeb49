import { afterEach, expect, test } from 'vitest'
import { cast } from '../../src/sandbox/company.ts'
import { type FixedWorld, openFixedWorld } from '../crash/fixed-run.ts'
import { overOrEnded, readEnd, stopped } from '../crash/fixed-run-end.ts'

const worlds: FixedWorld[] = []
afterEach(async () => {
  for (const world of worlds.splice(0)) await world.close()
})

async function open(): Promise<FixedWorld> {
  const world = await openFixedWorld({ leavers: [cast.leaver], steps: ['deny-all', 'console-password', 'groups'] })
  worlds.push(world)
  return world
}

/** Until the bot is heard by Slack over both of its connections. */
function heard({ slack }: FixedWorld): Promise<unknown> {
  return slack.until(() => slack.sockets.open >= 2, 60_000, 'the bot to be connected')
}

/** How often a bot has come to Slack. */
function arrivals({ slack }: FixedWorld): number {
  return slack.calls.filter((call) => call.method === 'auth.test').length
}

test('a second process on the same data folder is refused before it does anything, and told what to do', async () => {
  const world = await open()
  const first = world.start()
  await heard(world)
  const second = world.start()
  expect(await second.ended).toEqual({ code: 1, signal: null })
  expect(second.printed()).toBe(
    `latchkey start: The data folder ${world.data} is in use by another Latchkey process; which one, the lock does not tell. Stop that one first (try "fuser ${world.data}/lock"), or give this one a folder of its own.\n`,
  )
  expect(arrivals(world)).toBe(1)
  expect(await overOrEnded(world, first)).toBe('over')
  await stopped(first)
}, 120_000)

test('the moment the first is killed, the next takes over its folder and its work', async () => {
  const world = await open()
  const [first, next] = [world.start(), world.start({ waits: true })]
  await next.loaded
  // In the middle of it: something is ordered already, and not all of it.
  const ordered = () => world.aws.calls.some(({ asked }) => JSON.stringify(asked.body).includes('PutUserPolicy'))
  await world.slack.until(() => first.end() || ordered(), 60_000, 'the first order')
  first.kill()
  // No more than the kernel needs: what the dead one held is free, and nobody waits for it to be.
  expect(await first.ended).toEqual({ code: null, signal: 'SIGKILL' })
  world.skip(60_000)
  next.go()
  expect(await overOrEnded(world, next)).toBe('over')
  await stopped(next)
  const { journal, changes, cards, each } = await readEnd(world)
  expect(journal.bad).toBeUndefined()
  expect(Object.values(changes)).toEqual([1, 1, 1, 1, 1])
  expect(cards).toBe(1)
  expect(each.map((one) => one.offboarding.state)).toEqual(['done'])
}, 120_000)

test('of two that are started the moment the first is killed, one takes over, and the other is refused', async () => {
  const world = await open()
  const first = world.start()
  const others = [world.start({ waits: true }), world.start({ waits: true })]
  await Promise.all([heard(world), ...others.map((one) => one.loaded)])
  first.kill()
  await first.ended
  world.skip(60_000)
  for (const one of others) one.go()
  await Promise.race(others.map((one) => one.ended))
  const [refused, ...alsoRefused] = others.filter((one) => one.end())
  expect(alsoRefused).toEqual([])
  expect(refused?.printed()).toContain('is in use by another Latchkey process')
  const [winner] = others.filter((one) => one !== refused)
  expect(winner && (await overOrEnded(world, winner))).toBe('over')
}, 120_000)
