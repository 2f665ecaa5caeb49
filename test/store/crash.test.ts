/** Dies at every call to the disk, before it and after it, in three ways; what the next start finds must fit. */
import { describe, expect, test } from 'vitest'
import { type Death, type MemoryDisk, memoryDisk } from '../support/disk-memory.ts'
import { asked, noted, openStore, toldBy } from '../support/store-bed.ts'

/** What was asked for and what was acknowledged, by offboarding. */
interface Witness {
  tried: Map<string, string[]>
  acknowledged: Map<string, number>
  /** How many events it had when it was to be closed. */
  closing: Map<string, number>
  /** As `closing`, once that was acknowledged. */
  closed: Map<string, number>
}

/** Small segments, so that sealing happens often; closes, opens again, appends side by side, starts twice. */
async function story(disk: MemoryDisk, witness: Witness, segmentBytes: number): Promise<void> {
  const say = async (store: Awaited<ReturnType<typeof openStore>>, id: string, ...texts: string[]) => {
    const tried = witness.tried.get(id) ?? []
    witness.tried.set(id, tried)
    const events = texts.map((text) => (text === 'requested' ? asked : noted(text)))
    tried.push(...texts)
    const count = tried.length
    await store.append(id, events)
    witness.acknowledged.set(id, Math.max(count, witness.acknowledged.get(id) ?? 0))
  }
  const close = async (store: Awaited<ReturnType<typeof openStore>>, id: string) => {
    witness.closing.set(id, witness.tried.get(id)?.length ?? 0)
    await store.close(id)
    witness.closed.set(id, witness.closing.get(id)!)
  }
  const first = await openStore({ disk, segmentBytes })
  await say(first, 'off-1', 'requested', 'a')
  await Promise.all([say(first, 'off-2', 'requested'), say(first, 'off-3', 'requested'), say(first, 'system', 'x')])
  await first.flush()
  await say(first, 'off-1', 'b', 'c')
  await close(first, 'off-2')
  await Promise.all([say(first, 'off-1', 'd'), say(first, 'off-3', 'e'), say(first, 'off-2', 'again')])
  await first.stop()

  const second = await openStore({ disk, segmentBytes })
  await say(second, 'off-1', 'f')
  await close(second, 'off-2')
  await close(second, 'off-3')
  await say(second, 'off-4', 'requested', 'g')
  await say(second, 'off-5', 'requested')
  await close(second, 'off-5')
  await second.stop()
}

async function check(disk: MemoryDisk, witness: Witness, label: string): Promise<void> {
  const store = await openStore({ disk, segmentBytes: 2500 })
  const problems = store.problems().filter((problem) => !problem.fact.includes('was being written when'))
  expect(problems, label).toEqual([])
  for (const id of witness.closed.keys()) {
    expect(
      disk.names().some((name) => name.endsWith(`/${id}.json`)),
      `${label}: ${id} has its document`,
    ).toBe(true)
  }
  for (const [id, tried] of witness.tried) {
    const told = toldBy(await store.history(id))
    expect(told, `${label}: ${id} as it was tried`).toEqual(tried.slice(0, told.length))
    expect(told.length, `${label}: ${id} as it was acknowledged`).toBeGreaterThanOrEqual(
      witness.acknowledged.get(id) ?? 0,
    )
    if (id !== 'system' && told.length > (witness.closing.get(id) ?? 0)) {
      expect(toldBy(store.opened().get(id)), `${label}: ${id} open`).toEqual(told)
    }
    if (told.length === witness.closed.get(id)) {
      expect(store.opened().has(id), `${label}: ${id} closed`).toBe(false)
      expect(
        (await store.closed(10)).map((entry) => entry.id),
        label,
      ).toContain(id)
    }
    if (id !== 'system' && told.length > 0) await store.append(id, [noted('after')])
  }
  expect((await store.verify()).bad, label).toBeUndefined()
  await store.stop()
  const documents = disk.names().filter((name) => /\/off-\d\.json$/.test(name))
  if (label.startsWith('kill'))
    expect(new Set(documents.map((name) => name.slice(-10))).size, label).toBe(documents.length)
  const again = await openStore({ disk })
  expect(again.problems(), `${label}: started once more`).toEqual([])
  const stray = disk.names().filter((name) => name.startsWith('/data/set-aside') && !name.includes('.torn'))
  expect(stray, label).toEqual([])
}

function fresh(): Witness {
  return { tried: new Map(), acknowledged: new Map(), closing: new Map(), closed: new Map() }
}

/** Sealed after every write, or now and then. */
describe.each<[Death, number]>([
  ['kill', 2500],
  ['power', 900],
  ['torn', 1800],
])('death by %s', (death, segmentBytes) => {
  test('at every call: what was acknowledged is there, in order, and the chain holds', async () => {
    const whole = memoryDisk()
    await story(whole, fresh(), segmentBytes)
    const total = whole.calls.length
    expect(total).toBeGreaterThan(150)
    expect(whole.names().filter((name) => name.startsWith('/data/journal/0')).length).toBeGreaterThan(2)
    for (let call = 1; call <= total; call += 1) {
      for (const after of [false, true]) {
        const disk = memoryDisk()
        disk.dieAt = { call, after }
        const witness = fresh()
        await Promise.race([story(disk, witness, segmentBytes), disk.death])
        await check(disk.survivor(death), witness, `${death} ${after ? 'after' : 'before'} call ${call}`)
      }
    }
  }, 60_000)
})
