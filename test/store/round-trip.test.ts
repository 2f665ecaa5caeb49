import { readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { realDisk } from '../../src/store/disk.ts'
import type { EmbeddedOptions, EmbeddedStore } from '../../src/store/embedded.ts'
import { ownFolder } from '../support/own-folder.ts'
import { asked, noted, openStore, toldBy } from '../support/store-bed.ts'

const running: EmbeddedStore[] = []
afterEach(async () => {
  for (const store of running.splice(0)) await store.stop()
})

async function open(folder: string, more: Partial<EmbeddedOptions> = {}): Promise<EmbeddedStore> {
  const store = await openStore({ folder, disk: realDisk, ...more })
  running.push(store)
  return store
}

function freshFolder(): string {
  return join(ownFolder(), 'data')
}

test('what was appended is there after the next start, in order', async () => {
  const folder = freshFolder()
  const store = await open(folder)
  await store.append('off-1', [asked, noted('one')])
  await store.append('off-2', [asked])
  await store.append('off-1', [noted('two')])
  await store.stop()

  const next = await open(folder)
  expect(next.problems()).toEqual([])
  expect([...next.opened().keys()].sort()).toEqual(['off-1', 'off-2'])
  expect(toldBy(next.opened().get('off-1'))).toEqual(['requested', 'one', 'two'])
  expect(next.opened().get('off-1')?.[0]).toEqual(asked)
  expect(await next.history('off-2')).toEqual([asked])
  expect(await next.history('off-3')).toBeUndefined()
})

test('folders are for their owner alone, and so are files', async () => {
  const folder = freshFolder()
  const store = await open(folder)
  await store.append('off-1', [asked])
  await store.flush()
  for (const name of ['', 'journal', 'open', 'closed']) {
    expect((await stat(join(folder, name))).mode & 0o777, name).toBe(0o700)
  }
  for (const name of ['lock', 'journal/000001.jsonl', 'open/off-1.json']) {
    expect((await stat(join(folder, name))).mode & 0o777, name).toBe(0o600)
  }
})

test('a closed offboarding is moved out of the way, listed newest first, and still told', async () => {
  const folder = freshFolder()
  const summarize = (id: string) => ({ leaver: `Leaver of ${id}`, state: 'closed' as const, closedAt: closedAt(id) })
  const closedAt = (id: string) => (id === 'off-1' ? '2026-10-30T10:00:00.000Z' : '2026-11-02T10:00:00.000Z')
  const store = await open(folder, { summarize })
  for (const id of ['off-1', 'off-2', 'off-3']) await store.append(id, [asked, noted(id)])
  await store.close('off-1')
  await store.close('off-2')

  expect(await readdir(join(folder, 'open'))).toEqual([])
  expect(await readdir(join(folder, 'closed'))).toEqual(['2026-10', '2026-11'])
  await store.stop()
  const next = await open(folder, { summarize })
  expect([...next.opened().keys()]).toEqual(['off-3'])
  expect((await next.closed(10)).map((entry) => entry.id)).toEqual(['off-2', 'off-1'])
  expect(await next.closed(1)).toEqual([
    { id: 'off-2', leaver: 'Leaver of off-2', state: 'closed', closedAt: '2026-11-02T10:00:00.000Z' },
  ])
  expect(toldBy(await next.history('off-1'))).toEqual(['requested', 'off-1'])
  await next.close('off-1')
})

test('appending to a closed offboarding opens it again, and its own chain goes on', async () => {
  const folder = freshFolder()
  const store = await open(folder)
  await store.append('off-1', [asked])
  await store.close('off-1')
  await Promise.all([store.append('off-1', [noted('late')]), store.append('off-1', [noted('later')])])
  expect(await store.closed(10)).toEqual([])
  expect(toldBy(await store.history('off-1'))).toEqual(['requested', 'late', 'later'])
  await store.stop()

  const next = await open(folder)
  expect(toldBy(next.opened().get('off-1'))).toEqual(['requested', 'late', 'later'])
  expect((await next.verify()).bad).toBeUndefined()
  await next.close('off-1')
  expect((await next.closed(10)).map((entry) => entry.id)).toEqual(['off-1'])
  expect(await readdir(join(folder, 'closed', '2026-11'))).toEqual(['off-1.json'])
})

test('what belongs to no offboarding is kept in the journal alone', async () => {
  const folder = freshFolder()
  const store = await open(folder, { segmentBytes: 2000 })
  for (let count = 1; count <= 20; count += 1) await store.append('system', [noted(`refusal ${count}`)])
  await store.stop()
  expect(await readdir(join(folder, 'open'))).toEqual([])
  const next = await open(folder)
  expect(next.opened().size).toBe(0)
  expect(toldBy(await next.history('system'))).toHaveLength(20)
  await next.append('system', [noted('one more')])
  expect((await next.verify()).bad).toBeUndefined()
})

test('the journal is canonical JSON, one event a line, that an auditor can check without us', async () => {
  const folder = freshFolder()
  const store = await open(folder)
  await store.append('off-1', [asked, noted('one')])
  const lines = (await readFile(join(folder, 'journal/000001.jsonl'), 'utf8')).trimEnd().split('\n')
  const entries = lines.map((line) => JSON.parse(line))
  expect(entries.map((entry) => entry.seq)).toEqual([1, 2, 3])
  const { default: canonicalize } = await import('canonicalize')
  const { createHash } = await import('node:crypto')
  let prev = '0'.repeat(64)
  for (const [index, { hash, ...rest }] of entries.entries()) {
    expect(rest.prev).toBe(prev)
    expect(createHash('sha256').update(canonicalize(rest)!).digest('hex')).toBe(hash)
    expect(canonicalize({ ...rest, hash })).toBe(lines[index])
    prev = hash
  }
  const own = createHash('sha256')
    .update(`${'0'.repeat(64)}\noff-1\n${canonicalize(asked)}`)
    .digest('hex')
  expect(entries[2].prevOwn).toBe(own)
  expect(store.head()).toEqual({ seq: 3, hash: prev })
})

test('ids that could leave the folder are refused', async () => {
  const store = await openStore()
  for (const id of ['../evil', 'a/b', '..', '', 'a.json', 'off_1', `x${'y'.repeat(200)}`]) {
    await expect(store.append(id, [asked])).rejects.toThrow('is not the id of an offboarding')
    await expect(store.history(id)).rejects.toThrow('is not the id of an offboarding')
    await expect(store.close(id)).rejects.toThrow('is not the id of an offboarding')
  }
})

test('an event that could not be read again is refused, and nothing of its call is kept', async () => {
  const store = await openStore()
  const broken = { type: 'closed', at: 'yesterday' } as never
  await expect(store.append('off-1', [asked, broken])).rejects.toThrow('Nothing was kept')
  expect(await store.history('off-1')).toBeUndefined()
})

test('half an emoji in a fact does not stop a step from being recorded', async () => {
  const store = await openStore()
  await store.append('off-1', [noted('cut in the middle \ud83d')])
  expect(toldBy(await store.history('off-1'))).toEqual(['cut in the middle \ufffd'])
  expect((await store.verify()).bad).toBeUndefined()
})

test('names that are not ours are said and left', async () => {
  const folder = freshFolder()
  await (await open(folder)).stop()
  await writeFile(join(folder, 'notes.txt'), 'mine')
  await writeFile(join(folder, 'open', 'off-1.json.bak'), 'mine')
  const next = await open(folder)
  expect(next.problems().map((problem) => problem.file)).toEqual(['notes.txt', 'open/off-1.json.bak'])
  expect(await readFile(join(folder, 'notes.txt'), 'utf8')).toBe('mine')
})

test('however many are closed, nothing of closed/ is read at start', async () => {
  const { memoryDisk } = await import('../support/disk-memory.ts')
  const disk = memoryDisk()
  const store = await openStore({ disk })
  for (let count = 1; count <= 50; count += 1) {
    await store.append(`off-${count}`, [asked])
    await store.close(`off-${count}`)
  }
  await store.append('off-open', [asked])
  await store.stop()
  const later = disk.survivor('kill')
  const next = await openStore({ disk: later })
  expect(next.opened().size).toBe(1)
  const touched = later.calls.filter((call) => call.path.includes('closed') && call.operation !== 'makeFolder')
  expect(touched).toEqual([])
})
