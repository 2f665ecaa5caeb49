/** Which system calls of the fixed run there are, as one run under strace shows them, and what is done at each. */
import { isAbsolute, join, relative } from 'node:path'
import { pathsIn, type Trace } from './syscalls-strace.ts'

export interface Point {
  call: string
  /** `signal=SIGKILL`, `error=EIO` and so on. */
  what: string
  /** Of this call, on paths in the data folder (`connect`: anywhere). */
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

/** Throws where the data folder is changed by a call that nothing is tried at. */
export function survey({ calls }: Trace, folder: string): Survey {
  const inside = calls.filter((one) => one.call === 'connect' || pathsIn(one, folder).length > 0)
  const strange = inside.find((one) => !tries[one.call])
  if (strange) throw new Error(`nothing is tried at ${strange.call}, which changes the data folder: ${strange.shown}`)
  const files = new Set(inside.flatMap((one) => pathsIn(one, folder).map((path) => relative(folder, path))))
  const points = Object.entries(tries).flatMap(([call, whats]) => {
    const positions = positionsOf(call, inside)
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

/**
 * strace counts each thread for itself. The lock is opened by the main thread, all else by the one for files; and only
 * what opens to write, and what connects to another host, is of interest.
 */
function positionsOf(call: string, inside: Trace['calls']): Pick<Point, 'nth' | 'shows'>[] {
  const counts = new Map<string, number>()
  const positions = new Map<number, string>()
  for (const { call: name, thread, shown } of inside) {
    if (name !== call || (call === 'openat' && isLock(shown))) continue
    const nth = (counts.get(thread) ?? 0) + 1
    counts.set(thread, nth)
    if (call === 'openat' ? shown.includes('O_CREAT') : !shown.includes('AF_UNIX')) positions.set(nth, shown)
  }
  return [...positions].sort(([a], [b]) => a - b).map(([nth, shows]) => ({ nth, shows }))
}

function isLock(shown: string): boolean {
  return /\/lock(-journal)?["/>]/.test(shown)
}

/** What strace is to look at for a point: nothing but the data folder, and of that what is counted together. */
export function pathsFor({ call }: Point, files: readonly string[], folder: string): string[] {
  if (call === 'connect') return []
  const counted = files.filter((file) => call !== 'openat' || !/^lock/.test(file))
  return counted.map((file) => (isAbsolute(file) ? file : join(folder, file)))
}

/** A part of them, spread over all kinds. */
export function evenly(points: readonly Point[], count: number): Point[] {
  if (count >= points.length) return [...points]
  return Array.from({ length: count }, (_one, index) => points[Math.floor((index * points.length) / count)] as Point)
}
