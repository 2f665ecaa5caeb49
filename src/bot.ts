/** The whole bot: store, engine and Slack, started and stopped in the right order. */
import { gestures } from '../commands/index.ts'
import {
  type ConnectedSystems,
  createEngine,
  createSystems,
  type Engine,
  escrowOf,
  managersOf,
  type Surrounded,
} from './app.ts'
import { logChanges } from './log-changes.ts'
import type { Metrics } from './metrics.ts'
import { fold } from './offboarding/decide.ts'
import type { Event } from './offboarding/event.ts'
import type { ClosedEntry, Ledger } from './offboarding/ledger.ts'
import { reportFiles } from './report-files.ts'
import type { Settling } from './run/step.ts'
import type { Settings } from './settings.ts'
import type { ReportFile, SlackSettings } from './slack/options.ts'
import { createSlack, type Slack } from './slack/slack.ts'
import { realDisk } from './store/disk.ts'
import { type EmbeddedStore, openEmbeddedStore } from './store/embedded.ts'
import { openSigningKey, type SigningKey } from './store/signing-key.ts'
import { stopFile } from './store/stop-file.ts'

export interface BotOptions extends Surrounded {
  settings: Settings
  /** The data folder. */
  folder: string
  slack: { bot: string; app?: string; signingSecret?: string; port?: number; host?: string; mode: 'socket' | 'http' }
  settling?: Settling
  /** Something failed that must not; the process has to end. */
  onFatal(error: unknown): void
}

export interface Bot {
  ledger: Ledger
  slack: Slack
  /** Resolves once Slack is heard; rejects where its settings are wrong. */
  listening: Promise<void>
  /** Stops intake, drains, and gives the data folder back. */
  stop(): Promise<void>
}

export async function startBot(options: BotOptions): Promise<Bot> {
  const { settings, clock, log, onFatal } = options
  const sign = stopFile(options.folder)
  const metrics = await metricsFor(options)
  const escrow = escrowOf(settings, options.folder, clock)
  const systems = createSystems(settings, {
    ...options,
    escrow,
    secrets: slackSecrets(options),
    halted: () => sign.read()?.stopped ?? false,
    ...(metrics ? { onCall: metrics.onCall } : {}),
  })
  const disk = metrics?.disk(realDisk) ?? realDisk
  const store = await openEmbeddedStore({ folder: options.folder, disk, clock, log, summarize, onFatal })
  const key = await signingKey(options, store)
  const engine = createEngine(store, systems, { ...options, sign })
  const { ledger } = engine
  logChanges(ledger, log)
  const unwanted = new AbortController()
  const slack = await createSlack({
    ledger,
    settings: slackSettings(options),
    policy: settings.policy,
    systems: systems.all.map(({ use, connector }) => ({ id: use, title: connector.title })),
    clock,
    log,
    gestures,
    managerOf: (leaver) => managersOf(systems.planner, leaver, unwanted.signal),
    halts: engine.halts,
    keys: escrow,
    report: (offboarding) => filesOf(store, key, offboarding.id),
    anchor: () => ({ ...store.head(), key: key.fingerprint }),
    health: () => ({ live: true, ready: true }),
    ...(metrics ? { metrics: metrics.text } : {}),
    onFatal,
  })
  metrics?.watch(ledger, presentOf(systems, engine, slack))
  engine.start()
  // Slack may be away for a while: what was signed is done meanwhile, and shown when Slack is back.
  const listening = slack.start()
  listening.catch(onFatal)
  return {
    ledger,
    slack,
    listening,
    async stop() {
      await slack.stop()
      unwanted.abort()
      await engine.stop()
      await systems.close()
      await store.stop()
    },
  }
}

function slackSecrets({ slack: { bot, app, signingSecret } }: BotOptions): string[] {
  return [bot, app, signingSecret].filter((one) => one !== undefined)
}

function slackSettings({ settings, slack }: BotOptions): SlackSettings {
  const { roles, requesters, protected: protectedPeople } = settings
  const { mode, port, host } = slack
  return { ...settings.slack, tokens: slack, mode, port, host, roles, requesters, protected: protectedPeople }
}

/** Only where there is a port to read them at; a bot without one loads and counts nothing. */
async function metricsFor({ settings, slack, clock }: BotOptions): Promise<Metrics | undefined> {
  if (slack.port === undefined) return undefined
  const { createMetrics } = await import('./metrics.ts')
  return createMetrics({ uses: settings.connectors.map((one) => one.use), clock })
}

function presentOf(systems: ConnectedSystems, engine: Engine, slack: Slack): Parameters<Metrics['watch']>[1] {
  return {
    queued: () => systems.queued(),
    denied: () => systems.all.filter((one) => one.denied).map((one) => one.use),
    outbox: () => slack.waiting(),
    ready: () => slack.health().ready,
    stopped: () => engine.halts.stopped() !== undefined,
  }
}

/** Where it cannot be had, the folder is given back. */
async function signingKey({ folder, log }: BotOptions, store: EmbeddedStore): Promise<SigningKey> {
  try {
    const key = await openSigningKey(folder, realDisk)
    const { fingerprint } = key
    if (key.made)
      log.warn({ fingerprint }, 'Reports are signed with a new key. Note its fingerprint outside this host.')
    return key
  } catch (error) {
    await store.stop()
    throw error
  }
}

async function filesOf(store: EmbeddedStore, key: SigningKey, id: string): Promise<ReportFile[]> {
  const told = await store.told(id)
  const made = told && reportFiles(id, told, key)
  if (!made) throw new Error(`there is no record of ${id} to report from`)
  return made.files
}

export function summarize(id: string, events: readonly Event[]): Omit<ClosedEntry, 'id'> {
  const one = fold(id, events)
  if (!one) throw new Error(`the record of ${id} does not begin with a request`)
  return { leaver: one.leaver.name, state: one.state, closedAt: one.closedAt ?? events.at(-1)?.at ?? one.requestedAt }
}
