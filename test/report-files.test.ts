import { execFileSync } from 'node:child_process'
import { generateKeyPairSync } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, describe, expect, it as test } from 'vitest'
import type { Event } from '../src/offboarding/event.ts'
import { checkReport } from '../src/report-check.ts'
import { reportFiles } from '../src/report-files.ts'
import type { EmbeddedStore } from '../src/store/embedded.ts'
import { canonicalText } from '../src/store/line.ts'
import { openSigningKey, type SigningKey } from '../src/store/signing-key.ts'
import { memoryDisk } from './support/disk-memory.ts'
import { openStore } from './support/store-bed.ts'
import { at, finding, it, request, running, step } from './support/story.ts'
import { verifierSays } from './support/verifier.ts'

const done: Event[] = [
  ...running([step('zoo/cage')]),
  { type: 'step-started', at: at(4), step: 'zoo/cage@main' },
  {
    type: 'step-ended',
    at: at(6),
    step: 'zoo/cage@main',
    ending: 'verified',
    fact: 'the cage is empty 🗝',
    findings: [finding('one', { state: 'done' })],
    ms: 1.5,
  },
]
const declined: Event[] = [request(), { type: 'declined', at: at(1), by: it, reason: 'She <stays> & "rises".' }]

interface World {
  store: EmbeddedStore
  key: SigningKey
  json(id: string): Promise<Buffer>
  page(id: string): Promise<Buffer>
}

async function world(): Promise<World> {
  const disk = memoryDisk()
  const store = await openStore({ disk })
  const key = await openSigningKey('/data', disk)
  await store.append('off-done', done)
  await store.append('off-no', declined)
  // Half a character has no canonical form; the store keeps it as U+FFFD.
  await store.append('off-half', [request({ note: 'half a key \ud83d' })])
  const content = async (id: string, index: number) =>
    Buffer.from(reportFiles(id, (await store.told(id))!, key)!.files[index]!.content)
  return { store, key, json: (id) => content(id, 0), page: (id) => content(id, 1) }
}

let one: World
beforeAll(async () => {
  one = await world()
})

const refused = (bytes: Buffer) => {
  try {
    checkReport(bytes)
    return false
  } catch {
    return true
  }
}

/** The two take turns. */
const isRefused = (bytes: Buffer, turn: number) => (turn % 2 ? refused(bytes) : verifierSays(bytes).code === 1)

describe('a report that nobody touched', () => {
  test('is genuine to Latchkey and to the verifier that knows nothing of it', async () => {
    for (const id of ['off-done', 'off-no']) {
      const bytes = await one.json(id)
      const report = checkReport(bytes)
      const told = (await one.store.told(id))!
      expect(report).toMatchObject({ offboarding: id, fingerprint: one.key.fingerprint, anchor: one.store.head() })
      expect(report.record).toEqual({ head: told.head, seq: told.seq })
      const { code, said } = verifierSays(bytes, `${id}.json`, one.key.fingerprint)
      expect({ code, said }).toEqual({
        code: 0,
        said: `Signed with that key; ${told.texts.length} events; anchor ${one.store.head().seq}:${one.store.head().hash}.\n`,
      })
      expect(verifierSays(await one.page(id), `${id}.html`, one.key.fingerprint)).toEqual({
        code: 0,
        said: 'Signed with that key; the page is whole.\n',
      })
    }
  })

  test('is the same to the byte when it is written again from the same record', async () => {
    expect(await one.json('off-done')).toEqual(await one.json('off-done'))
    expect(await one.page('off-done')).toEqual(await one.page('off-done'))
  })

  test('shows people how it is signed and how to check it', async () => {
    const page = (await one.page('off-done')).toString()
    const { signature } = JSON.parse((await one.json('off-done')).toString()) as { signature: string }
    const shown = page.replaceAll('&#43;', '+').replaceAll('&#47;', '/').replaceAll('&#61;', '=')
    for (const part of [signature, one.key.publicKey, one.key.fingerprint, one.store.head().hash, 'verify-report.mjs'])
      expect(shown).toContain(part)
    expect(page).not.toMatch(/<script|https?:|src=/)
  })

  test('is genuine to the verifier run by plain Node, as docs/audit.md says', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'latchkey-report-'))
    try {
      const file = join(folder, 'r.json')
      writeFileSync(file, await one.json('off-done'))
      const script = new URL('../docs/verify-report.mjs', import.meta.url).pathname
      const said = execFileSync('node', [script, file], { encoding: 'utf8' })
      expect(said).toContain(`Signed with the key ${one.key.fingerprint}: compare it with yours; 7 events`)
      expect(readFileSync(script, 'utf8').split('\n').length - 1).toBeLessThan(60)
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
})

