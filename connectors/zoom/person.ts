/** The leaver in Zoom: found by address, read by id; and who must never be touched. */
import { z } from 'zod'
import { type Account, type Leaver, path, Rejected, writtenId } from '../../src/connector.ts'
import type { Zoom, ZoomAt } from './client.ts'

const User = z.object({
  id: z.string().min(1),
  email: z.string().min(1),
  /** 1 without, 2 with a licence. */
  type: z.number().int(),
  status: z.enum(['active', 'inactive', 'pending']),
  account_id: z.string().optional(),
  role_id: writtenId.optional(),
  role_name: z.string().optional(),
  first_name: z.string().optional(),
  last_name: z.string().optional(),
  job_title: z.string().optional(),
  dept: z.string().optional(),
  manager: z.string().optional(),
  timezone: z.string().optional(),
})
export type User = z.infer<typeof User>

/** Zoom takes an address in place of an id, and knows each address once. */
export async function locate(zoom: Zoom, leaver: Leaver): Promise<readonly Account[]> {
  const found = new Map<string, Account>()
  for (const address of leaver.emails) {
    const email = address.toLowerCase()
    const user = await freshUser(zoom, addressOnly(email))
    if (user?.email.toLowerCase() === email && isOurs(zoom, user)) found.set(user.id, accountOf(zoom, user))
  }
  return [...found.values()]
}

/** `me` in place of an address would be the account's owner. */
function addressOnly(email: string): string {
  if (!email.includes('@')) throw new Rejected(`"${email}" is no address that Zoom could be asked for.`)
  return email
}

function isOurs({ settings }: Zoom, user: User): boolean {
  return user.account_id === undefined || user.account_id === settings.accountId
}

function accountOf({ settings }: Zoom, user: User): Account {
  const name = [user.first_name, user.last_name].filter(Boolean).join(' ')
  return {
    realm: settings.accountId,
    id: user.id,
    label: user.email,
    known: {
      ...(name && { name }),
      ...(user.job_title && { title: user.job_title }),
      ...(user.dept && { department: user.dept }),
      ...(user.manager && { managerEmail: user.manager.toLowerCase() }),
      ...(user.timezone && { zone: user.timezone }),
      emails: [user.email.toLowerCase()],
    },
    ...(isOwner(user) && { protected: ownerFact }),
  }
}

const ownerFact = 'the owner of the Zoom account, in whose name Latchkey acts as well'

function isOwner(user: User): boolean {
  return user.role_id === '0' || user.role_name?.toLowerCase() === 'owner'
}

/** Undefined only where Zoom says 1001, "User does not exist"; not shared, since guards look at it. */
export async function freshUser(zoom: Zoom, id: string): Promise<User | undefined> {
  try {
    return await zoom.rest.ask('read the user', path`/users/${id}`, User)
  } catch (error) {
    if (error instanceof Rejected && error.status === 404 && error.code === '1001') return undefined
    throw error
  }
}

/** Why the account must not be touched, as it stands now. There is one owner, so there is always an administrator. */
export function barred(user: User): string | undefined {
  if (isOwner(user))
    return `This is ${ownerFact}: they hand the ownership over first (Account Management > Account Profile).`
  if (user.role_id === undefined && user.role_name === undefined)
    return 'Zoom does not say whether this is the owner of the account, so nothing is done.'
  return undefined
}

/** Throws Rejected where it must not be touched; undefined where it is gone. */
export async function userToActOn(at: ZoomAt): Promise<User | undefined> {
  const user = await freshUser(at.client, at.account.id)
  const why = user && barred(user)
  if (why) throw new Rejected(why, { code: 'protected' })
  return user
}
