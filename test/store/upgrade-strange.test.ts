import { describe, expect, test } from 'vitest'
import { canonicalText, encodeLine, genesis, nextOwn } from '../../src/store/line.ts'
import { verifyJournal } from '../../src/store/verify.ts'
import { type MemoryDisk, memoryDisk } from '../support/disk-memory.ts'
import { contentOf, furnishedBy, versions } from '../support/fixture.ts'
import { asked, folder, noted, openStore, toldBy } from '../support/store-bed.ts'
import { first } from '../support/store-damage.ts'
import { at } from '../support/story.ts'

const version = versions.at(-1) ?? ''

/** Refused with these words, and not a byte, a name or a lock is different. */
async function refused(disk: MemoryDisk, words: RegExp): Promise<void> {
  const before = contentOf(disk)
  await expect(openStore({ disk })).rejects.toThrow(words)
  expect(contentOf(disk)).toEqual(before)
  const done = disk.calls.filter(({ operation }) => ['write', 'rename', 'truncate'].includes(operation))
  expect(done).toEqual([])
}

/** As a later version would begin its own segment on top of what is there. */
function goneOnBy(format: number, more: object = {}): MemoryDisk {
  const disk = furnishedBy(version)
  const last = disk.names().filter((name) => name.startsWith('/data/journal/')).length
  const text = JSON.stringify({ format, heads: {}, ...more })
  const line = { seq: 9999, at: '2027-03-01T08:00:00.000Z', id: String(last + 1), kind: 'begin' as const }
  const { text: whole } = encodeLine({ ...line, text, prev: genesis, prevOwn: genesis })
  disk.put(`/data/journal/${String(last + 1).padStart(6, '0')}.jsonl`, `${whole}\n{"whatever":"comes"}\n`)
  return disk
}

describe('a data folder that a newer version wrote', () => {
  test.each([
    ['with a beginning that still looks as it does now', {}],
    ['with a beginning that nobody here knows', { heads: ['quite', 'different'], zones: 3 }],
  ])('is refused by name and left as it is: %s', async (_how, more) => {
    await refused(goneOnBy(2, more), /written by a newer Latchkey \(its format is 2, this version knows 1\)/)
  })

  test('is not called damaged by verify', async () => {
    await expect(verifyJournal(folder, goneOnBy(7))).rejects.toThrow(/newer Latchkey \(its format is 7/)
  })

  test('but of this format is opened, whatever optional keys it may hold besides', async () => {
    const disk = memoryDisk()
    const text = '{"format":1,"heads":{},"zones":3}'
    const line = { seq: 1, at: '2026-11-23T09:00:00.000Z', id: '1', kind: 'begin' as const }
    const { text: whole } = encodeLine({ ...line, text, prev: genesis, prevOwn: genesis })
    disk.put('/data/journal/000001.jsonl', `${whole}\n`)
    const store = await openStore({ disk })
    expect(store.problems()).toEqual([])
    await store.stop()
  })
})

describe('a folder of something else', () => {
  test.each([
    [
      'a database',
      ['PG_VERSION', 'base/1/112', 'postgresql.conf'],
      /holds PG_VERSION, base, postgresql.conf, and no record/,
    ],
    [
      'a database with a journal of its own',
      ['WiredTiger', 'journal/WiredTigerLog.0000000001'],
      /not Latchkey's: it holds WiredTiger/,
    ],
    ['the log of the system', ['journal/5f2c/system.journal'], /it holds journal\/5f2c/],
    ['a home', ['.bashrc', 'notes.txt'], /it holds .bashrc, notes.txt/],
    ['very much', ['a', 'b', 'c', 'd', 'e', 'f', 'g'], /it holds a, b, c, d, e and 2 more/],
  ])('is refused by what it holds and left as it is: %s', async (_what, names, words) => {
    const disk = memoryDisk()
    for (const name of names) disk.put(`${folder}/${name}`, 'theirs')
    await refused(disk, words)
  })

  test('but a fresh file system, and ours with a stray file in it, are taken', async () => {
    const fresh = memoryDisk()
    fresh.put(`${folder}/lost+found/.keep`, '')
    await (await openStore({ disk: fresh })).stop()
    const ours = furnishedBy(version)
    ours.put(`${folder}/notes.txt`, 'Jo has the second key')
    const store = await openStore({ disk: ours })
    expect(store.problems().map((problem) => problem.file)).toEqual(['notes.txt'])
    await store.stop()
  })

  test('a folder that was begun and not finished before a crash is taken', async () => {
    const disk = memoryDisk()
    await (await openStore({ disk })).stop()
    const calls = disk.calls.length
    for (let call = 1; call <= calls; call += 1) {
      const dying = memoryDisk()
      dying.dieAt = { call, after: true }
      void openStore({ disk: dying }).catch(() => undefined)
      await Promise.race([dying.death, new Promise((done) => setImmediate(done))])
      const next = await openStore({ disk: dying.survivor('kill') })
      await next.append('off-1', [noted('a')])
      await next.stop()
    }
  })
})

/** An offboarding with one more event, as a later version of this format would write it. */
async function withEvent(event: object): Promise<MemoryDisk> {
  const disk = memoryDisk()
  const store = await openStore({ disk })
  await store.append('off-1', [asked])
  await store.append('off-2', [asked])
  const { seq, hash } = store.head()
  await store.stop()
  const own = nextOwn(genesis, 'off-1', canonicalText(asked))
  const line = { seq: seq + 1, at: '2026-11-23T11:00:00.000Z', id: 'off-1', kind: 'event' as const }
  const { text } = encodeLine({ ...line, text: canonicalText(event), prev: hash, prevOwn: own })
  disk.put(first, `${disk.bytes(first)}${text}\n`)
  return disk
}

describe('an event of a later version of the same format', () => {
  test('that says more than is known here keeps what it says, in the journal and in its document', async () => {
    const disk = await withEvent({ ...noted('a'), colour: { of: 'the moon' } })
    const store = await openStore({ disk })
    expect(store.problems()).toEqual([])
    expect(toldBy(store.opened().get('off-1'))).toEqual(['requested', 'a'])
    await store.append('off-1', [noted('b')])
    await store.close('off-1')
    expect(toldBy(await store.history('off-1'))).toEqual(['requested', 'a', 'b'])
    await store.stop()
    expect(disk.bytes('/data/closed/2026-11/off-1.json')?.toString()).toContain('"colour":{"of":"the moon"}')
    expect((await verifyJournal(folder, disk)).bad).toBeUndefined()
  })

  test('of a kind that is not known here holds back that offboarding alone, and nothing of it is lost', async () => {
    const disk = await withEvent({ type: 'teleported', at: at(9) })
    const store = await openStore({ disk })
    expect(store.problems()).toMatchObject([
      { offboarding: 'off-1', fact: expect.stringMatching(/not one this version knows/) },
    ])
    expect([...store.opened().keys()]).toEqual(['off-2'])
    await expect(store.append('off-1', [noted('b')])).rejects.toThrow('off-1')
    await store.stop()
    expect(disk.bytes(first)?.toString()).toContain('teleported')
    expect((await verifyJournal(folder, disk)).bad).toBeUndefined()
  })
})
