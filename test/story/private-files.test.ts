/** Whatever Latchkey writes is for its own user only, also where whoever starts it lets everybody in by default. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { summarize } from '../../src/bot.ts'
import { systemClock } from '../../src/clock.ts'
import { realDisk } from '../../src/store/disk.ts'
import { openEmbeddedStore } from '../../src/store/embedded.ts'
import { openSigningKey } from '../../src/store/signing-key.ts'
import { closeCliBeds, openCliBed } from '../cli/bed.ts'
import { running, step } from '../support/story.ts'

const patience = 120_000
const root = new URL('../../', import.meta.url).pathname
const waiting = { timeout: 60_000, interval: 50 }
let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'latchkey-private-'))
})
afterEach(async () => {
  await closeCliBeds()
  rmSync(folder, { recursive: true, force: true })
})

/** With the most permissive mask there is. */
function open(
  script: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
): { child: ChildProcess; out(): string } {
  const line = ['umask 000; exec "$0" "$@"', process.execPath, join(root, script), ...args]
  const child = spawn('/bin/sh', ['-c', ...line], { cwd: folder, env: { PATH: process.env.PATH, ...env } })
  let heard = ''
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk) => {
      heard += chunk
    })
  return { child, out: () => heard }
}

async function finished(script: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<string> {
  const { child, out } = open(script, args, env)
  const [code] = (await once(child, 'close')) as [number]
  expect(code, out()).toBe(0)
  return out()
}

/** Path and rights of everything that somebody else may read, change or enter. */
function openTo(top: string): string[] {
  const names = readdirSync(top, { recursive: true, encoding: 'utf8' })
  return ['.', ...names].flatMap((name) => {
    const mode = lstatSync(join(top, name)).mode & 0o7777
    return (mode & 0o077) === 0 ? [] : [`${name} ${mode.toString(8)}`]
  })
}

test(
  'the data folder of a bot that ran, was stopped and was asked for everything',
  async () => {
    const bed = await openCliBed()
    const data = join(folder, 'new', 'data')
    const env = { ...bed.env, LATCHKEY_DATA: data, LATCHKEY_LOG: 'info' } as NodeJS.ProcessEnv
    const { child, out } = open('src/main.ts', ['start'], env)
    await vi.waitFor(() => expect(out()).toContain('Latchkey is running.'), waiting)
    child.kill('SIGTERM')
    await once(child, 'close')
    await finished('src/main.ts', ['stop', 'a test'], env)
    await finished('src/main.ts', ['resume'], env)
    expect(readdirSync(data)).toEqual(expect.arrayContaining(['journal', 'keys', 'lock', 'stop.json']))
    expect(openTo(join(folder, 'new'))).toEqual([])
  },
  patience,
)

test(
  'journal, snapshots, archive and index of a store that is written without end',
  async () => {
    const data = join(folder, 'data')
    const { child, out } = open('test/support/store-child.ts', ['append', data])
    await vi.waitFor(() => {
      expect(out().split('\n').length).toBeGreaterThan(400)
      expect(readdirSync(join(data, 'closed'))).not.toEqual([])
      expect(readdirSync(join(data, 'journal')).length).toBeGreaterThan(1)
    }, waiting)
    child.kill('SIGKILL')
    await once(child, 'close')
    expect(openTo(data)).toEqual([])
  },
  patience,
)

test(
  'the files of a report, also where an open one was there before',
  async () => {
    const [data, reports] = [join(folder, 'data'), folder]
    const fail = (error: Error) => {
      throw error
    }
    const store = await openEmbeddedStore({
      folder: data,
      disk: realDisk,
      clock: systemClock,
      summarize,
      onFatal: fail,
    })
    await store.append('off-one', running([step('zoo/cage')]))
    await store.stop()
    await openSigningKey(data, realDisk)
    await finished('src/main.ts', ['report', 'off-one'], { LATCHKEY_DATA: data })
    chmodSync(join(reports, 'off-one.html'), 0o666)
    const told = await finished('src/main.ts', ['report', 'off-one'], { LATCHKEY_DATA: data })
    expect(told).toContain('Written: off-one.json')
    expect(openTo(folder)).toEqual([])
  },
  patience,
)

test('the walk itself sees what is open', () => {
  mkdirSync(join(folder, 'x'))
  chmodSync(join(folder, 'x'), 0o750)
  expect(openTo(folder)).toEqual(['x 750'])
})
