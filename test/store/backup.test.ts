import { describe, expect, test } from 'vitest'
import type { EmbeddedStore } from '../../src/store/embedded.ts'
import { verifyJournal } from '../../src/store/verify.ts'
import { failing, type MemoryDisk, memoryDisk } from '../support/disk-memory.ts'
import { asked, folder, noted, openStore, toldBy } from '../support/store-bed.ts'

interface Ear {
  acknowledged(id: string, event: string): void
  closed(id: string): void
}

/** A day in the life of a store, quickly: five offboardings, closed and opened again, segments sealed, documents written. */
async function day(store: EmbeddedStore, ear: Ear): Promise<void> {
  const add = async (id: string, what: string) => {
    await store.append(id, [noted(what)])
    ear.acknowledged(id, what)
  }
  const begin = async (id: string) => {
    await store.append(id, [asked])
    ear.acknowledged(id, 'requested')
  }
  const close = async (id: string) => {
    await store.close(id)
    ear.closed(id)
  }
  await Promise.all(['off-1', 'off-2', 'off-3'].map(begin))
  for (const part of ['a', 'b', 'c', 'd']) {
    await Promise.all(['off-1', 'off-2', 'off-3'].map((id) => add(id, `${id} ${part}`)))
    await store.flush()
    if (part === 'b') await close('off-2')
    if (part === 'c') await Promise.all([close('off-3'), begin('off-4')])
    await add('off-1', `off-1 ${part} again`)
  }
  await add('off-4', 'off-4 a')
  await Promise.all(['off-1', 'off-2', 'off-3', 'off-4'].map(close))
  // Enough to begin another segment: what was closed before is no longer in the newest one.
  for (let n = 0; n < 12; n += 1) await add('system', `a stranger asked, ${n}`)
  await begin('off-5')
  for (const part of ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']) await add('off-5', `off-5 ${part}`)
}

/** Top names in the order in which they are copied, and within the journal which segment first. */
interface Way {
  order: readonly string[]
  newestFirst?: true
}

const advised: Way = { order: ['open', 'closed', 'journal'] }
const ways: Record<string, Way> = {
  'as advised': advised,
  'with the list of what is closed first': { order: ['closed.idx.jsonl', 'closed', 'open', 'journal'] },
  'by the alphabet': { order: ['closed', 'closed.idx.jsonl', 'journal', 'open'] },
  'the journal first': { order: ['journal', 'open', 'closed.idx.jsonl', 'closed'] },
  'the newest first': { order: ['open', 'journal', 'closed.idx.jsonl', 'closed'], newestFirst: true },
}

/**
 * Copies one file at each step; each folder is listed when its turn comes, as cp, tar and rsync do. What is written to a
 * file while it is read may arrive in part: of the newest segment a few bytes after `sure` are missing.
 */
function* copying(disk: MemoryDisk, way: Way, copy: MemoryDisk, sure: (name: string) => number): Generator<void> {
  for (const top of way.order) {
    const names = disk.names().filter((name) => name === `${folder}/${top}` || name.startsWith(`${folder}/${top}/`))
    if (way.newestFirst) names.reverse()
    for (const name of names) {
      const bytes = disk.bytes(name)
      if (bytes) copy.put(name, isNewest(disk, name) ? bytes.subarray(0, cutAt(bytes, sure(name))) : bytes)
      yield
    }
  }
}

function isNewest(disk: MemoryDisk, name: string): boolean {
  return name === disk.names().findLast((one) => one.startsWith(`${folder}/journal/0`))
}

/** A segment appears with its first line; what follows may be on its way. */
function cutAt(bytes: Buffer, sure: number): number {
  return Math.max(sure, bytes.indexOf('\n') + 1, bytes.length - 40)
}

interface Copied {
  copy: MemoryDisk
  /** What was acknowledged when the copying began, and in the end. */
  before: Record<string, string[]>
  all: Record<string, string[]>
  closed: readonly string[]
}

/** `from`: at which call to the disk the copying begins; one more file at every `pace`-th call after it. */
async function copiedDuring(way: Way, from: number, pace: number, segmentBytes: number): Promise<Copied | undefined> {
  const [disk, copy] = [memoryDisk(), memoryDisk()]
  const all: Record<string, string[]> = {}
  const closed = new Set<string>()
  let began: { before: Copied['before']; closed: string[]; steps: Generator<void> } | undefined
  let calls = Number.NEGATIVE_INFINITY
  disk.fault = () => {
    calls += 1
    if (calls === from) {
      const lengths = new Map(disk.names().map((name) => [name, disk.bytes(name)?.length ?? 0]))
      const steps = copying(disk, way, copy, (name) => lengths.get(name) ?? 0)
      began = { before: structuredClone(all), closed: [...closed], steps }
    }
    if (calls % pace === 0) began?.steps.next()
    return undefined
  }
  const store = await openStore({ disk, segmentBytes })
  calls = 0
  await day(store, {
    acknowledged: (id, what) => {
      all[id] = [...(all[id] ?? []), what]
      closed.delete(id)
    },
    closed: (id) => void closed.add(id),
  })
  await store.stop()
  if (!began) return undefined
  for (const _ of began.steps);
  return { copy, all, before: began.before, closed: began.closed }
}

/** Every so-manieth moment of the day, and three speeds of copying. */
async function* copies(way: Way, stride: number, segmentBytes: number): AsyncGenerator<Copied & { label: string }> {
  for (const pace of [1, 4, 9])
    for (let from = 1; ; from += stride) {
      const copied = await copiedDuring(way, from, pace, segmentBytes)
      if (!copied) break
      yield { ...copied, label: `from call ${from}, a file every ${pace}` }
    }
}

/** What is held back, and what was said. What is told is all that was acknowledged before, and nothing that was not. */
async function examine({ copy, before, all, closed, label }: Copied & { label: string }) {
  const store = await openStore({ disk: copy })
  const problems = store.problems()
  const barred = problems.flatMap((problem) => problem.offboarding ?? [])
  const listed = (await store.closed(99)).map((one) => one.id)
  for (const [id, events] of Object.entries(before)) {
    if (barred.includes(id)) continue
    const told = toldBy(await store.history(id))
    expect(told.slice(0, events.length), `${label}: ${id}`).toEqual(events)
    expect(all[id]?.slice(0, told.length), `${label}: ${id}`).toEqual(told)
    if (closed.includes(id) && told.length === events.length) expect(listed, `${label}: ${id}`).toContain(id)
  }
  await store.stop()
  return { barred, said: problems.map(({ fact }) => fact) }
}

/** A line on its way, and a document that was copied just before what it is about was closed. */
const harmless = /was being written when the process or the machine stopped|belongs to nothing in the journal/

describe('a copy of the data folder, made while the store is at work', () => {
  test('journal last, as advised, is whole at whichever moment, but for a line that was being written', async () => {
    let [count, tails] = [0, 0]
    for await (const copied of copies(advised, 17, 3000)) {
      expect((await verifyJournal(folder, copied.copy)).bad, copied.label).toBeUndefined()
      const { barred, said } = await examine(copied)
      expect(barred, copied.label).toEqual([])
      expect(
        said.filter((fact) => !harmless.test(fact)),
        copied.label,
      ).toEqual([])
      count += 1
      tails += said.length
    }
    expect(count).toBeGreaterThan(40)
    expect(tails).toBeGreaterThan(0)
  }, 60_000)

  test('of the journal alone tells all of it, and lists what was closed', async () => {
    for await (const copied of copies({ order: ['journal'] }, 29, 3000)) {
      const { barred, said } = await examine(copied)
      expect(barred, copied.label).toEqual([])
      expect(
        said.filter((fact) => !harmless.test(fact)),
        copied.label,
      ).toEqual([])
    }
  }, 60_000)

  test.each(Object.entries(ways))(
    '%s: nothing is missing without a word',
    async (_how, way) => {
      for await (const copied of copies(way, 29, 1 << 20)) await examine(copied)
    },
    60_000,
  )
})

test('a list that was left out of the backup is made again as a whole, also where a closing is finished first', async () => {
  const disk = memoryDisk()
  const store = await openStore({ disk, segmentBytes: 2000 })
  for (const id of ['off-1', 'off-2']) await store.append(id, [asked])
  for (const id of ['off-1', 'off-2']) await store.close(id)
  for (let n = 0; n < 9; n += 1) await store.append('system', [noted('so that the newest segment is another')])
  await store.append('off-3', [asked])
  // Its closing is on record, and its document does not move any more.
  disk.fault = (operation, path) =>
    operation === 'rename' && path.includes('/closed/') ? { error: failing('EIO') } : undefined
  await store.close('off-3')
  await store.stop()
  const copy = disk.survivor('kill')
  copy.remove('/data/closed.idx.jsonl')
  const restored = await openStore({ disk: copy })
  expect((await restored.closed(99)).map((one) => one.id).sort()).toEqual(['off-1', 'off-2', 'off-3'])
  await restored.stop()
  expect(copy.names()).toContain('/data/closed/2026-11/off-3.json')
})
