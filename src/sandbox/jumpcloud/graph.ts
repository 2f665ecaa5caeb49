/** JumpCloud's graph: groups, direct bindings, and what a user reaches through either (v2). */
import type { Answer } from '../server.ts'
import { notFound, nothing, pageV1, pageV2, refusal } from './answers.ts'
import type { Call, Operation } from './route.ts'
import type { State, Target } from './state.ts'
import { change, read } from './users.ts'

const user = '/api/v2/users/{id}'
const targets = [
  'active_directory',
  'application',
  'g_suite',
  'idp_routing_policy',
  'ldap_server',
  'office_365',
  'password_manager_item',
  'radius_server',
  'system',
  'system_group',
]

export const graphOperations: readonly Operation[] = [
  { method: 'GET', path: '/api/v2/usergroups', answer: groups },
  { method: 'POST', path: '/api/v2/usergroups/{group}/members', answer: setMember },
  { method: 'GET', path: `${user}/memberof`, answer: memberOf },
  { method: 'GET', path: `${user}/associations`, answer: associations },
  { method: 'POST', path: `${user}/associations`, answer: setAssociation },
  { method: 'GET', path: `${user}/systems`, answer: systemsOf },
  { method: 'GET', path: '/api/v2/systems/{system}/users', answer: usersOf },
  { method: 'GET', path: '/api/applications', answer: applications },
]

function groups({ asked, world }: Call): Answer {
  return pageV2(
    asked,
    world.read().groups.map(({ id, name, membershipMethod }) => ({ id, name, membershipMethod, type: 'user_group' })),
  )
}

function setMember(call: Call): Answer {
  const { op, type, id } = call.body
  if (type !== 'user' || typeof id !== 'string' || (op !== 'add' && op !== 'remove'))
    return refusal(call.asked, 400, 'invalid graph operation')
  return call.world.write((state) => {
    const group = state.groups.find((one) => one.id === call.params.group)
    if (!group || !state.users.some((one) => one.id === id)) return notFound(call.asked)
    if (group.membershipMethod === 'DYNAMIC_AUTOMATED')
      return refusal(call.asked, 400, 'members of a dynamic group cannot be set')
    const there = group.members.includes(id)
    if (op === 'add' && there) return refusal(call.asked, 409, 'Already Exists')
    if (op === 'remove' && !there) return notFound(call.asked)
    group.members = group.members.filter((one) => one !== id)
    if (op === 'add') group.members.push(id)
    return nothing
  })
}

function withPaths(type: string, id: string, from: Target) {
  return { type, id, compiledAttributes: {}, paths: [[{ from: { type: from.type, id: from.id }, to: { type, id } }]] }
}

/** Every way there, hop by hop: directly, and through each group. */
function waysTo(state: State, userId: string, system: string): { from: Target; to: Target }[][] {
  const [user, target] = [
    { type: 'user', id: userId },
    { type: 'system', id: system },
  ]
  const direct = state.bindings.some((one) => one.user === userId && one.type === 'system' && one.id === system)
  const groups = state.groups.filter(
    (group) => group.members.includes(userId) && group.targets.some((one) => one.id === system),
  )
  const through = groups.map(({ id }) => [
    { from: user, to: { type: 'user_group', id } },
    { from: { type: 'user_group', id }, to: target },
  ])
  return [...(direct ? [[{ from: user, to: target }]] : []), ...through]
}

function memberOf(call: Call): Answer {
  return read(call, ({ id }, state) => {
    const mine = state.groups.filter((one) => one.members.includes(id))
    return pageV2(
      call.asked,
      mine.map((one) => withPaths('user_group', one.id, { type: 'user', id })),
    )
  })
}

function associations(call: Call): Answer {
  const wanted = call.asked.query.get('targets')
  if (!wanted || !targets.includes(wanted)) return refusal(call.asked, 400, 'targets is required')
  return read(call, ({ id }, state) => {
    const mine = state.bindings.filter((one) => one.user === id && one.type === wanted)
    return pageV2(
      call.asked,
      mine.map(({ type, id: to, attributes }) => ({ to: { type, id: to }, ...(attributes && { attributes }) })),
    )
  })
}

function setAssociation(call: Call): Answer {
  const {
    op,
    type,
    id: target,
    attributes,
  } = call.body as Record<string, string> & { attributes?: Record<string, unknown> }
  if (!target || !type || !targets.includes(type) || (op !== 'add' && op !== 'remove'))
    return refusal(call.asked, 400, 'invalid graph operation')
  return change(call, ({ id }, state) => {
    const there = state.bindings.find((one) => one.user === id && one.type === type && one.id === target)
    if (op === 'add' && there) return refusal(call.asked, 409, 'Already Exists')
    if (op === 'remove' && !there) return notFound(call.asked)
    if (op === 'add') state.bindings.push({ user: id, type, id: target, ...(attributes && { attributes }) })
    else state.bindings = state.bindings.filter((one) => one !== there)
    return nothing
  })
}

/** Directly, or through a group. */
export function reaches(state: State, userId: string, system: string): boolean {
  return (
    state.bindings.some((one) => one.user === userId && one.type === 'system' && one.id === system) ||
    state.groups.some((group) => group.members.includes(userId) && group.targets.some((one) => one.id === system))
  )
}

function systemsOf(call: Call): Answer {
  return read(call, ({ id }, state) =>
    pageV2(
      call.asked,
      state.systems
        .filter((one) => reaches(state, id, one.id))
        .map((one) => ({ type: 'system', id: one.id, compiledAttributes: {}, paths: waysTo(state, id, one.id) })),
    ),
  )
}

function usersOf({ asked, world, params }: Call): Answer {
  const state = world.read()
  const system = params.system ?? ''
  if (!state.systems.some((one) => one.id === system)) return notFound(asked)
  return pageV2(
    asked,
    state.users
      .filter((one) => reaches(state, one.id, system))
      .map((one) => withPaths('user', one.id, { type: 'system', id: system })),
  )
}

function applications({ asked, world }: Call): Answer {
  return pageV1(
    asked,
    world.read().applications.map(({ id, name, displayLabel }) => ({
      _id: id,
      name,
      displayLabel,
      ssoUrl: `https://sso.jumpcloud.com/saml2/${name}`,
      config: {},
    })),
  )
}
