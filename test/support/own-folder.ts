/** A new folder of a test's own; gone when its file has been run. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'

export function ownFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-test-'))
  made.push(folder)
  return folder
}

const made: string[] = []
afterAll(() => {
  for (const folder of made.splice(0)) rmSync(folder, { recursive: true, force: true })
})
