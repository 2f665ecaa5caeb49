/** Groups, projects, who is in them, and what runs in them. */
import type { Answer } from '../server.ts'
import { type Call, type Endpoint, made, notFound, nothing, ok, refused } from './route.ts'
import { below, inherited, type Member, type State, type User } from './state.ts'
import { shownUser } from './users.ts'

const billable = '/groups/{group}/billable_members'

export const groupEndpoints: readonly Endpoint[] = [
  { method: 'GET', path: '/users/{id}/memberships', admin: true, answer: memberships },
  { method: 'GET', path: '/users/{id}/projects', answer: projectsOfUser },
  { method: 'GET', path: '/groups/{group}/members/all', answer: members },
  { method: 'GET', path: '/groups/{group}/members/all/{user}', answer: (call) => member(call, true) },
  { method: 'GET', path: '/groups/{group}/members/{user}', answer: (call) => member(call, false) },
  { method: 'GET', path: '/projects/{source}/members/{user}', answer: projectMember },
  { method: 'POST', path: '/{kind}s/{source}/members', answer: add },
  { method: 'PUT', path: '/{kind}s/{source}/members/{user}', answer: promote },
  { method: 'DELETE', path: '/{kind}s/{source}/members/{user}', answer: remove },
  { method: 'GET', path: billable, answer: listBillable },
  { method: 'GET', path: `${billable}/{user}/memberships`, answer: billableMemberships },
  { method: 'DELETE', path: `${billable}/{user}`, answer: removeBillable },
  { method: 'GET', path: '/groups/{group}/projects', answer: projectsOfGroup },
  {
    method: 'GET',
    path: '/projects/{project}',
    answer: withProject((state, project) => ok(shownProject(state, project))),
  },
  { method: 'PUT', path: '/projects/{project}/transfer', answer: transfer },
  { method: 'GET', path: '/namespaces/{path}', answer: namespace },
  { method: 'GET', path: '/projects/{project}/pipeline_schedules', answer: running('schedules') },
  { method: 'GET', path: '/projects/{project}/triggers', answer: running('triggers') },
]

type Project = State['projects'][number]

/** A namespace of a person has a number of its own. */
const namespaceIdOf = (user: number) => user + 10_000

function groupIn(state: State, name: string | undefined) {
  return state.groups.find((one) => String(one.id) === name || one.path === name)
}

function memberships({ world, params, page }: Call): Answer {
  const state = world.read()
  const found = state.members.filter((one) => String(one.user) === params.id)
  return page(
    found.map(({ kind, source, level }) => ({
      ...{ source_id: source, source_type: kind === 'group' ? 'Namespace' : 'Project', access_level: level },
      source_name: (kind === 'group' ? state.groups : state.projects).find((one) => one.id === source)?.path,
    })),
  )
}

function shownProject(state: State, { id, path, group, user }: Project) {
  const owner = state.users.find((one) => one.id === user)
  const space = owner
    ? { id: namespaceIdOf(owner.id), kind: 'user', path: owner.username }
    : { id: group, kind: 'group', path: groupIn(state, String(group))?.path }
  return { id, name: path, path_with_namespace: path, namespace: space }
}

function projectsOfUser({ world, params, page }: Call): Answer {
  const state = world.read()
  return page(state.projects.filter((one) => String(one.user) === params.id).map((one) => shownProject(state, one)))
}

function projectsOfGroup({ world, params, page }: Call): Answer {
  const state = world.read()
  const group = groupIn(state, params.group)
  if (!group) return notFound('Group ')
  const ids = below(state, group.id).map((one) => `${one.kind}${one.id}`)
  return page(state.projects.filter((one) => ids.includes(`project${one.id}`)).map((one) => shownProject(state, one)))
}

function withProject(answer: (state: State, project: Project, call: Call) => Answer) {
  return (call: Call): Answer => {
    const state = call.world.read()
    const project = state.projects.find((one) => String(one.id) === call.params.project)
    return project ? answer(state, project, call) : notFound('Project ')
  }
}

/** E-mail addresses are told of enterprise users only. */
function shownMember(state: State, { user, level, expires = '' }: Member) {
  const found = state.users.find((one) => one.id === user) as User
  const email = found.enterprise ? { email: found.email } : {}
  return {
    ...shownUser(found, false),
    ...email,
    access_level: level,
    membership_state: 'active',
    expires_at: expires || null,
  }
}

function members({ world, params, page }: Call): Answer {
  const state = settled(world.read())
  const group = groupIn(state, params.group)
  if (!group) return notFound('Group ')
  return page(inherited(state, group.id).map((one) => shownMember(state, one)))
}

function member({ world, params }: Call, all: boolean): Answer {
  const state = settled(world.read())
  const group = groupIn(state, params.group)
  if (!group) return notFound('Group ')
  const list = all
    ? inherited(state, group.id)
    : state.members.filter((one) => one.kind === 'group' && one.source === group.id)
  const found = list.find((one) => String(one.user) === params.user)
  return found ? ok(shownMember(state, found)) : refused(404, '404 Not found')
}

function projectMember({ world, params }: Call): Answer {
  const state = settled(world.read())
  const found = memberIn(state, { ...params, kind: 'project' })
  return found ? ok(shownMember(state, found)) : refused(404, '404 Not found')
}

/** Which group or project a path is about. */
function sourceIn(state: State, { kind, source }: Record<string, string>) {
  if (kind === 'group') return groupIn(state, source)?.id
  return kind === 'project' ? state.projects.find((one) => String(one.id) === source)?.id : undefined
}

