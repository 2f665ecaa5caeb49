import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it as test } from 'vitest'
import { summarize } from '../../src/bot.ts'
import { systemClock } from '../../src/clock.ts'
import type { Event } from '../../src/offboarding/event.ts'
import { realDisk } from '../../src/store/disk.ts'
import { type EmbeddedStore, openEmbeddedStore } from '../../src/store/embedded.ts'
import { at, finding, hr, plan, request, running, signed, step } from '../support/story.ts'
import { hear } from './bed.ts'

const patience = 60_000
const before = process.cwd()
let folder = ''
let data = ''
const stores: EmbeddedStore[] = []

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'latchkey-cli-'))
  data = join(folder, 'data')
  // Report files are written where the person is.
  process.chdir(folder)
})

afterEach(async () => {
  process.chdir(before)
  for (const store of stores.splice(0)) await store.stop()
  rmSync(folder, { recursive: true, force: true })
})

const latchkey = (...args: string[]) => hear(args, { env: { LATCHKEY_DATA: data } })

async function openStore(): Promise<EmbeddedStore> {
  const fail = (error: Error) => {
    throw error
  }
  const store = await openEmbeddedStore({ folder: data, disk: realDisk, clock: systemClock, summarize, onFatal: fail })
  stores.push(store)
  return store
}

