/** Directory API: users. */
import type { Answer } from '../server.ts'
import { duplicate, forbidden, invalid, notFound, nothing, ok, page, refusal } from './answers.ts'
import type { Call, Method } from './route.ts'
import { findUser, type State, type User } from './state.ts'

const base = '/admin/directory/v1/users'
const scopes = ['admin.directory.user']

export const userMethods: readonly Method[] = [
  { method: 'GET', path: base, scopes, answer: list },
  { method: 'GET', path: `${base}/{user}`, scopes, answer: get },
  { method: 'PUT', path: `${base}/{user}`, scopes, answer: update },
  { method: 'PATCH', path: `${base}/{user}`, scopes, answer: update },
  { method: 'DELETE', path: `${base}/{user}`, scopes, answer: remove },
  { method: 'POST', path: `${base}/{user}/makeAdmin`, scopes, answer: makeAdmin },
  { method: 'POST', path: `${base}/{user}/aliases`, scopes, answer: addAlias },
  { method: 'DELETE', path: `${base}/{user}/aliases/{alias}`, scopes, answer: removeAlias },
]

function list(call: Call): Answer {
  const { query } = call.asked
  if (!query.has('customer') && !query.has('domain')) return refusal(400, 'badRequest', 'Bad Request')
  const state = call.world.read()
  const wanted = matcher(query.get('query') ?? '')
  if (!wanted) return invalid('query')
  const found = state.users.filter(wanted)
  return page(
    'users',
    found.map((user) => shown(state, user)),
    call.paging(100, 500),
  )
}

/** Clauses of the search language joined by a space: `email='x' isAdmin=true`. */
function matcher(query: string): ((user: User) => boolean) | undefined {
  const clauses = query.match(/\w+[=:](?:'(?:[^'\\]|\\.)*'|\S+)/g) ?? []
  if (clauses.join(' ') !== query) return undefined
  const tests: ((user: User) => boolean)[] = []
  for (const clause of clauses) {
    const [, field, , raw = ''] = clause.match(/^(\w+)([=:])(.*)$/) ?? []
    const value = raw.replace(/^'|'$/g, '').replace(/\\(.)/g, '$1').toLowerCase()
    if (field === 'email')
      tests.push((user) => [user.primaryEmail, ...user.aliases, ...user.otherEmails].includes(value))
    else if (field === 'directManager') tests.push((user) => user.managerEmail?.toLowerCase() === value)
    else if (field === 'isAdmin') tests.push((user) => user.isAdmin === (value === 'true'))
    else if (field === 'isSuspended') tests.push((user) => user.suspended === (value === 'true'))
    else return undefined
  }
  return (user) => tests.every((test) => test(user))
}

function get(call: Call): Answer {
  const state = call.world.read()
  const user = findUser(state, call.params.user ?? '')
  return user ? ok(shown(state, user)) : notFound('userKey')
}

/** PUT has patch semantics here: what is left out stays (Directory API, users.update). */
function update(call: Call): Answer {
  const { body } = call
  const password = body.password
  if (password !== undefined && (typeof password !== 'string' || password.length < 8 || password.length > 100))
    return refusal(400, 'invalid', 'Invalid Password')
  return call.world.write((state) => {
    const user = findUser(state, call.params.user ?? '')
    if (!user) return notFound('userKey')
    if (!mayTouch(call.subject, user)) return forbidden
    if (body.suspended === true && user.id === call.subject.id) return forbidden
    const no = refusedChange(state, user, body)
    if (no) return no
    if (password !== undefined) user.passwords += 1
    if (body.suspended === true) user.sessions = 0
    patch(user, body)
    return ok(shown(state, user))
  })
}

function refusedChange(state: State, user: User, body: Record<string, unknown>): Answer | undefined {
  const { orgUnitPath, primaryEmail, archived } = body
  if (typeof orgUnitPath === 'string' && orgUnitPath !== '/' && !state.orgUnits.includes(orgUnitPath))
    return invalid('INVALID_OU_ID')
  // An address that is an alias has to be taken away first, even from the same person.
  if (typeof primaryEmail === 'string' && primaryEmail !== user.primaryEmail && findUser(state, primaryEmail))
    return duplicate
  if (archived === true && !user.archived) {
    if (state.archiveSeats < 1)
      return refusal(412, 'insufficientArchivedUserLicenses', 'Insufficient archived user licenses')
    state.archiveSeats -= 1
  }
  if (archived === false && user.archived) state.archiveSeats += 1
  return undefined
}

/** Relations are replaced as a whole; the old address becomes an alias (Directory API, users.update). */
function patchPlace(user: User, body: Record<string, unknown>): void {
  const { orgUnitPath, primaryEmail, relations } = body
  if (typeof orgUnitPath === 'string') user.orgUnitPath = orgUnitPath
  if (typeof primaryEmail === 'string' && primaryEmail !== user.primaryEmail) {
    user.aliases.push(user.primaryEmail)
    user.primaryEmail = primaryEmail
  }
  if (!Array.isArray(relations)) return
  const manager = (relations as { type?: string; value?: string }[]).find((one) => one.type === 'manager')
  if (manager?.value) user.managerEmail = manager.value
  else delete user.managerEmail
}

