/** Slack's SCIM API, version 2: Business+ and Enterprise, with the scope `admin`. */
import type { Answer, Asked } from '../server.ts'
import type { World } from '../world.ts'
import { SlackError } from './answers.ts'
import { setDeleted } from './methods.ts'
import type { State, User } from './state.ts'

const headers = { 'content-type': 'application/scim+json; charset=utf-8' }

function refusal(status: number, detail: string): Answer {
  const schemas = ['urn:ietf:params:scim:api:messages:2.0:Error']
  return { status, headers, body: { schemas, status: String(status), detail } }
}

export function scimAnswer(asked: Asked, world: World<State>, caller: string, scopes: readonly string[]): Answer {
  const { plan } = world.truth()
  if (plan !== 'business-plus' && plan !== 'enterprise') return refusal(403, 'SCIM is not available on this plan')
  if (!scopes.includes('admin')) return refusal(403, 'missing_scope')
  const id = /^\/scim\/v2\/Users(?:\/([^/]+))?$/.exec(asked.path)?.[1]
  if (asked.path === '/scim/v2/Users' && asked.method === 'GET') return list(asked, world.read())
  if (id === undefined) return refusal(404, 'not_found')
  if (asked.method === 'GET') {
    const user = world.read().users.find((one) => one.id === id)
    return user ? { status: 200, headers, body: bodyOf(user) } : refusal(404, 'user_not_found')
  }
  if (asked.method !== 'PATCH') return refusal(405, 'method_not_allowed')
  return world.write((state) => patch(state, id, asked.body, caller))
}

function list(asked: Asked, state: State): Answer {
  const count = Math.min(Number(asked.query.get('count') ?? 10), 1000)
  const Resources = state.users.slice(0, count).map(bodyOf)
  const schemas = ['urn:ietf:params:scim:api:messages:2.0:ListResponse']
  const body = { schemas, totalResults: state.users.length, startIndex: 1, itemsPerPage: Resources.length, Resources }
  return { status: 200, headers, body }
}

interface PatchOp {
  schemas?: string[]
  Operations?: { op?: string; path?: string; value?: unknown }[]
}

function patch(state: State, id: string, body: unknown, caller: string): Answer {
  const user = state.users.find((one) => one.id === id)
  if (!user) return refusal(404, 'user_not_found')
  const { schemas, Operations } = (body ?? {}) as PatchOp
  const [operation] = Operations ?? []
  if (!schemas?.includes('urn:ietf:params:scim:api:messages:2.0:PatchOp')) return refusal(400, 'invalid_schema')
  if (operation?.op !== 'replace' || operation.path !== 'active' || typeof operation.value !== 'boolean')
    return refusal(400, 'invalid_operation')
  try {
    setDeleted(state, user, caller, !operation.value)
  } catch (error) {
    if (error instanceof SlackError) return refusal(403, error.message)
    throw error
  }
  return { status: 200, headers, body: bodyOf(user) }
}

function bodyOf(user: User) {
  return {
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'],
    id: user.id,
    userName: user.email.split('@')[0],
    displayName: user.name,
    title: user.title,
    emails: [{ value: user.email, primary: true }],
    active: !user.deleted,
    meta: { location: `https://api.slack.com/scim/v2/Users/${user.id}` },
  }
}
