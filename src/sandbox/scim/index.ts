/** A pretend service that speaks SCIM 2.0, in any of the dialects that real ones have. It knows nothing of Latchkey. */
import { Secret } from '../../connector.ts'
import { type Answer, type Asked, exchange, type Pretend, pretend } from '../server.ts'
import { type World, world } from '../world.ts'
import {
  groupBody,
  notFound,
  nothing,
  ok,
  page,
  providerConfig,
  refusal,
  unauthorized,
  userBody,
  versionOf,
} from './answers.ts'
import { groupFits, readFilter, userFits } from './filter.ts'
import { activeOf, operationsOf, patchGroup, patchUser } from './patch.ts'
import { type State, seed, type User } from './state.ts'
import { tokenDoor } from './token.ts'

export interface Dialect {
  base: string
  patch: boolean
  etag: boolean
  /** `overlooked`: everything is answered, whatever was asked for; `unknowing`: what it cannot search by fits nothing. */
  filter: 'some' | 'none' | 'overlooked' | 'unknowing'
  userFilters: readonly string[]
  groupFilters: readonly string[]
  /** `active` is not shown. */
  silent: boolean
  pathless: boolean
  capitals: boolean
  text: boolean
  member: 'path' | 'value'
  /** What DELETE does. */
  deletes: 'gone' | 'soft'
  /** What `active: false` does. */
  off: 'suspends' | 'gone'
  describes: boolean
  groups: boolean
}

const usual: Dialect = {
  base: '/scim/v2',
  patch: true,
  etag: true,
  filter: 'some',
  userFilters: ['userName', 'id', 'emails.value'],
  groupFilters: ['displayName', 'members.value'],
  silent: false,
  pathless: false,
  capitals: false,
  text: false,
  member: 'path',
  deletes: 'gone',
  off: 'suspends',
  describes: true,
  groups: true,
}

export interface ScimOptions {
  dialect?: Partial<Dialect>
  /** `scim.example.com` when absent. */
  host?: string
  lagMs?: number
  latencyMs?: number
  traffic?: string
  /** The most that a page holds. */
  pageSize?: number
  /** Tokens are handed out for so long, ms, instead of lasting. */
  tokenMs?: number
  prepare?: (state: State) => void
}

export interface PretendScim extends Pretend {
  world: World<State>
  settings: { service?: string; baseUrl: string; token?: Secret; oauth?: object }
  secrets: readonly string[]
}

export async function pretendScim(options: ScimOptions = {}): Promise<PretendScim> {
  const dialect = { ...usual, ...options.dialect }
  const initial = seed()
  options.prepare?.(initial)
  const state = world(initial, options.lagMs)
  const door = tokenDoor(options.tokenMs)
  const service = { world: state, dialect, pageSize: options.pageSize ?? 50 }
  const { latencyMs, traffic, host = 'scim.example.com' } = options
  const server = await pretend({
    hosts: [host],
    handle(asked) {
      if (asked.path === '/oauth/token') return door.handOut(asked)
      return door.knows(asked) ? answer(service, asked) : unauthorized
    },
    // A dialect is what the standard is not.
    record: (asked, said) =>
      dialect.capitals || dialect.text || asked.path === '/oauth/token' ? undefined : exchange('scim', asked, said),
    ...(latencyMs !== undefined && { latencyMs }),
    ...(traffic !== undefined && { traffic }),
  })
  const credential = options.tokenMs
    ? {
        oauth: {
          tokenUrl: `https://${host}/oauth/token`,
          clientId: door.clientId,
          clientSecret: new Secret(door.clientSecret),
        },
      }
    : { token: new Secret(door.lasting) }
  return {
    ...server,
    world: state,
    settings: { baseUrl: `https://${host}${dialect.base}`, ...credential },
    secrets: door.secrets,
  }
}

interface Service {
  world: World<State>
  dialect: Dialect
  pageSize: number
}

function answer(service: Service, asked: Asked): Answer {
  const { dialect } = service
  const rest = asked.path.startsWith(`${dialect.base}/`) ? asked.path.slice(dialect.base.length + 1) : ''
  const [kind, id, ...more] = rest.split('/').map(decodeURIComponent)
  if (more.length > 0) return notFound(asked.path)
  if (kind === 'ServiceProviderConfig' && dialect.describes && asked.method === 'GET') return providerConfig(dialect)
  if (kind === 'Users') return id ? oneUser(service, asked, id) : listUsers(service, asked)
  if (kind === 'Groups' && dialect.groups) return id ? oneGroup(service, asked, id) : listGroups(service, asked)
  return notFound(asked.path)
}

