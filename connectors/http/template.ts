/**
 * Requests as the settings write them. URLs are templates of RFC 6570, every value percent-encoded; in JSON bodies a
 * `{name}` inside a text is replaced as it stands. Nothing is evaluated, and a name that is not known is a mistake.
 */
import { parseTemplate } from 'url-template'
import { type Json, Rejected } from '../../src/connector.ts'

export type Value = string | number | boolean
export type Values = Readonly<Record<string, Value | undefined>>

/** Simple, path and query expansion; `{+x}` and `{#x}` would let a value be more than one part of the URL. */
const expression = /\{([^{}]*)\}/g
const allowed = /^[/?&]?[A-Za-z][A-Za-z.]*(,[A-Za-z][A-Za-z.]*)*$/
const inText = /\{([A-Za-z][A-Za-z.]*)\}/g

/** What is wrong with a URL template; undefined where nothing is. */
export function urlProblem(template: string): string | undefined {
  const bad = [...template.matchAll(expression)].find(([, inner = '']) => !allowed.test(inner))
  if (bad) return `${bad[0]} is not {name}, {?name}, {&name} or {/name}`
  if (/[{}]/.test(template.replaceAll(expression, ''))) return 'has a brace without its other half'
  return /^\/(?![/\\])/.test(template) ? undefined : 'begins with one / and is put behind baseUrl'
}

export function namesInUrl(template: string): string[] {
  return [...template.matchAll(expression)].flatMap(([, inner = '']) => inner.replace(/^[/?&]/, '').split(','))
}

export function namesInJson(json: Json): string[] {
  if (typeof json === 'string') return [...json.matchAll(inText)].map(([, name = '']) => name)
  if (typeof json !== 'object' || json === null) return []
  return Object.values(json).flatMap(namesInJson)
}

/** Throws Rejected where a value is missing, or would be read as a place of its own. */
export function urlOf(template: string, values: Values): string {
  const used = Object.fromEntries(namesInUrl(template).map((name) => [name, known(name, values)]))
  for (const value of Object.values(used))
    if (value === '' || value === '.' || value === '..')
      throw new Rejected(`"${value}" is no name that can be asked for.`)
  return parseTemplate(template).expand(used)
}

export function jsonOf(json: Json, values: Values): Json {
  if (typeof json === 'string') return textOf(json, values)
  if (typeof json !== 'object' || json === null) return json
  if (Array.isArray(json)) return json.map((one) => jsonOf(one, values))
  return Object.fromEntries(Object.entries(json).map(([key, one]) => [key, jsonOf(one, values)]))
}

/** A text that is nothing but a name stays what the value is: a number, a yes or no. */
function textOf(text: string, values: Values): Json {
  const [, whole] = /^\{([A-Za-z][A-Za-z.]*)\}$/.exec(text) ?? []
  return whole ? known(whole, values) : text.replaceAll(inText, (_all, name: string) => String(known(name, values)))
}

function known(name: string, values: Values): Value {
  const value = Object.hasOwn(values, name) ? values[name] : undefined
  if (value === undefined) throw new Rejected(`there is no {${name}} here`, { code: 'noValue' })
  return value
}
