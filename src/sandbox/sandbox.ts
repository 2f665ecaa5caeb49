/** The whole product on loopback: pretend Slack, pretend vendors, the real bot with the real SDKs. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parse } from 'yaml'
import { Tasks } from '../../connectors/manual.ts'
import { loadConnector, secretsOf } from '../app.ts'
import { type Bot, type BotOptions, startBot } from '../bot.ts'
import { systemClock } from '../clock.ts'
import { Secret } from '../connector.ts'
import { createLog } from '../log.ts'
import { Policy } from '../offboarding/offboarding.ts'
import { type Settling, usualSettling } from '../run/step.ts'
import type { Settings, UsedConnector } from '../settings.ts'
import { type Samba, sambaInstalled, startSamba } from './active-directory/samba.ts'
import { type PretendAws, pretendAws } from './aws/index.ts'
import { cast, employee, employees } from './company.ts'
import { type PretendGoogleWorkspace, pretendGoogleWorkspace } from './google-workspace/index.ts'
import { type PretendMicrosoft365, pretendMicrosoft365 } from './microsoft-365/index.ts'
import type { Pretend } from './server.ts'
import { type PretendSlack, pretendSlack } from './slack/index.ts'
import { loopback, type Transport } from './transport.ts'
import { openVendors, type Vendor } from './vendor.ts'

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
  /** Which of the pretend systems the bot's settings name; all when absent. */
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
}

export interface Sandbox {
  slack: PretendSlack
  vendors: { microsoft365: PretendMicrosoft365; google: PretendGoogleWorkspace; aws: PretendAws }
  /** The others, by connector. */
  others: Readonly<Record<string, Vendor>>
  samba?: Samba
  channel: string
  bot(): Bot
  /** Stops the bot and starts it again on the same data. */
  restart(): Promise<void>
  folder: string
  close(): Promise<void>
}

export const channel = 'C0OFFBOARD'
export const slackTokens = { bot: 'xoxb-sandbox-bot', app: 'xapp-sandbox-app', signingSecret: 'sandbox-signing-secret' }
const hour = 3600_000

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
    openSlack(mode, options.slackSpeed ?? 1),
    pretendMicrosoft365(vendorOptions),
    pretendGoogleWorkspace(vendorOptions),
    pretendAws(vendorOptions),
    options.everySystem ? openVendors(vendorOptions) : ({} as Record<string, Vendor>),
    options.activeDirectory && sambaInstalled() ? startSamba({ waitSeconds: 120 }) : undefined,
  ])
  return {
    slack,
    vendors: { microsoft365, google, aws },
    others,
    ...(samba ? { samba } : {}),
    channel,
    mode,
    folder: mkdtempSync(join(tmpdir(), 'latchkey-sandbox-')),
    async close() {
      const vendors = [microsoft365, google, aws, ...Object.values(others)]
      await Promise.all([slack.close(), ...vendors.map((one) => one.close()), samba?.close()])
    },
  }
}

function fail(error: unknown): never {
  throw error
}

async function greet(bot: Bot, slack: PretendSlack, mode: 'socket' | 'http'): Promise<void> {
  await bot.listening
  if (mode === 'http') slack.setEventsUrl(`http://127.0.0.1:${bot.slack.port()}/slack/events`)
  await slack.connected(2)
}

const manifest = new URL('../../manifest.yml', import.meta.url)

export interface Manifest {
  features: { slash_commands: { command: string }[]; shortcuts: { callback_id: string }[] }
  oauth_config: { scopes: { bot: string[] } }
  settings: { event_subscriptions: { bot_events: string[] } }
}

export function readManifest(): Manifest {
  return parse(readFileSync(manifest, 'utf8')) as Manifest
}

function openSlack(mode: 'socket' | 'http', speed: number): Promise<PretendSlack> {
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
    rates: { speed },
    channels: [
      { id: channel, name: 'offboarding', private: true, members: [...hr, ...it] },
      { id: 'C0GENERAL', name: 'general', members: employees.map((one) => one.slackId) },
    ],
    userGroups: [
      { id: 'S0HR', handle: 'hr-approvers', users: hr },
      { id: 'S0IT', handle: 'it-approvers', users: it },
    ],
  })
}

