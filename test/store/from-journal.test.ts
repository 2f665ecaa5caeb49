import { expect, test } from 'vitest'
import { findInJournal } from '../../src/store/from-journal.ts'
import { layoutOf } from '../../src/store/layout.ts'
import { type MemoryDisk, memoryDisk } from '../support/disk-memory.ts'
import { asked, noted, openStore } from '../support/store-bed.ts'

const first = '/data/journal/000001.jsonl'

/** off-1 and off-2 are open, off-3 is closed; off-4 came last. */
async function kept(segmentBytes = 1 << 20): Promise<MemoryDisk> {
  const disk = memoryDisk()
  const store = await openStore({ disk, segmentBytes })
  for (const id of ['off-1', 'off-2', 'off-3']) await store.append(id, [asked, noted(`${id} a`)])
  await store.append('off-1', [noted('off-1 b')])
  await store.close('off-3')
  await store.append('off-4', [asked])
  await store.stop()
  return disk.survivor('kill')
}

async function look(disk: MemoryDisk, id: string) {
  const found = await findInJournal(disk, layoutOf('/data'), id)
  return found && { events: found.document.events.length, whole: found.whole, closed: found.closed }
}

function replace(disk: MemoryDisk, part: string, by: (line: string) => string[]): void {
  const lines = disk.bytes(first)!.toString().trimEnd().split('\n')
  disk.put(first, `${lines.flatMap((line) => (line.includes(part) ? by(line) : [line])).join('\n')}\n`)
}

test('an open one and a closed one are told whole', async () => {
  const disk = await kept()
  expect(await look(disk, 'off-1')).toEqual({ events: 3, whole: true, closed: false })
  expect(await look(disk, 'off-3')).toEqual({ events: 2, whole: true, closed: true })
  expect(await look(disk, 'off-9')).toBeUndefined()
})

test('a line of its own that is damaged, in the middle or at its end, is missed', async () => {
  for (const part of ['off-1 a', 'off-1 b']) {
    const disk = await kept()
    replace(disk, part, (line) => [line.replace(part, part.toUpperCase())])
    expect((await look(disk, 'off-1'))?.whole, part).toBe(false)
    expect((await look(disk, 'off-2'))?.whole, part).toBe(true)
    expect((await look(disk, 'off-3'))?.whole, part).toBe(true)
  }
})

test('damage that no longer says whose it was, or a line that is gone, leaves in doubt who came before it and is open', async () => {
  for (const by of [['rubbish'], []]) {
    const disk = await kept()
    replace(disk, 'off-1 b', () => by)
    expect((await look(disk, 'off-1'))?.whole).toBe(false)
    expect((await look(disk, 'off-2'))?.whole).toBe(false)
    expect((await look(disk, 'off-3'))?.whole, 'closed afterwards').toBe(true)
    expect((await look(disk, 'off-4'))?.whole, 'came afterwards').toBe(true)
  }
})

test('a later segment that counts it takes the doubt away', async () => {
  const disk = await kept(5000)
  const store = await openStore({ disk, segmentBytes: 300 })
  for (let count = 0; count < 3; count += 1) await store.append('off-4', [noted(`off-4 ${count}`)])
  await store.stop()
  replace(disk, 'off-1 b', () => ['rubbish'])
  expect((await look(disk, 'off-2'))?.whole).toBe(true)
  expect((await look(disk, 'off-1'))?.whole).toBe(false)
})

test('a line that is just being written raises no doubt', async () => {
  const disk = await kept()
  disk.put(first, disk.bytes(first)!.subarray(0, -40))
  expect((await look(disk, 'off-1'))?.whole).toBe(true)
})
