/** A durable event in the embedded store, against the least that a disk needs for it: append and fdatasync. */
import { mkdtempSync, rmSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { summarize } from '../../src/bot.ts'
import { systemClock } from '../../src/clock.ts'
import type { Event } from '../../src/offboarding/event.ts'
import { realDisk } from '../../src/store/disk.ts'
import { type EmbeddedStore, openEmbeddedStore } from '../../src/store/embedded.ts'
import { request } from '../support/story.ts'
import { figure, type Measure, median, timed } from './figure.ts'

const rounds = 7
const serial = 150
const writers = 64
const eachWriter = 15

export default {
  name: 'durable-event',
  async measure() {
    const folder = mkdtempSync(join(tmpdir(), 'latchkey-bench-'))
    const fatal: Error[] = []
    const onFatal = (error: Error) => void fatal.push(error)
    const store = await openEmbeddedStore({ folder, disk: realDisk, clock: systemClock, summarize, onFatal })
    const floor = await open(join(folder, 'floor'), 'a', 0o600)
    try {
      const ids = Array.from({ length: writers }, (_none, index) => `off-${index}`)
      for (const id of ids) await store.append(id, [request()])
      const bytes = await lineLength(store, 'off-0')
      const found: Round[] = []
      for (let round = 0; round <= rounds; round += 1) {
        const one = await measured(store, ids, () => atTheFloor(floor, bytes))
        if (round > 0) found.push(one)
      }
      if (fatal[0]) throw fatal[0]
      return figures(found)
    } finally {
      await floor.close()
      await store.stop()
      rmSync(folder, { recursive: true, force: true })
    }
  },
} satisfies Measure

/** Milliseconds for one event. */
interface Round {
  floor: number
  serial: number
  concurrent: number
}

type Floor = Awaited<ReturnType<typeof open>>

async function measured(store: EmbeddedStore, ids: readonly string[], floor: () => Promise<void>): Promise<Round> {
  let [floorMs, serialMs] = [0, 0]
  // In turns, so that a neighbour on the disk slows both.
  for (let index = 0; index < serial; index += 1) {
    floorMs += await timed(floor)
    serialMs += await timed(() => store.append('off-0', [event(index)]))
  }
  const all = () => Promise.all(ids.map((id) => manyEvents(store, id)))
  const concurrentMs = await timed(all)
  return { floor: floorMs / serial, serial: serialMs / serial, concurrent: concurrentMs / (writers * eachWriter) }
}

function figures(found: readonly Round[]) {
  const a = (what: (round: Round) => number) => `${median(found.map(what)).toFixed(3)} ms`
  const told = [`append and fdatasync ${a((one) => one.floor)}, the store ${a((one) => one.serial)}`]
  const many = [`${a((one) => one.concurrent)} an event with ${writers} writers`]
  return [
    figure(
      'a durable event against append and fdatasync, one after another',
      found.map((one) => one.serial / one.floor),
      { bound: { atMost: 2.5 }, told },
    ),
    figure(
      'durable events with 64 writers: quicker than append and fdatasync',
      found.map((one) => one.floor / one.concurrent),
      { bound: { atLeast: 5 }, told: many },
    ),
  ]
}

async function manyEvents(store: EmbeddedStore, id: string): Promise<void> {
  for (let index = 0; index < eachWriter; index += 1) await store.append(id, [event(index)])
}

function event(index: number): Event {
  return { type: 'answered', at: new Date().toISOString(), step: 'zoo/cage@main', finding: `key-${index}` }
}

let filler = ''

async function atTheFloor(floor: Floor, bytes: number): Promise<void> {
  if (filler.length !== bytes) filler = `${'x'.repeat(bytes - 1)}\n`
  await floor.write(filler)
  await floor.datasync()
}

/** How long a line of the journal is that holds such an event. */
async function lineLength(store: EmbeddedStore, id: string): Promise<number> {
  await store.append(id, [event(0)])
  const { seq } = store.head()
  const chain = 3 * 64 + 'prevOwn'.length + 'prev'.length + 'hash'.length + String(seq).length
  return JSON.stringify({ at: event(0).at, event: event(0), id }).length + chain + 24
}
