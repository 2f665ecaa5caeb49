/** What a subcommand is handed, and what it is. */
export interface CommandLine {
  args: readonly string[]
  env: Readonly<Record<string, string | undefined>>
  readFile(path: string): string
  out(text: string): void
  err(text: string): void
  ended: Promise<unknown>
  die(error: unknown): void
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
