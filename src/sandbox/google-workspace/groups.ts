/** Directory API: groups and their members. */
import type { Answer } from '../server.ts'
import { duplicate, invalid, notFound, nothing, ok, page, refusal } from './answers.ts'
import type { Call, Method } from './route.ts'
import { findGroup, findUser, type Group, type Member, type State } from './state.ts'

const base = '/admin/directory/v1/groups'
const one = `${base}/{group}/members/{member}`
const scopes = ['admin.directory.group']
const memberScopes = ['admin.directory.group', 'admin.directory.group.member']

export const groupMethods: readonly Method[] = [
  { method: 'GET', path: base, scopes, answer: list },
  { method: 'GET', path: `${base}/{group}/members`, scopes: memberScopes, answer: listMembers },
  { method: 'POST', path: `${base}/{group}/members`, scopes: memberScopes, answer: insert },
  { method: 'GET', path: one, scopes: memberScopes, answer: getMember },
  { method: 'PATCH', path: one, scopes: memberScopes, answer: update },
  { method: 'PUT', path: one, scopes: memberScopes, answer: update },
  { method: 'DELETE', path: one, scopes: memberScopes, answer: remove },
]

function list(call: Call): Answer {
  const state = call.world.read()
  const key = call.asked.query.get('userKey')
  if (key === null && !call.asked.query.has('customer') && !call.asked.query.has('domain'))
    return refusal(400, 'badRequest', 'Bad Request')
  const member = key === null ? undefined : findUser(state, key)
  if (key !== null && !member) return notFound('userKey')
  const found = state.groups.filter(
    (group) => !member || state.members.some((known) => known.group === group.id && known.user === member.id),
  )
  return page(
    'groups',
    found.map((group) => shownGroup(state, group)),
    call.paging(200, 200),
  )
}

function shownGroup(state: State, { id, email, name }: Group) {
  const directMembersCount = String(state.members.filter((known) => known.group === id).length)
  return { kind: 'admin#directory#group', id, etag: '"pretend"', email, name, directMembersCount, adminCreated: true }
}

function listMembers(call: Call): Answer {
  const state = call.world.read()
  const group = findGroup(state, call.params.group ?? '')
  if (!group) return notFound('groupKey')
  const roles = call.asked.query.get('roles')?.split(',')
  const found = state.members.filter((known) => known.group === group.id && (!roles || roles.includes(known.role)))
  return page(
    'members',
    found.map((known) => shownMember(state, known)),
    call.paging(200, 200),
  )
}

function shownMember(state: State, { user, role }: Member) {
  const email = findUser(state, user)?.primaryEmail
  return { kind: 'admin#directory#member', etag: '"pretend"', id: user, email, role, type: 'USER', status: 'ACTIVE' }
}

function memberIn(state: State, call: Call): { group: Group; member: Member } | { refusal: Answer } {
  const group = findGroup(state, call.params.group ?? '')
  if (!group) return { refusal: notFound('groupKey') }
  const user = findUser(state, call.params.member ?? '')
  const member = state.members.find((known) => known.group === group.id && known.user === user?.id)
  return member ? { group, member } : { refusal: notFound('memberKey') }
}

function getMember(call: Call): Answer {
  const state = call.world.read()
  const found = memberIn(state, call)
  if ('refusal' in found) return found.refusal
  return ok({ ...shownMember(state, found.member), delivery_settings: found.member.delivery })
}

function insert(call: Call): Answer {
  return call.world.write((state) => {
    const group = findGroup(state, call.params.group ?? '')
    if (!group) return notFound('groupKey')
    const { email, id, role = 'MEMBER', delivery_settings: delivery = 'ALL_MAIL' } = call.body as Record<string, string>
    const user = findUser(state, id ?? email ?? '')
    if (!user) return notFound('memberKey')
    if (state.members.some((known) => known.group === group.id && known.user === user.id))
      return {
        ...duplicate,
        body: { error: { ...(duplicate.body as { error: object }).error, message: 'Member already exists.' } },
      }
    if (!isRole(role)) return invalid('role')
    const member: Member = { group: group.id, user: user.id, role, delivery }
    state.members.push(member)
    return ok(shownMember(state, member))
  })
}

function update(call: Call): Answer {
  return call.world.write((state) => {
    const found = memberIn(state, call)
    if ('refusal' in found) return found.refusal
    const role = call.body.role
    if (role !== undefined && !isRole(role)) return invalid('role')
    if (role) found.member.role = role
    return ok(shownMember(state, found.member))
  })
}

function isRole(role: unknown): role is Member['role'] {
  return role === 'OWNER' || role === 'MANAGER' || role === 'MEMBER'
}

function remove(call: Call): Answer {
  return call.world.write((state) => {
    const found = memberIn(state, call)
    if ('refusal' in found) return found.refusal
    state.members = state.members.filter((known) => known !== found.member)
    return nothing
  })
}
