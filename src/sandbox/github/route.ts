/** Which of GitHub's endpoints a request is, who may use it, and how GitHub answers in general. */
import type { Answer, Asked } from '../server.ts'
import type { World } from '../world.ts'
import type { Signer } from './sign-in.ts'
import type { Org, State } from './state.ts'

export interface Call {
  asked: Asked
  /** The parts of the path that the endpoint names, decoded. */
  params: Record<string, string>
  body: Record<string, unknown>
  org: Org
  world: World<State>
  /** How long a codespace takes to stop. */
  stopMs: number
  page(items: readonly unknown[]): Answer
  pageOf(name: string, items: readonly unknown[]): Answer
}

export interface Endpoint {
  method: string
  path: string
  /** The App's permission; an owner may everything. Absent: everybody who is signed in. */
  needs?: readonly [permission: string, level: 'read' | 'write']
  /** GitHub lets no App use it. */
  ownersOnly?: true
  answer(call: Call): Answer
}

export const refused = (status: number, message: string): Answer => ({
  status,
  body: { message, documentation_url: 'https://docs.github.com/rest', status: String(status) },
})
export const notFound = refused(404, 'Not Found')
export const nothing: Answer = { status: 204 }
export const ok = (body: unknown): Answer => ({ status: 200, body })
const notForApps = refused(403, 'Resource not accessible by integration')

export function createRouter(options: {
  endpoints: readonly Endpoint[]
  world: World<State>
  signerOf(asked: Asked): Signer | Answer
  pageSize: number
  stopMs: number
}): (asked: Asked) => Answer {
  const known = options.endpoints.map((endpoint) => ({ endpoint, pattern: patternOf(endpoint.path) }))
  return (asked) => {
    const signer = options.signerOf(asked)
    if ('status' in signer) return signer
    const found = known.find((one) => one.endpoint.method === asked.method && one.pattern.test(asked.path))
    if (!found) return notFound
    const groups = found.pattern.exec(asked.path)?.groups ?? {}
    const params = Object.fromEntries(Object.entries(groups).map(([name, value]) => [name, decodeURIComponent(value)]))
    const state = options.world.truth()
    const org = orgOf(state, params, signer)
    const barred = barredFrom(found.endpoint, signer, org)
    if (barred || !org) return barred ?? notFound
    const list = (items: readonly unknown[]) => paged(asked, items, options.pageSize)
    const body = (asked.body ?? {}) as Record<string, unknown>
    return found.endpoint.answer({
      ...{ asked, params, body, org, world: options.world, stopMs: options.stopMs },
      page: (items) => ({ status: 200, ...list(items) }),
      pageOf(name, items) {
        const { headers, body: shown } = list(items)
        return { status: 200, headers, body: { total_count: items.length, [name]: shown } }
      },
    })
  }
}

/** What no path names belongs to the one who is signed in. */
function orgOf(state: State, { org, owner }: Record<string, string>, signer: Signer): Org | undefined {
  const login = (org ?? owner ?? ('org' in signer ? signer.org : state.orgs[0]?.login) ?? '').toLowerCase()
  return state.orgs.find((one) => one.login === login)
}

function barredFrom(endpoint: Endpoint, signer: Signer, org: Org | undefined): Answer | undefined {
  if ('app' in signer) return refused(403, 'Resource not accessible by integration')
  if ('owner' in signer) return undefined
  if (!org || org.login !== signer.org) return notFound
  if (endpoint.ownersOnly) return notForApps
  const [permission = '', level] = endpoint.needs ?? []
  const granted = org.installation?.permissions[permission]
  if (!endpoint.needs || granted === 'write' || (granted && level === 'read')) return undefined
  return notForApps
}

function patternOf(path: string): RegExp {
  return new RegExp(`^(?:/api/v3)?${path.replace(/\{(\w+)\}/g, '(?<$1>[^/]+)')}$`)
}

/** https://docs.github.com/rest/using-the-rest-api/using-pagination-in-the-rest-api */
function paged(
  asked: Asked,
  items: readonly unknown[],
  most: number,
): { body: unknown; headers: Record<string, string> } {
  const size = Math.min(Number(asked.query.get('per_page') ?? 30), most)
  const page = Number(asked.query.get('page') ?? 1)
  const shown = items.slice((page - 1) * size, page * size)
  if (page * size >= items.length) return { body: shown, headers: {} }
  const query = new URLSearchParams(asked.query)
  query.set('page', String(page + 1))
  const link = `<https://${asked.host}${asked.path}?${query}>; rel="next", <https://${asked.host}${asked.path}?page=9>; rel="last"`
  return { body: shown, headers: { link } }
}
