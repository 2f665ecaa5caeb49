/**
 * One signed-in connection a host, made when it is needed and given up when it was idle, closed or hung. The host's key
 * is compared with the pinned one before anything of ours is sent.
 */
import { createHash } from 'node:crypto'
import { connect, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { Client, ConnectConfig } from 'ssh2'
import { Rejected } from '../../src/connector.ts'
import { notConnected, Trouble } from './errors.ts'
import { execute, type Ran } from './execute.ts'
import type { HostSettings, Settings } from './settings.ts'

export interface Connection {
  /** Runs one command line. Throws Trouble (busy) where nothing was sent, Trouble (in doubt) where its end was lost. */
  run(line: string, signal: AbortSignal): Promise<Ran>
}

interface Open {
  client: Client
  running: number
  idle?: NodeJS.Timeout
}

type Make = () => Client

const idleMs = 15_000
/** A host that could not be reached is not tried again at once by every step that asks. */
const leftAloneMs = 10_000

export function connectionTo(id: string, settings: Settings, make: Make): Connection {
  let opening: Promise<Open> | undefined
  let failed: { at: number; error: Error } | undefined

  async function current(): Promise<Open> {
    if (failed && performance.now() - failed.at < leftAloneMs) throw failed.error
    failed = undefined
    opening ??= openHost(id, settings, make).then(
      (client) => {
        client.on('close', () => {
          opening = undefined
        })
        return { client, running: 0 }
      },
      (error: Error) => {
        opening = undefined
        if (error instanceof Trouble) failed = { at: performance.now(), error }
        throw error
      },
    )
    return opening
  }

  return {
    async run(line, signal) {
      const open = await current()
      clearTimeout(open.idle)
      open.running += 1
      const cut = () => void open.client.destroy()
      signal.addEventListener('abort', cut, { once: true })
      try {
        signal.throwIfAborted()
        return await execute(open.client, line, id)
      } finally {
        signal.removeEventListener('abort', cut)
        open.running -= 1
        if (open.running === 0) open.idle = setTimeout(() => open.client.end(), idleMs).unref()
      }
    },
  }
}

async function openHost(id: string, settings: Settings, make: Make): Promise<Client> {
  const host = settings.hosts[id] as HostSettings
  if (host.jump === undefined) return signedIn(id, settings, make, await dialled(host, id, settings.connectWithin))
  const over = await openHost(host.jump, settings, make)
  try {
    const client = await signedIn(id, settings, make, await through(over, host, id))
    client.on('close', () => over.end())
    return client
  } catch (error) {
    over.end()
    throw error
  }
}

/** Our own socket, so that an idle connection does not keep the process alive. */
function dialled(host: HostSettings, id: string, withinMs: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: host.address, port: host.port, timeout: withinMs })
    const fail = (why: string, cause?: unknown) => {
      socket.destroy()
      reject(new Trouble('busy', `no connection to ${id} (${why})`, cause))
    }
    socket.once('timeout', () => fail(`nothing within ${withinMs / 1000} s`))
    socket.once('error', (error: NodeJS.ErrnoException) => fail(error.code ?? error.message, error))
    socket.once('connect', () => {
      socket.removeAllListeners('timeout').removeAllListeners('error').setTimeout(0)
      resolve(socket.setNoDelay(true).unref())
    })
  })
}

function through(over: Client, host: HostSettings, id: string): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    over.forwardOut('127.0.0.1', 0, host.address, host.port, (error, channel) => {
      if (error) reject(new Trouble('busy', `no connection to ${id} through ${host.jump} (${error.message})`, error))
      else resolve(channel)
    })
  })
}

function signedIn(id: string, settings: Settings, make: Make, sock: Duplex): Promise<Client> {
  const { user = settings.user, hostKey } = settings.hosts[id] as HostSettings
  const { promise, resolve, reject } = Promise.withResolvers<Client>()
  const client = make()
  let offered: string | undefined
  const fail = (error: unknown) => {
    sock.destroy()
    reject(offered ? wrongKey(id, offered) : notConnected(error, { id, user }))
  }
  client.on('error', fail)
  // An expired account ends in `close` alone, without an error.
  client.on('close', () => fail(new Error('the host closed the connection')))
  client.on('ready', () => resolve(client))
  const config: ConnectConfig = {
    sock: sock as never,
    username: user,
    privateKey: settings.privateKey.reveal(),
    ...(settings.passphrase ? { passphrase: settings.passphrase.reveal() } : {}),
    authHandler: ['publickey'],
    readyTimeout: settings.connectWithin,
    keepaliveInterval: 5_000,
    keepaliveCountMax: 3,
    hostVerifier: (key: Buffer) => {
      const found = fingerprintOf(key)
      if (!hostKey.includes(found)) offered = found
      return offered === undefined
    },
  }
  client.connect(config)
  return promise
}

export function fingerprintOf(blob: Buffer): string {
  return `SHA256:${createHash('sha256').update(blob).digest('base64').replace(/=+$/, '')}`
}

function wrongKey(id: string, offered: string): Rejected {
  return new Rejected(
    `${id} showed the host key ${offered}, which is not the pinned one, so nothing was sent: IT compares it at the host (ssh-keygen -lf) and puts the right one into 'hostKey'`,
    { code: 'hostKey' },
  )
}
