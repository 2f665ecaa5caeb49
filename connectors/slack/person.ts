/** The leaver in Slack: found by address, read by id, and who must never be touched. */
import { z } from 'zod'
import { type Account, type Leaver, Rejected } from '../../src/connector.ts'
import { type Own, type Slack, unlessError } from './client.ts'

const User = z.object({
  id: z.string().min(1),
  team_id: z.string().optional(),
  /** Deactivated. Never missing, so that nothing is taken for it. */
  deleted: z.boolean(),
  is_bot: z.boolean().optional(),
  is_owner: z.boolean().optional(),
  is_primary_owner: z.boolean().optional(),
  real_name: z.string().optional(),
  tz: z.string().optional(),
  profile: z.object({ email: z.string().optional(), title: z.string().optional(), real_name: z.string().optional() }),
  enterprise_user: z
    .object({
      enterprise_id: z.string(),
      teams: z.array(z.string()).optional(),
      is_primary_owner: z.boolean().optional(),
    })
    .optional(),
})
export type User = z.infer<typeof User>

/**
 * By address alone. Slack finds nobody by an address who is deactivated already, and knows people of other companies
 * from shared channels: those are no accounts of ours.
 */
export async function locate(slack: Slack, leaver: Leaver): Promise<readonly Account[]> {
  const own = await slack.own()
  const found = new Map<string, Account>()
  for (const address of leaver.emails) {
    const user = await byAddress(slack, address.toLowerCase())
    if (user && isOurs(user, own)) found.set(user.id, accountOf(user, own))
  }
  return [...found.values()]
}

async function byAddress(slack: Slack, email: string): Promise<User | undefined> {
  const asked = slack.call('look somebody up', 'users.lookupByEmail', z.object({ user: User }), { email })
  const user = (await unlessError(['users_not_found'], asked))?.user
  if (user && user.profile.email === undefined)
    throw new Rejected('Slack does not show addresses to this token: IT adds the scope users:read.email.')
  return user?.profile.email?.toLowerCase() === email ? user : undefined
}

function isOurs(user: User, own: Own): boolean {
  if (own.enterprise_id) return user.enterprise_user?.enterprise_id === own.enterprise_id
  return user.team_id === undefined || user.team_id === own.team_id
}

function accountOf(user: User, own: Own): Account {
  const name = user.profile.real_name ?? user.real_name
  const never = neverTouched(user, own)
  return {
    realm: own.enterprise_id ?? own.team_id,
    id: user.id,
    label: user.profile.email ?? user.id,
    known: {
      ...(name && { name }),
      ...(user.profile.title && { title: user.profile.title }),
      ...(user.tz && { zone: user.tz }),
      ...(user.profile.email && { emails: [user.profile.email.toLowerCase()] }),
    },
    ...(never && { protected: never }),
  }
}

function neverTouched(user: User, own: Own): string | undefined {
  if (user.id === own.user_id) return 'the owner whose token Latchkey uses'
  return user.is_bot ? 'a bot, and no person' : undefined
}

/** Slack knows everyone it ever knew, so somebody who is not there is somebody else's, and no answer. */
export async function userOf(slack: Slack, id: string): Promise<User> {
  return (await slack.call('read the user', 'users.info', z.object({ user: User }), { user: id })).user
}

/**
 * Why the account must not be touched, as it stands now. A workspace always has a primary owner, whom nobody can
 * deactivate, so the last owner is that one.
 */
export async function barred(slack: Slack, user: User): Promise<string | undefined> {
  const own = await slack.own()
  const never = neverTouched(user, own)
  if (never) return `This is ${never}: IT gives Latchkey another one first.`
  if (user.is_primary_owner || user.enterprise_user?.is_primary_owner)
    return `This is the primary owner, whom nobody can deactivate: they hand ownership over first (${manage(own)}, Transfer ownership).`
  return undefined
}

/** Throws Rejected where the account must not be touched. */
export async function userToActOn(slack: Slack, id: string): Promise<User> {
  const user = await userOf(slack, id)
  const why = await barred(slack, user)
  if (why) throw new Rejected(why, { code: 'protected' })
  return user
}

/** Where members are managed: `https://acme.slack.com/admin`. */
export function manage(own: Own): string {
  return `${own.url.replace(/\/$/, '')}/admin`
}

/** With a token of a whole organization lists are asked for by workspace; undefined is the only one there is. */
export async function teamsOf(slack: Slack, user: User): Promise<readonly (string | undefined)[]> {
  const own = await slack.own()
  if (!own.enterprise_id) return [undefined]
  const teams = user.enterprise_user?.teams
  if (!teams) throw new Rejected('Slack does not say in which workspaces of the organization this person is.')
  return teams
}
