/** A pretend GitLab: an own instance as an administrator sees it, or gitlab.com as the owner of a group does. */
import { Secret } from '../../connector.ts'
import { type Asked, exchange, type Pretend, pretend } from '../server.ts'
import { type World, world } from '../world.ts'
import { groupEndpoints } from './groups.ts'
import { createRouter } from './route.ts'
import { type State, seed } from './state.ts'
import { userEndpoints } from './users.ts'

export interface GitlabOptions {
  /** How long a change stays invisible to readers. */
  lagMs?: number
  /** The most that any page holds, whatever was asked for. */
  pageSize?: number
  latencyMs?: number
  traffic?: string
  /** How long the removal of a member takes. */
  removeMs?: number
  /** Changes the seeded state before the first request. */
  prepare?: (state: State) => void
}

export interface PretendGitlab extends Pretend {
  world: World<State>
  settings: { baseUrl: string; token: Secret }
  secrets: readonly string[]
}

const token = 'glpat-pretendTokenOfTheAdmin'

export async function pretendGitlab(options: GitlabOptions = {}): Promise<PretendGitlab> {
  const initial = seed()
  options.prepare?.(initial)
  const state = world(initial, options.lagMs)
  const { latencyMs, traffic } = options
  const server = await pretend({
    hosts: ['gitlab.example.com', 'gitlab.com'],
    handle: createRouter({
      endpoints: [...userEndpoints, ...groupEndpoints],
      world: state,
      token,
      pageSize: options.pageSize ?? 100,
      removeMs: options.removeMs ?? 500,
    }),
    record: (asked, answer) => (isInContract(asked) ? exchange('gitlab', asked, answer) : undefined),
    ...(latencyMs !== undefined && { latencyMs }),
    ...(traffic !== undefined && { traffic }),
  })
  return {
    ...server,
    world: state,
    settings: { baseUrl: 'https://gitlab.example.com', token: new Secret(token) },
    secrets: [token],
  }
}

/** Real endpoints and parameters that the hand-written contract leaves out. */
const outOfContract =
  /\/user$|\/self$|\/emails$|\/memberships$|\/projects|\/impersonation_tokens|\/namespaces\/|\/members\/all$|^\/api\/v4\/projects\//

function isInContract({ method, path, query }: Asked): boolean {
  if (outOfContract.test(path) || query.has('admins')) return false
  if (method === 'POST') return path.endsWith('block')
  if (path.endsWith('/keys') || path.endsWith('/billable_members')) return !query.has('per_page')
  return method !== 'PUT'
}
