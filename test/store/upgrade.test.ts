import { readFileSync } from 'node:fs'
import { describe, expect, it as test } from 'vitest'
import { createEngine } from '../../src/app.ts'
import { summarize } from '../../src/bot.ts'
import type { Step } from '../../src/connector.ts'
import { silentLog } from '../../src/log.ts'
import { Event } from '../../src/offboarding/event.ts'
import { openLedger } from '../../src/offboarding/ledger.ts'
import type { Offboarding, Role } from '../../src/offboarding/offboarding.ts'
import { createPlanner } from '../../src/run/planner.ts'
import { usualSettling } from '../../src/run/step.ts'
import { createSystem } from '../../src/run/system.ts'
import type { EmbeddedStore } from '../../src/store/embedded.ts'
import { verifyJournal } from '../../src/store/verify.ts'
import type { MemoryDisk } from '../support/disk-memory.ts'
import { expectedOf, furnishedBy, shapeOf, versions } from '../support/fixture.ts'
import { quickClock } from '../support/quick-clock.ts'
import { folder, openStore, still } from '../support/store-bed.ts'
import { storedShape, told } from '../support/stored.ts'
import { hr, it, t0 } from '../support/story.ts'
import { type Bench, toy, toyConnector, toyStep, until } from '../support/toy.ts'

const ports = { newId: () => 'off-new', now: still.now }
const openIn = (disk: MemoryDisk) => openStore({ disk, summarize })

describe.each(versions)('a data folder that %s wrote', (version) => {
  test('is opened, and every offboarding stands where it stood', async () => {
    const disk = furnishedBy(version)
    const store = await openIn(disk)
    expect(store.problems()).toEqual([])
    const ledger = openLedger(store, ports)
    const stood = expectedOf(version)
    for (const [id, before] of Object.entries(stood)) {
      const one = await ledger.load(id)
      expect(one && told(one), id).toEqual(before)
    }
    expect(ledger.open().length + (await ledger.closed(99)).length).toBe(Object.keys(stood).length)
    expect((await store.history('system'))?.map((event) => event.type)).toContain('refused')
    await store.stop()
    const again = await openIn(disk.survivor('kill'))
    expect(again.problems()).toEqual([])
    for (const [id, events] of again.opened()) expect(events.length, id).toBe(stood[id]?.events)
  })

  test('has a whole chain, before it is opened and after more was added', async () => {
    const disk = furnishedBy(version)
    const before = await verifyJournal(folder, disk)
    expect(before.bad).toBeUndefined()
    const store = await openIn(disk)
    await store.append('off-asked', [{ type: 'reminded', at: '2026-11-23T15:00:00.000Z' }])
    await store.close('off-expired')
    await store.stop()
    const after = await verifyJournal(folder, disk)
    expect(after.bad).toBeUndefined()
    expect(after.head.seq).toBeGreaterThan(before.head.seq)
  })

  test('goes on: what was open is signed, run, tried again and ended, and nothing in doubt is done twice', async () => {
    const { made, world } = await goingOn(await openIn(furnishedBy(version)))
    for (const id of ['off-asked', 'off-unclear', 'off-signed-once', 'off-quarantined', 'off-released'])
      await sign(made, id)
    for (const id of ['off-attention']) await record(made, id, { type: 'retried', by: it, step: 'zoo/keys@main' })
    const unfinished = ['off-scheduled', 'off-running', 'off-attention', 'off-retried', 'off-halted', 'off-resumed']
    for (const id of [
      'off-asked',
      'off-unclear',
      'off-signed-once',
      'off-quarantined',
      'off-released',
      ...unfinished,
    ]) {
      await until(made, id, (one) => one.steps['manual/laptop@main']?.state === 'waiting')
      await record(made, id, { type: 'attested', by: it, step: 'manual/laptop@main', note: 'in the cupboard' })
      const one = await until(made, id, ({ state }) => state === 'done' || state === 'needs-attention')
      expect(endingsOf(one), id).toEqual(['attested', 'delayed', 'verified', 'verified', 'verified'])
    }
    const doubtful = await until(made, 'off-in-doubt', ({ state }) => state === 'needs-attention')
    expect(doubtful.steps['post/mail@main']).toMatchObject({ ending: 'unknown', attempt: 1 })
    await sign(made, 'off-held')
    expect((await until(made, 'off-held', ({ state }) => state === 'done')).steps['zoo/user@main']?.state).toBe(
      'delayed',
    )
    expect(world.done.filter((what) => what === 'mail/m1' || what === 'user/u1')).toEqual([])
    await made.engine.stop()
  })

  test('with documents of a version that is not known is made again from the journal', async () => {
    const disk = furnishedBy(version)
    const documents = disk.names().filter((name) => /^\/data\/(?:open|closed\/.*)\/.*\.json$/.test(name))
    for (const name of documents) {
      const text = disk.bytes(name)?.toString() ?? ''
      expect(text).toContain('{"version":1,')
      disk.put(name, text.replace('{"version":1,', '{"version":0,'))
    }
    const store = await openIn(disk)
    const ledger = openLedger(store, ports)
    for (const [id, before] of Object.entries(expectedOf(version))) {
      const one = await ledger.load(id)
      expect(one && told(one), id).toEqual(before)
    }
    expect(store.problems().filter((problem) => problem.offboarding)).toEqual([])
    await store.flush()
    expect(disk.names().filter((name) => name.startsWith('/data/set-aside/')).length).toBe(documents.length)
    expect(disk.bytes('/data/open/off-running.json')?.toString()).toContain('{"version":1,')
    await store.stop()
  })
})

