import type { Answer, Asked } from '../server.ts'
import type { World } from '../world.ts'
import type { State, User } from './state.ts'

export interface Call {
  asked: Asked
  params: Record<string, string>
  body: Record<string, unknown>
  world: World<State>
  pageSize: number
}

interface Endpoint {
  method: string
  path: string
  answer(call: Call): Answer
}

const directories = '/admin/v2/orgs/{org}/directories'
const inDirectory = `${directories}/{directory}/users/{user}`
const role = '/admin/v1/orgs/{org}/users/{user}/role-assignments'
const managed = '/users/{user}/manage'

export const endpoints: readonly Endpoint[] = [
  { method: 'GET', path: '/admin/v1/orgs/{org}', answer: organization },
  { method: 'POST', path: `${directories}/-/users/search`, answer: search },
  { method: 'GET', path: directories, answer: listDirectories },
  { method: 'GET', path: inDirectory, answer: details },
  { method: 'POST', path: `${inDirectory}/suspend`, answer: (call) => setAccess(call, 'suspended') },
  { method: 'POST', path: `${inDirectory}/restore`, answer: (call) => setAccess(call, 'active') },
  { method: 'POST', path: `${role}/revoke`, answer: (call) => setRole(call, false) },
  { method: 'POST', path: `${role}/assign`, answer: (call) => setRole(call, true) },
  { method: 'GET', path: managed, answer: manageable },
  { method: 'GET', path: `${managed}/profile`, answer: profile },
  { method: 'POST', path: `${managed}/lifecycle/disable`, answer: (call) => setStatus(call, 'inactive') },
  { method: 'POST', path: `${managed}/lifecycle/enable`, answer: (call) => setStatus(call, 'active') },
  { method: 'GET', path: `${managed}/api-tokens`, answer: tokens },
  { method: 'DELETE', path: `${managed}/api-tokens/{token}`, answer: deleteToken },
]

const ok = (body: unknown): Answer => ({ status: 200, body })
const nothing: Answer = { status: 204 }
/** The organization's API says it in this form, the other in a shorter one. */
const refused = (status: number, code: string, detail: string): Answer => ({
  status,
  body: { errors: [{ id: 'e1', status: String(status), code, title: detail, detail }] },
})
const noSuchUser = refused(404, 'ADMIN-404', 'User not found')
const notManaged: Answer = { status: 403, body: { key: 'forbidden', context: 'The account is not managed by you' } }

function organization({ world, params }: Call): Answer {
  const { org } = world.read()
  if (params.org !== org.id) return refused(404, 'ADMIN-404', 'Organization not found')
  return ok({ data: { id: org.id, type: 'orgs', attributes: { name: org.name } } })
}

const searchable = ['emails', 'accountIds', 'roleIds', 'accountStatus', 'expand', 'limit', 'cursor']

function search({ world, body, pageSize }: Call): Answer {
  const unknown = Object.keys(body).find((name) => !searchable.includes(name))
  if (unknown) return refused(400, 'ADMIN-400', `Unrecognized field "${unknown}"`)
  const lists = body as Record<string, string[] | undefined>
  const wanted = (name: string, values: readonly string[]) =>
    lists[name]?.some((one) => values.map((value) => value.toLowerCase()).includes(one.toLowerCase())) ?? true
  const found = world
    .read()
    .users.filter(
      (one) =>
        wanted('emails', [one.email]) &&
        wanted('accountIds', [one.id]) &&
        wanted('roleIds', one.roles) &&
        wanted('accountStatus', [one.status]),
    )
  const from = Number(body.cursor ?? 0)
  const to = from + Math.min(Number(body.limit ?? 100), pageSize)
  const expanded = lists.expand?.includes('platformRoles') === true
  const links = { self: String(from), ...(to < found.length && { next: String(to) }) }
  return ok({ data: found.slice(from, to).map((one) => shown(one, expanded)), links })
}

