/** A pretend Atlassian: the organization's REST API and the one for managed accounts, behind one API key. */
import { Secret } from '../../connector.ts'
import { type Answer, type Asked, exchange, type Pretend, pretend } from '../server.ts'
import { type World, world } from '../world.ts'
import { type Call, endpoints } from './endpoints.ts'
import { orgId, type State, seed } from './state.ts'

export interface AtlassianOptions {
  /** How long a change stays invisible to readers. */
  lagMs?: number
  /** The most that any page holds, whatever was asked for. */
  pageSize?: number
  latencyMs?: number
  traffic?: string
  /** Changes the seeded state before the first request. */
  prepare?: (state: State) => void
}

export interface PretendAtlassian extends Pretend {
  world: World<State>
  settings: { orgId: string; apiKey: Secret }
  secrets: readonly string[]
}

const apiKey = 'ATCTT3pretendKeyOfTheOrganisation'
const unauthorized: Answer = { status: 401, body: { code: 401, message: 'Unauthorized' } }

export async function pretendAtlassian(options: AtlassianOptions = {}): Promise<PretendAtlassian> {
  const initial = seed()
  options.prepare?.(initial)
  const state = world(initial, options.lagMs)
  const { latencyMs, traffic } = options
  const known = endpoints.map((endpoint) => ({ endpoint, pattern: patternOf(endpoint.path) }))
  const handle = (asked: Asked): Answer => {
    if (asked.headers.authorization !== `Bearer ${apiKey}`) return unauthorized
    const found = known.find((one) => one.endpoint.method === asked.method && one.pattern.test(asked.path))
    if (!found) return { status: 404, body: { code: 404, message: 'HTTP 404 Not Found' } }
    const groups = found.pattern.exec(asked.path)?.groups ?? {}
    const params = Object.fromEntries(Object.entries(groups).map(([name, value]) => [name, decodeURIComponent(value)]))
    const body = (asked.body ?? {}) as Record<string, unknown>
    const call: Call = { asked, params, body, world: state, pageSize: options.pageSize ?? 100 }
    return found.endpoint.answer(call)
  }
  const server = await pretend({
    hosts: ['api.atlassian.com'],
    handle,
    // The organization's own API is not in the contract.
    record: (asked, answer) => (asked.path.startsWith('/users/') ? exchange('atlassian', asked, answer) : undefined),
    ...(latencyMs !== undefined && { latencyMs }),
    ...(traffic !== undefined && { traffic }),
  })
  return { ...server, world: state, settings: { orgId, apiKey: new Secret(apiKey) }, secrets: [apiKey] }
}

function patternOf(path: string): RegExp {
  return new RegExp(`^${path.replace(/\{(\w+)\}/g, '(?<$1>[^/]+)')}$`)
}
