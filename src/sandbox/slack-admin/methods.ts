/** The Web API's methods: which scope each asks for, on which plan it is there, and what it does. */
import type { World } from '../world.ts'
import { type Args, channelBody, flag, groupBody, paged, SlackError, text, userBody } from './answers.ts'
import type { Channel, Plan, State, User, UserGroup } from './state.ts'

export interface Call {
  args: Args
  world: World<State>
  /** Whose token it is. */
  caller: string
  pageSize: number
}

export interface Method {
  scopes: readonly string[]
  /** Only these plans have it. */
  plans?: readonly Plan[]
  /** What the others are told. */
  without?: string
  run(call: Call): Record<string, unknown>
}

const paid: readonly Plan[] = ['pro', 'business-plus', 'enterprise']
const grid = { plans: ['enterprise'], without: 'feature_not_enabled' } as const
const groups = { plans: paid, without: 'plan_upgrade_required' }

export const methods: Readonly<Record<string, Method>> = {
  'auth.test': { scopes: [], run: whoAmI },
  'users.lookupByEmail': { scopes: ['users:read.email'], run: lookup },
  'users.info': { scopes: ['users:read'], run: info },
  'users.conversations': { scopes: ['groups:read'], run: conversations },
  'usergroups.list': { scopes: ['usergroups:read'], ...groups, run: listGroups },
  'usergroups.users.list': { scopes: ['usergroups:read'], ...groups, run: listMembers },
  'usergroups.users.update': { scopes: ['usergroups:write'], ...groups, run: updateMembers },
  'usergroups.disable': { scopes: ['usergroups:write'], ...groups, run: (call) => switchGroup(call, true) },
  'usergroups.enable': { scopes: ['usergroups:write'], ...groups, run: (call) => switchGroup(call, false) },
  'conversations.kick': { scopes: ['groups:write'], run: kick },
  'conversations.invite': { scopes: ['groups:write'], run: invite },
  'team.integrationLogs': { scopes: ['admin'], plans: paid, without: 'paid_only', run: logs },
  'admin.users.session.list': { scopes: ['admin.users:read'], ...grid, run: listSessions },
  'admin.users.session.reset': { scopes: ['admin.users:write'], ...grid, run: reset },
  'admin.users.deactivate': { scopes: ['admin.users:write'], ...grid, run: deactivate },
  'admin.roles.listAssignments': { scopes: ['admin.roles:read'], ...grid, run: listRoles },
  'admin.roles.removeAssignments': { scopes: ['admin.roles:write'], ...grid, run: removeRoles },
  'admin.roles.addAssignments': { scopes: ['admin.roles:write'], ...grid, run: addRoles },
}

function whoAmI({ world, caller }: Call) {
  const { team, enterprise, users } = world.truth()
  const user = users.find((one) => one.id === caller)
  return {
    url: team.url,
    team: team.name,
    user: user?.email.split('@')[0],
    team_id: team.id,
    user_id: caller,
    ...(enterprise && { enterprise_id: enterprise, is_enterprise_install: true }),
  }
}

/** Whoever is deactivated is found by no address. */
function lookup({ args, world }: Call) {
  const email = text(args, 'email').toLowerCase()
  const state = world.read()
  const user = state.users.find((one) => one.email.toLowerCase() === email && !one.deleted)
  if (!user) throw new SlackError('users_not_found')
  return { user: userBody(user, state) }
}

function info({ args, world }: Call) {
  const state = world.read()
  return { user: userBody(userIn(state, text(args, 'user')), state) }
}

function userIn(state: State, id: string): User {
  const user = state.users.find((one) => one.id === id)
  if (!user) throw new SlackError('user_not_found')
  return user
}

/** An organization's token has to say which workspace. */
function teamOf({ args, world }: Call): string {
  const { enterprise, team, users } = world.truth()
  if (!enterprise) return team.id
  const asked = String(args.team_id ?? '')
  if (!asked) throw new SlackError('missing_argument')
  if (!users.some((one) => one.teams.includes(asked))) throw new SlackError('team_not_found')
  return asked
}

/** Private channels show only where the caller is, too. */
function conversations(call: Call) {
  const team = teamOf(call)
  const state = call.world.read()
  const { id } = userIn(state, text(call.args, 'user'))
  const types = String(call.args.types ?? 'public_channel').split(',')
  const shown = state.channels.filter(
    (one) =>
      one.teams.includes(team) &&
      one.members.includes(id) &&
      types.includes(one.isPrivate ? 'private_channel' : 'public_channel') &&
      (!one.isPrivate || one.members.includes(call.caller)),
  )
  const { items, next_cursor } = paged(shown, call.args, call.pageSize)
  return { channels: items.map(channelBody), response_metadata: { next_cursor } }
}

function listGroups(call: Call) {
  const team = teamOf(call)
  const found = call.world.read().groups.filter((one) => one.team === team)
  const shown = found.filter((one) => !one.disabled || flag(call.args, 'include_disabled'))
  return { usergroups: shown.map((one) => groupBody(one, flag(call.args, 'include_users'))) }
}

function groupIn(call: Call, state: State): UserGroup {
  const team = teamOf(call)
  const group = state.groups.find((one) => one.id === text(call.args, 'usergroup') && one.team === team)
  if (!group) throw new SlackError('no_such_subteam')
  return group
}

