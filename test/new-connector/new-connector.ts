/**
 * `npm run new-connector NAME ["Title"]`: a connector that works, with its pretend vendor, its test and its page; from
 * there on it becomes that of a real system, and the contract test says in words what is missing.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { Eta } from 'eta'

const templates = new URL('./template/', import.meta.url)

/** By template: where it goes. */
const places = (id: string): Record<string, string> => ({
  'connector.ts.eta': `connectors/${id}.ts`,
  'pretend.ts.eta': `src/sandbox/${id}/index.ts`,
  'vendor.ts.eta': `src/sandbox/${id}/vendor.ts`,
  'test.ts.eta': `test/connectors/${id}.test.ts`,
  'docs.md.eta': `docs/connectors/${id}.md`,
})

/** Answers the files that it made, below `root`. Throws, and makes nothing, where the name is none or one is there. */
export function newConnector(root: string, id: string, title: string): string[] {
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(id))
    throw new Error(`"${id}" is no name for a connector: small letters, digits and hyphens, such as acme-crm.`)
  if (!/^[\w .&+-]{1,40}$/.test(title))
    throw new Error(`"${title}" is no title: letters, digits and spaces, 40 at most.`)
  const all = Object.entries(places(id))
  const there = [...all.map(([, path]) => path), `connectors/${id}`].find((path) => existsSync(join(root, path)))
  if (there) throw new Error(`${there} is there already; nothing was made.`)
  const eta = new Eta({ autoEscape: false })
  for (const [name, path] of all) {
    const text = eta.renderString(readFileSync(new URL(name, templates), 'utf8'), { id, title })
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), text, { flag: 'wx' })
  }
  return all.map(([, path]) => path)
}

if (import.meta.main) {
  const [id = '', title = id.charAt(0).toUpperCase() + id.slice(1)] = process.argv.slice(2)
  try {
    const made = newConnector(join(import.meta.dirname, '../..'), id, title)
    const next = `Next: npx biome check --write connectors/${id}.ts src/sandbox/${id} test/connectors/${id}.test.ts, then npx vitest run --dir test test/connectors/${id}, then docs/connector-guide.md`
    process.stdout.write(`${made.join('\n')}\n${next}\n`)
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n`)
    process.exitCode = 1
  }
}
