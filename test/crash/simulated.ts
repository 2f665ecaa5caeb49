/** The simulated world on all cores: seed after seed, until enough points were tried. */
import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import { resourceLimits } from './counting-thread.ts'
import type { Failure } from './enumerate.ts'
import type { Share } from './worker.ts'

export interface Simulated {
  points: number
  /** States that these points led to, each played to its end. */
  played: number
  /** States that came to the same open folder as another one; some of these are played all the same. */
  alike: number
  /** Of the points: operations at which the disk failed. */
  faults: number
  seeds: number
  lost: number
  doubled: number
  broken: number
  failures: readonly Failure[]
}

export interface SimulatedOptions {
  /** At least so many are tried. */
  points: number
  from?: number
  say: (line: string) => void
}

export async function run({ points, from = 1, say }: SimulatedOptions): Promise<Simulated> {
  const total: Simulated = {
    points: 0,
    played: 0,
    alike: 0,
    faults: 0,
    seeds: 0,
    lost: 0,
    doubled: 0,
    broken: 0,
    failures: [],
  }
  let next = from
  const lane = async (): Promise<void> => {
    const worker = new Worker(new URL('./worker.ts', import.meta.url), { resourceLimits })
    try {
      while (total.points < points) {
        const seed = next
        next += 1
        add(total, await shared(worker, seed))
        say(
          `seed ${seed}: ${total.points} points, ${total.played} recoveries played, ${total.failures.length} failures`,
        )
      }
    } finally {
      await worker.terminate()
    }
  }
  await Promise.all(Array.from({ length: availableParallelism() }, lane))
  return total
}

function shared(worker: Worker, seed: number): Promise<Share> {
  return new Promise((done, failed) => {
    const end = (error: Error) => failed(new Error(`seed ${seed}: ${error.message}`, { cause: error }))
    worker.once('error', end)
    worker.once('message', (answer: Share & { error?: string }) => {
      worker.off('error', end)
      if (answer.error) end(new Error(answer.error))
      else done(answer)
    })
    worker.postMessage(seed)
  })
}

function add(total: Simulated, { crashes, faults }: Share): void {
  total.seeds += 1
  total.faults += faults?.points ?? 0
  for (const tally of [crashes, ...(faults ? [faults] : [])]) {
    total.points += tally.points
    total.played += tally.played
    total.alike += tally.alike
    total.failures = [...total.failures, ...tally.failures]
    for (const { wrong } of tally.failures) for (const kind of new Set(wrong.map((one) => one.kind))) total[kind] += 1
  }
}
