/** Groups and their rules, administrator roles, OAuth clients of a user, API tokens, the System Log. */
import type { Answer } from '../server.ts'
import { forbidden, invalid, notFound, nothing, ok } from './answers.ts'
import type { Call, Operation } from './route.ts'
import type { Group, RoleAssignment, Rule, State } from './state.ts'
import { changeUser, withUser } from './users.ts'

const v1 = '/api/v1'
const user = `${v1}/users/{id}`
const at = '2024-03-01T08:00:00.000Z'

export const accessOperations: readonly Operation[] = [
  { method: 'GET', path: `${user}/groups`, scope: 'users', answer: groupsOf },
  {
    method: 'GET',
    path: `${v1}/groups/rules`,
    scope: 'groups',
    answer: ({ world, page }) => page(world.read().rules.map(shownRule)),
  },
  {
    method: 'PUT',
    path: `${v1}/groups/{group}/users/{user}`,
    scope: 'groups',
    writes: true,
    answer: (call) => member(call, true),
  },
  {
    method: 'DELETE',
    path: `${v1}/groups/{group}/users/{user}`,
    scope: 'groups',
    writes: true,
    answer: (call) => member(call, false),
  },
  { method: 'GET', path: `${v1}/groups/{group}/roles`, scope: 'roles', answer: groupRoles },
  { method: 'GET', path: `${user}/roles`, scope: 'roles', answer: rolesOf },
  { method: 'POST', path: `${user}/roles`, scope: 'roles', writes: true, answer: giveRole },
  { method: 'DELETE', path: `${user}/roles/{role}`, scope: 'roles', writes: true, answer: takeRole },
  { method: 'GET', path: `${v1}/iam/assignees/users`, scope: 'roles', answer: administrators },
  { method: 'GET', path: `${user}/clients`, scope: 'users', answer: clientsOf },
  {
    method: 'DELETE',
    path: `${user}/clients/{client}/tokens`,
    scope: 'users',
    writes: true,
    answer: (call) => takeBack(call, 'tokens'),
  },
  {
    method: 'DELETE',
    path: `${user}/clients/{client}/grants`,
    scope: 'users',
    writes: true,
    answer: (call) => takeBack(call, 'grants'),
  },
  { method: 'GET', path: `${v1}/api-tokens`, scope: 'apiTokens', answer: apiTokens },
  { method: 'DELETE', path: `${v1}/api-tokens/{token}`, scope: 'apiTokens', writes: true, answer: revokeApiToken },
  { method: 'GET', path: `${v1}/logs`, scope: 'logs', answer: logs },
]

function groupsOf(call: Call): Answer {
  return withUser(call, ({ id }, state) => ok(state.groups.filter((one) => one.members.includes(id)).map(shownGroup)))
}

function shownGroup({ id, name, type, app }: Group) {
  const embedded = app && {
    _embedded: { app: { id: '0oaapp', name: 'active_directory', label: app, signOnMode: 'AUTO_LOGIN' } },
  }
  return {
    id,
    type,
    created: at,
    lastUpdated: at,
    objectClass: ['okta:user_group'],
    profile: { name, description: '' },
    ...embedded,
  }
}

function shownRule({ id, name, status, groupIds, exclude }: Rule) {
  return {
    type: 'group_rule',
    id,
    name,
    status,
    conditions: {
      people: { users: { exclude }, groups: { exclude: [] } },
      expression: { value: 'user.department=="Sales"', type: 'urn:okta:expression:1.0' },
    },
    actions: { assignUserToGroups: { groupIds } },
  }
}

function member({ world, params }: Call, add: boolean): Answer {
  return world.write((state) => {
    const group = state.groups.find((one) => one.id === params.group)
    const who = params.user ?? ''
    if (!group) return notFound(`${params.group} (UserGroup)`)
    if (!state.users.some((one) => one.id === who)) return notFound(`${who} (User)`)
    if (group.type !== 'OKTA_GROUP') return forbidden()
    if (!add) exclude(state, group.id, who)
    group.members = group.members.filter((one) => one !== who)
    if (add) group.members.push(who)
    else state.roles = state.roles.filter((one) => !(one.user === who && one.group === group.id))
    return nothing
  })
}

/** Whoever is taken out of a group that a rule fills is put on that rule's list of exceptions (support.okta.com). */
function exclude(state: State, group: string, who: string): void {
  for (const rule of state.rules)
    if (rule.status === 'ACTIVE' && rule.groupIds.includes(group) && !rule.exclude.includes(who)) rule.exclude.push(who)
}

