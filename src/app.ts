/** Puts the parts together; the only file that knows them all. */
import { randomInt } from 'node:crypto'
import { readdirSync } from 'node:fs'
import { manualConnector, type Task, Tasks } from '../connectors/manual.ts'
import type { Clock } from './clock.ts'
import { type Connector, Secret, type Step } from './connector.ts'
import { createScrub, type Log } from './log.ts'
import { type StopSign, signInMemory } from './offboarding/halt.ts'
import type { Ledger } from './offboarding/ledger.ts'
import { openLedger } from './offboarding/ledger.ts'
import type { Leaver } from './offboarding/offboarding.ts'
import { deadlocks } from './offboarding/order.ts'
import { type CallRecord, type ClosableGate, createGate, type GateOptions } from './run/gate.ts'
import { createHalts, type Halts } from './run/halts.ts'
import { createPlanner, type Planner } from './run/planner.ts'
import { redacted } from './run/redact.ts'
import { Runner } from './run/runner.ts'
import { type Settling, usualSettling } from './run/step.ts'
import { createSystem, type EscrowOf, renamed, type System } from './run/system.ts'
import { keepTime } from './run/timekeeper.ts'
import { readSettings, type Settings } from './settings.ts'
import type { Surroundings } from './settings-text.ts'
import { realDisk } from './store/disk.ts'
import { type EscrowStore, openEscrow } from './store/escrow.ts'

export interface Surrounded {
  clock: Clock
  /** At least 0 and below 1. */
  random: () => number
  log: Log
  /** How vendor requests leave; the platform's `fetch` when absent. Only the sandbox and tests bend it. */
  send?: GateOptions['send']
  /** Asked before each vendor request; nothing leaves while it says true. */
  halted?: () => boolean
  /** Hears every vendor call, besides the log. */
  onCall?: (record: CallRecord) => void
  /** Must be printed nowhere either, whoever says it: Slack's tokens. */
  secrets?: readonly string[]
  /** Where recovery keys are kept. */
  escrow?: EscrowStore | undefined
  /** How patient the gate is with vendors; its own figures when absent. */
  patience?: Pick<GateOptions, 'attemptTimeoutMs' | 'attempts' | 'maxWaitMs' | 'backOff'>
}

const folder = new URL('../connectors/', import.meta.url)

/** Ids of all connectors there are: a file's or a folder's name. `manual` is made of the settings' tasks instead. */
export function knownConnectors(): string[] {
  const names = readdirSync(folder, { withFileTypes: true }).map((one) =>
    one.isDirectory() ? one.name : one.name.replace(/\.ts$/, ''),
  )
  return names.filter((name) => name !== 'manual').sort()
}

export async function loadConnector(id: string): Promise<Connector> {
  const entries = readdirSync(folder, { withFileTypes: true })
  const inFolder = entries.some((one) => one.isDirectory() && one.name === id)
  const module: { default: Connector } = await import(new URL(inFolder ? `${id}/index.ts` : `${id}.ts`, folder).href)
  return module.default
}

export function loadSettings(text: string, around: Surroundings): Promise<Settings> {
  return readSettings({ text, ...around, known: knownConnectors(), load: loadConnector, tasks: Tasks })
}

/** Everything in the settings that must never be printed. */
export function secretsOf(value: unknown): string[] {
  if (value instanceof Secret) return [value.reveal(), ...keyLines(value.reveal())]
  if (typeof value !== 'object' || value === null) return []
  return Object.values(value).flatMap(secretsOf)
}

/** A key file is told in parts, too: each line of the key, as it is or as JSON writes it. */
function keyLines(text: string): string[] {
  const lines = text.split(/\n|\\n/)
  return lines.length === 1 ? [] : lines.map((line) => line.trim()).filter((line) => line.length >= 40)
}

export interface Systems {
  all: readonly System[]
  planner: Planner
  close(): Promise<void>
}

export interface ConnectedSystems extends Systems {
  /** Vendor calls that wait for their turn, by connector use. */
  queued(): Record<string, number>
}

/** Throws where steps name steps that do not exist, or would wait for each other for ever. */
export function createSystems(settings: Settings, around: Surrounded): ConnectedSystems {
  const gates = new Map<string, ClosableGate>()
  // Of all of them for each: a proxy that all share knows more than one system.
  const used = settings.connectors.map((one) => one.settings)
  const secrets = [...secretsOf([used, settings.escrow]), ...(around.secrets ?? [])]
  const all = settings.connectors.map(({ use, connector: declared, settings: own, limits }) => {
    const connector: Connector = { ...declared, ...declared.configured?.(own) }
    const { title, renew, reads, classify, resetAfter } = connector
    const gate = createGate({
      use,
      title,
      renew,
      limits: connector.limits,
      ...(reads ? { reads } : {}),
      ...(classify ? { classify } : {}),
      ...(resetAfter ? { resetAfter } : {}),
      overrides: limits,
      ...around.patience,
      ...(around.send ? { send: around.send } : {}),
      ...(around.halted ? { halted: around.halted } : {}),
      clock: around.clock,
      random: around.random,
      secrets: () => secrets,
      onCall(record) {
        logCall(around.log, record)
        around.onCall?.(record)
      },
    })
    gates.set(use, gate)
    return createSystem(
      use,
      redacted(
        connector,
        createScrub(() => secrets),
      ),
      async () => connector.connect(own, gate),
      escrowFor(use, around.escrow),
    )
  })
  const manual = createSystem('manual', manualConnector(settings.tasks as Task[]), async () => undefined)
  const systems = [...all, manual]
  checkOrder(systems)
  const planner = createPlanner({ systems, protectedPeople: settings.protected, clock: around.clock })
  return {
    all: systems,
    planner,
    queued: () => Object.fromEntries([...gates].map(([use, gate]) => [use, gate.waiting()])),
    close: async () => void (await Promise.all([...gates.values()].map((gate) => gate.close()))),
  }
}

