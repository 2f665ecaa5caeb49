import { chmodSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it as test } from 'vitest'
import { hr, plan, signed } from '../support/story.ts'
import { openRecordBed, type RecordBed } from './record-bed.ts'

const patience = 60_000
let bed: RecordBed

beforeEach(() => {
  bed = openRecordBed()
})
afterEach(() => bed.close())

describe('audit verify', () => {
  test(
    'says how many entries are whole and in order, and the newest hash',
    async () => {
      await bed.keepRecord()
      const { code, out, err } = await bed.latchkey('audit', 'verify')
      expect({ code, err }).toEqual({ code: 0, err: '' })
      const entries = bed.lines()
      const newest = JSON.parse(entries.at(-1) ?? '') as { hash: string }
      expect(out).toBe(`${entries.length} entries, whole and in order. The newest is ${entries.length}:${newest.hash}.`)
    },
    patience,
  )

  test(
    'names the file and the line of a single changed letter, and ends with 1',
    async () => {
      await bed.keepRecord()
      const line = bed.flip('the cage is empty')
      const { code, out, err } = await bed.latchkey('audit', 'verify')
      expect({ code, out }).toEqual({ code: 1, out: '' })
      expect(err).toContain(`The record is damaged: journal/000001.jsonl, line ${line}: was changed`)
      expect(err).toContain('IT keeps a copy of the data folder')
    },
    patience,
  )

  test(
    'notices a line that is gone',
    async () => {
      await bed.keepRecord()
      const lines = readFileSync(bed.journal(), 'utf8').split('\n')
      writeFileSync(bed.journal(), lines.toSpliced(3, 1).join('\n'))
      const { code, err } = await bed.latchkey('audit', 'verify')
      expect(code).toBe(1)
      expect(err).toContain('journal/000001.jsonl, line 4: is entry 5; entry 4 was to come')
    },
    patience,
  )

  test(
    'may be asked while the bot is running',
    async () => {
      await bed.keepRecord()
      const store = await bed.openStore()
      const entriesNow = async () => Number.parseInt((await bed.latchkey('audit', 'verify')).out, 10)
      const first = await entriesNow()
      await store.append('off-other', [signed('hr', hr, plan([]).digest, 5)])
      expect(await entriesNow()).toBe(first + 1)
    },
    patience,
  )

  test(
    'says that there is no record where the folder holds none',
    async () => {
      const { code, err } = await bed.latchkey('audit', 'verify')
      expect(code).toBe(1)
      expect(err).toContain('there is no journal in this folder')
      expect(err).not.toContain('line 0')
      expect(readdirSync(bed.folder)).toEqual([])
    },
    patience,
  )
})

describe('audit accept', () => {
  test(
    'waits until the bot has stopped, and then lets the damaged offboarding go on',
    async () => {
      await bed.keepRecord()
      bed.flip('the cage is empty')
      // With its document, which holds all events too, there would be nothing for a person to decide.
      rmSync(join(bed.data, 'open', 'off-done.json'))
      const accept = () => bed.latchkey('audit', 'accept', 'off-done', '--note', 'restored by hand, see ticket 7')
      const bot = await bed.openStore()
      expect(bot.problems().flatMap((one) => one.offboarding ?? [])).toEqual(['off-done'])
      const refused = await accept()
      expect(refused.code).toBe(1)
      expect(refused.err).toContain('is in use by another Latchkey process')
      await bot.stop()
      expect(await accept()).toMatchObject({ code: 0, out: expect.stringContaining('off-done goes on') })
      expect((await bed.openStore()).problems().filter((one) => one.offboarding)).toEqual([])
    },
    patience,
  )

  test(
    'refuses what is not damaged',
    async () => {
      await bed.keepRecord()
      const { code, err } = await bed.latchkey('audit', 'accept', 'off-other', '--note', 'why not')
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
      await bed.keepRecord()
      for (const name of ['open', 'closed']) rmSync(join(bed.data, name), { recursive: true })
      // A file that is there already keeps its rights, unless it is made anew.
      writeFileSync('off-done.json', 'old')
      chmodSync('off-done.json', 0o644)
      const { code, out, err } = await bed.latchkey('report', 'off-done')
      expect({ code, err }).toEqual({ code: 0, err: '' })
      expect(out).toBe('Written: off-done.json and off-done.html (done).')
      const files = readdirSync(bed.folder).filter((name) => name.startsWith('off-'))
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
      await bed.keepRecord()
      await bed.openStore()
      const { code, out } = await bed.latchkey('report', 'off-other')
      expect({ code, out }).toMatchObject({ code: 0, out: expect.stringContaining('(awaiting-sign-off)') })
    },
    patience,
  )

  test.each(['off-nobody', '../data/lock'])(
    'refuses the unknown id %s and writes nothing',
    async (id) => {
      await bed.keepRecord()
      const { code, err } = await bed.latchkey('report', id)
      expect(code).toBe(1)
      expect(err).toContain(`there is no offboarding ${id}`)
      expect(readdirSync(bed.folder)).toEqual(['data'])
    },
    patience,
  )

  test(
    'of a damaged record is refused, with where to look',
    async () => {
      await bed.keepRecord()
      bed.flip('the cage is empty')
      const { code, err } = await bed.latchkey('report', 'off-done')
      expect(code).toBe(1)
      expect(err).toMatch(/the record of off-done is damaged; "latchkey audit verify" says where/)
      expect(readdirSync(bed.folder)).toEqual(['data'])
    },
    patience,
  )
})
