import { expect, test } from 'vitest'
import { verifyJournal } from '../../src/store/verify.ts'
import { type MemoryDisk, memoryDisk } from '../support/disk-memory.ts'
import { asked, noted, openStore, toldBy } from '../support/store-bed.ts'
import { barredBy, first, furnished, linesOf, putLines, truth } from '../support/store-damage.ts'

test('a torn last line is cut off, said, and its bytes are kept aside', async () => {
  const disk = await furnished()
  const sound = disk.bytes(first)!
  disk.put(first, Buffer.concat([sound, Buffer.from('{"at":"2026-11-23T10:00:00.000Z","event":{"ty')]))
  const store = await openStore({ disk })
  expect(store.problems()).toEqual([
    {
      file: 'journal/000001.jsonl',
      fact: expect.stringContaining('Its 45 bytes were cut off; a copy is in set-aside/'),
    },
  ])
  expect(disk.bytes(first)).toEqual(sound)
  expect(disk.bytes('/data/set-aside/000001.jsonl.torn')?.toString()).toMatch(/^\{"at"/)
  await store.append('off-1', [noted('goes on')])
  expect((await store.verify()).bad).toBeUndefined()
})

test('a power cut that left zeros, or several half lines, is a torn end too', async () => {
  for (const end of [Buffer.alloc(5000), Buffer.from('{"a\n\0\0\0\nxx\n'), Buffer.from('\n')]) {
    const disk = await furnished()
    const sound = disk.bytes(first)!
    disk.put(first, Buffer.concat([sound, end]))
    const store = await openStore({ disk })
    expect(barredBy(store)).toEqual([])
    expect(disk.bytes(first)).toEqual(sound)
    await store.append('off-1', [noted('goes on')])
    expect((await store.verify()).bad).toBeUndefined()
    await store.stop()
  }
})

test.each([
  ['a letter', (text: string) => text.replace('off-3 b', 'off-3 B')],
  ['a letter, so that it is not JSON any more,', (text: string) => text.replace('"off-3 b"', '"off-3 b#')],
  ['the line feed itself', (text: string) => text.replace(/\n$/, 'J')],
  ['one byte to a zero', (text: string) => text.replace('off-3 b', 'off-3\0b')],
])(
  '%s changed in the last line, which nothing follows, is no torn write: it was acknowledged',
  async (_what, change) => {
    const disk = await furnished()
    disk.remove('/data/open/off-3.json')
    const damaged = Buffer.from(change(disk.bytes(first)!.toString()))
    disk.put(first, damaged)
    const { bad, unfinished } = await verifyJournal('/data', disk)
    expect(bad).toMatchObject({ line: linesOf(disk).length, offboarding: 'off-3' })
    expect(unfinished).toBeUndefined()
    const store = await openStore({ disk })
    expect(barredBy(store)).toEqual(['off-3'])
    expect(disk.bytes(first)).toEqual(damaged)
    expect(
      store
        .problems()
        .map((problem) => problem.fact)
        .join(),
    ).not.toContain('nobody was told')
    await store.stop()
  },
)

test('a last line that only lacks its line feed is kept', async () => {
  const disk = await furnished()
  const sound = disk.bytes(first)!
  disk.put(first, sound.subarray(0, -1))
  expect(await verifyJournal('/data', disk)).toMatchObject({ unfinished: { file: 'journal/000001.jsonl', bytes: 0 } })
  const store = await openStore({ disk })
  expect(store.problems()).toEqual([])
  expect(disk.bytes(first)).toEqual(sound)
  await store.append('off-3', [noted('goes on')])
  expect((await store.verify()).bad).toBeUndefined()
})

test('a damaged line holds back its own offboarding alone, and the file is never written again', async () => {
  const disk = await furnished()
  disk.remove('/data/open/off-1.json')
  const lines = linesOf(disk)
  const at = lines.findIndex((line) => line.includes('off-1 b'))
  lines[at] = lines[at]!.replace('off-1 b', 'off-1 B')
  putLines(disk, lines)
  const damaged = disk.bytes(first)!

  const store = await openStore({ disk })
  expect(barredBy(store)).toEqual(['off-1'])
  expect([...store.opened().keys()].sort()).toEqual(['off-2', 'off-3'])
  expect(store.problems()[0]).toEqual({
    file: 'journal/000001.jsonl',
    fact: expect.stringContaining(`Line ${at + 1} was changed: its hash does not fit what it says`),
  })
  await expect(store.append('off-1', [noted('no')])).rejects.toThrow('It does not run until IT')
  await expect(store.history('off-1')).rejects.toThrow('It does not run until IT')
  await store.append('off-2', [noted('goes on')])
  await store.stop()
  expect(disk.bytes(first)).toEqual(damaged)

  for (const round of ['second', 'third']) {
    const next = await openStore({ disk, segmentBytes: 300 })
    expect(barredBy(next), round).toEqual(['off-1'])
    await next.append('off-3', [noted(round)])
    await next.stop()
  }
})

test('damage that a document makes up for holds nobody back', async () => {
  const disk = await furnished()
  const lines = linesOf(disk)
  const at = lines.findIndex((line) => line.includes('off-1 b'))
  lines[at] = 'rubbish'
  putLines(disk, lines)
  const store = await openStore({ disk })
  expect(barredBy(store)).toEqual([])
  expect(toldBy(store.opened().get('off-1'))).toEqual(truth['off-1'])
  await store.append('off-1', [noted('goes on')])
  await store.stop()
  const next = await openStore({ disk })
  expect(next.problems()).toEqual([])
  expect(toldBy(next.opened().get('off-1'))).toEqual([...truth['off-1']!, 'goes on'])
  expect((await next.verify()).bad).toMatchObject({ file: 'journal/000001.jsonl', line: at + 1 })
})

test('a damaged line that no longer says whose it was holds back everyone it could concern, and no one else', async () => {
  const disk = await furnished()
  for (const id of Object.keys(truth)) disk.remove(`/data/open/${id}.json`)
  const lines = linesOf(disk)
  const at = lines.findIndex((line) => line.includes('off-2 b'))
  lines[at] = 'rubbish'
  putLines(disk, lines)
  const store = await openStore({ disk })
  // off-1 and off-3 have later entries whose own chains are whole.
  expect(barredBy(store)).toEqual(['off-2'])
})

test('a missing line is noticed, and holds back whose it was', async () => {
  const disk = await furnished()
  for (const id of Object.keys(truth)) disk.remove(`/data/open/${id}.json`)
  putLines(
    disk,
    linesOf(disk).filter((line) => !line.includes('off-1 b')),
  )
  const store = await openStore({ disk })
  expect(store.problems()[0]?.fact).toContain('entries 11 to 11 are missing')
  expect(barredBy(store)).toEqual(['off-1'])
})

test('a journal that lost its end holds back whoever may have been in it', async () => {
  const disk = await furnished()
  putLines(disk, linesOf(disk).slice(0, -2)) // off-1 c, off-3 b
  disk.remove('/data/open/off-1.json')
  const store = await openStore({ disk })
  expect(store.problems()[0]?.fact).toContain('but open/off-3.json holds entry')
  // off-3's own document has it all; the others may have lost something.
  expect(barredBy(store).sort()).toEqual(['off-1', 'off-2'])
  expect(toldBy(store.opened().get('off-3'))).toEqual(truth['off-3'])
  await store.append('off-3', [noted('goes on')])
  await store.stop()
  const next = await openStore({ disk })
  expect(barredBy(next).sort()).toEqual(['off-1', 'off-2'])
  expect(toldBy(next.opened().get('off-3'))).toEqual([...truth['off-3']!, 'goes on'])
})

test('once the damaged file is restored from a backup, it runs again', async () => {
  const disk = await furnished()
  const backup = disk.bytes(first)!
  disk.remove('/data/open/off-1.json')
  putLines(
    disk,
    linesOf(disk).map((line) => line.replace('off-1 b', 'off-1 B')),
  )
  const store = await openStore({ disk })
  expect(barredBy(store)).toEqual(['off-1'])
  await store.append('off-2', [noted('goes on')])
  await store.stop()
  disk.put(first, backup)
  const next = await openStore({ disk })
  expect(next.problems()).toEqual([])
  expect(toldBy(next.opened().get('off-1'))).toEqual(truth['off-1'])
  expect((await next.verify()).bad).toBeUndefined()
})

test('once a person accepted what is left, it runs again from there', async () => {
  const disk = await furnished()
  disk.remove('/data/open/off-1.json')
  putLines(
    disk,
    linesOf(disk).map((line) => line.replace('off-1 b', 'off-1 B')),
  )
  const store = await openStore({ disk })
  await store.accept('off-1', { by: 'Ira, IT', note: 'compared with the thread in Slack' })
  await store.stop()
  for (const round of ['one', 'two']) {
    const next = await openStore({ disk, segmentBytes: 300 })
    expect(barredBy(next)).toEqual([])
    expect(toldBy(next.opened().get('off-1')).slice(0, 3)).toEqual(['requested', 'off-1 a', 'off-1 c'])
    await next.append('off-1', [noted(round)])
    await next.stop()
  }
  const last = await openStore({ disk })
  expect(toldBy(last.opened().get('off-1'))).toEqual(['requested', 'off-1 a', 'off-1 c', 'one', 'two'])
  expect((await last.verify()).bad).toMatchObject({ file: 'journal/000001.jsonl' })
  await expect(last.accept('off-1', { by: 'Ira, IT', note: '' })).rejects.toThrow('is not held back')
})

/** off-1 and off-3 have their last entries in the first segment, off-2 has one in each. */
async function sealed(): Promise<MemoryDisk> {
  const disk = memoryDisk()
  const store = await openStore({ disk, segmentBytes: 4500 })
  for (const id of ['off-3', 'off-1', 'off-2']) await store.append(id, [asked])
  await store.append('off-1', [noted('off-1 a')])
  await store.flush()
  await store.append('off-2', [noted('off-2 a')])
  await store.append('off-1', [noted('off-1 b')])
  for (let count = 0; count < 20; count += 1) await store.append('off-2', [noted(`off-2 ${count}`)])
  expect(linesOf(disk).some((line) => line.includes('off-1 b'))).toBe(true)
  expect(disk.bytes('/data/journal/000003.jsonl')).toBeDefined()
  await store.stop()
  return disk.survivor('kill')
}

function spoil(disk: MemoryDisk, text: string): void {
  putLines(
    disk,
    linesOf(disk).map((line) => (line.includes(text) ? 'rubbish' : line)),
  )
}

test('an entry lost from a sealed segment is missed, though nothing comes after it', async () => {
  const disk = await sealed()
  spoil(disk, 'off-1 b')
  disk.remove('/data/open/off-1.json')
  const store = await openStore({ disk })
  expect(barredBy(store)).toEqual(['off-1'])
  expect(store.problems().at(-1)?.fact).toContain('counts entry 7 of it, which is missing or damaged')
})

test('damage in a sealed segment raises no doubt about those it does not concern', async () => {
  const disk = await sealed()
  spoil(disk, 'off-2 a')
  disk.remove('/data/open/off-3.json')
  const store = await openStore({ disk })
  expect(
    store
      .problems()
      .map((problem) => problem.fact)
      .join(),
  ).toContain('Line 6 is not JSON')
  expect(barredBy(store)).toEqual([])
  expect(toldBy(store.opened().get('off-3'))).toEqual(['requested'])
})

test('a document of another journal does not make up for a damaged line', async () => {
  const disk = await furnished()
  const at = linesOf(disk).findIndex((line) => line.includes('off-1 c'))
  putLines(
    disk,
    linesOf(disk).map((line) => line.replace('off-1 c', 'off-1 C')),
  )
  const other = memoryDisk()
  const store = await openStore({ disk: other })
  for (let count = 0; count < 9; count += 1) await store.append('system', [noted('filling')])
  await store.append('off-1', [asked, noted('off-1 a'), noted('something else'), noted('off-1 c')])
  await store.stop()
  const foreign = other.bytes('/data/open/off-1.json')!.toString()
  disk.put('/data/open/off-1.json', foreign.replace(/"lastSeq":\d+/, `"lastSeq":${at + 1}`))
  expect(barredBy(await openStore({ disk }))).toEqual(['off-1'])
})

test('a segment that lost everything, its first line too, holds back whoever may have been in it', async () => {
  const disk = await sealed()
  for (const id of ['off-1', 'off-2', 'off-3']) disk.remove(`/data/open/${id}.json`)
  const newest = disk
    .names()
    .filter((name) => name.startsWith('/data/journal/'))
    .at(-1)!
  disk.put(newest, '')
  const store = await openStore({ disk })
  expect(barredBy(store)).toContain('off-2')
  expect(store.problems()[0]?.fact).toContain('a segment begins with a line that says where everything stands')
  expect((await store.verify()).bad).toMatchObject({ file: newest.replace('/data/', ''), line: 0, fact: 'is empty' })
})

test('bytes that merely read like the true text are found', async () => {
  const disk = memoryDisk()
  const store = await openStore({ disk })
  await store.append('off-1', [asked, noted('a strange sign \ufffd'), noted('b')])
  const bytes = disk.bytes(first)!
  const at = bytes.indexOf(Buffer.from('\ufffd'))
  disk.put(first, Buffer.concat([bytes.subarray(0, at), Buffer.from([0xff]), bytes.subarray(at + 3)]))
  expect((await store.verify()).bad).toMatchObject({ file: 'journal/000001.jsonl', line: 3, fact: 'is not UTF-8 text' })
})
