/**
 * A disk that is full, read-only, or cannot sync, from each of its operations on. The process must stop rather than go
 * on with what is not on disk; started again on a healthy disk, everything ends well.
 */
import { failing, type MemoryDisk, type Operation } from '../support/disk-memory.ts'
import { type Failure, failureOf, forked, type Options, type Tally } from './enumerate.ts'
import type { Wrong } from './invariants.ts'
import type { Bent } from './life.ts'
import { play } from './play.ts'
import type { Scene } from './scene.ts'
import { aftermath, beginning, type Crash, type World } from './world.ts'

export type DiskFault = 'ENOSPC' | 'EROFS' | 'EIO'

const needRoom: readonly Operation[] = ['write', 'open', 'makeFolder', 'rename']
const needWriting: readonly Operation[] = [...needRoom, 'truncate']
const needSync: readonly Operation[] = ['sync', 'syncFolder']

const hits: Readonly<Record<DiskFault, readonly Operation[]>> = { ENOSPC: needRoom, EROFS: needWriting, EIO: needSync }

/** Somebody looks after a process that cannot write within this time. */
const patienceMs = 5 * 60_000

export interface FaultAt {
  io: number
  fault: DiskFault
  death: Crash['death']
}

/** With each kind of fault at each operation that it can hit. */
export async function enumerateFaults(
  scene: Scene,
  { bent = {}, enough = Number.POSITIVE_INFINITY }: Pick<Options, 'bent' | 'enough'> = {},
): Promise<Tally> {
  const tally: Tally = { points: 0, played: 0, alike: 0, failures: [] }
  const operations = new Map<number, Operation>()
  const { played } = await forked(beginning(scene), bent, (point) => {
    const [where, operation] = point.what.split(' ')
    if (where === 'disk' && point.moment === 'before') operations.set(point.io, operation as Operation)
    return false
  })
  if (played.wrong.length > 0) return tally
  for (const [io, operation] of operations) {
    if (tally.failures.length >= enough) break
    for (const fault of ['ENOSPC', 'EROFS', 'EIO'] as const) {
      if (!hits[fault].includes(operation)) continue
      tally.points += 1
      tally.played += 2
      const at: FaultAt = { io, fault, death: io % 2 === 0 ? 'kill' : 'power' }
      const wrong = await withFault(scene, at, bent)
      if (wrong.length > 0) tally.failures.push(failure(scene, at, operation, wrong))
    }
  }
  return tally
}

function failure(scene: Scene, { io, fault, death }: FaultAt, operation: string, wrong: readonly Wrong[]): Failure {
  return failureOf(scene, `${io} ${fault} ${death}`, `disk ${operation}`, wrong)
}

export async function withFault(
  scene: Scene,
  { io, fault, death }: FaultAt,
  bent: Bent = {},
): Promise<readonly Wrong[]> {
  const world = beginning(scene)
  bend(world, world.disk, io, fault)
  const first = await play(world, bent, patienceMs)
  // Full or read-only, a disk may hold up what nobody must wait for; a sync that failed may not be survived.
  if (fault === 'EIO' && first.ended !== 'stopped')
    return [{ kind: 'broken', what: `a sync failed, and the process went on (${first.ended ?? 'to the end'})` }]
  const { wrong } = await play(aftermath(world.freeze(), { death, flights: 'late' }).open(), bent)
  return wrong
}

function bend(world: World, disk: MemoryDisk, io: number, fault: DiskFault): void {
  let failed = false
  disk.fault = (operation) => {
    if (world.ios < io || !hits[fault].includes(operation)) return undefined
    // The system throws the pages away and calls the next sync a success.
    if (fault === 'EIO' && failed) return undefined
    failed = true
    return { error: failing(fault), partly: fault === 'ENOSPC' ? Math.floor(200 * world.chance()) : 0 }
  }
}
