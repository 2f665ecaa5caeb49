/** Users API and their lifecycle. */
import type { Answer } from '../server.ts'
import { invalid, notFound, nothing, ok, refusal } from './answers.ts'
import type { Call, Operation } from './route.ts'
import type { State, Status, User } from './state.ts'

const base = '/api/v1/users'
const at = '2024-03-01T08:00:00.000Z'

export const userOperations: readonly Operation[] = [
  { method: 'GET', path: base, scope: 'users', answer: search },
  { method: 'GET', path: `${base}/{id}`, scope: 'users', answer: read },
  { method: 'POST', path: `${base}/{id}`, scope: 'users', writes: true, answer: update },
  { method: 'DELETE', path: `${base}/{id}`, scope: 'users', writes: true, answer: remove },
  transition('suspend', ['ACTIVE'], 'SUSPENDED'),
  transition('unsuspend', ['SUSPENDED'], 'ACTIVE'),
  transition('unlock', ['LOCKED_OUT'], 'ACTIVE'),
  { method: 'POST', path: `${base}/{id}/lifecycle/deactivate`, scope: 'users', writes: true, answer: deactivate },
  { method: 'POST', path: `${base}/{id}/lifecycle/reset_factors`, scope: 'users', writes: true, answer: resetFactors },
  { method: 'DELETE', path: `${base}/{id}/sessions`, scope: 'users', writes: true, answer: endSessions },
  { method: 'GET', path: `${base}/{id}/factors`, scope: 'users', answer: factors },
  { method: 'GET', path: `${base}/{id}/appLinks`, scope: 'users', answer: appLinks },
]

/** By id or login; `me` is the owner of an API token. */
export function userIn(state: State, call: Call): User | undefined {
  const wanted = call.params.id === 'me' ? call.me : call.params.id
  return state.users.find((user) => user.id === wanted || user.login === wanted?.toLowerCase())
}

export function withUser(call: Call, work: (user: User, state: State) => Answer): Answer {
  const state = call.world.read()
  const user = userIn(state, call)
  return user ? work(user, state) : notFound(`${call.params.id} (User)`)
}

export function changeUser(call: Call, work: (user: User, state: State) => Answer): Answer {
  return call.world.write((state) => {
    const user = userIn(state, call)
    return user ? work(user, state) : notFound(`${call.params.id} (User)`)
  })
}

export function shown(user: User) {
  const { id, login, email, secondEmail, firstName, lastName, title, department, manager, provider } = user
  const running = user.deactivatedAt !== undefined && user.deactivatedAt > Date.now()
  return {
    id,
    status: statusOf(user),
    created: at,
    activated: at,
    lastUpdated: at,
    lastLogin: at,
    ...(running && { transitioningToStatus: 'DEPROVISIONED' }),
    type: { id: 'otyokta1' },
    profile: { login, email, secondEmail, firstName, lastName, title, department, manager },
    credentials: { provider: { type: provider, name: provider === 'OKTA' ? 'OKTA' : 'corp.example.com' } },
    _links: { self: { href: `https://example.okta.com/api/v1/users/${id}` } },
  }
}

function statusOf(user: User): Status {
  return user.deactivatedAt !== undefined && user.deactivatedAt <= Date.now() ? 'DEPROVISIONED' : user.status
}

const term = /profile\.(login|email) eq "((?:[^"\\]|\\.)*)"/

/** Only the form that is understood here: `profile.x eq "…" or …`; strings are compared without regard to case. */
function search(call: Call): Answer {
  const text = call.asked.query.get('search')
  const users = call.world.read().users
  if (text === null) return call.page(users.filter((user) => statusOf(user) !== 'DEPROVISIONED').map(shown))
  const terms = [...text.matchAll(new RegExp(term, 'g'))]
  if (terms.length === 0 || !new RegExp(`^${term.source}( or ${term.source})*$`).test(text))
    return refusal(400, 'E0000031', `Invalid search criteria: ${text}`)
  const fits = (user: User) =>
    terms.some(
      ([, field, value = '']) =>
        user[field as 'login' | 'email'].toLowerCase() === value.replace(/\\(.)/g, '$1').toLowerCase(),
    )
  return call.page(users.filter(fits).map(shown))
}

