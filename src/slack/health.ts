/** `GET /healthz` (is the process sound) and `/readyz` (may work be sent to it), for supervisors. */
import { createServer, type Server, type ServerResponse } from 'node:http'
import type { Health } from './options.ts'

export const healthPaths = ['/healthz', '/readyz'] as const

export function answerHealth(path: string, health: Health, response: ServerResponse): void {
  const well = path === '/healthz' ? health.live : health.live && health.ready
  const body = JSON.stringify({ live: health.live, ready: health.ready, ...(health.why ? { why: health.why } : {}) })
  response.writeHead(well ? 200 : 503, { 'content-type': 'application/json' }).end(`${body}\n`)
}

/** For Socket Mode, which has no server of its own. */
export async function serveHealth(port: number, health: () => Health): Promise<Server> {
  const server = createServer((request, response) => {
    const path = (request.url ?? '').split('?')[0] ?? ''
    if (request.method === 'GET' && healthPaths.some((one) => one === path)) answerHealth(path, health(), response)
    else response.writeHead(404).end()
  })
  await new Promise<void>((done, failed) => {
    server.once('error', failed)
    server.listen(port, () => done())
  })
  return server
}
