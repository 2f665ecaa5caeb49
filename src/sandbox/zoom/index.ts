/** A pretend Zoom: the token endpoint of Server-to-Server OAuth apps, and the API's users. It knows nothing of Latchkey. */
import { randomBytes } from 'node:crypto'
import { Secret } from '../../connector.ts'
import { type Answer, type Asked, exchange, type Pretend, pretend } from '../server.ts'
import { type World, world } from '../world.ts'
import { accountId, owner, type State, seed } from './state.ts'
import { methods, refusal } from './users.ts'

export interface ZoomOptions {
  lagMs?: number
  latencyMs?: number
  traffic?: string
  /** How long a token lasts, ms; an hour when absent. */
  tokenMs?: number
  /** Of the app; all that the methods ask for when absent. */
  scopes?: readonly string[]
  prepare?: (state: State) => void
}

export interface PretendZoom extends Pretend {
  world: World<State>
  settings: { accountId: string; clientId: string; clientSecret: Secret; end: string }
  /** Grows with each token handed out. */
  secrets: readonly string[]
}

const everyScope = methods.map((one) => one.scope)

export async function pretendZoom(options: ZoomOptions = {}): Promise<PretendZoom> {
  const initial = seed()
  options.prepare?.(initial)
  const state = world(initial, options.lagMs)
  const scopes = options.scopes ?? everyScope
  const app = { clientId: 'latchkey-app', clientSecret: randomBytes(16).toString('hex') }
  // Whoever has the host key can take a meeting over.
  const secrets = [app.clientSecret, ...initial.users.map((user) => user.host_key)]
  const tokens = new Map<string, number>()
  const { latencyMs, traffic } = options

  function token(asked: Asked): Answer {
    const basic = `Basic ${Buffer.from(`${app.clientId}:${app.clientSecret}`).toString('base64')}`
    const { grant_type, account_id } = {
      ...Object.fromEntries(asked.query),
      ...((asked.body ?? {}) as object),
    } as Record<string, string>
    if (asked.method !== 'POST') return { status: 405 }
    if (asked.headers.authorization !== basic)
      return { status: 400, body: { reason: 'Invalid client_id or client_secret', error: 'invalid_client' } }
    if (grant_type !== 'account_credentials')
      return { status: 400, body: { reason: 'unsupported grant type', error: 'unsupported_grant_type' } }
    if (account_id !== accountId) return { status: 400, body: { reason: 'Bad Request', error: 'invalid_request' } }
    const access_token = randomBytes(24).toString('base64url')
    const lasts = options.tokenMs ?? 3_600_000
    tokens.set(access_token, Date.now() + lasts)
    secrets.push(access_token)
    const body = {
      access_token,
      token_type: 'bearer',
      expires_in: Math.floor(lasts / 1000),
      scope: scopes.join(' '),
      api_url: 'https://api.zoom.us',
    }
    return { status: 200, body }
  }

  function api(asked: Asked): Answer {
    const given = asked.headers.authorization?.replace(/^Bearer /, '') ?? ''
    if ((tokens.get(given) ?? 0) <= Date.now()) return refusal(401, 124, 'Invalid access token.')
    return users(asked, state, scopes)
  }

  const server = await pretend({
    hosts: ['zoom.us', 'api.zoom.us'],
    handle: (asked) => (asked.path === '/oauth/token' ? token(asked) : api(asked)),
    // The contract's file is older than whiteboards.
    record: (asked, answer) =>
      asked.path === '/oauth/token' || asked.query.has('transfer_whiteboard')
        ? undefined
        : exchange('zoom', asked, answer),
    ...(latencyMs !== undefined && { latencyMs }),
    ...(traffic !== undefined && { traffic }),
  })
  const { clientId } = app
  const clientSecret = new Secret(app.clientSecret)
  return { ...server, world: state, settings: { accountId, clientId, clientSecret, end: 'delete' }, secrets }
}

function users(asked: Asked, state: World<State>, scopes: readonly string[]): Answer {
  const [, id, tail = ''] = /^\/v2\/users\/([^/]+)(\/[a-z]+)?$/.exec(asked.path) ?? []
  const method = methods.find((one) => one.method === asked.method && one.tail === tail)
  if (!id || !method) return refusal(404, 2300, 'This API endpoint is not recognized.')
  if (!scopes.includes(method.scope) && !scopes.includes(method.classic))
    return refusal(400, 4711, `Invalid access token, does not contain scopes:[${method.scope}].`)
  const key = decodeURIComponent(id)
  return method.answer({ asked, world: state, id: key === 'me' ? owner : key })
}
