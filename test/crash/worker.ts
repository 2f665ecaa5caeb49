/** One core's share of the simulated world: takes seeds from the one who asks, and answers with what was found. */
import { parentPort } from 'node:worker_threads'
import { yieldToOthers } from './counting-thread.ts'
import { enumerate, type Tally } from './enumerate.ts'
import { enumerateFaults } from './faults.ts'
import { sceneOf } from './scene.ts'
import { install } from './time.ts'

export interface Share {
  seed: number
  crashes: Tally
  /** A disk that fails at each of its operations. */
  faults?: Tally
}

/** So many of the recoveries die once more, at each of their own points. */
const twice = 0.008
/** The faults of the disk need a whole run each, so only some seeds have them. */
const faultsEvery = 16

export async function share(seed: number): Promise<Share> {
  const scene = sceneOf(seed)
  const crashes = await enumerate(scene, { twice })
  if (seed % faultsEvery !== 1) return { seed, crashes }
  return { seed, crashes, faults: await enumerateFaults({ ...scene, closes: true }) }
}

if (parentPort) {
  const port = parentPort
  yieldToOthers()
  install()
  port.on('message', (seed: number) => {
    share(seed).then(
      (done) => port.postMessage(done),
      (error) => port.postMessage({ seed, error: String(error?.stack ?? error) }),
    )
  })
}