/** What the bot has to know of the world around it; a bot in a process of its own is given the same. */
export interface Around {
  slack: Pick<PretendSlack, 'apiUrl'>
  mode: 'socket' | 'http'
  folder: string
  /** The settings of each connector. */
  connectors: Readonly<Record<string, unknown>>
  hosts: readonly Pick<Pretend, 'url' | 'hosts'>[]
}

export function surroundings(world: SandboxWorld): Around {
  const { slack, mode, folder, samba, others } = world
  const { aws, google, microsoft365 } = world.vendors
  const connectors = {
    ...(samba ? { 'active-directory': samba.settings } : {}),
    aws: aws.settings,
    'google-workspace': google.settings,
    'microsoft-365': microsoft365.settings,
    ...Object.fromEntries(Object.entries(others).map(([use, vendor]) => [use, vendor.settings])),
  }
  return { slack, mode, folder, connectors, hosts: [microsoft365, google, aws, ...Object.values(others)] }
}

/** AWS publishes no figures, so the connector's own are cautious; nobody else leans on the pretend one. */
const limits: Readonly<Record<string, UsedConnector['limits']>> = {
  aws: { changes: { perSecond: 25, concurrent: 8 }, reads: { perSecond: 60, concurrent: 12 } },
}

async function sandboxSettings(options: SandboxOptions, around: Around): Promise<Settings> {
  const used = async ([use, settings]: [string, unknown]): Promise<UsedConnector> => {
    const connector = await loadConnector(use)
    return { use, connector, settings: await connector.settings.parseAsync(settings), limits: limits[use] ?? {} }
  }
  const wanted = Object.entries(around.connectors).filter(([use]) => options.systems?.includes(use) ?? true)
  const connectors = await Promise.all(wanted.map(used))
  return {
    slack: { channel, apiUrl: around.slack.apiUrl },
    roles: { hr: { group: 'S0HR' }, it: { group: 'S0IT' } },
    requesters: ['hr', 'it', 'managers'],
    protected: [cast.protected],
    policy: Policy.parse({
      signOffWithin: 72 * hour,
      remindEvery: 4 * hour,
      startsPerHour: 20,
      containWithin: 4 * hour,
      irreversibleAfter: 30 * 24 * hour,
      waitingFor: 24 * hour,
      ...options.policy,
    }),
    connectors,
    ...(options.everySystem ? { escrow: await newEscrow() } : {}),
    tasks: Tasks.parse(options.tasks ?? usualTasks),
  }
}

/** Made anew for each sandbox, and gone with it. */
async function newEscrow(): Promise<Settings['escrow']> {
  const { generateIdentity, identityToRecipient } = await import('age-encryption')
  const identity = await generateIdentity()
  return { recipients: [await identityToRecipient(identity)], identity: new Secret(identity) }
}

const usualTasks = [
  { title: 'Final pay and unused leave', area: 'records', owner: 'hr', due: '3d' },
  { title: 'End benefits and pension', area: 'records', owner: 'hr', due: '5d' },
  { title: 'Take back badge and keys', area: 'records', owner: 'it', due: '1d' },
  { title: 'Take back the laptop', area: 'devices', owner: 'it', due: '3d' },
]

export async function botOptions(options: SandboxOptions, around: Around): Promise<Omit<BotOptions, 'onFatal'>> {
  const { mode, folder } = around
  const settings = await sandboxSettings(options, around)
  const used = settings.connectors.map((one) => one.settings)
  const secrets = [...Object.values(slackTokens), ...secretsOf([used, settings.escrow])]
  const log = createLog({
    level: options.write ? 'debug' : 'silent',
    secrets: () => secrets,
    ...(options.write ? { write: options.write } : {}),
  })
  const access = { bot: slackTokens.bot, mode, port: 0 }
  const send = loopback(around.hosts)
  return {
    settings,
    folder,
    slack:
      mode === 'socket' ? { ...access, app: slackTokens.app } : { ...access, signingSecret: slackTokens.signingSecret },
    clock: systemClock,
    random: Math.random,
    log,
    settling: { ...usualSettling, firstPause: 150, ...options.settling },
    ...(options.patience ? { patience: options.patience } : {}),
    send: options.bend ? options.bend(send) : send,
  }
}