function escrowFor(system: string, store: EscrowStore | undefined): EscrowOf | undefined {
  if (!store) return undefined
  return (offboarding, realm) => ({
    async keep(name, secret) {
      if (!offboarding) throw new Error('Nothing is kept while an offboarding is only looked at.')
      await store.keep({ offboarding, system, realm, name }, secret)
    },
    holds: async (name) => offboarding !== undefined && store.holds({ offboarding, system, realm, name }),
  })
}

/** What the settings say of it, over the data folder; undefined where they say nothing. */
export function escrowOf({ escrow }: Settings, folder: string, clock: Clock): EscrowStore | undefined {
  if (!escrow) return undefined
  const { recipients, identity } = escrow
  return openEscrow({ folder, disk: realDisk, now: () => clock.now(), recipients, identity: identity?.reveal() })
}

/** A refused credential and a lost answer are for people to see; the rest is for who looks closely. */
function logCall(log: Log, record: CallRecord): void {
  const { offboarding, step, kind } = record
  const fields = { ...(offboarding ? { offboarding } : {}), ...(step ? { step } : {}), call: record }
  if (kind === 'denied' || kind === 'in-doubt') log.warn(fields, 'vendor call')
  else log.debug(fields, 'vendor call')
}

function checkOrder(systems: readonly System[]): void {
  const full = (system: System, step: Step) => ({
    id: `${system.use}/${step.id}`,
    phase: step.phase,
    needs: [...(renamed(system, step.needs) ?? []), ...(renamed(system, step.after) ?? [])],
  })
  const steps = systems.flatMap((system) => system.connector.steps.map((step) => full(system, step)))
  const ids = new Set(steps.map((step) => step.id))
  const uses = new Set(systems.map((system) => system.use))
  for (const step of steps) {
    const missing = step.needs.find((id) => uses.has(id.split('/')[0] ?? '') && !ids.has(id))
    if (missing) throw new Error(`the step ${step.id} needs ${missing}, which does not exist`)
  }
  const stuck = deadlocks(steps)
  if (stuck.length > 0) throw new Error(`these steps would wait for each other for ever: ${stuck.join(', ')}`)
}

/** Short, speakable, unambiguous when read aloud: no vowels, no 0, 1, l. */
export function newId(): string {
  const letters = '23456789bcdfghjkmnpqrstvwxz'
  return `off-${Array.from({ length: 8 }, () => letters[randomInt(letters.length)]).join('')}`
}

export interface Engine {
  ledger: Ledger
  runner: Runner
  halts: Halts
  /** Begins to work on what is open. */
  start(): void
  stop(): Promise<void>
}

/** The bot without Slack: ledger, runner and time. */
export function createEngine(
  store: Parameters<typeof openLedger>[0],
  systems: Systems,
  options: Surrounded & { settling?: Settling; sign?: StopSign; newId?: () => string; onFatal(error: unknown): void },
): Engine {
  const { clock, log } = options
  const ledger = openLedger(store, { newId: options.newId ?? newId, now: () => clock.now() })
  const settling = options.settling ?? usualSettling
  const { planner, all } = systems
  const runner = new Runner({ ledger, planner, systems: all, clock, settling, log, onFatal: options.onFatal })
  const halts = createHalts({ sign: options.sign ?? signInMemory(), runner, ledger, clock, log })
  const stopped = new AbortController()
  let time: Promise<void> | undefined
  return {
    ledger,
    runner,
    halts,
    start() {
      const wake = () => {
        halts.follow()
        runner.moveAll()
      }
      time = keepTime({ wake, clock, signal: stopped.signal })
    },
    async stop() {
      stopped.abort()
      await runner.stop()
      await time
    },
  }
}

/** Addresses of the leaver's managers, as the directories say; undefined where no directory could say anything. */
export async function managersOf(planner: Planner, leaver: Leaver, signal: AbortSignal): Promise<string[] | undefined> {
  const known = await planner.knownOf(leaver, signal)
  const managers = known.flatMap((one) => (one.managerEmail ? [one.managerEmail.toLowerCase()] : []))
  return known.length > 0 ? [...new Set(managers)] : undefined
}
