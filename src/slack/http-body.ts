/**
 * Before Bolt sees a request: its body is read here, so long as it is of a size that Slack sends, and must hold an
 * object. Bolt takes any JSON, and a bare `null` ends the process.
 */
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { parse } from 'node:querystring'

/** Slack's largest is a submitted view of 250 kB, percent-encoded. */
const mostBytes = 1 << 20
/** Milliseconds from the first byte to the last. */
const slowest = 10_000

type Listener = (request: IncomingMessage, response: ServerResponse) => void

export function guardBodies(server: Server): void {
  server.requestTimeout = slowest
  server.headersTimeout = slowest
  const listeners = server.listeners('request') as Listener[]
  server.removeAllListeners('request')
  server.on('request', (request, response) => {
    const handOn = () => {
      for (const listener of listeners) listener(request, response)
    }
    if (request.method !== 'POST') return handOn()
    admit(request).then(
      (refusal) => (refusal ? response.writeHead(refusal, { connection: 'close' }).end() : handOn()),
      // It broke off: there is nobody to answer.
      () => response.destroy(),
    )
  })
}

/** The status to refuse it with; undefined where it is fit for Bolt, which finds the body read already. */
async function admit(request: IncomingMessage & { rawBody?: Buffer }): Promise<number | undefined> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > mostBytes) return 413
    chunks.push(chunk)
  }
  request.rawBody = Buffer.concat(chunks)
  return holdsObject(request.rawBody.toString(), request.headers['content-type']) ? undefined : 400
}

function holdsObject(text: string, type: string | undefined): boolean {
  if (type === 'application/x-www-form-urlencoded') {
    const { payload } = parse(text)
    return typeof payload !== 'string' || isObject(payload)
  }
  return isObject(text)
}

function isObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value)
  } catch {
    return false
  }
}
