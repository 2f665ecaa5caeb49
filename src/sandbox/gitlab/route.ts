/** Which of GitLab's endpoints a request is, who may use it, and how GitLab answers in general. */
import type { Answer, Asked } from '../server.ts'
import type { World } from '../world.ts'
import type { State, User } from './state.ts'

export interface Call {
  asked: Asked
  params: Record<string, string>
  body: Record<string, unknown>
  world: World<State>
  caller: User
  removeMs: number
  page(items: readonly unknown[]): Answer
}

export interface Endpoint {
  method: string
  path: string
  /** Administrators of the instance only. */
  admin?: true
  answer(call: Call): Answer
}

export const refused = (status: number, message: unknown): Answer => ({ status, body: { message } })
export const notFound = (what = ''): Answer => refused(404, `404 ${what}Not Found`)
export const ok = (body: unknown): Answer => ({ status: 200, body })
export const made = (body: unknown): Answer => ({ status: 201, body })
export const nothing: Answer = { status: 204 }

export function createRouter(options: {
  endpoints: readonly Endpoint[]
  world: World<State>
  token: string
  pageSize: number
  removeMs: number
}): (asked: Asked) => Answer {
  const known = options.endpoints.map((endpoint) => ({ endpoint, pattern: patternOf(endpoint.path) }))
  return (asked) => {
    const state = options.world.truth()
    const caller = state.users.find((one) => one.id === state.token.user)
    if (asked.headers['private-token'] !== options.token || !caller) return refused(401, '401 Unauthorized')
    const found = known.find((one) => one.endpoint.method === asked.method && one.pattern.test(asked.path))
    if (!found) return { status: 404, body: { error: '404 Not Found' } }
    if (!state.token.scopes.includes('api') && asked.method !== 'GET') return insufficient
    if (found.endpoint.admin && !caller.isAdmin) return refused(403, '403 Forbidden')
    const groups = found.pattern.exec(asked.path)?.groups ?? {}
    return found.endpoint.answer({
      params: Object.fromEntries(Object.entries(groups).map(([name, value]) => [name, decodeURIComponent(value)])),
      ...{ asked, caller, body: (asked.body ?? {}) as Record<string, unknown> },
      ...{ world: options.world, removeMs: options.removeMs },
      page: (items) => paged(asked, items, options.pageSize),
    })
  }
}

const insufficient: Answer = {
  status: 403,
  body: { error: 'insufficient_scope', error_description: 'The request requires higher privileges.', scope: 'api' },
}

function patternOf(path: string): RegExp {
  return new RegExp(`^/api/v4${path.replace(/\{(\w+)\}/g, '(?<$1>[^/]+)')}$`)
}

/** https://docs.gitlab.com/api/rest/#pagination */
function paged(asked: Asked, items: readonly unknown[], most: number): Answer {
  const size = Math.min(Number(asked.query.get('per_page') ?? 20), most)
  const page = Number(asked.query.get('page') ?? 1)
  const headers: Record<string, string> = { 'x-page': String(page), 'x-per-page': String(size) }
  if (page * size < items.length) {
    const query = new URLSearchParams(asked.query)
    query.set('page', String(page + 1))
    headers.link = `<https://${asked.host}${asked.path}?${query}>; rel="next", <https://${asked.host}${asked.path}?page=1>; rel="first"`
  }
  return { status: 200, body: items.slice((page - 1) * size, page * size), headers }
}
