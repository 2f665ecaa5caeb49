/** The page's server, on loopback only: it shows what is there, and does what the page asks, for whoever sits here. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { z } from 'zod'
import { employees } from '../company.ts'
import { changes } from './changes.ts'
import { Malformed, readDeed, readKnob } from './deed-schema.ts'
import { perform } from './deeds.ts'
import { fileAt } from './files.ts'
import { guardHeaders, refusal } from './guard.ts'
import { knobsNow, turn } from './knobs.ts'
import { personas, startOf } from './personas.ts'
import { openRoom, type Room, type RoomOptions } from './room.ts'
import { seenBy, seesFile } from './seen.ts'
import type { Changed, Turned } from './shapes.ts'

export interface PageOptions extends Omit<RoomOptions, 'world' | 'stir'> {
  /** Any free one when absent. */
  port?: number
  /** This one where it is free, else any. */
  orFree?: number
}

export const usualPort = 4700

export interface Page {
  /** `http://127.0.0.1:port/` */
  url: string
  /** Another one after `begin anew`. */
  room(): Room
  close(): Promise<void>
}

interface Held {
  room: Room
  port: number
  hub: ReturnType<typeof changes>
  /** Closes this room and opens another. */
  anew(): Promise<Turned>
}

export async function openPage(options: PageOptions = {}): Promise<Page> {
  let world = 1
  const hub = changes(() => standing(held))
  const fresh = () => openRoom({ ...options, world, stir: hub.stir })
  const held: Held = { room: await fresh(), port: 0, hub, anew: once(anew) }
  const server = createServer((request, response) => {
    answer(held, request, response).catch((error: unknown) => fail(response, error))
  })
  await listen(server, options)
  held.port = (server.address() as AddressInfo).port

  async function anew(): Promise<Turned> {
    await held.room.close()
    world += 1
    held.room = await fresh()
    hub.stir()
    return { ok: true, said: 'Everything begins anew.' }
  }

  return {
    url: `http://127.0.0.1:${held.port}/`,
    room: () => held.room,
    async close() {
      hub.close()
      server.closeAllConnections()
      await new Promise((done) => server.close(done))
      await held.room.close()
    },
  }
}

/** Whoever asks while it is being done waits for the same. */
function once<T>(work: () => Promise<T>): () => Promise<T> {
  let running: Promise<T> | undefined
  return () => {
    running ??= work().finally(() => {
      running = undefined
    })
    return running
  }
}

async function listen(server: Server, { port = 0, orFree }: PageOptions): Promise<void> {
  try {
    await listenAt(server, orFree ?? port)
  } catch (error) {
    if (orFree === undefined || (error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error
    await listenAt(server, 0)
  }
}

async function listenAt(server: Server, port: number): Promise<void> {
  await new Promise<void>((done, failed) => {
    server.once('error', failed)
    server.listen(port, '127.0.0.1', () => {
      server.off('error', failed)
      done()
    })
  })
}

function standing({ room }: Held): Changed {
  return { world: room.world, version: room.stamps.look(), vendors: room.side.look() }
}

type Route = (
  held: Held,
  asked: { query: URLSearchParams; request: IncomingMessage; response: ServerResponse },
) => unknown

const Persona = z.enum(personas.map((one) => one.id))
const Seeing = z.object({ persona: Persona, since: z.coerce.number().int().nonnegative().default(0) })
const Leaving = z.object({ leaver: z.enum(employees.map((one) => one.email)) })

const routes: Readonly<Record<string, Route>> = {
  'GET /api/start': ({ room }) => startOf(room.state, room.world, room.mode),
  'GET /api/seen'({ room }, { query }) {
    const { persona, since } = read(Seeing, Object.fromEntries(query))
    return seenBy(room, persona, since)
  },
  'GET /api/changes': ({ hub }, { response }) => hub.follow(response),
  'GET /api/vendors': ({ room }, { query }) => room.side.of(read(Leaving, Object.fromEntries(query)).leaver),
  'GET /api/knobs': ({ room }) => knobsNow(room),
  async 'POST /api/deeds'({ room }, { request }) {
    const deed = readDeed(await body(request))
    read(Persona, deed.persona)
    const done = await perform(room, deed)
    room.state.changed()
    return done
  },
  async 'POST /api/knobs'({ room, anew, hub }, { request }) {
    const knob = readKnob(await body(request))
    const turned = knob.turn === 'anew' ? await anew() : await turn(room, knob)
    hub.stir()
    return turned
  },
}

async function answer(held: Held, request: IncomingMessage, response: ServerResponse): Promise<void> {
  for (const [name, value] of Object.entries(guardHeaders)) response.setHeader(name, value)
  const why = refusal(request, held.port)
  if (why) return json(response, 403, { error: why })
  const url = new URL(request.url ?? '/', `http://127.0.0.1:${held.port}`)
  const route = routes[`${request.method} ${url.pathname}`]
  if (!route) return await other(held, url, request, response)
  const found = await route(held, { query: url.searchParams, request, response })
  if (!response.headersSent) json(response, 200, found)
}

async function other({ room }: Held, url: URL, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const isGet = request.method === 'GET' || request.method === 'HEAD'
  const file = /^\/api\/files\/(F[A-Z0-9]+)$/.exec(url.pathname)?.[1]
  if (isGet && file) return download(room, file, url.searchParams, response)
  const served = isGet ? await fileAt(url.pathname) : undefined
  if (!served) return json(response, 404, { error: `there is nothing at ${url.pathname}` })
  response.setHeader('etag', served.tag)
  response.setHeader('cache-control', 'no-cache')
  if (request.headers['if-none-match'] === served.tag) return void response.writeHead(304).end()
  response.writeHead(200, { 'content-type': served.type }).end(served.body)
}

function download(room: Room, id: string, query: URLSearchParams, response: ServerResponse): void {
  const persona = read(Persona, query.get('persona'))
  const file = room.state.files.get(id)
  if (!file?.bytes || !seesFile(room.state, persona, id)) return json(response, 404, { error: 'no such file' })
  const name = encodeURIComponent(file.name)
  response.setHeader('content-disposition', `attachment; filename*=UTF-8''${name}`)
  response.writeHead(200, { 'content-type': 'application/octet-stream' }).end(file.bytes)
}

function read<T>(shape: z.ZodType<T>, given: unknown): T {
  const found = shape.safeParse(given)
  if (found.success) return found.data
  throw new Malformed(found.error.issues.map((issue) => `${issue.path.join('.')} ${issue.message}`.trim()).join('; '))
}

const mostBytes = 256 * 1024

async function body(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request) {
    size += (chunk as Buffer).length
    if (size > mostBytes) throw new Malformed('the request is too large')
    chunks.push(chunk as Buffer)
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8'))
  } catch {
    throw new Malformed('the request is not JSON')
  }
}

function json(response: ServerResponse, status: number, found: unknown): void {
  response.setHeader('cache-control', 'no-store')
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' }).end(JSON.stringify(found))
}

function fail(response: ServerResponse, error: unknown): void {
  const malformed = error instanceof Malformed
  const message = error instanceof Error ? error.message : String(error)
  if (response.headersSent) return void response.destroy()
  json(response, malformed ? 400 : 500, { error: malformed ? message : `the sandbox itself failed: ${message}` })
}
