import { expect, it as test } from 'vitest'
import { Refusal } from '../../src/offboarding/decide.ts'
import { openLedger, systemId } from '../../src/offboarding/ledger.ts'
import { memoryStore } from '../support/memory-store.ts'
import { at, clicker, hr, plan, planned, request, requester, signed, step } from '../support/story.ts'

const steps = [step('zoo/cage')]
let count = 0
const ports = { newId: () => `off-${++count}`, now: () => new Date(at(9)) }

async function asked(store = memoryStore()) {
  const ledger = openLedger(store, ports)
  const { id } = await ledger.request(request())
  await ledger.record(id, planned(steps))
  return { store, ledger, id, digest: plan(steps).digest }
}

test('a form that is delivered twice asks once', async () => {
  const { ledger, id, store } = await asked()
  expect((await ledger.request(request())).id).toBe(id)
  expect([...store.kept.keys()]).toEqual([id])
})

test('two who click in the same moment are heard one after the other, and the second is told', async () => {
  const { ledger, id, digest } = await asked()
  const other = clicker('UHR2', ['hr'])
  const results = await Promise.allSettled([
    ledger.record(id, signed('hr', hr, digest)),
    ledger.record(id, signed('hr', other, digest)),
  ])
  expect(results.map((one) => one.status)).toEqual(['fulfilled', 'rejected'])
  expect((results[1] as PromiseRejectedResult).reason.message).toMatch(/HR has signed already/)
  expect(ledger.get(id)?.signOffs.hr?.by.id).toBe(hr.id)
})

test('a refusal is on record with who, what and why, and changes nothing else', async () => {
  const { ledger, id, store, digest } = await asked()
  const before = ledger.get(id)
  await expect(ledger.record(id, signed('hr', requester, digest))).rejects.toThrow(Refusal)
  expect(store.kept.get(id)?.at(-1)).toMatchObject({
    type: 'refused',
    by: { id: requester.id },
    what: 'signed',
    why: expect.stringContaining('Only HR'),
  })
  expect(ledger.get(id)).toEqual({ ...before, events: (before?.events ?? 0) + 1 })
})

test('a refused request is on record although there is no offboarding', async () => {
  const store = memoryStore()
  const ledger = openLedger(store, ports)
  await expect(ledger.request(request({ by: { id: 'UJO', name: 'Jo' } }))).rejects.toThrow(/your own offboarding/)
  expect(store.kept.get(systemId)).toMatchObject([{ type: 'refused', by: { id: 'UJO' } }])
})

test('several events of one call are kept together or not at all', async () => {
  const { ledger, id, store, digest } = await asked()
  const length = store.kept.get(id)?.length ?? 0
  await expect(ledger.record(id, signed('hr', hr, digest), signed('it', hr, digest))).rejects.toThrow(/Only IT/)
  expect(
    store.kept
      .get(id)
      ?.slice(length)
      .map((event) => event.type),
  ).toEqual(['refused'])
  expect(ledger.get(id)?.signOffs).toEqual({})
})

test('what could not be kept did not happen', async () => {
  const { ledger, id, store, digest } = await asked()
  store.before = () => {
    throw new Error('no space left')
  }
  await expect(ledger.record(id, signed('hr', hr, digest))).rejects.toThrow('no space left')
  expect(ledger.get(id)?.signOffs).toEqual({})
})

test('a damaged one does not run, and says why', async () => {
  const { store, id } = await asked()
  const damaged = {
    ...store,
    problems: () => [
      { file: 'journal/000001.jsonl', fact: 'line 7 is damaged; IT restores it from a backup.', offboarding: id },
    ],
  }
  const ledger = openLedger(damaged, ports)
  expect(ledger.open()).toEqual([])
  await expect(ledger.record(id, planned(steps))).rejects.toThrow(/cannot go on: line 7 is damaged/)
})

test('a close that a crash interrupted is finished at the next start', async () => {
  const { store, ledger, id } = await asked()
  await ledger.record(id, { type: 'withdrawn', at: at(1), by: requester })
  const closed: string[] = []
  const failing = { ...store, close: async (one: string) => void closed.push(one) }
  store.kept.get(id)?.push({ type: 'closed', at: at(2) })
  expect(openLedger(failing, ports).open()).toEqual([])
  expect(closed).toEqual([id])
})

test('who asks for the closed ones right after a start is told of one that is only now put away', async () => {
  const { store, ledger, id } = await asked()
  await ledger.record(id, { type: 'withdrawn', at: at(1), by: requester })
  store.kept.get(id)?.push({ type: 'closed', at: at(2) })
  const listed: { id: string; leaver: string; state: 'withdrawn'; closedAt: string }[] = []
  const slow = {
    ...store,
    async close(one: string) {
      await new Promise((done) => setImmediate(done))
      listed.push({ id: one, leaver: 'Jo Miller', state: 'withdrawn', closedAt: at(2) })
    },
    closed: async () => listed,
  }
  expect(await openLedger(slow, ports).closed(1)).toMatchObject([{ id }])
})

test.each(['', '../../etc/passwd', '{"id":1}', '💥', 'system', 'off 1'])(
  '%j is no offboarding, and is said so',
  async (id) => {
    const { ledger } = await asked()
    expect(await ledger.load(id)).toBeUndefined()
    await expect(ledger.record(id, planned(steps))).rejects.toThrow(/There is no offboarding/)
  },
)
