/** On gitlab.com the account is the person's own; what ends is every membership in the company's group and below it. */
import { z } from 'zod'
import { type AutomaticStep, path, Rejected, unlessStatus } from '../../src/connector.ts'
import { type Client, type GitlabAt, isInstance } from './client.ts'
import { itself, Member, membersIn, ownersAmong } from './people.ts'

const Place = z.object({
  source_full_name: z.string(),
  access_level: z.object({ integer_value: z.number(), string_value: z.string() }),
})

export const leaveGroup: AutomaticStep<Client> = {
  id: 'leave-group',
  title: 'Remove from the group and everything below it',
  area: 'applications',
  phase: 'contain',
  async find(at) {
    if (isInstance(at)) return []
    const { realm, id } = at.account
    const [member, places] = await Promise.all([memberOf(at), placesOf(at)])
    if (!member) return []
    const listed = places.map((one) => `${one.source_full_name} (${one.access_level.string_value})`)
    const before = places.map((one) => ({ where: one.source_full_name, level: one.access_level.integer_value }))
    const head = { id, label: `${member.username} in ${realm}`, before }
    // GitLab removes in the background.
    if (at.applied(id)?.answeredAt) return [{ ...head, state: 'pending', fact: 'ordered, still listed' }]
    const barred = await barredIn(at)
    if (barred) return [{ ...head, state: 'blocked', fact: barred }]
    return [{ ...head, state: 'open', fact: listed.join(', ').slice(0, 200) || 'member' }]
  },
  async apply(at) {
    const barred = await barredIn(at)
    if (barred) throw new Rejected(barred, { code: 'guarded' })
    const { realm, id } = at.account
    const { rest } = at.client
    const order = { method: 'DELETE' as const }
    // Some are no seat (minimal access, guests of the highest plan): those are members of the group alone.
    const below = rest.order('remove a member', path`/groups/${realm}/billable_members/${id}`, order)
    if (await unlessStatus([404], below)) return
    await unlessStatus([404], rest.order('remove a member', path`/groups/${realm}/members/${id}`, order))
  },
}

/** Fresh. */
async function memberOf({ client, account }: GitlabAt): Promise<Member | undefined> {
  return (await membersIn(client, account.realm)).find((one) => String(one.id) === account.id)
}

/** https://docs.gitlab.com/api/members/#list-memberships-for-a-billable-member-of-a-group */
async function placesOf({ client, account }: GitlabAt) {
  const { realm, id } = account
  const list = client.every('list memberships', path`/groups/${realm}/billable_members/${id}/memberships`, Place)
  return (await unlessStatus([404], list)) ?? []
}

async function barredIn({ client, account }: GitlabAt): Promise<string | undefined> {
  const { realm, id } = account
  if (String((await itself(client)).id) === id) return 'the account that Latchkey itself signs in as'
  const members = await client.every('list members', path`/groups/${realm}/members/all`, Member)
  const owners = ownersAmong(members)
  if (!owners.some((one) => String(one.id) === id) || owners.length > 1) return undefined
  return `the only owner of ${realm}: IT makes somebody else an owner (Manage > Members), then tries again`
}
