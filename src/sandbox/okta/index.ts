/**
 * A pretend Okta: the token endpoint with real signatures, users and their lifecycle, groups, roles, tokens, devices,
 * with Okta's pages, refusals, throttling and delays.
 */
import { Secret } from '../../connector.ts'
import { cast } from '../company.ts'
import { exchange, type Pretend, pretend } from '../server.ts'
import { type World, world } from '../world.ts'
import { accessOperations } from './access.ts'
import { deviceOperations } from './devices.ts'
import { createRoute } from './route.ts'
import { seed } from './seed.ts'
import { openDoor, serviceApp } from './sign-in.ts'
import type { State } from './state.ts'
import { userOperations } from './users.ts'

export interface OktaOptions {
  lagMs?: number
  pageSize?: number
  latencyMs?: number
  traffic?: string
  /** Scopes that are granted to the service app. */
  granted?: readonly string[]
  perMinute?: number
  /** How long a deactivation takes. */
  deactivateMs?: number
  prepare?: (state: State) => void
}

export interface PretendOkta extends Pretend {
  world: World<State>
  settings: { org: string; clientId: string; keyId: string; privateKey: Secret }
  /** Instead of the service app; belongs to the IT lead. */
  apiToken: Secret
  secrets: readonly string[]
  /** Brings running deactivations to their end. */
  settle(): void
}

const host = 'example.okta.com'
const apiToken = '00LatchkeyPretendApiTokenOfTheItLead000001'
const usual = ['users.manage', 'groups.manage', 'roles.manage', 'devices.manage', 'apiTokens.manage', 'logs.read']

export async function pretendOkta(options: OktaOptions = {}): Promise<PretendOkta> {
  const app = serviceApp()
  const initial = seed(Date.now())
  options.prepare?.(initial)
  const state = world(initial, options.lagMs)
  const secrets = [app.privateKey.split('\n')[2] ?? '', apiToken]
  const granted = options.granted ?? usual.map((one) => `okta.${one}`)
  const route = createRoute({
    door: openDoor(host, app, apiToken, granted, (token) => void secrets.push(token)),
    world: state,
    operations: [...userOperations, ...accessOperations, ...deviceOperations],
    deactivateMs: options.deactivateMs ?? 1500,
    pageSize: options.pageSize ?? 200,
    perMinute: options.perMinute ?? 100_000,
    owner: initial.users.find((one) => one.email === cast.it)?.id ?? '',
  })
  const { latencyMs, traffic } = options
  const server = await pretend({
    hosts: [host],
    handle(asked) {
      const { credentials } = (asked.body ?? {}) as { credentials?: { password?: { value?: string } } }
      if (credentials?.password?.value) secrets.push(credentials.password.value)
      return route(asked)
    },
    record: (asked, answer) => (isInContract(asked.path, asked.method) ? exchange('okta', asked, answer) : undefined),
    ...(latencyMs !== undefined && { latencyMs }),
    ...(traffic !== undefined && { traffic }),
  })
  return {
    ...server,
    world: state,
    settings: {
      org: `https://${host}`,
      clientId: app.clientId,
      keyId: app.keyId,
      privateKey: new Secret(app.privateKey),
    },
    apiToken: new Secret(apiToken),
    secrets,
    settle() {
      state.write((truth) => {
        for (const user of truth.users)
          if (user.deactivatedAt !== undefined) user.deactivatedAt = Math.min(user.deactivatedAt, Date.now())
      })
    },
  }
}

/** Real operations that the contract's file lacks; the token endpoint has none. */
const lacking =
  /^(GET \/api\/v1\/groups\/rules|GET \/api\/v1\/iam\/assignees\/users|PUT \/api\/v1\/groups\/[^/]+\/users\/[^/]+|GET \/api\/v1\/groups\/[^/]+\/roles|POST \/api\/v1\/users\/[^/]+\/roles|POST \/api\/v1\/users\/[^/]+\/lifecycle\/unlock|GET \/api\/v1\/devices|GET \/api\/v1\/devices\/[^/]+\/users|POST \/api\/v1\/devices\/[^/]+\/lifecycle\/unsuspend)$/

function isInContract(path: string, method: string): boolean {
  return path !== '/oauth2/v1/token' && !lacking.test(`${method} ${path}`)
}
