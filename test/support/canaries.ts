/** Secrets that are known to the test, and a search for them, in every form they may hide in, through everything that comes out. */
import { randomBytes } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { z } from 'zod'
import { Secret } from '../../src/connector.ts'

/** What it is → its value. */
export type Canaries = Map<string, string>
/** Where it came out → the text. */
export type Outputs = Map<string, string>

/** One that every writer has to encode somewhere. */
export function canary(): string {
  return `${randomBytes(12).toString('base64url')}"/+ &é\\${randomBytes(6).toString('hex')}`
}

/** One that an unquoted `name=value` takes whole. */
export function plainCanary(): string {
  return `c4${randomBytes(15).toString('hex')}`
}

const half = 12

/** The texts that give a secret away. A half is long enough to guess the rest of nothing else. */
export function formsOf(secret: string): [form: string, text: string][] {
  const bytes = Buffer.from(secret)
  const inJson = JSON.stringify(secret).slice(1, -1)
  const inUrl = encodeURIComponent(secret)
  const forms: [string, string][] = [
    ['plain', secret],
    ['JSON', inJson],
    ['JSON in JSON', JSON.stringify(inJson).slice(1, -1)],
    ['URL', inUrl],
    ['URL, small', inUrl.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase())],
    ['form', new URLSearchParams([['', secret]]).toString().slice(1)],
    ['hex', bytes.toString('hex')],
    ['HEX', bytes.toString('hex').toUpperCase()],
    ['other case', swapped(secret)],
    ['reversed', [...secret].reverse().join('')],
    ['HTML', secret.replaceAll('&', '&amp;').replaceAll('"', '&quot;')],
    ...base64Of(bytes),
  ]
  const halves = forms.filter(([, text]) => text.length >= 2 * half)
  return [
    ...forms,
    ...halves.map(([form, text]): [string, string] => [`first half, ${form}`, text.slice(0, half)]),
    ...halves.map(([form, text]): [string, string] => [`last half, ${form}`, text.slice(-half)]),
  ]
}

function swapped(text: string): string {
  return [...text].map((one) => (one === one.toLowerCase() ? one.toUpperCase() : one.toLowerCase())).join('')
}

/** At each of the three places in which base64 of a longer text may hold it; what is shared with neighbours left out. */
function base64Of(bytes: Buffer): [string, string][] {
  return [0, 1, 2].flatMap((offset): [string, string][] => {
    const whole = Buffer.concat([Buffer.alloc(offset), bytes])
      .toString('base64')
      .replace(/=+$/, '')
    const own = whole.slice([0, 2, 3][offset], -1)
    const url = own.replaceAll('+', '-').replaceAll('/', '_')
    return [
      [`base64 at ${offset}`, own],
      [`base64url at ${offset}`, url],
    ]
  })
}

/** Each leak in words that hold no secret themselves. */
export function leaks(canaries: Canaries, outputs: Outputs): string[] {
  const found: string[] = []
  for (const [what, secret] of canaries) {
    const forms = formsOf(secret)
    for (const [where, text] of outputs) {
      const form = forms.find(([, one]) => text.includes(one))
      if (form) found.push(`${what}, as ${form[0]}, in ${where}, after: ${before(text, form[1])}`)
    }
  }
  return found
}

/** Where to look, without long words: each might be a secret, too. */
function before(text: string, secret: string): string {
  const at = text.indexOf(secret)
  return text.slice(Math.max(0, at - 300), at).replace(/[^\s"'=:,{}[\]]{17,}/g, '…')
}

/** Everything below a folder, one output a file. */
export function filesIn(folder: string, as: string): Outputs {
  const names = readdirSync(folder, { recursive: true, withFileTypes: true })
  const files = names.filter((one) => one.isFile()).map((one) => join(one.parentPath, one.name))
  return new Map(files.map((file) => [`${as}: ${file.slice(folder.length + 1)}`, readFileSync(file, 'latin1')]))
}

/** The secrets of settings that were read, by their place in them. A key file counts by the lines of its key. */
export function plantedIn(settings: unknown, at = ''): Canaries {
  if (settings instanceof Secret) return partsOf(settings.reveal(), at)
  if (typeof settings !== 'object' || settings === null) return new Map()
  const inner = Object.entries(settings).flatMap(([key, value]) => [
    ...plantedIn(value, Array.isArray(settings) ? `${at}[]` : at ? `${at}.${key}` : key),
  ])
  return new Map(inner)
}

function partsOf(text: string, at: string): Canaries {
  if (!text.includes('PRIVATE KEY')) return new Map([[at, text]])
  const [, key = ''] = /-----BEGIN [A-Z ]*PRIVATE KEY-----([\s\S]*?)-----END/.exec(text) ?? []
  const lines = key.split(/\n|\\n/).filter((line) => line.length >= 40)
  return new Map(lines.map((line, index) => [index === 0 ? at : `${at}, line ${index + 1} of the key`, line]))
}

type Definition = {
  type: string
  innerType?: z.ZodType
  in?: z.ZodType
  element?: z.ZodType
  options?: readonly z.ZodType[]
  shape?: Record<string, z.ZodType>
  valueType?: z.ZodType
}

/** Every place of a schema that is declared `secret()`. */
export function secretPlaces(schema: z.ZodType, at: string): string[] {
  const def = schema.def as unknown as Definition
  if (def.type === 'custom' && schema.safeParse(new Secret('x')).success) return [at]
  const inner = def.innerType ?? def.in
  if (inner) return secretPlaces(inner, at)
  if (def.options) return def.options.flatMap((option) => secretPlaces(option, at))
  if (def.element) return secretPlaces(def.element, `${at}[]`)
  if (def.valueType) return secretPlaces(def.valueType, `${at}.*`)
  return Object.entries(def.shape ?? {}).flatMap(([key, one]) => secretPlaces(one, `${at}.${key}`))
}