function read(call: Call): Answer {
  return withUser(call, (user) => ok(shown(user)))
}

const updatable = ['profile', 'credentials', 'type', 'realmId']

function update(call: Call): Answer {
  return changeUser(call, (user) => {
    const unknown = Object.keys(call.body).find((name) => !updatable.includes(name))
    if (unknown) return invalid(unknown)
    const { credentials } = call.body as { credentials?: { password?: { value?: unknown } } }
    if (typeof credentials?.password?.value !== 'string') return invalid('credentials')
    if (user.provider !== 'OKTA')
      return refusal(403, 'E0000016', 'The operation is not allowed: the password is managed by the directory.')
    if (['SUSPENDED', 'DEPROVISIONED'].includes(statusOf(user)))
      return refusal(403, 'E0000017', 'Password reset failed')
    user.passwords += 1
    if (user.status === 'PASSWORD_EXPIRED' || user.status === 'RECOVERY') user.status = 'ACTIVE'
    return ok(shown(user))
  })
}

function transition(name: string, from: readonly Status[], to: Status): Operation {
  return {
    method: 'POST',
    path: `${base}/{id}/lifecycle/${name}`,
    scope: 'users',
    writes: true,
    answer: (call) =>
      changeUser(call, (user) => {
        if (!from.includes(statusOf(user))) return invalid(`Cannot ${name} user. User status is ${statusOf(user)}.`)
        user.status = to
        return ok({})
      }),
  }
}

function deactivate(call: Call): Answer {
  return changeUser(call, (user, state) => {
    if (user.deactivatedAt !== undefined || user.status === 'DEPROVISIONED')
      return refusal(403, 'E0000001', 'Api validation failed: user is deactivated')
    finish(user, state, call.deactivateMs)
    return ok({})
  })
}

/** App assignments go at once; the status follows. */
function finish(user: User, state: State, ms: number): void {
  user.deactivatedAt = Date.now() + ms
  state.apps = state.apps.filter((one) => one.user !== user.id)
  state.clients = state.clients.filter((one) => one.user !== user.id)
}

function remove(call: Call): Answer {
  return changeUser(call, (user, state) => {
    if (statusOf(user) === 'DEPROVISIONED') {
      state.users = state.users.filter((one) => one.id !== user.id)
      for (const group of state.groups) group.members = group.members.filter((one) => one !== user.id)
    } else finish(user, state, call.deactivateMs)
    return nothing
  })
}

function resetFactors(call: Call): Answer {
  return changeUser(call, (user, state) => {
    if (statusOf(user) === 'DEPROVISIONED')
      return refusal(403, 'E0000016', 'Factors of a deactivated user cannot be reset')
    state.factors = state.factors.filter((one) => one.user !== user.id || one.factorType === 'email')
    return ok({})
  })
}

function endSessions(call: Call): Answer {
  return changeUser(call, (user, state) => {
    user.sessions = 0
    if (call.asked.query.get('oauthTokens') === 'true') {
      for (const client of state.clients) if (client.user === user.id) client.tokens = 0
      state.clients = state.clients.filter((one) => one.tokens + one.grants > 0)
    }
    return nothing
  })
}

function factors(call: Call): Answer {
  return withUser(call, (user, state) =>
    ok(
      state.factors
        .filter((one) => one.user === user.id)
        .map(({ id, factorType, provider }) => ({
          id,
          factorType,
          provider,
          vendorName: provider,
          status: 'ACTIVE',
          created: at,
          profile: {},
        })),
    ),
  )
}

function appLinks(call: Call): Answer {
  return withUser(call, (user, state) =>
    ok(
      state.apps
        .filter((one) => one.user === user.id)
        .map(({ label }, index) => ({ id: `00al${index}`, label, appName: label.toLowerCase(), hidden: false })),
    ),
  )
}
