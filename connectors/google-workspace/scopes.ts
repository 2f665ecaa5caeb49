/**
 * What Latchkey asks of Google, one sign-in for each part: a scope that is not delegated then costs its own steps only,
 * since Google refuses a whole token request for one missing scope. Scopes: Google's discovery documents, 2026.
 */
import type { Right } from '../../src/connector.ts'

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
  { name: `${auth}admin.directory.user`, for: 'find the person; password, recovery details, suspension, address list' },
  { name: `${auth}admin.directory.user.security`, for: 'sign out, app access, app passwords, backup codes' },
  { name: `${auth}admin.directory.group`, for: 'list the groups of a person, hand over ownership, leave them' },
  { name: `${auth}admin.directory.rolemanagement`, for: 'take administrator roles back' },
  { name: `${auth}admin.directory.device.mobile.action`, for: 'block phones and remove the company account from them' },
  { name: `${auth}admin.directory.device.chromeos`, for: 'disable Chromebooks' },
  { name: `${auth}admin.datatransfer`, for: 'hand over Drive files and the calendar' },
  { name: `${auth}apps.licensing`, for: 'free licences' },
  { name: `${auth}gmail.settings.basic`, for: 'automatic reply, POP and IMAP, filters that forward mail' },
  { name: `${auth}gmail.settings.sharing`, for: 'mail delegation and forwarding; the person is impersonated for it' },
]
