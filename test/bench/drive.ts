/** One offboarding through the real gate, planner, runner and store on disk, without Slack; and what it took. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createEngine, createSystems, type Surrounded } from '../../src/app.ts'
import { summarize } from '../../src/bot.ts'
import { systemClock } from '../../src/clock.ts'
import { type Log, silentLog } from '../../src/log.ts'
import type { Ledger } from '../../src/offboarding/ledger.ts'
import type { Choices, Leaver, Offboarding, Role, StepRun } from '../../src/offboarding/offboarding.ts'
import type { CallRecord } from '../../src/run/gate.ts'
import type { Settling } from '../../src/run/step.ts'
import type { Settings, UsedConnector } from '../../src/settings.ts'
import { realDisk } from '../../src/store/disk.ts'
import { openEmbeddedStore } from '../../src/store/embedded.ts'
import { askedBy, clicker, now, policy, signedBy } from './people.ts'

export interface Driver {
  /** Everything from the request to the last automatic step's end. */
  offboard(leaver: Leaver, choices?: Partial<Choices>): Promise<Driven>
  close(): Promise<void>
}

export interface Driven {
  /** From the effective time, which is the second signature, to the last automatic step's end. */
  wallMs: number
  /** Vendor calls of that time, as the gate recorded them. */
  calls: readonly CallRecord[]
  /** Processor time of this process in that time. */
  cpuMs: number
  steps: readonly StepRun[]
}

export async function openDriver(
  used: readonly UsedConnector[],
  around: Partial<Surrounded & { settling: Settling }> = {},
): Promise<Driver> {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-bench-'))
  const calls: CallRecord[] = []
  const log: Log = { ...silentLog, debug: (fields) => 'call' in fields && calls.push(fields.call as CallRecord) }
  const options = { clock: systemClock, random: Math.random, log, ...around, onFatal: fail }
  const systems = createSystems(settingsWith(used), options)
  const store = await openEmbeddedStore({ folder, disk: realDisk, clock: systemClock, summarize, onFatal: fail })
  const engine = createEngine(store, systems, options)
  const until = watch(engine.ledger)
  attestTasks(engine.ledger)
  engine.start()
  return {
    async offboard(leaver, choices) {
      const id = await signedByOne(engine.ledger, until, leaver, choices)
      calls.length = 0
      const [began, cpu] = [performance.now(), process.threadCpuUsage()]
      const over = until(id, isOver)
      await sign(engine.ledger, id, 'it')
      const steps = automatic(await inTime(over, () => stillOpen(engine.ledger.get(id))))
      const wallMs = performance.now() - began
      const { user, system } = process.threadCpuUsage(cpu)
      return { wallMs, calls: [...calls], cpuMs: (user + system) / 1000, steps }
    },
    async close() {
      await engine.stop()
      await systems.close()
      await store.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

function fail(error: unknown): never {
  throw error
}

function settingsWith(connectors: readonly UsedConnector[]): Settings {
  const roles = { hr: { users: ['UHR'] }, it: { users: ['UIT'] } }
  const slack = { channel: 'C0BENCH', apiUrl: 'https://slack.com/api/' }
  return { slack, roles, requesters: ['hr'], protected: [], policy, connectors, tasks: [] }
}

async function signedByOne(
  ledger: Ledger,
  until: Until,
  leaver: Leaver,
  choices: Partial<Choices> = {},
): Promise<string> {
  const { id } = await ledger.request(askedBy('UBOSS', leaver, 'C0BENCH', choices))
  const planned = await until(id, (one) => one.plan !== undefined)
  const { unreadable = [], steps = [] } = planned.plan ?? {}
  if (unreadable.length > 0) throw new Error(`could not be read: ${unreadable.map((one) => one.fact).join('; ')}`)
  if (steps.length === 0) throw new Error(`nothing was found for ${leaver.name}`)
  await sign(ledger, id, 'hr')
  return id
}

async function sign(ledger: Ledger, id: string, role: Role): Promise<void> {
  const digest = ledger.get(id)?.plan?.digest ?? ''
  await ledger.record(id, signedBy(role, `U${role.toUpperCase()}`, digest))
}

/** People do their part at once: what is measured is the systems. */
function attestTasks(ledger: Ledger): void {
  ledger.onChange((one, event) => {
    if (event.type !== 'step-waiting' || !one.steps[event.step]?.plan.task) return
    const done = { type: 'attested' as const, at: now(), by: clicker('it', 'UIT'), step: event.step, note: 'done' }
    ledger.record(one.id, done).catch(fail)
  })
}

type Until = (id: string, good: (one: Offboarding) => boolean) => Promise<Offboarding>

/** One listener for all: a ledger keeps its listeners for ever. */
function watch(ledger: Ledger): Until {
  const watched = new Map<string, (one: Offboarding) => void>()
  ledger.onChange((one, event) => {
    if (event.type === 'planned' || event.type === 'step-ended') watched.get(one.id)?.(one)
  })
  return (id, good) =>
    new Promise((done) => {
      const look = (one: Offboarding) => {
        if (!good(one)) return
        watched.delete(id)
        done(one)
      }
      watched.set(id, look)
      const one = ledger.get(id)
      if (one) look(one)
    })
}

const patienceMs = 30_000

/** A bench that hangs says nothing; this one says what it waited for. */
async function inTime<T>(work: Promise<T>, open: () => string): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_done, failed) => {
    timer = setTimeout(() => failed(new Error(`not over after ${patienceMs / 1000} s: ${open()}`)), patienceMs)
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}

function stillOpen(one: Offboarding | undefined): string {
  const runs = one ? automatic(one).filter((run) => run.state !== 'ended') : []
  return runs.map((run) => `${run.key} ${run.state} (${run.fact ?? run.plan.phase})`).join('; ') || 'it did not begin'
}

function automatic(one: Offboarding): StepRun[] {
  return Object.values(one.steps).filter((run) => !run.plan.task)
}

function isOver(one: Offboarding): boolean {
  if (!one.startedAt) return false
  for (const key in one.steps) {
    const run = one.steps[key]
    if (run && run.state !== 'ended' && !run.plan.task) return false
  }
  return true
}
