import { readdirSync, readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { knownConnectors, loadConnector } from '../src/app.ts'
import { headings, pageOf, pagesOf } from '../src/cli/connector-docs.ts'

const folder = fileURLToPath(new URL('../docs/connectors', import.meta.url))
const connectors = await Promise.all(knownConnectors().map(loadConnector))
const pages = pagesOf(connectors, folder)

describe('docs/connectors', () => {
  test.each([...pages].map(([path, text]) => [basename(path), path, text]))(
    '%s says what the connector is now (else: npm run docs)',
    (_name, path, text) => {
      expect(readFileSync(path, 'utf8')).toBe(text)
    },
  )

  test('has no page of a connector that is no more', () => {
    expect(readdirSync(folder).sort()).toEqual([...pages.keys()].map((path) => basename(path)).sort())
  })

  test.each(connectors.map((one) => one.id))(
    'says of %s how to make the credential, what is not done, and its limits',
    (id) => {
      const text = readFileSync(`${folder}/${id}.md`, 'utf8')
      const parts = headings.map((heading) => text.indexOf(`\n${heading}\n`))
      expect(parts).toEqual(parts.toSorted((a, b) => a - b))
      for (const [index, from] of parts.entries()) {
        expect(from, headings[index]).toBeGreaterThan(0)
        const own = text.slice(from + (headings[index] ?? '').length + 1, parts[index + 1])
        expect(own.trim().length, `${headings[index]} is empty`).toBeGreaterThan(40)
      }
    },
  )

  test('keeps what was written by hand', () => {
    const [connector] = connectors
    if (!connector) throw new Error('there is no connector')
    const byHand =
      '## Credential\n\nAsk Ivo.\n\n## What is not done, and why\n\nNothing.\n\n## Limits and traps\n\nNone.\n'
    const page = pageOf(connector, `# Old\n\nold text\n\n${byHand}`)
    expect(page.endsWith(byHand)).toBe(true)
    expect(page).not.toContain('old text')
    expect(pageOf(connector, page)).toBe(page)
  })
})
