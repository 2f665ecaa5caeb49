/** Everything that the leaver, and in small the namesake, has besides what everybody has. */
import { cast } from '../company.ts'
import { group, idOf, roleIds, skus, team } from './seed-parts.ts'
import { guid, type Method, type Tenant } from './tenant.ts'

export function leaverThings(tenant: Tenant): void {
  memberships(tenant)
  roles(tenant)
  factors(tenant)
  apps(tenant)
  devices(tenant)
  mail(tenant)
  tenant.licences.push(
    { userId: idOf(cast.leaver), skuId: skus.powerBi, disabledPlans: [] },
    { userId: idOf(cast.leaver), skuId: skus.visio, disabledPlans: [guid(21, 1)] },
    { userId: idOf(cast.namesake), skuId: skus.visio, disabledPlans: [] },
  )
}

function memberships(tenant: Tenant): void {
  const leaver = idOf(cast.leaver)
  const both = () => [leaver, idOf(cast.namesake)]
  tenant.groups.push(
    team(10, 'Sales', { members: [leaver, idOf(cast.manager)], owners: [idOf(cast.manager)] }),
    team(11, 'Key Accounts', { members: both(), owners: [leaver] }),
    team(12, 'Trade Fair 2027', { members: [leaver], owners: [leaver, idOf(cast.other)] }),
    group(13, 'VPN users', { members: both() }),
    group(14, 'CRM editors', { members: [leaver] }),
    group(15, 'Travel approvers', { members: both(), owners: [leaver] }),
    group(16, 'Helpdesk operators', { members: [leaver], isAssignableToRole: true }),
  )
  tenant.eligibleGroups.push(eligibleGroup(1, leaver, guid(2, 14)), eligibleGroup(2, idOf(cast.namesake), guid(2, 14)))
}

function eligibleGroup(number: number, principalId: string, groupId: string) {
  return {
    id: `${groupId}_member_${guid(73, number)}`,
    principalId,
    groupId,
    accessId: 'member' as const,
    memberType: 'direct' as const,
    startDateTime: '2026-02-01T08:00:00Z',
    endDateTime: null,
  }
}

function roles(tenant: Tenant): void {
  const principalId = idOf(cast.leaver)
  const held = { principalId, directoryScopeId: '/' }
  const since = { memberType: 'Direct' as const, startDateTime: '2026-11-20T08:00:00Z' }
  const until = { endDateTime: '2027-11-20T08:00:00Z' }
  tenant.roleAssignments.push(
    { id: guid(70, 10), ...held, roleDefinitionId: roleIds.userAdministrator },
    { id: guid(70, 11), ...held, roleDefinitionId: roleIds.reportsReader },
  )
  // PIM lists the plain assignment too; only the second one is its own.
  tenant.timedRoles.push(
    {
      id: guid(71, 10),
      ...held,
      ...since,
      roleDefinitionId: roleIds.userAdministrator,
      endDateTime: null,
      assignmentType: 'Assigned',
      roleAssignmentOriginId: guid(70, 10),
    },
    {
      id: guid(71, 11),
      ...held,
      ...since,
      ...until,
      roleDefinitionId: roleIds.reportsReader,
      assignmentType: 'Activated',
      roleAssignmentOriginId: guid(70, 11),
    },
  )
  tenant.eligibleRoles.push(
    { id: guid(74, 10), ...held, ...since, ...until, roleDefinitionId: roleIds.exchangeAdministrator },
    {
      id: guid(74, 11),
      ...held,
      ...since,
      endDateTime: null,
      roleDefinitionId: roleIds.exchangeAdministrator,
      principalId: idOf(cast.namesake),
    },
  )
}

