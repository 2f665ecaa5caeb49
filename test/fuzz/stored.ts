/**
 * What is stored: bytes flipped, cut, doubled, swapped, of somebody else. The store opens, or refuses with words; each
 * offboarding is told completely, or held back; and what became of the journal, `verify` sees.
 */
import fc from 'fast-check'
import { codeOf } from '../../src/store/disk.ts'
import { isFlaw, scanSegment } from '../../src/store/segment.ts'
import { verifyJournal } from '../../src/store/verify.ts'
import { viewOf } from '../../src/store/view.ts'
import { type MemoryDisk, memoryDisk } from '../support/disk-memory.ts'
import { openStore, toldBy } from '../support/store-bed.ts'
import { furnished, truth } from '../support/store-damage.ts'
import { type Door, hold, must, type Task } from './door.ts'
import { change, changed } from './json.ts'
import { text } from './texts.ts'

interface Damage {
  file: number
  how:
    | 'flip'
    | 'cut'
    | 'drop-line'
    | 'double-line'
    | 'swap-lines'
    | 'put'
    | 'remove'
    | 'insert'
    | 'bend'
    | 'other'
    | 'huge'
    | 'new'
  at: number
  words: string
  change: Parameters<typeof changed>[1]
}

const damage: fc.Arbitrary<Damage> = fc.record({
  file: fc.nat(20),
  how: fc.constantFrom<Damage['how']>(
    ...(['flip', 'flip', 'flip', 'cut', 'cut', 'drop-line', 'double-line', 'swap-lines', 'put', 'remove'] as const),
    ...(['insert', 'bend', 'bend', 'other', 'new'] as const),
  ),
  at: fc.nat(100_000),
  words: text,
  change: change.filter((one) => one.how.kind !== 'deep'),
})

interface Furnished {
  disk: MemoryDisk
  files: readonly string[]
  head: string
  /** The lines of each file of the journal. */
  written: ReadonlyMap<string, ReadonlySet<string>>
}

let ready: Promise<Furnished> | undefined

async function furnish(): Promise<Furnished> {
  const disk = await furnished(2500)
  const { head } = await verifyJournal('/data', disk)
  const files = disk.names().filter((name) => name.startsWith('/data/'))
  const linesOf = (file: string) => scanSegment(disk.bytes(file)!, file, 1).items.map((item) => item.text)
  const journals = files.filter((name) => name.includes('/journal/'))
  return { disk, files, head: head.hash, written: new Map(journals.map((file) => [file, new Set(linesOf(file))])) }
}

const names = [
  '/data/lock',
  '/data/journal/000009.jsonl',
  '/data/open/x.json',
  '/data/open/.json',
  '/data/closed/2026-11/off-9.json',
  '/data/stray',
  '/data/journal/zzz',
]

function apply(disk: MemoryDisk, files: readonly string[], one: Damage): void {
  const file = one.how === 'new' ? names[one.file % names.length]! : files[one.file % files.length]!
  const bytes = disk.bytes(file) ?? Buffer.alloc(0)
  const lines = bytes.toString('latin1').split('\n')
  const at = one.at % Math.max(1, bytes.length)
  const line = one.at % Math.max(1, lines.length)
  const put = (content: Buffer) => disk.put(file, content)
  const join = (now: readonly string[]) => put(Buffer.from(now.join('\n'), 'latin1'))
  switch (one.how) {
    case 'flip': {
      const copy = Buffer.from(bytes)
      if (copy.length > 0) copy[at] = copy[at]! ^ (1 << (one.file % 8))
      return put(copy)
    }
    case 'cut':
      return put(bytes.subarray(0, at))
    case 'drop-line':
      return join(lines.toSpliced(line, 1))
    case 'double-line':
      return join(lines.toSpliced(line, 0, lines[line] ?? ''))
    case 'swap-lines':
      return join(lines.toSpliced(line, 2, lines[line + 1] ?? '', lines[line] ?? ''))
    case 'put':
    case 'new':
      return put(Buffer.from(one.words))
    case 'remove':
      return disk.remove(file)
    case 'insert':
      return put(Buffer.concat([bytes.subarray(0, at), Buffer.from(one.words), bytes.subarray(at)]))
    case 'other':
      return put(Buffer.from(disk.bytes(files[one.at % files.length]!) ?? Buffer.alloc(0)))
    case 'huge':
      return put(Buffer.concat([bytes, Buffer.alloc(4 << 20, 0x61)]))
    default:
      return bend(lines, line, one.change, (now) => put(Buffer.from(now)))
  }
}