function listMembers(call: Call) {
  const group = groupIn(call, call.world.read())
  if (group.disabled && !flag(call.args, 'include_disabled')) throw new SlackError('no_such_subteam')
  return { users: group.users }
}

function updateMembers(call: Call) {
  const users = text(call.args, 'users').split(',')
  return call.world.write((state) => {
    const group = groupIn(call, state)
    if (group.disabled) throw new SlackError('subteam_disabled')
    if (!users.every((id) => state.users.some((one) => one.id === id))) throw new SlackError('invalid_users')
    group.users = users
    return { usergroup: groupBody(group, true) }
  })
}

function switchGroup(call: Call, off: boolean) {
  return call.world.write((state) => {
    const group = groupIn(call, state)
    if (group.disabled === off) throw new SlackError(off ? 'already_disabled' : 'already_enabled')
    group.disabled = off
    return { usergroup: groupBody(group, false) }
  })
}

function channelIn({ args, caller }: Call, state: State): Channel {
  const channel = state.channels.find((one) => one.id === text(args, 'channel'))
  if (!channel) throw new SlackError('channel_not_found')
  if (!channel.members.includes(caller)) throw new SlackError('not_in_channel')
  return channel
}

function kick(call: Call) {
  const id = text(call.args, 'user')
  return call.world.write((state) => {
    const channel = channelIn(call, state)
    if (channel.isGeneral) throw new SlackError('cant_kick_from_general')
    if (id === call.caller) throw new SlackError('cant_kick_self')
    if (!channel.members.includes(id)) throw new SlackError('not_in_channel')
    channel.members = channel.members.filter((one) => one !== id)
    return {}
  })
}

function invite(call: Call) {
  const [id = ''] = text(call.args, 'users').split(',')
  return call.world.write((state) => {
    const channel = channelIn(call, state)
    if (userIn(state, id).deleted) throw new SlackError('user_disabled')
    if (channel.members.includes(id)) throw new SlackError('already_in_channel')
    channel.members.push(id)
    return { channel: channelBody(channel) }
  })
}

function logs({ args, world, pageSize }: Call) {
  const found = world.read().logs.filter((one) => !args.user || one.user_id === args.user)
  const count = Math.min(Number(args.count ?? 100), pageSize)
  const page = Number(args.page ?? 1)
  const paging = { count, total: found.length, page, pages: Math.max(1, Math.ceil(found.length / count)) }
  return { logs: found.slice((page - 1) * count, page * count), paging }
}

/** "If you pass a user_id, you'll need to pass a team_id as well." */
function listSessions({ args, world, pageSize }: Call) {
  if (Boolean(args.user_id) !== Boolean(args.team_id)) throw new SlackError('invalid_arguments')
  const found = world
    .read()
    .sessions.filter((one) => !args.user_id || (one.user_id === args.user_id && one.team_id === args.team_id))
  const { items, next_cursor } = paged(found, args, pageSize)
  return { active_sessions: items, response_metadata: { next_cursor } }
}

function reset({ args, world }: Call) {
  return world.write((state) => {
    const user = userIn(state, text(args, 'user_id'))
    if (user.isPrimaryOwner) throw new SlackError('cannot_reset_primary_owner')
    state.sessions = state.sessions.filter((one) => one.user_id !== user.id)
    return {}
  })
}

function deactivate({ args, world, caller }: Call) {
  return world.write((state) => {
    setDeleted(state, userIn(state, text(args, 'user_id')), caller, true)
    return {}
  })
}

/** Memberships stay: whoever is activated again is back in all of them. */
export function setDeleted(state: State, user: User, caller: string, deleted: boolean): void {
  const mayOwners = userIn(state, caller).isOwner
  if (user.isPrimaryOwner || user.id === caller || (user.isOwner && !mayOwners))
    throw new SlackError('deactivation_failed')
  user.deleted = deleted
  if (deleted) state.sessions = state.sessions.filter((one) => one.user_id !== user.id)
}

function listRoles({ args, world, pageSize }: Call) {
  const { items, next_cursor } = paged(world.read().roles, args, pageSize)
  const role_assignments = items.map((one) => ({ ...one, date_create: 1700000000 }))
  return { role_assignments, response_metadata: { next_cursor } }
}

function removeRoles({ args, world }: Call) {
  const { role_id, entity_ids, user_ids } = rolesIn(args)
  return world.write((state) => {
    state.roles = state.roles.filter(
      (one) => !(one.role_id === role_id && entity_ids.includes(one.entity_id) && user_ids.includes(one.user_id)),
    )
    return {}
  })
}

function addRoles({ args, world }: Call) {
  const { role_id, entity_ids, user_ids } = rolesIn(args)
  return world.write((state) => {
    for (const user_id of user_ids)
      for (const entity_id of entity_ids) state.roles.push({ role_id, entity_id, user_id })
    return {}
  })
}

function rolesIn(args: Args) {
  const { entity_ids, user_ids } = args
  if (!Array.isArray(entity_ids) || !Array.isArray(user_ids)) throw new SlackError('invalid_arguments')
  return { role_id: text(args, 'role_id'), entity_ids: entity_ids.map(String), user_ids: user_ids.map(String) }
}
