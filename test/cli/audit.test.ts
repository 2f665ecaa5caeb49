import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it as test } from 'vitest'
import { realDisk } from '../../src/store/disk.ts'
import { canonicalText } from '../../src/store/line.ts'
import { openSigningKey } from '../../src/store/signing-key.ts'
import { noted } from '../support/store-bed.ts'
import { openRecordBed, type RecordBed } from './record-bed.ts'

const patience = 60_000
let bed: RecordBed

beforeEach(async () => {
  bed = openRecordBed()
  await bed.keepRecord()
})
afterEach(() => bed.close())

/** As one does who wants it not to show: the journal's end, and what else holds it. */
function cutOff(count: number): void {
  bed.putLines(bed.lines().slice(0, -count))
  rmSync(join(bed.data, 'open'), { recursive: true })
}

/** As it stands in Slack: of the newest entry, or of an older one. */
function anchor(back = 1): string {
  const { seq, hash } = JSON.parse(bed.lines().at(-back) ?? '') as { seq: number; hash: string }
  return `${seq}:${hash}`
}

async function moreRecorded(id = 'off-other'): Promise<void> {
  const store = await bed.openStore()
  await store.append(id, [noted('something more')])
  await store.stop()
}

describe('an anchor from Slack', { timeout: patience }, () => {
  test('is found in the record, also when that has grown since', async () => {
    const [early, late] = [anchor(3), anchor()]
    await moreRecorded()
    const { code, out, err } = await bed.latchkey('audit', 'verify', '--anchor', early, '--anchor', late)
    expect({ code, err }).toEqual({ code: 0, err: '' })
    const [seq] = late.split(':')
    expect(out).toContain(`Anchor ${seq}: the record has this entry, so nothing up to it was changed since.`)
    expect(out.match(/^Anchor /gm)).toHaveLength(2)
  })

  test('betrays an end that was cut off, which the chain alone cannot', async () => {
    const posted = anchor()
    cutOff(2)
    expect((await bed.latchkey('audit', 'verify')).code).toBe(0)
    const { code, out, err } = await bed.latchkey('audit', 'verify', '--anchor', posted)
    expect(code).toBe(1)
    expect(out).toContain('whole and in order')
    expect(err).toMatch(/^Anchor \d+: the record ends with entry \d+: its end was cut off, or it is another record\.$/)
  })

  test('betrays another record that is whole in itself', async () => {
    const posted = anchor()
    cutOff(1)
    await moreRecorded()
    expect((await bed.latchkey('audit', 'verify')).code).toBe(0)
    const { code, err } = await bed.latchkey('audit', 'verify', '--anchor', posted)
    expect(code).toBe(1)
    expect(err).toMatch(/^Anchor (\d+): the record has another entry \1: something up to it was changed since\.$/)
  })

  test('of a damaged entry says that it cannot be read', async () => {
    const posted = anchor()
    bed.putLines(bed.lines().with(-1, bed.lines().at(-1)!.replace('"signed"', '"Signed"')))
    const { code, err } = await bed.latchkey('audit', 'verify', '--anchor', posted)
    expect(code).toBe(1)
    expect(err).toMatch(/The record is damaged[\s\S]*Anchor \d+: the record ends with entry/)
  })

  test.each(['12', '12:ab', 'x:'.padEnd(66, '0'), '-1:'.padEnd(67, '0')])('%s is no anchor', async (text) => {
    expect(await bed.latchkey('audit', 'verify', `--anchor=${text}`)).toMatchObject({
      code: 2,
      err: expect.stringContaining('is no anchor: NUMBER:HASH'),
    })
  })
})

