/** From the text of latchkey.yaml to values: YAML, and `${NAME}` for what does not belong in a file. */
import { LineCounter, parseDocument } from 'yaml'
import { Secret } from './connector.ts'

export interface Problem {
  /** Dotted, as one would say it: `connectors.aws.accounts.0.id`. */
  path: string
  message: string
}

export interface Surroundings {
  env: Readonly<Record<string, string | undefined>>
  /** The content of a file; throws where it cannot be read. */
  readFile(path: string): string
}

const reference = /\$\{([^}]*)\}/g

/** A value that is nothing but `${NAME}` becomes a Secret; inside a longer text the variable is put in its place. */
export function readText(text: string, around: Surroundings): { value: unknown; problems: Problem[] } {
  if (text.length > longest) return { value: undefined, problems: [unreadable(`is longer than ${longest} characters`)] }
  try {
    return readDocument(text, around)
  } catch (error) {
    // An alias without an anchor, or a few that would unfold into millions; or brackets within brackets without an end.
    if (error instanceof ReferenceError) return { value: undefined, problems: [unreadable(error.message)] }
    if (error instanceof RangeError) return { value: undefined, problems: [unreadable('is nested too deeply')] }
    throw error
  }
}

/** Characters; hundreds of tasks fit in. Looking for keys that are there twice takes long in a file of tens of thousands. */
const longest = 64 * 1024
const deepest = 30

function unreadable(message: string): Problem {
  return { path: 'latchkey.yaml', message }
}

function readDocument(text: string, around: Surroundings): { value: unknown; problems: Problem[] } {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true, logLevel: 'error' })
  const problems = [...document.errors, ...document.warnings].map((error) => {
    const { line, col } = lines.linePos(error.pos[0])
    const message = error.message.startsWith('Maximum call stack') ? 'is nested too deeply' : error.message
    return { path: `line ${line}, column ${col}`, message: message.split('\n')[0] ?? error.code }
  })
  if (problems.length > 0) return { value: undefined, problems }
  const value = filled(document.toJS({ maxAliasCount: 50 }), [], around, problems)
  return { value, problems }
}

function filled(value: unknown, path: readonly string[], around: Surroundings, problems: Problem[]): unknown {
  if (path.length > deepest) throw new RangeError('nested too deeply')
  if (Array.isArray(value)) return value.map((one, index) => filled(one, [...path, String(index)], around, problems))
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(
      Object.entries(value).map(([key, one]) => [key, filled(one, [...path, key], around, problems)]),
    )
  }
  if (typeof value !== 'string' || !value.includes('${')) return value
  const read = (name: string) => lookUp(name, path.join('.'), around, problems)
  const whole = /^\$\{([^}]*)\}$/.exec(value)
  if (whole?.[1] !== undefined) return new Secret(read(whole[1]))
  return value.replace(reference, (_all, name: string) => read(name))
}

function lookUp(name: string, path: string, around: Surroundings, problems: Problem[]): string {
  const fail = (message: string) => {
    problems.push({ path: path || 'latchkey.yaml', message })
    return ''
  }
  if (!/^[A-Z][A-Z0-9_]*$/.test(name))
    return fail(`\${${name}} is not the name of a variable: use capitals, digits and _`)
  const value = around.env[name]
  if (value === undefined || value === '') return fail(`the environment variable ${name} is not set`)
  if (!name.endsWith('_FILE')) return value
  try {
    const content = around.readFile(value).replace(/\r?\n$/, '')
    return content === '' ? fail(`the file that ${name} names is empty`) : content
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unreadable'
    return fail(`the file that ${name} names cannot be read (${code})`)
  }
}
