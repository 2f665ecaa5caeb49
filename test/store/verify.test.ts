import { expect, test } from 'vitest'
import { decodeLine, encodeLine, isBad, type Line, nextOwn } from '../../src/store/line.ts'
import { type Entry, verifyJournal } from '../../src/store/verify.ts'
import { type MemoryDisk, memoryDisk } from '../support/disk-memory.ts'
import { asked, noted, openStore } from '../support/store-bed.ts'

const first = '/data/journal/000001.jsonl'
const second = '/data/journal/000002.jsonl'

/** Two segments; off-1's entries are in the first alone. */
async function kept(): Promise<MemoryDisk> {
  const disk = memoryDisk()
  const store = await openStore({ disk, segmentBytes: 3500 })
  await store.append('off-1', [asked, noted('true'), noted('and more')])
  await store.append('off-2', [asked])
  for (let count = 0; !disk.bytes(second); count += 1) await store.append('off-2', [noted(`off-2 ${count}`)])
  await store.append('off-2', [noted('the last')])
  await store.stop()
  return disk.survivor('kill')
}

function linesOf(disk: MemoryDisk, file: string): Line[] {
  const texts = disk.bytes(file)!.toString().trimEnd().split('\n')
  return texts.map((text) => {
    const line = decodeLine(text)
    if (isBad(line)) throw new Error(line.fact)
    return line
  })
}

function startOf(disk: MemoryDisk, line: number): number {
  const before = disk
    .bytes(first)!
    .toString()
    .split('\n')
    .slice(0, line - 1)
  return Buffer.byteLength(before.join('\n')) + 1
}

interface Fits {
  prev?: boolean
  own?: boolean
  heads?: boolean
}

/** Changes "true" to "false" and makes the hash of that line, and as much else as asked for, fit again. */
function forge(disk: MemoryDisk, fits: Fits): void {
  let prev = '0'.repeat(64)
  const owns = new Map<string, string>()
  for (const file of [first, second]) {
    const texts: string[] = []
    for (const line of linesOf(disk, file)) {
      const text = forgedBody(line, fits, owns.get('off-1') ?? '')
      const prevOwn = fits.own ? (owns.get(line.id) ?? line.prevOwn) : line.prevOwn
      const forged = encodeLine({ ...line, text, prevOwn, prev: fits.prev ? prev : line.prev })
      prev = forged.hash
      if (line.kind === 'event') owns.set(line.id, nextOwn(prevOwn, line.id, text))
      texts.push(forged.text)
    }
    disk.put(file, `${texts.join('\n')}\n`)
  }
}

