/**
 * `GET /healthz` (is the process sound), `/readyz` (may work be sent to it) and `/metrics`, for supervisors. Without
 * sign-in, so nothing here names a person or an offboarding.
 */
import { createServer, type Server, type ServerResponse } from 'node:http'
import type { Log } from '../log.ts'
import type { Health } from './options.ts'

export interface Pages {
  health(): Health
  /** Text as Prometheus reads it; no such page when absent. */
  metrics?(): Promise<string>
  log: Log
}

export function pagePaths(pages: Pages): readonly string[] {
  return ['/healthz', '/readyz', ...(pages.metrics ? ['/metrics'] : [])]
}

export function answerPage(path: string, pages: Pages, response: ServerResponse): void {
  if (path === '/metrics' && pages.metrics) void answerMetrics(pages.metrics(), pages.log, response)
  else answerHealth(path, pages.health(), response)
}

function answerHealth(path: string, health: Health, response: ServerResponse): void {
  const well = path === '/healthz' ? health.live : health.live && health.ready
  const body = JSON.stringify({ live: health.live, ready: health.ready, ...(health.why ? { why: health.why } : {}) })
  response.writeHead(well ? 200 : 503, { 'content-type': 'application/json' }).end(`${body}\n`)
}

/** https://prometheus.io/docs/instrumenting/exposition_formats */
const metricsType = 'text/plain; version=0.0.4; charset=utf-8'

async function answerMetrics(metrics: Promise<string>, log: Log, response: ServerResponse): Promise<void> {
  try {
    const text = await metrics
    response.writeHead(200, { 'content-type': metricsType }).end(text)
  } catch (error) {
    log.error({ error }, 'the metrics could not be written')
    response.writeHead(500).end()
  }
}

/** For Socket Mode, which has no server of its own. Bound to loopback where no other address is asked for. */
export async function servePages(at: { port: number; host?: string | undefined }, pages: Pages): Promise<Server> {
  const server = createServer((request, response) => {
    const path = (request.url ?? '').split('?')[0] ?? ''
    if (request.method === 'GET' && pagePaths(pages).includes(path)) answerPage(path, pages, response)
    else response.writeHead(404).end()
  })
  await new Promise<void>((done, failed) => {
    server.once('error', failed)
    server.listen({ port: at.port, host: at.host ?? '127.0.0.1' }, () => done())
  })
  return server
}
