/**
 * Loaded first into a process of the harness: where each module lies, as an earlier process of this harness found it.
 * Looking for some thousand of them by name takes longer than all the rest of their loading once they are compiled.
 * What is loaded is the same.
 */
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { registerHooks } from 'node:module'
import { join } from 'node:path'

interface Found {
  url: string
  format?: string | null | undefined
}

const file = join(process.env.NODE_COMPILE_CACHE ?? '', 'resolved.json')
const known = new Map<string, Found>(existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : [])
const before = known.size

registerHooks({
  resolve(specifier, context, next) {
    if (specifier.startsWith('node:')) return next(specifier, context)
    // `import` and `require` may find another file in the same package.
    const name = `${context.conditions.join()} ${specifier} ${context.parentURL}`
    const one = known.get(name)
    if (one) return { ...one, importAttributes: context.importAttributes, shortCircuit: true }
    const { url, format } = next(specifier, context)
    if (url.startsWith('file:')) known.set(name, { url, format })
    return { url, format, importAttributes: context.importAttributes }
  },
})

process.once('exit', () => {
  if (known.size === before) return
  const draft = `${file}.${process.pid}`
  writeFileSync(draft, JSON.stringify([...known]))
  renameSync(draft, file)
})
