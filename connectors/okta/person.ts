/** The leaver's user: found by address, read whole, and the guard that looks at super administrators. */
import { z } from 'zod'
import {
  type Account,
  type At,
  everyPage,
  type Finding,
  type KnownOfPerson,
  type Leaver,
  path,
  Rejected,
} from '../../src/connector.ts'
import type { Client } from './client.ts'

export type OktaAt = At<Client>

const words = z.string().nullish()
const id = z.string().min(1)

/** What decides must be there: a user without a status says nothing. */
export const User = z.looseObject({
  id,
  status: id,
  transitioningToStatus: words,
  profile: z.looseObject({
    login: id,
    email: words,
    firstName: words,
    lastName: words,
    displayName: words,
    title: words,
    department: words,
    manager: words,
  }),
  credentials: z.looseObject({ provider: z.looseObject({ type: words, name: words }).nullish() }).nullish(),
})
export type User = z.infer<typeof User>

/**
 * Everyone whose login or primary address is one of the leaver's. `secondEmail` is a private address that people write
 * themselves, so a match there would prove nothing. Okta, "List users with search": `eq` ignores case, all statuses.
 */
export async function locate(client: Client, leaver: Leaver): Promise<readonly Account[]> {
  const own = await ownId(client)
  const found = new Map<string, Account>()
  for (const address of leaver.emails) {
    const quoted = address.replace(/[\\"]/g, '\\$&')
    const query = { search: `profile.login eq "${quoted}" or profile.email eq "${quoted}"`, limit: 200 }
    for (const user of await client.list('users', 'search for users', '/api/v1/users', User, query))
      if (addressesOf(user).includes(address.toLowerCase())) found.set(user.id, accountOf(client, user, own))
  }
  return [...found.values()]
}

/** An API token acts as its owner; a service app is no user. */
export async function ownId(client: Client): Promise<string | undefined> {
  if (!client.settings.apiToken) return undefined
  return (await client.api('users').ask('read its own user', '/api/v1/users/me', User)).id
}

export function addressesOf({ profile }: User): string[] {
  return [...new Set([profile.login, profile.email].flatMap((one) => (one ? [one.toLowerCase()] : [])))]
}

function accountOf(client: Client, user: User, own: string | undefined): Account {
  return {
    realm: client.host,
    id: user.id,
    label: user.profile.login,
    known: knownOf(user),
    ...(user.id === own && { protected: 'the account whose API token Latchkey itself signs in with' }),
  }
}

function knownOf(user: User): KnownOfPerson {
  const { displayName, firstName, lastName, title, department, manager } = user.profile
  const name = displayName ?? [firstName, lastName].filter(Boolean).join(' ')
  return {
    ...(name && { name }),
    ...(title && { title }),
    ...(department && { department }),
    ...(manager && (manager.includes('@') ? { managerEmail: manager.toLowerCase() } : { managerName: manager })),
    emails: addressesOf(user),
  }
}

/** Undefined once the account is deleted. Read once a round. */
export function userOf(at: OktaAt): Promise<User | undefined> {
  return at.once('user', () => freshUser(at.client, at.account.id))
}

/** Not shared: for guards, and before orders. */
export function freshUser(client: Client, userId: string): Promise<User | undefined> {
  return unlessGone(client.api('users').ask('read the user', path`/api/v1/users/${userId}`, User))
}

/** A user that has been deactivated keeps nothing that could still be taken, and takes most orders no more. */
export async function livingUser(at: OktaAt): Promise<User | undefined> {
  const user = await userOf(at)
  return user?.status === 'DEPROVISIONED' ? undefined : user
}

/** Undefined where Okta itself says that it is not there (E0000007); a 404 of anybody else's is thrown. */
export async function unlessGone<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer
  } catch (error) {
    if (error instanceof Rejected && error.status === 404 && error.code === 'E0000007') return undefined
    throw error
  }
}

export const Role = z.looseObject({
  id,
  type: id,
  label: words,
  assignmentType: z.enum(['USER', 'GROUP', 'CLIENT']),
  role: words,
  'resource-set': words,
})
export type Role = z.infer<typeof Role>

export function rolesOf(client: Client, userId: string): Promise<Role[]> {
  return client.list('roles', 'list administrator roles', path`/api/v1/users/${userId}/roles`, Role)
}

const Assignees = z.looseObject({
  value: z.array(z.looseObject({ id })),
  _links: z.looseObject({ next: z.looseObject({ href: id }).nullish() }).nullish(),
})

/** Fresh: why the last super administrator is left alone, or undefined. Okta, "List all users with role assignments". */
export async function lastSuperAdmin(client: Client, userId: string): Promise<string | undefined> {
  if (!(await rolesOf(client, userId)).some(isSuper)) return undefined
  const first = '/api/v1/iam/assignees/users?limit=100'
  const holders = await everyPage('Okta', first, async (page) => {
    const { value, _links } = await client.api('roles').ask('list administrators', page, Assignees)
    return { items: value, next: _links?.next?.href }
  })
  for (const { id: other } of holders) {
    if (other === userId) continue
    const [user, roles] = await Promise.all([freshUser(client, other), unlessGone(rolesOf(client, other))])
    if (user?.status === 'ACTIVE' && roles?.some(isSuper)) return undefined
  }
  return 'is the last active super administrator. IT makes somebody else one first (Security > Administrators).'
}

export function isSuper(role: Role): boolean {
  return role.type === 'SUPER_ADMIN'
}

/** Fresh, at the moment of acting. */
export async function refuseUntouchable({ client, account }: OktaAt): Promise<void> {
  const own = await ownId(client)
  if (own === account.id) throw new Rejected(`Latchkey signs in as ${account.label}.`, { code: 'ownPrincipal' })
  const last = await lastSuperAdmin(client, account.id)
  if (last) throw new Rejected(`${account.label} ${last}`, { code: 'lastSuperAdmin' })
}

/** Where people and groups come from: 'ACTIVE_DIRECTORY', 'LDAP'; undefined where Okta itself is the source. */
export function sourceOf(user: User): string | undefined {
  const type = user.credentials?.provider?.type
  return type === 'ACTIVE_DIRECTORY' || type === 'LDAP' ? type : undefined
}

export function blocked(finding: Omit<Finding, 'state' | 'fact'>, fact: string): Finding {
  return { ...finding, state: 'blocked', fact }
}

/** For orders that were done before: Okta's own "not there" is as good as done. */
export async function orderUnlessGone(
  client: Client,
  part: 'users' | 'groups' | 'roles' | 'devices' | 'tokens',
  what: string,
  where: string,
  method: 'DELETE' | 'POST' = 'DELETE',
  query: Readonly<Record<string, boolean>> = {},
): Promise<void> {
  await unlessGone(client.api(part).order(what, where, { method, query }))
}