function factors(tenant: Tenant): void {
  const method = (kind: string, number: number, more: Record<string, unknown> = {}): Method => ({
    '@odata.type': `#microsoft.graph.${kind}`,
    id: guid(31, number),
    ...more,
  })
  const createdDateTime = '2026-01-15T10:00:00Z'
  tenant.methods[idOf(cast.leaver)]?.push(
    {
      ...method('phoneAuthenticationMethod', 0, {
        phoneType: 'mobile',
        phoneNumber: '+1 2065550100',
        smsSignInState: 'ready',
      }),
      id: '3179e48a-750b-4051-897c-87b9720928f7',
    },
    {
      ...method('phoneAuthenticationMethod', 0, { phoneType: 'alternateMobile', phoneNumber: '+1 2065550177' }),
      id: 'b6332ec1-7057-4abe-9331-3d72feddfe41',
    },
    method('fido2AuthenticationMethod', 3, { displayName: 'Blue key', model: 'Security key', createdDateTime }),
    method('softwareOathAuthenticationMethod', 4, { secretKey: null }),
    method('windowsHelloForBusinessAuthenticationMethod', 5, { displayName: 'LAPTOP-JO', createdDateTime }),
    method('platformCredentialAuthenticationMethod', 6, { displayName: 'MacBook of Jo', createdDateTime }),
    method('emailAuthenticationMethod', 7, { emailAddress: 'jo@home.example.org' }),
    method('temporaryAccessPassAuthenticationMethod', 8, { createdDateTime, isUsable: false }),
    method('externalAuthenticationMethod', 9, { displayName: 'Contoso factor', createdDateTime }),
  )
}

function apps(tenant: Tenant): void {
  const resourceId = guid(50, 1)
  const people = [cast.leaver, cast.namesake].map(idOf)
  for (const [index, principalId] of people.entries()) {
    for (const app of [1, 2, 3, 4].slice(0, index === 0 ? 4 : 1)) {
      tenant.grants.push({
        id: Buffer.from(`${guid(51, app)}${principalId}`).toString('base64url'),
        clientId: guid(51, app),
        consentType: 'Principal',
        principalId,
        resourceId,
        scope: 'User.Read Mail.Read offline_access',
      })
      tenant.appRoles.push({
        id: guid(60, app + index * 100),
        principalId,
        principalType: 'User',
        principalDisplayName: index === 0 ? 'Jo Miller' : 'Jo Millar',
        resourceId: guid(52, app),
        resourceDisplayName: tenant.appNames[guid(52, app)] ?? 'App',
        appRoleId: guid(53, app),
        createdDateTime: '2026-01-20T10:00:00Z',
      })
    }
  }
  tenant.appRoles.push({
    id: guid(60, 500),
    principalId: guid(2, 13),
    principalType: 'Group',
    principalDisplayName: 'VPN users',
    resourceId: guid(52, 5),
    resourceDisplayName: 'VPN portal',
    appRoleId: guid(53, 5),
    createdDateTime: '2026-01-20T10:00:00Z',
  })
}

function devices(tenant: Tenant): void {
  const all: [name: string, system: string, owner: string][] = [
    ['LAPTOP-JO', 'Windows', cast.leaver],
    ['iPhone of Jo', 'iOS', cast.leaver],
    ['MacBook of Jo', 'MacMDM', cast.leaver],
    ['TABLET-JO', 'Android', cast.leaver],
    ['LAPTOP-JOM', 'Windows', cast.namesake],
  ]
  tenant.devices = all.map(([displayName, operatingSystem, owner], index) => ({
    id: guid(3, index + 1),
    deviceId: guid(4, index + 1),
    displayName,
    operatingSystem,
    accountEnabled: true,
    onPremisesSyncEnabled: null,
    trustType: 'AzureAd',
    approximateLastSignInDateTime: '2026-11-19T07:30:00Z',
    registeredUsers: [idOf(owner)],
    registeredOwners: [idOf(owner)],
  }))
}

function mail(tenant: Tenant): void {
  const to = (address: string) => [{ emailAddress: { name: address, address } }]
  const rule = (number: number, displayName: string, actions: Record<string, unknown>) => ({
    id: `AQAA${number}=`,
    displayName,
    sequence: number,
    isEnabled: true,
    isReadOnly: false,
    hasError: false,
    conditions: { subjectContains: ['invoice'] },
    actions,
  })
  tenant.mailboxes[idOf(cast.leaver)]?.rules.push(
    rule(1, 'Copy home', { forwardTo: to('jo@home.example.org'), stopProcessingRules: false }),
    rule(2, 'Trade fair', { redirectTo: to('lena.fischer@example.com') }),
    rule(3, 'Newsletters', { markAsRead: true, stopProcessingRules: true }),
    rule(4, 'Attach', { forwardAsAttachmentTo: to('jo.m@mail.example.net') }),
  )
  tenant.mailboxes[idOf(cast.namesake)]?.rules.push(rule(1, 'Copy home', { forwardTo: to('jm@home.example.org') }))
}
