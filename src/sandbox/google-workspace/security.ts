/** Directory API: sessions, OAuth grants, application-specific passwords, second factors, administrator roles. */
import type { Answer } from '../server.ts'
import { duplicate, forbidden, invalid, notFound, nothing, ok, page } from './answers.ts'
import type { Call, Method } from './route.ts'
import { findUser, nextSerial, type State, type User } from './state.ts'
import { mayTouch } from './users.ts'

const user = '/admin/directory/v1/users/{user}'
const customer = '/admin/directory/v1/customer/{customer}'
const scopes = ['admin.directory.user.security']
const roleScopes = ['admin.directory.rolemanagement']

export const securityMethods: readonly Method[] = [
  { method: 'POST', path: `${user}/signOut`, scopes, answer: (call) => change(call, (_, one) => signOut(one)) },
  { method: 'GET', path: `${user}/tokens`, scopes, answer: listTokens },
  {
    method: 'DELETE',
    path: `${user}/tokens/{client}`,
    scopes,
    answer: (call) => change(call, (state, one) => deleteToken(state, one, call)),
  },
  { method: 'GET', path: `${user}/asps`, scopes, answer: listAppPasswords },
  {
    method: 'DELETE',
    path: `${user}/asps/{code}`,
    scopes,
    answer: (call) => change(call, (state, one) => deleteAppPassword(state, one, call)),
  },
  { method: 'GET', path: `${user}/verificationCodes`, scopes, answer: listCodes },
  {
    method: 'POST',
    path: `${user}/verificationCodes/invalidate`,
    scopes,
    answer: (call) => change(call, invalidateCodes),
  },
  { method: 'POST', path: `${user}/twoStepVerification/turnOff`, scopes, answer: (call) => change(call, turnOff) },
  { method: 'GET', path: `${customer}/roles`, scopes: roleScopes, answer: listRoles },
  { method: 'GET', path: `${customer}/roleassignments`, scopes: roleScopes, answer: listAssignments },
  { method: 'POST', path: `${customer}/roleassignments`, scopes: roleScopes, answer: assign },
  { method: 'DELETE', path: `${customer}/roleassignments/{assignment}`, scopes: roleScopes, answer: unassign },
]

function change(call: Call, act: (state: State, user: User) => Answer): Answer {
  return call.world.write((state) => {
    const one = findUser(state, call.params.user ?? '')
    if (!one) return notFound('userKey')
    return mayTouch(call.subject, one) ? act(state, one) : forbidden
  })
}

function look(call: Call, show: (state: State, user: User) => Answer): Answer {
  const state = call.world.read()
  const one = findUser(state, call.params.user ?? '')
  return one ? show(state, one) : notFound('userKey')
}

function signOut(one: User): Answer {
  one.sessions = 0
  return nothing
}

function listTokens(call: Call): Answer {
  return look(call, (state, { id }) => {
    const items = state.tokens
      .filter((one) => one.user === id)
      .map(({ clientId, displayText, scopes: given }) => ({
        kind: 'admin#directory#token',
        etag: '"pretend"',
        clientId,
        displayText,
        anonymous: false,
        nativeApp: false,
        userKey: id,
        scopes: given,
      }))
    return ok({ kind: 'admin#directory#tokenList', etag: '"pretend"', ...(items.length > 0 && { items }) })
  })
}

function deleteToken(state: State, { id }: User, call: Call): Answer {
  const at = state.tokens.findIndex((one) => one.user === id && one.clientId === call.params.client)
  if (at < 0) return notFound('clientId')
  state.tokens.splice(at, 1)
  return nothing
}

function listAppPasswords(call: Call): Answer {
  return look(call, (state, { id }) => {
    const items = state.appPasswords
      .filter((one) => one.user === id)
      .map(({ codeId, name, created, used }) => ({
        kind: 'admin#directory#asp',
        etag: '"pretend"',
        userKey: id,
        codeId,
        name,
        creationTime: String(created),
        lastTimeUsed: String(used),
      }))
    return ok({ kind: 'admin#directory#aspList', etag: '"pretend"', ...(items.length > 0 && { items }) })
  })
}

function deleteAppPassword(state: State, { id }: User, call: Call): Answer {
  const at = state.appPasswords.findIndex((one) => one.user === id && one.codeId === Number(call.params.code))
  if (at < 0) return notFound('codeId')
  state.appPasswords.splice(at, 1)
  return nothing
}

function listCodes(call: Call): Answer {
  return look(call, (state, { id }) => {
    const items = (state.backupCodes[id] ?? []).map((verificationCode) => ({
      kind: 'admin#directory#verificationCode',
      etag: '"pretend"',
      userId: id,
      verificationCode,
    }))
    return ok({ kind: 'admin#directory#verificationCodesList', etag: '"pretend"', ...(items.length > 0 && { items }) })
  })
}

/** Refused for a suspended user (GAM wiki, Users-Deprovision). */
function invalidateCodes(state: State, one: User): Answer {
  if (one.suspended) return invalid('userKey')
  delete state.backupCodes[one.id]
  return nothing
}

function turnOff(_state: State, one: User): Answer {
  if (one.suspended || one.enforcedIn2Sv || !one.enrolledIn2Sv) return invalid('userKey')
  one.enrolledIn2Sv = false
  return nothing
}

function listRoles(call: Call): Answer {
  const items = call.world.read().roles.map((role) => ({ kind: 'admin#directory#role', isSystemRole: true, ...role }))
  return page('items', items, call.paging(100, 100))
}

function listAssignments(call: Call): Answer {
  const state = call.world.read()
  const key = call.asked.query.get('userKey')
  const holder = key === null ? undefined : findUser(state, key)
  if (key !== null && !holder) return notFound('userKey')
  const found = state.roleAssignments.filter((one) => !holder || one.user === holder.id).map(shownAssignment)
  return page('items', found, call.paging(100, 200))
}

function shownAssignment({ id, user: assignedTo, roleId, scopeType, orgUnitId }: State['roleAssignments'][number]) {
  return {
    kind: 'admin#directory#roleAssignment',
    roleAssignmentId: id,
    roleId,
    assignedTo,
    assigneeType: 'user',
    scopeType,
    ...(orgUnitId && { orgUnitId }),
  }
}

function assign(call: Call): Answer {
  const { assignedTo, roleId, scopeType = 'CUSTOMER', orgUnitId } = call.body as Record<string, string>
  return call.world.write((state) => {
    const one = findUser(state, assignedTo ?? '')
    if (!one || !roleId) return invalid('resource')
    if (state.roleAssignments.some((known) => known.user === one.id && known.roleId === roleId)) return duplicate
    const made = { id: nextSerial(state), user: one.id, roleId, scopeType, ...(orgUnitId && { orgUnitId }) }
    state.roleAssignments.push(made)
    return ok(shownAssignment(made))
  })
}

function unassign(call: Call): Answer {
  return call.world.write((state) => {
    const at = state.roleAssignments.findIndex((one) => one.id === call.params.assignment)
    if (at < 0) return notFound('roleAssignmentId')
    state.roleAssignments.splice(at, 1)
    return nothing
  })
}
