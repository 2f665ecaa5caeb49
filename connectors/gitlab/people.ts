/** Who is who: an administrator sees everybody's addresses, an owner of a group only those of its enterprise users. */
import { z } from 'zod'
import { type Account, type Leaver, path, Rejected } from '../../src/connector.ts'
import { accountOf, type Client, freshUser, type GitlabAt, owner, User, userOf } from './client.ts'

const Email = z.object({ email: z.string(), confirmed_at: z.string().nullish() })
const Itself = z.object({ id: z.number(), username: z.string(), is_admin: z.boolean().optional() })

/** Whom the token belongs to. */
export function itself({ rest }: Client) {
  return rest.ask('read whose token it is', '/user', Itself)
}

export async function locate(client: Client, leaver: Leaver): Promise<readonly Account[]> {
  const { groups } = client.settings
  const [found, self] = await Promise.all([
    groups
      ? Promise.all(groups.map((group) => membersNamed(client, group, leaver)))
      : usersNamed(client, leaver).then((users) => [users]),
    itself(client),
  ])
  const own = 'the account that Latchkey itself signs in as'
  return found.flat().map((one) => (one.id === String(self.id) ? { ...one, protected: own } : one))
}

/** `search` also finds likenesses and other people's names, so addresses are compared one by one. */
async function usersNamed(client: Client, leaver: Leaver): Promise<Account[]> {
  const found = new Map<number, Account>()
  for (const address of leaver.emails.map((one) => one.toLowerCase()))
    for (const user of await client.every('search for users', '/users', User, { search: address })) {
      const emails = await addressesOf(client, user)
      if (emails.includes(address)) found.set(user.id, accountOf(realmOf(client), user, emails))
    }
  return [...found.values()]
}

function realmOf(client: Client): string {
  return new URL(client.settings.baseUrl).host
}

/** The primary one and every further one that was confirmed. */
async function addressesOf(client: Client, user: User): Promise<string[]> {
  const more = await client.every('list e-mail addresses', path`/users/${user.id}/emails`, Email)
  const all = [user.email, ...more.filter((one) => one.confirmed_at).map((one) => one.email)]
  return [...new Set(all.flatMap((one) => (one ? [one.toLowerCase()] : [])))]
}

export const Member = z.object({
  id: z.number(),
  username: z.string(),
  name: z.string().nullish(),
  state: z.string(),
  email: z.string().nullish(),
  public_email: z.string().nullish(),
  access_level: z.number().optional(),
  /** The day on which the membership ends by itself. */
  expires_at: z.string().nullish(),
})
export type Member = z.infer<typeof Member>

/**
 * Members of the group itself, and whoever is a member of anything below it and costs a seat. A public address is one of
 * the confirmed ones (https://docs.gitlab.com/user/profile/), so it counts.
 */
export async function membersIn(client: Client, group: string): Promise<Member[]> {
  const [own, below] = await Promise.all([
    client.every('list members', path`/groups/${group}/members/all`, Member),
    client.every('list billable members', path`/groups/${group}/billable_members`, Member),
  ])
  return [...new Map([...below, ...own].map((one) => [one.id, one])).values()]
}

async function membersNamed(client: Client, group: string, leaver: Leaver): Promise<Account[]> {
  const emails = leaver.emails.map((one) => one.toLowerCase())
  const named = emails.flatMap((email) => client.settings.people[email] ?? [])
  const members = await membersIn(client, group)
  const theirs = members.filter((one) => {
    const told = [one.email, one.public_email].some((address) => address && emails.includes(address.toLowerCase()))
    return told || named.some((name) => name === one.id || String(name).toLowerCase() === one.username.toLowerCase())
  })
  return theirs.map((one) => accountOf(group, one, one.email ? [one.email.toLowerCase()] : []))
}

/**
 * Active owners who are people. A project's or group's own token signs in as a member of this form, which lets nobody in
 * (https://docs.gitlab.com/user/group/settings/group_access_tokens/#bot-users-for-groups).
 */
export function ownersAmong(members: readonly Member[]): Member[] {
  const isBot = ({ username }: Member) => /^(project|group)_\d+_bot(_|$)/.test(username)
  return members.filter((one) => one.access_level === owner && one.state === 'active' && !isBot(one))
}

/** The one who receives, or why they cannot; undefined where nobody was chosen. */
export async function receiverOf(at: GitlabAt): Promise<User | { barred: string } | undefined> {
  const { handOverTo, choices } = at
  if (!handOverTo)
    return (
      choices.handOverTo && { barred: `${choices.handOverTo.name} has no GitLab account here. IT hands over by hand.` }
    )
  const user = await freshUser(at.client, handOverTo.id)
  if (user?.state === 'active' && !user.bot) return user
  return { barred: `${handOverTo.label} cannot receive (${user ? `state=${user.state}` : 'no longer there'}).` }
}

export async function mustReceive(at: GitlabAt): Promise<User> {
  const receiver = await receiverOf(at)
  if (receiver && 'id' in receiver) return receiver
  throw new Rejected(receiver?.barred ?? 'Nobody was chosen to receive it.')
}

/** The last administrator, a bot, our own account: read afresh. Undefined where nothing stands against it. */
export async function barredFrom(at: GitlabAt, user: User): Promise<string | undefined> {
  if (user.bot) return 'a bot of GitLab, not a person'
  if (user.id === (await itself(at.client)).id) return 'the account that Latchkey itself signs in as'
  if (!user.is_admin) return undefined
  const all = await at.client.every('list administrators', '/users', User, { admins: true })
  if (all.some((one) => one.id !== user.id && one.state === 'active' && !one.bot)) return undefined
  return 'the only active administrator: IT makes somebody else one (Admin > Users > Edit > Access level), then tries again'
}

export { userOf }
