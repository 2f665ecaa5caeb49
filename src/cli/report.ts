/** `latchkey report ID`: writes the report files again, from the record alone. */
import { rmSync, writeFileSync } from 'node:fs'
import { fold } from '../offboarding/decide.ts'
import { report } from '../offboarding/report.ts'
import { reportPage } from '../offboarding/report-page.ts'
import { realDisk } from '../store/disk.ts'
import { eventsOf } from '../store/document.ts'
import { findInJournal } from '../store/from-journal.ts'
import { layoutOf } from '../store/layout.ts'
import { expectOnly, type Subcommand, UsageError } from './command-line.ts'
import { dataFolder } from './surroundings.ts'

export default {
  usage: 'report ID',
  summary: 'writes the report files of an offboarding into this folder',
  async run(line, args) {
    expectOnly(args, { words: 1 })
    const [id] = args
    if (!id) throw new UsageError('of which offboarding? Give its id, such as off-7k3q2m9x.')
    const found = await findInJournal(realDisk, layoutOf(dataFolder(line)), id)
    const events = found ? eventsOf(found.document.events) : []
    const one = fold(id, events)
    if (!one) throw new Error(`there is no offboarding ${id} in ${dataFolder(line)}.`)
    if (!found?.whole) throw new Error(`the record of ${id} is damaged; "latchkey audit verify" says where.`)
    const made = report(one, events)
    writePrivately(`${id}.json`, `${JSON.stringify(made, null, 2)}\n`)
    writePrivately(`${id}.html`, reportPage(made))
    line.out(`Written: ${id}.json and ${id}.html (${one.state}).`)
    return 0
  },
} satisfies Subcommand

/** A file that is there already would keep the rights it has, so it goes first. */
function writePrivately(path: string, content: string): void {
  rmSync(path, { force: true })
  writeFileSync(path, content, { mode: 0o600, flag: 'wx' })
}
