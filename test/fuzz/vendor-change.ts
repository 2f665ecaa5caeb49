/** What may be wrong with a vendor's answer, and what of it could honestly mean that a thing is done. */
import fc from 'fast-check'
import { type Change, change, changed } from './json.ts'
import { text } from './texts.ts'
import { type Made, nextPage } from './vendor-pages.ts'
import { type Answering, answerOf, type Exchange } from './vendor-rig.ts'
import { changedXml, type XmlChange, xmlChange } from './xml.ts'

export interface Wrong {
  /** Which of the call's exchanges. */
  at: number
  what: What
}

type What =
  | { kind: 'json'; change: Change; xml: XmlChange }
  | { kind: 'status'; status: number }
  | { kind: 'body'; body: string; type: string | undefined }
  | { kind: 'cut'; at: number }
  | { kind: 'header'; name: string; value: string }
  | { kind: 'other'; at: number }
  | { kind: 'huge' }
  | { kind: 'endless' }
  | { kind: 'broken'; at: number }
  | { kind: 'thrown'; code: string }
  | { kind: 'next'; to: 'foreign' | 'same' | 'circle' | 'endless' | 'junk' }

const html = '<!DOCTYPE html><html><head><title>Sign in</title></head><body>Bad Gateway</body></html>'
const bodies = [
  '',
  ' ',
  'null',
  'true',
  '0',
  '"text"',
  '[]',
  '{}',
  '[null]',
  '{"value":null}',
  '{"error":null}',
  '{"error":{}}',
  '{"error":{"code":404}}',
  '{"error":"invalid_grant"}',
  '{"__proto__":{"value":[]}}',
  '<a/>',
  '<ErrorResponse><Error><Code>Throttling</Code></Error></ErrorResponse>',
  '\ufeff{}',
  '{"value":[]',
  '\0\0\0',
  html,
]
const types = [
  'application/json',
  'text/html',
  'text/plain',
  'text/xml',
  'application/octet-stream',
  'image/png',
  '',
  undefined,
]
const statuses = [
  200, 201, 202, 204, 205, 206, 304, 400, 401, 403, 404, 405, 408, 409, 410, 412, 418, 422, 425, 429, 500, 501, 502,
  503, 504, 599,
]
const headers = ['retry-after', 'date', 'content-type', 'x-ms-ags-diagnostic', 'location', 'www-authenticate']
const headerValues = [
  '',
  '0',
  '-1',
  '1e9',
  '99999999999',
  'Thu, 01 Jan 1970 00:00:00 GMT',
  'Fri, 31 Dec 9999 23:59:59 GMT',
  'soon',
  'application/json; charset=utf-16',
  'text/html',
  'https://evil.example/',
]
const codes = [
  'ECONNRESET',
  'ECONNREFUSED',
  'ETIMEDOUT',
  'UND_ERR_SOCKET',
  'ENOTFOUND',
  'CERT_HAS_EXPIRED',
  'WHATEVER',
  '',
]

const what: fc.Arbitrary<What> = fc.oneof(
  { weight: 600, arbitrary: fc.record({ kind: fc.constant('json' as const), change, xml: xmlChange }) },
  { weight: 60, arbitrary: fc.record({ kind: fc.constant('status' as const), status: fc.constantFrom(...statuses) }) },
  {
    weight: 60,
    arbitrary: fc.record({
      kind: fc.constant('body' as const),
      body: fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...bodies) }, text),
      type: fc.constantFrom(...types),
    }),
  },
  { weight: 40, arbitrary: fc.record({ kind: fc.constant('cut' as const), at: fc.nat(5000) }) },
  {
    weight: 30,
    arbitrary: fc.record({
      kind: fc.constant('header' as const),
      name: fc.constantFrom(...headers),
      value: fc.constantFrom(...headerValues),
    }),
  },
  { weight: 60, arbitrary: fc.record({ kind: fc.constant('other' as const), at: fc.nat(200) }) },
  {
    weight: 40,
    arbitrary: fc.record({
      kind: fc.constant('next' as const),
      to: fc.constantFrom('foreign', 'same', 'circle', 'junk'),
    }),
  },
  { weight: 30, arbitrary: fc.record({ kind: fc.constant('thrown' as const), code: fc.constantFrom(...codes) }) },
  { weight: 20, arbitrary: fc.record({ kind: fc.constant('broken' as const), at: fc.nat(200) }) },
)

export const wrong: fc.Arbitrary<Wrong> = fc.record({ at: fc.nat(40), what })

/** These take a tenth of a second each, so there are few of them. */
export const heavy: fc.Arbitrary<Wrong> = fc.record({
  at: fc.nat(40),
  what: fc.constantFrom<What>({ kind: 'huge' }, { kind: 'endless' }, { kind: 'next', to: 'endless' }),
})

export interface Changed {
  answering: Answering
  /** Undefined where the change could honestly mean that something is done: then anything may come of it. */
  never: string | undefined
  /** What was changed, for people. */
  told: string
}

/** Changes the answer to one exchange, as often as it is asked for. */
export function answerWrongly(target: Exchange, others: readonly Exchange[], { what }: Wrong): Changed {
  const made = madeOf(target, others, what)
  const answering: Answering = (exchange, request) => {
    if (exchange?.key === target.key && exchange.body === target.body) return made.answer(request)
    // A page that nobody recorded, of a list whose next page was changed.
    if (!exchange && made.page) return made.page(request)
    const { status, headers: known, body } = exchange ?? unknown
    return answerOf(status, known, body)
  }
  return { answering, never: made.never, told: `${target.method} ${target.url.split('?')[0]}: ${made.told}` }
}