describe('a report that was changed', () => {
  test('is refused whichever byte it is, by Latchkey and by the verifier', { timeout: 60_000 }, async () => {
    const sound = await one.json('off-no')
    const taken: string[] = []
    for (let place = 0; place < sound.length; place += 1) {
      for (const [checker, bit] of [place % 8, 5].entries()) {
        const bytes = Buffer.from(sound)
        bytes[place] = bytes[place]! ^ (1 << bit)
        if (!isRefused(bytes, checker + place)) taken.push(`byte ${place} bit ${bit}`)
      }
    }
    expect(taken).toEqual([])
  })

  test('and the page is, too', { timeout: 60_000 }, async () => {
    const sound = await one.page('off-no')
    const taken: number[] = []
    for (let place = 0; place < sound.length; place += 1) {
      const bytes = Buffer.from(sound)
      bytes[place] = bytes[place]! ^ (1 << (place % 8))
      if (verifierSays(bytes, 'r.html').code !== 1) taken.push(place)
    }
    expect(taken).toEqual([])
  })

  test('is refused for each byte left out, put in or cut off', { timeout: 60_000 }, async () => {
    const sound = await one.json('off-no')
    const taken: number[] = []
    for (let place = 0; place <= sound.length; place += 1) {
      const without = Buffer.concat([sound.subarray(0, place), sound.subarray(place + 1)])
      const space = Buffer.concat([
        sound.subarray(0, place),
        Buffer.from(place % 2 ? ' ' : '\n'),
        sound.subarray(place),
      ])
      const short = sound.subarray(0, place)
      const tried = [space, ...(place < sound.length ? [without, short] : [])]
      if (!tried.every((bytes) => isRefused(bytes, place))) taken.push(place)
    }
    expect(taken).toEqual([])
  })

  const members = 'is refused where any one member was changed, left out or added and the rest written as it should be'
  test(members, { timeout: 60_000 }, async () => {
    const sound = JSON.parse((await one.json('off-done')).toString())
    let tried = 0
    for (const change of changesOf(sound)) {
      const bytes = Buffer.from(`${canonicalText(change.value)}\n`)
      expect(refused(bytes), change.what).toBe(true)
      expect(verifierSays(bytes).code, change.what).toBe(1)
      tried += 1
    }
    expect(tried).toBeGreaterThan(400)
  })

  test('is refused where bytes that are no text merely read like the true ones', async () => {
    const sound = await one.json('off-half')
    const place = sound.indexOf(Buffer.from('\ufffd'))
    expect(refused(sound)).toBe(false)
    const bytes = Buffer.concat([sound.subarray(0, place), Buffer.from([0xff]), sound.subarray(place + 3)])
    expect(bytes.toString()).toBe(sound.toString())
    expect(refused(bytes)).toBe(true)
    expect(verifierSays(bytes).said).toContain('it is not UTF-8')
  })

  test('and signed again by somebody else has another key, which is what tells', async () => {
    const { signature: _old, ...report } = JSON.parse((await one.json('off-done')).toString())
    const disk = memoryDisk()
    await disk.makeFolder('/data')
    const { publicKey, fingerprint, sign } = await openSigningKey('/data', disk)
    const forged = { ...report, summary: 'all is well', key: { algorithm: 'Ed25519', publicKey, fingerprint } }
    const bytes = Buffer.from(`${canonicalText({ ...forged, signature: sign(canonicalText(forged)) })}\n`)
    expect(checkReport(bytes).fingerprint).not.toBe(one.key.fingerprint)
    expect(verifierSays(bytes).said).toContain(`the key ${fingerprint}: compare it with yours`)
    expect(verifierSays(bytes, 'r.json', one.key.fingerprint)).toMatchObject({ code: 1 })
  })

  test('and signed with a key of another kind is refused', async () => {
    const { signature: _old, ...report } = JSON.parse((await one.json('off-no')).toString())
    const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 1024 })
    const key = publicKey.export({ type: 'spki', format: 'der' }).toString('base64')
    const bytes = Buffer.from(
      `${canonicalText({ ...report, key: { ...report.key, publicKey: key }, signature: '' })}\n`,
    )
    expect(refused(bytes)).toBe(true)
    expect(verifierSays(bytes).code).toBe(1)
  })

  test('whose events were changed is refused even by who has the key', async () => {
    const { signature: _old, ...report } = JSON.parse((await one.json('off-no')).toString())
    report.record.events[1].reason = 'no reason'
    const bytes = Buffer.from(`${canonicalText({ ...report, signature: one.key.sign(canonicalText(report)) })}\n`)
    expect(() => checkReport(bytes)).toThrow('do not lead to the end of the chain')
    expect(verifierSays(bytes).said).toContain('do not lead to the head')
  })
})

/** Every value once changed, every member once left out, every object once with one member more. */
function* changesOf(sound: unknown): Generator<{ what: string; value: unknown }> {
  for (const path of pathsOf(sound, [])) {
    const changed = structuredClone(sound) as Record<string, unknown>
    const [last, holder] = holderOf(changed, path)
    holder[last] = otherThan(holder[last])
    yield { what: `${path.join('.')} changed`, value: changed }
    const without = structuredClone(sound) as Record<string, unknown>
    const [name, parent] = holderOf(without, path)
    if (Array.isArray(parent)) parent.splice(Number(name), 1)
    else delete parent[name]
    yield { what: `${path.join('.')} left out`, value: without }
  }
}

function otherThan(old: unknown): unknown {
  if (Array.isArray(old)) return [...old, 1]
  if (typeof old === 'object') return { ...old, more: 1 }
  if (typeof old === 'number') return old + 1
  return typeof old === 'boolean' ? !old : `${old}x`
}

function* pathsOf(value: unknown, path: readonly string[]): Generator<readonly string[]> {
  if (path.length > 0) yield path
  if (typeof value !== 'object' || value === null) return
  for (const [name, inner] of Object.entries(value)) yield* pathsOf(inner, [...path, name])
}

function holderOf(value: Record<string, unknown>, path: readonly string[]): [string, Record<string, unknown>] {
  let holder = value
  for (const name of path.slice(0, -1)) holder = holder[name] as Record<string, unknown>
  return [path.at(-1)!, holder]
}
