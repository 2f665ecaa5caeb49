/** The page's own files: TypeScript without its types, and the two libraries out of node_modules. Nothing is built. */
import { createHash } from 'node:crypto'
import { readFile, stat } from 'node:fs/promises'
import { stripTypeScriptTypes } from 'node:module'
import { extname } from 'node:path'
import { fileURLToPath } from 'node:url'

export interface Served {
  type: string
  body: Buffer
  /** Changes with the content. */
  tag: string
}

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.ts': 'text/javascript; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
}

/** What the page may import by name, and where it is then fetched from. */
export const libraries: Readonly<Record<string, string>> = {
  preact: '/lib/preact.mjs',
  'preact/hooks': '/lib/preact-hooks.mjs',
  htm: '/lib/htm.mjs',
  'htm/preact': '/lib/htm-preact.mjs',
}

const pages = new URL('./browser/', import.meta.url)
const kept = new Map<string, { changed: number; served: Served }>()

/** `/` is the page itself, `/page/…` its other files, `/lib/…` the libraries; undefined for anything else. */
export async function fileAt(path: string): Promise<Served | undefined> {
  const url = urlOf(path)
  const type = url && types[extname(url.pathname)]
  if (!url || !type) return undefined
  try {
    const { mtimeMs } = await stat(url)
    const known = kept.get(url.href)
    if (known?.changed === mtimeMs) return known.served
    const served = await readServed(url, type)
    kept.set(url.href, { changed: mtimeMs, served })
    return served
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

function urlOf(path: string): URL | undefined {
  if (path === '/') return new URL('index.html', pages)
  const library = Object.entries(libraries).find(([, at]) => at === path)
  if (library) return new URL(import.meta.resolve(library[0]))
  const inside = /^\/page\/((?:[a-z0-9-]+\/)*[a-z0-9.-]+)$/.exec(path)?.[1]
  return inside && !inside.includes('..') ? new URL(inside, pages) : undefined
}

async function readServed(url: URL, type: string): Promise<Served> {
  const raw = await readFile(url)
  const script = type.startsWith('text/javascript')
  const body = script ? Buffer.from(scriptOf(fileURLToPath(url), raw.toString('utf8'))) : raw
  return { type, body, tag: `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"` }
}

/** Types become blanks, so line and column stay; imports by name become paths, for an import map would be inline script. */
function scriptOf(path: string, text: string): string {
  const plain = path.endsWith('.ts') ? stripTypeScriptTypes(text) : text
  return plain.replace(
    /(\bfrom\s*|\bimport\s*)(["'])([a-z/]+)\2/g,
    (whole, before: string, quote: string, name: string) =>
      libraries[name] ? `${before}${quote}${libraries[name]}${quote}` : whole,
  )
}
