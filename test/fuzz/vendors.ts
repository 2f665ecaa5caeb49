/**
 * Vendors' answers: each connector's real client on the real gate, one answer changed. What comes of it is findings that
 * can be kept, or one of the four errors with a short fact; and never something done that the honest answer calls open.
 */
import fc from 'fast-check'
import type { Finding } from '../../src/connector.ts'
import { activeDirectory } from './active-directory.ts'
import { type Door, type Held, hold, inLanes, must, type Part, type Task } from './door.ts'
import { rig, rigNames } from './rigs.ts'
import { restNames } from './rigs-rest.ts'
import { answerWrongly, heavy, type Wrong, wrong } from './vendor-change.ts'
import { excused } from './vendor-excuses.ts'
import type { Lane, Outcome, Rig, Scene } from './vendor-rig.ts'
import { checkWords } from './vendor-words.ts'

interface Input {
  scene: number
  wrong: Wrong
}

export async function check(name: string, { scenes, exchanges }: Rig, lane: Lane, input: Input): Promise<void> {
  const scene = scenes[input.scene % scenes.length]!
  const target = scene.exchanges[input.wrong.at % scene.exchanges.length]!
  const { answering, never, told } = answerWrongly(target, exchanges, input.wrong)
  const outcome = await lane.play(scene, answering)
  const what = `${scene.name}; ${told}`
  checkWords(what, outcome)
  if (never === undefined || excused(name, scene, target, never)) return
  checkNothingDone(what, scene, outcome)
}

/** What was open honestly may become an error, or anything but done or gone. */
function checkNothingDone(what: string, { name, honest }: Scene, outcome: Outcome): void {
  if (!('value' in honest) || !('value' in outcome) || !name.includes(' find')) return
  const now = new Map((outcome.value as Finding[]).map((one) => [one.id, one.state]))
  for (const { id, state } of honest.value as Finding[]) {
    if (state === 'done') continue
    const is = now.get(id) ?? 'gone'
    must(is !== 'done' && is !== 'gone', `${what}: ${id} was ${state} and is ${is}`)
  }
}

/** So many at once, each with a client of its own: what one leaves behind is not the next one's. */
const lanes = 8

async function holdRig(name: string, task: Task, wrongs: fc.Arbitrary<Wrong>): Promise<Held> {
  const one = await rig(name)
  const input = fc.record({ scene: fc.nat(500), wrong: wrongs })
  return inLanes(task, lanes, async (mine) => {
    const lane = await one.lane()
    try {
      return await hold(mine, input, (given) => check(name, one, lane, given))
    } finally {
      await lane.close()
    }
  })
}

/** AWS's own client takes several times as long for an answer as the others. */
const shares: Record<string, number> = {
  aws: 0.03,
  'google-workspace': 0.045,
  'google-workspace-unsuspended': 0.035,
  'microsoft-365': 0.0498,
}

const parts: readonly Part[] = rigNames.flatMap((name) => [
  { name, share: shares[name]!, hold: (task: Task) => holdRig(name, task, wrong) },
  { name: `${name}-heavy`, share: 0.00005, hold: (task: Task) => holdRig(name, task, heavy) },
])
/** What is heavy is stopped by the gate, which is the same for all. */
const rest = restNames.map((name): Part => ({ name, share: 0.005, hold: (task) => holdRig(name, task, wrong) }))

export const vendors: Door = { name: 'vendors', parts: [activeDirectory, ...parts, ...rest] }
