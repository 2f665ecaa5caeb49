/** What every subcommand needs from the environment: the settings, the data folder, a log. */
import { existsSync } from 'node:fs'
import { userInfo } from 'node:os'
import { createSystems, escrowOf, loadSettings, type Systems, secretsOf } from '../app.ts'
import { systemClock } from '../clock.ts'
import { createLog, type Log } from '../log.ts'
import type { Person } from '../offboarding/offboarding.ts'
import type { Settings } from '../settings.ts'
import type { CommandLine } from './command-line.ts'

export interface SlackAccess {
  bot: string
  app?: string
  signingSecret?: string
  port?: number
  host?: string
  mode: 'socket' | 'http'
}

export async function settingsOf(line: CommandLine): Promise<Settings> {
  const path = settingsFile(line)
  if (!existsSync(path))
    throw new Error(`there is no ${path}. Write one (see the README), or name it in LATCHKEY_SETTINGS.`)
  line.learn?.(slackSecrets(line))
  const settings = await loadSettings(line.readFile(path), { env: line.env, readFile: line.readFile })
  line.learn?.(connectorSecrets(settings))
  return settings
}

export function settingsFile(line: CommandLine): string {
  return line.env.LATCHKEY_SETTINGS ?? 'latchkey.yaml'
}

export function dataFolder(line: CommandLine): string {
  return line.env.LATCHKEY_DATA ?? 'data'
}

/** Who sits at this command line, as the system knows them. */
export function somebodyHere(): Person {
  const name = userInfo().username
  return { id: `host:${name}`, name: `${name} at the command line` }
}

const levels = ['error', 'warn', 'info', 'debug', 'silent'] as const

export function logOf(line: CommandLine, settings: Settings | undefined, usual: (typeof levels)[number]): Log {
  const level = levels.find((one) => one === line.env.LATCHKEY_LOG) ?? usual
  const secrets = [...slackSecrets(line), ...connectorSecrets(settings)]
  return createLog({ level, secrets: () => secrets })
}

function slackSecrets({ env }: CommandLine): string[] {
  const tokens = [env.SLACK_BOT_TOKEN, env.SLACK_APP_TOKEN, env.SLACK_SIGNING_SECRET]
  return tokens.filter((one) => one !== undefined)
}

function connectorSecrets(settings: Settings | undefined): string[] {
  return secretsOf([settings?.connectors.map((one) => one.settings), settings?.escrow])
}

export function systemsOf(line: CommandLine, settings: Settings, log: Log): Systems {
  return createSystems(settings, {
    clock: systemClock,
    random: Math.random,
    log,
    escrow: escrowOf(settings, dataFolder(line), systemClock),
    secrets: slackSecrets(line),
    ...(line.send ? { send: line.send } : {}),
  })
}

/** Socket Mode where there is an app token, HTTP where there is a signing secret. */
export function slackAccess(line: CommandLine): SlackAccess {
  const { SLACK_BOT_TOKEN: bot, SLACK_APP_TOKEN: app, SLACK_SIGNING_SECRET: signingSecret, PORT, HOST: host } = line.env
  if (!bot) throw new Error('SLACK_BOT_TOKEN is not set: it is the bot token (xoxb-…) under OAuth & Permissions.')
  const port = PORT === undefined || PORT === '' ? undefined : Number(PORT)
  if (port !== undefined && !(Number.isInteger(port) && port >= 0 && port < 65_536))
    throw new Error(`PORT is not a port: ${PORT}`)
  const at = host ? { host } : {}
  if (app) return { bot, app, mode: 'socket', ...(port === undefined ? {} : { port }), ...at }
  if (!signingSecret || port === undefined) {
    throw new Error('Set SLACK_APP_TOKEN (xapp-…, Socket Mode), or SLACK_SIGNING_SECRET and PORT (HTTP).')
  }
  return { bot, signingSecret, mode: 'http', port, ...at }
}
