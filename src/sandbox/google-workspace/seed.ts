/** The example company in Google: the leaver with plenty of everything, a namesake with the like. */
import { cast, domain, type Employee, employees } from '../company.ts'
import { type Calendar, emptyMailbox, type State, type User } from './state.ts'

export const administrator = `google.admin@${domain}`

const groupNames = ['sales', 'sales-emea', 'all-hands', 'deal-desk', 'crm-users', 'book-club', 'berlin-office']

export function seed(now: number): State {
  const users = [...employees.map(userOf), administratorUser()]
  const state: State = {
    customerId: 'C03az79cb',
    domain,
    users,
    groups: groupNames.map((name, at) => ({ id: `03x8tuzt${at}`, email: `${name}@${domain}`, name })),
    members: [],
    tokens: [],
    appPasswords: [],
    backupCodes: {},
    roles: [
      role('13801188331880449', '_SEED_ADMIN_ROLE', 'Google Workspace Administrator Seed Role', true),
      role('13801188331880451', '_GROUPS_ADMIN_ROLE', 'Groups Administrator'),
      role('13801188331880452', '_USER_MANAGEMENT_ADMIN_ROLE', 'User Management Administrator'),
    ],
    roleAssignments: [],
    mailboxes: Object.fromEntries(users.map((user) => [user.id, emptyMailbox()])),
    phones: [],
    chromebooks: [],
    calendars: users.map(primaryCalendar),
    endpoints: [],
    sharedDrives: [],
    matters: [],
    chromeCommands: [],
    orgUnits: ['/Sales', '/Leavers'],
    archiveSeats: 1,
    transfers: [],
    // Newest first, so that the leaver's own is on a later page.
    licences: users.toReversed().map((user) => ({ productId: 'Google-Apps', skuId: '1010020025', user: user.id })),
    serial: 7000,
  }
  for (const email of [cast.leaver, cast.namesake]) furnish(state, email)
  joinGroups(state)
  addAdministrators(state)
  addRehireTransfer(state, now)
  return state
}

function userOf(employee: Employee): User {
  const [givenName = '', ...rest] = employee.name.split(' ')
  return {
    id: `1099511627${String(776000 + employee.id)}`,
    primaryEmail: employee.email,
    aliases: employee.email === cast.leaver ? [`jmiller@${domain}`] : [],
    otherEmails: [],
    givenName,
    familyName: rest.join(' '),
    title: employee.title,
    department: employee.department,
    ...(employee.manager ? { managerEmail: employee.manager } : {}),
    orgUnitPath: '/',
    isAdmin: [cast.it, cast.protected].includes(employee.email as never),
    suspended: false,
    archived: false,
    included: true,
    enrolledIn2Sv: true,
    enforcedIn2Sv: false,
    mailbox: true,
    passwords: 1,
    sessions: 2,
    creationTime: '2021-03-01T09:00:00.000Z',
  }
}

function administratorUser(): User {
  const blank = {
    id: 900,
    slackId: '',
    name: 'Google Admin',
    email: administrator,
    title: 'Administrator',
    department: 'IT',
    zone: 'Etc/UTC',
  }
  return { ...userOf(blank), isAdmin: true, mailbox: false }
}

function primaryCalendar({ id, primaryEmail }: User): Calendar {
  const rules: Calendar['rules'] = [{ role: 'owner', type: 'user', value: primaryEmail }]
  return { id: primaryEmail, summary: primaryEmail, owner: id, primary: true, rules, events: [] }
}

function role(roleId: string, roleName: string, roleDescription: string, isSuperAdminRole = false) {
  return { roleId, roleName, roleDescription, isSuperAdminRole }
}

function idOf(state: State, email: string): string {
  return state.users.find((user) => user.primaryEmail === email)?.id ?? ''
}

