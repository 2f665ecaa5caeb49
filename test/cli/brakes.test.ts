import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { stopFile } from '../../src/store/stop-file.ts'
import { hear } from './bed.ts'

let data = ''
beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), 'latchkey-brakes-'))
})
afterEach(() => rmSync(data, { recursive: true, force: true }))

const latchkey = (...args: string[]) => hear(args, { env: { LATCHKEY_DATA: data } })

test('stop wants to know why, and changes nothing without it', async () => {
  const heard = await latchkey('stop')
  expect([heard.code, heard.err]).toEqual([2, expect.stringMatching(/say why/)])
  expect(stopFile(data).read()).toBeUndefined()
})

test('stop puts the sign up with who and why; resume takes it down; both say so when there is nothing to do', async () => {
  expect((await latchkey('resume')).out).toMatch(/Nothing is stopped/)
  expect((await latchkey('stop', 'wrong list')).out).toMatch(/Everything is stopped/)
  expect(stopFile(data).read()).toMatchObject({
    stopped: true,
    why: 'wrong list',
    by: { name: expect.stringMatching(/at the command line/) },
  })
  expect((await latchkey('stop', 'again')).out).toMatch(/stopped already, by .* wrong list/)
  expect((await latchkey('resume')).out).toMatch(/goes on/)
  expect(stopFile(data).read()).toMatchObject({ stopped: false })
})
