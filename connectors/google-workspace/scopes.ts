/**
 * What Latchkey asks of Google, one sign-in for each part: a scope that is not delegated then costs its own steps only,
 * since Google refuses a whole token request for one missing scope. Scopes: Google's discovery documents, 2026.
 */
import type { Right } from '../../src/connector.ts'
import type { Settings } from './settings.ts'

const auth = 'https://www.googleapis.com/auth/'

export const parts = [
  'users',
  'security',
  'groups',
  'roles',
  'mobile',
  'chrome',
  'transfer',
  'licensing',
  'mail',
  'calendar',
  'calendar-owners',
  'shared-drives',
  'computers',
  'vault',
] as const
export type Part = (typeof parts)[number]

export const scopesOf: Readonly<Record<Part, readonly string[]>> = {
  users: [`${auth}admin.directory.user`],
  security: [`${auth}admin.directory.user.security`],
  groups: [`${auth}admin.directory.group`],
  roles: [`${auth}admin.directory.rolemanagement`],
  mobile: [`${auth}admin.directory.device.mobile.action`],
  chrome: [`${auth}admin.directory.device.chromeos`],
  transfer: [`${auth}admin.datatransfer`],
  licensing: [`${auth}apps.licensing`],
  mail: [`${auth}gmail.settings.basic`, `${auth}gmail.settings.sharing`],
  calendar: [`${auth}calendar.calendarlist.readonly`, `${auth}calendar.acls`, `${auth}calendar.events.owned`],
  'calendar-owners': [`${auth}calendar.calendars`],
  'shared-drives': [`${auth}drive`],
  computers: [`${auth}cloud-identity.devices`],
  vault: [`${auth}ediscovery.readonly`],
}

/** What is asked for with these settings; the rest need not be delegated. */
export function isUsed({ without, licences, also }: Settings, part: Part): boolean {
  if (part === 'licensing') return licences.length > 0
  if (part === 'calendar' || part === 'calendar-owners') return also.includes('calendars')
  if (part === 'shared-drives' || part === 'computers' || part === 'vault') return also.includes(part)
  return !without.some((one) => one === part)
}

/** Scopes that people delegate along with the rest, each of which opens a whole part of the company. */
export const farTooBroad: readonly string[] = [
  `${auth}cloud-platform`,
  `${auth}drive`,
  `${auth}calendar`,
  'https://mail.google.com/',
]

/** Where IT delegates a scope. */
export const delegation = 'Admin console > Security > Access and data control > API controls > Domain-wide delegation'

export const rights: readonly Right[] = [
  {
    name: `${auth}admin.directory.user`,
    for: 'find the person; password, recovery details, suspension, address list, unit, aliases; the manager of others',
  },
  { name: `${auth}admin.directory.user.security`, for: 'sign out, app access, app passwords, backup codes' },
  { name: `${auth}admin.directory.group`, for: 'list the groups of a person, hand over ownership, leave them' },
  { name: `${auth}admin.directory.rolemanagement`, for: 'take administrator roles back' },
  { name: `${auth}admin.directory.device.mobile.action`, for: 'block phones and remove the company account from them' },
  { name: `${auth}admin.directory.device.chromeos`, for: 'disable Chromebooks, remove the profiles on them' },
  { name: `${auth}admin.datatransfer`, for: 'hand over Drive files, the calendar and Looker Studio reports' },
  { name: `${auth}apps.licensing`, for: 'free licences' },
  {
    name: `${auth}gmail.settings.basic`,
    for: 'automatic reply, POP and IMAP, filters that forward mail, who may read the mailbox',
  },
  {
    name: `${auth}gmail.settings.sharing`,
    for: 'mail delegation and forwarding; the person is impersonated for it',
  },
  {
    name: `${auth}calendar.calendarlist.readonly`,
    for: "only with `also: [calendars]`: the person's calendars; the person is impersonated for it",
  },
  { name: `${auth}calendar.acls`, for: 'only with `also: [calendars]`: who may change the calendar of the person' },
  { name: `${auth}calendar.events.owned`, for: 'only with `also: [calendars]`: cancel meetings that nobody took over' },
  { name: `${auth}calendar.calendars`, for: 'only with `also: [calendars]`: give secondary calendars another owner' },
  {
    name: `${auth}drive`,
    for: 'only with `also: [shared-drives]`: find shared drives with one manager and add another; Google has no narrower one',
  },
  { name: `${auth}cloud-identity.devices`, for: 'only with `also: [computers]`: block and wipe computers' },
  { name: `${auth}ediscovery.readonly`, for: 'only with `also: [vault]`: refuse to delete what is under a legal hold' },
]
