/** The leaver's user record: found by address, read whole, and the guards that look at administrators. */
import type { admin_directory_v1 } from 'googleapis/build/src/apis/admin/directory_v1.js'
import type { Account, At, Finding, KnownOfPerson, Leaver } from '../../src/connector.ts'
import { Rejected } from '../../src/connector.ts'
import { all, ask, unlessGone } from './ask.ts'
import type { Client } from './client.ts'
import { User as UserShape, Users } from './shapes.ts'

export type User = admin_directory_v1.Schema$User
export type GoogleAt = At<Client>

/**
 * Everyone whose primary address or alias is one of the leaver's. `emails` is not looked at: people write their private
 * addresses there themselves, so a match would prove nothing.
 */
export async function locate(client: Client, leaver: Leaver): Promise<readonly Account[]> {
  const found = new Map<string, Account>()
  for (const address of leaver.emails) {
    for (const user of await search(client, `email='${address.replace(/['\\]/g, '\\$&')}'`)) {
      if (user.id && addressesOf(user).includes(address.toLowerCase())) found.set(user.id, accountOf(client, user))
    }
  }
  return [...found.values()]
}

export function search(client: Client, query: string): Promise<User[]> {
  const { customer } = client.settings
  return all(
    (page) =>
      ask(
        'search for users',
        () => client.directory('users').users.list({ customer, query, projection: 'full', maxResults: 500, ...page }),
        Users,
      ),
    (page) => page.users,
  )
}

/** Primary address first; only what administrators set. */
export function addressesOf(user: User): string[] {
  const list = [user.primaryEmail, ...(user.aliases ?? []), ...(user.nonEditableAliases ?? [])]
  return list.flatMap((one) => (one ? [one.toLowerCase()] : []))
}

function accountOf(client: Client, user: User): Account {
  const label = user.primaryEmail ?? ''
  return {
    realm: user.customerId ?? client.settings.customer,
    id: user.id ?? '',
    label,
    known: knownOf(user),
    ...(isOwn(client, user) && { protected: ownFact }),
  }
}

const ownFact = 'the administrator that Latchkey itself acts as'

function isOwn(client: Client, user: User): boolean {
  return addressesOf(user).includes(client.settings.subject)
}

interface Organization {
  primary?: boolean
  title?: string
  department?: string
}
interface Relation {
  type?: string
  value?: string
}

export function knownOf(user: User): KnownOfPerson {
  const jobs = (user.organizations ?? []) as Organization[]
  const job = jobs.find((one) => one.primary) ?? jobs[0]
  const manager = ((user.relations ?? []) as Relation[]).find((one) => one.type === 'manager')?.value
  return {
    ...(user.name?.fullName && { name: user.name.fullName }),
    ...(job?.title && { title: job.title }),
    ...(job?.department && { department: job.department }),
    ...(manager?.includes('@') && { managerEmail: manager.toLowerCase() }),
    emails: addressesOf(user),
  }
}

/** Undefined once the account is deleted. Read once a round. */
export function userOf(at: GoogleAt): Promise<User | undefined> {
  return at.once('user', () => freshUser(at.client, at.account.id))
}

/** Not shared: for guards. */
export function freshUser(client: Client, id: string): Promise<User | undefined> {
  return unlessGone(
    ask('read the user', () => client.directory('users').users.get({ userKey: id, projection: 'full' }), UserShape),
  )
}

export async function addressOf(at: GoogleAt): Promise<string> {
  return (await userOf(at))?.primaryEmail ?? at.account.label
}

/** The one who receives: who they are here, or why they cannot; undefined where nobody was chosen. */
export async function receiverOf(
  at: GoogleAt,
): Promise<{ id: string; address: string } | { barred: string } | undefined> {
  const { handOverTo, choices, client } = at
  if (!handOverTo)
    return (
      choices.handOverTo && { barred: `${choices.handOverTo.name} has no Google account here. IT hands over by hand.` }
    )
  const user = await at.once('receiver', () => freshUser(client, handOverTo.id))
  if (!user?.id || !user.primaryEmail)
    return { barred: `The account of ${handOverTo.label} is gone. Choose another receiver.` }
  if (user.suspended || user.archived)
    return { barred: `${user.primaryEmail} is suspended or archived and receives nothing. Choose another receiver.` }
  return { id: user.id, address: user.primaryEmail }
}

/** Only a super administrator may change one: undefined where Latchkey may, else the reason. */
export async function barredBySuperAdmin(at: GoogleAt, user: User): Promise<string | undefined> {
  if (!user.isAdmin) return undefined
  const subject = await at.once('subject', () => freshUser(at.client, at.client.settings.subject))
  if (subject?.isAdmin) return undefined
  const { subject: own } = at.client.settings
  return `${user.primaryEmail} is a super administrator and ${own} is not, so it may change nothing here. IT makes it one.`
}

/** Fresh, for guards: whether nobody else could still administer this Google. */
export async function isLastSuperAdmin(client: Client, user: User): Promise<boolean> {
  if (!user.isAdmin) return false
  const others = await search(client, 'isAdmin=true isSuspended=false')
  return !others.some((one) => one.isAdmin && !one.suspended && !one.archived && one.id !== user.id)
}

export function lastSuperAdminFact(user: User): string {
  return `${user.primaryEmail} is the last super administrator. IT makes somebody else one first (Admin console > Admin roles).`
}

/** Fresh, at the moment of acting: never the administrator that Latchkey acts as, never the last one. */
export async function refuseUntouchable(at: GoogleAt): Promise<void> {
  const user = await freshUser(at.client, at.account.id)
  if (!user) return
  if (isOwn(at.client, user)) throw new Rejected(`${user.primaryEmail} is ${ownFact}.`, { code: 'ownPrincipal' })
  if (await isLastSuperAdmin(at.client, user)) throw new Rejected(lastSuperAdminFact(user), { code: 'lastSuperAdmin' })
}

export function changeUser(at: GoogleAt, what: string, change: User): Promise<unknown> {
  return ask(
    what,
    () => at.client.directory('users').users.update({ userKey: at.account.id, requestBody: change }),
    UserShape,
  )
}

/** An address as it may be shown to others: j…@gmail.com. */
export function masked(text: string): string {
  const [name = '', host] = text.split('@')
  return host ? `${name.slice(0, 1)}…@${host}` : `…${text.slice(-2)}`
}

export function blocked(finding: Omit<Finding, 'state' | 'fact'>, fact: string): Finding {
  return { ...finding, state: 'blocked', fact }
}
