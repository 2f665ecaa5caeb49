/** Finds the subcommand and says in one line what went wrong; exit codes: 0 well, 1 a problem found, 2 wrong usage. */
import { SettingsError } from '../settings.ts'
import { type CommandLine, type Subcommand, UsageError } from './command-line.ts'

const subcommands: Readonly<Record<string, () => Promise<{ default: Subcommand }>>> = {
  start: () => import('./start.ts'),
  doctor: () => import('./doctor.ts'),
  plan: () => import('./plan.ts'),
  connectors: () => import('./connectors.ts'),
  audit: () => import('./audit.ts'),
  report: () => import('./report.ts'),
  sandbox: () => import('./sandbox.ts'),
}

export async function run(line: CommandLine): Promise<number> {
  const [name = 'help', ...args] = line.args
  const load = subcommands[name]
  if (!load) return help(line, name)
  const { default: subcommand } = await load()
  try {
    return await subcommand.run(line, args)
  } catch (error) {
    if (error instanceof SettingsError) line.err(error.message)
    else line.err(`latchkey ${name}: ${error instanceof Error ? error.message : String(error)}`)
    if (!(error instanceof UsageError)) return 1
    line.err(`usage: latchkey ${subcommand.usage}`)
    return 2
  }
}

async function help(line: CommandLine, name: string): Promise<number> {
  const asked = ['help', '--help', '-h'].includes(name)
  const say = asked ? line.out : line.err
  if (!asked) say(`There is no subcommand ${name}.`)
  say('usage: latchkey SUBCOMMAND')
  for (const load of Object.values(subcommands)) {
    const { usage, summary } = (await load()).default
    say(`  ${usage.padEnd(28)} ${summary}`)
  }
  return asked ? 0 : 2
}
