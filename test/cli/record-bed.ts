/** A record in a folder of its own, as the bot left it, and the command line that is asked about it. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { summarize } from '../../src/bot.ts'
import { systemClock } from '../../src/clock.ts'
import type { Event } from '../../src/offboarding/event.ts'
import { realDisk } from '../../src/store/disk.ts'
import { type EmbeddedStore, openEmbeddedStore } from '../../src/store/embedded.ts'
import { openSigningKey } from '../../src/store/signing-key.ts'
import { at, finding, hr, plan, request, running, signed, step } from '../support/story.ts'
import { hear } from './bed.ts'

export const done: Event[] = [
  ...running([step('zoo/cage')]),
  { type: 'step-started', at: at(4), step: 'zoo/cage@main' },
  { type: 'intended', at: at(4), step: 'zoo/cage@main', findings: ['one'] },
  { type: 'answered', at: at(5), step: 'zoo/cage@main', finding: 'one' },
  {
    type: 'step-ended',
    at: at(6),
    step: 'zoo/cage@main',
    ending: 'verified',
    fact: 'the cage is empty',
    findings: [finding('one', { state: 'done' })],
    ms: 120_000,
  },
]

export type RecordBed = ReturnType<typeof openRecordBed>

/** Until it is closed, the process stands in the new folder: report files are written where the person is. */
export function openRecordBed() {
  const before = process.cwd()
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-cli-'))
  const data = join(folder, 'data')
  const stores: EmbeddedStore[] = []
  process.chdir(folder)
  const fail = (error: Error) => {
    throw error
  }

  async function openStore(): Promise<EmbeddedStore> {
    const options = { folder: data, disk: realDisk, clock: systemClock, summarize, onFatal: fail }
    const store = await openEmbeddedStore(options)
    stores.push(store)
    return store
  }

  /** Two offboardings, one of them done; the bot has stopped. */
  async function keepRecord(): Promise<void> {
    const store = await openStore()
    await openSigningKey(data, realDisk)
    for (const event of done) await store.append('off-done', [event])
    const other = request({ requestKey: 'V2', leaver: { id: 'UKIM', name: 'Kim', emails: ['kim@example.com'] } })
    await store.append('off-other', [other])
    await store.append('off-other', [signed('hr', hr, plan([]).digest)])
    await store.stop()
  }

  function journal(): string {
    const names = readdirSync(join(data, 'journal')).filter((name) => name.endsWith('.jsonl'))
    return join(data, 'journal', names[0] ?? '')
  }

  return {
    folder,
    data,
    openStore,
    keepRecord,
    journal,
    latchkey: (...args: string[]) => hear(args, { env: { LATCHKEY_DATA: data } }),
    lines: () => readFileSync(journal(), 'utf8').trimEnd().split('\n'),
    putLines: (lines: readonly string[]) => writeFileSync(journal(), `${lines.join('\n')}\n`),
    /** Changes one letter in the last line that holds this text, and says which line it is. */
    flip(text: string): number {
      const lines = readFileSync(journal(), 'utf8').split('\n')
      const index = lines.findLastIndex((line) => line.includes(text))
      lines[index] = (lines[index] ?? '').replace(text, text.replace(/.$/, '#'))
      writeFileSync(journal(), lines.join('\n'))
      return index + 1
    },
    async close(): Promise<void> {
      process.chdir(before)
      for (const store of stores) await store.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
