/** Kinds of groups, for what may be done about a membership differs by kind. */
import { z } from 'zod'
import type { At } from '../../src/connector.ts'
import type { Graph } from './graph.ts'
import { shell } from './mailbox.ts'
import { ask, fieldsOf, path } from './odata.ts'

export const Group = z.object({
  id: z.string(),
  displayName: z.string().nullish(),
  mail: z.string().nullish(),
  groupTypes: z.array(z.string()),
  mailEnabled: z.boolean().nullish(),
  securityEnabled: z.boolean().nullish(),
  onPremisesSyncEnabled: z.boolean().nullish(),
  membershipRule: z.string().nullish(),
  isAssignableToRole: z.boolean().nullish(),
  assignedLicenses: z.array(z.object({ skuId: z.string().nullish() })).nullish(),
})
export type Group = z.infer<typeof Group>

/** The leaver's direct memberships, once a round. */
export function groupsOf(at: At<Graph>): Promise<Group[]> {
  const where = path`/users/${at.account.id}/memberOf/microsoft.graph.group`
  return at.once('groups', () => at.client.list(ask(where, { $select: fieldsOf(Group), $count: 'true' }), Group))
}

export function isUnified(group: Group): boolean {
  return group.groupTypes.includes('Unified')
}

export function givesLicences(group: Group): boolean {
  return (group.assignedLicenses ?? []).length > 0
}

/** Changed in Exchange alone. */
export function isList(group: Group): boolean {
  return group.mailEnabled === true && !isUnified(group)
}

/** Why nobody here can change who is in it, and who does what instead. `lists`: Exchange can be asked. */
export function membershipObstacle(group: Group, member: string, lists: boolean): string | undefined {
  if (group.onPremisesSyncEnabled) return 'synced from on-premises: remove the leaver in Active Directory'
  if (group.groupTypes.includes('DynamicMembership')) {
    return `dynamic: its rule decides; IT changes the rule or the attribute it looks at (${group.membershipRule ?? 'no rule shown'})`
  }
  if (isList(group) && !lists) {
    const identity = shell(group.mail ?? group.id)
    return `only Exchange can: IT runs Remove-DistributionGroupMember -Identity ${identity} -Member ${shell(member)} -BypassSecurityGroupManagerCheck -Confirm:$false`
  }
  return undefined
}

export function kindOf(group: Group): string {
  if (isUnified(group)) return 'Microsoft 365 group'
  if (group.mailEnabled) return group.securityEnabled ? 'mail-enabled security group' : 'distribution list'
  return group.isAssignableToRole ? 'role-assignable security group' : 'security group'
}
