/**
 * Whose login it is. GitHub accounts are people's own: the address in a profile proves nothing and a name still less, so
 * only what the organisation itself knows counts: single sign-on (SAML, SCIM), addresses in a domain that it verified,
 * and the settings.
 */
import { z } from 'zod'
import { type Account, type At, everyPage, type Leaver, path } from '../../src/connector.ts'
import type { Client, Org } from './client.ts'
import { everyOf } from './lists.ts'

export type GithubAt = At<Client>

export const User = z.object({ id: z.number(), login: z.string() })
export type User = z.infer<typeof User>
export const Invitation = z.object({
  id: z.number(),
  login: z.string().nullish(),
  email: z.string().nullish(),
  role: z.string(),
  created_at: z.string().nullish(),
})

const text = z.string().nullish()
const Emails = z.array(z.object({ value: z.string() })).nullish()
const Identity = z.object({
  guid: z.string(),
  samlIdentity: z.object({ nameId: text, username: text, emails: Emails }).nullish(),
  scimIdentity: z.object({ username: text, emails: Emails }).nullish(),
  user: z.object({ databaseId: z.number(), login: z.string(), name: text }).nullish(),
})
export type Identity = z.infer<typeof Identity>
const PageInfo = z.object({ hasNextPage: z.boolean(), endCursor: text })
const Identities = z.object({
  organization: z.object({
    samlIdentityProvider: z
      .object({ externalIdentities: z.object({ pageInfo: PageInfo, nodes: z.array(Identity) }) })
      .nullable(),
  }),
})
const Members = z.object({
  organization: z.object({
    membersWithRole: z.object({
      pageInfo: PageInfo,
      nodes: z.array(
        z.object({
          databaseId: z.number(),
          login: z.string(),
          name: text,
          organizationVerifiedDomainEmails: z.array(z.string()),
        }),
      ),
    }),
  }),
})

const identitiesQuery = `query ($org: String!, $after: String) {
  organization(login: $org) { samlIdentityProvider { externalIdentities(first: 100, after: $after) {
    pageInfo { hasNextPage endCursor }
    nodes { guid samlIdentity { nameId username emails { value } } scimIdentity { username emails { value } }
      user { databaseId login name } } } } } }`

const membersQuery = `query ($org: String!, $after: String) {
  organization(login: $org) { membersWithRole(first: 100, after: $after) {
    pageInfo { hasNextPage endCursor }
    nodes { databaseId login name organizationVerifiedDomainEmails(login: $org) } } } }`

/** Single sign-on identities; undefined where this organisation has no provider of its own. */
export async function identitiesIn(org: Org): Promise<Identity[] | undefined> {
  let configured = true
  const found = await everyPage('GitHub', '', async (after) => {
    const variables = { org: org.login, after: after || null }
    const { organization } = await org.graphql('list SSO identities', identitiesQuery, variables, Identities)
    if (!organization.samlIdentityProvider) configured = false
    const page = organization.samlIdentityProvider?.externalIdentities
    return { items: page?.nodes ?? [], next: nextOf(page?.pageInfo) }
  })
  return configured ? found : undefined
}

/** Active members, with their addresses in the domains that the organisation verified. */
export function verifiedMembers(org: Org) {
  return everyPage('GitHub', '', async (after) => {
    const variables = { org: org.login, after: after || null }
    const { organization } = await org.graphql('list members', membersQuery, variables, Members)
    const { nodes, pageInfo } = organization.membersWithRole
    return { items: nodes, next: nextOf(pageInfo) }
  })
}

export function nextOf(page: z.infer<typeof PageInfo> | undefined): string | undefined {
  return page?.hasNextPage ? (page.endCursor ?? undefined) : undefined
}

export function addressesIn({ samlIdentity, scimIdentity }: Identity): string[] {
  const all = [
    ...[samlIdentity?.nameId, samlIdentity?.username, scimIdentity?.username],
    ...[...(samlIdentity?.emails ?? []), ...(scimIdentity?.emails ?? [])].map((one) => one.value),
  ]
  return all.flatMap((one) => (one ? [one.toLowerCase()] : []))
}

export async function locate(client: Client, leaver: Leaver): Promise<readonly Account[]> {
  const found = await Promise.all(client.orgs.map((org) => locateIn(client, org, leaver)))
  return found.flat()
}

