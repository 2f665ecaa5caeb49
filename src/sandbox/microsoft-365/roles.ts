/** Directory roles and PIM. */
import type { Answer } from '../server.ts'
import { badRequest, failure, noContent, noP2, notFound, ok } from './answers.ts'
import { page } from './odata.ts'
import { type Call, directoryRead, type Route, stamp } from './route.ts'
import { guid, type ScheduledRole, type Tenant } from './tenant.ts'

const write = 'RoleManagement.ReadWrite.Directory'
const read = ['RoleManagement.Read.Directory', write, ...directoryRead]
const pimRefusal = () => failure(403, 'UnauthorizedAccessException', 'Attempted to perform an unauthorized operation.')
const groupRights = ['PrivilegedEligibilitySchedule.ReadWrite.AzureADGroup']
const globalAdministrator = '62e90394-69f5-4237-9190-012177145e10'

type Lists = 'timedRoles' | 'eligibleRoles'

export const roleRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: '/roleManagement/directory/roleAssignments',
    rights: read,
    handle: ({ asked, tenant, pageSize }) =>
      page(named(tenant, tenant.roleAssignments, asked.query), asked, { pageSize }),
  },
  { method: 'POST', path: '/roleManagement/directory/roleAssignments', rights: [write], handle: assign },
  {
    method: 'DELETE',
    path: '/roleManagement/directory/roleAssignments/{}',
    rights: [write],
    handle({ truth, write: change, parts: [id = ''] }) {
      const assignment = truth.roleAssignments.find((one) => one.id === id)
      if (!assignment) return notFound(id)
      const others = truth.roleAssignments.filter(
        (one) => one.roleDefinitionId === globalAdministrator && one.id !== id,
      )
      if (assignment.roleDefinitionId === globalAdministrator && others.length === 0) {
        return badRequest('The last Global Administrator of the tenant cannot be removed.')
      }
      change((tenant) => unassign(tenant, id))
      return noContent
    },
  },
  ...pim('roleAssignment', 'timedRoles'),
  ...pim('roleEligibility', 'eligibleRoles'),
  {
    method: 'GET',
    path: '/identityGovernance/privilegedAccess/group/eligibilityScheduleInstances',
    rights: groupRights,
    refuse: pimRefusal,
    handle: ({ asked, tenant, pageSize, premium }) =>
      premium ? page(tenant.eligibleGroups, asked, { pageSize }) : noP2(),
  },
  {
    method: 'POST',
    path: '/identityGovernance/privilegedAccess/group/eligibilityScheduleRequests',
    rights: groupRights,
    refuse: pimRefusal,
    handle: changeGroupEligibility,
  },
]

function pim(name: string, list: Lists): Route[] {
  const folder = '/roleManagement/directory'
  const rights = [
    write,
    `${name === 'roleAssignment' ? 'RoleAssignment' : 'RoleEligibility'}Schedule.ReadWrite.Directory`,
  ]
  return [
    {
      method: 'GET',
      path: `${folder}/${name}ScheduleInstances`,
      rights,
      refuse: pimRefusal,
      handle: ({ asked, tenant, pageSize, premium }) =>
        premium ? page(named(tenant, tenant[list], asked.query), asked, { pageSize }) : noP2(),
    },
    {
      method: 'POST',
      path: `${folder}/${name}ScheduleRequests`,
      rights,
      refuse: pimRefusal,
      handle: (call) => changeSchedule(call, list),
    },
  ]
}

/** `$expand=roleDefinition`, the only thing that Graph expands here together with a filter. */
function named<T extends { id: string; roleDefinitionId: string }>(
  tenant: Tenant,
  list: readonly T[],
  query: URLSearchParams,
) {
  if (query.get('$expand') !== 'roleDefinition') return list
  return list.map((one) => ({
    ...one,
    roleDefinition: { id: one.roleDefinitionId, displayName: tenant.roleNames[one.roleDefinitionId] ?? 'Custom role' },
  }))
}

