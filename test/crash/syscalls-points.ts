/** Which system calls of the fixed run there are, as one run under strace shows them, and what is done at each. */
import { join, relative } from 'node:path'
import { pathsIn, type Thread, type Trace } from './syscalls-strace.ts'

export interface Point {
  call: string
  /** `signal=SIGKILL`, `error=EIO` and so on. */
  what: string
  thread: Thread
  /** Of this call of this thread, on paths in the data folder (`connect`: anywhere). */
  nth: number
  /** The call as the run that nothing happened to made it. */
  shows: string
}

export interface Survey {
  points: readonly Point[]
  /** The files of the data folder that calls were about, below it. */
  files: readonly string[]
}

const kill = 'signal=SIGKILL'
const errors = ['error=EIO', 'error=ENOSPC']

/** By call: what is tried at each. What only reads is left out. */
const tries: Readonly<Record<string, readonly string[]>> = {
  write: [kill, ...errors],
  pwrite64: [kill, ...errors],
  fdatasync: [kill, ...errors],
  fsync: [kill, ...errors],
  rename: [kill, ...errors],
  unlink: [kill],
  mkdir: [kill],
  openat: [kill],
  connect: [kill, 'error=ECONNRESET', 'error=ENETUNREACH'],
}

export const surveyed: readonly string[] = [
  ...Object.keys(tries),
  // Not used by Node 24 for what the store does; should that change, the survey says so.
  ...['pwritev', 'writev', 'pwritev2', 'sync_file_range', 'renameat', 'renameat2', 'unlinkat', 'ftruncate', 'truncate'],
]

/** Throws where the data folder is changed by a call that nothing is tried at, `main` is the process's own thread. */
export function survey({ calls }: Trace, folder: string, main: string): Survey {
  const inside = calls.filter((one) => one.call === 'connect' || pathsIn(one, folder).length > 0)
  const strange = inside.find((one) => !tries[one.call])
  if (strange) throw new Error(`nothing is tried at ${strange.call}, which changes the data folder: ${strange.shown}`)
  const files = new Set(inside.flatMap((one) => pathsIn(one, folder).map((path) => relative(folder, path))))
  const points = Object.entries(tries).flatMap(([call, whats]) => {
    const positions = positionsOf(call, inside, main)
    return whats.flatMap((what) => positions.map((at) => ({ call, what, ...at })))
  })
  points.sort((one, other) => rank(one) - rank(other))
  return { points, files: [...files] }
}

/** Where time is short, what differs most comes first: to the product one failed sync is like another. */
function rank({ call, what }: Point): number {
  if (what === kill) return 0
  if (what !== 'error=ENOSPC') return 1
  return call.endsWith('sync') ? 3 : 2
}

/** Only what opens to write, and what connects to another host, is of interest; strace counts the others, too. */
function positionsOf(call: string, inside: Trace['calls'], main: string): Pick<Point, 'thread' | 'nth' | 'shows'>[] {
  const counts = { main: 0, files: 0 }
  return inside.flatMap(({ call: name, thread: id, shown }) => {
    if (name !== call) return []
    const thread = id === main ? 'main' : 'files'
    counts[thread] += 1
    const isOfInterest = call === 'openat' ? shown.includes('O_CREAT') : !shown.includes('AF_UNIX')
    return isOfInterest ? [{ thread, nth: counts[thread], shows: shown }] : []
  })
}

/** What strace is to look at for a point: nothing but the data folder. */
export function pathsFor({ call }: Point, files: readonly string[], folder: string): string[] {
  return call === 'connect' ? [] : files.map((file) => join(folder, file))
}

/** A part of them, spread over all kinds. */
export function evenly(points: readonly Point[], count: number): Point[] {
  if (count >= points.length) return [...points]
  return Array.from({ length: count }, (_one, index) => points[Math.floor((index * points.length) / count)] as Point)
}
