import { execFile } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { newConnector } from './new-connector.ts'

const root = join(import.meta.dirname, '../..')
let place = ''

beforeEach(() => {
  place = mkdtempSync(join(tmpdir(), 'latchkey-new-'))
})
afterEach(() => rmSync(place, { recursive: true, force: true }))

/** What a connector stands on, as in a clone. */
function furnish(): void {
  const parts = ['node_modules', 'package.json', 'tsconfig.json', 'src/connector.ts', 'test/support']
  const sandbox = ['company.ts', 'server.ts', 'transport.ts', 'vendor.ts', 'world.ts'].map(
    (one) => `src/sandbox/${one}`,
  )
  for (const part of [...parts, ...sandbox]) {
    mkdirSync(dirname(join(place, part)), { recursive: true })
    symlinkSync(join(root, part), join(place, part))
  }
}

describe('npm run new-connector', () => {
  test('makes a connector that keeps all promises, on its first day', async () => {
    furnish()
    const made = newConnector(place, 'acme-crm', 'Acme CRM')
    expect(made.every((path) => existsSync(join(place, path)))).toBe(true)
    const vitest = join(root, 'node_modules/vitest/vitest.mjs')
    const result = join(place, 'result.json')
    const where = ['--root', place, '--dir', join(place, 'test/connectors')]
    const args = [vitest, 'run', ...where, '--reporter', 'json', '--outputFile', result]
    await promisify(execFile)(process.execPath, args, { cwd: place, env: { PATH: process.env.PATH } })
    const { numPassedTests, numFailedTests } = JSON.parse(readFileSync(result, 'utf8')) as Record<string, number>
    expect([numFailedTests, numPassedTests]).toEqual([0, expect.any(Number)])
    expect(numPassedTests).toBeGreaterThan(10)
  }, 60_000)

  test.each([
    ['Acme', 'Acme', 'no name for a connector'],
    ['../acme', 'Acme', 'no name for a connector'],
    ['acme', 'Acme `${x}`', 'no title'],
  ])('refuses %s, called %s, and makes nothing', (id, title, said) => {
    expect(() => newConnector(place, id, title)).toThrow(said)
    expect(readdirSync(place)).toEqual([])
  })

  test('writes over nothing', () => {
    mkdirSync(join(place, 'docs/connectors'), { recursive: true })
    writeFileSync(join(place, 'docs/connectors/acme.md'), 'mine')
    expect(() => newConnector(place, 'acme', 'Acme')).toThrow('docs/connectors/acme.md is there already')
    expect(readFileSync(join(place, 'docs/connectors/acme.md'), 'utf8')).toBe('mine')
    expect(existsSync(join(place, 'connectors'))).toBe(false)
  })
})
