/** `latchkey doctor`: every system and Slack, asked whether they are there and what is missing. Changes nothing. */
import { systemClock } from '../clock.ts'
import type { Log } from '../log.ts'
import { explain, inCall } from '../run/gate.ts'
import { health, type System } from '../run/system.ts'
import type { Settings } from '../settings.ts'
import { checkSlack } from '../slack/check.ts'
import { whyNotSealed } from '../store/escrow.ts'
import { type CommandLine, expectOnly, oneLine, type Subcommand } from './command-line.ts'
import { type Finding, hostFinding } from './host.ts'
import { signingFinding } from './signing.ts'
import { logOf, settingsOf, slackAccess, systemsOf } from './surroundings.ts'

export default {
  usage: 'doctor',
  summary: 'is every system reachable, with the rights it needs? Are Slack and the roles in order?',
  async run(line, args) {
    expectOnly(args, {})
    const settings = await settingsOf(line)
    const log = logOf(line, settings, 'silent')
    const systems = systemsOf(line, settings, log)
    const asked = systems.all.filter((system) => system.use !== 'manual')
    const checks = [
      ...asked.map(checkSystem),
      slackFinding(line, settings, log),
      hostFinding(line),
      signingFinding(line),
      ...escrowFinding(settings),
    ]
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
    ...told.map((one) => `          ${oneLine(one)}`),
    ...problems.map((one) => `        ! ${oneLine(one)}`),
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

function escrowFinding({ escrow }: Settings): Promise<Finding>[] {
  if (!escrow) return []
  const { recipients, identity } = escrow
  const told = identity ? [] : ['sealed only: opened with an identity that is elsewhere']
  const finding = async () => {
    const why = await whyNotSealed(recipients, identity?.reveal())
    return { what: 'Escrow of recovery keys', problems: why ? [why] : [], told }
  }
  return [finding()]
}

async function slackFinding(line: CommandLine, settings: Settings, log: Log): Promise<Finding> {
  const what = 'Slack'
  try {
    const access = slackAccess(line)
    const { channel, apiUrl } = settings.slack
    const { as, problems, warnings } = await checkSlack(
      { channel, apiUrl, tokens: access, roles: settings.roles },
      { clock: systemClock, log },
    )
    const how = access.mode === 'socket' ? 'Socket Mode' : 'HTTP'
    return { what, problems, told: [`signed in as ${as}, ${how}`, ...warnings.map((one) => `note: ${one}`)] }
  } catch (error) {
    return { what, problems: [error instanceof Error ? error.message : String(error)], told: [] }
  }
}
