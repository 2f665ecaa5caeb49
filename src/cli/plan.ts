/** `latchkey plan EMAIL`: what an offboarding would do. Reads only. */
import type { Plan } from '../offboarding/offboarding.ts'
import { expectOnly, oneLine, type Subcommand, UsageError } from './command-line.ts'
import { logOf, settingsOf, systemsOf } from './surroundings.ts'

export default {
  usage: 'plan EMAIL [--json]',
  summary: 'what an offboarding would do; changes nothing',
  async run(line, args) {
    expectOnly(args, { options: ['--json'], words: 1 })
    const [email] = args.filter((one) => !one.startsWith('--'))
    if (!email?.includes('@')) throw new UsageError('whose offboarding? Give an e-mail address.')
    const settings = await settingsOf(line)
    const systems = systemsOf(line, settings, logOf(line, settings, 'silent'))
    const address = email.toLowerCase()
    const leaver = { id: `mailto:${address}`, name: email, emails: [address] }
    const asked = { leaver, choices: { kind: 'resignation' as const, devices: 'lock' as const }, chosenAccounts: {} }
    const plan = await systems.planner.plan(asked, new AbortController().signal)
    await systems.close()
    line.out(args.includes('--json') ? JSON.stringify(plan, null, 2) : spokenPlan(plan))
    return plan.unreadable.length > 0 || plan.protected.length > 0 ? 1 : 0
  },
} satisfies Subcommand

export function spokenPlan(plan: Plan): string {
  const lines: string[] = []
  for (const one of plan.unreadable) lines.push(`${one.connectorTitle} could not be read: ${one.fact}`)
  for (const one of plan.protected) lines.push(`${one.label} in ${one.connector} is protected: ${one.protected}`)
  for (const one of plan.ambiguous) {
    const names = one.candidates.map((account) => account.label).join(', ')
    lines.push(
      `${one.connector} (${one.realm}) knows ${one.candidates.length} who could be meant: ${names}. IT chooses on the card.`,
    )
  }
  // The tasks of the settings are for everybody; they do not show that anybody knows this address.
  const known = plan.steps.some((step) => step.connector !== 'manual')
  if (!known && lines.length === 0) lines.push('Nobody with that address has an account in any connected system.')
  let system = ''
  for (const step of plan.steps) {
    const here = `${step.connectorTitle}, ${step.realm}: ${step.account.label}`
    if (here !== system) lines.push('', here)
    system = here
    const told = step.task ? `task for ${step.task.owner}` : `${step.findings.length} found`
    lines.push(`  ${step.phase.padEnd(9)}${step.title} (${told}${step.irreversible ? ', irreversible' : ''})`)
    for (const finding of step.findings) lines.push(`    ${finding.state.padEnd(8)}${finding.label}: ${finding.fact}`)
  }
  return lines.map(oneLine).join('\n').trimStart()
}
