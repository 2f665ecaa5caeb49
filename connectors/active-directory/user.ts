/** The leaver's own entry, what we may change in it, and the guards that every write asks afresh. */
import { type At, Rejected } from '../../src/connector.ts'
import type { Directory } from './directory.ts'
import { buffer, buffers, type Entry, number, text, texts } from './entry.ts'
import { mayResetPassword } from './security.ts'
import { builtInName, guidDn, guidOf, splitDn } from './values.ts'

export const keyAttributes = ['msDS-KeyCredentialLink', 'altSecurityIdentities', 'userCertificate'] as const

const attributes = [
  'objectGUID',
  'objectSid',
  'userAccountControl',
  'accountExpires',
  'pwdLastSet',
  'adminCount',
  'primaryGroupID',
  'memberOf',
  'servicePrincipalName',
  'msDS-AllowedToDelegateTo',
  'allowedAttributesEffective',
  'nTSecurityDescriptor',
  'sAMAccountName',
  ...keyAttributes,
]

export interface User {
  dn: string
  /** `sAMAccountName`: what Windows' own tools take. */
  login: string
  guid: string
  sid: Buffer
  /** `userAccountControl`; undefined where we may not read it. */
  control: number | undefined
  /** FILETIME, or one of the values for "never"; undefined where we may not read it. */
  accountExpires: string | undefined
  /** FILETIME; undefined where we may not read it. */
  pwdLastSet: bigint | undefined
  /** An administrator now or once: AdminSDHolder's rights apply. */
  isAdministrator: boolean
  primaryGroup: number | undefined
  memberOf: readonly string[]
  serviceNames: readonly string[]
  delegatesTo: readonly string[]
  keys: readonly { attribute: string; value: Buffer }[]
  /** Attributes, in lower case, that the directory lets us write (`allowedAttributesEffective`). */
  writable: ReadonlySet<string>
  /** Whether we may reset the password; undefined where the access list is not shown. */
  mayReset: boolean | undefined
}

/** Shared by the steps of one look. Undefined where the directory shows the account no more. */
export function userOf(at: At<Directory>): Promise<User | undefined> {
  return at.once('user', () => readUser(at))
}

/** For writing: read afresh, and refused where this account must not be touched. */
export async function targetOf(at: At<Directory>): Promise<User> {
  const user = await readUser(at)
  if (!user) throw new Rejected(`${at.account.label} is not shown any more: ${goneFact}`, { code: 'noSuchObject' })
  const why = await protection(at.client, user.sid)
  if (why) throw new Rejected(`${at.account.label} is not touched: it is ${why}`, { code: 'protected' })
  return user
}

export const goneFact =
  'the directory does not show this account any more: it was deleted, or Latchkey may not read it; IT looks'

/** Why this account must never be touched: it is our own, or the domain's. */
export async function protection(directory: Directory, sid: Buffer): Promise<string | undefined> {
  const { ownSids } = await directory.root()
  if (ownSids.has(sid.toString('hex'))) return 'the account that Latchkey itself signs in with'
  return builtInName(sid)
}

async function readUser(at: At<Directory>): Promise<User | undefined> {
  const entry = await at.client.read(guidDn(at.account.id), attributes)
  return entry && userFrom(entry, (await at.client.root()).ownSids)
}

function userFrom(entry: Entry, ownSids: ReadonlySet<string>): User {
  const pwdLastSet = text(entry, 'pwdLastSet')
  return {
    dn: entry.dn,
    login: text(entry, 'sAMAccountName') ?? entry.dn,
    guid: guidOf(buffer(entry, 'objectGUID')),
    sid: buffer(entry, 'objectSid'),
    control: number(entry, 'userAccountControl'),
    accountExpires: text(entry, 'accountExpires'),
    pwdLastSet: pwdLastSet === undefined ? undefined : BigInt(pwdLastSet),
    isAdministrator: number(entry, 'adminCount') === 1,
    primaryGroup: number(entry, 'primaryGroupID'),
    memberOf: texts(entry, 'memberOf'),
    serviceNames: texts(entry, 'servicePrincipalName'),
    delegatesTo: texts(entry, 'msDS-AllowedToDelegateTo'),
    keys: keyAttributes.flatMap((attribute) => buffers(entry, attribute).map((value) => ({ attribute, value }))),
    writable: writableOf(entry),
    mayReset: mayReset(entry, ownSids),
  }
}

export function mayReset(entry: Entry, ownSids: ReadonlySet<string>): boolean | undefined {
  const [descriptor] = buffers(entry, 'nTSecurityDescriptor')
  return descriptor && mayResetPassword(descriptor, ownSids)
}

export function writableOf(entry: Entry): ReadonlySet<string> {
  return new Set(texts(entry, 'allowedAttributesEffective').map((name) => name.toLowerCase()))
}

/** Why the directory will not let us write this attribute, and who changes that; undefined where it will. */
export function obstacle(user: User, attribute: string): string | undefined {
  return user.writable.has(attribute.toLowerCase()) ? undefined : missingRight(user, `write ${attribute}`)
}

export function missingRight(user: User, right: string): string {
  if (user.isAdministrator)
    return `Latchkey may not ${right}: this is or was an administrator (adminCount=1), whose rights AdminSDHolder resets every hour; a domain administrator does it by hand`
  return `Latchkey may not ${right}: IT delegates this for user objects to the service account on ${splitDn(user.dn).parent}, or does it by hand`
}

/** Makes a refusal for want of rights (50) say who must delegate what. */
export async function withRight<T>(user: User, right: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof Rejected) || error.status !== 50) throw error
    throw new Rejected(missingRight(user, right), { status: 50, code: 'insufficientAccessRights', cause: error })
  }
}
