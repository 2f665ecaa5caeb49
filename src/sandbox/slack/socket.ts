/** Socket Mode: up to ten connections, each envelope to one of them, and Slack's habit of renewing them. */
import type { Server } from 'node:http'
import { type WebSocket, WebSocketServer } from 'ws'
import type { Clock } from '../../clock.ts'
import { type Attempt, type Carrier, type Envelope, type Outcome, within } from './delivery.ts'
import type { Thing } from './limits.ts'
import type { Method } from './method.ts'

const mostConnections = 10
const ticketMs = 30_000
/** Slack pings at least every half minute; the client closes where it does not. */
const pingMs = 10_000

export interface SocketOptions {
  server: Server
  clock: Clock
  ackMs: number
  appId: string
  /** Between 0 and 1: which connection gets the next envelope. */
  random: () => number
  nextId: (prefix: string) => string
  /** False in HTTP mode: whoever connects is told that the link is disabled. */
  enabled: boolean
  changed: () => void
}

export interface Sockets extends Carrier {
  method: Method
  /** How many are connected now. */
  readonly open: number
  /** Asks one connection (or all) to reconnect, as Slack does every few hours. */
  refresh(which?: 'one' | 'all', reason?: 'refresh_requested' | 'warning'): void
  /** A sign of life to every connection: where time was moved, the client's last one seems long ago. */
  beat(): void
  /** Cuts every connection without a word. */
  cut(): void
  /** Whoever connects while this is set is not greeted, as while Slack is slow. */
  silent: boolean
}

interface Pool {
  connections: Set<WebSocket>
  /** By envelope id: who waits for its acknowledgement. */
  waiting: Map<string, (payload: Thing) => void>
  tickets: Map<string, number>
  upgrades: WebSocketServer
  silent: boolean
}

function pool(options: SocketOptions): Pool {
  const connections = new Set<WebSocket>()
  const waiting = new Map<string, (payload: Thing) => void>()
  const tickets = new Map<string, number>()
  const upgrades = new WebSocketServer({ noServer: true })
  const held: Pool = { connections, waiting, tickets, upgrades, silent: false }

  options.server.on('upgrade', (request, socket, head) => {
    const ticket = new URL(request.url ?? '/', 'http://slack').searchParams.get('ticket') ?? ''
    const issued = tickets.get(ticket)
    tickets.delete(ticket)
    if (issued === undefined || options.clock.now().getTime() - issued > ticketMs)
      return void socket.end('HTTP/1.1 408 Request Timeout\r\n\r\n')
    upgrades.handleUpgrade(request, socket, head, welcome)
  })

  function welcome(connection: WebSocket): void {
    if (!options.enabled) return dismiss(connection, 'link_disabled')
    if (connections.size >= mostConnections) return dismiss(connection, 'too_many_websockets')
    connections.add(connection)
    const pings = setInterval(() => connection.ping(), pingMs)
    connection.on('error', () => connection.terminate())
    connection.on('close', () => {
      clearInterval(pings)
      connections.delete(connection)
      options.changed()
    })
    connection.on('message', (data) => {
      const { envelope_id: id, payload } = JSON.parse(String(data)) as { envelope_id?: string; payload?: Thing }
      waiting.get(id ?? '')?.(payload ?? {})
    })
    if (!held.silent) greet(connection, connections.size, options.appId)
    options.changed()
  }

  return held
}

function greet(connection: WebSocket, count: number, appId: string): void {
  send(connection, {
    type: 'hello',
    num_connections: count,
    connection_info: { app_id: appId },
    debug_info: { host: 'applink-1', build_number: 1, approximate_connection_time: 18_060 },
  })
}

async function carryOver(
  options: SocketOptions,
  { waiting }: Pool,
  connection: WebSocket | undefined,
  envelope: Envelope,
  attempt: Attempt,
): Promise<Outcome> {
  const began = options.clock.now().getTime()
  if (!connection) return { acked: false, failure: 'dispatch_failed', body: {}, ms: 0 }
  const id = attempt.number === 0 ? attempt.id : `${attempt.id}-${attempt.number}`
  const ack = new Promise<Thing>((done) => waiting.set(id, done))
  send(connection, {
    envelope_id: id,
    type: envelope.type,
    accepts_response_payload: envelope.accepts,
    payload: envelope.payload,
    retry_attempt: attempt.number,
    retry_reason: attempt.reason,
  })
  const body = await within(options.ackMs, options.clock, ack)
  waiting.delete(id)
  const ms = options.clock.now().getTime() - began
  if (body) return { acked: true, body: envelope.accepts ? body : {}, ms }
  return { acked: false, failure: 'dispatch_failed', body: {}, ms }
}

export function sockets(options: SocketOptions): Sockets {
  const held = pool(options)
  const { connections, tickets, upgrades } = held

  function pick(): WebSocket | undefined {
    const open = [...connections].filter((one) => one.readyState === one.OPEN)
    return open[Math.floor(options.random() * open.length)]
  }

  return {
    carry: (envelope, attempt) => carryOver(options, held, pick(), envelope, attempt),
    method: {
      token: 'app',
      perMinute: 50,
      run: ({ origin }) => {
        const ticket = options.nextId('ticket-')
        tickets.set(ticket, options.clock.now().getTime())
        return { ok: true, url: `${origin.replace('http', 'ws')}/link/?ticket=${ticket}&app_id=${options.appId}` }
      },
    },
    get open() {
      return connections.size
    },
    get silent() {
      return held.silent
    },
    set silent(now) {
      held.silent = now
    },
    refresh(which = 'one', reason = 'refresh_requested') {
      const chosen = which === 'all' ? [...connections] : [pick()].filter((one) => one !== undefined)
      for (const connection of chosen) {
        connections.delete(connection)
        dismiss(connection, reason)
      }
    },
    beat: () => {
      for (const connection of connections) {
        connection.ping()
        connection.pong()
      }
    },
    cut: () => {
      for (const connection of upgrades.clients) connection.terminate()
    },
    close: () => {
      for (const connection of upgrades.clients) connection.terminate()
      upgrades.close()
    },
  }
}

/** The client closes when it is told to; Slack closes soon after where it does not. */
function dismiss(connection: WebSocket, reason: string): void {
  send(connection, { type: 'disconnect', reason, debug_info: { host: 'applink-1' } })
  if (reason !== 'refresh_requested' && reason !== 'warning') connection.close(1000)
}

function send(connection: WebSocket, frame: Thing): void {
  connection.send(JSON.stringify(frame))
}
