/** The page's files, as a browser gets them. */
import { readdirSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { fileAt, libraries } from '../../../src/sandbox/page/files.ts'

const scripts = readdirSync(new URL('../../../src/sandbox/page/browser/', import.meta.url)).filter((name) =>
  name.endsWith('.ts'),
)

describe('scripts', () => {
  test('every one of the page comes without types, and imports only what the server has', async () => {
    const reached = new Set<string>()
    const read = async (path: string): Promise<void> => {
      if (reached.has(path)) return
      reached.add(path)
      const served = await fileAt(path)
      expect(served, path).toBeDefined()
      expect(served?.type).toContain('javascript')
      const text = String(served?.body)
      const imports = [...text.matchAll(/^\s*(?:import|export)\b[^'"]*?\bfrom\s*["']([^"']+)["']/gm)].map(
        (one) => one[1] ?? '',
      )
      for (const name of imports) await read(new URL(name, `http://page${path}`).pathname)
    }
    for (const name of scripts) await read(`/page/${name}`)
    expect(reached).toContain(libraries.preact)
  })

  test('a library that names another one is led to the same copy of it', async () => {
    const text = String((await fileAt('/lib/htm-preact.mjs'))?.body)
    expect(text).toContain('from"/lib/preact.mjs"')
    expect(text).not.toMatch(/from\s*["']preact["']/)
  })

  test('a file that did not change has the same tag', async () => {
    const [one, other] = [await fileAt('/'), await fileAt('/')]
    expect(one?.tag).toMatch(/^"[\w-]+"$/)
    expect(other?.tag).toBe(one?.tag)
  })
})

test.each([
  '/page/../server.ts',
  '/page/..%2fserver.ts',
  '/page//etc/passwd',
  '/page/tsconfig.json',
  '/page/none.ts',
  '/lib/zod.mjs',
  '/package.json',
])('%s is not served', async (path) => {
  expect(await fileAt(path)).toBeUndefined()
})
