/** What tests of the embedded store share: events, a clock that stands still, a store on a disk in memory. */
import type { Clock } from '../../src/clock.ts'
import type { Event } from '../../src/offboarding/event.ts'
import { type EmbeddedOptions, type EmbeddedStore, openEmbeddedStore } from '../../src/store/embedded.ts'
import { memoryDisk } from './disk-memory.ts'
import { at, request } from './story.ts'

export const folder = '/data'

export const asked: Event = request()

/** An event that is like no other, and needs no state. */
export function noted(text: string): Event {
  return { type: 'refused', at: at(1), by: { id: 'UBOSS', name: 'Boss' }, what: text, why: 'for the test' }
}

/** What `noted` was given, and the type of everything else. */
export function toldBy(events: readonly Event[] | undefined): string[] {
  return (events ?? []).map((event) => (event.type === 'refused' ? event.what : event.type))
}

/** Time stands still, and who sleeps sleeps on: documents are written only when a test says so. */
export const still: Clock = {
  now: () => new Date('2026-11-23T10:00:00.000Z'),
  sleep: (_ms, signal) =>
    new Promise((_done, failed) => {
      signal?.addEventListener('abort', () => failed(signal.reason), { once: true })
    }),
}

export function openStore(options: Partial<EmbeddedOptions> = {}): Promise<EmbeddedStore> {
  return openEmbeddedStore({
    folder,
    disk: memoryDisk(),
    clock: still,
    summarize: () => ({ leaver: 'Jo Miller', state: 'closed', closedAt: '2026-11-23T10:00:00.000Z' }),
    onFatal: () => undefined,
    ...options,
  })
}
