/**
 * Vendors that are careless with secrets: they hand out more than was asked for, and quote in every refusal what they
 * were sent and whatever else they know. It stands between the bot and the pretend vendors, and keeps a list.
 */
import type { Transport } from '../../src/sandbox/transport.ts'
import { type Canaries, canary, plainCanary } from './canaries.ts'

export interface Leaky {
  /** Everything secret so far: grows with each token handed out and each password set. */
  canaries: Canaries
  bend(send: Transport): Transport
  /** From now on, which requests are refused and by which of the refusals below; nothing when absent. */
  refuse: ((request: { host: string; method: string; body: string }) => boolean) | undefined
  /** How often each refusal was given. */
  refused: Map<string, number>
}

export function leakyVendors(known: Canaries): Leaky {
  const canaries: Canaries = new Map(known)
  const plant = (name: string, make: () => string) => canaries.set(name, make()).get(name) as string
  const answers = {
    password: plant('a password in an answer', canary),
    recoveryKey: plant('a recovery key in an answer', canary),
    privateKey: plant('a private key in an answer', canary),
    oneTimeCode: plant('a one-time code in an answer', plainCanary),
  }
  const cookie = plant('a cookie', plainCanary)
  const said = plant('a password in the words of a refusal', plainCanary)
  const location = plant('a token in the address of a redirect', plainCanary)
  let turn = 0
  const leaky: Leaky = {
    canaries,
    refuse: undefined,
    refused: new Map(),
    bend: (send) => async (request) => {
      const sent = { host: new URL(request.url).hostname, method: request.method, body: await request.clone().text() }
      const quoted = collectSent(canaries, request, sent.body)
      const quotes = [...quoted, ...known.values(), `password=${said}`, `{"client_secret":"${said}"}`, `Bearer ${said}`]
      if (leaky.refuse?.(sent)) {
        turn += 1
        const quote = quotes[turn % quotes.length] as string
        const [name, refusal] = refusals[Math.floor(turn / 3) % refusals.length] as (typeof refusals)[number]
        leaky.refused.set(name, (leaky.refused.get(name) ?? 0) + 1)
        return refusal({ quote, host: sent.host, cookie, location })
      }
      return planted(await send(request), answers, cookie, canaries)
    },
  }
  return leaky
}

/** What only this request held: its credential, and what it sets. */
function collectSent(canaries: Canaries, request: Request, body: string): string[] {
  const found: [string, string][] = []
  const bearer = /^Bearer (.+)$/.exec(request.headers.get('authorization') ?? '')?.[1]
  if (bearer) found.push(['a bearer token', bearer])
  const session = request.headers.get('x-amz-security-token')
  if (session) found.push(['an AWS session token', session])
  const password = /"password"\s*:\s*"((?:[^"\\]|\\.)+)"/.exec(body)?.[1]
  if (password) found.push(['a password that Latchkey made', JSON.parse(`"${password}"`) as string])
  const form = new URLSearchParams(body)
  for (const name of ['client_secret', 'assertion', 'client_assertion']) {
    const value = form.get(name)
    if (value) found.push([`the ${name} of a sign-in`, value])
  }
  for (const [what, value] of found) note(canaries, what, value)
  return found.map(([, value]) => value)
}

function note(canaries: Canaries, what: string, value: string): void {
  if (![...canaries.values()].includes(value)) canaries.set(`${what} (${canaries.size})`, value)
}

interface Circumstances {
  quote: string
  host: string
  cookie: string
  location: string
}

const html = (quote: string) => `<!doctype html><html><title>${quote}</title><pre>${quote}</pre></html>`

function refusal(status: number, more: Record<string, string> = {}) {
  return ({ quote, host, cookie }: Circumstances) => {
    const headers = { 'set-cookie': `session=${cookie}`, 'x-debug-token': cookie, ...more }
    if (host.endsWith('amazonaws.com')) {
      const message = quote.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
      const text = `<ErrorResponse><Error><Type>Sender</Type><Code>ValidationError</Code><Message>${message}</Message></Error></ErrorResponse>`
      return new Response(text, { status, headers: { 'content-type': 'text/xml', ...headers } })
    }
    const error = { code: 'badThing', message: quote, errors: [{ reason: 'badThing', message: quote }] }
    const body =
      host.includes('oauth2') || host.includes('login') ? { error: 'bad', error_description: quote } : { error }
    return new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json', ...headers } })
  }
}

const refusals: readonly [string, (at: Circumstances) => Response][] = [
  ...[400, 403, 404, 409, 500, 429, 401].map((status): [string, (at: Circumstances) => Response] => [
    String(status),
    refusal(status, { 'retry-after': '0' }),
  ]),
  [
    'a page with 403',
    ({ quote }) => new Response(html(quote), { status: 403, headers: { 'content-type': 'text/html' } }),
  ],
  ['a page with 200', ({ quote }) => new Response(html(quote), { headers: { 'content-type': 'text/html' } })],
  [
    'a redirect',
    ({ location }) =>
      new Response(null, { status: 307, headers: { location: `https://elsewhere.example/?access_token=${location}` } }),
  ],
  [
    'a broken connection',
    ({ quote }) => {
      throw new TypeError(`fetch failed for Authorization: Bearer ${quote}`, { cause: new Error(`sent ${quote}`) })
    },
  ],
]

/** The true answer with more in it than anybody asked for. */
async function planted(
  answer: Response,
  secrets: Record<string, string>,
  cookie: string,
  canaries: Canaries,
): Promise<Response> {
  const text = await answer.text()
  for (const [, name, value] of text.matchAll(/"(access_token)":"([^"]+)"/g))
    if (name && value) note(canaries, `an ${name}`, value)
  for (const [, name, value] of text.matchAll(/<(SecretAccessKey|SessionToken)>([^<]+)/g))
    if (name && value) note(canaries, `a ${name}`, value)
  const headers = new Headers(answer.headers)
  headers.append('set-cookie', `session=${cookie}`)
  headers.delete('content-length')
  const body = [204, 304].includes(answer.status) ? null : withMore(text, secrets)
  return new Response(body, { status: answer.status, headers })
}

function withMore(text: string, secrets: Record<string, string>): string {
  if (text.startsWith('{')) return JSON.stringify(added(JSON.parse(text), secrets))
  const more = `<Debug>${Object.values(secrets)
    .map((one) => one.replace(/[&<]/g, ' '))
    .join(' ')}</Debug>`
  return text.replace('<ResponseMetadata>', `${more}<ResponseMetadata>`)
}

function added(value: unknown, secrets: Record<string, string>): unknown {
  if (Array.isArray(value)) return value.map((one) => added(one, secrets))
  if (typeof value !== 'object' || value === null) return value
  const inner = Object.entries(value).map(([key, one]) => [key, added(one, secrets)])
  return { ...Object.fromEntries(inner), ...Object.fromEntries(Object.entries(secrets).map(([k, v]) => [`x_${k}`, v])) }
}
