/** Groups: sole ownership is handed over first, then the leaver leaves them. */
import type { admin_directory_v1 } from 'googleapis/build/src/apis/admin/directory_v1.js'
import type { AutomaticStep, Finding } from '../../src/connector.ts'
import { Rejected } from '../../src/connector.ts'
import { all, ask, order, unlessGone, unlessThere } from './ask.ts'
import type { Client } from './client.ts'
import { type GoogleAt, receiverOf, userOf } from './person.ts'
import { Groups, Member as MemberShape, Members } from './shapes.ts'

type Step = AutomaticStep<Client>
type Member = admin_directory_v1.Schema$Member

interface Membership {
  id: string
  group: string
  role: string
  delivery: string | undefined
  soleOwner: boolean
}

const ownedGroups: Step = {
  id: 'owned-groups',
  title: 'Hand over groups that nobody else owns',
  area: 'applications',
  phase: 'preserve',
  async find(at) {
    const receiver = await receiverOf(at)
    const found: Finding[] = []
    for (const { id, group, soleOwner } of await membershipsOf(at)) {
      if (!soleOwner) continue
      const head = { id, label: group }
      if (receiver && 'address' in receiver) {
        const role = (await roleIn(at, id, receiver.id)) ?? ''
        const before = { receiver: receiver.id, role }
        found.push({ ...head, state: 'open', fact: `To ${receiver.address}; nobody else owns it`, before })
      } else
        found.push({ ...head, state: 'blocked', fact: receiver?.barred ?? `${soleOwnerFact} IT names another owner.` })
    }
    return found
  },
  async apply(at, finding) {
    const receiver = await receiverOf(at)
    if (!receiver || 'barred' in receiver)
      throw new Rejected(receiver?.barred ?? 'Nobody was chosen to receive the groups.')
    const { members } = at.client.directory('groups')
    const params = { groupKey: finding.id, memberKey: receiver.id }
    const now = await unlessGone(ask('read a membership', () => members.get(params), MemberShape))
    const requestBody = { role: 'OWNER' }
    if (now) await ask('make the receiver owner', () => members.patch({ ...params, requestBody }))
    else {
      const added = { groupKey: finding.id, requestBody: { email: receiver.address, ...requestBody } }
      await unlessThere(ask('add the receiver as owner', () => members.insert(added)))
    }
  },
  async undo(at, finding) {
    const { receiver, role } = finding.before as { receiver: string; role: string }
    const owners = (await unlessGone(ownersOf(at.client, finding.id))) ?? []
    if (owners.every((one) => one.id !== receiver)) return
    if (owners.length === 1)
      throw new Rejected(`${finding.label} has no other owner yet. IT gives the membership back first.`)
    const { members } = at.client.directory('groups')
    const params = { groupKey: finding.id, memberKey: receiver }
    if (role) await ask('take ownership back', () => members.patch({ ...params, requestBody: { role } }))
    else await unlessGone(order('take ownership back', () => members.delete(params)))
  },
}

async function roleIn(at: GoogleAt, groupKey: string, memberKey: string): Promise<string | undefined> {
  const { members } = at.client.directory('groups')
  const member = await unlessGone(ask('read a membership', () => members.get({ groupKey, memberKey }), MemberShape))
  return member?.role ?? undefined
}

const groups: Step = {
  id: 'groups',
  title: 'Leave all groups',
  area: 'directory',
  phase: 'remove',
  after: ['google-workspace/owned-groups'],
  async find(at) {
    const receiver = await receiverOf(at)
    const found: Finding[] = []
    for (const { id, group, role, delivery, soleOwner } of await membershipsOf(at)) {
      const head = { id, label: group, before: { group, role, ...(delivery && { delivery }) } }
      // A receiver becomes an owner in an earlier phase; until then this is what will be done.
      const stuck = soleOwner && !(receiver && 'address' in receiver)
      found.push({
        ...head,
        ...(stuck
          ? { state: 'blocked', fact: `${soleOwnerFact} IT names another owner first.` }
          : { state: 'open', fact: `role=${role}` }),
      })
    }
    return found
  },
  async apply(at, finding) {
    const { members } = at.client.directory('groups')
    const memberKey = at.account.id
    const owners = await unlessGone(ownersOf(at.client, finding.id))
    if (owners?.length === 1 && owners[0]?.id === memberKey)
      throw new Rejected(`${finding.label}: ${soleOwnerFact} IT names another owner, then tries again.`, {
        code: 'soleOwner',
      })
    await unlessGone(order('leave a group', () => members.delete({ groupKey: finding.id, memberKey })))
  },
  async undo(at, finding) {
    const { role, delivery } = finding.before as { role: string; delivery?: string }
    const requestBody = { email: at.account.label, role, ...(delivery && { delivery_settings: delivery }) }
    const { members } = at.client.directory('groups')
    await unlessThere(ask('join a group again', () => members.insert({ groupKey: finding.id, requestBody })))
  },
}

const soleOwnerFact = 'Nobody else owns this group.'

/** Direct memberships: groups.list with a user lists no groups reached through other groups. */
function membershipsOf(at: GoogleAt): Promise<Membership[]> {
  return at.once('groups', async () => {
    if (!(await userOf(at))) return []
    const directory = at.client.directory('groups')
    const params = { userKey: at.account.id, maxResults: 200 }
    const list = await all(
      (page) => ask('list groups', () => directory.groups.list({ ...params, ...page }), Groups),
      (page) => page.groups,
    )
    const found = await Promise.all(list.map((group) => membershipIn(at, group)))
    return found.filter((one) => one !== undefined)
  })
}

async function membershipIn(at: GoogleAt, group: admin_directory_v1.Schema$Group): Promise<Membership | undefined> {
  const groupKey = group.id ?? ''
  const { members } = at.client.directory('groups')
  const mine = await unlessGone(
    ask('read a membership', () => members.get({ groupKey, memberKey: at.account.id }), MemberShape),
  )
  if (!mine) return undefined
  const role = mine.role ?? 'MEMBER'
  const owners = role === 'OWNER' ? await ownersOf(at.client, groupKey) : []
  return {
    id: groupKey,
    group: group.email ?? group.name ?? groupKey,
    role,
    delivery: mine.delivery_settings ?? undefined,
    soleOwner: role === 'OWNER' && owners.every((owner) => owner.id === at.account.id),
  }
}

function ownersOf(client: Client, groupKey: string): Promise<Member[]> {
  const params = { groupKey, roles: 'OWNER', maxResults: 200 }
  return all(
    (page) =>
      ask('list the owners of a group', () => client.directory('groups').members.list({ ...params, ...page }), Members),
    (page) => page.members,
  )
}

export const groupSteps: readonly Step[] = [ownedGroups, groups]
