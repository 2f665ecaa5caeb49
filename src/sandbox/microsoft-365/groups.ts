import type { Answer } from '../server.ts'
import { badRequest, denied, noContent, notFound, ok, synced } from './answers.ts'
import { dropMailbox } from './licences.ts'
import { page, select } from './odata.ts'
import { type Call, directoryRead, type Route, userIn } from './route.ts'
import type { Entity, Group, Tenant } from './tenant.ts'
import { deleteUser, standardFields } from './users.ts'

const readGroups = [
  'GroupMember.Read.All',
  'GroupMember.ReadWrite.All',
  'Group.Read.All',
  'Group.ReadWrite.All',
  ...directoryRead,
]
const changeMembers = ['GroupMember.ReadWrite.All', 'Group.ReadWrite.All', 'Directory.ReadWrite.All']
const changeOwners = ['Group.ReadWrite.All', 'Directory.ReadWrite.All']

type Side = 'members' | 'owners'

export const groupRoutes: readonly Route[] = [
  ofUser('memberOf', directoryRead, (tenant, id) =>
    tenant.groups.filter((group) => group.members.includes(id)).map(shown),
  ),
  ofUser('ownedObjects', ['User.Read.All', 'User.ReadWrite.All', ...directoryRead], (tenant, id, cast) => {
    const groups = tenant.groups.filter((group) => group.owners.includes(id)).map(shown)
    if (cast === 'group') return groups
    const apps = tenant.apps.filter((app) => app.owners.includes(id) && (cast === '' || app.kind === cast))
    const owned = apps.map(({ owners: _o, kind, ...app }) => ({ '@odata.type': `#microsoft.graph.${kind}`, ...app }))
    return cast === '' ? [...groups, ...owned] : owned
  }),
  ofUser('directReports', ['User.Read.All', 'User.ReadWrite.All', ...directoryRead], (tenant, id) =>
    tenant.users
      .filter((user) => tenant.managers[user.id] === id)
      .map((user) => ({ '@odata.type': '#microsoft.graph.user', ...user })),
  ),
  {
    method: 'GET',
    path: '/groups/{}',
    rights: readGroups,
    handle({ asked, tenant, parts: [id = ''] }) {
      const group = groupIn(tenant, id)
      return group ? ok(select(shown(group), asked)) : notFound(id)
    },
  },
  ...(['members', 'owners'] as const).flatMap((side) => linkRoutes(side)),
]

/** `cast`: the kind that the address asks for (`…/microsoft.graph.group`), else empty. */
function ofUser(
  name: string,
  rights: readonly string[],
  of: (tenant: Tenant, userId: string, cast: string) => Entity[],
): Route {
  return {
    method: 'GET',
    path: `/users/{}/${name}`,
    rights,
    handle({ asked, tenant, pageSize, parts: [id = ''] }) {
      const user = userIn(tenant, id)
      const cast = /\/microsoft\.graph\.(\w+)$/.exec(asked.path)?.[1] ?? ''
      return user ? page(of(tenant, user.id, cast), asked, { pageSize }) : notFound(id)
    },
  }
}

function linkRoutes(side: Side): Route[] {
  const change = side === 'members' ? changeMembers : changeOwners
  return [
    {
      method: 'GET',
      path: `/groups/{}/${side}`,
      rights: readGroups,
      handle({ asked, tenant, pageSize, parts: [id = ''] }) {
        const group = groupIn(tenant, id)
        if (!group) return notFound(id)
        const users = tenant.users.filter((user) => group[side].includes(user.id))
        const typed = users.map((user) => ({ '@odata.type': '#microsoft.graph.user', ...user }))
        return page(typed, asked, { pageSize, standard: standardFields })
      },
    },
    { method: 'POST', path: `/groups/{}/${side}/$ref`, rights: change, handle: (call) => add(call, side) },
    { method: 'DELETE', path: `/groups/{}/${side}/{}/$ref`, rights: change, handle: (call) => take(call, side) },
    // The trap: without /$ref this addresses the user, who is deleted where the app may.
    {
      method: 'DELETE',
      path: `/groups/{}/${side}/{}`,
      rights: [],
      handle: (call) => deleteUser(call, call.parts[1] ?? ''),
    },
  ]
}

function shown({ members: _members, owners: _owners, ...group }: Group): Entity {
  return { '@odata.type': '#microsoft.graph.group', ...group }
}

function groupIn(tenant: Tenant, id: string): Group | undefined {
  return tenant.groups.find((group) => group.id === id)
}

/** Why Graph does not let anybody change who is in this group. */
function obstacle(call: Call, group: Group, side: Side): Answer | undefined {
  if (group.isAssignableToRole && !call.rights.includes('RoleManagement.ReadWrite.Directory')) return denied()
  if (group.onPremisesSyncEnabled) return synced()
  if (group.mailEnabled && !group.groupTypes.includes('Unified')) {
    return badRequest('Cannot Update a mail-enabled security groups and or distribution list.')
  }
  return side === 'members' && group.groupTypes.includes('DynamicMembership') ? denied() : undefined
}

function add(call: Call, side: Side): Answer {
  const [groupId = ''] = call.parts
  const group = groupIn(call.truth, groupId)
  const reference = (call.asked.body as { '@odata.id': string })['@odata.id']
  const user = userIn(call.truth, reference.split('/').at(-1) ?? '')
  if (!group || !user) return notFound(group ? reference : groupId)
  const refusal = obstacle(call, group, side)
  if (refusal) return refusal
  if (group[side].includes(user.id)) {
    return badRequest(
      `One or more added object references already exist for the following modified properties: '${side}'.`,
    )
  }
  call.write((tenant) => void groupIn(tenant, groupId)?.[side].push(user.id))
  return noContent
}

function take(call: Call, side: Side): Answer {
  const [groupId = '', userId = ''] = call.parts
  const group = groupIn(call.truth, groupId)
  if (!group?.[side].includes(userId)) return notFound(userId)
  const refusal = obstacle(call, group, side)
  if (refusal) return refusal
  if (side === 'owners' && group.owners.length === 1) {
    return badRequest('The group must have at least one owner, hence this owner cannot be removed.')
  }
  call.write((tenant) => {
    const changed = groupIn(tenant, groupId)
    if (changed) changed[side] = changed[side].filter((id) => id !== userId)
    const skuIds = group.assignedLicenses.map((one) => one.skuId)
    if (side === 'members' && skuIds.length > 0) {
      tenant.leaving.push({ userId, groupId, skuIds, until: Date.now() + call.licenceLagMs })
      dropMailbox(tenant, userId)
    }
  })
  return noContent
}
