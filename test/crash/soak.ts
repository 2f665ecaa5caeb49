/**
 * The real process with several offboardings at once, killed at random moments and started again at once, time and
 * again. In the end all is as without kills.
 */
import { setTimeout as wait } from 'node:timers/promises'
import { cast } from '../../src/sandbox/company.ts'
import { type Chance, chanceFrom } from './chance.ts'
import { type FixedWorld, openFixedWorld } from './fixed-run.ts'
import { type Ended, overOrEnded, readEnd, stopped } from './fixed-run-end.ts'
import type { WaitingLife } from './fixed-run-life.ts'
import { verdictOf } from './fixed-run-verdict.ts'
import type { Tried } from './syscalls.ts'

export interface SoakOptions {
  /** For so long somebody is killed; what is open then is brought to its end. */
  seconds?: number
  /** So many kills at the most. */
  only?: number
  seed?: number
  log?: (line: string) => void
}

const crowd = {
  leavers: [cast.leaver, cast.namesake, cast.other, 'yuki.mori@example.com', 'kofi.mensah@example.com'],
  steps: ['deny-all', 'console-password', 'groups'],
}

/** Worlds side by side: a process that starts or waits leaves the other one room. */
const lanes = 2
/** After this long nothing that a dead process has sent can still land. */
const settledMs = 60_000
/** A life is this long at the most, ms: from when it is loaded. Most of a run lies within. */
const longestLife = 2500
/** No offboarding runs through as many kills as this; the next world begins. */
const killsEach = 8

export async function run(options: SoakOptions = {}): Promise<Tried> {
  const log = options.log ?? (() => undefined)
  const seed = options.seed ?? 1
  const until = performance.now() + (options.seconds ?? 20) * 1000
  let left = options.only ?? Number.POSITIVE_INFINITY
  const mayKill = () => {
    left -= 1
    return left >= 0 && performance.now() < until
  }
  const tried: Tried = { points: 0, lost: 0, doubled: 0, failures: [] }
  const whole = undisturbed()
  whole.catch(() => undefined) // Told by whoever waits for it.
  const lane = async (first: number) => {
    for (let round = first; left > 0 && performance.now() < until; round += lanes) {
      const chance = chanceFrom(seed * 1000 + round)
      await note(tried, `seed ${seed}, round ${round}`, chance, mayKill, whole, log)
    }
  }
  await Promise.all(Array.from({ length: lanes }, (_one, index) => lane(index)))
  return tried
}

/** Without any kill: what all others are held to. */
async function undisturbed(): Promise<Ended> {
  const world = await openFixedWorld(crowd)
  try {
    const life = world.start()
    if ((await overOrEnded(world, life)) === 'ended') throw new Error(`the bot ended of itself: ${life.printed()}`)
    await stopped(life)
    return await readEnd(world)
  } finally {
    await world.close()
  }
}

async function note(
  tried: Tried,
  where: string,
  chance: Chance,
  mayKill: () => boolean,
  whole: Promise<Ended>,
  log: (line: string) => void,
): Promise<void> {
  const world = await openFixedWorld(crowd)
  let kills = 0
  try {
    kills = await killed(world, chance, mayKill)
    const { lost, doubled, wrong } = verdictOf(await readEnd(world), await whole)
    tried.lost += lost.length
    tried.doubled += doubled.length
    tried.failures.push(...[...lost, ...doubled, ...wrong].map((one) => `${where}, ${kills} kills: ${one}`))
  } catch (error) {
    tried.failures.push(`${where}: ${(error as Error).message}`)
  } finally {
    await world.close()
  }
  tried.points += kills
  log(`${where}: ${kills} kills`)
}

/** Answers with how often it was killed, once all is over. */
async function killed(world: FixedWorld, chance: Chance, mayKill: () => boolean): Promise<number> {
  // The next one is loaded meanwhile, so that it is there at once.
  let next = world.start({ waits: true })
  for (let kills = 0; ; kills += 1) {
    const life = await begun(next)
    if (kills >= killsEach || !mayKill() || (await outlives(life, world, chance() * longestLife))) {
      await toTheEnd(world, life)
      return kills
    }
    next = world.start({ waits: true })
    life.kill()
    await life.ended
    world.skip(settledMs)
    await next.loaded
  }
}

async function begun(life: WaitingLife): Promise<WaitingLife> {
  await life.loaded
  life.go()
  return life
}

async function outlives(life: WaitingLife, world: FixedWorld, ms: number): Promise<boolean> {
  const over = overOrEnded(world, life)
  over.catch(() => undefined) // Told by whoever waits for the end.
  return (await Promise.race([over, wait(ms)])) !== undefined
}

async function toTheEnd(world: FixedWorld, life: WaitingLife): Promise<void> {
  if ((await overOrEnded(world, life)) === 'ended') throw new Error(`the bot ended of itself: ${life.printed()}`)
  await stopped(life)
}
