import { expect, test } from 'vitest'
import { failing, memoryDisk, type Operation } from '../support/disk-memory.ts'
import { asked, noted, openStore, toldBy } from '../support/store-bed.ts'

const segment = '/data/journal/000001.jsonl'

test('sixty-four at once share a few writes and syncs', async () => {
  const disk = memoryDisk()
  const store = await openStore({ disk })
  const ids = Array.from({ length: 64 }, (_, index) => `off-${index}`)
  await Promise.all(ids.map((id) => store.append(id, [asked])))
  const before = disk.calls.length
  for (let round = 0; round < 10; round += 1) {
    await Promise.all(ids.map((id) => store.append(id, [noted(`round ${round}`)])))
  }
  const syncs = disk.calls.slice(before).filter((call) => call.operation === 'sync' && call.path === segment)
  expect(syncs).toHaveLength(10)
  expect((await store.verify()).entries).toBe(1 + 64 * 11)
})

test('many at once for one offboarding stay in the order of the calls', async () => {
  const store = await openStore()
  const told = Array.from({ length: 50 }, (_, index) => `number ${index}`)
  await Promise.all([store.append('off-1', [asked]), ...told.map((text) => store.append('off-1', [noted(text)]))])
  expect(toldBy(await store.history('off-1'))).toEqual(['requested', ...told])
})

test('nothing is acknowledged before it is synced', async () => {
  const disk = memoryDisk()
  const store = await openStore({ disk })
  await store.append('off-1', [asked])
  const calls = disk.calls.filter((call) => call.path === segment).map((call) => call.operation)
  expect(calls.slice(-2)).toEqual(['write', 'sync'])
  expect((await openStore({ disk: disk.survivor('power') })).opened().size).toBe(1)
})

test.each(['ENOSPC', 'EROFS', 'EDQUOT'])(
  '%s: refused, nothing half kept, and it goes on when there is room again',
  async (code) => {
    const disk = memoryDisk()
    const store = await openStore({ disk })
    await store.append('off-1', [asked])
    const sound = disk.bytes(segment)!

    disk.fault = (operation, path) =>
      operation === 'write' && path === segment ? { error: failing(code), partly: 100 } : undefined
    const refused = [store.append('off-1', [noted('no room')]), store.append('off-2', [asked])]
    for (const one of refused)
      await expect(one).rejects.toThrow(`${code}: the disk of this test). Nothing of this was kept`)
    expect(disk.bytes(segment)).toEqual(sound)
    expect(toldBy(await store.history('off-1'))).toEqual(['requested'])
    expect(await store.history('off-2')).toBeUndefined()

    delete disk.fault
    await store.append('off-1', [noted('room again')])
    await store.append('off-2', [asked])
    await store.stop()
    const next = await openStore({ disk: disk.survivor('power') })
    expect(next.problems()).toEqual([])
    expect(toldBy(next.opened().get('off-1'))).toEqual(['requested', 'room again'])
    expect((await next.verify()).bad).toBeUndefined()
  },
)

test('what a failed write left is cut off before anything else is written, however often that fails', async () => {
  const disk = memoryDisk()
  const store = await openStore({ disk })
  await store.append('off-1', [asked])
  disk.fault = (operation) => {
    if (operation === 'truncate') return { error: failing('EIO') }
    return operation === 'write' ? { error: failing('ENOSPC'), partly: 700 } : undefined
  }
  await expect(store.append('off-1', [noted('first')])).rejects.toThrow('EIO')
  disk.fault = (operation) => (operation === 'truncate' ? { error: failing('EIO') } : undefined)
  await expect(store.append('off-1', [noted('second')])).rejects.toThrow('EIO')
  delete disk.fault
  await store.append('off-1', [noted('third')])
  expect((await store.verify()).bad).toBeUndefined()
  expect(toldBy(await store.history('off-1'))).toEqual(['requested', 'third'])
})

test('a sync that fails ends the store for ever, and says so once', async () => {
  const disk = memoryDisk()
  const fatal: Error[] = []
  const store = await openStore({ disk, onFatal: (error) => void fatal.push(error) })
  await store.append('off-1', [asked])
  let syncs = 0
  disk.fault = (operation) => {
    if (operation !== 'sync') return undefined
    syncs += 1
    return syncs === 1 ? { error: failing('EIO') } : undefined
  }
  const first = store.append('off-1', [noted('one')])
  await expect(first).rejects.toThrow('could not be made durable (EIO')
  await expect(store.append('off-1', [noted('two')])).rejects.toThrow(
    'has stopped keeping records and must be restarted',
  )
  await expect(store.close('off-1')).rejects.toThrow('has stopped keeping records')
  await store.stop()
  expect(fatal).toHaveLength(1)
  expect(syncs, 'never synced again').toBe(1)
})

test('a sync that fails takes everyone who waits along', async () => {
  const disk = memoryDisk()
  const store = await openStore({ disk })
  await store.append('off-1', [asked])
  disk.fault = (operation) => (operation === 'sync' ? { error: failing('EIO') } : undefined)
  const first = store.append('off-1', [noted('one')])
  await Promise.resolve()
  await Promise.resolve()
  const second = store.append('off-1', [noted('two')])
  for (const one of [first, second]) await expect(one).rejects.toThrow('must be restarted')
})

test('a document whose sync fails ends the store too', async () => {
  const disk = memoryDisk()
  const fatal: Error[] = []
  const store = await openStore({ disk, onFatal: (error) => void fatal.push(error) })
  await store.append('off-1', [asked])
  disk.fault = (operation, path) =>
    operation === 'syncFolder' && path === '/data/open' ? { error: failing('EIO') } : undefined
  await store.flush()
  expect(fatal.map((error) => error.message)).toEqual([expect.stringContaining('/data/open')])
  await expect(store.append('off-1', [noted('one')])).rejects.toThrow('must be restarted')
})

test('a document that cannot be written holds nobody up, and follows later', async () => {
  const disk = memoryDisk()
  const store = await openStore({ disk })
  await store.append('off-1', [asked])
  disk.fault = (_operation, path) => (path.startsWith('/data/open') ? { error: failing('ENOSPC') } : undefined)
  await store.flush()
  await store.append('off-1', [noted('one')])
  delete disk.fault
  await store.flush()
  expect(disk.bytes('/data/open/off-1.json')?.toString()).toContain('"what":"one"')
})

test.each<[Operation, string]>([
  ['open', '/data/closed.idx.jsonl'],
  ['write', '/data/closed.idx.jsonl'],
  ['makeFolder', '/data/closed/2026-11'],
  ['rename', '/data/closed/2026-11/off-1.json'],
])('closing is on record even if %s of %s fails; the next start finishes it', async (operation, path) => {
  const disk = memoryDisk()
  const store = await openStore({ disk })
  await store.append('off-1', [asked])
  disk.fault = (what, where) =>
    what === operation && where === path ? { error: failing('ENOSPC'), partly: 9 } : undefined
  await store.close('off-1')
  expect(toldBy(await store.history('off-1'))).toEqual(['requested'])
  delete disk.fault
  await store.stop()
  const next = await openStore({ disk: disk.survivor('power') })
  expect(next.opened().size).toBe(0)
  expect(next.problems()).toEqual([])
  expect((await next.closed(10)).map((entry) => entry.id)).toEqual(['off-1'])
  expect(toldBy(await next.history('off-1'))).toEqual(['requested'])
})

test('after stop nothing is taken any more', async () => {
  const store = await openStore()
  const last = store.append('off-1', [asked])
  await store.stop()
  await last
  await expect(store.append('off-1', [noted('too late')])).rejects.toThrow('The store is stopped')
})