const done: Event[] = [
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

/** Two offboardings, one of them done; the bot has stopped. */
async function keepRecord(): Promise<void> {
  const store = await openStore()
  for (const event of done) await store.append('off-done', [event])
  const other = request({ requestKey: 'V2', leaver: { id: 'UKIM', name: 'Kim', emails: ['kim@example.com'] } })
  await store.append('off-other', [other])
  await store.append('off-other', [signed('hr', hr, plan([]).digest)])
  await store.stop()
}

function journal(): string {
  return join(data, 'journal', readdirSync(join(data, 'journal')).filter((name) => name.endsWith('.jsonl'))[0] ?? '')
}

/** Changes one letter in the last line that holds this text, and says which line it is. */
function flip(text: string): number {
  const lines = readFileSync(journal(), 'utf8').split('\n')
  const index = lines.findLastIndex((line) => line.includes(text))
  lines[index] = (lines[index] ?? '').replace(text, text.replace(/.$/, '#'))
  writeFileSync(journal(), lines.join('\n'))
  return index + 1
}

describe('audit verify', () => {
  test(
    'says how many entries are whole and in order, and the newest hash',
    async () => {
      await keepRecord()
      const { code, out, err } = await latchkey('audit', 'verify')
      expect({ code, err }).toEqual({ code: 0, err: '' })
      const entries = readFileSync(journal(), 'utf8').trimEnd().split('\n')
      const newest = JSON.parse(entries.at(-1) ?? '') as { hash: string }
      expect(out).toBe(`${entries.length} entries, whole and in order. The newest hash is ${newest.hash}.`)
    },
    patience,
  )

  test(
    'names the file and the line of a single changed letter, and ends with 1',
    async () => {
      await keepRecord()
      const line = flip('the cage is empty')
      const { code, out, err } = await latchkey('audit', 'verify')
      expect({ code, out }).toEqual({ code: 1, out: '' })
      expect(err).toContain(`The record is damaged: journal/000001.jsonl, line ${line}: was changed`)
      expect(err).toContain('IT keeps a copy of the data folder')
    },
    patience,
  )

  test(
    'notices a line that is gone',
    async () => {
      await keepRecord()
      const lines = readFileSync(journal(), 'utf8').split('\n')
      writeFileSync(journal(), lines.toSpliced(3, 1).join('\n'))
      const { code, err } = await latchkey('audit', 'verify')
      expect(code).toBe(1)
      expect(err).toContain('journal/000001.jsonl, line 4: is entry 5; entry 4 was to come')
    },
    patience,
  )

  test(
    'may be asked while the bot is running',
    async () => {
      await keepRecord()
      const store = await openStore()
      const entriesNow = async () => Number.parseInt((await latchkey('audit', 'verify')).out, 10)
      const first = await entriesNow()
      await store.append('off-other', [signed('hr', hr, plan([]).digest, 5)])
      expect(await entriesNow()).toBe(first + 1)
    },
    patience,
  )

  test(
    'says that there is no record where the folder holds none',
    async () => {
      const { code, err } = await latchkey('audit', 'verify')
      expect(code).toBe(1)
      expect(err).toContain('there is no journal in this folder')
      expect(err).not.toContain('line 0')
      expect(readdirSync(folder)).toEqual([])
    },
    patience,
  )
})

describe('audit accept', () => {
  test(
    'waits until the bot has stopped, and then lets the damaged offboarding go on',
    async () => {
      await keepRecord()
      flip('the cage is empty')
      // With its document, which holds all events too, there would be nothing for a person to decide.
      rmSync(join(data, 'open', 'off-done.json'))
      const accept = () => latchkey('audit', 'accept', 'off-done', '--note', 'restored by hand, see ticket 7')
      const bot = await openStore()
      expect(bot.problems().flatMap((one) => one.offboarding ?? [])).toEqual(['off-done'])
      const refused = await accept()
      expect(refused.code).toBe(1)
      expect(refused.err).toContain('is in use by another Latchkey process')
      await bot.stop()
      expect(await accept()).toMatchObject({ code: 0, out: expect.stringContaining('off-done goes on') })
      expect((await openStore()).problems().filter((one) => one.offboarding)).toEqual([])
    },
    patience,
  )

  test(
    'refuses what is not damaged',
    async () => {
      await keepRecord()
      const { code, err } = await latchkey('audit', 'accept', 'off-other', '--note', 'why not')
      expect(code).toBe(1)
      expect(err).toContain('there is nothing to accept')
    },
    patience,
  )
})

describe('report', () => {
  test(
    'writes both files from the journal alone, for the one who asked only',
    async () => {
      await keepRecord()
      for (const name of ['open', 'closed']) rmSync(join(data, name), { recursive: true })
      // A file that is there already keeps its rights, unless it is made anew.
      writeFileSync('off-done.json', 'old')
      chmodSync('off-done.json', 0o644)
      const { code, out, err } = await latchkey('report', 'off-done')
      expect({ code, err }).toEqual({ code: 0, err: '' })
      expect(out).toBe('Written: off-done.json and off-done.html (done).')
      const files = readdirSync(folder).filter((name) => name.startsWith('off-'))
      expect(files).toEqual(['off-done.html', 'off-done.json'])
      expect(files.map((name) => statSync(name).mode & 0o777)).toEqual([0o600, 0o600])
      expect(JSON.parse(readFileSync('off-done.json', 'utf8'))).toMatchObject({ offboarding: 'off-done' })
      expect(readFileSync('off-done.html', 'utf8')).toMatch(/Jo Miller[\s\S]*the cage is empty/)
    },
    patience,
  )

  test(
    'may be asked while the bot is running, also of what is not done yet',
    async () => {
      await keepRecord()
      await openStore()
      const { code, out } = await latchkey('report', 'off-other')
      expect({ code, out }).toMatchObject({ code: 0, out: expect.stringContaining('(awaiting-sign-off)') })
    },
    patience,
  )

  test.each(['off-nobody', '../data/lock'])(
    'refuses the unknown id %s and writes nothing',
    async (id) => {
      await keepRecord()
      const { code, err } = await latchkey('report', id)
      expect(code).toBe(1)
      expect(err).toContain(`there is no offboarding ${id}`)
      expect(readdirSync(folder)).toEqual(['data'])
    },
    patience,
  )

  test(
    'of a damaged record is refused, with where to look',
    async () => {
      await keepRecord()
      flip('the cage is empty')
      const { code, err } = await latchkey('report', 'off-done')
      expect(code).toBe(1)
      expect(err).toMatch(/the record of off-done is damaged; "latchkey audit verify" says where/)
      expect(readdirSync(folder)).toEqual(['data'])
    },
    patience,
  )
})
