/** Users: found by address, read by id, and whether one is really gone. */
import { z } from 'zod'
import { type Account, type KnownOfPerson, type Leaver, path, Rejected, writtenId } from '../../src/connector.ts'
import { list, quoted, type Scim } from './client.ts'

const enterprise = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'

/** Old dialects write true and false as text. Anything else says neither, and must not read as switched off. */
const flag = z
  .union([z.boolean(), z.string().regex(/^(true|false)$/i)])
  .transform((value) => String(value).toLowerCase() === 'true')
const text = z.string().nullish()

const User = z.object({
  id: writtenId,
  userName: text,
  displayName: text,
  title: text,
  active: flag.nullish(),
  name: z.object({ formatted: text, givenName: text, familyName: text }).nullish(),
  emails: z.array(z.object({ value: text })).nullish(),
  groups: z.array(z.object({ value: writtenId.nullish(), display: text, type: text })).nullish(),
  meta: z.object({ version: text }).nullish(),
  [enterprise]: z.object({ department: text, manager: z.object({ displayName: text }).nullish() }).nullish(),
})
export type User = z.infer<typeof User>

/** What comes back with PUT, in full: what is not known here must not be lost. */
const Whole = z.looseObject({ id: writtenId, schemas: z.array(z.string()).optional() })
export type Whole = z.infer<typeof Whole>

/** Everyone whose login or address is one of the leaver's, whole and in any case; never by name. */
export async function locate(scim: Scim, leaver: Leaver): Promise<readonly Account[]> {
  const addresses = leaver.emails.map((address) => address.toLowerCase())
  const users = (await filters(scim)) ? await search(scim, addresses) : await everyone(scim)
  const found = new Map<string, Account>()
  for (const user of users) {
    if (matched(scim, user).some((one) => addresses.includes(one))) found.set(user.id, accountOf(scim, user))
  }
  return [...found.values()]
}

async function filters(scim: Scim): Promise<boolean> {
  return (await scim.config())?.filter?.supported !== false
}

/** An attribute that the service does not search by is looked for among all of them instead. */
async function search(scim: Scim, addresses: readonly string[]): Promise<User[]> {
  const found: User[] = []
  for (const attribute of scim.settings.match) {
    for (const address of addresses) {
      const users = await searched(scim, `${attribute} eq ${quoted(address)}`)
      if (!users) return everyone(scim)
      found.push(...users)
    }
  }
  return found
}

async function searched(scim: Scim, filter: string): Promise<User[] | undefined> {
  try {
    return await list(scim, 'search for users', '/Users', User, filter)
  } catch (error) {
    if (isFilterRefusal(error)) return undefined
    throw error
  }
}

/** 501 is "not here", 400 is "not so" (RFC 7644, 3.12). */
export function isFilterRefusal(error: unknown): boolean {
  return error instanceof Rejected && (error.status === 400 || error.status === 501)
}

function everyone(scim: Scim): Promise<User[]> {
  return list(scim, 'list users', '/Users', User)
}

function matched(scim: Scim, user: User): string[] {
  const { match } = scim.settings
  const logins = match.includes('userName') ? [user.userName ?? ''] : []
  return [...logins.map((one) => one.toLowerCase()), ...(match.includes('emails.value') ? addressesOf(user) : [])]
}

function addressesOf(user: User): string[] {
  return (user.emails ?? []).flatMap(({ value }) => (value ? [value.toLowerCase()] : []))
}

function accountOf(scim: Scim, user: User): Account {
  return {
    realm: scim.realm,
    id: user.id,
    label: user.userName ?? user.displayName ?? user.id,
    known: knownOf(user),
    ...(isOwner(scim, user) && { protected: ownerFact }),
  }
}

const ownerFact = 'the administrator whose token Latchkey uses here'

function isOwner(scim: Scim, user: User): boolean {
  const owner = scim.settings.owner?.toLowerCase()
  return owner !== undefined && [user.userName?.toLowerCase() ?? '', ...addressesOf(user)].includes(owner)
}

function knownOf(user: User): KnownOfPerson {
  const full = [user.name?.givenName, user.name?.familyName].filter(Boolean).join(' ')
  const name = user.displayName || user.name?.formatted || full
  const job = user[enterprise]
  return {
    ...(name && { name }),
    ...(user.title && { title: user.title }),
    ...(job?.department && { department: job.department }),
    ...(job?.manager?.displayName && { managerName: job.manager.displayName }),
    emails: addressesOf(user),
  }
}

/** Undefined once the account is gone. Not shared: guards look at it. */
export function freshUser(scim: Scim, id: string): Promise<User | undefined> {
  return there(scim, scim.rest.find('read the user', path`/Users/${id}`, User))
}

export function wholeUser(scim: Scim, id: string): Promise<Whole | undefined> {
  return there(scim, scim.rest.find('read the user', path`/Users/${id}`, Whole))
}

/** A wrong address answers 404 to everything: only a service that answers its list has said that this one is gone. */
async function there<T>(scim: Scim, asked: Promise<T | undefined>): Promise<T | undefined> {
  const user = await asked
  if (user) return user
  await scim.rest.ask('list users', '/Users', z.object({ totalResults: z.number() }), { query: { count: 1 } })
  return undefined
}

/** Why the account must not be touched, as it stands now. */
export function barred(scim: Scim, user: User): string | undefined {
  return isOwner(scim, user) ? `This is ${ownerFact}: IT gives Latchkey another one first.` : undefined
}

/** Throws Rejected where it must not be touched; undefined where it is gone. */
export async function userToActOn(scim: Scim, id: string): Promise<User | undefined> {
  const user = await freshUser(scim, id)
  const why = user && barred(scim, user)
  if (why) throw new Rejected(why, { code: 'protected' })
  return user
}