describe('a report as a file', { timeout: patience }, () => {
  test('is held against the key and the record', async () => {
    await bed.latchkey('report', 'off-done')
    await bed.latchkey('report', 'off-other')
    await moreRecorded('off-done')
    const { code, out, err } = await bed.latchkey('audit', 'verify', 'off-done.json', 'off-other.json')
    expect({ code, err }).toEqual({ code: 0, err: '' })
    const { fingerprint } = await openSigningKey(bed.data, realDisk)
    expect(out).toContain(
      `off-done.json: signed with the key ${fingerprint}; its 9 events are those of off-done in the record.`,
    )
  })

  test('is the same to the byte each time, while the record is', async () => {
    const written = async () => {
      await bed.latchkey('report', 'off-done')
      return [readFileSync('off-done.json'), readFileSync('off-done.html')]
    }
    expect(await written()).toEqual(await written())
  })

  test('that was changed is refused, and so is one that is not there', async () => {
    await bed.latchkey('report', 'off-done')
    writeFileSync(
      'off-done.json',
      readFileSync('off-done.json', 'utf8').replace('the cage is empty', 'the cage is full!'),
    )
    const { code, err } = await bed.latchkey('audit', 'verify', 'off-done.json', 'gone.json', 'off-done.html')
    expect(code).toBe(1)
    expect(err).toContain('off-done.json: its signature does not fit what it says.')
    expect(err).toContain('gone.json: ENOENT')
    expect(err).toContain('off-done.html: it is not JSON (the page for people is checked with docs/verify-report.mjs).')
  })

  test('of a key that is not ours is refused, unless it is named', async () => {
    await bed.latchkey('report', 'off-done')
    const other = join(bed.folder, 'other')
    mkdirSync(other)
    const { publicKey, fingerprint, sign } = await openSigningKey(other, realDisk)
    const { signature: _old, ...report } = JSON.parse(readFileSync('off-done.json', 'utf8'))
    const forged = { ...report, key: { algorithm: 'Ed25519', publicKey, fingerprint } }
    writeFileSync('off-done.json', `${canonicalText({ ...forged, signature: sign(canonicalText(forged)) })}\n`)
    const refused = await bed.latchkey('audit', 'verify', 'off-done.json')
    expect(refused.code).toBe(1)
    expect(refused.err).toContain(`signed with the key ${fingerprint}, which is none of this record`)
    const { code } = await bed.latchkey('audit', 'verify', 'off-done.json', '--key', fingerprint.toUpperCase())
    expect(code).toBe(0)
  })

  test('whose events the record does not have is refused, though its signature is good', async () => {
    await moreRecorded('off-done')
    await bed.latchkey('report', 'off-done')
    await bed.latchkey('report', 'off-other')
    cutOff(1)
    const cut = await bed.latchkey('audit', 'verify', 'off-done.json', 'off-other.json')
    expect(cut.code).toBe(1)
    expect(cut.err).toContain('off-done.json: its events are not in the record, which ends with entry')
    expect(cut.err).toMatch(/off-other\.json: its anchor \d+ does not fit: the record ends with entry/)
    await moreRecorded('off-other')
    const other = await bed.latchkey('audit', 'verify', 'off-done.json')
    expect(other.err).toMatch(/off-done\.json: the record tells off-done differently up to entry \d+\./)
  })

  test('cannot be written without a key, and one that is damaged is said', async () => {
    const key = join(bed.data, 'keys', 'signing-key.pem')
    const sound = readFileSync(key, 'utf8')
    writeFileSync(key, sound.slice(0, 40))
    expect((await bed.latchkey('report', 'off-done')).err).toContain('signing-key.pem cannot be used to sign reports')
    await realDisk.rename(key, `${key}.old`)
    expect(await bed.latchkey('report', 'off-done')).toMatchObject({
      code: 1,
      err: expect.stringContaining('there is no key to sign it with: the bot makes one at its first start'),
    })
  })
})

test(
  'a torn end, which nobody was told is kept, is said and is no damage',
  async () => {
    const sound = readFileSync(bed.journal(), 'utf8')
    const torn = (sound.trimEnd().split('\n').at(-1) ?? '').slice(0, 100)
    writeFileSync(bed.journal(), `${sound}${torn}`)
    const { code, out, err } = await bed.latchkey('audit', 'verify')
    expect({ code, err }).toEqual({ code: 0, err: '' })
    const line = sound.trimEnd().split('\n').length + 1
    expect(out).toContain(`journal/000001.jsonl, line ${line}: 100 bytes without an end`)
    expect(out).toContain('whole and in order')
    const store = await bed.openStore()
    expect(store.problems().map((problem) => problem.fact)).toEqual([expect.stringContaining('100 bytes were cut off')])
    await store.stop()
    expect((await bed.latchkey('audit', 'verify')).out).not.toContain('without an end')
    expect(readFileSync(bed.journal(), 'utf8')).toBe(sound)
  },
  patience,
)

test(
  'an end that was lost by accident is betrayed by the documents that hold it',
  async () => {
    bed.putLines(bed.lines().slice(0, -1))
    const { code, err } = await bed.latchkey('audit', 'verify')
    expect(code).toBe(1)
    expect(err).toMatch(
      /journal: ends with entry 11, but open\/off-other\.json holds entry 12: the entries after it were lost\./,
    )
  },
  patience,
)

test(
  'a damaged entry is named with its number, its offboarding and where it begins',
  async () => {
    const line = bed.flip('the cage is empty')
    const before = `${bed
      .lines()
      .slice(0, line - 1)
      .join('\n')}\n`
    const { err } = await bed.latchkey('audit', 'verify')
    expect(err).toContain(`It is entry ${line} of off-done, and begins at byte ${Buffer.byteLength(before)}.`)
  },
  patience,
)