function furnish(state: State, email: string): void {
  const user = state.users.find((one) => one.primaryEmail === email)
  const mailbox = state.mailboxes[idOf(state, email)]
  if (!user || !mailbox) return
  const { id } = user
  const private_ = `${user.givenName}.${user.familyName}@mail.example.net`.toLowerCase()
  user.recoveryEmail = private_
  user.recoveryPhone = `+1202555${id.slice(-4)}`
  state.licences.push({ productId: 'Google-Vault', skuId: 'Google-Vault', user: id })
  for (const [at, app] of ['Calendly', 'Notion', 'Zapier', 'Loom', 'Gong'].entries()) {
    const clientId = `${id.slice(-4)}${at}-${app.toLowerCase()}.apps.googleusercontent.com`
    state.tokens.push({ user: id, clientId, displayText: app, scopes: [`${scope}calendar`, `${scope}drive.readonly`] })
  }
  for (const [at, name] of ['Thunderbird', 'Old iPad'].entries())
    state.appPasswords.push({
      user: id,
      codeId: Number(id.slice(-3)) * 10 + at,
      name,
      created: 1_704_103_200,
      used: 1_730_000_000,
    })
  state.backupCodes[id] = Array.from({ length: 10 }, (_, at) => String(40_000_000 + Number(id.slice(-4)) * 10 + at))
  Object.assign(mailbox, {
    pop: { accessWindow: 'allMail', disposition: 'leaveInInbox' },
    imap: { enabled: true, autoExpunge: true, expungeBehavior: 'archive', maxFolderSize: 0 },
    autoForwarding: { enabled: true, emailAddress: private_, disposition: 'leaveInInbox' },
    forwardingAddresses: [private_],
    filters: [
      { id: `ANe1Bmi${id.slice(-4)}`, criteria: { from: 'invoices' }, action: { forward: private_ } },
      { id: `ANe1Bmj${id.slice(-4)}`, criteria: { subject: 'newsletter' }, action: { addLabelIds: ['TRASH'] } },
    ],
  })
  addDevices(state, user)
}

const scope = 'https://www.googleapis.com/auth/'

function addDevices(state: State, user: User): void {
  for (const [model, os, type] of [
    ['Pixel 9', 'Android 15', 'ANDROID'],
    ['iPhone 15', 'iOS 18.1', 'IOS_SYNC'],
  ] as const) {
    const resourceId = `AFiQxQ8${user.id.slice(-4)}${type}`
    const deviceId = `d-${resourceId}`
    const lastSync = '2026-11-01T07:10:00.000Z'
    state.phones.push({
      resourceId,
      deviceId,
      email: [user.primaryEmail],
      model,
      os,
      type,
      status: 'APPROVED',
      lastSync,
    })
  }
  const serialNumber = `5CD0${user.id.slice(-6)}`
  const device = {
    deviceId: `f4b2-${user.id.slice(-6)}`,
    serialNumber,
    model: 'HP Elite Dragonfly Chromebook',
    status: 'ACTIVE',
  }
  state.chromebooks.push({ ...device, annotatedUser: user.primaryEmail, recentUsers: [user.primaryEmail] })
}

function joinGroups(state: State): void {
  const leaver = idOf(state, cast.leaver)
  const namesake = idOf(state, cast.namesake)
  for (const [at, group] of state.groups.entries()) {
    const owner = idOf(state, at === 3 ? cast.leaver : cast.manager)
    state.members.push({ group: group.id, user: owner, role: 'OWNER', delivery: 'ALL_MAIL' })
    for (const user of [leaver, namesake])
      if (user !== owner) state.members.push({ group: group.id, user, role: 'MEMBER', delivery: 'DIGEST' })
  }
}

function addAdministrators(state: State): void {
  for (const user of state.users.filter((one) => one.isAdmin))
    state.roleAssignments.push({
      id: `3894208461${user.id.slice(-3)}`,
      user: user.id,
      roleId: '13801188331880449',
      scopeType: 'CUSTOMER',
    })
  for (const email of [cast.leaver, cast.namesake])
    for (const roleId of ['13801188331880451', '13801188331880452']) {
      const user = idOf(state, email)
      state.roleAssignments.push({ id: `${roleId.slice(-3)}${user.slice(-6)}`, user, roleId, scopeType: 'CUSTOMER' })
    }
}

/** Two years ago the leaver left for a while: that transfer is not this one's. */
function addRehireTransfer(state: State, now: number): void {
  const then = now - 2 * 365 * 86_400_000
  state.transfers.push({
    id: 'AKrEtIYrehire2024',
    oldOwnerUserId: idOf(state, cast.leaver),
    newOwnerUserId: idOf(state, cast.manager),
    applicationDataTransfers: [{ applicationId: '55656082996' }],
    requestedAt: then,
    finishedAt: then + 3_600_000,
    failed: false,
  })
}
