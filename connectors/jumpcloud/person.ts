/** The leaver's JumpCloud user: found by address, read whole. */
import { z } from 'zod'
import {
  type Account,
  type At,
  type Finding,
  type KnownOfPerson,
  type Leaver,
  path,
  Rejected,
} from '../../src/connector.ts'
import type { Client } from './client.ts'

export type CloudAt = At<Client>

const words = z.string().nullish()
const flag = z.boolean().nullish()

/** Without a state nobody could tell a suspended user. */
export const User = z.looseObject({
  _id: z.string().min(1),
  state: z.enum(['STAGED', 'ACTIVATED', 'SUSPENDED']),
  organization: z.string().min(1),
  username: words,
  email: z.string().includes('@'),
  alternateEmail: words,
  displayname: words,
  firstname: words,
  lastname: words,
  jobTitle: words,
  department: words,
  manager: words,
  password_date: words,
  totp_enabled: z.boolean(),
  mfaEnrollment: z.looseObject({ totpStatus: words, webAuthnStatus: words }).nullish(),
  sudo: flag,
  passwordless_sudo: flag,
  ldap_binding_user: flag,
  samba_service_user: flag,
  admin: z.looseObject({ id: words, roleName: words }).nullish(),
  delegatedAuthority: z.looseObject({ name: words }).nullish(),
})
export type User = z.infer<typeof User>

/** JumpCloud's filters are `field:$operator:value`, several parted by commas. */
const plainAddress = /^[^\s:,$"\\]+@[^\s:,$"'\\]+$/

/** By the primary and the alternate address; administrators alone set both. The recovery address is the person's own. */
export async function locate(client: Client, leaver: Leaver): Promise<readonly Account[]> {
  const found = new Map<string, Account>()
  for (const address of leaver.emails.map((one) => one.toLowerCase())) {
    if (!plainAddress.test(address)) throw new Rejected(`"${address}" cannot be asked for at JumpCloud.`)
    for (const field of ['email', 'alternateEmail']) {
      const query = { filter: `${field}:$eq:${address}` }
      for (const user of await client.listV1('search for users', '/api/systemusers', User, query))
        if (addressesOf(user).includes(address) && !found.has(user._id))
          found.set(user._id, await accountOf(client, user))
    }
  }
  return [...found.values()]
}

function addressesOf({ email, alternateEmail }: User): string[] {
  return [email, alternateEmail].flatMap((one) => (one ? [one.toLowerCase()] : []))
}

async function accountOf(client: Client, user: User): Promise<Account> {
  return {
    realm: user.organization,
    id: user._id,
    label: user.username || user.email,
    known: await knownOf(client, user),
  }
}

async function knownOf(client: Client, user: User): Promise<KnownOfPerson> {
  const { displayname, firstname, lastname, jobTitle, department, manager } = user
  const name = displayname || [firstname, lastname].filter(Boolean).join(' ')
  // The manager is named by the id of a user.
  const boss = manager && /^[0-9a-f]{24}$/.test(manager) ? await freshUser(client, manager) : undefined
  return {
    ...(name && { name }),
    ...(jobTitle && { title: jobTitle }),
    ...(department && { department }),
    ...(boss && { managerEmail: boss.email.toLowerCase() }),
    emails: addressesOf(user),
  }
}

/** Undefined once the user is deleted. Read once a round. */
export function userOf(at: CloudAt): Promise<User | undefined> {
  return at.once('user', () => freshUser(at.client, at.account.id))
}

export function freshUser({ api }: Client, id: string): Promise<User | undefined> {
  return api.find('read the user', path`/api/systemusers/${id}`, User)
}

export async function changeUser(at: CloudAt, what: string, json: object): Promise<void> {
  await at.client.api.order(what, path`/api/systemusers/${at.account.id}`, { method: 'PUT', json })
}

/** Who keeps the account, where JumpCloud does not. */
export function sourceOf(user: User): string | undefined {
  return user.delegatedAuthority?.name ?? undefined
}

export function blocked(finding: Omit<Finding, 'state' | 'fact'>, fact: string): Finding {
  return { ...finding, state: 'blocked', fact }
}
