/** Hostile words in everything that the command line prints, and hostile names of files. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { loadSettings } from '../../src/app.ts'
import { summarize } from '../../src/bot.ts'
import { spokenPlan } from '../../src/cli/plan.ts'
import { systemClock } from '../../src/clock.ts'
import type { Plan } from '../../src/offboarding/offboarding.ts'
import { realDisk } from '../../src/store/disk.ts'
import { openEmbeddedStore } from '../../src/store/embedded.ts'
import { decodeLine, encodeLine, genesis } from '../../src/store/line.ts'
import { stopFile } from '../../src/store/stop-file.ts'
import { closeCliBeds, hear, openCliBed } from '../cli/bed.ts'
import { openRecordBed } from '../cli/record-bed.ts'
import { finding, plan, step } from '../support/story.ts'
import { attacks, infected, isRaw, terminal } from './hostile-texts.ts'

const patience = 60_000
const folders: string[] = []

afterEach(async () => {
  await closeCliBeds()
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
})

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'latchkey-attack-'))
  folders.push(made)
  return made
}

/** Nothing that a terminal obeys. */
function expectTame(text: string): void {
  expect(isRaw(text)).toBe(false)
}

describe('what is printed', () => {
  // run.ts, run: `printable` around out and err.
  test.each([
    ['an unknown subcommand', (text: string) => [text]],
    ['an unknown option', (text: string) => ['plan', `--${text}`]],
    ['a word too many', (text: string) => ['plan', 'jo@example.com', text]],
    ['an address', (text: string) => ['plan', `${text}@example.com`]],
    ['an id', (text: string) => ['report', text]],
    ['an anchor', (text: string) => ['audit', 'verify', '--anchor', text]],
    ['a file', (text: string) => ['audit', 'verify', text]],
    ['an offboarding to accept', (text: string) => ['audit', 'accept', text, '--note', text]],
    ['an option of the sandbox', (text: string) => ['sandbox', text]],
  ])(
    'repeats %s without what a terminal obeys',
    async (_what, words) => {
      for (const text of attacks.filter((one) => !one.includes('\0'))) {
        const env = { LATCHKEY_SETTINGS: `/nowhere/${text}`, LATCHKEY_DATA: join(folder(), 'none') }
        const { code, out, err } = await hear(words(text), { env })
        if (code === 0) expect(text).toBe('')
        expectTame(out + err)
      }
    },
    patience,
  )

  // settings.ts, SettingsError: one line a problem.
  test(
    'lists problems of the settings a line each, whatever keys and values are called',
    async () => {
      for (const text of attacks) {
        const quoted = JSON.stringify(text)
        const settings = `{ "slack": { "channel": ${quoted}, ${quoted}: 1 }, "roles": { ${quoted}: {} }, "connectors": { ${quoted}: { "use": ${quoted} } }, "policy": { "signOffWithin": ${quoted} } }`
        const path = join(folder(), 'latchkey.yaml')
        writeFileSync(path, settings)
        const { code, out, err } = await hear(['plan', 'jo@example.com'], { env: { LATCHKEY_SETTINGS: path } })
        expect({ code, out }).toEqual({ code: 1, out: '' })
        expectTame(err)
        const [head = '', ...lines] = err.split('\n')
        if (/to mend/.test(head)) expect(lines.every((one) => one.startsWith('  '))).toBe(true)
      }
    },
    patience,
  )

  // plan.ts, spokenPlan: oneLine around every line.
  test('shows a plan line by line, whatever systems call things', () => {
    const steps = [
      step('zoo/cage', { findings: [finding('one'), finding('two')] }),
      step('zoo/task', { findings: [], task: { ask: 'x', owner: 'it', dueInMs: 1 } }),
    ]
    const account = { realm: 'x', id: 'x', label: 'x' }
    const made = plan(steps, {
      unreadable: [{ connector: 'x', connectorTitle: 'x', fact: 'x' }],
      protected: [{ ...account, connector: 'x', protected: 'x' }],
      ambiguous: [{ connector: 'x', realm: 'x', candidates: [account, account] }],
    })
    const lines = spokenPlan(made).split('\n').length
    for (const text of attacks) expect(spokenPlan(wild(made, text)).split('\n')).toHaveLength(lines)
  })

  // doctor.ts, spoken: oneLine; run.ts: printable.
  test('doctor says what systems and this host call things on lines that cannot pass for its own', async () => {
    const bed = await openCliBed()
    const forged = '\u001b[2J\nok      everything\u202e\u009b2J'
    const answer = JSON.stringify({ error: 'invalid_client', error_description: forged })
    const send = async () => new Response(answer, { status: 400, headers: { 'content-type': 'application/json' } })
    const env = { ...bed.env, LATCHKEY_DATA: join(bed.folder, forged) }
    const { code, out, err } = await bed.hear(['doctor'], { send, env })
    expect(code).toBe(1)
    expectTame(out + err)
    expect(out).toContain('ok everything')
    expect(out).not.toMatch(/^ok +everything/m)
  }, 60_000)

  // audit.ts, verify: oneLine; the names of files are whoever's who sent them.
  test(
    'audit names the files that it was given on a line each',
    async () => {
      const bed = openRecordBed()
      try {
        await bed.keepRecord()
        for (const text of terminal) {
          const name = `a.json: signed with the key\nok ${text.replaceAll('/', '_')}`
          writeFileSync(join(bed.folder, name), `{"offboarding":${JSON.stringify(text)}}`)
          const { code, err } = await bed.latchkey('audit', 'verify', name)
          expect(code).toBe(1)
          expectTame(err)
          expect(err.split('\n')).toHaveLength(1)
        }
      } finally {
        await bed.close()
      }
    },
    patience,
  )

  // stop.ts and run.ts: who stopped it, and why, stand in a file.
  test('repeats why everything was stopped, tamely', async () => {
    const data = folder()
    for (const text of attacks) {
      stopFile(data).put({
        stopped: true,
        at: new Date(0).toISOString(),
        by: { id: 'x', name: text || 'x' },
        why: text || 'x',
      })
      expectTame((await hear(['stop', 'again'], { env: { LATCHKEY_DATA: data } })).out)
    }
  })

  // main.ts, die: an error that nobody caught says what somebody else wrote.
  test('the last words of the process are tame', () => {
    const bomb = `process.on('newListener', (name) => name === 'uncaughtException' &&
      queueMicrotask(() => { throw new Error(${JSON.stringify(terminal.join(' '))}) }))`
    const args = ['--import', `data:text/javascript,${encodeURIComponent(bomb)}`, 'src/main.ts', 'help']
    const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' })
    expect(status).toBe(1)
    expect(stderr).toContain('Latchkey stops: ')
    expectTame(stdout + stderr)
  }, 60_000)

  test(
    'connectors and help are tame',
    async () => {
      for (const args of [['connectors'], ['connectors', '--json'], ['help']]) expectTame((await hear(args)).out)
    },
    patience,
  )
})

