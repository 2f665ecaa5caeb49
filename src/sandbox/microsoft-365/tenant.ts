/** What a pretend tenant holds, in Graph's own words. */

/** An entity as Graph shows it; fields are chosen by `$select`. */
export type Entity = Record<string, unknown> & { id: string }

export interface User extends Entity {
  userPrincipalName: string
  displayName: string
  mail: string | null
  otherMails: string[]
  proxyAddresses: string[]
  userType: 'Member' | 'Guest'
  accountEnabled: boolean
  onPremisesSyncEnabled: boolean | null
  showInAddressList: boolean | null
  lastPasswordChangeDateTime: string
  signInSessionsValidFromDateTime: string
}

export interface Group extends Entity {
  displayName: string
  mail: string | null
  groupTypes: string[]
  mailEnabled: boolean
  securityEnabled: boolean
  onPremisesSyncEnabled: boolean | null
  membershipRule: string | null
  isAssignableToRole: boolean | null
  assignedLicenses: { skuId: string; disabledPlans: string[] }[]
  members: string[]
  owners: string[]
}

export interface Device extends Entity {
  displayName: string
  accountEnabled: boolean
  onPremisesSyncEnabled: boolean | null
  registeredUsers: string[]
  registeredOwners: string[]
}

export interface RoleAssignment extends Entity {
  principalId: string
  roleDefinitionId: string
  directoryScopeId: string
}

/** PIM: an assignment given or activated for a time, or one that may be activated. */
export interface ScheduledRole extends RoleAssignment {
  memberType: 'Direct' | 'Group'
  startDateTime: string
  endDateTime: string | null
  assignmentType?: 'Assigned' | 'Activated'
  roleAssignmentOriginId?: string
}

export interface EligibleGroup extends Entity {
  principalId: string
  groupId: string
  accessId: 'member' | 'owner'
  memberType: 'direct' | 'group'
  startDateTime: string
  endDateTime: string | null
}

export interface Method extends Entity {
  '@odata.type': string
}

export interface Grant extends Entity {
  clientId: string
  consentType: 'Principal' | 'AllPrincipals'
  principalId: string | null
  resourceId: string
  scope: string
}

export interface AppRoleAssignment extends Entity {
  principalId: string
  principalType: 'User' | 'Group'
  principalDisplayName: string
  resourceId: string
  resourceDisplayName: string
  appRoleId: string
  createdDateTime: string
}

export interface Rule extends Entity {
  displayName: string
  isReadOnly: boolean
}

export interface Mailbox {
  /** Graph shows it as `userPurpose`. */
  purpose: 'user' | 'shared'
  settings: Record<string, unknown>
  rules: Rule[]
  exchange?: ExchangeMailbox
}

/** What only Exchange's cmdlets show and change, in their own words; made when it is first looked at. */
export interface ExchangeMailbox {
  ForwardingAddress: string | null
  ForwardingSmtpAddress: string | null
  DeliverToMailboxAndForward: boolean
  HiddenFromAddressListsEnabled: boolean
  LitigationHoldEnabled: boolean
  ArchiveStatus: 'None' | 'Active'
  bytes: number
  access: Record<string, boolean | null>
  /** User ids with FullAccess. */
  full: string[]
}

export interface Permission extends Entity {
  roles: string[]
  grantedToV2: { user: { id: string; displayName: string } }
}

export interface Drive extends Entity {
  ownerId: string
  webUrl: string
  permissions: Permission[]
}

/** What Intune was told to do to a device, and how it ends. Times are epoch ms. */
export interface Order {
  action: 'remoteLock' | 'rebootNow' | 'wipe' | 'retire'
  startedAt: number
  doneAt: number
  outcome: 'done' | 'failed' | 'canceled' | 'notSupported'
  /** Of a locked Mac. */
  pin?: string
}

export interface ManagedDevice extends Entity {
  userId: string
  deviceName: string
  operatingSystem: string
  azureADDeviceId: string
  isEncrypted: boolean
  managedDeviceOwnerType: 'company' | 'personal' | 'unknown'
  managementAgent: string
  activationLockBypassCode: string | null
  orders: Order[]
}

export interface OwnedApp extends Entity {
  kind: 'application' | 'servicePrincipal'
  displayName: string
  owners: string[]
}

export interface Tenant {
  organization: Entity & { displayName: string; onPremisesSyncEnabled: boolean | null }
  skus: { skuId: string; skuPartNumber: string }[]
  roleNames: Record<string, string>
  users: User[]
  deletedUsers: User[]
  /** User id to the manager's. */
  managers: Record<string, string>
  groups: Group[]
  devices: Device[]
  roleAssignments: RoleAssignment[]
  timedRoles: ScheduledRole[]
  eligibleRoles: ScheduledRole[]
  eligibleGroups: EligibleGroup[]
  methods: Record<string, Method[]>
  /** User id to the id of the default second factor. */
  defaultMethod: Record<string, string>
  grants: Grant[]
  appRoles: AppRoleAssignment[]
  /** By the object id of the app's service principal. */
  appNames: Record<string, string>
  mailboxes: Record<string, Mailbox>
  drives: Drive[]
  managedDevices: ManagedDevice[]
  /** BitLocker's. */
  recoveryKeys: (Entity & { deviceId: string; key: string })[]
  /** Windows LAPS, by the device's id in Entra. */
  localCredentials: Entity[]
  apps: OwnedApp[]
  /** Names of the service plans in a licence, by its id. */
  servicePlans: Record<string, string[]>
  /** Licences assigned to users themselves. */
  licences: { userId: string; skuId: string; disabledPlans: string[] }[]
  /** Users who left a licence-giving group, and when Microsoft takes the licence back (epoch ms). */
  leaving: { userId: string; groupId: string; skuIds: string[]; until: number }[]
}

/** An id that is the same in every run: GUIDs by kind and number. */
export function guid(kind: number, number: number): string {
  return `${kind.toString(16).padStart(8, '0')}-0000-4000-8000-${number.toString(16).padStart(12, '0')}`
}
