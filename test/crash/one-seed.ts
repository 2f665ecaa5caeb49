/** A failure once more, alone and with everything that happened. */
import { again, type Tally } from './enumerate.ts'
import { type DiskFault, type FaultAt, withFault } from './faults.ts'
import { sceneOf } from './scene.ts'
import { install } from './time.ts'
import { share } from './worker.ts'

export async function showSeed(seed: number): Promise<Tally> {
  const back = install()
  const { crashes, faults } = await share(seed)
  back()
  if (!faults) return crashes
  return {
    points: crashes.points + faults.points,
    played: crashes.played + faults.played,
    alike: crashes.alike + faults.alike,
    failures: [...crashes.failures, ...faults.failures],
  }
}

export async function showPoint(seed: number, point: string, say: (line: string) => void): Promise<Tally> {
  const back = install()
  const scene = sceneOf(seed)
  say(`seed ${seed}: ${JSON.stringify(scene)}`)
  const fault = faultAt(point)
  const wrong = fault ? await withFault({ ...scene, closes: true }, fault) : await shown(seed, point, say)
  back()
  return { points: 1, played: 1, alike: 0, failures: wrong.length > 0 ? [{ seed, point, what: 'again', wrong }] : [] }
}

async function shown(seed: number, point: string, say: (line: string) => void) {
  const { world, played } = await again(sceneOf(seed), point)
  for (const event of (await played.life?.store.history('off-1')) ?? []) say(`  ${JSON.stringify(event)}`)
  for (const effect of world.moving.vendors.effects)
    say(`  done at ${new Date(effect.at).toISOString()}: ${effect.step}/${effect.thing}`)
  for (const message of world.moving.slack.messages) say(`  in Slack: ${JSON.stringify(message)}`)
  return played.wrong
}

function faultAt(point: string): FaultAt | undefined {
  const [io, fault, death] = point.split(' ')
  if (!['ENOSPC', 'EROFS', 'EIO'].includes(fault ?? '')) return undefined
  return { io: Number(io), fault: fault as DiskFault, death: death as FaultAt['death'] }
}
