/** Every point of a run: the process dies there, in each way, starts again, and must bring it to the same good end. */
import type { Wrong } from './invariants.ts'
import type { Bent } from './life.ts'
import { type Played, play } from './play.ts'
import type { Scene } from './scene.ts'
import { aftermath, beginning, type Crash, type FrozenWorld, type Point, type World } from './world.ts'

export interface Failure {
  seed: number
  /** `io moment death flights`, with more of them for a second crash, as `--point` takes it. */
  point: string
  what: string
  wrong: readonly Wrong[]
}

export interface Tally {
  /** Crashes that were tried. */
  points: number
  /** Of these, how many led to a state of their own, which was played to its end. */
  played: number
  failures: Failure[]
}

export const deaths: readonly Crash['death'][] = ['kill', 'power', 'torn']

interface Fork {
  point: Point
  frozen: FrozenWorld
}

/** Plays a world to its end and takes a copy of it at each point that is asked for. */
export async function forked(
  world: World,
  bent: Bent,
  wanted: (point: Point) => boolean,
): Promise<{ played: Played; forks: Fork[] }> {
  const forks: Fork[] = []
  world.onPoint = (point) => {
    if (wanted(point)) forks.push({ point, frozen: world.freeze() })
    return false
  }
  const played = await play(world, bent)
  world.onPoint = undefined
  return { played, forks }
}

export interface Options {
  bent?: Bent
  /** Of the recoveries, how many die once more at each of their own points; 0 to 1. */
  twice?: number
  /** All points where it is absent. */
  wanted?: (point: Point) => boolean
  /** Stops after so many failures. */
  enough?: number
}

export async function enumerate(scene: Scene, options: Options = {}): Promise<Tally> {
  const { bent = {} } = options
  const tally: Tally = { points: 0, played: 0, failures: [] }
  const known = new Map<string, readonly Wrong[]>()
  const first = await forked(beginning(scene), bent, options.wanted ?? (() => true))
  tally.points += 1
  tally.played += 1
  if (first.played.wrong.length > 0) tally.failures.push(failureOf(scene, '0', 'no crash', first.played.wrong))
  const work = { scene, bent, known, tally, options }
  for (const fork of first.forks) {
    if (tally.failures.length >= (options.enough ?? Number.POSITIVE_INFINITY)) break
    await crashAt(work, fork, '')
  }
  return tally
}

interface Work {
  scene: Scene
  bent: Bent
  known: Map<string, readonly Wrong[]>
  tally: Tally
  options: Options
}

async function crashAt(work: Work, { point, frozen }: Fork, before: string): Promise<void> {
  for (const crash of crashesAt(frozen)) {
    const { scene, bent, known, tally } = work
    const left = aftermath(frozen, crash)
    const name = `${before}${point.io} ${point.moment} ${crash.death} ${crash.flights}`
    tally.points += 1
    let wrong = known.get(left.name)
    if (!wrong) {
      tally.played += 1
      const isTwice = before === '' && isChosen(work.options.twice ?? 0, tally.played)
      const { played, forks } = await forked(left.open(), bent, () => isTwice)
      wrong = played.wrong
      known.set(left.name, wrong)
      for (const fork of forks) await crashAt(work, fork, `${name}, `)
    }
    if (wrong.length > 0) tally.failures.push(failureOf(scene, name, point.what, wrong))
  }
}

function isChosen(share: number, count: number): boolean {
  return Math.floor(count * share) > Math.floor((count - 1) * share)
}

function crashesAt(frozen: FrozenWorld): Crash[] {
  const flights: Crash['flights'][] = frozen.flying.length > 0 ? ['lost', 'late'] : ['lost']
  return deaths.flatMap((death) => flights.map((one) => ({ death, flights: one })))
}

export function failureOf({ seed }: Scene, point: string, what: string, wrong: readonly Wrong[]): Failure {
  return { seed, point, what, wrong }
}

/** The one point that a failure names, once more; `name` as in a failure. */
export async function again(scene: Scene, name: string, bent: Bent = {}): Promise<{ world: World; played: Played }> {
  let world = beginning(scene)
  for (const one of name.split(', ')) {
    const [io, moment, death, flights] = one.split(' ')
    if (io === '0') continue
    const { forks } = await forked(world, bent, (point) => point.io === Number(io) && point.moment === moment)
    const [fork] = forks
    if (!fork) throw new Error(`there is no point ${one} in this run`)
    world = aftermath(fork.frozen, { death, flights } as Crash).open()
  }
  return { world, played: await play(world, bent) }
}
