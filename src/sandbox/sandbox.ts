/** The whole product on loopback: pretend Slack, pretend vendors, the real bot with the real SDKs. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parse } from 'yaml'
import { type Bot, type BotOptions, startBot } from '../bot.ts'
import { type Clock, systemClock } from '../clock.ts'
import type { Policy } from '../offboarding/offboarding.ts'
import type { Settling } from '../run/step.ts'
import { type Samba, sambaInstalled, startSamba } from './active-directory/samba.ts'
import { type PretendAws, pretendAws } from './aws/index.ts'
import { showsAws } from './aws/shows.ts'
import { botOptions, channel, slackTokens, surroundings } from './bot-settings.ts'
import { cast, employee, employees } from './company.ts'
import { type PretendGoogleWorkspace, pretendGoogleWorkspace } from './google-workspace/index.ts'
import { showsGoogle } from './google-workspace/shows.ts'
import { type PretendMicrosoft365, pretendMicrosoft365 } from './microsoft-365/index.ts'
import { showsMicrosoft365 } from './microsoft-365/shows.ts'
import { type PretendSlack, pretendSlack } from './slack/index.ts'
import type { Transport } from './transport.ts'
import { openVendors, type Vendor } from './vendor.ts'

export { type Around, botOptions, channel, slackTokens, surroundings } from './bot-settings.ts'

export interface SandboxOptions {
  mode?: 'socket' | 'http'
  /** How far away the vendors are, ms; 20 when absent. */
  latencyMs?: number
  /** How long a change stays invisible at a vendor, ms; 300 when absent. */
  lagMs?: number
  /** Whether a Samba domain joins in where it is installed. */
  activeDirectory?: boolean
  /** Vendors' exchanges are appended here. */
  traffic?: string
  policy?: Partial<Policy>
  /** With every system that has a `vendor.ts` here, besides Microsoft 365, Google Workspace and AWS. */
  everySystem?: boolean
  /** Which of the pretend systems there are in the bot's settings; all when absent. */
  systems?: readonly string[]
  /** The tasks for people, as in `latchkey.yaml`; four when absent. */
  tasks?: readonly unknown[]
  settling?: Partial<Settling>
  patience?: BotOptions['patience']
  /** Stands between the bot and the vendors. */
  bend?: (send: Transport) => Transport
  /** Every line of the bot's own log. */
  write?: (line: string) => void
  /** How many times quicker than the real one the pretend Slack counts its rates; 1 when absent. */
  slackSpeed?: number
  onFatal?: (error: unknown) => void
  /** The bot's time; the real one when absent. */
  clock?: Clock
  /** The pretend Slack's time; the bot's when absent. */
  slackClock?: Clock
}

export interface Sandbox {
  slack: PretendSlack
  vendors: { microsoft365: PretendMicrosoft365; google: PretendGoogleWorkspace; aws: PretendAws }
  /** The others, by connector. */
  others: Readonly<Record<string, Vendor>>
  samba?: Samba
  /** The pretend systems that the bot knows, sorted by connector, with what each shows of a person. */
  shown: readonly ShownVendor[]
  channel: string
  bot(): Bot
  /** Stops the bot and starts it again on the same data. */
  restart(): Promise<void>
  folder: string
  close(): Promise<void>
}

export interface ShownVendor extends Pick<Vendor, 'hosts' | 'settings' | 'shows' | 'temper' | 'world'> {
  use: string
}