function assign({ asked, write: change }: Call): Answer {
  const body = asked.body as { principalId: string; roleDefinitionId: string; directoryScopeId: string }
  const made = change((tenant) => {
    const assignment = { id: guid(70, tenant.roleAssignments.length + 900), ...body }
    tenant.roleAssignments.push(assignment)
    return assignment
  })
  return ok(made, 201)
}

function unassign(tenant: Tenant, id: string): void {
  tenant.roleAssignments = tenant.roleAssignments.filter((one) => one.id !== id)
  tenant.timedRoles = tenant.timedRoles.filter((one) => one.roleAssignmentOriginId !== id)
}

interface Order {
  action: string
  principalId: string
  roleDefinitionId: string
  directoryScopeId: string
  groupId: string
  accessId: 'member' | 'owner'
  justification?: string
  scheduleInfo?: { startDateTime: string; expiration?: { endDateTime?: string } }
}

const doesNotExist = () => failure(400, 'RoleAssignmentDoesNotExist', 'The Role assignment does not exist.')

function changeSchedule(call: Call, list: Lists): Answer {
  if (!call.premium) return noP2()
  const order = call.asked.body as Order
  const same = (one: ScheduledRole) =>
    one.principalId === order.principalId &&
    one.roleDefinitionId === order.roleDefinitionId &&
    one.directoryScopeId === order.directoryScopeId
  const found = call.truth[list].find(same)
  if (order.action === 'adminRemove') {
    if (!found) return doesNotExist()
    call.write((tenant) => {
      tenant[list] = tenant[list].filter((one) => one.id !== found.id)
      if (found.roleAssignmentOriginId) unassign(tenant, found.roleAssignmentOriginId)
    })
    return accepted(order, 'Revoked')
  }
  const { principalId, roleDefinitionId, directoryScopeId } = order
  const times = timesOf(order)
  const id = guid(71, call.truth[list].length + 900)
  call.write((tenant) => {
    const made: ScheduledRole = { id, principalId, roleDefinitionId, directoryScopeId, memberType: 'Direct', ...times }
    if (list === 'timedRoles') {
      const origin = guid(72, tenant.roleAssignments.length + 900)
      Object.assign(made, { assignmentType: 'Assigned', roleAssignmentOriginId: origin })
      tenant.roleAssignments.push({ id: origin, principalId, roleDefinitionId, directoryScopeId })
    }
    tenant[list].push(made)
  })
  return accepted(order, 'Provisioned')
}

function timesOf({ scheduleInfo }: Order): { startDateTime: string; endDateTime: string | null } {
  return {
    startDateTime: scheduleInfo?.startDateTime ?? stamp(),
    endDateTime: scheduleInfo?.expiration?.endDateTime ?? null,
  }
}

function accepted(order: Order, status: string): Answer {
  return ok({ ...order, id: crypto.randomUUID(), status, createdDateTime: stamp(), isValidationOnly: false }, 201)
}

function changeGroupEligibility(call: Call): Answer {
  if (!call.premium) return noP2()
  const order = call.asked.body as Order
  const found = call.truth.eligibleGroups.find(
    (one) => one.principalId === order.principalId && one.groupId === order.groupId && one.accessId === order.accessId,
  )
  if (order.action === 'adminRemove') {
    if (!found) return doesNotExist()
    call.write((tenant) => {
      tenant.eligibleGroups = tenant.eligibleGroups.filter((one) => one.id !== found.id)
    })
    return accepted(order, 'Revoked')
  }
  const { principalId, groupId, accessId } = order
  const id = `${groupId}_${accessId}_${crypto.randomUUID()}`
  const times = timesOf(order)
  call.write(
    (tenant) => void tenant.eligibleGroups.push({ id, principalId, groupId, accessId, memberType: 'direct', ...times }),
  )
  return accepted(order, 'Provisioned')
}
