import { expect, test } from 'vitest'
import { type MemoryDisk, memoryDisk } from '../support/disk-memory.ts'
import { asked, noted, openStore, still, toldBy } from '../support/store-bed.ts'
import { worldClock } from '../support/world-clock.ts'

const told = ['requested', 'off-1 a', 'off-1 b']

/** off-1's last event is some segments old; every document is up to date. */
async function longAgo(): Promise<MemoryDisk> {
  const disk = memoryDisk()
  const store = await openStore({ disk, segmentBytes: 2000 })
  await store.append('off-1', [asked, noted('off-1 a'), noted('off-1 b')])
  await store.append('off-2', [asked])
  for (let count = 0; count < 20; count += 1) await store.append('off-2', [noted(`off-2 ${count}`)])
  await store.stop()
  return disk.survivor('kill')
}

function segmentsRead(disk: MemoryDisk): number {
  return new Set(
    disk.calls.flatMap(({ operation, path }) => (operation === 'read' && path.includes('/journal/') ? [path] : [])),
  ).size
}

test('start-up reads the newest segment and no other', async () => {
  const disk = await longAgo()
  expect(disk.names().filter((name) => name.startsWith('/data/journal/0')).length).toBeGreaterThan(3)
  const store = await openStore({ disk })
  expect(segmentsRead(disk)).toBe(1)
  expect(toldBy(store.opened().get('off-1'))).toEqual(told)
  expect(store.opened().get('off-2')).toHaveLength(21)
  expect(disk.calls.filter((call) => call.operation === 'write')).toEqual([])
})

test('a document that lags behind is caught up from the newest segment', async () => {
  const disk = memoryDisk()
  const store = await openStore({ disk })
  await store.append('off-1', [asked, noted('off-1 a')])
  await store.flush()
  await store.append('off-1', [noted('off-1 b')])
  const next = await openStore({ disk: disk.survivor('power') })
  expect(next.problems()).toEqual([])
  expect(toldBy(next.opened().get('off-1'))).toEqual(told)
})

test('a document that lags behind by whole segments is caught up from those', async () => {
  const disk = memoryDisk()
  const store = await openStore({ disk, segmentBytes: 1500 })
  await store.append('off-1', [asked, noted('off-1 a')])
  await store.flush()
  disk.fault = (_operation, path) =>
    path.startsWith('/data/open') ? { error: Object.assign(new Error('full'), { code: 'ENOSPC' }) } : undefined
  await store.append('off-1', [noted('off-1 b')])
  for (let count = 0; count < 20; count += 1) await store.append('system', [noted(`refused ${count}`)])
  const later = disk.survivor('power')
  const next = await openStore({ disk: later })
  expect(segmentsRead(later)).toBeGreaterThan(2)
  expect(next.problems()).toEqual([])
  expect(toldBy(next.opened().get('off-1'))).toEqual(told)
})

test('a lost document is made again from older segments', async () => {
  const disk = await longAgo()
  disk.remove('/data/open/off-1.json')
  const store = await openStore({ disk })
  expect(store.problems()).toEqual([])
  expect(toldBy(store.opened().get('off-1'))).toEqual(told)
  await store.flush()
  expect(disk.bytes('/data/open/off-1.json')).toBeDefined()
})

test.each<[string, (disk: MemoryDisk) => Promise<Buffer | string>, string]>([
  ['no JSON', async () => '{"version":1,', 'JSON'],
  ['empty', async () => '', 'JSON'],
  ['of another version', async (disk) => textOf(disk).replace('"version":1', '"version":2'), 'expected 1'],
  ['changed', async (disk) => textOf(disk).replace('off-1 a', 'off-1 A'), 'do not lead to its head'],
  ['of another offboarding', async (disk) => disk.bytes('/data/open/off-2.json')!, 'it is about off-2'],
  ['from another journal', async () => textOf(await elsewhere()), 'the journal'],
  ['wrong about where it ends', async (disk) => ending(disk, 1), 'the journal has no entry'],
  ['short of what it says', async (disk) => ending(disk, 3), 'the journal'],
])('a document that is %s is set aside and made again', async (_what, content, why) => {
  const disk = await longAgo()
  const bytes = Buffer.from(await content(disk))
  disk.put('/data/open/off-1.json', bytes)
  const store = await openStore({ disk })
  expect(store.problems()).toEqual([
    { file: 'open/off-1.json', fact: expect.stringContaining('it was put into set-aside/ and made again') },
  ])
  expect(store.problems()[0]?.fact).toContain(why)
  expect(toldBy(store.opened().get('off-1'))).toEqual(told)
  expect(disk.bytes('/data/set-aside/off-1.json')).toEqual(bytes)
})

