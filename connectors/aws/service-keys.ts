/** Keys of services that the leaver looks after: nobody's access ends with them, so they are somebody's to rotate. */
import type { UserDetail } from '@aws-sdk/client-iam'
import type { At, ManualStep } from '../../src/connector.ts'
import { type Aws, all, type Realm } from './client.ts'
import { isoDay, shortened } from './step.ts'
import { locateIn } from './user.ts'

const day = 24 * 3_600_000

export const serviceKeys: ManualStep<Aws> = {
  id: 'service-keys',
  title: 'Rotate the keys of services that they looked after',
  area: 'infrastructure',
  phase: 'reclaim',
  owner: 'it',
  dueIn: 7 * day,
  applies: async (at) => (await lines(at)).length > 0,
  ask: async (at) =>
    `These IAM users of services are tagged with the leaver as their owner. Name another owner in the tag, make a new key for each that is in use, switch the old one off, and delete it once nothing misses it:\n${(await lines(at)).join('\n')}`,
}

async function lines(at: At<Aws>): Promise<string[]> {
  return await at.once('service-keys', async () => {
    const found: string[] = []
    for (const realm of await realmsFor(at))
      for (const user of await ownedIn(at, realm)) found.push(...(await describe(at, realm, user)))
    return found
  })
}

/** From Identity Center, the accounts where the leaver has no user whose own plan would tell. */
async function realmsFor(at: At<Aws>): Promise<Realm[]> {
  const own = at.client.realms.get(at.account.realm)
  if (own) return [own]
  const realms = [...at.client.realms.values()]
  const located = await Promise.all(realms.map((realm) => locateIn(realm, at.client.match, at.leaver)))
  return realms.filter((_realm, index) => located[index]?.length === 0)
}

async function ownedIn({ client, leaver, account, signal }: At<Aws>, realm: Realm): Promise<UserDetail[]> {
  const tag = client.ownerTag?.toLowerCase()
  const addresses = new Set(leaver.emails.map((address) => address.toLowerCase()))
  const users = await all(
    (marker) =>
      realm.send(new realm.iam.GetAccountAuthorizationDetailsCommand({ Filter: ['User'], ...marker }), signal),
    (page) => page.UserDetailList,
  )
  const owned = (user: UserDetail) =>
    user.Tags?.some((one) => one.Key?.toLowerCase() === tag && addresses.has(one.Value?.toLowerCase() ?? ''))
  return users.filter((user) => user.UserId !== account.id && owned(user))
}

async function describe({ signal }: At<Aws>, realm: Realm, user: UserDetail): Promise<string[]> {
  const UserName = user.UserName ?? ''
  const keys = await all(
    (marker) => realm.send(new realm.iam.ListAccessKeysCommand({ UserName, ...marker }), signal),
    (page) => page.AccessKeyMetadata,
  )
  const told = keys.map(async (key) => {
    const id = key.AccessKeyId ?? ''
    const answer = await realm.send(new realm.iam.GetAccessKeyLastUsedCommand({ AccessKeyId: id }), signal)
    const used = answer.AccessKeyLastUsed
    const when = used?.LastUsedDate ? `last used ${isoDay(used.LastUsedDate)} in ${used.ServiceName}` : 'never used'
    return `• ${UserName} in ${realm.id}: access key ${shortened(id)} ${key.Status}, ${when}`
  })
  return keys.length > 0 ? await Promise.all(told) : [`• ${UserName} in ${realm.id}: no access key`]
}
