/** REST: members, outside collaborators, invitations, teams, roles, provisioned identities. */
import type { Answer } from '../server.ts'
import { type Call, type Endpoint, notFound, nothing, ok, refused } from './route.ts'
import { shownOrg, shownProfile, shownUser } from './shapes.ts'
import { leave, memberOf, type State, type User, userNamed } from './state.ts'

const read = ['members', 'read'] as const
const write = ['members', 'write'] as const
const membership = '/orgs/{org}/memberships/{username}'
const teamMembership = '/orgs/{org}/teams/{team}/memberships/{username}'
const roles = '/orgs/{org}/organization-roles'

export const orgEndpoints: readonly Endpoint[] = [
  { method: 'GET', path: '/user', ownersOnly: true, answer: ownUser },
  { method: 'GET', path: '/user/{id}', answer: (call) => profile(call, (one) => one.id === Number(call.params.id)) },
  { method: 'GET', path: '/users/{username}', answer: namedProfile },
  { method: 'GET', path: membership, needs: read, answer: readMembership },
  { method: 'DELETE', path: membership, needs: write, answer: endMembership },
  { method: 'GET', path: '/orgs/{org}/members', needs: read, answer: members },
  { method: 'GET', path: '/orgs/{org}/outside_collaborators', needs: read, answer: outside },
  { method: 'DELETE', path: '/orgs/{org}/outside_collaborators/{username}', needs: write, answer: endOutside },
  { method: 'GET', path: '/orgs/{org}/invitations', needs: read, answer: invitations },
  { method: 'DELETE', path: '/orgs/{org}/invitations/{id}', needs: write, answer: cancelInvitation },
  { method: 'GET', path: '/orgs/{org}/teams/{team}', needs: read, answer: readTeam },
  { method: 'DELETE', path: teamMembership, needs: write, answer: leaveTeam },
  { method: 'PUT', path: teamMembership, needs: write, answer: joinTeam },
  { method: 'GET', path: roles, needs: ['organization_custom_org_roles', 'read'], answer: listRoles },
  { method: 'GET', path: `${roles}/{role}/users`, needs: read, answer: roleHolders },
  { method: 'DELETE', path: `${roles}/users/{username}/{role}`, needs: write, answer: takeRole },
  { method: 'PUT', path: `${roles}/users/{username}/{role}`, needs: write, answer: giveRole },
  { method: 'DELETE', path: '/scim/v2/organizations/{org}/Users/{guid}', needs: write, answer: deleteIdentity },
]

function ownUser(call: Call): Answer {
  const user = call.world.read().users[0] as User
  return { ...ok(shownProfile(user)), headers: { 'x-oauth-scopes': 'admin:org, repo' } }
}

function profile(call: Call, is: (user: User) => boolean): Answer {
  const user = call.world.read().users.find(is)
  return user ? ok(shownProfile(user)) : notFound
}

function namedProfile(call: Call): Answer {
  return profile(call, (one) => one.login.toLowerCase() === call.params.username?.toLowerCase())
}

function readMembership({ world, org, params }: Call): Answer {
  const state = world.read()
  const found = memberOf(state, org.login, params.username ?? '')
  const user = userNamed(state, params.username ?? '')
  if (!found || !user) return notFound
  const url = `https://api.github.com/orgs/${org.login}/memberships/${user.login}`
  const told = { state: found.state, role: found.role, direct_membership: found.direct, url }
  const at = { organization_url: `https://api.github.com/orgs/${org.login}`, organization: shownOrg(org) }
  return ok({ ...told, ...at, user: shownUser(user) })
}

function endMembership({ world, org, params }: Call): Answer {
  return world.write((state) => {
    const found = memberOf(state, org.login, params.username ?? '')
    if (!found) return notFound
    // "Only their direct membership will be removed."
    if (found.direct) leave(state, org.login, found.user)
    return nothing
  })
}

function members({ world, org, asked, page }: Call): Answer {
  const state = world.read()
  const role = asked.query.get('role') ?? 'all'
  const found = state.members.filter(
    (one) => one.org === org.login && one.state === 'active' && (role === 'all' || one.role === role),
  )
  return page(found.map((one) => shownById(state, one.user)))
}

function shownById(state: State, id: number) {
  return shownUser(state.users.find((one) => one.id === id) as User)
}

function outside({ world, org, page }: Call): Answer {
  const state = world.read()
  const ids = new Set(state.outside.filter((one) => one.org === org.login).map((one) => one.user))
  return page([...ids].map((id) => shownById(state, id)))
}

