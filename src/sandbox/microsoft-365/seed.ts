/** The example company's tenant. The leaver holds something of everything, and all of it can be taken back. */
import { cast, employee, employees } from '../company.ts'
import { intuneThings } from './seed-intune.ts'
import { leaverThings } from './seed-leaver.ts'
import { group, idOf, roleIds, skus, team } from './seed-parts.ts'
import { type Group, guid, type Tenant, type User } from './tenant.ts'

export function seed(withIntune = false): Tenant {
  const tenant: Tenant = {
    organization: {
      id: '5f1c0d3e-0000-4000-8000-00000000c0de',
      displayName: 'Example Company',
      onPremisesSyncEnabled: null,
      verifiedDomains: [
        { name: 'example.com', isDefault: true, isInitial: false, type: 'Managed', capabilities: 'Email' },
        { name: 'example.onmicrosoft.com', isDefault: false, isInitial: true, type: 'Managed', capabilities: 'Email' },
      ],
    },
    skus: [
      { skuId: skus.e5, skuPartNumber: 'SPE_E5' },
      { skuId: skus.powerBi, skuPartNumber: 'POWER_BI_PRO' },
      { skuId: skus.visio, skuPartNumber: 'VISIOCLIENT' },
    ],
    roleNames: {
      [roleIds.globalAdministrator]: 'Global Administrator',
      [roleIds.userAdministrator]: 'User Administrator',
      [roleIds.reportsReader]: 'Reports Reader',
      [roleIds.exchangeAdministrator]: 'Exchange Administrator',
    },
    users: employees.map(userOf),
    deletedUsers: [],
    managers: Object.fromEntries(
      employees.flatMap((one) => (one.manager ? [[idOf(one.email), idOf(one.manager)]] : [])),
    ),
    groups: [everyone(), licensed(), designers()],
    devices: [],
    roleAssignments: [cast.it, cast.protected].map((email, index) => ({
      id: guid(70, index + 1),
      principalId: idOf(email),
      roleDefinitionId: roleIds.globalAdministrator,
      directoryScopeId: '/',
    })),
    timedRoles: [],
    eligibleRoles: [],
    eligibleGroups: [],
    methods: {},
    defaultMethod: {},
    grants: [],
    appRoles: [],
    appNames: Object.fromEntries(
      ['CRM', 'Expenses', 'Data room', 'Phone system', 'VPN portal'].map((name, index) => [guid(52, index + 1), name]),
    ),
    mailboxes: {},
    drives: [],
    managedDevices: [],
    recoveryKeys: [],
    localCredentials: [],
    apps: [],
    servicePlans: { [skus.e5]: ['EXCHANGE_S_ENTERPRISE', 'INTUNE_A'] },
    licences: [],
    leaving: [],
  }
  for (const one of employees) furnish(tenant, one.email)
  leaverThings(tenant)
  if (withIntune) intuneThings(tenant)
  return tenant
}

function userOf(one: (typeof employees)[number]): User {
  const [givenName = '', surname = ''] = one.name.split(' ')
  return {
    id: guid(1, one.id),
    userPrincipalName: one.email,
    displayName: one.name,
    givenName,
    surname,
    mail: one.email,
    otherMails: [],
    proxyAddresses: [`SMTP:${one.email}`, `smtp:${one.email.replace('@example.com', '@example.onmicrosoft.com')}`],
    userType: 'Member',
    accountEnabled: true,
    onPremisesSyncEnabled: null,
    showInAddressList: null,
    jobTitle: one.title,
    department: one.department,
    businessPhones: [],
    lastPasswordChangeDateTime: '2026-03-02T09:12:00Z',
    signInSessionsValidFromDateTime: '2026-03-02T09:12:00Z',
  }
}

function everyone(): Group {
  return team(1, 'Everyone', { members: employees.map((one) => idOf(one.email)), owners: [idOf(cast.it)] })
}

function licensed(): Group {
  const members = employees.map((one) => idOf(one.email))
  const assignedLicenses = [{ skuId: skus.e5, disabledPlans: [] }]
  return group(2, 'Licences Microsoft 365 E5', { members, assignedLicenses })
}

function designers(): Group {
  return team(3, 'Designers', { members: [idOf(cast.namesake)], owners: [idOf(cast.namesake)] })
}

/** What everybody has: a password, a phone, a mailbox, a OneDrive. */
function furnish(tenant: Tenant, email: string): void {
  const id = idOf(email)
  const number = employee(email).id
  tenant.methods[id] = [
    { '@odata.type': '#microsoft.graph.passwordAuthenticationMethod', id: '28c10230-6103-485e-b985-444c60001490' },
    {
      '@odata.type': '#microsoft.graph.microsoftAuthenticatorAuthenticationMethod',
      id: guid(30, number),
      displayName: 'Phone',
    },
  ]
  tenant.defaultMethod[id] = guid(30, number)
  const silent = { status: 'disabled', externalAudience: 'all', internalReplyMessage: '', externalReplyMessage: '' }
  const settings = { timeZone: employee(email).zone, automaticRepliesSetting: silent }
  tenant.mailboxes[id] = { purpose: 'user', settings, rules: [] }
  tenant.drives.push({
    id: `b!${guid(40, number)}`,
    ownerId: id,
    webUrl: `https://example-my.sharepoint.com/personal/${email.replace(/\W/g, '_')}/Documents`,
    permissions: [
      { id: `owner-${number}`, roles: ['owner'], grantedToV2: { user: { id, displayName: employee(email).name } } },
    ],
  })
}