function shown(user: User, expanded: boolean) {
  const { id, email, name, type, status, managed: claimed, verified, source, roles } = user
  return {
    ...{ accountId: id, accountType: type, accountStatus: status, claimStatus: claimed ? 'managed' : 'unmanaged' },
    ...{ email, emailVerified: verified, name, nickname: name, managementSource: claimed ? source : null },
    ...{ membershipStatus: 'active', jobTitle: 'Employee', department: null, timeZone: 'Europe/Berlin' },
    ...(expanded && { platformRoles: roles }),
  }
}

function userIn(state: State, { params }: Call): User | undefined {
  return state.users.find((one) => one.id === params.user)
}

function listDirectories({ world, asked, pageSize }: Call): Answer {
  const state = world.read()
  const user = state.users.find((one) => one.id === asked.query.get('accountId'))
  const found = state.directories.filter((one) => user && one.id in user.access)
  const from = Number(asked.query.get('cursor') ?? 0)
  const next = from + Math.min(Number(asked.query.get('limit') ?? 50), pageSize)
  const data = found.slice(from, next).map(({ id, name }) => ({ directoryId: id, name }))
  return ok({ data, links: next < found.length ? { next: String(next) } : {} })
}

function details(call: Call): Answer {
  const user = userIn(call.world.read(), call)
  const status = user?.access[call.params.directory ?? '']
  return user && status ? ok({ data: { ...shown(user, true), membershipStatus: status } }) : noSuchUser
}

function setAccess(call: Call, to: 'active' | 'suspended'): Answer {
  return call.world.write((state) => {
    const user = userIn(state, call)
    const directory = call.params.directory ?? ''
    if (!user?.access[directory]) return noSuchUser
    user.access[directory] = to
    return nothing
  })
}

function setRole(call: Call, has: boolean): Answer {
  return call.world.write((state) => {
    const user = userIn(state, call)
    if (!user) return noSuchUser
    const one = String(call.body.role)
    user.roles = [...user.roles.filter((known) => known !== one), ...(has ? [one] : [])]
    return nothing
  })
}

function manageable(call: Call): Answer {
  const user = userIn(call.world.read(), call)
  if (!user?.managed) return notManaged
  const enablement = user.held ? { allowed: false, reason: { key: user.held } } : { allowed: true }
  return ok({
    'profile.read': { allowed: true },
    'lifecycle.enablement': enablement,
    'apiToken.read': { allowed: true },
  })
}

function profile(call: Call): Answer {
  const user = userIn(call.world.read(), call)
  if (!user?.managed) return notManaged
  const { id, name, email, status } = user
  return ok({ account: { account_id: id, name, email, account_type: 'atlassian', account_status: status } })
}

function setStatus(call: Call, to: 'active' | 'inactive'): Answer {
  return call.world.write((state) => {
    const user = userIn(state, call)
    if (!user?.managed) return notManaged
    if (user.held)
      return { status: 403, body: { key: 'forbidden', errorKey: user.held, errorDetail: 'Managed elsewhere' } }
    user.status = to
    return nothing
  })
}

function tokens(call: Call): Answer {
  const state = call.world.read()
  const user = userIn(state, call)
  if (!user?.managed) return notManaged
  const dates = {
    createdAt: '2025-04-12T23:20:50.522Z',
    lastAccess: '2026-05-12T20:20:50.521Z',
    expiry: '2027-03-19T00:00:00.000Z',
  }
  return ok(state.tokens.filter((one) => one.user === user.id).map(({ id, label }) => ({ id, label, ...dates })))
}

function deleteToken(call: Call): Answer {
  return call.world.write((state) => {
    const index = state.tokens.findIndex((one) => one.id === call.params.token && one.user === call.params.user)
    if (index < 0) return { status: 404, body: { key: 'notFound', context: 'API token not found' } }
    state.tokens.splice(index, 1)
    return nothing
  })
}
