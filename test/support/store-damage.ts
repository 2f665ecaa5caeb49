/** A furnished data folder to be damaged, and what tests of damage ask of the store afterwards. */
import { expect } from 'vitest'
import { type MemoryDisk, memoryDisk } from './disk-memory.ts'
import { asked, noted, openStore, toldBy } from './store-bed.ts'

export const first = '/data/journal/000001.jsonl'

/** Three open, one closed, and an own chain in the journal alone; every document up to date. */
export async function furnished(segmentBytes = 1 << 20): Promise<MemoryDisk> {
  const disk = memoryDisk()
  const store = await openStore({ disk, segmentBytes })
  for (const id of ['off-1', 'off-2', 'off-3', 'off-4']) await store.append(id, [asked, noted(`${id} a`)])
  await store.append('system', [noted('a stranger asked')])
  await store.append('off-1', [noted('off-1 b')])
  await store.append('off-2', [noted('off-2 b')])
  await store.close('off-4')
  await store.append('off-1', [noted('off-1 c')])
  await store.append('off-3', [noted('off-3 b')])
  await store.stop()
  return disk.survivor('kill')
}

export const truth: Record<string, string[]> = {
  'off-1': ['requested', 'off-1 a', 'off-1 b', 'off-1 c'],
  'off-2': ['requested', 'off-2 a', 'off-2 b'],
  'off-3': ['requested', 'off-3 a', 'off-3 b'],
}

export function linesOf(disk: MemoryDisk, file = first): string[] {
  return disk.bytes(file)!.toString().trimEnd().split('\n')
}

export function putLines(disk: MemoryDisk, lines: readonly string[], file = first): void {
  disk.put(file, `${lines.join('\n')}\n`)
}

export function barredBy(store: Awaited<ReturnType<typeof openStore>>): string[] {
  return store.problems().flatMap((problem) => problem.offboarding ?? [])
}

/** Each is either told completely or held back; nothing is ever told short. Answers who is held back. */
export async function expectHonest(disk: MemoryDisk, label: string): Promise<{ barred: string[]; problems: number }> {
  const store = await openStore({ disk })
  const barred = barredBy(store)
  for (const [id, events] of Object.entries(truth)) {
    if (barred.includes(id)) expect(store.opened().has(id), `${label}: ${id} barred`).toBe(false)
    else expect(toldBy(store.opened().get(id)), `${label}: ${id}`).toEqual(events)
  }
  await store.stop()
  return { barred, problems: store.problems().length }
}

/** Changes one bit; which one, turns with the place. */
export function flip(disk: MemoryDisk, file: string, at: number, bit = at % 8): void {
  const bytes = Buffer.from(disk.bytes(file)!)
  bytes[at] = bytes[at]! ^ (1 << bit)
  disk.put(file, bytes)
}
