/** A pretend GitHub: an App with real signatures, REST and GraphQL, with GitHub's pages, permissions and refusals. */
import { Secret } from '../../connector.ts'
import { type Asked, exchange, type Pretend, pretend } from '../server.ts'
import { type World, world } from '../world.ts'
import { graphql } from './graphql.ts'
import { orgEndpoints } from './orgs.ts'
import { createRouter } from './route.ts'
import { main, second, seed } from './seed.ts'
import { appId, appKey, door } from './sign-in.ts'
import type { State } from './state.ts'
import { workEndpoints } from './work.ts'

export interface GithubOptions {
  /** How long a change stays invisible to readers. */
  lagMs?: number
  /** The most that any page holds, whatever was asked for. */
  pageSize?: number
  latencyMs?: number
  traffic?: string
  /** How long a codespace takes to stop. */
  stopMs?: number
  /** Changes the seeded state before the first request. */
  prepare?: (state: State) => void
}

export interface PretendGithub extends Pretend {
  world: World<State>
  settings: {
    appId: number
    privateKey: Secret
    organizations: string[]
    ownerToken: Secret
    people: Record<string, string>
  }
  /** Must appear nowhere: grows with each token handed out. */
  secrets: readonly string[]
}

const ownerToken = 'ghp_pretendOwnerTokenOfAcme0000000000000'

export async function pretendGithub(options: GithubOptions = {}): Promise<PretendGithub> {
  const initial = seed()
  options.prepare?.(initial)
  const state = world(initial, options.lagMs)
  const secrets = [ownerToken, appKey().split('\n')[2] ?? '']
  const entrance = door(ownerToken, (token) => void secrets.push(token))
  const pageSize = options.pageSize ?? 100
  const route = createRouter({
    endpoints: [...orgEndpoints, ...workEndpoints],
    world: state,
    signerOf: entrance.signerOf,
    pageSize,
    stopMs: options.stopMs ?? 1500,
  })
  const { latencyMs, traffic } = options
  const server = await pretend({
    hosts: ['api.github.com', 'github.example.com'],
    handle(asked) {
      const own = entrance.appAnswer(asked, state.truth())
      if (own || !isGraphql(asked)) return own ?? route(asked)
      const signer = entrance.signerOf(asked)
      const org = 'org' in signer ? state.truth().orgs.find((one) => one.login === signer.org) : undefined
      if ('status' in signer || !org)
        return 'status' in signer ? signer : { status: 401, body: { message: 'Bad credentials' } }
      return graphql((asked.body ?? {}) as Record<string, unknown>, org, state.read(), pageSize)
    },
    record: (asked, answer) => (isInContract(asked) ? exchange('github', asked, answer) : undefined),
    ...(latencyMs !== undefined && { latencyMs }),
    ...(traffic !== undefined && { traffic }),
  })
  return {
    ...server,
    world: state,
    settings: {
      appId,
      privateKey: new Secret(appKey()),
      organizations: [main, second],
      ownerToken: new Secret(ownerToken),
      people: { 'jo.miller@example.com': 'jomill' },
    },
    secrets,
  }
}

function isGraphql({ method, path }: Asked): boolean {
  return method === 'POST' && /^\/(api\/)?graphql$/.test(path)
}

/** Real endpoints that the contract's subset leaves out, GraphQL, and an own server's addresses. */
const outOfContract =
  /^\/(graphql$|api\/|app\b|user\b)|\/installation$|\/organization-roles(\/|$)|^\/orgs\/[^/]+\/codespaces$|^\/orgs\/[^/]+\/teams\/[^/]+$/

function isInContract({ method, path }: Asked): boolean {
  return !outOfContract.test(path) && !(method === 'PUT' && path.includes('/teams/'))
}
