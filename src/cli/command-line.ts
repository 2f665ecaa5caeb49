/** What a subcommand is handed, and what it is. */
import type { Surrounded } from '../app.ts'

export interface CommandLine {
  args: readonly string[]
  env: Readonly<Record<string, string | undefined>>
  readFile(path: string): string
  out(text: string): void
  err(text: string): void
  /** What a person asked to see, letter by letter: nothing is taken out of it. */
  show?(text: string): void
  /** From here on these are printed nowhere, whatever prints. */
  learn?(secrets: readonly string[]): void
  ended: Promise<unknown>
  die(error: unknown): void
  /** How vendor requests leave; only tests bend it. */
  send?: Surrounded['send']
}

/** A subcommand: a file of its own, loaded when it is called. */
export interface Subcommand {
  usage: string
  summary: string
  run(line: CommandLine, args: readonly string[]): Promise<number>
}

/** The command line was not understood; the message says how it is meant. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

/** For what others wrote: a line feed in it would begin a line that looks like ours. */
export function oneLine(text: string): string {
  // One pattern for both would look at each blank of a long row again from every blank before it.
  return text.replace(/\s+/g, (blank) => (/[\r\n]/.test(blank) ? ' ' : blank))
}

/** Throws where there is an option or a word too many: what is mistyped must not be passed over in silence. */
export function expectOnly(args: readonly string[], allowed: { options?: readonly string[]; words?: number }): void {
  const strange = args.find((one) => one.startsWith('-') && !allowed.options?.includes(one))
  if (strange) throw new UsageError(`there is no option ${strange}.`)
  const extra = args.filter((one) => !one.startsWith('-'))[allowed.words ?? 0]
  if (extra) throw new UsageError(`what is ${extra} meant for?`)
}
