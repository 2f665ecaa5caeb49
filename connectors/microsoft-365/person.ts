/** The leaver's own record, and how it is found. */
import { z } from 'zod'
import type { Account, At, KnownOfPerson, Leaver } from '../../src/connector.ts'
import type { Graph } from './graph.ts'
import { ask, fieldsOf, path, quoted } from './odata.ts'

const User = z.object({
  id: z.string(),
  userPrincipalName: z.string(),
  userType: z.string().nullish(),
  accountEnabled: z.boolean(),
  onPremisesSyncEnabled: z.boolean().nullish(),
  lastPasswordChangeDateTime: z.string().nullish(),
  signInSessionsValidFromDateTime: z.string().nullish(),
  showInAddressList: z.boolean().nullish(),
})
export type User = z.infer<typeof User>

/** Once a round; undefined when the user was deleted. */
export function userOf(at: At<Graph>): Promise<User | undefined> {
  const where = ask(path`/users/${at.account.id}`, { $select: fieldsOf(User) })
  return at.once('user', () => at.client.get(where, User))
}

const Found = z.object({
  id: z.string(),
  userPrincipalName: z.string(),
  displayName: z.string().nullish(),
  mail: z.string().nullish(),
  otherMails: z.array(z.string()).nullish(),
  proxyAddresses: z.array(z.string()).nullish(),
  jobTitle: z.string().nullish(),
  department: z.string().nullish(),
})
type Found = z.infer<typeof Found>

const Manager = z.object({
  displayName: z.string().nullish(),
  mail: z.string().nullish(),
  userPrincipalName: z.string().nullish(),
})

/** Every user whose sign-in name, mail, other mail or proxy address is exactly one of the leaver's addresses. */
export async function locate(graph: Graph, leaver: Leaver): Promise<readonly Account[]> {
  const found = new Map<string, Found>()
  for (const email of leaver.emails) {
    const users = await graph.list(ask('/users', { $filter: filterOf(email), $select: fieldsOf(Found) }), Found)
    for (const user of users) if (addressesOf(user).includes(email.toLowerCase())) found.set(user.id, user)
  }
  return Promise.all([...found.values()].map((user) => accountOf(graph, user)))
}

/** Graph takes at most 15 alternatives in one filter, so each address is asked for by itself. */
function filterOf(email: string): string {
  const address = quoted(email)
  return [
    `userPrincipalName eq ${address}`,
    `mail eq ${address}`,
    `otherMails/any(x:x eq ${address})`,
    `proxyAddresses/any(x:x eq ${quoted(`smtp:${email}`)})`,
    `proxyAddresses/any(x:x eq ${quoted(`SMTP:${email}`)})`,
  ].join(' or ')
}

function addressesOf(user: Found): string[] {
  const proxies = (user.proxyAddresses ?? []).filter((one) => /^smtp:/i.test(one)).map((one) => one.slice(5))
  const all = [user.mail ?? '', user.userPrincipalName, ...(user.otherMails ?? []), ...proxies]
  return [...new Set(all.filter((one) => one !== '').map((one) => one.toLowerCase()))]
}

async function accountOf(graph: Graph, user: Found): Promise<Account> {
  const where = ask(path`/users/${user.id}/manager`, { $select: fieldsOf(Manager) })
  const manager = await graph.get(where, Manager)
  const managerEmail = manager?.mail ?? manager?.userPrincipalName
  const known: KnownOfPerson = {
    ...(user.displayName ? { name: user.displayName } : {}),
    ...(user.jobTitle ? { title: user.jobTitle } : {}),
    ...(user.department ? { department: user.department } : {}),
    ...(managerEmail ? { managerEmail: managerEmail.toLowerCase() } : {}),
    ...(manager?.displayName ? { managerName: manager.displayName } : {}),
    emails: addressesOf(user),
  }
  return { realm: graph.settings.tenant.toLowerCase(), id: user.id, label: user.userPrincipalName, known }
}
