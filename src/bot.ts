/** The whole bot: store, engine and Slack, started and stopped in the right order. */
import { gestures } from '../commands/index.ts'
import { createEngine, createSystems, managersOf, type Surrounded } from './app.ts'
import { fold } from './offboarding/decide.ts'
import type { Event } from './offboarding/event.ts'
import type { ClosedEntry, Ledger } from './offboarding/ledger.ts'
import type { Offboarding } from './offboarding/offboarding.ts'
import { report } from './offboarding/report.ts'
import { reportPage } from './offboarding/report-page.ts'
import type { Settling } from './run/step.ts'
import type { Settings } from './settings.ts'
import type { ReportFile } from './slack/options.ts'
import { createSlack, type Slack } from './slack/slack.ts'
import { realDisk } from './store/disk.ts'
import { openEmbeddedStore } from './store/embedded.ts'

export interface BotOptions extends Surrounded {
  settings: Settings
  /** The data folder. */
  folder: string
  slack: { bot: string; app?: string; signingSecret?: string; port?: number; mode: 'socket' | 'http' }
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
  const systems = createSystems(settings, options)
  const store = await openEmbeddedStore({
    folder: options.folder,
    disk: realDisk,
    clock,
    log,
    summarize,
    onFatal,
  })
  const engine = createEngine(store, systems, options)
  const { ledger } = engine
  const unwanted = new AbortController()
  const slack = await createSlack({
    ledger,
    settings: {
      channel: settings.slack.channel,
      apiUrl: settings.slack.apiUrl,
      tokens: options.slack,
      mode: options.slack.mode,
      port: options.slack.port,
      roles: settings.roles,
      requesters: settings.requesters,
      protected: settings.protected,
    },
    policy: settings.policy,
    systems: systems.all.map(({ use, connector }) => ({ id: use, title: connector.title })),
    clock,
    log,
    gestures,
    managerOf: (leaver) => managersOf(systems.planner, leaver, unwanted.signal),
    report: (offboarding) => reportFiles(ledger, offboarding),
    health: () => ({ live: true, ready: true }),
    onFatal,
  })
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

/** The closing document, as data for machines and as a page for people. */
export async function reportFiles(ledger: Ledger, offboarding: Offboarding): Promise<ReportFile[]> {
  const made = report(offboarding, (await ledger.history(offboarding.id)) ?? [])
  return [
    { name: `${offboarding.id}.json`, content: `${JSON.stringify(made, null, 2)}\n` },
    { name: `${offboarding.id}.html`, content: reportPage(made) },
  ]
}

export function summarize(id: string, events: readonly Event[]): Omit<ClosedEntry, 'id'> {
  const one = fold(id, events)
  if (!one) throw new Error(`the record of ${id} does not begin with a request`)
  return { leaver: one.leaver.name, state: one.state, closedAt: one.closedAt ?? events.at(-1)?.at ?? one.requestedAt }
}
