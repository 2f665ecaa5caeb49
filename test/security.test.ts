import { existsSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'

const root = new URL('../', import.meta.url)
const page = readFileSync(new URL('SECURITY.md', root), 'utf8')
const named = [
  ...new Set([...page.matchAll(/`((?:test|docs|\.ci)\/[\w./-]+)`|\]\(([\w./-]+)\)/g)].map(([, a, b]) => a ?? b ?? '')),
]

it('SECURITY.md names tests for what it says', () => {
  expect(named.filter((path) => path.startsWith('test/')).length).toBeGreaterThan(15)
})

it.each(named)('SECURITY.md names %s, which is there', (path) => {
  expect(existsSync(new URL(path, root))).toBe(true)
})
