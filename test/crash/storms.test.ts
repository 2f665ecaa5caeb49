/** That storms are felt where a defence is missing; the storms themselves are `npm run crash -- --layer storms`. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { play } from './play.ts'
import { sceneOf } from './scene.ts'
import { storms } from './storms.ts'
import { install } from './time.ts'
import { brew, weatherOf } from './weather.ts'
import { beginning } from './world.ts'

let back: () => void
beforeAll(() => {
  back = install()
})
afterAll(() => back())

test('some storms of each kind end as they should', async () => {
  expect((await storms(1, 12)).failures).toEqual([])
}, 60_000)

test('a step that calls itself done without having looked is noticed', async () => {
  const scene = sceneOf(1)
  const world = beginning(scene)
  brew(world, weatherOf(scene, 'one vendor away'))
  const played = await play(world, {
    connectors: (all) =>
      all.map((one) => ({
        ...one,
        steps: one.steps.map((step) => ({
          ...step,
          find: async () => [{ id: 'x', label: 'x', state: 'done' as const, fact: 'surely' }],
        })),
      })),
  })
  expect(played.wrong.length).toBeGreaterThan(0)
}, 60_000)

test('what is held up by a system that is away is noticed: the one that is away itself', async () => {
  const scene = sceneOf(27)
  const away = scene.vendors[0] ?? ''
  const world = beginning(scene)
  brew(world, weatherOf(scene, 'one vendor away'))
  const { life } = await play(world)
  const one = await life?.engine.ledger.load('off-1')
  const late = Object.values(one?.steps ?? {}).filter(
    (run) => Date.parse(run.endedAt ?? '') - Date.parse(one?.startedAt ?? '') > 300_000,
  )
  expect(late.map((run) => run.plan.connector)).toContain(away)
}, 60_000)
