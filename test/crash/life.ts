/** One life of the process: the real store, engine and outbox over a world, and people who do their part. */
import { createEngine, createSystems, type Engine } from '../../src/app.ts'
import { summarize } from '../../src/bot.ts'
import type { Connector } from '../../src/connector.ts'
import { silentLog } from '../../src/log.ts'
import { type Settling, usualSettling } from '../../src/run/step.ts'
import type { Settings } from '../../src/settings.ts'
import { audiences } from '../../src/slack/audience.ts'
import { createOutbox, type Outbox } from '../../src/slack/outbox.ts'
import { slackPeople } from '../../src/slack/people.ts'
import type { Disk } from '../../src/store/disk.ts'
import { type EmbeddedStore, openEmbeddedStore } from '../../src/store/embedded.ts'
import { connectorsOf } from './connectors.ts'
import { employPeople } from './people.ts'
import type { Scene } from './scene.ts'
import { channel, webOf } from './slack.ts'
import * as time from './time.ts'
import type { World } from './world.ts'

export const folder = '/data'

/** Where a test plants a defect, to see whether it is noticed. */
export interface Bent {
  settling?: Partial<Settling>
  disk?: (disk: Disk) => Disk
  connectors?: (all: Connector[]) => Connector[]
  web?: (web: ReturnType<typeof webOf>) => ReturnType<typeof webOf>
}

export interface Life {
  engine: Engine
  store: EmbeddedStore
  outbox: Outbox
  /** Why the process had to end. */
  fatal: unknown[]
}

export async function live(world: World, bent: Bent = {}): Promise<Life> {
  const { scene } = world
  const { clock } = time
  const fatal: unknown[] = []
  const log = silentLog
  const onFatal = (error: unknown) => void fatal.push(error)
  const systems = createSystems(settingsOf(scene, bent), { clock, random: world.chance, log, send: world.send })
  const disk = bent.disk?.(world.disk) ?? world.disk
  const { segmentBytes } = scene
  const store = await openEmbeddedStore({ folder, disk, clock, log, summarize, onFatal, segmentBytes })
  if (world.onOpened?.(store)) {
    world.dead = true
    return new Promise(() => undefined)
  }
  const settling = { ...usualSettling, ...bent.settling }
  const around = { clock, random: world.chance, log, settling, onFatal, newId: () => 'off-1' }
  const engine = createEngine(store, systems, around)
  const { ledger } = engine
  const web = bent.web?.(webOf((request) => world.slack(request))) ?? webOf((request) => world.slack(request))
  const { hr, it } = holdersIn(scene)
  const roles = { hr: { users: hr }, it: { users: it } }
  const people = slackPeople({ web, clock, roles, team: () => undefined })
  const who = audiences({ web, people, clock, log, self: () => 'UBOT' })
  const report = async () => [
    { name: 'off-1.json', content: '{}' },
    { name: 'off-1.html', content: '<p>' },
  ]
  const anchor = () => ({ ...store.head(), key: 'f'.repeat(64) })
  const outbox = createOutbox({ ledger, web, audiences: who, clock, log, report, anchor })
  ledger.onChange((one, event) => {
    if (event.type !== 'posting' && event.type !== 'posted') outbox.touch(one.id)
  })
  employPeople(world, ledger)
  engine.start()
  await outbox.start()
  return { engine, store, outbox, fatal }
}

/** Whom Slack names for each role; people sign all the same where it names nobody. */
export function holdersIn({ asks }: Scene): { hr: string[]; it: string[] } {
  return asks ? { hr: ['UHR'], it: ['UIT'] } : { hr: [], it: [] }
}

function settingsOf(scene: Scene, bent: Bent): Settings {
  const connectors = bent.connectors?.(connectorsOf(scene)) ?? connectorsOf(scene)
  const task = { title: 'Final pay', area: 'records', owner: 'it', due: 3600_000, phase: 'remove' }
  return {
    slack: { channel, apiUrl: 'https://slack.test/api/' },
    roles: { hr: { users: ['UHR'] }, it: { users: ['UIT'] } },
    requesters: ['hr', 'it', 'managers'],
    protected: [],
    policy: scene.policy,
    connectors: connectors.map((connector) => ({ use: connector.id, connector, settings: {}, limits: {} })),
    tasks: scene.task ? [task] : [],
  }
}