const unknown = {
  status: 400,
  headers: [['content-type', 'application/json']] as [string, string][],
  body: '{"error":{"code":"BadRequest","message":"not recorded"}}',
}

function madeOf(target: Exchange, others: readonly Exchange[], what: What): Made {
  const { status, headers: known, body } = target
  const plain = (text: string, more: { status?: number; headers?: [string, string][] } = {}) =>
    answerOf(more.status ?? status, more.headers ?? known, text)
  switch (what.kind) {
    case 'json':
      return body.startsWith('<') ? bentXml(target, what.xml) : bentJson(target, what.change)
    case 'status':
      return { answer: () => plain(body, what), never: `status ${what.status}`, told: `status ${what.status}` }
    case 'body': {
      const type: [string, string][] = what.type === undefined ? [] : [['content-type', what.type]]
      return {
        answer: () => plain(what.body, { headers: type }),
        never: what.body,
        told: `body ${JSON.stringify(what.body.slice(0, 80))} as ${what.type}`,
      }
    }
    case 'cut':
      return { answer: () => plain(body.slice(0, what.at % (body.length + 1))), never: 'cut', told: 'cut short' }
    case 'header':
      return {
        answer: () => withHeader(target, what.name, what.value),
        never: 'header',
        told: `${what.name}: ${what.value}`,
      }
    case 'other': {
      const other = others[what.at % others.length]!
      return {
        answer: () => answerOf(other.status, other.headers, other.body),
        never: undefined,
        told: `the answer to ${other.method} ${other.url}`,
      }
    }
    case 'huge':
      return {
        answer: () => plain(`${body.slice(0, -1)}${' '.repeat(10_000_000)}${body.slice(-1)}`),
        never: undefined,
        told: 'ten megabytes',
      }
    case 'endless':
      return { answer: () => answerOf(200, known, endlessBody()), never: 'endless', told: 'a body without an end' }
    case 'broken':
      return {
        answer: () => answerOf(200, known, brokenBody(body.slice(0, what.at))),
        never: 'broken',
        told: 'a body that breaks off',
      }
    case 'thrown':
      return { answer: () => Promise.reject(failed(what.code)), never: 'thrown', told: `no answer: ${what.code}` }
    default:
      return nextPage(target, what.to)
  }
}

function withHeader({ status, headers: known, body }: Exchange, name: string, value: string): Response {
  const answer = answerOf(status, known, body)
  answer.headers.set(name, value)
  return answer
}

function failed(code: string): Error {
  return Object.assign(new TypeError('fetch failed'), { cause: Object.assign(new Error('no'), { code }) })
}

const megabyte = new Uint8Array(1 << 20).fill(0x20)

function endlessBody(): ReadableStream {
  return new ReadableStream({ pull: (controller) => controller.enqueue(megabyte) }, { highWaterMark: 0 })
}

function brokenBody(begin: string): ReadableStream {
  return new ReadableStream({
    start(controller) {
      controller.enqueue(Buffer.from(begin))
      controller.error(failed('UND_ERR_SOCKET'))
    },
  })
}

const deep = /"@deep (\d+)@"/

function bentJson(target: Exchange, one: Change): Made {
  const value = /^\s*[[{]/.test(target.body) ? (JSON.parse(target.body) as unknown) : {}
  const shallow: Change =
    one.how.kind === 'deep' ? { ...one, how: { kind: 'put', value: `@deep ${one.how.levels}@` } } : one
  const { value: bent, path, before, after, inList } = changed(value, shallow)
  const text = (JSON.stringify(bent) ?? '').replace(
    deep,
    (_all, levels) => '['.repeat(Number(levels)) + ']'.repeat(Number(levels)),
  )
  const honest = mayBeHonest(shallow, { before, after, inList }) && one.how.kind !== 'deep'
  return {
    answer: () => answerOf(target.status, target.headers, text),
    never: honest ? undefined : `${path} ${one.how.kind}`,
    told: `${path || 'the whole'}: ${one.how.kind} ${JSON.stringify('value' in one.how ? one.how.value : '')?.slice(0, 100)}`,
  }
}

/** A shorter list, or another value of the same kind, is something a vendor may well say. */
function mayBeHonest(
  { how }: Change,
  { before, after, inList }: { before: unknown; after: unknown; inList: boolean },
): boolean {
  if (how.kind === 'remove') return inList
  if (how.kind === 'key')
    return mayBeHonest(put(how.value), { before: keyIn(before, how.key), after: how.value, inList: false })
  if (Array.isArray(before)) return Array.isArray(after)
  if (typeof before === 'object') return how.kind === 'copy' && typeof after === 'object' && after !== null
  return before !== undefined && typeof before === typeof after && after !== ''
}

function put(value: unknown): Change {
  return { at: 0, how: { kind: 'put', value } }
}

function keyIn(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, key)
    ? (value as Record<string, unknown>)[key]
    : undefined
}

function bentXml(target: Exchange, one: XmlChange): Made {
  const { xml, tag, content } = changedXml(target.body, one)
  const removed = one.how === 'remove' || one.how === 'rename' || one.how === 'lower'
  const rewords = one.how === 'text' || one.how === 'raw' || one.how === 'cdata'
  const reworded = rewords && one.text !== ''
  const isLeaf = !content.includes('<')
  // In XML, an element whose text is nothing is an empty element.
  const emptied = (one.how === 'empty' || (rewords && one.text === '')) && content.startsWith('<member>')
  const honest = (removed && tag === 'member') || (reworded && isLeaf) || emptied || one.how === 'double'
  return {
    answer: () => answerOf(target.status, target.headers, xml),
    never: honest ? undefined : `<${tag}> ${one.how}`,
    told: `<${tag}> ${one.how} ${JSON.stringify(one.text.slice(0, 60))}`,
  }
}