function endOutside({ world, org, params }: Call): Answer {
  return world.write((state) => {
    const user = userNamed(state, params.username ?? '')
    if (memberOf(state, org.login, params.username ?? ''))
      return refused(422, 'You cannot specify an organization member to remove as an outside collaborator.')
    state.outside = state.outside.filter((one) => one.org !== org.login || one.user !== user?.id)
    return nothing
  })
}

function invitations({ world, org, page }: Call): Answer {
  const state = world.read()
  const inviter = shownUser(state.users[0] as User)
  const found = state.invitations.filter((one) => one.org === org.login)
  return page(
    found.map(({ id, login = null, email = null, role, at }) => ({
      ...{ id, login, email, role, created_at: at, inviter, team_count: 0, node_id: `I_${id}` },
      invitation_teams_url: `https://api.github.com/organizations/${org.id}/invitations/${id}/teams`,
    })),
  )
}

function cancelInvitation({ world, org, params }: Call): Answer {
  return world.write((state) => {
    const index = state.invitations.findIndex((one) => one.org === org.login && one.id === Number(params.id))
    if (index < 0) return notFound
    state.invitations.splice(index, 1)
    return nothing
  })
}

function inTeam(state: State, { org, params }: Call) {
  const team = state.teams.find((one) => one.org === org.login && one.slug === params.team)
  const user = userNamed(state, params.username ?? '')
  return team && user ? { team, user } : undefined
}

const synced = refused(403, "This team's membership is managed by an identity provider; it cannot be changed here.")

function readTeam({ world, org, params }: Call): Answer {
  const found = world.read().teams.find((one) => one.org === org.login && one.slug === params.team)
  if (!found) return notFound
  const { id, slug, name } = found
  return ok({ id, node_id: `T_${id}`, slug, name, description: null, privacy: 'closed', permission: 'pull' })
}

function leaveTeam(call: Call): Answer {
  return call.world.write((state) => {
    const found = inTeam(state, call)
    if (!found) return notFound
    if (found.team.synced) return synced
    const index = state.teamMembers.findIndex((one) => one.team === found.team.id && one.user === found.user.id)
    if (index < 0) return notFound
    state.teamMembers.splice(index, 1)
    return nothing
  })
}

function joinTeam(call: Call): Answer {
  return call.world.write((state) => {
    const found = inTeam(state, call)
    if (!found) return notFound
    const role = call.body.role === 'maintainer' ? 'maintainer' : 'member'
    state.teamMembers.push({ team: found.team.id, user: found.user.id, role })
    return ok({ url: call.asked.path, role, state: 'active' })
  })
}

function listRoles({ world, org }: Call): Answer {
  const times = { created_at: '2025-02-03T09:00:00Z', updated_at: '2025-02-03T09:00:00Z' }
  const found = world.read().roles.filter((one) => one.org === org.login)
  const organization = { ...shownUser(org as unknown as User), type: 'Organization' }
  const shown = found.map(({ id, name }) => ({ id, name, description: null, permissions: [], organization, ...times }))
  return ok({ total_count: shown.length, roles: shown })
}

function roleHolders({ world, org, params, page }: Call): Answer {
  const state = world.read()
  const role = state.roles.find((one) => one.org === org.login && one.id === Number(params.role))
  if (!role) return notFound
  const found = state.roleHolders.filter((one) => one.role === role.id)
  return page(found.map(({ user, assignment }) => ({ ...shownById(state, user), assignment })))
}

function takeRole({ world, params }: Call): Answer {
  return world.write((state) => {
    const user = userNamed(state, params.username ?? '')
    state.roleHolders = state.roleHolders.filter(
      (one) => one.role !== Number(params.role) || one.user !== user?.id || one.assignment === 'indirect',
    )
    return nothing
  })
}

function giveRole({ world, params }: Call): Answer {
  return world.write((state) => {
    const user = userNamed(state, params.username ?? '')
    if (!user) return notFound
    state.roleHolders.push({ role: Number(params.role), user: user.id, assignment: 'direct' })
    return nothing
  })
}

/** "Deletes a SCIM user from an organization": a member goes with it. */
function deleteIdentity({ world, org, params }: Call): Answer {
  return world.write((state) => {
    const index = state.identities.findIndex((one) => one.org === org.login && one.guid === params.guid && one.scim)
    const [found] = index < 0 ? [] : state.identities.splice(index, 1)
    if (!found) return notFound
    if (found.user !== undefined) leave(state, org.login, found.user)
    return nothing
  })
}
