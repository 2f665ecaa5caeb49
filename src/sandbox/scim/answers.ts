/** SCIM's own bodies: resources, lists and errors (RFC 7643, RFC 7644). */
import type { Answer } from '../server.ts'
import type { Dialect } from './index.ts'
import type { Group, State, User } from './state.ts'

const scimJson = { 'content-type': 'application/scim+json;charset=UTF-8' }
const enterprise = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'

export function ok(body: unknown): Answer {
  return { status: 200, body, headers: scimJson }
}

export const nothing: Answer = { status: 204 }

export function refusal(status: number, detail: string, scimType?: string): Answer {
  const schemas = ['urn:ietf:params:scim:api:messages:2.0:Error']
  return { status, headers: scimJson, body: { schemas, status: String(status), detail, ...(scimType && { scimType }) } }
}

export const notFound = (what: string): Answer => refusal(404, `Resource ${what} not found`)
export const unauthorized: Answer = {
  ...refusal(401, 'Authorization failure. The authorization header is invalid or missing.'),
  headers: { ...scimJson, 'www-authenticate': 'Bearer realm="scim"' },
}

export function providerConfig(dialect: Dialect): Answer {
  return ok({
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig'],
    documentationUri: 'https://scim.example.com/help',
    patch: { supported: dialect.patch },
    bulk: { supported: false, maxOperations: 0, maxPayloadSize: 0 },
    filter: { supported: dialect.filter !== 'none', maxResults: 200 },
    changePassword: { supported: false },
    sort: { supported: false },
    etag: { supported: dialect.etag },
    authenticationSchemes: [
      { type: 'oauthbearertoken', name: 'OAuth Bearer Token', description: 'A token of an administrator' },
    ],
  })
}

export function userBody(user: User, state: State, dialect: Dialect) {
  const groups = state.groups.filter((group) => group.members.includes(user.id))
  return {
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:User', enterprise],
    id: user.id,
    userName: user.userName,
    ...(!dialect.silent && { active: user.active }),
    name: user.name,
    displayName: user.displayName,
    title: user.title,
    emails: user.emails,
    nickName: user.nickName,
    groups: groups.map(({ id, displayName }) => ({ value: id, display: displayName, type: 'direct' })),
    [enterprise]: { department: user.department, ...(user.manager && { manager: { displayName: user.manager } }) },
    meta: { resourceType: 'User', version: versionOf(user), location: `${dialect.base}/Users/${user.id}` },
  }
}

export function versionOf(user: User): string {
  return `W/"${user.version}"`
}

export function groupBody(group: Group) {
  return {
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:Group'],
    id: group.id,
    displayName: group.displayName,
    members: group.members.map((value) => ({ value, type: 'User' })),
    meta: { resourceType: 'Group' },
  }
}

/** One page; `startIndex` counts from 1, and anything below counts as 1 (RFC 7644, 3.4.2.4). */
export function page(items: readonly unknown[], query: URLSearchParams, pageSize: number): Answer {
  const startIndex = Math.max(1, Number(query.get('startIndex') ?? 1))
  const count = Number(query.get('count') ?? pageSize)
  if (!Number.isInteger(startIndex) || !Number.isInteger(count))
    return refusal(400, 'startIndex and count are integers', 'invalidValue')
  const Resources = items.slice(startIndex - 1, startIndex - 1 + Math.min(Math.max(0, count), pageSize))
  const schemas = ['urn:ietf:params:scim:api:messages:2.0:ListResponse']
  return ok({ schemas, totalResults: items.length, startIndex, itemsPerPage: Resources.length, Resources })
}
