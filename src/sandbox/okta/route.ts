/** Which of Okta's operations a request is, and what each of them checks first. */
import type { Answer, Asked } from '../server.ts'
import type { World } from '../world.ts'
import { forbidden, invalidToken, noSuchMethod, notFound, page, throttled } from './answers.ts'
import type { Door } from './sign-in.ts'
import type { State } from './state.ts'

export interface Call {
  asked: Asked
  /** What the path's parts in braces are, decoded. */
  params: Record<string, string>
  body: Record<string, unknown>
  world: World<State>
  /** How long a deactivation takes. */
  deactivateMs: number
  /** Whom the API token belongs to. */
  me: string | undefined
  page<T>(items: readonly T[]): Answer
}

export interface Operation {
  method: string
  path: string
  /** Without "okta." and the last word; a "manage" scope may read too. */
  scope: string
  writes?: true
  answer(call: Call): Answer
}

export interface RouteOptions {
  door: Door
  world: World<State>
  operations: readonly Operation[]
  deactivateMs: number
  pageSize: number
  perMinute: number
  owner: string
}

export function createRoute(options: RouteOptions): (asked: Asked) => Answer {
  const known = options.operations.map((operation) => ({ operation, pattern: patternOf(operation.path) }))
  const resetAt = quota(options.perMinute)

  /** What Okta says before it looks at the request itself, or what the bearer may do. */
  function entered(asked: Asked): Answer | readonly string[] | 'all' {
    const scopes = options.door.scopesOf(asked)
    if (!scopes) return invalidToken()
    const until = resetAt()
    return until ? throttled(until) : scopes
  }
  function operationOf(asked: Asked) {
    const there = known.filter((one) => one.pattern.test(asked.path))
    const found = there.find((one) => one.operation.method === asked.method)
    return found ?? (there.length > 0 ? noSuchMethod() : notFound(asked.path))
  }
  return (asked) => {
    if (asked.path === '/oauth2/v1/token') return options.door.token(asked)
    const scopes = entered(asked)
    if (typeof scopes === 'object' && 'status' in scopes) return scopes
    const found = operationOf(asked)
    if ('status' in found) return found
    if (scopes !== 'all' && !allows(scopes, found.operation)) return forbidden()
    const params = Object.entries(found.pattern.exec(asked.path)?.groups ?? {})
    return found.operation.answer({
      asked,
      params: Object.fromEntries(params.map(([name, value]) => [name, decodeURIComponent(value)])),
      body: (asked.body ?? {}) as Record<string, unknown>,
      world: options.world,
      deactivateMs: options.deactivateMs,
      me: scopes === 'all' ? options.owner : undefined,
      page: (items) => page(asked, items, options.pageSize),
    })
  }
}

/** Epoch ms of the minute's end, once it is used up. */
function quota(perMinute: number): () => number | undefined {
  let minute = { since: Date.now(), count: 0 }
  return () => {
    if (Date.now() - minute.since > 60_000) minute = { since: Date.now(), count: 0 }
    minute.count += 1
    return minute.count > perMinute ? minute.since + 60_000 : undefined
  }
}

function allows(scopes: readonly string[], { scope, writes }: Operation): boolean {
  return scopes.includes(`okta.${scope}.manage`) || (!writes && scopes.includes(`okta.${scope}.read`))
}

function patternOf(path: string): RegExp {
  return new RegExp(`^${path.replace(/\{(\w+)\}/g, '(?<$1>[^/]+)')}$`)
}