function textOf(disk: MemoryDisk): string {
  return disk.bytes('/data/open/off-1.json')!.toString()
}

async function elsewhere(): Promise<MemoryDisk> {
  const disk = memoryDisk()
  const store = await openStore({ disk })
  await store.append('off-1', [asked, noted('something else'), noted('off-1 b')])
  await store.stop()
  return disk
}

/** With the number of another entry as its last. */
function ending(disk: MemoryDisk, seq: number): string {
  return textOf(disk).replace('"lastSeq":4', `"lastSeq":${seq}`)
}

test('a document that belongs to nothing is set aside', async () => {
  const disk = await longAgo()
  disk.put('/data/open/off-9.json', textOf(disk).replaceAll('off-1', 'off-9'))
  const store = await openStore({ disk })
  expect(store.problems()[0]).toEqual({ file: 'open/off-9.json', fact: expect.stringContaining('put into set-aside/') })
  expect(store.opened().has('off-9')).toBe(false)
  expect(disk.bytes('/data/set-aside/off-9.json')).toBeDefined()
})

test('what is put aside never covers what is there already', async () => {
  const disk = await longAgo()
  for (const name of ['off-1.json', 'off-1.json.2']) disk.put(`/data/set-aside/${name}`, 'earlier')
  disk.put('/data/open/off-1.json', 'rubbish')
  await openStore({ disk })
  expect(disk.bytes('/data/set-aside/off-1.json')?.toString()).toBe('earlier')
  expect(disk.bytes('/data/set-aside/off-1.json.3')?.toString()).toBe('rubbish')
})

test('a lost document whose beginning is in a lost segment holds its offboarding back', async () => {
  const disk = await longAgo()
  disk.remove('/data/open/off-1.json')
  disk.remove('/data/journal/000001.jsonl')
  const store = await openStore({ disk })
  expect(store.problems().map((problem) => problem.offboarding ?? problem.file)).toEqual([
    'journal/000001.jsonl',
    'off-1',
  ])
  expect(store.opened().get('off-2')).toHaveLength(21)
})

test('changes are gathered: a document is written once for many events, and never before its time', async () => {
  const disk = memoryDisk()
  const clock = worldClock()
  const store = await openStore({ disk, clock, snapshotEvery: 2000 })
  const written = () =>
    disk.calls.filter((call) => call.operation === 'rename' && call.path === '/data/open/off-1.json').length
  await store.append('off-1', [asked])
  for (let count = 0; count < 30; count += 1) await store.append('off-1', [noted(`number ${count}`)])
  await clock.advance(1999)
  expect(written()).toBe(0)
  await clock.advance(1)
  expect(written()).toBe(1)
  await store.append('off-1', [noted('later')])
  await clock.advance(2000)
  expect(written()).toBe(2)
  await clock.advance(60_000)
  expect(written()).toBe(2)
  await store.stop()
})

test('a damaged closed document is set aside and made again from the journal', async () => {
  const disk = memoryDisk()
  const store = await openStore({ disk, segmentBytes: 1000 })
  await store.append('off-1', [asked, noted('off-1 a')])
  await store.close('off-1')
  const file = '/data/closed/2026-11/off-1.json'
  const sound = disk.bytes(file)!
  for (const damage of [() => disk.put(file, 'rubbish'), () => disk.remove(file)]) {
    damage()
    expect(toldBy(await store.history('off-1'))).toEqual(['requested', 'off-1 a'])
    expect(disk.bytes(file)).toEqual(sound)
  }
  expect(disk.bytes('/data/set-aside/off-1.json')?.toString()).toBe('rubbish')
  disk.put(file, 'rubbish')
  await store.append('off-1', [noted('off-1 b')])
  expect(toldBy(await store.history('off-1'))).toEqual(told)
  expect((await store.verify()).bad).toBeUndefined()
})

test('a closed document that neither file nor journal tells is an error, not an empty story', async () => {
  const disk = memoryDisk()
  const store = await openStore({ disk })
  await store.append('off-1', [asked, noted('off-1 a')])
  await store.close('off-1')
  disk.put('/data/closed/2026-11/off-1.json', 'rubbish')
  const journal = disk.bytes('/data/journal/000001.jsonl')!.toString()
  disk.put('/data/journal/000001.jsonl', journal.replace('off-1 a', 'off-1 A'))
  await expect(store.history('off-1')).rejects.toThrow('IT restores it from a backup')
  await expect(store.append('off-1', [noted('off-1 b')])).rejects.toThrow('IT restores it from a backup')
})

