/** `latchkey doctor`: every system and Slack, asked whether they are there and what is missing. Changes nothing. */
import { readFileSync } from 'node:fs'
import type { WebClient } from '@slack/web-api'
import { parse } from 'yaml'
import { systemClock } from '../clock.ts'
import { explain, inCall } from '../run/gate.ts'
import { health, type System } from '../run/system.ts'
import type { Settings } from '../settings.ts'
import { slackPeople } from '../slack/people.ts'
import { connectWeb } from '../slack/web.ts'
import type { CommandLine, Subcommand } from './command-line.ts'
import { logOf, settingsOf, slackAccess, systemsOf } from './surroundings.ts'

export interface Finding {
  what: string
  /** Sentences that say what to do; empty where all is well. */
  problems: readonly string[]
  told: readonly string[]
}

export default {
  usage: 'doctor',
  summary: 'is every system reachable, with the rights it needs? Are Slack and the roles in order?',
  async run(line) {
    const settings = await settingsOf(line)
    const log = logOf(line, settings, 'silent')
    const systems = systemsOf(settings, log)
    const checks = [...systems.all.map(checkSystem), checkSlack(line, settings, log)]
    const findings = await Promise.all(checks)
    await systems.close()
    for (const finding of findings) line.out(spoken(finding))
    const count = findings.reduce((sum, finding) => sum + finding.problems.length, 0)
    line.out(count === 0 ? '\nAll is well.' : `\n${count} to mend.`)
    return count === 0 ? 0 : 1
  },
} satisfies Subcommand

function spoken({ what, problems, told }: Finding): string {
  const mark = problems.length === 0 ? 'ok     ' : 'problem'
  return [
    `${mark} ${what}`,
    ...told.map((one) => `          ${one}`),
    ...problems.map((one) => `        ! ${one}`),
  ].join('\n')
}

export async function checkSystem(system: System): Promise<Finding> {
  const { title, limits } = system.connector
  const context = { failures: [] }
  const rates = limits.map(
    (one) => `at most ${one.perSecond} a second, ${one.concurrent} at once (${one.id}: ${one.source})`,
  )
  const name = system.use === system.connector.id ? title : `${title} as ${system.use}`
  try {
    const { as, missing, warnings = [] } = await inCall(context, () => health(system))
    const told = [`signed in as ${as}`, ...rates, ...warnings.map((one) => `note: ${one}`)]
    return { what: name, problems: missing, told }
  } catch (error) {
    return { what: name, problems: [explain(error, context).fact], told: rates }
  }
}

async function checkSlack(line: CommandLine, settings: Settings, log: ReturnType<typeof logOf>): Promise<Finding> {
  const what = 'Slack'
  try {
    const access = slackAccess(line)
    const { quick } = connectWeb({ apiUrl: settings.slack.apiUrl, token: access.bot, log })
    const me = await quick.auth.test()
    const team = () => me.team_id
    const people = slackPeople({ web: quick, clock: systemClock, roles: settings.roles, team })
    const problems = [
      ...missingScopes(me.response_metadata?.scopes ?? []),
      ...(await checkChannel(quick, settings.slack.channel)),
      ...(await people.checkRoles()),
    ]
    return { what, problems, told: [`${me.user} in ${me.team}, ${access.mode === 'socket' ? 'Socket Mode' : 'HTTP'}`] }
  } catch (error) {
    return { what, problems: [error instanceof Error ? error.message : String(error)], told: [] }
  }
}

const manifest = new URL('../../manifest.yml', import.meta.url)

function missingScopes(granted: readonly string[]): string[] {
  const { oauth_config } = parse(readFileSync(manifest, 'utf8')) as { oauth_config: { scopes: { bot: string[] } } }
  const missing = oauth_config.scopes.bot.filter((scope) => !granted.includes(scope))
  return missing.map((scope) => `the scope ${scope} is missing: update the app from manifest.yml and install it again`)
}

async function checkChannel(web: WebClient, channel: string): Promise<string[]> {
  try {
    const { channel: found } = await web.conversations.info({ channel })
    const problems: string[] = []
    if (!found?.is_private) problems.push(`the channel ${channel} is public: cards belong in a private one`)
    if (!found?.is_member) problems.push(`Latchkey is not in the channel ${channel}: invite it with /invite`)
    if (found?.is_ext_shared)
      problems.push(`the channel ${channel} is shared with another organisation: use another one`)
    return problems
  } catch {
    return [`the channel ${channel} cannot be read: check its id in the settings, and invite Latchkey into it`]
  }
}
