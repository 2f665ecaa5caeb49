/** What the pretend Google knows: people, their groups, grants, mailboxes, devices, transfers and licences. */

export interface User {
  id: string
  primaryEmail: string
  aliases: string[]
  /** Written by the person: the search finds them too. */
  otherEmails: string[]
  givenName: string
  familyName: string
  title: string
  department: string
  managerEmail?: string
  orgUnitPath: string
  isAdmin: boolean
  suspended: boolean
  archived: boolean
  included: boolean
  recoveryEmail?: string
  recoveryPhone?: string
  enrolledIn2Sv: boolean
  enforcedIn2Sv: boolean
  mailbox: boolean
  /** Counts up: a password is never kept. */
  passwords: number
  sessions: number
  creationTime: string
}

export interface Group {
  id: string
  email: string
  name: string
}

export interface Member {
  group: string
  user: string
  role: 'OWNER' | 'MANAGER' | 'MEMBER'
  delivery: string
}

export interface Mailbox {
  vacation: Record<string, unknown>
  pop: Record<string, unknown>
  imap: Record<string, unknown>
  autoForwarding: Record<string, unknown>
  forwardingAddresses: string[]
  filters: { id: string; criteria: Record<string, unknown>; action: Record<string, unknown> }[]
  delegates: { delegateEmail: string; verificationStatus: string }[]
}

export interface Transfer {
  id: string
  oldOwnerUserId: string
  newOwnerUserId: string
  applicationDataTransfers: { applicationId: string; applicationTransferParams?: unknown }[]
  /** Epoch ms. */
  requestedAt: number
  /** Epoch ms from which it counts as finished. */
  finishedAt: number
  failed: boolean
}

export interface Phone {
  resourceId: string
  deviceId: string
  email: string[]
  model: string
  os: string
  type: string
  status: string
  lastSync: string
  /** Epoch ms from which an ordered wipe counts as done. */
  wipedAt?: number
}

/** A command to a Chromebook: carried out from `endsAt` (epoch ms) on. */
export interface ChromeCommand {
  commandId: string
  deviceId: string
  type: string
  issuedAt: number
  endsAt: number
  ends: { state: string; result?: string; errorMessage?: string }
}

export interface Chromebook {
  deviceId: string
  serialNumber: string
  model: string
  status: string
  annotatedUser?: string
  recentUsers: string[]
}

export interface CalendarRule {
  role: 'owner' | 'writer' | 'reader' | 'freeBusyReader'
  type: 'user' | 'group' | 'domain' | 'default'
  value?: string
}

/** A primary calendar has its owner's id, a secondary one an id of its own. */
export interface Calendar {
  id: string
  summary: string
  owner: string
  primary: boolean
  rules: CalendarRule[]
  events: CalendarEvent[]
}

export interface CalendarEvent {
  id: string
  status: string
  summary: string
  /** Addresses: the first is the organizer's. */
  organizer: string
  attendees: string[]
  start: { date?: string; dateTime?: string }
  recurrence?: string[]
  eventType: string
}

/** A user's account on a computer or phone, as Cloud Identity has it. */
export interface Endpoint {
  /** `devices/…/deviceUsers/…` */
  name: string
  userEmail: string
  userState: string
  deviceType: string
  ownerType: string
  deviceState: string
  model: string
  serialNumber: string
  /** Epoch ms from which an ordered wipe counts as done. */
  wipedAt?: number
}

export interface SharedDrive {
  id: string
  name: string
  people: { id: string; type: 'user' | 'group'; role: string; emailAddress: string }[]
}

export interface Matter {
  matterId: string
  name: string
  state: 'OPEN' | 'CLOSED'
  holds: { holdId: string; name: string; accounts?: string[]; orgUnit?: string }[]
}

export interface State {
  calendars: Calendar[]
  endpoints: Endpoint[]
  sharedDrives: SharedDrive[]
  matters: Matter[]
  customerId: string
  domain: string
  users: User[]
  groups: Group[]
  members: Member[]
  tokens: { user: string; clientId: string; displayText: string; scopes: string[] }[]
  appPasswords: { user: string; codeId: number; name: string; created: number; used: number }[]
  backupCodes: Record<string, string[]>
  roles: { roleId: string; roleName: string; roleDescription: string; isSuperAdminRole: boolean }[]
  roleAssignments: { id: string; user: string; roleId: string; scopeType: string; orgUnitId?: string }[]
  mailboxes: Record<string, Mailbox>
  phones: Phone[]
  chromebooks: Chromebook[]
  chromeCommands: ChromeCommand[]
  /** Paths besides `/`. */
  orgUnits: string[]
  /** Archived User licences that are left. */
  archiveSeats: number
  transfers: Transfer[]
  licences: { productId: string; skuId: string; user: string }[]
  serial: number
}

export const products: Readonly<Record<string, { name: string; skus: Record<string, string> }>> = {
  'Google-Apps': { name: 'Google Workspace', skus: { '1010020025': 'Google Workspace Business Plus' } },
  '101031': { name: 'Google Workspace for Education', skus: { '1010310008': 'Google Workspace for Education Plus' } },
  'Google-Vault': { name: 'Google Vault', skus: { 'Google-Vault': 'Google Vault' } },
}

/** The numbers are Google's own (Data Transfer API, Transfer parameters). */
export const transferApplications = [
  {
    id: '55656082996',
    name: 'Drive and Docs',
    transferParams: [{ key: 'PRIVACY_LEVEL', value: ['SHARED', 'PRIVATE'] }],
  },
  { id: '435070579839', name: 'Calendar', transferParams: [{ key: 'RELEASE_RESOURCES', value: ['TRUE'] }] },
  { id: '810260081642', name: 'Looker Studio', transferParams: [] },
]

/** By immutable id, primary address or alias, as Google takes a `userKey`. */
export function findUser(state: State, key: string): User | undefined {
  const wanted = key.toLowerCase()
  return state.users.find((user) => user.id === key || user.primaryEmail === wanted || user.aliases.includes(wanted))
}

export function findGroup(state: State, key: string): Group | undefined {
  const wanted = key.toLowerCase()
  return state.groups.find((group) => group.id === key || group.email === wanted)
}

export function mailboxOf(state: State, user: string): Mailbox {
  const mailbox = state.mailboxes[user] ?? emptyMailbox()
  state.mailboxes[user] = mailbox
  return mailbox
}

export function emptyMailbox(): Mailbox {
  return {
    vacation: { enableAutoReply: false },
    pop: { accessWindow: 'disabled', disposition: 'leaveInInbox' },
    imap: { enabled: false, autoExpunge: true, expungeBehavior: 'archive', maxFolderSize: 0 },
    autoForwarding: { enabled: false },
    forwardingAddresses: [],
    filters: [],
    delegates: [],
  }
}

export function nextSerial(state: State): string {
  state.serial += 1
  return String(state.serial)
}
