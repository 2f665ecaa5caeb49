/** An account of a verified domain is the organisation's: it is deactivated everywhere, and its API tokens are deleted. */
import { z } from 'zod'
import { type AutomaticStep, path, Rejected, unlessStatus } from '../../src/connector.ts'
import { type AtlassianAt, admin, type Client, freshUser, isManaged, lastAdmin, type User, userOf } from './client.ts'

type Step = AutomaticStep<Client>

const Rule = z.object({ allowed: z.boolean(), reason: z.object({ key: z.string() }).nullish() })
const Rules = z.object({ 'lifecycle.enablement': Rule.optional() })
/** All that developer.atlassian.com/cloud/admin/user-management lists; another one would tell nothing. */
const Status = z.enum(['active', 'inactive', 'closed'])
const Profile = z.object({ account: z.object({ account_id: z.string(), account_status: Status }) })

/**
 * Whether Atlassian lets the organisation switch this account on and off, or why not: an identity provider holds it, or
 * it is not managed. https://developer.atlassian.com/cloud/admin/user-management/rest/api-group-manage/
 */
export async function switchable({ client, account }: AtlassianAt): Promise<true | string> {
  const rules = await client.rest.ask('read what may be managed', path`/users/${account.id}/manage`, Rules)
  const rule = rules['lifecycle.enablement']
  return rule?.allowed === true || (rule?.reason?.key ?? 'no reason given')
}

function profileOf({ client, account }: AtlassianAt) {
  return client.rest.ask('read the account', path`/users/${account.id}/manage/profile`, Profile)
}

const deactivate: Step = {
  id: 'deactivate',
  title: 'Deactivate the account',
  area: 'applications',
  phase: 'contain',
  async find(at) {
    const user = await freshUser(at)
    if (!user || !isManaged(user)) return []
    const status = (await profileOf(at)).account.account_status
    const head = { id: 'deactivate', label: at.account.label }
    // A closed account is on its way to be deleted, and nobody signs in with it.
    if (status !== 'active') return [{ ...head, state: 'done', fact: `account_status=${status}` }]
    const barred = await barredFrom(at, user)
    if (barred) return [{ ...head, state: 'blocked', fact: barred }]
    const synced =
      user.managementSource === 'synced' ? '; an identity provider knows the person, and must end it too' : ''
    return [{ ...head, state: 'open', fact: `account_status=${status}${synced}` }]
  },
  async apply(at) {
    const user = await freshUser(at)
    if (!user || !isManaged(user)) return
    const barred = await barredFrom(at, user)
    if (barred) throw new Rejected(barred, { code: 'guarded' })
    const order = { method: 'POST' as const, json: {} }
    await at.client.rest.order('deactivate the account', path`/users/${user.accountId}/manage/lifecycle/disable`, order)
  },
  async undo(at) {
    const place = path`/users/${at.account.id}/manage/lifecycle/enable`
    await at.client.rest.order('activate the account', place, { method: 'POST' })
  },
}

async function barredFrom(at: AtlassianAt, user: User): Promise<string | undefined> {
  const last = await lastAdmin(at, user)
  if (last) return last
  const may = await switchable(at)
  if (may === true) return undefined
  return `Atlassian lets nobody here switch it off (${may}): IT ends it where the account comes from, usually the identity provider; its access here is suspended meanwhile`
}

const Token = z.object({
  id: z.string(),
  label: z.string(),
  createdAt: z.string().nullish(),
  lastAccess: z.string().nullish(),
})

const apiTokens: Step = {
  id: 'api-tokens',
  title: 'Delete API tokens',
  area: 'infrastructure',
  phase: 'contain',
  async find(at) {
    const user = await userOf(at)
    if (!user || !isManaged(user)) return []
    const tokens = await at.client.rest.ask(
      'list API tokens',
      path`/users/${at.account.id}/manage/api-tokens`,
      Token.array(),
    )
    return tokens.map(({ id, label, lastAccess }) => ({
      id,
      label: `Token "${label}"`,
      state: 'open' as const,
      fact: lastAccess ? `last used ${lastAccess.slice(0, 10)}` : 'never used',
    }))
  },
  async apply(at, finding) {
    const place = path`/users/${at.account.id}/manage/api-tokens/${finding.id}`
    await unlessStatus([404], at.client.rest.order('delete an API token', place, { method: 'DELETE' }))
  },
}

const adminRole: Step = {
  id: 'admin-role',
  title: 'Take the organisation admin role back',
  area: 'applications',
  phase: 'contain',
  // Both count the admins that are left, and must not change the list under each other's eyes.
  after: ['atlassian/deactivate'],
  async find(at) {
    const user = await freshUser(at)
    if (!user?.platformRoles?.includes(admin)) return []
    const barred = await lastAdmin(at, user)
    const head = { id: admin, label: 'Organisation admin' }
    return [
      barred ? { ...head, state: 'blocked', fact: barred } : { ...head, state: 'open', fact: `platformRoles=${admin}` },
    ]
  },
  async apply(at) {
    const user = await freshUser(at)
    if (!user?.platformRoles?.includes(admin)) return
    const barred = await lastAdmin(at, user)
    if (barred) throw new Rejected(barred, { code: 'lastAdmin' })
    await at.client.rest.order('take a role back', roleOf(at, 'revoke'), { method: 'POST', json: { role: admin } })
  },
  async undo(at) {
    await at.client.rest.order('give a role again', roleOf(at, 'assign'), { method: 'POST', json: { role: admin } })
  },
}

function roleOf({ client, account }: AtlassianAt, action: string): string {
  return path`/admin/v1/orgs/${client.settings.orgId}/users/${account.id}/role-assignments/${action}`
}

export const accountSteps: readonly Step[] = [deactivate, apiTokens, adminRole]
