/**
 * The real process, on a fixed run of three steps, at each of its system calls that change the data folder or reach
 * outside: killed there, or told there that it failed. Then it is started again, and all must be as in the run that
 * nothing happened to.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { cast } from '../../src/sandbox/company.ts'
import { type FixedWorld, openFixedWorld } from './fixed-run.ts'
import { type Ended, overOrEnded, readEnd, stopped } from './fixed-run-end.ts'
import { endWarm, type WaitingLife } from './fixed-run-life.ts'
import { type Verdict, verdictOf } from './fixed-run-verdict.ts'
import { evenly, type Point, pathsFor, type Survey, survey, surveyed } from './syscalls-points.ts'
import { attached, readTrace, type Trace, whyNoStrace } from './syscalls-strace.ts'

export interface SyscallOptions {
  /** No new point is begun after this. */
  seconds?: number
  /** So many points, spread evenly; all when absent. */
  only?: number
  /** How many at a time; most of the time they wait. */
  lanes?: number
  log?: (line: string) => void
}

export interface Tried {
  points: number
  lost: number
  doubled: number
  failures: string[]
}

export const threeSteps = {
  leavers: [cast.leaver],
  steps: ['deny-all', 'console-password', 'groups'],
  inMemory: true,
} as const

/** After this long nothing that a dead process has sent can still land. */
const settledMs = 60_000

export async function run(options: SyscallOptions = {}): Promise<Tried> {
  const log = options.log ?? (() => undefined)
  const tried: Tried = { points: 0, lost: 0, doubled: 0, failures: [] }
  const why = await whyNoStrace()
  if (why) {
    log(`!!! SYSTEM CALLS SKIPPED: ${why}. Nothing was tried.`)
    if (process.env.REQUIRE_REAL === '1') tried.failures.push(`system calls cannot be traced: ${why}`)
    return tried
  }
  const fixed = await measure()
  const points = evenly(fixed.survey.points, options.only ?? Number.POSITIVE_INFINITY)
  log(`${points.length} of ${fixed.survey.points.length} points of ${kinds(fixed.survey)}`)
  const until = performance.now() + (options.seconds ?? Number.POSITIVE_INFINITY) * 1000
  const queue = points.map((point, index) => ({ point, cold: index % coldEvery === 0 }))
  const lane = async () => {
    while (performance.now() < until) {
      const next = queue.shift()
      if (!next) return
      note(tried, next.point, await tryPoint(next.point, fixed, { cold: next.cold }), log)
    }
  }
  await Promise.all(Array.from({ length: options.lanes ?? 12 }, lane))
  await endWarm()
  if (queue.length > 0) log(`${queue.length} points were left out: the time is over`)
  const missed = points.length - queue.length - tried.points
  if (missed > 0) log(`${missed} times the run was over before: what it does differs by a call or two from run to run`)
  return tried
}

function kinds({ points }: Survey): string {
  return [...new Set(points.map((point) => point.call))].join(', ')
}

/** One in so many has processes of its own all along; the others live in one that is kept warm where that is the same. */
const coldEvery = 16

/** What the run that nothing happens to does, and how it ends. */
export interface Fixed {
  survey: Survey
  whole: Ended
}

export async function measure(): Promise<Fixed> {
  const world = await openFixedWorld(threeSteps)
  const log = logFile()
  try {
    const life = world.start(traced)
    const { done } = await go(life, { calls: surveyed, log: log.file })
    if ((await overOrEnded(world, life)) === 'ended') throw new Error(`the bot ended of itself: ${life.printed()}`)
    await stopped(life)
    await done
    return { survey: survey(readTrace(log.file), world.data, `${life.pid}`), whole: await readEnd(world) }
  } finally {
    await world.close()
    log.remove()
  }
}

/** One thread for files: strace counts each thread for itself. */
const traced = { waits: true, env: { UV_THREADPOOL_SIZE: '1' } }

async function go(life: WaitingLife, tracing: Parameters<typeof attached>[1]) {
  await life.loaded
  const strace = await attached(life.pid, tracing)
  life.go()
  return strace
}

export interface Outcome extends Verdict {
  /** What was hit; undefined where the run came to its end before. */
  hit: string | undefined
}

export interface How {
  /** A bug, to see that it is found: a module that the process loads besides. */
  planted?: string
  /** It is started again as a process of its own, and not in one that is kept warm. */
  cold?: boolean
  /** How long each life may take, ms. */
  patience?: number
}

export async function tryPoint(point: Point, { survey: { files }, whole }: Fixed, how: How = {}): Promise<Outcome> {
  const { planted, patience, cold = planted !== undefined } = how
  const world = await openFixedWorld(threeSteps)
  let hit: string | undefined
  try {
    hit = (await injured(world, point, files, how)).hit
    world.skip(settledMs)
    const life = cold ? world.start({ planted }) : world.startWarm()
    if (!cold) life.go()
    if ((await overOrEnded(world, life, patience)) === 'ended')
      throw new Error(`it did not start again: ${life.printed()}`)
    await stopped(life)
    return { hit, ...verdictOf(await readEnd(world), whole) }
  } catch (error) {
    return { hit, lost: [], doubled: [], wrong: [(error as Error).message] }
  } finally {
    await world.close()
  }
}

/** A write that failed is one that a process lives on after, so that a warm one may be hit by it. */
function survives({ call, what }: Point): boolean {
  return call === 'write' && what.startsWith('error=')
}

/** The life that something happens in: it may end of it, or come to the end all the same. */
async function injured(world: FixedWorld, point: Point, files: readonly string[], how: How): Promise<Trace> {
  const log = logFile()
  const { thread, call, what, nth } = point
  try {
    const isWarm = survives(point) && !how.cold && how.planted === undefined
    const life = isWarm ? world.startWarm() : world.start({ ...traced, planted: how.planted })
    const paths = pathsFor(point, files, world.data)
    const { done, leave } = await go(life, { thread, calls: [call], paths, inject: { what, nth }, log: log.file })
    if ((await overOrEnded(world, life, how.patience)) === 'over') life.stop()
    await life.ended
    leave()
    await done
    return readTrace(log.file)
  } finally {
    log.remove()
  }
}

function logFile() {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-strace-'))
  return { file: join(folder, 'log'), remove: () => rmSync(folder, { recursive: true, force: true }) }
}

function note(tried: Tried, point: Point, { hit, lost, doubled, wrong }: Outcome, log: (line: string) => void): void {
  if (hit !== undefined || wrong.length > 0) tried.points += 1
  tried.lost += lost.length
  tried.doubled += doubled.length
  const where = `${point.what} at ${point.call} ${point.nth} (${point.thread})`
  for (const one of [...lost, ...doubled, ...wrong]) {
    tried.failures.push(`${where} (${hit ?? 'not hit'}): ${one}`)
    log(tried.failures.at(-1) as string)
  }
}