function add({ world, params, body }: Call): Answer {
  return world.write((state) => {
    const source = sourceIn(state, params)
    const user = Number(body.user_id)
    if (source === undefined) return notFound()
    if (!body.access_level) return { status: 400, body: { error: 'access_level is missing' } }
    if (state.members.some((one) => one.kind === params.kind && one.source === source && one.user === user))
      return refused(409, 'Member already exists')
    const ends = typeof body.expires_at === 'string' ? { expires: body.expires_at } : {}
    const one: Member = { kind: params.kind as Member['kind'], source, user, level: Number(body.access_level), ...ends }
    state.members.push(one)
    return made(shownMember(state, one))
  })
}

function memberIn(state: State, params: Record<string, string>): Member | undefined {
  const source = sourceIn(state, params)
  return state.members.find(
    (one) => one.kind === params.kind && one.source === source && String(one.user) === params.user,
  )
}

function promote({ world, params, body }: Call): Answer {
  return world.write((state) => {
    const found = memberIn(state, params)
    if (!found) return refused(404, '404 Not found')
    found.level = Number(body.access_level)
    return ok(shownMember(state, found))
  })
}

/** GitLab itself keeps the last owner of a group, and a project's own namespace. */
function remove({ world, params }: Call): Answer {
  return world.write((state) => {
    const found = memberIn(state, params)
    if (!found) return refused(404, '404 Not found')
    const owners = found.kind === 'group' ? inherited(state, found.source).filter((one) => one.level === 50) : []
    if (owners.length === 1 && owners[0] === found) return refused(403, '403 Forbidden')
    const project = found.kind === 'project' ? state.projects.find((one) => one.id === found.source) : undefined
    if (project?.user === found.user) return refused(403, '403 Forbidden')
    state.members = state.members.filter((one) => one !== found)
    return nothing
  })
}

function inAndBelow(state: State, group: number): Member[] {
  const places = new Set(below(state, group).map((one) => `${one.kind}${one.id}`))
  return state.members.filter((one) => places.has(`${one.kind}${one.source}`))
}

/** Whoever was removed is still listed for a while. */
function settled(state: State): State {
  for (const one of state.leaving.filter((each) => Date.now() >= each.at)) {
    const theirs = new Set(inAndBelow(state, one.group).filter((each) => each.user === one.user))
    state.members = state.members.filter((each) => !theirs.has(each))
  }
  return state
}

function listBillable({ world, params, page }: Call): Answer {
  const state = settled(world.read())
  const group = groupIn(state, params.group)
  if (!group) return notFound('Group ')
  const all = inAndBelow(state, group.id)
  const ids = [...new Set(all.map((one) => one.user))]
  return page(
    ids.map((user) => {
      const { access_level: _level, ...shown } = shownMember(state, all.find((one) => one.user === user) as Member)
      return { ...shown, membership_type: 'group_member', removable: true, is_last_owner: false }
    }),
  )
}

const levels: Record<number, string> = { 30: 'Developer', 40: 'Maintainer', 50: 'Owner' }

function billableMemberships({ world, params, page }: Call): Answer {
  const state = settled(world.read())
  const group = groupIn(state, params.group)
  const found = group ? inAndBelow(state, group.id).filter((one) => String(one.user) === params.user) : []
  if (!group || found.length === 0) return refused(404, '404 Not found')
  const places = below(state, group.id)
  return page(
    found.map((one, index) => ({
      ...{ id: index + 1, source_id: one.source, created_at: '2025-02-03T09:00:00.000Z', expires_at: null },
      source_full_name: places.find((each) => each.kind === one.kind && each.id === one.source)?.path,
      access_level: { integer_value: one.level, string_value: levels[one.level] ?? 'Guest' },
    })),
  )
}

function removeBillable({ world, params, removeMs }: Call): Answer {
  const answer = world.write((state) => {
    const group = groupIn(state, params.group)
    const user = Number(params.user)
    if (!group || !inAndBelow(state, group.id).some((one) => one.user === user)) return refused(404, '404 Not found')
    if (!state.leaving.some((one) => one.user === user))
      state.leaving.push({ user, group: group.id, at: Date.now() + removeMs })
    return nothing
  })
  return answer
}

function transfer({ world, params, body }: Call): Answer {
  return world.write((state) => {
    const project = state.projects.find((one) => String(one.id) === params.project)
    if (!project) return notFound('Project ')
    const owner = state.users.find((one) => namespaceIdOf(one.id) === body.namespace)
    const group = groupIn(state, String(body.namespace))
    if (!owner && !group) return refused(404, '404 Namespace Not Found')
    project.path = `${owner?.username ?? group?.path}/${project.path.split('/').pop()}`
    delete project.user
    delete project.group
    if (owner) project.user = owner.id
    else if (group) project.group = group.id
    const seat = state.members.find((one) => one.kind === 'project' && one.source === project.id && one.level === 50)
    if (owner && seat) seat.user = owner.id
    return ok(shownProject(state, project))
  })
}

function namespace({ world, params }: Call): Answer {
  const state = world.read()
  const user = state.users.find((one) => one.username === params.path)
  if (user) return ok({ id: namespaceIdOf(user.id), kind: 'user', path: user.username, full_path: user.username })
  const group = groupIn(state, params.path)
  return group ? ok({ id: group.id, kind: 'group', path: group.path, full_path: group.path }) : notFound('Namespace ')
}

function running(kind: 'schedules' | 'triggers') {
  return withProject((state, project, { page }) =>
    page(
      state[kind]
        .filter((one) => one.project === project.id)
        .map(({ id, description, owner }) => ({
          ...{ id, description, active: true },
          owner: shownUser(state.users.find((one) => one.id === owner) as User, false),
        })),
    ),
  )
}
