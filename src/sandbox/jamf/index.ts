/** A pretend Jamf Pro: short-lived tokens, privileges, inventories in pages, MDM commands that wait for the device. */
import { randomUUID } from 'node:crypto'
import { Secret } from '../../connector.ts'
import { type Answer, type Asked, exchange, type Pretend, pretend } from '../server.ts'
import { type World, world } from '../world.ts'
import { refusal } from './answers.ts'
import { type Call, routeOf } from './routes.ts'
import { seed } from './seed.ts'
import { carryOut, isDue, type JamfState } from './state.ts'

export interface JamfOptions {
  lagMs?: number
  latencyMs?: number
  traffic?: string
  /** Records a page, at most; Jamf's own is 2,000. */
  pageSize?: number
  /** How long a device takes to carry out an order. */
  commandMs?: number
  /** How long a token lasts; Jamf's default is a minute. */
  tokenMs?: number
  /** Privileges that the role lacks. */
  without?: readonly string[]
  /** `GET /v1/auth` tells no privileges. */
  silent?: true
  prepare?: (state: JamfState) => void
}

export interface PretendJamf extends Pretend {
  world: World<JamfState>
  settings: { url: string; clientId: string; clientSecret: Secret; personalSites: string[] }
  /** The client's secret, each token handed out, the keys of Macs. */
  secrets: readonly string[]
  /** All devices come online and do what was ordered. */
  settle(): void
}

const clientId = '6b2f1c0e-latchkey'
const clientSecret = 'jamf-pretend-secret-Zk81'

export async function pretendJamf(options: JamfOptions = {}): Promise<PretendJamf> {
  const initial = seed()
  options.prepare?.(initial)
  const state = world(initial, options.lagMs)
  const keys = initial.computers.flatMap((one) => [one.recoveryKey, one.recoveryLock].flatMap((key) => key ?? []))
  const secrets = [clientSecret, ...keys]
  const held = new Map<string, number>()
  const { latencyMs, traffic, tokenMs = 60_000 } = options

  function handOut({ body }: Asked): Answer {
    const form = body as Record<string, string>
    if (form.grant_type !== 'client_credentials' || form.client_id !== clientId || form.client_secret !== clientSecret)
      return { status: 401, body: { error: 'invalid_client' } }
    const token = `jamf-token-${randomUUID()}`
    held.set(token, Date.now() + tokenMs)
    secrets.push(token)
    return {
      status: 200,
      body: { access_token: token, scope: 'api-role:2', token_type: 'Bearer', expires_in: tokenMs / 1000 },
    }
  }

  function handle(asked: Asked): Answer {
    if (asked.method === 'POST' && asked.path === '/api/v1/oauth/token') return handOut(asked)
    const token = asked.headers.authorization?.replace(/^Bearer /, '') ?? ''
    if ((held.get(token) ?? 0) <= Date.now()) return refusal(401, 'INVALID_TOKEN', 'Unauthorized')
    if (isDue(state.truth(), Date.now())) state.write((truth) => carryOut(truth, Date.now()))
    return answered({ asked, state, options })
  }

  const server = await pretend({
    hosts: ['example.jamfcloud.com'],
    handle,
    record: (asked, answer) => (asked.path.endsWith('/token') ? undefined : exchange('jamf', asked, answer)),
    ...(latencyMs !== undefined && { latencyMs }),
    ...(traffic !== undefined && { traffic }),
  })
  return {
    ...server,
    world: state,
    settings: {
      url: 'https://example.jamfcloud.com',
      clientId,
      clientSecret: new Secret(clientSecret),
      personalSites: ['Personal Macs'],
    },
    secrets,
    settle: () => state.write((truth) => carryOut(truth, Number.POSITIVE_INFINITY)),
  }
}

function answered(call: Call): Answer {
  const route = routeOf(call.asked)
  if (!route) return refusal(404, 'NOT_FOUND', 'There is no such endpoint')
  const lacking = route.needs.filter((name) => call.options.without?.includes(name))
  if (lacking.length > 0) return refusal(403, 'INVALID_PRIVILEGE', 'Forbidden')
  return route.answer(call, route.id)
}
