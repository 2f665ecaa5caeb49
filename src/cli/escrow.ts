/** `latchkey escrow`: recovery keys from the host, where Slack does not answer; on the record first. */
import { escrowOf } from '../app.ts'
import { summarize } from '../bot.ts'
import { systemClock } from '../clock.ts'
import { openLedger } from '../offboarding/ledger.ts'
import { realDisk } from '../store/disk.ts'
import { openEmbeddedStore } from '../store/embedded.ts'
import type { Kept } from '../store/escrow.ts'
import { type CommandLine, expectOnly, oneLine, type Subcommand, UsageError } from './command-line.ts'
import { dataFolder, settingsOf, somebodyHere } from './surroundings.ts'

export default {
  usage: 'escrow ID [NUMBER]',
  summary: 'lists the recovery keys that were kept, or opens one of them, on the record',
  async run(line, args) {
    expectOnly(args, { words: 2 })
    const [id, number] = args
    if (!id) throw new UsageError('of which offboarding? Give its id, such as off-7k3q2m9x.')
    const settings = await settingsOf(line)
    const escrow = escrowOf(settings, dataFolder(line), systemClock)
    if (!escrow) throw new Error('the settings say nothing of an escrow, so no key is kept. IT adds escrow.recipients.')
    const all = await escrow.list(id)
    if (number === undefined) return list(line, id, all)
    const kept = all[Number(number) - 1]
    if (!kept) throw new UsageError(`there is no key ${number}: "latchkey escrow ${id}" lists ${all.length}.`)
    await onRecord(line, kept)
    const opened = await escrow.open(kept)
    const show = line.show ?? line.out
    show('key' in opened ? opened.key : opened.sealed)
    return 0
  },
} satisfies Subcommand

function list(line: CommandLine, id: string, all: readonly Kept[]): number {
  if (all.length === 0) line.out(`Nothing is kept for ${id}.`)
  for (const [index, { name, system, realm, at }] of all.entries())
    line.out(oneLine(`${index + 1}  ${at}  ${name}  (${system}, ${realm})`))
  return 0
}

/** The bot holds the record while it runs, and shows keys itself. */
async function onRecord(line: CommandLine, { offboarding, system, name }: Kept): Promise<void> {
  const now = () => systemClock.now()
  const folder = dataFolder(line)
  const failed: unknown[] = []
  const onFatal = (error: unknown) => void failed.push(error)
  const store = await openEmbeddedStore({ folder, disk: realDisk, clock: systemClock, summarize, onFatal }).catch(
    (error: Error) => {
      throw new Error(`${error.message} While the bot runs, IT opens keys in Slack: /offboard keys ${offboarding}`)
    },
  )
  try {
    const ledger = openLedger(store, { newId: () => 'off-none', now })
    const at = now().toISOString()
    await ledger.opening({ type: 'escrow-opened', at, by: somebodyHere(), offboarding, system, name })
  } finally {
    await store.stop()
  }
  if (failed.length > 0) throw failed[0]
}
