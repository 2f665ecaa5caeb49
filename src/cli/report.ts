/** `latchkey report ID`: writes the report files again, from the record alone. */
import { rmSync, writeFileSync } from 'node:fs'
import { reportFiles } from '../report-files.ts'
import { realDisk } from '../store/disk.ts'
import { findInJournal } from '../store/from-journal.ts'
import { layoutOf } from '../store/layout.ts'
import { readSigningKey } from '../store/signing-key.ts'
import { expectOnly, type Subcommand, UsageError } from './command-line.ts'
import { dataFolder } from './surroundings.ts'

const noKey =
  'there is no key to sign it with: the bot makes one at its first start. If this folder was restored from a backup, restore keys/ too.'

export default {
  usage: 'report ID',
  summary: 'writes the report files of an offboarding into this folder, signed',
  async run(line, args) {
    expectOnly(args, { words: 1 })
    const [id] = args
    if (!id) throw new UsageError('of which offboarding? Give its id, such as off-7k3q2m9x.')
    const found = await findInJournal(realDisk, layoutOf(dataFolder(line)), id)
    if (!found) throw new Error(`there is no offboarding ${id} in ${dataFolder(line)}.`)
    if (!found.whole) throw new Error(`the record of ${id} is damaged; "latchkey audit verify" says where.`)
    const key = await readSigningKey(dataFolder(line), realDisk)
    if (!key) throw new Error(noKey)
    const { events: texts, lastSeq: seq, head } = found.document
    const made = reportFiles(id, { texts, seq, head, newest: found.newest }, key)
    if (!made) throw new Error(`there is no offboarding ${id} in ${dataFolder(line)}.`)
    for (const { name, content } of made.files) writePrivately(name, content)
    line.out(`Written: ${id}.json and ${id}.html (${made.state}).`)
    return 0
  },
} satisfies Subcommand

/** A file that is there already would keep the rights it has, so it goes first. */
function writePrivately(path: string, content: string): void {
  rmSync(path, { force: true })
  writeFileSync(path, content, { mode: 0o600, flag: 'wx' })
}
