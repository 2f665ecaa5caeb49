/** What `doctor` asks: may we do what the steps will do? Asked of the directory, by one user and one group as samples. */
import { AndFilter, EqualityFilter, NotFilter, PresenceFilter } from 'ldapts'
import type { Health, Right } from '../../src/connector.ts'
import type { Directory, Root } from './directory.ts'
import { type Entry, text, texts } from './entry.ts'
import { keyAttributes, mayReset, writableOf } from './user.ts'
import { ridOf } from './values.ts'

export const rights: readonly Right[] = [
  { name: 'Read all properties (users, groups, computers)', for: 'finding the account and what it still holds' },
  { name: 'Reset password (users)', for: 'two new passwords that nobody knows' },
  { name: 'Write userAccountControl (users)', for: 'disabling the account' },
  { name: 'Write accountExpires (users)', for: 'letting the account expire' },
  {
    name: 'Write msDS-KeyCredentialLink, altSecurityIdentities, userCertificate (users)',
    for: 'clearing keys and certificates',
  },
  { name: 'Write member (groups)', for: 'leaving groups' },
  { name: 'Write userAccountControl (computers)', for: 'disabling the accounts of managed computers' },
  {
    name: 'Create and delete user objects (where people are, and in disabledOu), write cn and name (users)',
    for: 'moving to the OU for leavers and back; only with the setting disabledOu',
  },
]

export async function check(directory: Directory): Promise<Health> {
  const root = await directory.root()
  const user = await sampleUser(directory, root)
  const group = user && (await sampleGroup(directory, root, user))
  const missing = [
    ...missingForUser(directory, root, user),
    ...missingForGroup(group),
    ...(await missingForMove(directory)),
  ]
  return {
    as: `${directory.settings.user} at ${root.controller} (${root.domain})`,
    missing,
    warnings: [
      ...broaderGroups(directory, root),
      ...broaderWrites(user),
      ...(await roleWarning(directory, root)),
      ...sampleWarnings(user, group),
      ...moveWarning(directory),
    ],
  }
}

/** Groups that rule a domain or can come to, by the last part of their SIDs (MS-DTYP 2.4.2.4); nested ones count. */
const tooMighty: ReadonlyMap<number, string> = new Map([
  [512, 'Domain Admins'],
  [516, 'Domain Controllers'],
  [518, 'Schema Admins'],
  [519, 'Enterprise Admins'],
  [520, 'Group Policy Creator Owners'],
  [526, 'Key Admins'],
  [527, 'Enterprise Key Admins'],
  [544, 'Administrators'],
  [548, 'Account Operators'],
  [549, 'Server Operators'],
  [550, 'Print Operators'],
  [551, 'Backup Operators'],
])

function broaderGroups({ settings }: Directory, root: Root): string[] {
  const names = [...root.ownSids].flatMap((sid) => tooMighty.get(ridOf(Buffer.from(sid, 'hex'))) ?? [])
  if (names.length === 0) return []
  return [
    `${settings.user} is in ${names.sort().join(', ')}, itself or through another group, which is far more than Latchkey needs. IT takes it out and delegates the rights that are listed.`,
  ]
}

/** What nobody needs for an offboarding and what whoever steals the password would like to write. */
const worthStealing = ['servicePrincipalName', 'msDS-AllowedToDelegateTo', 'scriptPath', 'userPrincipalName', 'mail']

function broaderWrites(user: Entry | undefined): string[] {
  if (!user) return []
  const writable = writableOf(user)
  const beyond = worthStealing.filter((name) => writable.has(name.toLowerCase()))
  if (beyond.length === 0) return []
  return [
    `The service account may write more of a user than Latchkey needs (${beyond.join(', ')}; looked at ${user.dn}). IT delegates only what is listed.`,
  ]
}

/** No administrator, since AdminSDHolder gives those other rights, and nothing that the domain itself needs. */
const everyday = [
  new NotFilter({ filter: new EqualityFilter({ attribute: 'adminCount', value: '1' }) }),
  new NotFilter({ filter: new PresenceFilter({ attribute: 'isCriticalSystemObject' }) }),
]

