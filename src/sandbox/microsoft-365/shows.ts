/** What the pretend tenant holds of one person. */
import { row, type Shown, there, told } from '../shown.ts'
import { licenceStates } from './licences.ts'
import type { Tenant, User } from './tenant.ts'

export function showsMicrosoft365(tenant: Tenant, email: string): Shown[] {
  const user = tenant.users.find((one) => one.userPrincipalName.toLowerCase() === email)
  if (!user) {
    const deleted = tenant.deletedUsers.some((one) => String(one.mail ?? '').toLowerCase() === email)
    return deleted ? [row('directory', 'Account', 'deleted, can be restored', false)] : []
  }
  return told([...signIn(tenant, user), ...groups(tenant, user), ...roles(tenant, user), ...mine(tenant, user)])
}

/** On the first day everybody's password and sessions are as old as this. */
const seededAt = '2026-03-02T09:12:00Z'

function signIn(
  tenant: Tenant,
  { id, accountEnabled, showInAddressList, lastPasswordChangeDateTime, signInSessionsValidFromDateTime: since }: User,
): Shown[] {
  return [
    row('directory', 'Account', accountEnabled ? 'can sign in' : 'disabled', accountEnabled),
    row('directory', 'Password', `set ${day(lastPasswordChangeDateTime)}`, lastPasswordChangeDateTime <= seededAt),
    row('directory', 'Sessions', `good if begun after ${day(since)}`, since <= seededAt),
    ...(showInAddressList === false ? [row('directory', 'Address list', 'hidden', false)] : []),
    ...there('directory', 'Sign-in method', (tenant.methods[id] ?? []).map(methodName)),
  ]
}

function methodName(method: Record<string, unknown>): string {
  const kind = String(method['@odata.type']).replace(/^#microsoft\.graph\.|AuthenticationMethod$/g, '')
  const name = method.displayName ?? method.phoneNumber ?? method.emailAddress ?? method.model
  return name ? `${kind} ${String(name)}` : kind
}

function groups(tenant: Tenant, { id }: User): Shown[] {
  const names = (key: 'members' | 'owners') =>
    tenant.groups.filter((group) => group[key].includes(id)).map((group) => group.displayName)
  return [
    ...there('directory', 'Group', names('members'), 'member'),
    ...there('directory', 'Ownership of', names('owners'), 'owner'),
  ]
}

function roles(tenant: Tenant, { id }: User): Shown[] {
  const name = (one: { roleDefinitionId: string }) => tenant.roleNames[one.roleDefinitionId] ?? one.roleDefinitionId
  const of = (list: readonly { principalId: string; roleDefinitionId: string }[]) =>
    list.filter((one) => one.principalId === id).map(name)
  return [
    ...there('directory', 'Role', of(tenant.roleAssignments), 'assigned'),
    ...there('directory', 'Role (for a time)', of(tenant.timedRoles), 'assigned'),
    ...there('directory', 'Role (may be activated)', of(tenant.eligibleRoles), 'eligible'),
    ...there(
      'directory',
      'Group (may be activated)',
      tenant.eligibleGroups.filter((one) => one.principalId === id).map((one) => groupName(tenant, one.groupId)),
      'eligible',
    ),
  ]
}

function groupName(tenant: Tenant, id: string): string {
  return tenant.groups.find((one) => one.id === id)?.displayName ?? id
}

function mine(tenant: Tenant, { id }: User): Shown[] {
  const sku = (skuId: string) => tenant.skus.find((one) => one.skuId === skuId)?.skuPartNumber ?? skuId
  const grants = tenant.grants.filter((one) => one.principalId === id)
  const mailbox = tenant.mailboxes[id]
  const reply = (mailbox?.settings.automaticRepliesSetting as { status?: string } | undefined)?.status
  return [
    ...there(
      'applications',
      'Licence',
      [...new Set(licenceStates(tenant, id).map((one) => sku(one.skuId)))],
      'assigned',
    ),
    ...there(
      'applications',
      'Consent to',
      grants.map((one) => tenant.appNames[one.clientId] ?? one.clientId),
      'given',
    ),
    ...there(
      'applications',
      'App role in',
      tenant.appRoles.filter((one) => one.principalId === id).map((one) => one.resourceDisplayName),
      'assigned',
    ),
    ...there(
      'applications',
      'Owner of app',
      tenant.apps.filter((one) => one.owners.includes(id)).map((one) => one.displayName),
    ),
    ...(mailbox
      ? [row('applications', 'Mailbox', mailbox.purpose === 'shared' ? 'shared' : 'own', mailbox.purpose === 'user')]
      : []),
    ...(reply ? [row('applications', 'Auto-reply', reply, false)] : []),
    ...there(
      'applications',
      'Inbox rule',
      (mailbox?.rules ?? []).map((one) => one.displayName),
    ),
    ...devices(tenant, id),
  ]
}

function devices(tenant: Tenant, id: string): Shown[] {
  const own = tenant.devices.filter((one) => one.registeredUsers.includes(id) || one.registeredOwners.includes(id))
  const managed = tenant.managedDevices.filter((one) => one.userId === id)
  return [
    ...own.map((one) =>
      row('devices', `Device ${one.displayName}`, one.accountEnabled ? 'may sign in' : 'disabled', one.accountEnabled),
    ),
    ...managed.map((one) => {
      const last = one.orders.at(-1)
      const state = last ? `${last.action}: ${last.doneAt <= Date.now() ? last.outcome : 'ordered'}` : 'in use'
      return row('devices', `Managed device ${one.deviceName}`, state, !last)
    }),
  ]
}

function day(iso: string): string {
  return iso.slice(0, 16).replace('T', ' ')
}
