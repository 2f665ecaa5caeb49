/** Groups that Okta itself keeps are left; those that a rule or an app fills are left at their source. */
import { z } from 'zod'
import { type AutomaticStep, type Finding, path } from '../../src/connector.ts'
import type { Client } from './client.ts'
import { blocked, orderUnlessGone, userOf } from './person.ts'

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
    return own.map((group) => standing(group, rules))
  },
  async apply(at, finding) {
    const where = path`/api/v1/groups/${finding.id}/users/${at.account.id}`
    await orderUnlessGone(at.client, 'groups', 'leave a group', where)
  },
  async undo(at, finding) {
    const where = path`/api/v1/groups/${finding.id}/users/${at.account.id}`
    await at.client.api('groups').order('join a group again', where, { method: 'PUT' })
  },
}

function standing(group: Group, rules: readonly Rule[]): Finding {
  const finding = { id: group.id, label: group.profile.name || group.id, before: { type: group.type } }
  if (group.type !== 'OKTA_GROUP') {
    const source = group._embedded?.app?.label ?? 'the app or directory that it is imported from'
    return blocked(finding, `type=${group.type}; members are kept in ${source}. IT takes the leaver out there.`)
  }
  const rule = rules.find((one) => one.actions.assignUserToGroups?.groupIds?.includes(group.id))
  if (!rule) return { ...finding, state: 'open', fact: 'type=OKTA_GROUP' }
  return blocked(
    finding,
    `The group rule "${rule.name}" fills it. IT excludes the leaver there (Directory > Groups > Rules > Edit), then tries again.`,
  )
}

/** The active rules that could put this person into a group. */
async function rulesFor(client: Client, userId: string): Promise<Rule[]> {
  const all = await client.list('groups', 'list group rules', '/api/v1/groups/rules', Rule, { limit: 200 })
  return all.filter((rule) => rule.status === 'ACTIVE' && !rule.conditions?.people?.users?.exclude?.includes(userId))
}
