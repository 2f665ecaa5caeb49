/**
 * Fault storms: whatever the weather, all ends as it should, nothing is green that is open, and what is away holds up
 * nothing but itself.
 */
import { once } from 'node:events'
import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import type { Offboarding } from '../../src/offboarding/offboarding.ts'
import { resourceLimits } from './counting-thread.ts'
import type { Wrong } from './invariants.ts'
import { type Played, play } from './play.ts'
import { type Scene, sceneOf } from './scene.ts'
import { brew, type Weather, weatherOf } from './weather.ts'
import { beginning } from './world.ts'

export interface StormFailure {
  seed: number
  weather: Weather
  wrong: readonly Wrong[]
}

export type StormKind = Parameters<typeof weatherOf>[1]

/** Of ten seeds one has a Slack that is away for an hour, and one a system that is. */
export function kindOf(seed: number): StormKind {
  if (seed % 10 === 3) return 'slack away'
  return seed % 10 === 7 ? 'one vendor away' : 'all'
}

export async function storm(seed: number, kind = kindOf(seed)): Promise<StormFailure | undefined> {
  const scene = sceneFor(seed, kind)
  const world = beginning(scene)
  const weather = weatherOf(scene, kind)
  brew(world, weather)
  const played = await play(world)
  const one = played.life && (await played.life.engine.ledger.load('off-1'))
  const felt = played.wrong.filter((wrong) => !isHonest(wrong, one))
  const wrong = [...felt, ...endWrong(played), ...(one ? heldUp(one, scene, kind) : [])]
  return wrong.length > 0 ? { seed, weather, wrong } : undefined
}

/**
 * What failed and was given up by its person, or done when they tried again, is no lie: it may end attested, and its
 * turn may come after that of a later phase, which waits for ends and not for success (DESIGN 4, rule 6).
 */
function isHonest({ what }: Wrong, one: Offboarding | undefined): boolean {
  const [id = ''] = what.split(/[ @]/)
  const again = (one?.steps[`${id}@main`]?.attempt ?? 1) > 1
  // What was only tried again once its account was deleted is not there any more.
  const late = what.includes(' was done after ') || what.includes('ended nothing-found')
  return /ended attested: looked there/.test(what) || (again && late)
}

/** Where nothing may be felt, nothing else may be in the way either. */
function sceneFor(seed: number, kind: StormKind): Scene {
  const scene = sceneOf(seed)
  const calm = { busy: 0, lostBefore: 0, lostAfter: 0, late: 0 }
  return kind === 'all' ? scene : { ...scene, odds: { vendor: calm, slack: calm } }
}

function endWrong({ ended }: Played): Wrong[] {
  return ended ? [{ kind: 'lost', what: `the process ${ended}, though its disk is well` }] : []
}

/** Long enough for every step of a system that is well; far from the hour for which the other one is away. */
const soonMs = 5 * 60_000

function heldUp(one: Offboarding, scene: Scene, kind: StormKind): Wrong[] {
  if (kind === 'all') return []
  const away = kind === 'one vendor away' ? scene.vendors[0] : undefined
  const from = Date.parse(one.startedAt ?? one.requestedAt)
  const late = Object.values(one.steps).filter((run) => {
    if (run.plan.connector === away || run.plan.connector === 'manual') return false
    return Date.parse(run.endedAt ?? '') - from > soonMs + one.policy.irreversibleAfter
  })
  return late.map((run) => ({ kind: 'broken', what: `${run.key} was held up by ${away ?? 'Slack'}` }))
}

export interface Stormed {
  seeds: number
  failures: StormFailure[]
}

/** Every `step`th seed from `from` on. */
export async function storms(from: number, count: number, step = 1): Promise<Stormed> {
  const failures: StormFailure[] = []
  for (let n = 0; n < count; n += 1) {
    const failure = await storm(from + n * step)
    if (failure) failures.push(failure)
  }
  return { seeds: count, failures }
}

const usualSeeds = 2_000

/** On all cores; as a layer of `npm run crash`, where a point is a seed. */
export async function run({ seeds = usualSeeds, from = 1 }: { seeds?: number; from?: number } = {}) {
  const lanes = availableParallelism()
  const shares = await Promise.all(
    Array.from({ length: lanes }, (_, lane) =>
      shared({ from: from + lane, count: Math.ceil(seeds / lanes), step: lanes }),
    ),
  )
  const failures = shares.flatMap((one) => one.failures)
  const count = (kind: Wrong['kind']) => failures.filter((one) => one.wrong.some((wrong) => wrong.kind === kind)).length
  return {
    points: shares.reduce((sum, one) => sum + one.seeds, 0),
    lost: count('lost'),
    doubled: count('doubled'),
    failures: failures.map(({ seed, weather, wrong }) => {
      const words = wrong.map((one) => `${one.kind}: ${one.what}`).join('; ')
      return `storm ${seed}: ${words} (${JSON.stringify(weather)})`
    }),
  }
}

async function shared(workerData: { from: number; count: number; step: number }): Promise<Stormed> {
  const worker = new Worker(new URL('./storm-worker.ts', import.meta.url), { workerData, resourceLimits })
  const [answer] = (await once(worker, 'message')) as [Stormed]
  await worker.terminate()
  return answer
}
