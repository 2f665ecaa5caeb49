/** What a vendor said when it refused, in short and without a secret: its code and message, out of JSON or XML. */
import { STATUS_CODES } from 'node:http'
import { createScrub, type Scrub } from '../log.ts'

export interface Words {
  code?: string
  message?: string
}

/** "403 Forbidden (Authorization_RequestDenied: Insufficient privileges)" */
export function sentence(status: number, words: Words): string {
  const said = [words.code, words.message].filter(Boolean).join(': ')
  return `${status} ${STATUS_CODES[status] ?? ''}`.trim() + (said ? ` (${said})` : '')
}

export interface Sent {
  headers: Headers
  body: string
  /** The credentials in the settings, sent with this very request or not. */
  secrets?: readonly string[]
}

/** Takes what was secret in a request out of whatever was answered to it. */
export function scrubOf(sent: Sent): Scrub {
  const secrets = secretsOf(sent)
  return createScrub(() => secrets)
}

/** Reads the error bodies of the vendors we know: OAuth, Graph, Google, Okta, SCIM, GitHub, AWS and their likes. */
export function vendorWords(body: string, sent: Sent): Words {
  const words = body.trimStart().startsWith('<') ? fromXml(body) : fromJson(parsed(body))
  const scrub = scrubOf(sent)
  const code = words.code && clip(scrub(words.code), 80)
  const message = words.message && clip(scrub(words.message), 200)
  return { ...(code ? { code } : {}), ...(message && message !== code ? { message } : {}) }
}

function fromXml(body: string): Words {
  return { code: /<Code>([^<]+)/i.exec(body)?.[1], message: /<Message>([^<]+)/i.exec(body)?.[1] }
}

function fromJson(value: unknown): Words {
  const root = record(Array.isArray(value) ? value[0] : value)
  const error = record(root.error)
  const detail = record(first(error.errors) ?? first(root.errors) ?? first(root.Errors) ?? first(root.errorCauses))
  const type = text(root.__type)?.split('#').at(-1)
  const code =
    text(detail.reason) ?? text(error.code) ?? text(error.status) ?? text(root.error) ?? text(root.errorCode) ?? type
  return {
    code: code ?? text(root.scimType) ?? text(root.code) ?? text(detail.code),
    message:
      text(error.message) ??
      text(root.error_description) ??
      text(root.errorSummary) ??
      text(root.message) ??
      text(root.Message) ??
      text(root.detail) ??
      text(detail.message) ??
      text(detail.description) ??
      text(first(root.errors)),
  }
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    return undefined
  }
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
}

function first(value: unknown): unknown {
  return Array.isArray(value) ? value[0] : undefined
}

function text(value: unknown): string | undefined {
  if (typeof value === 'number') return String(value)
  return typeof value === 'string' && value !== '' ? value : undefined
}

function clip(words: string, most: number): string {
  const line = words.replace(/\s+/g, ' ').trim()
  return line.length <= most ? line : `${line.slice(0, most - 1)}…`
}

const secretHeader = /auth|token|key|secret|cookie|password/i
const secretField = /pass|pwd|secret|token|assertion|credential|private/i

/** Vendors echo what they were sent ("Invalid token abc…"), so what was secret in the request is no word of theirs. */
function secretsOf(sent: Sent): string[] {
  const found: string[] = [...(sent.secrets ?? [])]
  for (const [name, value] of sent.headers) {
    if (!secretHeader.test(name)) continue
    const bare = value.replace(/^\w+\s+/, '')
    found.push(value, bare, ...Buffer.from(bare, 'base64').toString('utf8').split(':'))
  }
  const body = parsed(sent.body) ?? Object.fromEntries(new URLSearchParams(sent.body))
  collect(body, false, found)
  return found.filter((one) => one.length >= 6)
}

function collect(value: unknown, secret: boolean, found: string[]): void {
  if (typeof value === 'string' && secret) found.push(value)
  if (typeof value !== 'object' || value === null) return
  for (const [name, inner] of Object.entries(value)) collect(inner, secret || secretField.test(name), found)
}