test('without the line that closed it, nobody can say that nothing is missing at its end', async () => {
  const disk = memoryDisk()
  const store = await openStore({ disk })
  await store.append('off-1', [asked, noted('off-1 a'), noted('off-1 b')])
  await store.close('off-1')
  disk.put('/data/closed/2026-11/off-1.json', 'rubbish')
  const lines = disk.bytes('/data/journal/000001.jsonl')!.toString().trimEnd().split('\n')
  disk.put('/data/journal/000001.jsonl', `${[...lines.slice(0, -2), 'rubbish', 'rubbish'].join('\n')}\n`)
  await expect(store.history('off-1')).rejects.toThrow('IT restores it from a backup')
})

test.each(['sound', 'damaged'])(
  'one that was opened again just before a crash is taken up, its closed document being %s',
  async (state) => {
    const disk = memoryDisk()
    const store = await openStore({ disk, segmentBytes: 1500 })
    await store.append('off-1', [asked, noted('off-1 a')])
    await store.close('off-1')
    for (let count = 0; count < 20; count += 1) await store.append('system', [noted(`refused ${count}`)])
    disk.fault = (operation) =>
      operation === 'rename' ? { error: Object.assign(new Error('full'), { code: 'ENOSPC' }) } : undefined
    await store.append('off-1', [noted('off-1 b')])
    const later = disk.survivor('power')
    if (state === 'damaged') later.put('/data/closed/2026-11/off-1.json', 'rubbish')
    const next = await openStore({ disk: later })
    expect(toldBy(next.opened().get('off-1'))).toEqual(told)
    if (state === 'damaged') return
    expect(segmentsRead(later), 'the closed document spares reading the rest').toBe(1)
    expect(later.bytes('/data/closed/2026-11/off-1.json')).toBeUndefined()
  },
)

test('the list of closed ones survives half a line, and is made again when it is lost', async () => {
  const disk = memoryDisk()
  const store = await openStore({ disk })
  for (const id of ['off-1', 'off-2']) {
    await store.append(id, [asked])
    await store.close(id)
  }
  await store.stop()
  const index = disk.bytes('/data/closed.idx.jsonl')!
  const damaged = disk.survivor('kill')
  damaged.put('/data/closed.idx.jsonl', Buffer.concat([index, Buffer.from('{"closedAt":"20')]))
  const second = await openStore({ disk: damaged })
  await second.append('off-3', [asked])
  await second.close('off-3')
  expect((await second.closed(10)).map((entry) => entry.id)).toEqual(['off-3', 'off-2', 'off-1'])

  const lost = disk.survivor('kill')
  lost.remove('/data/closed.idx.jsonl')
  const third = await openStore({ disk: lost, clock: still })
  expect((await third.closed(10)).map((entry) => entry.id).sort()).toEqual(['off-1', 'off-2'])
  expect(lost.bytes('/data/closed.idx.jsonl')).toBeDefined()
})

test('what was handed in just before closing is in the closed document', async () => {
  const disk = memoryDisk()
  const store = await openStore({ disk })
  await store.append('off-1', [asked, noted('off-1 a')])
  await Promise.all([store.append('off-1', [noted('off-1 b')]), store.close('off-1')])
  expect(disk.names()).toContain('/data/closed/2026-11/off-1.json')
  expect(toldBy(await store.history('off-1'))).toEqual(told)
})

test('whoever comes while it is being closed opens it again, and nothing is lost or doubled', async () => {
  for (let turns = 0; turns < 80; turns += 3) {
    const disk = memoryDisk()
    const store = await openStore({ disk })
    await store.append('off-1', [asked, noted('off-1 a')])
    const closing = store.close('off-1')
    for (let turn = 0; turn < turns; turn += 1) await Promise.resolve()
    const flushing = store.flush()
    await Promise.all([closing, flushing, store.append('off-1', [noted('off-1 b')])])
    expect(toldBy(await store.history('off-1')), `after ${turns} turns`).toEqual(told)
    const next = await openStore({ disk: disk.survivor('power') })
    expect(next.problems(), `after ${turns} turns`).toEqual([])
    expect(toldBy(next.opened().get('off-1')), `after ${turns} turns`).toEqual(told)
    await store.stop()
    const documents = disk.names().filter((name) => name.endsWith('off-1.json'))
    expect(documents, `after ${turns} turns`).toEqual(['/data/open/off-1.json'])
  }
})