function groupRoles({ world, params }: Call): Answer {
  const state = world.read()
  if (!state.groups.some((one) => one.id === params.group)) return notFound(`${params.group} (UserGroup)`)
  return ok(state.roles.filter((one) => one.group === params.group).map(shownRole))
}

function rolesOf(call: Call): Answer {
  return withUser(call, ({ id }, state) => ok(state.roles.filter((one) => one.user === id).map(shownRole)))
}

function shownRole({ id, type, label, assignmentType, role, resourceSet }: RoleAssignment) {
  const custom = role && { role, 'resource-set': resourceSet }
  return { id, type, label, assignmentType, status: 'ACTIVE', created: at, lastUpdated: at, ...custom }
}

function giveRole(call: Call): Answer {
  return changeUser(call, ({ id }, state) => {
    const { type, role, 'resource-set': resourceSet } = call.body as Record<string, string>
    if (!type) return invalid('type')
    state.serial += 1
    const given: RoleAssignment = {
      id: `ra${state.serial}okta`,
      user: id,
      type,
      label: type,
      assignmentType: 'USER',
      ...(role && { role }),
      ...(resourceSet && { resourceSet }),
    }
    state.roles.push(given)
    return { status: 201, body: shownRole(given) }
  })
}

function takeRole(call: Call): Answer {
  return changeUser(call, ({ id }, state) => {
    const role = state.roles.find((one) => one.id === call.params.role && one.user === id)
    if (!role) return notFound(`${call.params.role} (RoleAssignment)`)
    if (role.assignmentType === 'GROUP') return forbidden()
    state.roles = state.roles.filter((one) => one !== role)
    return nothing
  })
}

function administrators({ world, asked }: Call): Answer {
  const ids = [...new Set(world.read().roles.map((one) => one.user))]
  const start = Number(asked.query.get('after') ?? 0)
  const size = 1
  const next = start + size < ids.length && {
    next: { href: `https://${asked.host}${asked.path}?limit=100&after=${start + size}` },
  }
  return ok({
    value: ids.slice(start, start + size).map((id) => ({ id, orn: `orn:okta:directory:00o1:users:${id}` })),
    _links: { self: { href: `https://${asked.host}${asked.path}` }, ...next },
  })
}

function clientsOf(call: Call): Answer {
  return withUser(call, ({ id: who }, state) =>
    ok(state.clients.filter((one) => one.user === who).map(({ id, name }) => ({ client_id: id, client_name: name }))),
  )
}

function takeBack(call: Call, what: 'tokens' | 'grants'): Answer {
  return changeUser(call, ({ id: who }, state) => {
    const client = state.clients.find((one) => one.user === who && one.id === call.params.client)
    if (!client) return notFound(`${call.params.client} (OAuth2Client)`)
    client[what] = 0
    state.clients = state.clients.filter((one) => one.tokens + one.grants > 0)
    return nothing
  })
}

function apiTokens({ world }: Call): Answer {
  return ok(
    world.read().apiTokens.map(({ id, name, user: userId, lastUpdated }) => ({
      id,
      name,
      userId,
      clientName: 'Okta API',
      created: at,
      lastUpdated,
    })),
  )
}

function revokeApiToken({ world, params }: Call): Answer {
  return world.write((state) => {
    if (!state.apiTokens.some((one) => one.id === params.token)) return notFound(`${params.token} (ApiToken)`)
    state.apiTokens = state.apiTokens.filter((one) => one.id !== params.token)
    return nothing
  })
}

/** Only what is used here of the SCIM filter: the actor, and a choice of event types. */
function logs({ world, asked, page }: Call): Answer {
  const filter = asked.query.get('filter') ?? ''
  const actor = /actor\.id eq "([^"]+)"/.exec(filter)?.[1]
  const kinds = [...filter.matchAll(/eventType eq "([^"]+)"/g)].map((one) => one[1])
  const since = Date.parse(asked.query.get('since') ?? '') || Date.now() - 7 * 86_400_000
  const events = world
    .read()
    .events.filter(
      (one) =>
        (!actor || one.actor === actor) &&
        (kinds.length === 0 || kinds.includes(one.eventType)) &&
        Date.parse(one.published) >= since,
    )
  return page(
    events.map(({ eventType, actor: id, published, target, targetType }, index) => ({
      uuid: `event-${index}`,
      eventType,
      published,
      severity: 'INFO',
      actor: { id, type: 'User', alternateId: 'somebody', displayName: 'Somebody' },
      target: [{ id: `target-${index}`, type: targetType, displayName: target }],
    })),
  )
}