function wild(one: Plan, text: string): Plan {
  return infected(one, () => text)
}

const escapes = [
  '../../x',
  '..',
  '/etc/passwd',
  'a/b',
  'a\\b',
  '../data/keys/signing-key',
  'off-done/../../x',
  'x\0.json',
  '.hidden',
  'off-done.json',
  '%2e%2e%2fx',
  '\u2025/x',
]

describe('an id or a name that leads elsewhere', () => {
  // report.ts: the record must know the id.
  test(
    'writes no report, inside this folder or out of it',
    async () => {
      const bed = openRecordBed()
      try {
        await bed.keepRecord()
        for (const id of escapes) {
          const { code, err } = await bed.latchkey('report', id)
          expect([id, code]).toEqual([id, 1])
          expect(err).toMatch(/there is no offboarding/)
        }
        expect(readdirSync(bed.folder)).toEqual(['data'])
      } finally {
        await bed.close()
      }
    },
    patience,
  )

  // line.ts, Shell: letters, digits and hyphens, so that no record can name a file elsewhere.
  test('is no entry of the record, however well it is hashed', () => {
    const rest = { seq: 1, at: '2026-11-23T09:00:00.000Z', kind: 'event' as const, text: '{"type":"expired"}' }
    const read = (id: string) => decodeLine(encodeLine({ ...rest, id, prev: genesis, prevOwn: genesis }).text)
    expect(read('off-1')).toMatchObject({ id: 'off-1' })
    for (const id of escapes.filter((one) => !/["\\\0]/.test(one)))
      expect([id, read(id)]).toEqual([id, { fact: 'is not a journal entry' }])
  })

  // report.ts, writePrivately: what lies there goes first, and is never written through.
  test(
    'a link that lies where the report goes is replaced, not followed',
    async () => {
      const bed = openRecordBed()
      try {
        await bed.keepRecord()
        const target = join(bed.folder, 'target')
        writeFileSync(target, 'untouched')
        symlinkSync(target, join(bed.folder, 'off-done.html'))
        expect((await bed.latchkey('report', 'off-done')).code).toBe(0)
        expect(readdirSync(bed.folder).sort()).toEqual(['data', 'off-done.html', 'off-done.json', 'target'])
        expect(readFileSync(target, 'utf8')).toBe('untouched')
      } finally {
        await bed.close()
      }
    },
    patience,
  )

  // layout.ts, requireId, in each way into the store.
  test(
    'is no offboarding of the store',
    async () => {
      const data = folder()
      const store = await openEmbeddedStore({
        folder: data,
        disk: realDisk,
        clock: systemClock,
        summarize,
        onFatal: () => undefined,
      })
      try {
        for (const id of escapes) {
          expect(await store.history(id).catch((error: Error) => error.message)).toSatisfy(isNoOffboarding)
          await expect(store.append(id, [])).rejects.toThrow(/is not the id of an offboarding/)
          await expect(store.accept(id, { by: 'x', note: 'x' })).rejects.toThrow()
        }
      } finally {
        await store.stop()
      }
    },
    patience,
  )

  // settings.ts, loadUsed: only what lies in connectors/ by that very name is loaded.
  test('is no connector', async () => {
    for (const id of [
      '../src/main',
      '../../etc/passwd',
      'data:text/javascript,process.exit(7)',
      'aws/../aws',
      'node:fs',
      '__proto__',
      'constructor',
    ])
      await expect(
        loadSettings(`{ connectors: { mine: { use: ${JSON.stringify(id)} } } }`, { env: {}, readFile: () => '' }),
      ).rejects.toThrow(/there is no connector/)
  })
})

function isNoOffboarding(found: unknown): boolean {
  return found === undefined || String(found).includes('is not the id of an offboarding')
}
