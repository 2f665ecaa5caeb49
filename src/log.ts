/**
 * A logger that cannot print a secret: JSON lines, each value scrubbed before it is written. Registered secrets go in
 * every form a log may hold them in; what merely looks like a token goes too, since vendors echo what they were sent.
 */
import pino from 'pino'
import { spelledOut, withoutUnseen } from './offboarding/unseen.ts'

export interface Log {
  error(fields: object, message: string): void
  warn(fields: object, message: string): void
  info(fields: object, message: string): void
  debug(fields: object, message: string): void
  /** A log that puts these fields on every line. */
  child(fields: object): Log
}

export interface LogOptions {
  level: 'error' | 'warn' | 'info' | 'debug' | 'silent'
  /** Asked at every line, so that a secret learnt later is covered from then on. */
  secrets: () => Iterable<string>
  /** One JSON line, ending in a line feed; standard output when absent. */
  write?: (line: string) => void
}

export type Scrub = (text: string) => string

const mask = '[secret]'
/** Shorter values would black out ordinary words. */
const shortest = 4
const deepest = 8

export function createLog(options: LogOptions): Log {
  const settings: pino.LoggerOptions = {
    level: options.level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
  }
  const out = options.write ? { write: options.write } : pino.destination({ dest: 1, sync: true })
  const lines = pino(settings, { write: (line) => void out.write(spelledOut(line)) })
  return logOver(lines, createScrub(options.secrets))
}

function logOver(lines: pino.Logger, scrub: Scrub): Log {
  const fieldsOf = (fields: object) =>
    besideOurs(scrubbed(fields instanceof Error ? { error: fields } : fields, scrub) as object)
  // Scrubbing costs more than writing, so what is not written is not scrubbed.
  const at = (level: 'error' | 'warn' | 'info' | 'debug') => (fields: object, message: string) => {
    if (lines.isLevelEnabled(level)) lines[level](fieldsOf(fields), scrub(message))
  }
  return {
    error: at('error'),
    warn: at('warn'),
    info: at('info'),
    debug: at('debug'),
    child: (fields) => logOver(lines.child(fieldsOf(fields)), scrub),
  }
}

/** Words that may hold somebody else's, fit for a terminal. */
export function printable(text: string): string {
  return withoutUnseen(text)
}

const ours: ReadonlySet<string> = new Set(['level', 'time', 'msg'])

/** Of a name that a line has twice, readers take the last: a field must not say at which level it was written. */
function besideOurs(fields: object): object {
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [ours.has(name) ? `${name}_` : name, value]))
}

export const silentLog: Log = {
  error: () => undefined,
  warn: () => undefined,
  info: () => undefined,
  debug: () => undefined,
  child: () => silentLog,
}

/** Takes these secrets, in each of their written forms, and everything that looks like a token out of a text. */
export function createScrub(secrets: () => Iterable<string>): Scrub {
  const known = new Map<string, readonly string[]>()
  return (text) => {
    let clean = text
    for (const secret of secrets()) {
      if (!known.has(secret)) known.set(secret, formsOf(secret))
      for (const form of known.get(secret) ?? []) clean = clean.replaceAll(form, mask)
    }
    return scrubTokens(clean)
  }
}

/** As it is, in JSON, in JSON inside JSON, in a URL, in a form, in base64 at each of the three places it can start. */
function formsOf(secret: string): readonly string[] {
  if (secret.length < shortest) return []
  const inJson = JSON.stringify(secret).slice(1, -1)
  const inUrl = encodeURIComponent(secret)
  const forms = new Set([
    secret,
    secret.trim(),
    inJson,
    JSON.stringify(inJson).slice(1, -1),
    inUrl,
    inUrl.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase()),
    encodeURI(secret),
    new URLSearchParams([['', secret]]).toString().slice(1),
    ...base64Forms(secret),
  ])
  return [...forms].filter((form) => form.length >= shortest).sort((a, b) => b.length - a.length)
}

function base64Forms(secret: string): string[] {
  const forms = [0, 1, 2].map((offset) => {
    const bytes = Buffer.concat([Buffer.alloc(offset), Buffer.from(secret)])
    const whole = bytes.toString('base64').replace(/=+$/, '')
    // The first and last characters also carry bits of their neighbours, so only what is wholly the secret's counts.
    return whole.slice([0, 2, 3][offset], bytes.length % 3 === 0 ? undefined : -1)
  })
  const encoded = [Buffer.from(secret).toString('base64'), ...forms].filter((form) => form.length >= 8)
  return encoded.flatMap((form) => [form, form.replaceAll('+', '-').replaceAll('/', '_')])
}

const someOfToken = '(?=[a-z]*[A-Z0-9+/=._-])'
const named =
  'secret|token|passw(?:or)?d|passphrase|pwd|api[_-]?key|access[_-]?key|private[_-]?key|assertion|signature|credential'

