import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { stopFile } from '../../src/store/stop-file.ts'

const ann = { id: 'UANN', name: 'Ann' }
const at = '2026-11-20T10:00:00.000Z'

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'latchkey-stop-'))
  onTestFinished(() => rmSync(made, { recursive: true, force: true }))
  return made
}

test('nothing is stopped where there is no sign; a sign put up elsewhere is seen at once', () => {
  const data = folder()
  const [one, other] = [stopFile(data), stopFile(data)]
  expect(one.read()).toBeUndefined()
  other.put({ stopped: true, at, by: ann, why: 'a drill' })
  expect(one.read()).toEqual({ stopped: true, at, by: ann, why: 'a drill' })
  other.put({ stopped: false, at, by: ann })
  expect(one.read()).toEqual({ stopped: false, at, by: ann })
})

test.each(['', 'STOP', '{"stopped":"perhaps"}', '{"stopped":false}'])('a sign that says %j means stop', (text) => {
  const data = folder()
  writeFileSync(join(data, 'stop.json'), text)
  expect(stopFile(data).read()).toMatchObject({ stopped: true, by: { name: 'somebody on the host' } })
})

test('only the owner reads and writes it', () => {
  const data = folder()
  stopFile(data).put({ stopped: true, at, by: ann, why: 'a drill' })
  expect(statSync(join(data, 'stop.json')).mode & 0o777).toBe(0o600)
})
