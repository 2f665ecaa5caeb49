import { expect, test } from 'vitest'
import { verifyJournal } from '../../src/store/verify.ts'
import type { MemoryDisk } from '../support/disk-memory.ts'
import { openStore, toldBy } from '../support/store-bed.ts'
import { expectHonest, first, flip, furnished, linesOf, truth } from '../support/store-damage.ts'

const inJournal = (disk: MemoryDisk) => disk.names().filter((name) => name.startsWith('/data/journal/'))

test('a changed bit in each byte of the journal is found by verify, in its file and line', async () => {
  const sound = await furnished(2500)
  const files = inJournal(sound)
  expect(files.length).toBeGreaterThan(2)
  for (const file of files) {
    const bytes = sound.bytes(file)!
    for (let at = 0; at < bytes.length; at += 1) {
      const disk = sound.survivor('kill')
      flip(disk, file, at)
      const { bad } = await verifyJournal('/data', disk)
      const line = bytes.subarray(0, at).toString().split('\n').length
      expect(bad, `${file} byte ${at}`).toMatchObject({ file: file.replace('/data/', ''), line })
    }
  }
}, 120_000)

test('the last line has nothing after it that would betray it: there, each bit of each byte is found', async () => {
  const sound = await furnished()
  const length = sound.bytes(first)!.length
  for (let at = length - linesOf(sound).at(-1)!.length - 1; at < length; at += 1) {
    for (let bit = 0; bit < 8; bit += 1) {
      const disk = sound.survivor('kill')
      flip(disk, first, at, bit)
      const { bad, unfinished } = await verifyJournal('/data', disk)
      expect(bad, `byte ${at} bit ${bit}`).toMatchObject({ file: 'journal/000001.jsonl', line: linesOf(sound).length })
      expect(unfinished).toBeUndefined()
    }
  }
}, 120_000)

test.each([
  ['one segment', 1 << 20],
  ['many segments', 2500],
] as const)(
  'whatever bit changes, an offboarding is told completely or held back: %s',
  async (_name, segmentBytes) => {
    const sound = await furnished(segmentBytes)
    const newest = sound
      .names()
      .filter((name) => name.startsWith('/data/journal/'))
      .at(-1)!
    for (const file of [newest, '/data/open/off-1.json', '/data/open/off-3.json']) {
      for (let at = 0; at < sound.bytes(file)!.length; at += 19) {
        const disk = sound.survivor('kill')
        flip(disk, file, at)
        expect((await expectHonest(disk, `${file} byte ${at}`)).problems).toBeGreaterThan(0)
      }
    }
  },
  60_000,
)

test('whichever line feed changes, so that two entries run into one, neither is forgotten', async () => {
  const sound = await furnished()
  for (const id of Object.keys(truth)) sound.remove(`/data/open/${id}.json`)
  const feeds = [...sound.bytes(first)!.entries()].filter(([, byte]) => byte === 0x0a).map(([at]) => at)
  for (const at of feeds) {
    const disk = sound.survivor('kill')
    flip(disk, first, at)
    expect((await expectHonest(disk, `line feed at ${at}`)).problems).toBeGreaterThan(0)
  }
})

test('whatever bit changes while no document is there, an offboarding is told completely or held back', async () => {
  const sound = await furnished()
  for (const id of Object.keys(truth)) sound.remove(`/data/open/${id}.json`)
  const { length } = sound.bytes(first)!
  const last = length - linesOf(sound).at(-1)!.length - 1
  for (let at = 0; at < length; at += at < last - 19 ? 19 : 3) {
    const disk = sound.survivor('kill')
    flip(disk, first, at)
    const { barred, problems } = await expectHonest(disk, `byte ${at}`)
    expect(problems, `byte ${at}`).toBeGreaterThan(0)
    expect((await expectHonest(disk, `byte ${at}, started again`)).barred, `byte ${at}`).toEqual(barred)
  }
}, 120_000)

test('whatever bit changes in what is closed, it is told as it was, from the journal if need be', async () => {
  const sound = await furnished()
  for (const file of ['/data/closed/2026-11/off-4.json', '/data/closed.idx.jsonl']) {
    const { length } = sound.bytes(file)!
    for (let at = 0; at < length; at += 3) {
      const disk = sound.survivor('kill')
      flip(disk, file, at)
      const store = await openStore({ disk })
      expect(toldBy(await store.history('off-4')), `${file} byte ${at}`).toEqual(['requested', 'off-4 a'])
      expect((await store.verify()).bad).toBeUndefined()
      await store.stop()
    }
  }
}, 120_000)