/** What stands where a secret could, and is none: a moment, a yes or no. `pwdLastSet=2026-11-23T07:47:15Z` is evidence. */
const plain = `(?!(?:\\d{4}-\\d\\d-\\d\\dT[\\d:.]+Z?|true|false|null)(?![^\\s"'&,;}\\\\]))`

/**
 * Whoever writes what we log may write it so that looking takes long: each of these reads no character more often than a
 * few dozen times, so what could start anew at every letter has an end.
 */
const shapes: readonly (readonly [RegExp, string])[] = [
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g, mask],
  [/\bx(?:ox[a-z]|app|wfp)[.-][A-Za-z0-9.-]{6,}/g, mask],
  [/\beyJ[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]+)*/g, mask],
  [/\b(?:gh[a-z]_|github_pat_|glpat-|ya29\.|sk[-_]|npm_|shp[a-z]{2}_)[A-Za-z0-9._-]{16,}/g, mask],
  [
    new RegExp(`\\b([Bb]earer|BEARER|[Bb]asic|BASIC|SSWS)(\\s+|%20|\\+)${someOfToken}[\\w.~+/=-]{8,}`, 'g'),
    `$1$2${mask}`,
  ],
  [/\b((?:AKIA|ASIA)[0-9A-Z]{16})([^A-Za-z0-9]+)[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+])/g, `$1$2${mask}`],
  [/\b([a-z][a-z0-9+.-]{0,30}:\/\/[^\s/:@]+:)[^\s/@]+@/gi, `$1${mask}@`],
  [
    new RegExp(
      `((?:${named})[\\w-]{0,60}\\\\*["']?\\s*=\\s*\\\\*["']?)(?!\\[secret\\])${plain}[^\\s"'&,;}\\\\]{4,}`,
      'gi',
    ),
    `$1${mask}`,
  ],
  [
    new RegExp(
      `((?:${named})[\\w-]{0,60}\\\\*["']?\\s*:\\s*\\\\*["']?)${plain}(?=[^\\s"'&,;}]{0,200}\\d)[^\\s"'&,;}\\\\]{6,}`,
      'gi',
    ),
    `$1${mask}`,
  ],
]

/** Slack, OAuth, JWT, GitHub, Google and AWS tokens, private keys, `password=…`: whatever is not fit to be read. */
export function scrubTokens(text: string): string {
  let clean = text
  for (const [shape, instead] of shapes) clean = clean.replace(shape, instead)
  return clean
}

const secretName =
  /^(?:proxy-)?(?:authorization|(?:set-)?cookie|pass(?:word|wd|phrase)|pwd|(?:\w+[_-]?)?(?:secret|token|apikey|api[_-]key|private[_-]?key)|assertion|pin)$/i

/** Plain JSON with every text scrubbed; errors become their name, message, first frame and causes. */
function scrubbed(value: unknown, scrub: Scrub, above: readonly object[] = []): unknown {
  if (typeof value === 'string') return scrub(value)
  if (value === null || value === undefined || typeof value === 'boolean') return value
  if (typeof value === 'number' || typeof value === 'bigint') return scrubbedNumber(value, scrub)
  if (typeof value !== 'object') return scrub(String(value))
  if (above.length > deepest || above.includes(value)) return '…'
  return scrubbedObject(value, scrub, [...above, value])
}

function scrubbedObject(value: object, scrub: Scrub, above: readonly object[]): unknown {
  if (value instanceof Error) return scrubbedError(value, scrub, above)
  if (ArrayBuffer.isView(value)) return `${value.byteLength} bytes`
  if ('toJSON' in value && typeof value.toJSON === 'function') return scrubbed(value.toJSON(), scrub, above)
  if (isIterable(value)) return [...value].map((one) => scrubbed(one, scrub, above))
  const entries = Object.entries(value).map(([name, inner]) => {
    const kept = secretName.test(name) && typeof inner === 'string' ? mask : scrubbed(inner, scrub, above)
    return [scrub(name), kept]
  })
  return Object.fromEntries(entries)
}

function isIterable(value: object): value is Iterable<unknown> {
  return Symbol.iterator in value
}

function scrubbedNumber(value: number | bigint, scrub: Scrub): unknown {
  const text = String(value)
  const clean = scrub(text)
  if (clean !== text) return clean
  return typeof value === 'bigint' ? text : value
}

function scrubbedError(error: Error, scrub: Scrub, above: readonly object[]): unknown {
  const more = error as Error & { code?: unknown; status?: unknown; errors?: unknown }
  const frame = error.stack?.split('\n').find((line) => /^\s+at /.test(line))
  const fields = {
    name: error.name,
    message: error.message,
    code: more.code,
    status: more.status,
    at: frame?.trim().slice(3),
    cause: error.cause,
    errors: error instanceof AggregateError ? error.errors : undefined,
  }
  const present = Object.entries(fields).filter(([, field]) => field !== undefined)
  return Object.fromEntries(present.map(([name, field]) => [name, scrubbed(field, scrub, above)]))
}
