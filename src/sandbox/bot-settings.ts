/** How the bot in the sandbox is set up: its settings, its tokens, its way to the pretend vendors. */
import { Tasks } from '../../connectors/manual.ts'
import { loadConnector, secretsOf } from '../app.ts'
import type { BotOptions } from '../bot.ts'
import { systemClock } from '../clock.ts'
import { Secret } from '../connector.ts'
import { createLog } from '../log.ts'
import { Policy } from '../offboarding/offboarding.ts'
import { usualSettling } from '../run/step.ts'
import type { Settings, UsedConnector } from '../settings.ts'
import { cast } from './company.ts'
import type { SandboxOptions, SandboxWorld } from './sandbox.ts'
import type { Pretend } from './server.ts'
import type { PretendSlack } from './slack/index.ts'
import { loopback } from './transport.ts'

export const channel = 'C0OFFBOARD'
export const slackTokens = { bot: 'xoxb-sandbox-bot', app: 'xapp-sandbox-app', signingSecret: 'sandbox-signing-secret' }
const hour = 3600_000

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
      watchFor: 30 * 24 * hour,
      watchEvery: 24 * hour,
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
    clock: options.clock ?? systemClock,
    random: Math.random,
    log,
    settling: { ...usualSettling, firstPause: 150, ...options.settling },
    ...(options.patience ? { patience: options.patience } : {}),
    send: options.bend ? options.bend(send) : send,
  }
}
