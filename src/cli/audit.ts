/** `latchkey audit`: walks the whole record and names the first bad entry; or accepts what is left of a damaged one. */
import { userInfo } from 'node:os'
import { parseArgs } from 'node:util'
import { summarize } from '../bot.ts'
import { systemClock } from '../clock.ts'
import { realDisk } from '../store/disk.ts'
import { openEmbeddedStore } from '../store/embedded.ts'
import { verifyJournal } from '../store/verify.ts'
import { type CommandLine, expectOnly, type Subcommand, UsageError } from './command-line.ts'
import { dataFolder } from './surroundings.ts'

export default {
  usage: 'audit verify | audit accept ID --note WHY',
  summary: 'checks the hash chain of the record; or lets a damaged offboarding go on with what is left',
  run(line, args) {
    if (args[0] === 'verify') return verify(line, args.slice(1))
    if (args[0] === 'accept') return accept(line, args.slice(1))
    throw new UsageError('verify, or accept?')
  },
} satisfies Subcommand

/** Reads only; the bot may be running. */
async function verify(line: CommandLine, args: readonly string[]): Promise<number> {
  expectOnly(args, {})
  const { entries, head, bad } = await verifyJournal(dataFolder(line), realDisk)
  if (bad) {
    const where = bad.line === 0 ? bad.file : `${bad.file}, line ${bad.line}`
    line.err(
      `The record is damaged: ${where}: ${bad.fact}. IT keeps a copy of the data folder before anything else, then compares it with the backups.`,
    )
    return 1
  }
  line.out(`${entries} entries, whole and in order. The newest hash is ${head.hash}.`)
  return 0
}

/** A person's decision, on the record with their name; the bot must be stopped meanwhile. */
async function accept(line: CommandLine, args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: { note: { type: 'string' } },
    allowPositionals: true,
  })
  const [id] = positionals
  if (!id || !values.note) throw new UsageError('which one, and why? Give its id and --note.')
  const store = await openEmbeddedStore({
    folder: dataFolder(line),
    disk: realDisk,
    clock: systemClock,
    summarize,
    onFatal: line.die,
  })
  try {
    await store.accept(id, { by: userInfo().username, note: values.note })
  } finally {
    await store.stop()
  }
  line.out(`${id} goes on with what is left of its record at the next start.`)
  return 0
}
