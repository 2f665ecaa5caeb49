/** Groups: a membership that is left standing gives the access back with the next activation. */
import { z } from 'zod'
import { type AutomaticStep, type Finding, path, Rejected, unlessStatus, writtenId } from '../../src/connector.ts'
import { list, patchSchema, quoted, type Scim, type ScimAt, write } from './client.ts'
import { barred, freshUser, isFilterRefusal, type User, userToActOn } from './users.ts'

const Group = z.object({
  id: writtenId,
  displayName: z.string().nullish(),
  /** Undefined where a member has no id that can be read. */
  members: z.array(z.object({ value: writtenId.optional().catch(undefined) })).nullish(),
})
type Group = z.infer<typeof Group>

interface Membership {
  id: string
  label: string
  /** Whether the service says who its members are. */
  sure: boolean
}

export const groups: AutomaticStep<Scim> = {
  id: 'groups',
  title: 'Leave all groups',
  area: 'applications',
  phase: 'remove',
  async find(at) {
    if (at.client.settings.groups === 'none') return []
    const user = await freshUser(at.client, at.account.id)
    if (!user) return []
    const stuck = barred(at.client, user) ?? (await notPatched(at.client))
    return (await membershipsOf(at, user)).map((group): Finding => {
      const head = { id: group.id, label: group.label, before: { group: group.id } }
      if (!group.sure) return { ...head, state: 'unknown', fact: 'the service does not say who is in this group' }
      return stuck ? { ...head, state: 'blocked', fact: stuck } : { ...head, state: 'open', fact: 'member' }
    })
  },
  async apply(at, finding) {
    if (!(await userToActOn(at.client, at.account.id))) return
    const order = change(leaving(at))
    try {
      await unlessStatus([404], at.client.rest.order('leave a group', path`/Groups/${finding.id}`, order))
    } catch (error) {
      // Nothing is at the path (RFC 7644, 3.12): no member any more.
      if (!(error instanceof Rejected && error.code === 'noTarget')) throw error
    }
  },
  async undo(at, finding) {
    const op = at.client.settings.capitals ? 'Add' : 'add'
    const joining = { op, path: 'members', value: [{ value: at.account.id }] }
    await at.client.rest.order('join a group again', path`/Groups/${finding.id}`, change(joining))
  },
}

/** A replacement of the whole list would undo what others change meanwhile. */
async function notPatched(scim: Scim): Promise<string | undefined> {
  const supported = (await scim.config())?.patch?.supported
  return supported === false
    ? `${scim.settings.title} changes groups only as a whole, so IT takes the member out of the group by hand`
    : undefined
}

function change(operation: object) {
  return write('PATCH', { schemas: [patchSchema], Operations: [operation] })
}

function leaving({ client, account }: ScimAt) {
  const { member, capitals } = client.settings
  const op = capitals ? 'Remove' : 'remove'
  if (member === 'value') return { op, path: 'members', value: [{ value: account.id }] }
  return { op, path: `members[value eq ${quoted(account.id)}]` }
}

async function membershipsOf(at: ScimAt, user: User): Promise<Membership[]> {
  if (at.client.settings.groups === 'user') return ownGroups(user)
  const listed = await candidates(at)
  const found = await Promise.all(listed.map((group) => membership(at, group)))
  // A service may answer "none" to a search that it does not know; then the user's own record may know better.
  const known = new Set(listed.map((group) => group.id))
  const more = (user.groups ?? []).filter(({ value, type }) => value && !isIndirect(type) && !known.has(value))
  const besides = await Promise.all(more.map(({ value }) => membershipBesides(at, value ?? '')))
  return [...found, ...besides].filter((one) => one !== undefined)
}

function isIndirect(type: string | null | undefined): boolean {
  return type?.toLowerCase() === 'indirect'
}

/** In a group that was not listed: what the user's record says counts only where the group does not say otherwise. */
async function membershipBesides({ client, account }: ScimAt, id: string): Promise<Membership | undefined> {
  const group = await client.rest.find('read a group', path`/Groups/${id}`, Group)
  if (!group) return undefined
  const found = { id, label: group.displayName || id }
  return group.members ? among(group.members, account.id, found) : { ...found, sure: false }
}

function among(
  members: NonNullable<Group['members']>,
  id: string,
  group: Pick<Membership, 'id' | 'label'>,
): Membership | undefined {
  if (members.some(({ value }) => value === id)) return { ...group, sure: true }
  return members.some(({ value }) => value === undefined) ? { ...group, sure: false } : undefined
}

/** Direct ones only: an indirect one goes with the group that gives it (RFC 7643, 4.1.2). */
function ownGroups(user: User): Membership[] {
  return (user.groups ?? []).flatMap(({ value, display, type }) => {
    if (isIndirect(type)) return []
    if (!value) throw new Rejected(`The group ${display ?? ''} has no id here: set groups to "filter" or "list".`)
    return [{ id: value, label: display || value, sure: true }]
  })
}

/** All groups, or those that the service finds by the member. */
async function candidates({ client, account }: ScimAt): Promise<Group[]> {
  const { groups: how, groupFilter } = client.settings
  const asked = how === 'filter' && (await client.config())?.filter?.supported !== false
  if (!asked) return list(client, 'list groups', '/Groups', Group)
  try {
    return await list(client, 'search for groups', '/Groups', Group, `${groupFilter} eq ${quoted(account.id)}`)
  } catch (error) {
    if (!isFilterRefusal(error)) throw error
    return list(client, 'list groups', '/Groups', Group)
  }
}

/** A filter that a service does not know may be overlooked, so each group's own members are what counts. */
async function membership({ client, account }: ScimAt, group: Group): Promise<Membership | undefined> {
  const known = group.members ? group : await client.rest.find('read a group', path`/Groups/${group.id}`, Group)
  if (!known) return undefined
  const found = { id: group.id, label: group.displayName || group.id }
  if (!known.members) return client.settings.groups === 'list' ? undefined : { ...found, sure: false }
  return among(known.members, account.id, found)
}