function patch(user: User, body: Record<string, unknown>): void {
  const { suspended, archived, includeInGlobalAddressList: included } = body
  patchPlace(user, body)
  if (typeof suspended === 'boolean') user.suspended = suspended
  if (typeof archived === 'boolean') user.archived = archived
  if (typeof included === 'boolean') user.included = included
  for (const name of ['recoveryEmail', 'recoveryPhone'] as const) {
    if (body[name] === '') delete user[name]
    else if (typeof body[name] === 'string') user[name] = body[name]
  }
}

function remove(call: Call): Answer {
  return call.world.write((state) => {
    const user = findUser(state, call.params.user ?? '')
    if (!user) return notFound('userKey')
    if (!mayTouch(call.subject, user) || user.id === call.subject.id) return forbidden
    forget(state, user.id)
    return nothing
  })
}

function forget(state: State, id: string): void {
  state.users = state.users.filter((one) => one.id !== id)
  state.members = state.members.filter((one) => one.user !== id)
  state.licences = state.licences.filter((one) => one.user !== id)
  state.roleAssignments = state.roleAssignments.filter((one) => one.user !== id)
  state.tokens = state.tokens.filter((one) => one.user !== id)
  delete state.mailboxes[id]
}

function makeAdmin(call: Call): Answer {
  return call.world.write((state) => {
    const user = findUser(state, call.params.user ?? '')
    if (!user) return notFound('userKey')
    // Only super administrators make and unmake one, and the last one stays.
    if (!call.subject.isAdmin) return forbidden
    const last = state.users.filter((one) => one.isAdmin && !one.suspended).length <= 1
    if (call.body.status === false && user.isAdmin && last) return forbidden
    user.isAdmin = call.body.status === true
    const seedRole = state.roles.find((one) => one.isSuperAdminRole)
    state.roleAssignments = state.roleAssignments.filter(
      (one) => one.user !== user.id || one.roleId !== seedRole?.roleId,
    )
    if (user.isAdmin && seedRole)
      state.roleAssignments.push({
        id: `38942${user.id.slice(-6)}`,
        user: user.id,
        roleId: seedRole.roleId,
        scopeType: 'CUSTOMER',
      })
    return nothing
  })
}

function addAlias(call: Call): Answer {
  return call.world.write((state) => {
    const user = findUser(state, call.params.user ?? '')
    const alias = String(call.body.alias ?? '').toLowerCase()
    if (!user) return notFound('userKey')
    if (!mayTouch(call.subject, user)) return forbidden
    if (!alias.includes('@')) return invalid('alias')
    if (findUser(state, alias)) return duplicate
    user.aliases.push(alias)
    return ok({ kind: 'admin#directory#alias', id: user.id, etag: '"pretend"', primaryEmail: user.primaryEmail, alias })
  })
}

function removeAlias(call: Call): Answer {
  return call.world.write((state) => {
    const user = findUser(state, call.params.user ?? '')
    if (!user) return notFound('userKey')
    if (!mayTouch(call.subject, user)) return forbidden
    const at = user.aliases.indexOf((call.params.alias ?? '').toLowerCase())
    if (at < 0) return notFound('resource_id')
    user.aliases.splice(at, 1)
    return nothing
  })
}

/** A delegated administrator cannot touch a super administrator. */
export function mayTouch(subject: User, user: User): boolean {
  return subject.isAdmin || !user.isAdmin
}

function shown(state: State, user: User): Record<string, unknown> {
  const { id, primaryEmail, aliases, givenName, familyName, isAdmin, suspended, archived, creationTime } = user
  const others = user.otherEmails.map((address) => ({ address, type: 'home' }))
  const addresses = [{ address: primaryEmail, primary: true }, ...aliases.map((address) => ({ address })), ...others]
  return {
    kind: 'admin#directory#user',
    id,
    etag: '"pretend"',
    primaryEmail,
    name: { givenName, familyName, fullName: `${givenName} ${familyName}` },
    isAdmin,
    isDelegatedAdmin: !isAdmin && state.roleAssignments.some((one) => one.user === id),
    creationTime,
    agreedToTerms: true,
    suspended,
    ...(suspended && { suspensionReason: 'ADMIN' }),
    archived,
    changePasswordAtNextLogin: false,
    emails: addresses,
    ...(aliases.length > 0 && { aliases }),
    relations: user.managerEmail ? [{ value: user.managerEmail, type: 'manager' }] : [],
    organizations: [{ title: user.title, department: user.department, primary: true }],
    customerId: state.customerId,
    orgUnitPath: user.orgUnitPath,
    isMailboxSetup: user.mailbox,
    isEnrolledIn2Sv: user.enrolledIn2Sv,
    isEnforcedIn2Sv: user.enforcedIn2Sv,
    includeInGlobalAddressList: user.included,
    ...(user.recoveryEmail && { recoveryEmail: user.recoveryEmail }),
    ...(user.recoveryPhone && { recoveryPhone: user.recoveryPhone }),
  }
}
