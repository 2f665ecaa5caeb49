/** Groups that Okta itself keeps are left; those that an app or a directory fills are left at their source. */
import { z } from 'zod'
import { type AutomaticStep, type Finding, path, Rejected } from '../../src/connector.ts'
import type { Client } from './client.ts'
import {
  blocked,
  isSuper,
  lastSuperAdmin,
  type OktaAt,
  orderUnlessGone,
  Role,
  rolesOf,
  unlessGone,
  userOf,
} from './person.ts'

const Group = z.looseObject({
  id: z.string().min(1),
  type: z.string().min(1),
  profile: z.looseObject({ name: z.string().nullish() }),
  _embedded: z.looseObject({ app: z.looseObject({ label: z.string().nullish() }).nullish() }).nullish(),
})
type Group = z.infer<typeof Group>

const ids = z.array(z.string()).nullish()
/** Okta, "Group rules": an excluded person is taken out of the rule's groups. */
const Rule = z.looseObject({
  id: z.string().min(1),
  name: z.string(),
  status: z.string().min(1),
  actions: z.looseObject({ assignUserToGroups: z.looseObject({ groupIds: ids }).nullish() }),
  conditions: z
    .looseObject({ people: z.looseObject({ users: z.looseObject({ exclude: ids }).nullish() }).nullish() })
    .nullish(),
})
type Rule = z.infer<typeof Rule>

/** In `remove`: apps that come with a group may delete what the person had in them. */
export const groups: AutomaticStep<Client> = {
  id: 'groups',
  title: 'Leave all groups',
  area: 'directory',
  phase: 'remove',
  needs: ['google-workspace/transfer-files'],
  async find(at) {
    if (!(await userOf(at))) return []
    const userId = at.account.id
    const listed = await at.client.list('users', 'list groups', path`/api/v1/users/${userId}/groups`, Group)
    // "Everyone" is built in: nobody can leave it, and it ends with the account.
    const own = listed.filter((group) => group.type !== 'BUILT_IN')
    const rules = own.some((group) => group.type === 'OKTA_GROUP') ? await rulesFor(at.client, userId) : []
    const admins = await lastAdminGroups(at, own)
    return own.map((group) => admins.get(group.id) ?? standing(group, rules))
  },
  async apply(at, finding) {
    const why = await whyNot(at, finding.id)
    if (why) throw new Rejected(`${at.account.label} ${why}`, { code: 'lastSuperAdmin' })
    const where = path`/api/v1/groups/${finding.id}/users/${at.account.id}`
    try {
      await orderUnlessGone(at.client, 'groups', 'leave a group', where)
    } catch (error) {
      const rule = ruleOf(finding.id, await rulesFor(at.client, at.account.id))
      if (!rule || !(error instanceof Rejected)) throw error
      throw new Rejected(
        `${error.message} The group rule "${rule.name}" fills it: IT excludes the leaver there (Directory > Groups > Rules > Edit), then tries again.`,
        { ...(error.status && { status: error.status }), code: 'groupRule', cause: error },
      )
    }
  },
  async undo(at, finding) {
    const where = path`/api/v1/groups/${finding.id}/users/${at.account.id}`
    await at.client.api('groups').order('join a group again', where, { method: 'PUT' })
  },
}

/** The groups that cannot be left, since they alone make somebody super administrator; only the last one has any. */
async function lastAdminGroups(at: OktaAt, own: readonly Group[]): Promise<Map<string, Finding>> {
  const found = new Map<string, Finding>()
  if (!(await throughAGroup(at))) return found
  for (const { id, type, profile } of own) {
    const why = type === 'OKTA_GROUP' ? await whyNot(at, id) : undefined
    if (why) found.set(id, blocked({ id, label: profile.name || id, before: { type } }, `${at.account.label} ${why}`))
  }
  return found
}

/** Fresh. Okta, "List all group role assignments". */
async function whyNot(at: OktaAt, groupId: string): Promise<string | undefined> {
  if (!(await throughAGroup(at))) return undefined
  const where = path`/api/v1/groups/${groupId}/roles`
  const roles =
    (await unlessGone(at.client.list('roles', 'list the administrator roles of a group', where, Role))) ?? []
  return roles.some(isSuper) ? lastSuperAdmin(at.client, at.account.id) : undefined
}

async function throughAGroup({ client, account }: OktaAt): Promise<boolean> {
  const roles = (await unlessGone(rolesOf(client, account.id))) ?? []
  return roles.some((role) => isSuper(role) && role.assignmentType === 'GROUP')
}

function standing(group: Group, rules: readonly Rule[]): Finding {
  const finding = { id: group.id, label: group.profile.name || group.id, before: { type: group.type } }
  if (group.type !== 'OKTA_GROUP') {
    const source = group._embedded?.app?.label ?? 'the app or directory that it is imported from'
    return blocked(finding, `type=${group.type}; members are kept in ${source}. IT takes the leaver out there.`)
  }
  const rule = ruleOf(group.id, rules)
  const filled = rule ? `; the group rule "${rule.name}" fills it, and makes an exception of who is taken out` : ''
  return { ...finding, state: 'open', fact: `type=OKTA_GROUP${filled}` }
}

/**
 * Okta, "How to Remove a User from a Group Rule Exclusion List": who is taken out by hand is excluded from the rule by
 * Okta itself. Where it refuses after all, or the rule puts them back, the rule is named.
 */
function ruleOf(groupId: string, rules: readonly Rule[]): Rule | undefined {
  return rules.find((one) => one.actions.assignUserToGroups?.groupIds?.includes(groupId))
}

/** The active rules that could put this person into a group. */
async function rulesFor(client: Client, userId: string): Promise<Rule[]> {
  const all = await client.list('groups', 'list group rules', '/api/v1/groups/rules', Rule, { limit: 200 })
  return all.filter((rule) => rule.status === 'ACTIVE' && !rule.conditions?.people?.users?.exclude?.includes(userId))
}