export async function openSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const world = await openWorld(options)
  const { slack, mode, folder } = world
  const given = await botOptions(options, surroundings(world))
  const start = () => startBot({ ...given, onFatal: options.onFatal ?? fail })
  let bot = await start()
  await greet(bot, slack, mode)
  return {
    ...world,
    bot: () => bot,
    async restart() {
      await bot.stop()
      bot = await start()
      await greet(bot, slack, mode)
    },
    async close() {
      await bot.stop()
      await world.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** Everything around the bot: the pretend systems, and a folder for its data. `close` leaves the folder there. */
export interface SandboxWorld extends Omit<Sandbox, 'bot' | 'restart'> {
  mode: 'socket' | 'http'
}

export async function openWorld(options: SandboxOptions = {}): Promise<SandboxWorld> {
  const mode = options.mode ?? 'socket'
  const vendorOptions = {
    latencyMs: options.latencyMs ?? 20,
    lagMs: options.lagMs ?? 300,
    ...(options.traffic ? { traffic: options.traffic } : {}),
  }
  const [slack, microsoft365, google, aws, others, samba] = await Promise.all([
    openSlack(mode, options),
    pretendMicrosoft365(vendorOptions),
    pretendGoogleWorkspace(vendorOptions),
    pretendAws(vendorOptions),
    options.everySystem ? openVendors(vendorOptions, options.systems) : ({} as Record<string, Vendor>),
    options.activeDirectory && sambaInstalled() ? startSamba({ waitSeconds: 120 }) : undefined,
  ])
  return {
    slack,
    vendors: { microsoft365, google, aws },
    others,
    ...(samba ? { samba } : {}),
    shown: shownOf({
      ...{
        'microsoft-365': { ...microsoft365, shows: (email) => showsMicrosoft365(microsoft365.world.truth(), email) },
      },
      ...{ 'google-workspace': { ...google, shows: (email) => showsGoogle(google.world.truth(), email) } },
      aws: { ...aws, shows: (email) => showsAws(aws.world.truth(), email) },
      ...others,
    }).filter((one) => options.systems?.includes(one.use) ?? true),
    channel,
    mode,
    folder: mkdtempSync(join(tmpdir(), 'latchkey-sandbox-')),
    async close() {
      const vendors = [microsoft365, google, aws, ...Object.values(others)]
      await Promise.all([slack.close(), ...vendors.map((one) => one.close()), samba?.close()])
    },
  }
}

function shownOf(vendors: Readonly<Record<string, Omit<ShownVendor, 'use'>>>): ShownVendor[] {
  return Object.entries(vendors)
    .map(([use, { hosts, settings, shows, temper, world }]) => ({
      use,
      hosts,
      settings,
      ...(shows && { shows }),
      ...(temper && { temper }),
      ...(world && { world }),
    }))
    .sort((a, b) => (a.use < b.use ? -1 : 1))
}

function fail(error: unknown): never {
  throw error
}

async function greet(bot: Bot, slack: PretendSlack, mode: 'socket' | 'http'): Promise<void> {
  await bot.listening
  if (mode === 'http') slack.setEventsUrl(`http://127.0.0.1:${bot.slack.port()}/slack/events`)
  await slack.connected(2)
}

/** A single-channel guest: sees one channel and whoever is in it. */
export const guest = {
  id: 'U0000GUEST',
  name: 'gil.partner',
  realName: 'Gil Partner',
  email: 'gil@partner.example',
  title: 'Guest from a partner',
  zone: 'Europe/Madrid',
  restricted: true,
  ultraRestricted: true,
}

const manifest = new URL('../../manifest.yml', import.meta.url)

export interface Manifest {
  features: {
    app_home: { messages_tab_read_only_enabled: boolean }
    slash_commands: { command: string; description: string; usage_hint?: string }[]
    shortcuts: { callback_id: string; name: string; description: string; type: 'global' | 'message' }[]
  }
  oauth_config: { scopes: { bot: string[] } }
  settings: { event_subscriptions: { bot_events: string[] } }
}

export function readManifest(): Manifest {
  return parse(readFileSync(manifest, 'utf8')) as Manifest
}

function openSlack(mode: 'socket' | 'http', options: SandboxOptions): Promise<PretendSlack> {
  const { features, oauth_config, settings } = readManifest()
  const id = (email: string) => employee(email).slackId
  const hr = [id(cast.hr), id(cast.hrSubstitute)]
  const it = [id(cast.it), id(cast.itSubstitute)]
  return pretendSlack({
    employees,
    mode,
    signingSecret: slackTokens.signingSecret,
    botToken: slackTokens.bot,
    appToken: slackTokens.app,
    scopes: oauth_config.scopes.bot,
    commands: features.slash_commands.map((one) => one.command),
    shortcuts: features.shortcuts.map((one) => one.callback_id),
    events: settings.event_subscriptions.bot_events,
    messagesReadOnly: features.app_home.messages_tab_read_only_enabled,
    rates: { speed: options.slackSpeed ?? 1 },
    clock: options.slackClock ?? options.clock ?? systemClock,
    people: { [guest.id]: guest },
    channels: [
      { id: channel, name: 'offboarding', private: true, members: [...hr, ...it] },
      { id: 'C0GENERAL', name: 'general', members: employees.map((one) => one.slackId) },
      { id: 'C0PARTNER', name: 'partner-launch', members: [guest.id, id(cast.manager), id(cast.leaver)], bot: false },
    ],
    userGroups: [
      { id: 'S0HR', handle: 'hr-approvers', users: hr },
      { id: 'S0IT', handle: 'it-approvers', users: it },
    ],
  })
}
