/** `latchkey audit verify`: walks the whole record and names the first bad entry. Reads only; the bot may be running. */
import { realDisk } from '../store/disk.ts'
import { verifyJournal } from '../store/verify.ts'
import { type Subcommand, UsageError } from './command-line.ts'
import { dataFolder } from './surroundings.ts'

export default {
  usage: 'audit verify',
  summary: 'checks the hash chain of everything that was recorded',
  async run(line, args) {
    if (args[0] !== 'verify') throw new UsageError('there is one thing to do: verify.')
    const folder = dataFolder(line)
    const result = await verifyJournal(folder, realDisk)
    const { entries, head, bad } = result
    if (bad) {
      line.err(
        `The record is damaged: ${bad.file}, line ${bad.line}: ${bad.fact}. IT keeps a copy of the data folder before anything else, then compares it with the backups.`,
      )
      return 1
    }
    line.out(`${entries} entries, whole and in order. The newest hash is ${head.hash}.`)
    return 0
  },
} satisfies Subcommand
