/** A toy system in memory, with the ways of failing that real ones have, and an engine around it. */
import { createEngine, type Engine } from '../../src/app.ts'
import type { AutomaticStep, Connector, Finding, Step } from '../../src/connector.ts'
import { silentLog } from '../../src/log.ts'
import type { Offboarding } from '../../src/offboarding/offboarding.ts'
import { createPlanner } from '../../src/run/planner.ts'
import { usualSettling } from '../../src/run/step.ts'
import { createSystem, type System } from '../../src/run/system.ts'
import { type MemoryStore, memoryStore } from './memory-store.ts'
import { type QuickClock, quickClock } from './quick-clock.ts'
import { hr, it, request, t0 } from './story.ts'

export interface Toy {
  /** Things by step that the leaver still holds. */
  held: Record<string, string[]>
  /** Everything done to it, in order: `step/thing`. */
  done: string[]
  /** Looks, in order. */
  looks: string[]
  /** Called for each apply before anything changes; throws to refuse. `after` throws once it is done. */
  before?: (step: string, thing: string) => void | Promise<void>
  after?: (step: string, thing: string) => void
  onLook?: (step: string) => void
  /** What `find` says instead of the truth. */
  state?: (step: string, thing: string) => Finding['state'] | undefined
}

export function toy(held: Record<string, string[]>): Toy {
  return { held: structuredClone(held), done: [], looks: [] }
}

export function toyStep(world: Toy, id: string, more: Partial<AutomaticStep> = {}): AutomaticStep {
  return {
    id,
    title: `Take back ${id}`,
    area: 'applications',
    phase: 'contain',
    async find() {
      world.looks.push(id)
      world.onLook?.(id)
      return (world.held[id] ?? []).map((thing) => {
        const state = world.state?.(id, thing) ?? 'open'
        return { id: thing, label: thing, state, fact: `${thing} is there` }
      })
    },
    async apply(_at, finding) {
      await world.before?.(id, finding.id)
      world.done.push(`${id}/${finding.id}`)
      world.held[id] = (world.held[id] ?? []).filter((thing) => thing !== finding.id)
      world.after?.(id, finding.id)
    },
    ...more,
  }
}

export function toyConnector(id: string, steps: readonly Step[], more: Partial<Connector> = {}): Connector {
  return {
    id,
    title: id.toUpperCase(),
    rights: [],
    settings: undefined as never,
    limits: [],
    renew: 'renews it',
    connect: () => ({}),
    check: async () => ({ as: 'toy', missing: [] }),
    locate: async (_client, person) =>
      person.emails.includes('jo.miller@example.com')
        ? [{ realm: 'main', id: `${id}-jo`, label: 'jo.miller@example.com' }]
        : [],
    steps,
    ...more,
  }
}

export interface Bench {
  engine: Engine
  clock: QuickClock
  store: MemoryStore
  fatal: unknown[]
}

export function bench(
  connectors: readonly Connector[],
  options: { store?: MemoryStore; start?: number; protected?: string[] } = {},
): Bench {
  const clock = quickClock(options.start ?? t0)
  const store = options.store ?? memoryStore()
  const fatal: unknown[] = []
  const all: System[] = connectors.map((one) =>
    createSystem(one.id, one, async () => one.connect({}, undefined as never)),
  )
  const planner = createPlanner({ systems: all, protectedPeople: options.protected ?? [], clock })
  const systems = { all, planner, close: async () => undefined }
  const around = { clock, random: () => 0.5, log: silentLog }
  const onFatal = (error: unknown) => fatal.push(error)
  const settling = { ...usualSettling }
  return { engine: createEngine(store, systems, { ...around, settling, onFatal }), clock, store, fatal }
}

export function until(bench: Bench, id: string, good: (one: Offboarding) => boolean): Promise<Offboarding> {
  const { ledger } = bench.engine
  return new Promise((done, failed) => {
    const look = () => {
      const one = ledger.get(id)
      if (bench.fatal.length > 0) failed(bench.fatal[0])
      if (one && good(one)) done(one)
    }
    ledger.onChange(look)
    look()
  })
}

export const ended = (one: Offboarding) => ['done', 'needs-attention', 'refused'].includes(one.state)

/** Asks, waits for the plan, signs as HR and IT. */
export async function signedOff(bench: Bench, more: Parameters<typeof request>[0] = {}): Promise<string> {
  const { ledger } = bench.engine
  const now = () => bench.clock.now().toISOString()
  const { id } = await ledger.request(request({ at: now(), ...more }))
  const one = await until(bench, id, (it) => it.plan !== undefined || it.state === 'refused')
  const digest = one.plan?.digest ?? ''
  await ledger.record(id, { type: 'signed', at: now(), by: hr, role: 'hr', digest })
  await ledger.record(id, { type: 'signed', at: now(), by: it, role: 'it', digest })
  return id
}
