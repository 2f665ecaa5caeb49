/** What Identity Center and its neighbours need beyond the rights on IAM users, and whether it is granted. */
import { Denied, type Health, Rejected, type Right } from '../../src/connector.ts'
import { isCode } from './answers.ts'
import type { Center } from './center.ts'
import type { Aws } from './client.ts'
import { allowedOf } from './rights.ts'
import type { Settings } from './settings.ts'

function right(name: string, purpose: string): Right {
  return { name, for: purpose }
}

const needed: readonly Right[] = [
  right('sso:ListInstances', 'finding Identity Center'),
  right('identitystore:ListUsers', 'finding the user by every address'),
  right('identitystore:DescribeUser', 'making sure that the user is still there, and who provisions it'),
  right('identitystore:ListGroupMembershipsForMember', 'listing groups'),
  right('identitystore:DescribeGroup', "showing the groups' names"),
  right('identitystore:GetGroupMembershipId', 'leaving groups'),
  right('identitystore:DeleteGroupMembership', 'leaving groups'),
  right('sso:ListAccountAssignmentsForPrincipal', 'listing permission sets in accounts'),
  right('sso:DescribePermissionSet', "showing the permission sets' names"),
  right('sso:DeleteAccountAssignment', 'taking permission sets back'),
  right('sso:DescribeAccountAssignmentDeletionStatus', 'reading whether that is done'),
  right('sso:ListAccountAssignmentDeletionStatus', 'reading whether that is done'),
  right('sso:ListApplicationAssignmentsForPrincipal', 'listing applications'),
  right('sso:DeleteApplicationAssignment', 'taking applications back'),
  right('sso:ListPermissionSets', 'cutting sessions'),
  right('sso:GetInlinePolicyForPermissionSet', 'cutting sessions'),
  right('sso:PutInlinePolicyToPermissionSet', 'cutting sessions'),
  right('sso:ProvisionPermissionSet', 'cutting sessions'),
  right('sso:ListAccountsForProvisionedPermissionSet', 'reading whether sessions are cut'),
  right('sso:DescribePermissionSetProvisioningStatus', 'reading whether sessions are cut'),
]

const givingBack: readonly Right[] = [
  right('identitystore:CreateGroupMembership', 'giving groups back to someone who stays after all'),
  right('sso:CreateAccountAssignment', 'giving permission sets back'),
  right('sso:CreateApplicationAssignment', 'giving applications back'),
  right('sso:DeleteInlinePolicyFromPermissionSet', 'taking the denial of sessions back'),
]

const deleting = right('identitystore:DeleteUser', 'deleting the user')

const onRoles: readonly Right[] = [
  right('iam:GetRole', 'cutting sessions of shared roles by their name, whatever its case'),
  right('iam:GetRolePolicy', 'cutting sessions of shared roles'),
  right('iam:PutRolePolicy', 'cutting sessions of shared roles'),
  right('iam:DeleteRolePolicy', 'taking that back'),
]

export function centerRights({ identityCenter: center, accounts }: Settings): readonly Right[] {
  return [
    ...(center ? [...needed, ...givingBack, ...(center.deleteUser ? [deleting] : [])] : []),
    ...(accounts.some((account) => account.sharedRoles?.length) ? onRoles : []),
  ]
}

export async function checkCenter(client: Aws, health: Health): Promise<Health> {
  const missing = [...health.missing, ...(await missingOnRoles(client))]
  if (!client.center) return { ...health, missing }
  return { ...health, missing: [...missing, ...(await missingInCenter(client, client.center))] }
}

async function missingInCenter(client: Aws, center: Center): Promise<string[]> {
  try {
    const { storeId } = await center.instance()
    await center.inStore(new center.store.ListUsersCommand({ IdentityStoreId: storeId, MaxResults: 1 }))
  } catch (error) {
    if (error instanceof Denied || error instanceof Rejected) return [error.message]
    throw error
  }
  const rights = [...needed, ...givingBack, ...(center.deletesUser ? [deleting] : [])]
  return await missingOf(client, center.account, rights, '*')
}

/** Only on the very roles: a right on all of them would make Latchkey an administrator. */
async function missingOnRoles(client: Aws): Promise<string[]> {
  const found: string[] = []
  for (const realm of client.realms.values())
    for (const role of realm.sharedRoles) {
      const partition = realm.role?.split(':')[1] ?? 'aws'
      found.push(...(await missingOf(client, realm.id, onRoles, `arn:${partition}:iam::${realm.id}:role/${role}`)))
    }
  return found
}

async function missingOf(client: Aws, account: string, rights: readonly Right[], on: string): Promise<string[]> {
  const realm = client.realms.get(account)
  if (!realm) return []
  const principal = realm.role ?? (await client.caller()).arn
  try {
    const names = rights.map((one) => one.name)
    const allowed = await allowedOf(realm, principal, names, on)
    const lacking = rights.filter((one) => !allowed.has(one.name))
    const where = on === '*' ? '' : ` on ${on}`
    return lacking.map(
      (one) =>
        `AWS account ${account}: ${one.name} is missing${where}, for ${one.for}. IT allows it to ${principal} in IAM.`,
    )
  } catch (error) {
    // That the simulator may not be asked is a warning of its own already.
    if (isCode(error, 'AccessDenied')) return []
    throw error
  }
}
