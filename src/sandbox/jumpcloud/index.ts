/**
 * A pretend JumpCloud: users, groups and bindings, devices with queued commands, Apple MDM, recovery keys; with its
 * pages, refusals, words in plain text, and delays.
 */
import { randomBytes } from 'node:crypto'
import { Secret } from '../../connector.ts'
import { type Asked, exchange, type Pretend, pretend } from '../server.ts'
import { type World, world } from '../world.ts'
import { carryOut, deviceOperations } from './devices.ts'
import { graphOperations } from './graph.ts'
import { createRoute } from './route.ts'
import { seed } from './seed.ts'
import type { State } from './state.ts'
import { userOperations } from './users.ts'

export interface JumpCloudOptions {
  lagMs?: number
  latencyMs?: number
  traffic?: string
  /** How long a queued command takes. */
  commandMs?: number
  /** Paths that the key's role may not use. */
  forbidden?: RegExp
  prepare?: (state: State) => void
}

export interface PretendJumpCloud extends Pretend {
  world: World<State>
  settings: { apiKey: Secret }
  /** Instead of the key. */
  serviceAccount: { clientId: string; clientSecret: Secret }
  secrets: readonly string[]
  /** Devices come online and do what is queued. */
  settle(): void
}

const apiKey = 'jca_PretendKeyOfLatchkeyAtJumpCloud0001'
const clientId = 'latchkey-service-account'
const clientSecret = 'PretendSecretOfTheServiceAccount0001'

export async function pretendJumpCloud(options: JumpCloudOptions = {}): Promise<PretendJumpCloud> {
  const initial = seed()
  options.prepare?.(initial)
  const state = world(initial, options.lagMs)
  const keys = initial.systems.flatMap((one) => (one.fdeKey ? [one.fdeKey] : []))
  const secrets = [apiKey, clientSecret, ...keys]
  const tokens = new Set<string>()
  const basic = `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}`
  const route = createRoute({
    world: state,
    operations: [...userOperations, ...graphOperations, ...deviceOperations],
    commandMs: options.commandMs ?? 1500,
    forbidden: options.forbidden,
    knows: ({ headers }) => headers['x-api-key'] === apiKey || tokens.has(headers.authorization ?? ''),
    token({ headers, body }) {
      const { grant_type, scope } = (body ?? {}) as Record<string, string>
      if (headers.authorization !== basic) return { status: 401, body: { error: 'invalid_client' } }
      if (grant_type !== 'client_credentials' || scope !== 'api')
        return { status: 400, body: { error: 'invalid_request' } }
      const access_token = randomBytes(24).toString('base64url')
      tokens.add(`Bearer ${access_token}`)
      secrets.push(access_token)
      return { status: 200, body: { access_token, expires_in: 3599, scope, token_type: 'bearer' } }
    },
  })
  const { latencyMs, traffic } = options
  const server = await pretend({
    hosts: ['console.jumpcloud.com', 'admin-oauth.id.jumpcloud.com'],
    handle(asked) {
      const { password } = (asked.body ?? {}) as { password?: unknown }
      if (typeof password === 'string') secrets.push(password)
      return route(asked)
    },
    record: (asked, answer) => (isInContract(asked) ? exchange('jumpcloud', asked, answer) : undefined),
    ...(latencyMs !== undefined && { latencyMs }),
    ...(traffic !== undefined && { traffic }),
  })
  return {
    ...server,
    world: state,
    settings: { apiKey: new Secret(apiKey) },
    serviceAccount: { clientId, clientSecret: new Secret(clientSecret) },
    secrets,
    settle() {
      state.write((truth) => {
        const now = Date.now()
        for (const one of truth.commands) one.doneAt = Math.min(one.doneAt, now)
        for (const one of truth.apple) if (one.eraseAt !== undefined) one.eraseAt = Math.min(one.eraseAt, now)
        carryOut(truth, now)
      })
    },
  }
}

/** A key is added by a real operation that the contract's file lacks; the token endpoint has none. */
function isInContract({ path, method }: Asked): boolean {
  return path !== '/oauth2/token' && !(method === 'POST' && path.endsWith('/sshkeys'))
}
