/**
 * A pretend vendor on loopback: the vendor's own hosts, one HTTP server, faults on demand, and a record of every
 * exchange for the contract checker. It knows nothing of Latchkey; it answers what the vendor's contract says.
 */
import { appendFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface Asked {
  /** The vendor's host that was meant: `graph.microsoft.com`. */
  host: string
  method: string
  /** As received, still percent-encoded, without the query. */
  path: string
  query: URLSearchParams
  headers: Record<string, string>
  /** Parsed JSON, an object of form fields, or the text. */
  body: unknown
}

export interface Answer {
  status: number
  /** An object is sent as JSON, a text as it is. */
  body?: unknown
  headers?: Record<string, string>
}

/**
 * `lost`: the vendor does it, then the connection is cut. `reset`: cut before it is done. `stall`: never answered.
 * `half`: half of the true answer, then cut. `html`: a proxy's error page with 200. Or an answer of the test's own.
 */
export interface Fault {
  when?: (asked: Asked) => boolean
  /** How often; once when absent. */
  times?: number
  as: 'lost' | 'reset' | 'stall' | 'half' | 'html' | Answer
}

export interface Pretend {
  /** `http://127.0.0.1:port` */
  url: string
  hosts: readonly string[]
  faults: Fault[]
  /** Everything received, oldest first. */
  calls: readonly { asked: Asked; status: number }[]
  close(): Promise<void>
}

/** What is recorded of one exchange: `exchange(…)`, or `undefined` to leave it out (token endpoints). */
export type Recorder = (asked: Asked, answer: Answer) => Record<string, unknown> | undefined

export interface PretendOptions {
  hosts: readonly string[]
  handle: (asked: Asked) => Answer | Promise<Answer>
  record?: Recorder
  /** JSON lines are appended here: the file that `VENDOR_TRAFFIC` names. */
  traffic?: string
  /** Every answer waits this long, as a far vendor's would. */
  latencyMs?: number
}

export async function pretend(options: PretendOptions): Promise<Pretend> {
  const faults: Fault[] = []
  const calls: { asked: Asked; status: number }[] = []
  const server = createServer((request, response) => {
    // Node writes the real time by itself, which is another one where the sandbox's was moved; SDKs correct their clock by it.
    response.setHeader('date', new Date().toUTCString())
    serve(request, response).catch((error) => {
      response.writeHead(599, { 'content-type': 'text/plain' }).end(`the pretend vendor itself failed: ${error.stack}`)
    })
  })

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const asked = await readAsked(request)
    if (options.latencyMs) await new Promise((done) => setTimeout(done, options.latencyMs))
    const fault = takeFault(faults, asked)?.as
    if (fault === 'reset') return void request.socket.destroy()
    if (fault === 'stall') return void calls.push({ asked, status: 0 })
    if (fault === 'html') return send(response, seen(asked, htmlPage))
    if (typeof fault === 'object') return send(response, seen(asked, fault))
    const answer = seen(asked, await options.handle(asked))
    if (fault === 'lost') return void request.socket.destroy()
    if (fault === 'half') return sendHalf(response, answer)
    keep(asked, answer)
    send(response, answer)
  }

  function keep(asked: Asked, answer: Answer): void {
    const line = options.traffic ? options.record?.(asked, answer) : undefined
    if (line && options.traffic) appendFileSync(options.traffic, `${JSON.stringify(line)}\n`)
  }

  function seen(asked: Asked, answer: Answer): Answer {
    calls.push({ asked, status: answer.status })
    return answer
  }

  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    hosts: options.hosts,
    faults,
    calls,
    close: async () => {
      server.closeAllConnections()
      await new Promise((done) => server.close(done))
    },
  }
}

const htmlPage: Answer = {
  status: 200,
  body: '<html><body>Bad Gateway</body></html>',
  headers: { 'content-type': 'text/html' },
}

function takeFault(faults: Fault[], asked: Asked): Fault | undefined {
  const index = faults.findIndex((fault) => fault.when?.(asked) ?? true)
  const fault = faults[index]
  if (!fault) return undefined
  fault.times = (fault.times ?? 1) - 1
  if (fault.times <= 0) faults.splice(index, 1)
  return fault
}

async function readAsked(request: IncomingMessage): Promise<Asked> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  const text = Buffer.concat(chunks).toString('utf8')
  const [path = '/', search = ''] = (request.url ?? '/').split(/\?(.*)/s)
  const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]))
  return {
    host: headers['x-pretend-host'] ?? headers.host ?? '',
    method: request.method ?? 'GET',
    path,
    query: new URLSearchParams(search),
    headers,
    body: parseBody(text, headers['content-type'] ?? ''),
  }
}

function parseBody(text: string, type: string): unknown {
  if (text === '') return null
  if (/[/+]json/.test(type)) return JSON.parse(text)
  if (type.includes('x-www-form-urlencoded')) return Object.fromEntries(new URLSearchParams(text))
  return text
}

/** The exchange as the contract checker reads it. */
export function exchange(vendor: string, asked: Asked, answer: Answer): Record<string, unknown> {
  const query: Record<string, string | string[]> = {}
  for (const name of new Set(asked.query.keys())) {
    const values = asked.query.getAll(name)
    query[name] = values.length === 1 ? (values[0] as string) : values
  }
  return {
    vendor,
    method: asked.method,
    path: asked.path,
    query,
    contentType: asked.headers['content-type']?.split(';')[0] ?? null,
    request: asked.body,
    status: answer.status,
    response: answer.body ?? null,
  }
}

function encode(answer: Answer): { headers: Record<string, string>; text: string } {
  if (answer.body === undefined) return { headers: answer.headers ?? {}, text: '' }
  if (typeof answer.body === 'string')
    return { headers: { 'content-type': 'text/plain', ...answer.headers }, text: answer.body }
  return { headers: { 'content-type': 'application/json', ...answer.headers }, text: JSON.stringify(answer.body) }
}

function send(response: ServerResponse, answer: Answer): void {
  const { headers, text } = encode(answer)
  response.writeHead(answer.status, headers).end(text)
}

function sendHalf(response: ServerResponse, answer: Answer): void {
  const { headers, text } = encode(answer)
  response.writeHead(answer.status, { ...headers, 'content-length': String(Buffer.byteLength(text)) })
  response.write(text.slice(0, Math.ceil(text.length / 2)), () => response.destroy())
}