async function sampleUser(directory: Directory, root: Root): Promise<Entry | undefined> {
  const filter = new AndFilter({
    filters: [
      new EqualityFilter({ attribute: 'objectCategory', value: 'person' }),
      new EqualityFilter({ attribute: 'objectClass', value: 'user' }),
      new PresenceFilter({ attribute: 'mail' }),
      ...everyday,
    ],
  })
  const base = directory.settings.baseDn ?? root.namingContext
  const attributes = [
    'userAccountControl',
    'pwdLastSet',
    'allowedAttributes',
    'allowedAttributesEffective',
    'nTSecurityDescriptor',
  ]
  const found = await directory.search({ base, filter, attributes: ['objectSid'], most: 5 })
  const other = found.find((entry) => !root.ownSids.has(hexSid(entry)))
  return other && directory.read(other.dn, attributes)
}

/** One that people are in. */
async function sampleGroup(directory: Directory, root: Root, user: Entry): Promise<Entry | undefined> {
  const filter = new AndFilter({ filters: [new EqualityFilter({ attribute: 'member', value: user.dn }), ...everyday] })
  const attributes = ['allowedAttributesEffective']
  return (await directory.search({ base: root.namingContext, filter, attributes, most: 1 }))[0]
}

function hexSid(entry: Entry): string {
  const [sid] = entry.values.get('objectsid') ?? []
  return Buffer.isBuffer(sid) ? sid.toString('hex') : ''
}

function missingForUser(directory: Directory, root: Root, user: Entry | undefined): string[] {
  if (!user)
    return [
      'Read all properties: no user with a mail address is shown where people are; IT delegates it for user objects there, or corrects baseDn.',
    ]
  const unread = ['userAccountControl', 'pwdLastSet'].filter((name) => text(user, name) === undefined)
  const writable = writableOf(user)
  const known = new Set(texts(user, 'allowedAttributes').map((name) => name.toLowerCase()))
  const wanted = [
    'userAccountControl',
    'accountExpires',
    ...keyAttributes,
    ...(directory.settings.disabledOu ? ['cn'] : []),
  ]
  const unwritable = wanted.filter((name) => known.has(name.toLowerCase()) && !writable.has(name.toLowerCase()))
  const resets = mayReset(user, root.ownSids) === false ? ['Reset password'] : []
  const rightsLacking = [
    ...unread.map((name) => `Read ${name}`),
    ...resets,
    ...unwritable.map((name) => `Write ${name}`),
  ]
  return rightsLacking.map(
    (right) => `${right}: IT delegates it for user objects where people are (looked at ${user.dn}).`,
  )
}

function missingForGroup(group: Entry | undefined): string[] {
  if (!group || writableOf(group).has('member')) return []
  return [`Write member: IT delegates it for group objects where groups are (looked at ${group.dn}).`]
}

async function missingForMove(directory: Directory): Promise<string[]> {
  const { disabledOu } = directory.settings
  if (!disabledOu) return []
  const ou = await directory.read(disabledOu, ['allowedChildClassesEffective'])
  if (!ou) return [`Read ${disabledOu}: the setting 'disabledOu' names an OU that is not there, or not shown.`]
  const creatable = texts(ou, 'allowedChildClassesEffective').map((name) => name.toLowerCase())
  return creatable.includes('user') ? [] : [`Create user objects: IT delegates it on ${ou.dn}.`]
}

/** Passwords are compared with the PDC emulator everywhere, so a change there counts at once (MS-ADTS 3.1.1.5.1.3). */
async function roleWarning(directory: Directory, root: Root): Promise<string[]> {
  const domain = await directory.read(root.namingContext, ['fSMORoleOwner'])
  const owner = domain && text(domain, 'fSMORoleOwner')
  if (!owner || owner.toLowerCase() === root.service.toLowerCase()) return []
  return [
    `${root.controller} is not the PDC emulator (${owner.split(',')[1]} is): new passwords count everywhere sooner when 'url' names that one.`,
  ]
}

function sampleWarnings(user: Entry | undefined, group: Entry | undefined): string[] {
  return [
    ...(user && !user.values.has('ntsecuritydescriptor')
      ? ['Whether passwords may be reset is not shown to the service account: it may not read permissions.']
      : []),
    ...(group
      ? []
      : ['No everyday group of that user is shown, so the right to change members could not be looked at.']),
  ]
}

function moveWarning(directory: Directory): string[] {
  if (!directory.settings.disabledOu) return []
  return [
    `If ${directory.settings.disabledOu} is outside what Entra Connect synchronises, moving an account there deletes the cloud user, and the mailbox with it: Latchkey moves last, but IT keeps that OU in scope until the mailbox is handed over.`,
  ]
}
