/** Microsoft's own Graph client over the gate: no retry of its own, our errors, every page, every answer parsed. */
import { Client, type Context } from '@microsoft/microsoft-graph-client'
import { z } from 'zod'
import { type Gate, pageCounter, Rejected } from '../../src/connector.ts'
import { batching } from './batch.ts'
import { carried, ours, unlessGone } from './errors.ts'
import { type Exchange, openExchange } from './exchange.ts'
import { parsed } from './odata.ts'
import type { Settings } from './settings.ts'
import { signIn } from './sign-in.ts'

export type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE'
export type Send = (method: Method, path: string, body?: unknown) => Promise<unknown>

export interface Graph {
  settings: Settings
  /** The app's access token. Never into a message. */
  token(): Promise<string>
  /** Where the settings switch it on. */
  exchange?: Exchange
  /** The app's access token for Exchange. Never into a message. */
  exchangeToken?(): Promise<string>
  /** Undefined where Graph says that there is no such thing. */
  get<T>(path: string, shape: z.ZodType<T>): Promise<T | undefined>
  /** All pages; empty where Graph says that the thing whose list it is does not exist. */
  list<T>(path: string, shape: z.ZodType<T>): Promise<T[]>
  post(path: string, body?: unknown): Promise<unknown>
  patch(path: string, body: unknown): Promise<void>
  /** Deletes of one tick travel together in one `$batch`, but for mail. "Already gone" is success. */
  remove(path: string): Promise<void>
  /** The body of a `$ref` request. */
  reference(id: string): { '@odata.id': string }
}

export function openGraph(settings: Settings, gate: Gate): Graph {
  const token = signIn(settings, gate, settings.graphUrl)
  const send = sender(settings, token, gate)
  const change = batching(send)
  return {
    settings,
    token,
    ...(settings.exchange ? withExchange(settings, gate) : {}),
    async get(path, shape) {
      const answer = await unlessGone(send('GET', path))
      return answer === undefined ? undefined : parsed(shape, answer, path)
    },
    list: (path, shape) => everyPage(path, shape, (page) => unlessGone(send('GET', page))),
    post: (path, body) => send('POST', path, body),
    patch: async (path, body) => void (await send('PATCH', path, body)),
    remove: async (path) => {
      refuseBareDelete('DELETE', path)
      // Exchange takes four requests at once for a mailbox, and throttles the rest of a batch.
      const alone = /\/mailFolders\//.test(path)
      await unlessGone<unknown>(alone ? send('DELETE', path) : change({ method: 'DELETE', url: path }))
    },
    reference: (id) => ({ '@odata.id': `${settings.graphUrl}/v1.0/directoryObjects/${encodeURIComponent(id)}` }),
  }
}

function withExchange(settings: Settings, gate: Gate): Required<Pick<Graph, 'exchange' | 'exchangeToken'>> {
  const exchangeToken = signIn(settings, gate, settings.exchangeUrl)
  return { exchangeToken, exchange: openExchange(settings, exchangeToken, gate) }
}

function sender(settings: Settings, token: () => Promise<string>, gate: Gate): Send {
  const home = `${settings.graphUrl}/`

  async function execute(context: Context): Promise<void> {
    try {
      const url = String(context.request)
      // A next page is followed as it is given; our token goes to Graph alone.
      if (!url.startsWith(home))
        throw new Rejected(`Microsoft Graph pointed to a foreign address: ${new URL(url).host}`)
      const headers = new Headers(context.options?.headers as Record<string, string> | undefined)
      headers.set('authorization', `Bearer ${await token()}`)
      context.response = await gate.fetch(url, { ...(context.options as RequestInit), headers })
    } catch (error) {
      throw carried(error)
    }
  }

  const client = Client.initWithMiddleware({ baseUrl: home, defaultVersion: 'v1.0', middleware: { execute } })

  return async (method, path, body) => {
    refuseBareDelete(method, path)
    const request = client.api(path)
    // Graph gives lists cast to one type (`/microsoft.graph.group`) only in its eventual mode, with $count.
    if (/\/microsoft\.graph\.\w+\?/.test(path)) request.header('ConsistencyLevel', 'eventual')
    try {
      if (method === 'GET') return something(await request.get(), path)
      if (method === 'POST') return await request.post(body)
      if (method === 'PATCH') return await request.patch(body)
      return await request.delete()
    } catch (error) {
      throw ours(error, `${method} ${path.split('?')[0]}`)
    }
  }
}

/** An empty answer with a status of success says neither what is there nor that nothing is. */
function something(answer: unknown, path: string): unknown {
  // What is no JSON, the client hands on as a text, a stream or a blob.
  if (typeof answer === 'object' && answer !== null && Object.getPrototypeOf(answer) === Object.prototype) return answer
  throw new Rejected(`Microsoft Graph answered GET ${path.split('?')[0]} with no JSON, so nothing is known of it.`)
}

/** Without `/$ref`, Graph deletes the user itself and not its membership; no caller may ever get there. */
function refuseBareDelete(method: Method, path: string): void {
  const link =
    /^\/(groups|directoryRoles|devices|applications|servicePrincipals)\/[^/]+\/(members|owners|registered\w+)\//
  if (method === 'DELETE' && link.test(path) && !path.endsWith('/$ref')) {
    throw new Error(`DELETE ${path} without /$ref would delete the object itself`)
  }
}

async function everyPage<T>(path: string, shape: z.ZodType<T>, read: (page: string) => Promise<unknown>): Promise<T[]> {
  const Page = z.object({ value: z.array(shape), '@odata.nextLink': z.string().optional() })
  const found: T[] = []
  const count = pageCounter('Microsoft Graph')
  for (let page: string | undefined = path; page !== undefined; ) {
    count(page)
    const answer = await read(page)
    if (answer === undefined) return found
    const { value, '@odata.nextLink': next } = parsed(Page, answer, path)
    found.push(...value)
    page = next
  }
  return found
}