/** One line, read as JSON, with something done to it. */
function bend(lines: string[], at: number, how: Damage['change'], put: (text: string) => void): void {
  try {
    const value = JSON.parse(lines[at] ?? '')
    put(lines.toSpliced(at, 1, JSON.stringify(changed(value, how).value) ?? '').join('\n'))
  } catch {
    put(lines.join('\n')) // Not a line of JSON: left as it is.
  }
}

async function check(damages: readonly Damage[]): Promise<void> {
  ready ??= furnish()
  const { disk: whole, files, head } = await ready
  const disk = whole.survivor('kill')
  for (const one of damages) apply(disk, files, one)
  await checkVerify(disk, whole, files, head)
  await checkOpen(disk, damages)
}

async function checkVerify(disk: MemoryDisk, whole: MemoryDisk, files: readonly string[], head: string): Promise<void> {
  const verified = await verifyJournal('/data', disk)
  const silent = !verified.bad && !verified.unfinished && verified.head.hash === head
  const journals = files.filter((name) => name.includes('/journal/'))
  const same = journals.every((name) => disk.bytes(name)?.equals(whole.bytes(name)!))
  must(same || !silent, 'verify says that a changed journal is whole')
}

/** Undoing a piece of an end that nobody acknowledged leaves a shorter record; nothing else may. */
async function checkOpen(disk: MemoryDisk, damages: readonly Damage[]): Promise<void> {
  const store = await openStore({ disk }).catch((error: unknown) => {
    must(
      error instanceof Error && !codeOf(error) && isWords(error.message),
      `another error: ${error instanceof Error ? error.stack : error}`,
    )
  })
  if (!store) return
  try {
    const barred = new Set(store.problems().flatMap((problem) => problem.offboarding ?? []))
    for (const { file, fact } of store.problems())
      must(file && isWords(fact), `a problem without words: ${file}: ${fact}`)
    for (const [id, events] of store.opened()) {
      const told = toldBy(events)
      const known = truth[id] ?? ['requested', 'off-4 a']
      must(!barred.has(id), `${id} runs and is held back`)
      const complete = told.length === known.length
      const prefix = told.every((one, index) => one === known[index])
      must(prefix && (complete || damages.length > 1), `${id} is told as ${told.join(', ')}`)
    }
    await store.history('off-1').catch(() => undefined)
    await store.closed(10)
  } finally {
    await store.stop()
  }
}

function isWords(message: string): boolean {
  return message.length > 10 && !/is not a function|Cannot read|Maximum call stack/.test(message)
}

const reads = ['flip', 'cut', 'put', 'insert', 'bend', 'drop-line', 'double-line', 'swap-lines'] as const

/** One file, read as each kind of file that it could be. */
async function readOnly(damages: readonly Damage[]): Promise<void> {
  ready ??= furnish()
  const { disk: whole, files, written } = await ready
  const [first] = damages
  const file = files[first!.file % files.length]!
  const disk = memoryDisk()
  disk.put(file, whole.bytes(file)!)
  for (const one of damages) apply(disk, [file], { ...one, how: reads[one.at % reads.length]! })
  const bytes = disk.bytes(file)!
  const segment = scanSegment(bytes, 'journal/000001.jsonl', 1)
  const view = viewOf([segment])
  for (const { fact } of [...view.flaws]) must(isWords(fact), `a flaw without words: ${fact}`)
  const before = written.get(file)
  if (!before || bytes.equals(whole.bytes(file)!)) return
  const sound = segment.items.filter((item) => !isFlaw(item)).map((item) => ('text' in item ? item.text : ''))
  must(
    sound.every((one) => before.has(one)),
    'a line that nobody wrote is sound',
  )
}

const part = (name: string, share: number, inputs: fc.Arbitrary<readonly Damage[]>) => ({
  name,
  share,
  hold: (task: Task) => hold(task, inputs, check),
})

export const stored: Door = {
  name: 'stored',
  parts: [
    {
      name: 'read',
      share: 0.94,
      hold: (task: Task) => hold(task, fc.array(damage, { minLength: 1, maxLength: 3 }), readOnly),
    },
    part('once', 0.04, fc.tuple(damage)),
    part('often', 0.0198, fc.array(damage, { minLength: 2, maxLength: 5 })),
    part('huge', 0.0002, fc.tuple(damage.map((one) => ({ ...one, how: 'huge' as const })))),
  ],
}