describe('the fixtures', () => {
  test('are of every version up to this one, and hold every kind of event', async () => {
    const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))
    expect(versions, 'run node test/store/fixtures/make.ts').toContain(version)
    const store = await openIn(furnishedBy(versions.at(-1) ?? ''))
    const seen = new Set<string>()
    for (const id of Object.keys(expectedOf(versions.at(-1) ?? '')))
      for (const event of (await store.history(id)) ?? []) seen.add(event.type)
    const kinds = Event.options.flatMap((option) => [...option.shape.type.values])
    expect(
      kinds.filter((kind) => !seen.has(kind)),
      'no fixture has these: add them to fixtures/stories.ts',
    ).toEqual([])
    await store.stop()
  })

  test('show the shape of what is stored now; whoever changes it adds one', () => {
    const rule = [
      'What is stored has another shape than the newest fixture shows.',
      'While its version is not released: run node test/store/fixtures/make.ts again and look at the difference.',
      'Once it is: raise the version in package.json first, keep the older fixture, and see that it still opens;',
      'docs/decisions/0006-stored-versions.md says what may change and when the format is raised.',
    ]
    expect(storedShape(), rule.join('\n')).toEqual(shapeOf(versions.at(-1) ?? ''))
  })
})

async function goingOn(store: EmbeddedStore) {
  const world = toy({ keys: ['k1', 'k2'], groups: ['g1'], barn: ['b1'], mail: ['m1'], user: ['u1'] })
  const laptop = {
    id: 'laptop',
    title: 'Laptop',
    area: 'devices',
    phase: 'contain',
    ask: 'Take',
    owner: 'it',
    dueIn: 1000,
  } as const
  const connector = (id: string, steps: readonly Step[]) =>
    toyConnector(id, steps, {
      locate: async (_client, { id: who }) =>
        id === 'post' && who !== 'UL10' ? [] : [{ realm: 'main', id: `${id}-jo`, label: 'jo' }],
    })
  const connectors = [
    connector('zoo', [
      toyStep(world, 'keys'),
      toyStep(world, 'groups', { phase: 'remove' }),
      toyStep(world, 'user', { phase: 'reclaim', irreversible: true }),
    ]),
    connector('farm', [toyStep(world, 'barn')]),
    connector('post', [toyStep(world, 'mail', { phase: 'preserve', repeat: 'ask' })]),
    connector('manual', [laptop]),
  ]
  const clock = quickClock(t0 + 3600_000)
  const all = connectors.map((one) => createSystem(one.id, one, async () => ({})))
  const planner = createPlanner({ systems: all, protectedPeople: [], clock })
  const fatal: unknown[] = []
  const around = { clock, random: () => 0.5, log: silentLog, settling: usualSettling }
  const systems = { all, planner, close: async () => undefined }
  const engine = createEngine(store, systems, { ...around, onFatal: (error) => fatal.push(error) })
  const made = { engine, clock, fatal } as unknown as Bench
  engine.start()
  return { made, world }
}

type Unsaid<T> = T extends Event ? Omit<T, 'at'> : never

function record(made: Bench, id: string, event: Unsaid<Event>): Promise<Offboarding> {
  return made.engine.ledger.record(id, { ...event, at: made.clock.now().toISOString() } as Event)
}

/** Lets it go on where it is held back, and signs what is not signed. */
async function sign(made: Bench, id: string): Promise<void> {
  const one = made.engine.ledger.get(id)
  if (one?.quarantine && !one.quarantine.released) await record(made, id, { type: 'released', by: hr })
  const digest = one?.held?.digest ?? one?.plan?.digest ?? ''
  const signed = one?.held?.signOffs ?? one?.signOffs ?? {}
  const both: [Role, typeof hr][] = [
    ['hr', hr],
    ['it', it],
  ]
  for (const [role, by] of both) if (!signed[role]) await record(made, id, { type: 'signed', by, role, digest })
}

/** How each step ended, or where it stands; sorted. */
function endingsOf(one: Offboarding): string[] {
  return Object.values(one.steps)
    .map((run) => run.ending ?? run.state)
    .sort()
}
