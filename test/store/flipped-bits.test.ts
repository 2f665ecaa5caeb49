import { expect, test } from 'vitest'
import { verifyJournal } from '../../src/store/verify.ts'
import { expectHonest, first, flip, furnished, linesOf, truth } from '../support/store-damage.ts'

test('any changed bit of the journal is found by verify, in its file and line', async () => {
  const sound = await furnished(2500)
  const files = sound.names().filter((name) => name.startsWith('/data/journal/'))
  expect(files.length).toBeGreaterThan(2)
  let flips = 0
  for (const file of files) {
    const bytes = sound.bytes(file)!
    for (let at = 0; at < bytes.length; at += 13) {
      const disk = sound.survivor('kill')
      flip(disk, file, at)
      const verified = await verifyJournal('/data', disk)
      const line = bytes.subarray(0, at).toString().split('\n').length
      const place = { file: file.replace('/data/', ''), line }
      expect(verified.bad ?? verified.unfinished, `${file} byte ${at}`).toMatchObject(place)
      flips += 1
    }
  }
  expect(flips).toBeGreaterThan(200)
}, 60_000)

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

test('whatever bit changes while no document is there, an offboarding is told completely or held back', async () => {
  const sound = await furnished()
  for (const id of Object.keys(truth)) sound.remove(`/data/open/${id}.json`)
  // The last entry has nothing after it that would prove it was there: only the lines before it.
  const length = sound.bytes(first)!.length - linesOf(sound).at(-1)!.length - 1
  for (let at = 0; at < length; at += 19) {
    const disk = sound.survivor('kill')
    flip(disk, first, at)
    const { barred, problems } = await expectHonest(disk, `byte ${at}`)
    expect(problems, `byte ${at}`).toBeGreaterThan(0)
    expect((await expectHonest(disk, `byte ${at}, started again`)).barred, `byte ${at}`).toEqual(barred)
  }
}, 60_000)
