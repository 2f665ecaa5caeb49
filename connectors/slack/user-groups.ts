/** User groups: whoever is in one is notified, and may be let into channels and roles by it. */
import { z } from 'zod'
import { type AutomaticStep, type Finding, Rejected } from '../../src/connector.ts'
import { anything, type Slack, type SlackAt, unlessError } from './client.ts'
import { barred, teamsOf, userOf, userToActOn } from './person.ts'

const Group = z.object({
  id: z.string().min(1),
  handle: z.string().optional(),
  name: z.string().optional(),
  /** Only asked with `include_users`; without it nobody could be found. */
  users: z.array(z.string()),
})
const Groups = z.object({ usergroups: z.array(Group) })
const Users = z.object({ users: z.array(z.string()) })

interface Before {
  team: string | null
  alone: boolean
}

export const userGroups: AutomaticStep<Slack> = {
  id: 'user-groups',
  title: 'Leave user groups',
  area: 'applications',
  phase: 'remove',
  async find(at) {
    const user = await userOf(at.client, at.account.id)
    const why = await barred(at.client, user)
    const lists = await Promise.all((await teamsOf(at.client, user)).map((team) => groupsIn(at, team)))
    return lists.flat().map(({ group, team }): Finding => {
      const alone = group.users.length === 1
      const head = { id: group.id, label: `@${group.handle ?? group.name ?? group.id}` }
      const before: { team: string | null; alone: boolean } = { team: team ?? null, alone }
      if (why) return { ...head, before, state: 'blocked', fact: why }
      const fact = alone ? 'the only member: the group is switched off, since Slack keeps none empty' : 'member'
      return { ...head, before, state: 'open', fact }
    })
  },
  async apply(at, finding) {
    await userToActOn(at.client, at.account.id)
    const on = whereOf(finding)
    const now = await membersOf(at, on)
    if (!now.includes(at.account.id)) return
    const rest = now.filter((one) => one !== at.account.id)
    if (rest.length > 0) await replace(at, on, rest)
    else {
      const disabled = at.client.call('switch a user group off', 'usergroups.disable', anything, on)
      await unlessError(['already_disabled'], disabled)
    }
  },
  /** The members as they are now, and the leaver: what others changed meanwhile stays. */
  async undo(at, finding) {
    const on = whereOf(finding)
    const now = await membersOf(at, on)
    // Switched off where the leaver was the last one, when it was planned or when it came to it.
    if ((finding.before as unknown as Before).alone || now.every((one) => one === at.account.id)) {
      const enabled = at.client.call('switch a user group on', 'usergroups.enable', anything, on)
      await unlessError(['already_enabled'], enabled)
    }
    if (!now.includes(at.account.id)) await replace(at, on, [...now, at.account.id])
  },
}

async function groupsIn({ client, account }: SlackAt, team: string | undefined) {
  const args = { include_users: true, ...(team && { team_id: team }) }
  // Free workspaces have no user groups at all.
  const asked = client.call('list user groups', 'usergroups.list', Groups, args)
  const list = await (client.settings.plan === 'free'
    ? unlessError(['plan_upgrade_required', 'paid_teams_only'], asked)
    : asked)
  return (list?.usergroups ?? []).filter((group) => group.users.includes(account.id)).map((group) => ({ group, team }))
}

interface Where {
  usergroup: string
  team_id?: string
}

function whereOf(finding: Finding): Where & Record<string, string> {
  const { team } = (finding.before ?? {}) as { team?: string | null }
  return { usergroup: finding.id, ...(team && { team_id: team }) }
}

async function membersOf({ client }: SlackAt, on: Where & Record<string, string>): Promise<string[]> {
  const asked = { ...on, include_disabled: true }
  return (await client.call('list the members of a user group', 'usergroups.users.list', Users, asked)).users
}

/** Slack only replaces the whole list, so it is read right before. */
async function replace(at: SlackAt, on: Where & Record<string, string>, users: readonly string[]): Promise<void> {
  if (users.length === 0) throw new Rejected('Slack keeps no user group empty.')
  await at.client.call('change a user group', 'usergroups.users.update', anything, { ...on, users: users.join(',') })
}
