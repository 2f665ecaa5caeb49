/**
 * One signed-in LDAPS connection to one controller, made when it is needed. It is given up, and made anew at the next
 * call, when it was closed, hung, or idle for a while; no call waits longer than the settings allow.
 */
import { connect, type TLSSocket } from 'node:tls'
import { Client, ResultCodeError } from 'ldapts'
import { bindFailure } from './errors.ts'
import type { Settings } from './settings.ts'

export interface Controller {
  url: string
  tlsServerName?: string | undefined
}

export interface Connection {
  host: string
  /** Runs work on the connection; when the signal is aborted, the connection is cut. */
  use<T>(signal: AbortSignal, work: (client: Client) => Promise<T>): Promise<T>
}

interface Open {
  client: Client
  cut(why: Error): void
  /** By the monotonic clock, in milliseconds. */
  usedAt: number
}

/** Controllers close a connection after MaxConnIdleTime (900 s), firewalls forget it earlier and say nothing. */
const idleMs = 60_000

export function connectionTo(controller: Controller, settings: Settings): Connection {
  const { hostname: host } = new URL(controller.url)
  let held: Open | undefined
  let opening: Promise<Open> | undefined

  function forget(open: Open, why: Error): void {
    open.cut(why)
    if (held === open) held = undefined
  }

  async function current(): Promise<Open> {
    if (held?.client.isBound && performance.now() - held.usedAt < idleMs) return held
    if (held) forget(held, new Error('the connection was idle'))
    opening ??= open(controller, settings)
      .then((fresh) => {
        held = fresh
        return fresh
      })
      .catch((error) => {
        throw bindFailure(error, host)
      })
      .finally(() => {
        opening = undefined
      })
    return opening
  }

  return {
    host,
    async use(signal, work) {
      const open = await current()
      const cut = () => forget(open, new Error('the call was given up'))
      signal.addEventListener('abort', cut, { once: true })
      try {
        signal.throwIfAborted()
        return await work(open.client)
      } catch (error) {
        if (!(error instanceof ResultCodeError) || lost(error)) forget(open, new Error('the connection failed'))
        throw error
      } finally {
        signal.removeEventListener('abort', cut)
        open.usedAt = performance.now()
      }
    },
  }
}

/** operationsError, busy and unavailable are of the connection or the controller, so the next call starts afresh. */
function lost(error: ResultCodeError): boolean {
  return error.code === 1 || error.code === 51 || error.code === 52
}

async function open({ url, tlsServerName }: Controller, settings: Settings): Promise<Open> {
  let socket: TLSSocket | undefined
  const client = new Client({
    url,
    timeout: settings.answerWithin,
    connectTimeout: settings.answerWithin,
    tlsOptions: {
      minVersion: 'TLSv1.2',
      ...(settings.ca ? { ca: settings.ca } : {}),
      ...(tlsServerName ? { servername: tlsServerName } : {}),
    },
    createSecureConnection: ((...options: Parameters<typeof connect>) => {
      socket = connect(...options)
      // An idle connection does not keep the process alive; what is under way does, by its time-out.
      return socket.unref()
    }) as typeof connect,
  })
  // Before the handshake is over ldapts hears errors only, so a cut must be one.
  const cut = (why: Error) => void socket?.destroy(why)
  try {
    await client.bind(settings.user, settings.password.reveal())
  } catch (error) {
    cut(new Error('the sign-in failed'))
    throw error
  }
  return { client, cut, usedAt: performance.now() }
}
