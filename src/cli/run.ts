/** Finds the subcommand and says in one line what went wrong; exit codes: 0 well, 1 a problem found, 2 wrong usage. */
import { printable } from '../log.ts'
import { SettingsError } from '../settings.ts'
import { type CommandLine, type Subcommand, UsageError } from './command-line.ts'

/** Characters of one message. */
const longest = 4000

const subcommands: Readonly<Record<string, () => Promise<{ default: Subcommand }>>> = {
  start: () => import('./start.ts'),
  doctor: () => import('./doctor.ts'),
  plan: () => import('./plan.ts'),
  connectors: () => import('./connectors.ts'),
  audit: () => import('./audit.ts'),
  report: () => import('./report.ts'),
  escrow: () => import('./escrow.ts'),
  stop: () => import('./stop.ts'),
  resume: () => import('./resume.ts'),
  sandbox: () => import('./sandbox.ts'),
}

/** What is printed may repeat what was typed, and what systems call things; a terminal does what control characters say. */
export function run(line: CommandLine): Promise<number> {
  const print = (out: CommandLine['out']) => (text: string) => out(printable(text))
  return runOn({ ...line, out: print(line.out), err: print(line.err) })
}

async function runOn(line: CommandLine): Promise<number> {
  const [name = 'help', ...args] = line.args
  const load = Object.hasOwn(subcommands, name) ? subcommands[name] : undefined
  if (!load) return help(line, name)
  const { default: subcommand } = await load()
  if (args.some((one) => one === '--help' || one === '-h')) {
    line.out(`usage: latchkey ${subcommand.usage}\n  ${subcommand.summary}`)
    return 0
  }
  try {
    return await subcommand.run(line, args)
  } catch (error) {
    if (error instanceof SettingsError) line.err(error.message)
    else line.err(`latchkey ${name}: ${(error instanceof Error ? error.message : String(error)).slice(0, longest)}`)
    if (!isWrongUsage(error)) return 1
    line.err(`usage: latchkey ${subcommand.usage}`)
    return 2
  }
}

function isWrongUsage(error: unknown): boolean {
  return error instanceof UsageError || String((error as { code?: unknown }).code).startsWith('ERR_PARSE_ARGS')
}

async function help(line: CommandLine, name: string): Promise<number> {
  const asked = ['help', '--help', '-h'].includes(name)
  const say = asked ? line.out : line.err
  if (!asked) say(`There is no subcommand ${name.slice(0, 100)}.`)
  say('usage: latchkey SUBCOMMAND')
  const all = await Promise.all(Object.values(subcommands).map(async (load) => (await load()).default))
  const width = Math.max(...all.map((one) => one.usage.length))
  for (const { usage, summary } of all) say(`  ${usage.padEnd(width)}  ${summary}`)
  return asked ? 0 : 2
}
