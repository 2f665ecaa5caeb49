/** Which IAM user is the leaver's, and whether a name still means the same user. */
import type { User, UserDetail } from '@aws-sdk/client-iam'
import { type Account, type At, type Leaver, Rejected } from '../../src/connector.ts'
import { isCode } from './answers.ts'
import { locateInCenter } from './center-user.ts'
import { type Aws, all, type Realm } from './client.ts'
import type { Match } from './settings.ts'

export const ownPrincipal = 'the IAM user that Latchkey itself signs in as'

/** The most that one page may hold; AWS answers with fewer where it likes. */
const pageSize = 1000

export async function locate(client: Aws, leaver: Leaver): Promise<readonly Account[]> {
  const { userId: own } = await client.caller()
  const [found, inCenter] = await Promise.all([
    Promise.all([...client.realms.values()].map((realm) => locateIn(realm, client.match, leaver))),
    client.center ? locateInCenter(client, client.center, leaver) : [],
  ])
  const users = found.flat().map((account) => (account.id === own ? { ...account, protected: ownPrincipal } : account))
  return [...users, ...inCenter]
}

export async function locateIn(realm: Realm, match: Match, leaver: Leaver): Promise<Account[]> {
  const addresses = new Set(leaver.emails.map((address) => address.toLowerCase()))
  const accounts: Account[] = []
  for (const user of await candidates(realm, match)) {
    const address = addressOf(user, match)
    if (!user.UserId || !user.UserName || !address || !addresses.has(address)) continue
    accounts.push({ realm: realm.id, id: user.UserId, label: user.UserName, known: { emails: [address] } })
  }
  return accounts
}

/** ListUsers leaves the tags out; this one call has them, where ListUserTags would need one for every user. */
function candidates(realm: Realm, match: Match): Promise<(User | UserDetail)[]> {
  if (match.by !== 'email-tag') return everyUser(realm)
  return all(
    (marker) =>
      realm.send(
        new realm.iam.GetAccountAuthorizationDetailsCommand({ Filter: ['User'], MaxItems: pageSize, ...marker }),
      ),
    (page) => page.UserDetailList,
  )
}

function everyUser(realm: Realm, signal?: AbortSignal): Promise<User[]> {
  return all(
    (marker) => realm.send(new realm.iam.ListUsersCommand({ MaxItems: pageSize, ...marker }), signal),
    (page) => page.Users,
  )
}

/** The address that this user stands for. IAM keeps user names and tag keys apart without regard to case. */
function addressOf(user: User | UserDetail, match: Match): string | undefined {
  const name = user.UserName?.toLowerCase()
  if (match.by === 'user-name') return name
  if (match.by === 'local-part') return `${name}@${match.domain.toLowerCase()}`
  return user.Tags?.find((tag) => tag.Key?.toLowerCase() === match.tag.toLowerCase())?.Value?.toLowerCase()
}

export type Named = User & { UserName: string }

/**
 * The leaver's user as it is now, by its immutable id: a name may be given to someone else once it is free, and a user
 * may be renamed. Undefined: AWS lists no user with that id any more.
 */
export async function currentUser(at: At<Aws>): Promise<Named | undefined> {
  const realm = realmOf(at)
  const named = await userNamed(realm, at.account.label, at.signal)
  if (named?.UserId === at.account.id) return named
  const renamed = (await everyUser(realm, at.signal)).find((user) => user.UserId === at.account.id)
  if (!renamed?.UserName) return undefined
  const user = await userNamed(realm, renamed.UserName, at.signal)
  // A list may lag behind: by now that name, too, may be somebody else's.
  if (!user || user.UserId === at.account.id) return user
  throw new Rejected(
    `AWS account ${realm.id}: ${renamed.UserName} is another user by now, so it is not known what the leaver's is called.`,
  )
}

/** Never without a name: AWS would answer with the caller. */
async function userNamed(realm: Realm, name: string, signal: AbortSignal): Promise<Named | undefined> {
  if (!name) throw new Rejected(`AWS account ${realm.id}: a user without a name cannot be asked for.`)
  try {
    const { User: user } = await realm.send(new realm.iam.GetUserCommand({ UserName: name }), signal)
    if (!user?.UserName || !user.UserId)
      throw new Rejected(`AWS account ${realm.id}: the answer about ${name} names no user, so nothing is known of it.`)
    return { ...user, UserName: user.UserName }
  } catch (error) {
    if (isCode(error, 'NoSuchEntity')) return undefined
    throw error
  }
}

/** The name to act on, read afresh at the moment of acting; undefined where the user is gone. */
export async function nameToActOn(at: At<Aws>): Promise<string | undefined> {
  const user = await currentUser(at)
  if (user && (await isOwnPrincipal(at)))
    throw new Rejected(`AWS account ${at.account.realm}: ${user.UserName} is ${ownPrincipal}; nothing was done.`)
  return user?.UserName
}

export async function isOwnPrincipal(at: At<Aws>): Promise<boolean> {
  return (await at.client.caller()).userId === at.account.id
}

export function realmOf(at: At<Aws>): Realm {
  const realm = at.client.realms.get(at.account.realm)
  if (realm) return realm
  throw new Rejected(`AWS account ${at.account.realm} is not in the settings any more. IT puts it back to go on.`)
}
