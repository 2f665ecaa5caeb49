/** What the README shows must be so. */
import { readFileSync } from 'node:fs'
import { expect, it as test } from 'vitest'
import { knownConnectors, loadSettings } from '../src/app.ts'
import { endings } from '../src/offboarding/offboarding.ts'

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')
const { scripts } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))

test('its settings are good settings, and it leads to the page of every connector there is', async () => {
  const [yaml = ''] = /(?<=```yaml\n)[\s\S]*?(?=```)/.exec(readme) ?? []
  const names = [...yaml.matchAll(/\$\{([A-Z0-9_]+)\}/g)].map((match) => match[1] as string)
  const env = Object.fromEntries(names.map((name) => [name, `/${name}`]))
  const contents: Record<string, string> = {
    '/AD_CA_FILE': '-----BEGIN CERTIFICATE-----\nx',
    '/GOOGLE_CREDENTIALS_FILE': '{}',
  }
  const settings = await loadSettings(yaml, { env, readFile: (path) => contents[path] ?? '' })
  expect(settings.connectors.map((one) => one.use)).toContain('google-workspace')
  for (const id of knownConnectors()) expect(readme).toContain(`(docs/connectors/${id}.md)`)
  expect(settings.policy).toMatchObject({ signOffWithin: 72 * 3600_000, irreversibleAfter: 30 * 24 * 3600_000 })
})

test('every npm script it names exists, and every ending is explained', () => {
  for (const [, name] of readme.matchAll(/npm run ([a-z-]+)/g)) expect(Object.keys(scripts)).toContain(name)
  for (const ending of endings) expect(readme).toContain(`| ${ending.replace('-', ' ')} |`)
})
