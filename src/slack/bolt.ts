/**
 * Bolt, built around its traps (each was reproduced): receivers of our own with options of their
 * own, two socket connections over one set of listeners, no cached failure of auth.test, a shutdown that waits.
 */
import type { Server } from 'node:http'
import { App, HTTPReceiver, type Receiver, SocketModeReceiver } from '@slack/bolt'
import type { Log } from '../log.ts'
import { boltLogger } from './bolt-logger.ts'
import { answerPage, pagePaths, servePages } from './health.ts'
import { guardBodies } from './http-body.ts'
import type { Health, SlackSettings } from './options.ts'
import { seen } from './seen.ts'
import { quickOptions } from './web.ts'

/** Empty until Slack told who we are. */
export interface Identity {
  botId?: string | undefined
  botUserId?: string | undefined
}

export interface BoltOptions {
  settings: SlackSettings
  me: Identity
  log: Log
  health(): Health
  metrics?(): Promise<string>
  /** Registers every gesture; called once for each connection. */
  listen(app: App): void
  /** An error that no gesture could answer. */
  onError(error: Error): void
}

export interface Bolt {
  /** The health pages answer from here on, whether Slack can be reached or not. */
  open(): Promise<void>
  /** Once Slack told who we are: Slack is heard. */
  start(): Promise<void>
  /** No new deliveries from here on; a `start` that still waits for its connections ends. */
  stop(): Promise<void>
  connected(): boolean
  /** Where the health pages are served, and over HTTP Slack's requests too. */
  port(): number | undefined
}

/** One connection has a hole of five seconds at each of Slack's refreshes (node-slack-sdk, fixed in socket-mode 3.2.0). */
const connections = 2

export function createBolt(options: BoltOptions): Bolt {
  return options.settings.mode === 'http' ? overHttp(options) : overSockets(options)
}

function appOver(receiver: Receiver, { settings, me, log, listen, onError }: BoltOptions): App {
  const app = new App({
    // Asked at each delivery, so that all of this can stand before Slack was ever reached.
    authorize: async () => ({ botToken: settings.tokens.bot, ...identified(me) }),
    receiver,
    attachFunctionToken: false,
    convoStore: false,
    extendedErrorHandler: true,
    logger: boltLogger(log),
    clientOptions: { slackApiUrl: settings.apiUrl, ...quickOptions, retryConfig: { ...quickOptions.retryConfig } },
  })
  app.use(async (args) => {
    if (args.context.replayed !== true) return args.next()
    if ('ack' in args && typeof args.ack === 'function') await (args.ack as () => Promise<void>)()
  })
  app.error(async (args) => onError((args as unknown as { error: Error }).error))
  listen(app)
  return app
}

/** A request that comes before we know who we are cannot be judged; Slack says to its sender that nobody answered. */
function identified({ botId, botUserId }: Identity): { botId?: string; botUserId: string } {
  if (!botUserId) throw new Error('Latchkey has just started and is not signed in to Slack yet')
  return { botUserId, ...(botId ? { botId } : {}) }
}

function overSockets(options: BoltOptions): Bolt {
  const { settings, log } = options
  const receivers = Array.from({ length: connections }, () => {
    const receiver = new SocketModeReceiver({
      appToken: settings.tokens.app ?? '',
      logger: boltLogger(log, () => stopped),
      installerOptions: {
        // Its own object: the SDK writes into it. Without a ceiling the next try may be as far away as the outage was long.
        clientOptions: { slackApiUrl: settings.apiUrl, retryConfig: { forever: true, maxTimeout: 10_000 } },
      },
      processEventErrorHandler: async ({ error }) => {
        options.onError(error)
        return false
      },
    })
    endQuietly(receiver.client, () => stopped)
    return { receiver, app: appOver(receiver, options) }
  })
  let stopped = false
  let server: Server | undefined
  return {
    async open() {
      const { port, host } = settings
      if (port !== undefined) server ??= await servePages({ port, host }, options)
    },
    start: async () => void (await Promise.all(receivers.map(({ app }) => app.start()))),
    async stop() {
      stopped = true
      server?.close()
      server?.closeAllConnections()
      await Promise.all(receivers.map(({ receiver }) => receiver.client.disconnect()))
    },
    connected: () => receivers.some(({ receiver }) => isActive(receiver)),
    port: () => portOf(server),
  }
}

/**
 * A client that is told to end while it connects, the first time or again, rejects with nothing at all; again, nobody
 * hears it, and the process would end of that. One that is told so while it asks where to connect goes there all the
 * same: what it announces before that is the last moment to hold it back.
 */
function endQuietly(client: SocketModeReceiver['client'], stopped: () => boolean): void {
  client.on('connecting', () => {
    if (stopped()) throw new Error('it was told to end')
  })
  const start = client.start.bind(client)
  client.start = async () => {
    try {
      return await start()
    } catch (error) {
      if (!stopped()) throw error
      return { ok: true }
    }
  }
}

function isActive(receiver: SocketModeReceiver): boolean {
  const { websocket } = receiver.client as unknown as { websocket?: { isActive(): boolean } }
  return websocket?.isActive() ?? false
}

function overHttp(options: BoltOptions): Bolt {
  const { settings, log } = options
  const replayed = seen()
  const receiver = new HTTPReceiver({
    signingSecret: settings.tokens.signingSecret ?? '',
    endpoints: ['/slack/events'],
    customRoutes: pagePaths(options).map((path) => ({
      path,
      method: ['GET'],
      handler: (_request, response) => answerPage(path, options, response),
    })),
    logger: boltLogger(log),
    // Slack's signature is good for five minutes, so a copied request would be as well: each is heard once.
    customPropertiesExtractor: (request) => ({
      replayed: !replayed.first(String(request.headers['x-slack-signature'])),
    }),
  })
  const app = appOver(receiver, options)
  let server: Server | undefined
  return {
    async open() {
      const { port = 3000, host } = settings
      server = (await app.start({ port, ...(host ? { host } : {}) })) as Server
      guardBodies(server)
    },
    start: async () => undefined,
    async stop() {
      server?.closeIdleConnections()
      await receiver.stop()
    },
    connected: () => (server?.listening ?? false) && options.me.botUserId !== undefined,
    port: () => portOf(server),
  }
}

function portOf(server: Server | undefined): number | undefined {
  const address = server?.address()
  return typeof address === 'object' && address ? address.port : undefined
}
