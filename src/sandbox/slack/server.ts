/** The HTTP side of the pretend Slack: reads requests, plays faults, keeps a list of what was called, writes answers. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Fault, Faults } from './faults.ts'
import type { Thing } from './limits.ts'
import { type ApiPorts, answerTo, limited } from './web-api.ts'

/** One request, read. */
export interface Asked {
  origin: string
  path: string
  /** The method's name, or `upload`, `download`, `response_url`. */
  name: string
  type: string
  token: string
  args: Record<string, string>
  body: Buffer
}

export interface Reply {
  status: number
  headers?: Record<string, string>
  /** An object is sent as JSON. */
  body: Thing | string | Buffer
}

/** One call as it was received, for tests. */
export interface ApiCall {
  method: string
  args: Record<string, string>
  /** What Slack answered; undefined where no answer was sent. */
  answer?: Thing
  at: Date
}

export interface ApiServer {
  origin: string
  server: Server
  calls: ApiCall[]
  close(): Promise<void>
}

export async function apiServer(ports: ApiPorts, faults: Faults): Promise<ApiServer> {
  const calls: ApiCall[] = []
  const server = createServer((request, response) => {
    response.setHeader('date', ports.context.clock.now().toUTCString())
    handle(request, response).catch((error) => {
      response.writeHead(599, { 'content-type': 'text/plain' }).end(`the pretend Slack itself failed: ${error.stack}`)
    })
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const asked = await read(request, origin)
    if (faults.out) return void request.socket.destroy()
    const fault = faults.take(asked.name, asked.args)
    if (fault?.as === 'reset') return void request.socket.destroy()
    if (fault?.as === 'stall') return
    const call: ApiCall = { method: asked.name, args: asked.args, at: ports.context.clock.now() }
    calls.push(call)
    const reply = (fault && faulty(fault)) ?? (await answerTo(ports, asked))
    ports.context.state.changed()
    if (fault?.as === 'lost') return void request.socket.destroy()
    call.answer = isAnswer(reply.body) ? structuredClone(reply.body) : { status: reply.status }
    send(response, reply, ports.context.scopes)
  }

  return {
    origin,
    server,
    calls,
    close: async () => {
      server.closeAllConnections()
      await new Promise((done) => server.close(done))
    },
  }
}

function isAnswer(body: Reply['body']): body is Thing {
  return typeof body === 'object' && !Buffer.isBuffer(body)
}

async function read(request: IncomingMessage, origin: string): Promise<Asked> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  const body = Buffer.concat(chunks)
  const url = new URL(request.url ?? '/', origin)
  const type = request.headers['content-type'] ?? ''
  const name = nameOf(url.pathname)
  const isMethod = url.pathname.startsWith('/api/')
  const args = { ...Object.fromEntries(url.searchParams), ...(isMethod ? fieldsOf(type, body) : {}) }
  const token = request.headers.authorization?.replace(/^Bearer /, '') ?? args.token ?? ''
  return { origin, path: url.pathname, name, type, token, args, body }
}

function nameOf(path: string): string {
  if (path.startsWith('/api/')) return path.slice(5)
  if (path.startsWith('/upload/')) return 'upload'
  if (path.startsWith('/files-pri/')) return 'download'
  return path.startsWith('/response/') ? 'response_url' : path
}

function fieldsOf(type: string, body: Buffer): Record<string, string> {
  if (!type.includes('json')) return Object.fromEntries(new URLSearchParams(body.toString()))
  const given = JSON.parse(body.toString() || '{}') as Thing
  const texts: Record<string, string> = {}
  for (const [key, value] of Object.entries(given))
    texts[key] = typeof value === 'string' ? value : JSON.stringify(value)
  return texts
}

function faulty(fault: Fault): Reply | undefined {
  if (fault.as === 'ratelimited') return limited(fault.retryAfter ?? 1)
  if (fault.as === 'error') return { status: 200, body: { ok: false, error: fault.error ?? 'internal_error' } }
  if (fault.as === 'unavailable')
    return { status: 503, headers: { 'content-type': 'text/html' }, body: '<html>Service Unavailable</html>' }
  return undefined
}

function send(response: ServerResponse, reply: Reply, scopes: readonly string[]): void {
  const { body } = reply
  const plain = typeof body === 'string' || Buffer.isBuffer(body)
  const type = plain ? 'text/plain' : 'application/json; charset=utf-8'
  response.writeHead(reply.status, { 'content-type': type, 'x-oauth-scopes': scopes.join(','), ...reply.headers })
  response.end(plain ? body : JSON.stringify(body))
}