function listUsers({ world: { read }, dialect, pageSize }: Service, { method, query }: Asked): Answer {
  if (method !== 'GET') return refusal(405, `${method} is not allowed here`)
  const filter = readFilter(query, dialect.userFilters, dialect)
  if (filter && 'status' in filter) return filter
  const state = read()
  const found = state.users.filter((user) => !filter || userFits(filter, user))
  return page(
    found.map((user) => userBody(user, state, dialect)),
    query,
    pageSize,
  )
}

function listGroups({ world: { read }, dialect, pageSize }: Service, { method, query }: Asked): Answer {
  if (method !== 'GET') return refusal(405, `${method} is not allowed here`)
  const filter = readFilter(query, dialect.groupFilters, dialect)
  if (filter && 'status' in filter) return filter
  const found = read().groups.filter((group) => !filter || groupFits(filter, group))
  return page(found.map(groupBody), query, pageSize)
}

function oneUser(service: Service, asked: Asked, id: string): Answer {
  const { world, dialect } = service
  if (asked.method === 'GET') {
    const state = world.read()
    const user = state.users.find((one) => one.id === id)
    return user ? ok(userBody(user, state, dialect)) : notFound(id)
  }
  if (!world.truth().users.some((one) => one.id === id)) return notFound(id)
  return world.write((state) => changeUser(state, state.users.find((one) => one.id === id) as User, asked, dialect))
}

function changeUser(state: State, user: User, asked: Asked, dialect: Dialect): Answer {
  const match = asked.headers['if-match']
  if (dialect.etag && match && match !== versionOf(user)) return refusal(412, 'The resource has changed')
  if (asked.method === 'DELETE') {
    if (dialect.deletes === 'soft') user.active = false
    else remove(state, user)
    return nothing
  }
  const refused = asked.method === 'PUT' ? putUser(user, asked.body, dialect) : patched(user, asked, dialect)
  if (refused) return refused
  user.version += 1
  if (!user.active && dialect.off === 'gone') remove(state, user)
  return ok(userBody(user, state, dialect))
}

function patched(user: User, asked: Asked, dialect: Dialect): Answer | undefined {
  if (asked.method !== 'PATCH') return refusal(405, `${asked.method} is not allowed here`)
  if (!dialect.patch) return refusal(501, 'PATCH is not supported')
  const operations = operationsOf(asked.body, dialect)
  if ('status' in operations) return operations
  for (const operation of operations) {
    const refused = patchUser(user, operation, dialect)
    if (refused) return refused
  }
  return undefined
}

/** What is left out of a replacement is cleared (RFC 7644, 3.5.1). */
function putUser(user: User, body: unknown, dialect: Dialect): Answer | undefined {
  const given = (body ?? {}) as Partial<User> & { schemas?: unknown }
  const active = activeOf(given.active, dialect)
  if (!Array.isArray(given.schemas) || typeof given.userName !== 'string' || active === undefined)
    return refusal(400, 'schemas, userName and active are required', 'invalidValue')
  const { userName, nickName = '', title = '', displayName = '', emails = [] } = given
  Object.assign(user, { userName, active, nickName, title, displayName, emails })
  return undefined
}

function remove(state: State, user: User): void {
  state.users = state.users.filter((one) => one !== user)
  for (const group of state.groups) group.members = group.members.filter((id) => id !== user.id)
}

function oneGroup({ world, dialect }: Service, asked: Asked, id: string): Answer {
  if (asked.method === 'GET') {
    const group = world.read().groups.find((one) => one.id === id)
    return group ? ok(groupBody(group)) : notFound(id)
  }
  if (asked.method !== 'PATCH') return refusal(405, `${asked.method} is not allowed here`)
  if (!dialect.patch) return refusal(501, 'PATCH is not supported')
  const operations = operationsOf(asked.body, dialect)
  if ('status' in operations) return operations
  return world.write((state) => {
    const group = state.groups.find((one) => one.id === id)
    if (!group) return notFound(id)
    const known = state.users.map((user) => user.id)
    for (const operation of operations) {
      const refused = patchGroup(group, operation, known, dialect)
      if (refused) return refused
    }
    return nothing
  })
}
