/** Administrator roles: the super administrator's own switch, and every other role that is assigned to the person. */
import type { admin_directory_v1 } from 'googleapis/build/src/apis/admin/directory_v1.js'
import type { AutomaticStep, Finding } from '../../src/connector.ts'
import { all, ask, order, unlessGone, unlessThere } from './ask.ts'
import type { Client } from './client.ts'
import {
  barredBySuperAdmin,
  blocked,
  type GoogleAt,
  isLastSuperAdmin,
  lastSuperAdminFact,
  refuseUntouchable,
  userOf,
} from './person.ts'
import { RoleAssignments, Roles } from './shapes.ts'

type Role = admin_directory_v1.Schema$Role
type Assignment = admin_directory_v1.Schema$RoleAssignment

const superAdmin = 'super-admin'

export const adminRoles: AutomaticStep<Client> = {
  id: 'admin-roles',
  title: 'Take administrator roles back',
  area: 'directory',
  phase: 'contain',
  async find(at) {
    const user = await userOf(at)
    if (!user) return []
    const found: Finding[] = []
    const barred = await barredBySuperAdmin(at, user)
    if (user.isAdmin) {
      const finding = { id: superAdmin, label: 'Super administrator', before: { isAdmin: true } }
      const why = barred ?? ((await isLastSuperAdmin(at.client, user)) ? lastSuperAdminFact(user) : undefined)
      found.push(why ? blocked(finding, why) : { ...finding, state: 'open', fact: 'isAdmin=true' })
    }
    const roles = await rolesOf(at)
    for (const assignment of await assignmentsOf(at)) {
      const role = roles.get(assignment.roleId ?? '')
      // Super administrators hold this role too; it is given and taken by the switch above.
      if (role?.isSuperAdminRole && user.isAdmin) continue
      found.push(
        barred
          ? blocked(described(assignment, role), barred)
          : { ...described(assignment, role), state: 'open', fact: scopeFact(assignment) },
      )
    }
    return found
  },
  async apply(at, finding) {
    const { client, account } = at
    if (finding.id === superAdmin) {
      await refuseUntouchable(at)
      const params = { userKey: account.id, requestBody: { status: false } }
      return order('take the super administrator role', () => client.directory('users').users.makeAdmin(params))
    }
    const params = { customer: client.settings.customer, roleAssignmentId: finding.id }
    await unlessGone(
      order('take an administrator role', () => client.directory('roles').roleAssignments.delete(params)),
    )
  },
  async undo(at, finding) {
    const { client, account } = at
    if (finding.id === superAdmin) {
      const params = { userKey: account.id, requestBody: { status: true } }
      return order('make the user a super administrator', () => client.directory('users').users.makeAdmin(params))
    }
    const { roleId, scopeType, orgUnitId } = finding.before as Record<string, string>
    const requestBody = { assignedTo: account.id, roleId, scopeType, ...(orgUnitId && { orgUnitId }) }
    await unlessThere(
      ask('give an administrator role back', () =>
        client.directory('roles').roleAssignments.insert({ customer: client.settings.customer, requestBody }),
      ),
    )
  },
}

function assignmentsOf(at: GoogleAt): Promise<Assignment[]> {
  const { client, account } = at
  const params = { customer: client.settings.customer, userKey: account.id, maxResults: 200 }
  return all(
    (page) =>
      ask(
        'list administrator roles',
        () => client.directory('roles').roleAssignments.list({ ...params, ...page }),
        RoleAssignments,
      ),
    (page) => page.items,
  )
}

/** All roles by id: an assignment names its role by number only. */
async function rolesOf(at: GoogleAt): Promise<Map<string, Role>> {
  const { client } = at
  const params = { customer: client.settings.customer, maxResults: 100 }
  const roles = await all(
    (page) =>
      ask(
        'read the names of administrator roles',
        () => client.directory('roles').roles.list({ ...params, ...page }),
        Roles,
      ),
    (page) => page.items,
  )
  return new Map(roles.map((role) => [role.roleId ?? '', role]))
}

function described(assignment: Assignment, role: Role | undefined): Pick<Finding, 'id' | 'label' | 'before'> {
  const { roleAssignmentId, roleId, scopeType, orgUnitId } = assignment
  return {
    id: roleAssignmentId ?? '',
    label: role?.roleDescription || role?.roleName || `Role ${roleId}`,
    before: { roleId: roleId ?? '', scopeType: scopeType ?? 'CUSTOMER', ...(orgUnitId && { orgUnitId }) },
  }
}

function scopeFact({ scopeType }: Assignment): string {
  return scopeType === 'ORG_UNIT'
    ? 'Administrator of one organisational unit'
    : 'Administrator of the whole organisation'
}
