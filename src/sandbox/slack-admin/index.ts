/**
 * A pretend Slack as its administrators see it: the Web API's methods for members, groups and channels, the admin
 * methods of Enterprise, and SCIM. The workspace that the bot itself talks to is in `../slack/`.
 */
import { randomBytes } from 'node:crypto'
import { Secret } from '../../connector.ts'
import { type Answer, type Asked, exchange, type Pretend, pretend } from '../server.ts'
import { type World, world } from '../world.ts'
import { type Args, failed, ok, SlackError } from './answers.ts'
import { type Method, methods } from './methods.ts'
import { scimAnswer } from './scim.ts'
import { type Plan, type State, seed, tokenOwner } from './state.ts'

export interface SlackAdminOptions {
  plan?: Plan
  /** Of the token; all that the methods ask for when absent. */
  scopes?: readonly string[]
  lagMs?: number
  latencyMs?: number
  traffic?: string
  /** The most that a page holds. */
  pageSize?: number
  prepare?: (state: State) => void
}

export interface PretendSlackAdmin extends Pretend {
  world: World<State>
  settings: { plan: Plan; token: Secret }
  secrets: readonly string[]
}

const everyScope = [
  ...new Set([...Object.values(methods).flatMap((one) => one.scopes), 'channels:read', 'channels:write']),
]
/** Real methods that the contract's file lacks. */
const beyondContract = ['usergroups.enable', 'admin.roles.addAssignments']

export async function pretendSlackAdmin(options: SlackAdminOptions = {}): Promise<PretendSlackAdmin> {
  const plan = options.plan ?? 'business-plus'
  const scopes = options.scopes ?? everyScope
  const initial = seed(plan)
  options.prepare?.(initial)
  const state = world(initial, options.lagMs)
  const token = `xoxp-${randomBytes(20).toString('hex')}`
  const caller = initial.users.find((one) => one.email === tokenOwner)?.id ?? ''
  const { latencyMs, traffic } = options
  const server = await pretend({
    hosts: ['slack.com', 'api.slack.com'],
    handle(asked) {
      const known = asked.headers.authorization === `Bearer ${token}`
      if (asked.path.startsWith('/scim/')) return known ? scimAnswer(asked, state, caller, scopes) : unauthorized
      const name = asked.path.replace(/^\/api\//, '')
      if (!known) return failed(new SlackError('invalid_auth'), [])
      return run(name, asked, scopes, { world: state, caller, pageSize: options.pageSize ?? 100 })
    },
    record: (asked, answer) =>
      beyondContract.some((name) => asked.path.endsWith(name)) ? undefined : exchange('slack', asked, answer),
    ...(latencyMs !== undefined && { latencyMs }),
    ...(traffic !== undefined && { traffic }),
  })
  return { ...server, world: state, settings: { plan, token: new Secret(token) }, secrets: [token] }
}

const unauthorized: Answer = {
  status: 401,
  body: { schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'], status: '401', detail: 'invalid_authentication' },
}

type Known = Omit<Parameters<Method['run']>[0], 'args'>

function run(name: string, asked: Asked, scopes: readonly string[], known: Known): Answer {
  const method = methods[name]
  try {
    if (!method) throw new SlackError('unknown_method', { req_method: name })
    if (asked.method !== 'POST' && asked.method !== 'GET') throw new SlackError('invalid_post_type')
    const { plan } = known.world.truth()
    if (method.plans && !method.plans.includes(plan)) throw new SlackError(method.without ?? 'feature_not_enabled')
    const needed = method.scopes.filter((scope) => !scopes.includes(scope))
    if (needed.length > 0)
      throw new SlackError('missing_scope', { needed: needed.join(','), provided: scopes.join(',') })
    return ok(method.run({ ...known, args: (asked.body ?? {}) as Args }), scopes)
  } catch (error) {
    if (error instanceof SlackError) return failed(error, scopes)
    throw error
  }
}
