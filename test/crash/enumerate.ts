/** Every point of a run: the process dies there, in each way, starts again, and must bring it to the same good end. */
import type { Wrong } from './invariants.ts'
import type { Bent } from './life.ts'
import { nameOfOpened } from './opened.ts'
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
  /** Recoveries whose process read what another one had read; of these, some are played all the same. */
  alike: number
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
  const tally: Tally = { points: 0, played: 0, alike: 0, failures: [] }
  const first = await forked(beginning(scene), bent, options.wanted ?? (() => true))
  tally.points += 1
  tally.played += 1
  if (first.played.wrong.length > 0) tally.failures.push(failureOf(scene, '0', 'no crash', first.played.wrong))
  const work = { scene, bent, left: new Map(), opened: new Map(), tally, options }
  for (const fork of first.forks) {
    if (tally.failures.length >= (options.enough ?? Number.POSITIVE_INFINITY)) break
    await crashAt(work, fork, '')
  }
  return tally
}

interface Work {
  scene: Scene
  bent: Bent
  /** How each ended, by what its process was left. */
  left: Map<string, readonly Wrong[]>
  /** How each ended, by what its process had read. */
  opened: Map<string, readonly Wrong[]>
  tally: Tally
  options: Options
}

async function crashAt(work: Work, { point, frozen }: Fork, before: string): Promise<void> {
  for (const crash of crashesAt(frozen)) {
    const { scene, tally, options } = work
    const left = aftermath(frozen, crash)
    const name = `${before}${point.io} ${point.moment} ${crash.death} ${crash.flights}`
    tally.points += 1
    let wrong = work.left.get(left.name)
    if (!wrong) {
      const isTwice = before === '' && isChosen(options.twice ?? 0, work.left.size + 1)
      const end = await recovered(work, left.open(), isTwice)
      wrong = end.wrong
      work.left.set(left.name, wrong)
      for (const fork of end.forks) await crashAt(work, fork, `${name}, `)
    }
    if (wrong.length > 0) tally.failures.push(failureOf(scene, name, point.what, wrong))
  }
}

/** So many of those that are alike are played to their end all the same. */
const playedAgain = 1 / 16

/** To its end, or until its process has read what another one has read, whose end is known. */
async function recovered({ bent, opened, tally }: Work, world: World, isTwice: boolean) {
  let name: string | undefined
  let known: readonly Wrong[] | undefined
  world.onOpened = (store) => {
    name = nameOfOpened(world, store)
    known = opened.get(name)
    if (!known) return false
    tally.alike += 1
    return !isTwice && !isChosen(playedAgain, tally.alike)
  }
  const { played, forks } = await forked(world, bent, () => isTwice)
  if (known && played.ended === 'died') return { wrong: known, forks }
  tally.played += 1
  if (name) opened.set(name, played.wrong)
  return { wrong: played.wrong, forks }
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
