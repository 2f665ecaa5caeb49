/** The harness itself: the same seed goes the same way, and a copy taken at a point is as good as a crash there. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { again, enumerate, forked } from './enumerate.ts'
import { enumerateFaults } from './faults.ts'
import { nameOfOpened } from './opened.ts'
import { play } from './play.ts'
import { type Scene, sceneOf, smallest } from './scene.ts'
import { install } from './time.ts'
import { aftermath, beginning, type Crash, type Point, type World } from './world.ts'

let back = () => undefined as void
beforeAll(() => {
  back = install()
})
afterAll(() => back())

/** One with faults of its own, so that chance matters. */
const scene: Scene = sceneOf(3)

async function told(world: World) {
  const { life, wrong } = await play(world)
  const { vendors, slack } = world.moving
  return { wrong, events: await life?.store.history('off-1'), effects: vendors.effects, messages: slack.messages }
}

async function points(): Promise<Point[]> {
  const found: Point[] = []
  await forked(beginning(scene), {}, (point) => {
    found.push(point)
    return false
  })
  return found
}

describe('the simulated world', () => {
  test('takes the same way for the same seed', async () => {
    const first = await told(beginning(scene))
    expect(first.wrong).toEqual([])
    expect(first.events?.length).toBeGreaterThan(10)
    expect(await told(beginning(scene))).toEqual(first)
  }, 60_000)

  test('a copy taken at a point goes on as a process that really died there', async () => {
    const all = await points()
    const sample = all.filter((_, index) => index % Math.ceil(all.length / 12) === 3)
    expect(sample.length).toBeGreaterThan(8)
    for (const [index, { io, moment }] of sample.entries()) {
      const crash: Crash = { death: (['kill', 'power', 'torn'] as const)[index % 3] ?? 'kill', flights: 'late' }
      const isHere = (point: Point) => point.io === io && point.moment === moment
      const { forks } = await forked(beginning(scene), {}, isHere)
      const copied = await told(aftermath(forks[0]!.frozen, crash).open())
      const world = beginning(scene)
      world.onPoint = isHere
      expect((await play(world)).ended).toBe('died')
      expect(await told(aftermath(world.freeze(), crash).open()), `${io} ${moment}`).toEqual(copied)
    }
  }, 60_000)

  test('what has read the same goes on in the same way, however it was left', async () => {
    const { forks } = await forked(beginning(scene), {}, (point) => point.what.includes('write') && point.io % 3 === 0)
    const ends = new Map<string, Awaited<ReturnType<typeof told>>>()
    let alike = 0
    for (const { frozen } of forks)
      for (const death of ['kill', 'power', 'torn'] as const) {
        const world = aftermath(frozen, { death, flights: 'late' }).open()
        let name = ''
        world.onOpened = (store) => {
          name = nameOfOpened(world, store)
          return false
        }
        const end = await told(world)
        const known = ends.get(name)
        if (known) alike += 1
        expect(end, name).toEqual(known ?? end)
        ends.set(name, end)
      }
    expect(alike).toBeGreaterThan(10)
    expect(ends.size).toBeGreaterThan(10)
  }, 60_000)

  test('a process that was told to go no further does nothing more', async () => {
    const world = beginning(scene)
    world.onOpened = () => true
    expect((await play(world)).ended).toBe('died')
    expect(world.moving.slack.messages).toEqual([])
  }, 60_000)

  test('a point can be tried again by its name, also a second crash', async () => {
    const { played } = await again(scene, '40 after kill lost, 30 before power lost')
    expect(played.wrong).toEqual([])
    await expect(again(scene, '99999 after kill lost')).rejects.toThrow('there is no point')
  }, 60_000)

  test('crashes all along a run, some of them twice, lose and double nothing', async () => {
    const {
      points: tried,
      played,
      failures,
    } = await enumerate(smallest('wipe'), {
      twice: 0.02,
      wanted: (point) => point.io % 4 === 1,
    })
    expect(failures).toEqual([])
    expect(tried).toBeGreaterThan(150)
    expect(played).toBeLessThan(tried / 2)
  }, 60_000)

  test('a disk that fails stops the process, and loses nothing', async () => {
    const { points: tried, failures } = await enumerateFaults(smallest('letter'))
    expect(failures).toEqual([])
    expect(tried).toBeGreaterThan(50)
  }, 60_000)
})
