/** What the pretend Okta knows. */
export type Status =
  | 'ACTIVE'
  | 'DEPROVISIONED'
  | 'LOCKED_OUT'
  | 'PASSWORD_EXPIRED'
  | 'PROVISIONED'
  | 'RECOVERY'
  | 'STAGED'
  | 'SUSPENDED'

export interface User {
  id: string
  status: Status
  login: string
  email: string
  secondEmail: string
  firstName: string
  lastName: string
  title: string
  department: string
  manager: string
  provider: 'OKTA' | 'ACTIVE_DIRECTORY' | 'LDAP'
  sessions: number
  passwords: number
  /** Epoch ms at which a deactivation is through. */
  deactivatedAt?: number
}

export interface Group {
  id: string
  name: string
  type: 'OKTA_GROUP' | 'APP_GROUP' | 'BUILT_IN'
  app?: string
  members: string[]
}

export interface Rule {
  id: string
  name: string
  status: 'ACTIVE' | 'INACTIVE' | 'INVALID'
  groupIds: string[]
  exclude: string[]
}

export interface RoleAssignment {
  id: string
  user: string
  type: string
  label: string
  assignmentType: 'USER' | 'GROUP'
  /** Where it comes through a group. */
  group?: string
  role?: string
  resourceSet?: string
}

export interface Device {
  id: string
  status: 'ACTIVE' | 'SUSPENDED' | 'DEACTIVATED'
  displayName: string
  platform: 'MACOS' | 'IOS' | 'WINDOWS' | 'ANDROID'
  serialNumber: string
  users: string[]
}

export interface State {
  users: User[]
  groups: Group[]
  rules: Rule[]
  roles: RoleAssignment[]
  factors: { id: string; user: string; factorType: string; provider: string }[]
  /** Tokens and consent that an OAuth client holds for a user. */
  clients: { user: string; id: string; name: string; tokens: number; grants: number }[]
  apiTokens: { id: string; name: string; user: string; lastUpdated: string }[]
  devices: Device[]
  apps: { user: string; label: string }[]
  events: { eventType: string; actor: string; published: string; target: string; targetType: string }[]
  serial: number
}