function forgedBody({ kind, text }: Line, fits: Fits, own: string): string {
  if (kind !== 'begin') return text.replace('"true"', '"false"')
  return fits.heads ? text.replace(/"off-1":\{"own":"\w+"/, `"off-1":{"own":"${own}"`) : text
}

test('a sound journal is counted, with its newest hash', async () => {
  const disk = await kept()
  const lines = [...linesOf(disk, first), ...linesOf(disk, second)]
  const last = lines.at(-1)!
  expect(await verifyJournal('/data', disk)).toEqual({
    segments: 2,
    entries: lines.length,
    head: { seq: last.seq, hash: last.hash },
  })
})

test('an entry that was rewritten, hash and all, is betrayed by the next line', async () => {
  const disk = await kept()
  forge(disk, {})
  expect((await verifyJournal('/data', disk)).bad).toEqual({
    file: 'journal/000001.jsonl',
    line: 4,
    byte: startOf(disk, 4),
    seq: 4,
    offboarding: 'off-1',
    fact: 'does not follow entry 3: the hash of the entry before differs',
  })
})

test('one that was rewritten with the whole chain after it is betrayed by its own chain', async () => {
  const disk = await kept()
  forge(disk, { prev: true })
  expect((await verifyJournal('/data', disk)).bad).toEqual({
    file: 'journal/000001.jsonl',
    line: 4,
    byte: startOf(disk, 4),
    seq: 4,
    offboarding: 'off-1',
    fact: 'does not follow the last entry of off-1',
  })
})

test('one that was rewritten with both chains is betrayed by the next segment', async () => {
  const disk = await kept()
  forge(disk, { prev: true, own: true })
  expect((await verifyJournal('/data', disk)).bad).toEqual({
    file: 'journal/000002.jsonl',
    line: 1,
    byte: 0,
    seq: linesOf(disk, second)[0]!.seq,
    fact: 'says that off-1 stands at entry 4, which it does not',
  })
})

test('a journal that was rewritten altogether has another newest hash: only an anchor outside betrays it', async () => {
  const disk = await kept()
  const { head } = await verifyJournal('/data', disk)
  forge(disk, { prev: true, own: true, heads: true })
  const verified = await verifyJournal('/data', disk)
  expect(verified.bad).toBeUndefined()
  expect(verified.head.seq).toBe(head.seq)
  expect(verified.head.hash).not.toBe(head.hash)
})

test.each<[string, (disk: MemoryDisk) => void, string, number, string]>([
  ['a missing segment', (disk) => disk.remove(first), 'journal/000001.jsonl', 0, 'is missing'],
  [
    'lines that changed places',
    (disk) => swap(disk, 2, 3),
    'journal/000001.jsonl',
    3,
    'is entry 4; entry 3 was to come',
  ],
  ['a line twice', (disk) => repeat(disk, 2), 'journal/000001.jsonl', 4, 'is entry 3; entry 4 was to come'],
  ['a sealed segment cut short', (disk) => cut(disk, first, 30), 'journal/000001.jsonl', 8, 'has no end'],
])('%s is found', async (_what, damage, file, line, fact) => {
  const disk = await kept()
  damage(disk)
  expect((await verifyJournal('/data', disk)).bad).toMatchObject({ file, line, fact: expect.stringContaining(fact) })
})

function edit(disk: MemoryDisk, change: (lines: string[]) => string[]): void {
  const lines = disk.bytes(first)!.toString().trimEnd().split('\n')
  disk.put(first, `${change(lines).join('\n')}\n`)
}

function swap(disk: MemoryDisk, one: number, other: number): void {
  edit(disk, (lines) => lines.with(one, lines[other]!).with(other, lines[one]!))
}

function repeat(disk: MemoryDisk, index: number): void {
  edit(disk, (lines) => lines.toSpliced(index, 0, lines[index]!))
}

function cut(disk: MemoryDisk, file: string, bytes: number): void {
  disk.put(file, disk.bytes(file)!.subarray(0, -bytes))
}

test('a damaged entry is named with where it begins, its number, and whose it is as far as that can be read', async () => {
  const disk = await kept()
  edit(disk, (lines) => lines.with(3, lines[3]!.replace('and more', 'and less')))
  const [file, line] = ['journal/000001.jsonl', 4]
  const where = { file, line, byte: startOf(disk, 4), seq: 4, offboarding: 'off-1' }
  expect((await verifyJournal('/data', disk)).bad).toMatchObject({ ...where, fact: expect.stringContaining('changed') })
  edit(disk, (lines) => lines.with(3, 'rubbish').with(6, 'more rubbish'))
  expect((await verifyJournal('/data', disk)).bad).toEqual({
    ...{ file, line, byte: startOf(disk, 4), seq: 4 },
    fact: expect.stringContaining('is not JSON'),
  })
})

test('an end that was cut off by whole lines leaves no trace in the chain, so an anchor outside must tell', async () => {
  const disk = await kept()
  const before = await verifyJournal('/data', disk)
  const lines = disk.bytes(second)!.toString().trimEnd().split('\n')
  disk.put(second, `${lines.slice(0, -1).join('\n')}\n`)
  const fact = expect.stringMatching(/^ends with entry \d+, but open\/off-2.json holds entry \d+: the entries after it/)
  expect((await verifyJournal('/data', disk)).bad).toEqual({ file: 'journal', line: 0, offboarding: 'off-2', fact })
  // Whoever cuts on purpose takes the document away as well.
  disk.remove('/data/open/off-2.json')
  const { bad, unfinished, head } = await verifyJournal('/data', disk)
  expect({ bad, unfinished }).toEqual({})
  expect(head.seq).toBe(before.head.seq - 1)
})

test('each sound entry is told, with the end of its own chain', async () => {
  const disk = await kept()
  const told: Entry[] = []
  const { entries, head } = await verifyJournal('/data', disk, (entry) => told.push(entry))
  expect(told).toHaveLength(entries)
  expect(told.at(-1)).toMatchObject({ ...head, id: 'off-2' })
  expect(told[3]).toEqual({ seq: 4, hash: linesOf(disk, first)[3]!.hash, id: 'off-1', own: expect.any(String) })
  expect(told[4]).toMatchObject({ id: 'off-2', own: linesOf(disk, first)[5]!.prevOwn })
})

test('a line that is just being written is no damage', async () => {
  const disk = await kept()
  disk.remove('/data/open/off-2.json')
  cut(disk, second, 30)
  const verified = await verifyJournal('/data', disk)
  expect(verified.bad).toBeUndefined()
  expect(verified.unfinished).toMatchObject({ file: 'journal/000002.jsonl', line: 3 })
})

test('a folder without a journal is not a sound journal', async () => {
  expect((await verifyJournal('/data', memoryDisk())).bad?.fact).toBe('there is no journal in this folder')
})
