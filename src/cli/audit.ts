/**
 * `latchkey audit`: walks the whole record, names the first bad entry, and holds reports and anchors against it; or
 * accepts what is left of a damaged record.
 */
import { userInfo } from 'node:os'
import { parseArgs } from 'node:util'
import { summarize } from '../bot.ts'
import { systemClock } from '../clock.ts'
import { realDisk } from '../store/disk.ts'
import { openEmbeddedStore } from '../store/embedded.ts'
import { readSigningKey } from '../store/signing-key.ts'
import { type BadEntry, type Entry, type Verified, verifyJournal } from '../store/verify.ts'
import { type CommandLine, expectOnly, oneLine, type Subcommand, UsageError } from './command-line.ts'
import { anchorOf, heldAnchor, heldReport, reportOf, wantedBy } from './held-against.ts'
import { dataFolder } from './surroundings.ts'

export default {
  usage: 'audit verify [REPORT.json …] [--anchor SEQ:HASH …] [--key FINGERPRINT …] | audit accept ID --note WHY',
  summary:
    'checks the hash chain of the record, and reports and anchors against it; or lets a damaged offboarding go on',
  run(line, args) {
    if (args[0] === 'verify') return verify(line, args.slice(1))
    if (args[0] === 'accept') return accept(line, args.slice(1))
    throw new UsageError('verify, or accept?')
  },
} satisfies Subcommand

/** Reads only; the bot may be running. */
async function verify(line: CommandLine, args: readonly string[]): Promise<number> {
  const { anchors, reports, keys } = askedOf(args)
  const wanted = wantedBy(anchors, reports)
  const entries = new Map<number, Entry>()
  const verified = await verifyJournal(dataFolder(line), realDisk, (entry) => {
    if (wanted.has(entry.seq)) entries.set(entry.seq, entry)
  })
  sayRecord(line, verified)
  const kept = { entries, end: verified.head }
  const ours = reports.length > 0 ? await ownKeys(line, keys) : keys
  const held = [...anchors.map((one) => heldAnchor(one, kept)), ...reports.map((one) => heldReport(one, ours, kept))]
  for (const { what, wrong, told } of held) {
    if (wrong) line.err(oneLine(`${what}: ${wrong}`))
    else line.out(oneLine(`${what}: ${told}`))
  }
  return verified.bad || held.some((one) => one.wrong) ? 1 : 0
}

function askedOf(args: readonly string[]) {
  const names = args.map((one) => (one.startsWith('-') ? one.replace(/=.*/s, '') : one))
  expectOnly(names, { options: ['--anchor', '--key'], words: args.length })
  const { values, positionals } = parseArgs({
    args: [...args],
    options: { anchor: { type: 'string', multiple: true }, key: { type: 'string', multiple: true } },
    allowPositionals: true,
  })
  return {
    anchors: (values.anchor ?? []).map(anchorOf),
    reports: positionals.map(reportOf),
    keys: new Set(values.key?.map((one) => one.toLowerCase())),
  }
}

/** The key in the data folder, and those that were named. */
async function ownKeys(line: CommandLine, named: ReadonlySet<string>): Promise<Set<string>> {
  const key = await readSigningKey(dataFolder(line), realDisk)
  return new Set([...named, ...(key ? [key.fingerprint] : [])])
}

function sayRecord(line: CommandLine, { entries, head, bad, unfinished }: Verified): void {
  if (unfinished) line.out(unfinishedWords(unfinished))
  if (!bad) return line.out(`${entries} entries, whole and in order. The newest is ${head.seq}:${head.hash}.`)
  line.err(
    `The record is damaged: ${badWords(bad)} IT keeps a copy of the data folder before anything else, then compares it with the backups.`,
  )
}

function badWords({ file, line, byte, seq, offboarding, fact }: BadEntry): string {
  const where = line === 0 ? file : `${file}, line ${line}`
  const whose = offboarding ? ` of ${offboarding}` : ''
  const entry = seq === undefined ? '' : ` It is entry ${seq}${whose}, and begins at byte ${byte ?? 0}.`
  return `${where}: ${fact}.${entry}`
}

function unfinishedWords({ file, line, bytes }: NonNullable<Verified['unfinished']>): string {
  if (bytes === 0) return `${file}, line ${line}: only its line feed is missing; the next start adds it.`
  const why = 'being written at this moment, or cut short by a crash'
  return `${file}, line ${line}: ${bytes} bytes without an end, ${why}. Nobody was told that they are kept; the next start cuts them off and says so.`
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