/** In one organisation. Who has been invited and did not come yet is known by the invitation's number. */
export async function locateIn(client: Client, org: Org, leaver: Leaver): Promise<readonly Account[]> {
  const emails = leaver.emails.map((one) => one.toLowerCase())
  const isTheirs = (address: string) => emails.includes(address.toLowerCase())
  const [identities, members, invitations, listed] = await Promise.all([
    identitiesIn(org),
    verifiedMembers(org),
    invitationsIn(org),
    listedIn(client, org, emails),
  ])
  const people = new Map<number, Account>()
  const add = (id: number, login: string, name: string | null | undefined, addresses: readonly string[]) =>
    people.set(id, {
      realm: org.login,
      id: String(id),
      label: login,
      known: { ...(name && { name }), ...(addresses.length > 0 && { emails: [...addresses] }) },
    })
  for (const user of listed) add(user.id, user.login, undefined, [])
  for (const one of members)
    if (one.organizationVerifiedDomainEmails.some(isTheirs))
      add(one.databaseId, one.login, one.name, one.organizationVerifiedDomainEmails)
  for (const one of identities ?? [])
    if (one.user && addressesIn(one).some(isTheirs))
      add(one.user.databaseId, one.user.login, one.user.name, [...new Set(addressesIn(one))])
  if (people.size > 0) return [...people.values()]
  const invited = invitations.find((one) => one.email && isTheirs(one.email))
  if (!invited) return []
  return [{ realm: org.login, id: `invitation:${invited.id}`, label: `invitation to ${invited.email}` }]
}

export function invitationsIn(org: Org) {
  return everyOf(org.rest, 'list invitations', path`/orgs/${org.login}/invitations`, Invitation)
}

/** Whom the settings name for these addresses, as long as the organisation has to do with them. */
async function listedIn(client: Client, org: Org, emails: readonly string[]): Promise<User[]> {
  const named = emails.flatMap((email) => client.settings.people[email] ?? [])
  const users = await Promise.all([...new Set(named)].map((one) => userNamed(org, one)))
  const found: User[] = []
  for (const user of users) if (user && (await belongs(org, user))) found.push(user)
  return found
}

function userNamed(org: Org, name: string | number): Promise<User | undefined> {
  if (typeof name === 'number') return userById(org, name)
  return org.rest.find('look up a login', path`/users/${name}`, User)
}

/** A login may have been renamed, and the old one taken by a stranger, so the id is asked each time. */
async function userById(org: Org, id: number): Promise<User | undefined> {
  const user = await org.rest.find('look up the person', path`/user/${id}`, User)
  return user?.id === id ? user : undefined
}

async function belongs(org: Org, user: User): Promise<boolean> {
  const { rest, login } = org
  if (await membershipOf(org, user.login)) return true
  const outside = await outsideIn({ rest, login })
  return outside.some((one) => one.id === user.id)
}

const Membership = z.object({
  state: z.enum(['active', 'pending']),
  role: z.string(),
  user: User.nullish(),
  direct_membership: z.boolean().optional(),
})

/** Undefined where GitHub says that they are no member and not invited. */
export function membershipOf(org: Pick<Org, 'rest' | 'login'>, login: string) {
  return org.rest.find('read the membership', path`/orgs/${org.login}/memberships/${login}`, Membership)
}

export function outsideIn(org: Pick<Org, 'rest' | 'login'>): Promise<User[]> {
  return everyOf(org.rest, 'list outside collaborators', path`/orgs/${org.login}/outside_collaborators`, User)
}

/** The leaver under their present login; undefined where the account is gone or only invited. Read once a round. */
export function personOf(at: GithubAt): Promise<User | undefined> {
  return at.once('person', () => freshPerson(at))
}

/** Not shared: before anything is changed, and for guards. */
export async function freshPerson(at: GithubAt): Promise<User | undefined> {
  if (!/^\d+$/.test(at.account.id)) return undefined
  const org = at.client.org(at.account.realm)
  const id = Number(at.account.id)
  const user = await userById(org, id)
  if (user) return user
  // A server that does not know this question would make everybody look gone.
  const named = await userNamed(org, at.account.label)
  if (named?.id === id) return named
  // Renamed besides: the organisation's own lists have the number, too.
  const member = (await verifiedMembers(org)).find((one) => one.databaseId === id)
  if (member) return { id, login: member.login }
  return (await outsideIn(org)).find((one) => one.id === id)
}
