import { describe, expect, test } from 'vitest'
import { createEngine, type Engine } from '../../src/app.ts'
import { summarize } from '../../src/bot.ts'
import type { Connector, Step } from '../../src/connector.ts'
import { silentLog } from '../../src/log.ts'
import type { Offboarding } from '../../src/offboarding/offboarding.ts'
import { createPlanner } from '../../src/run/planner.ts'
import { usualSettling } from '../../src/run/step.ts'
import { createSystem } from '../../src/run/system.ts'
import { type MemoryDisk, memoryDisk } from '../support/disk-memory.ts'
import { quickClock } from '../support/quick-clock.ts'
import { openStore } from '../support/store-bed.ts'
import { hr, it, request, t0 } from '../support/story.ts'
import { type Bench, signedOff, type Toy, toy, toyConnector, toyStep, until } from '../support/toy.ts'

/** What outlives every backup: the vendor. Jobs and deletions are counted, since doing them twice would be a harm. */
interface Vendor extends Toy {
  jobs: string[]
  deleted: string[]
}

/** A revocation, a create-like hand-over, an order without a proof, a deletion, and a person's task. */
function connectorOf(world: Vendor): Connector[] {
  const handOver = toyStep(world, 'files', {
    phase: 'preserve',
    async find() {
      const [job] = world.jobs
      return [{ id: 'job', label: 'Files', state: job ? 'done' : 'open', fact: job ?? 'not handed over' }]
    },
    async apply() {
      world.jobs.push(`job ${world.jobs.length + 1}`)
      return { job: world.jobs.length }
    },
  })
  const signOut = toyStep(world, 'sessions', {
    proof: 'none',
    find: async (at) => [
      { id: 'all', label: 'Sessions', state: at.applied('all')?.answeredAt ? 'done' : 'open', fact: 'ordered' },
    ],
  })
  const remove = toyStep(world, 'user', {
    phase: 'reclaim',
    irreversible: true,
    needs: ['zoo/files'],
    async apply(_at, finding) {
      world.deleted.push(finding.id)
      world.held.user = []
    },
  })
  const task = {
    id: 'laptop',
    title: 'Laptop',
    area: 'devices',
    phase: 'contain',
    ask: 'Take it',
    owner: 'it',
  } as const
  const steps: Step[] = [toyStep(world, 'keys'), signOut, handOver, remove, { ...task, dueIn: 1000 }]
  return [toyConnector('zoo', steps), toyConnector('farm', [toyStep(world, 'barn')])]
}

async function engineOn(
  disk: MemoryDisk,
  world: Vendor,
  start: number,
): Promise<Bench & { engine: Engine; stop(): Promise<void> }> {
  const clock = quickClock(start)
  const store = await openStore({ disk, clock, summarize, segmentBytes: 6000 })
  const all = connectorOf(world).map((one) => createSystem(one.id, one, async () => ({})))
  const planner = createPlanner({ systems: all, protectedPeople: [], clock })
  const fatal: unknown[] = []
  const options = { clock, random: () => 0.5, log: silentLog, settling: usualSettling }
  const systems = { all, planner, close: async () => undefined }
  const engine = createEngine(store, systems, { ...options, onFatal: (error) => void fatal.push(error) })
  const stop = async () => {
    await engine.stop()
    await store.stop()
  }
  return { engine, clock, fatal, stop } as unknown as Bench & { stop(): Promise<void> }
}

const policy = { ...request().policy, irreversibleAfter: 0 }
const task = 'zoo/laptop@main'

/** Somebody does the task once it is handed out; then everything ends. */
async function toTheEnd(made: Bench, id: string): Promise<Offboarding> {
  const { ledger } = made.engine
  const waiting = await until(
    made,
    id,
    (one) => one.steps[task]?.state === 'waiting' || one.steps[task]?.state === 'ended',
  )
  if (waiting.steps[task]?.state === 'waiting') {
    const at = made.clock.now().toISOString()
    await ledger.record(id, { type: 'attested', at, by: it, step: task, note: 'in the cupboard' })
  }
  return until(made, id, ({ state }) => state === 'done' || state === 'needs-attention')
}

const endings = {
  'farm/barn@main': 'verified',
  'zoo/files@main': 'verified',
  'zoo/keys@main': 'verified',
  'zoo/laptop@main': 'attested',
  'zoo/sessions@main': 'acknowledged',
  'zoo/user@main': 'verified',
}

function endingsOf(one: Offboarding): Record<string, string | undefined> {
  return Object.fromEntries(Object.entries(one.steps).map(([key, run]) => [key, run.ending ?? run.state]))
}

/** A whole run, and the disk as a backup would have it after each event of it. */
async function runWithBackups() {
  const world: Vendor = { ...toy({ keys: ['k1', 'k2'], barn: ['b1'], user: ['u1'] }), jobs: [], deleted: [] }
  const disk = memoryDisk()
  const made = await engineOn(disk, world, t0)
  const backups: MemoryDisk[] = []
  made.engine.ledger.onChange(() => void backups.push(disk.survivor('kill')))
  made.engine.start()
  const id = await signedOff(made, { policy })
  const one = await toTheEnd(made, id)
  await made.stop()
  return { world, backups, id, one, end: made.clock.now().getTime() }
}

describe('a backup from the middle of a run, restored after everything was done', () => {
  test('does nothing twice that must not be done twice, and every step ends as it truly stands', async () => {
    const { world, backups, id, one, end } = await runWithBackups()
    expect(endingsOf(one)).toEqual(endings)
    expect([world.jobs, world.deleted]).toEqual([['job 1'], ['u1']])
    for (const [index, backup] of backups.entries()) {
      const made = await engineOn(backup, world, end + 3600_000)
      made.engine.start()
      await signWhatIsNot(made, id)
      const after = await toTheEnd(made, id)
      await made.stop()
      // What was gone before anybody looked was nothing to take back; it is never called failed, and never open.
      const ends = endingsOf(after)
      for (const [key, ending] of Object.entries(endings))
        expect([ending, 'verified', 'nothing-found'], `backup ${index}: ${key}`).toContain(ends[key])
      expect(after.state, `backup ${index}`).toBe('done')
      const keys = world.done.filter((what) => what.startsWith('keys/'))
      expect([world.jobs, world.deleted, keys], `backup ${index}`).toEqual([['job 1'], ['u1'], ['keys/k1', 'keys/k2']])
    }
    expect(backups.length).toBeGreaterThan(25)
  })
})

/** A backup from before the signatures is signed again, as people would. */
async function signWhatIsNot(made: Bench, id: string): Promise<void> {
  const { signOffs, plan } = await until(made, id, (one) => one.plan !== undefined)
  const at = made.clock.now().toISOString()
  const digest = plan?.digest ?? ''
  if (!signOffs.hr) await made.engine.ledger.record(id, { type: 'signed', at, by: hr, role: 'hr', digest })
  if (!signOffs.it) await made.engine.ledger.record(id, { type: 'signed', at, by: it, role: 'it', digest })
}
