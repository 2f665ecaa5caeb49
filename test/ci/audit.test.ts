import { execFileSync } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'latchkey-audit-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** Runs `.ci/audit` with an npm that answers so. */
function audit(answer: string, exit: number): { code: number; out: string } {
  writeFileSync(join(folder, 'answer'), answer)
  writeFileSync(join(folder, 'npm'), `#!/bin/sh\ncat "${join(folder, 'answer')}"\nexit ${exit}\n`)
  chmodSync(join(folder, 'npm'), 0o755)
  const script = join(import.meta.dirname, '../../.ci/audit')
  const env = { ...process.env, PATH: `${folder}${delimiter}${process.env.PATH}` }
  try {
    return { code: 0, out: execFileSync(script, { env, encoding: 'utf8', stdio: 'pipe' }) }
  } catch (error) {
    const { status, stdout, stderr } = error as { status: number; stdout: string; stderr: string }
    return { code: status, out: stdout + stderr }
  }
}

const report = (total: number, vulnerabilities = {}) =>
  JSON.stringify({ auditReportVersion: 2, vulnerabilities, metadata: { vulnerabilities: { total } } })

it('passes where npm knows of nothing', () => {
  expect(audit(report(0), 0)).toEqual({ code: 0, out: expect.stringContaining('0 known vulnerabilities') })
})

it('fails on a finding and names it', () => {
  const found = { lodash: { severity: 'high', range: '<4.17.21' } }
  expect(audit(report(1, found), 1)).toEqual({ code: 1, out: expect.stringMatching(/high: lodash <4\.17\.21/) })
})

it('passes, and says so, where the registry cannot be asked', () => {
  const refused = { message: '405 Method Not Allowed - POST https://npm.example.com/-/npm', statusCode: 405, error: {} }
  const { code, out } = audit(JSON.stringify(refused), 1)
  expect(code).toBe(0)
  expect(out).toMatch(/NOT ASKED.*405 Method Not Allowed/)
  expect(out).not.toContain('npm.example.com')
})

it.each([
  ['no JSON', 'npm: out of memory'],
  ['nothing', ''],
  ['something else', '{}'],
])('fails where npm prints %s', (_what, answer) => {
  expect(audit(answer, 1).code).toBe(1)
})
