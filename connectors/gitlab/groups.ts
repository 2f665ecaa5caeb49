/** On an own instance: groups that nobody else owns and personal projects are handed over, then memberships end. */
import { z } from 'zod'
import { type AutomaticStep, type Finding, path, Rejected, unlessStatus } from '../../src/connector.ts'
import { type Client, type GitlabAt, isInstance, owner, userOf } from './client.ts'
import { Member, mustReceive, ownersAmong, receiverOf } from './people.ts'

type Step = AutomaticStep<Client>

const Membership = z.object({
  source_id: z.number(),
  source_name: z.string(),
  source_type: z.enum(['Project', 'Namespace']),
  access_level: z.number(),
})
type Membership = z.infer<typeof Membership>
const Project = z.object({
  id: z.number(),
  path_with_namespace: z.string(),
  namespace: z.object({ id: z.number(), kind: z.string() }),
})
const Namespace = z.object({ id: z.number(), kind: z.string(), path: z.string() })

/** Direct ones only; an administrator's list. */
export function membershipsOf(at: GitlabAt): Promise<Membership[]> {
  return at.once('memberships', async () =>
    (await userOf(at))
      ? at.client.every('list memberships', path`/users/${at.account.id}/memberships`, Membership)
      : [],
  )
}

/** Projects in the leaver's own namespace. */
export function personalProjects(at: GitlabAt) {
  return at.once('projects', async () => {
    if (!(await userOf(at))) return []
    const all = await at.client.every('list projects', path`/users/${at.account.id}/projects`, Project)
    return all.filter((one) => one.namespace.kind === 'user')
  })
}

/** Fresh: a guard. Owners of a group above own it too. */
async function isSoleOwner(at: GitlabAt, group: number | string): Promise<boolean> {
  const members = await at.client.every('list members', path`/groups/${group}/members/all`, Member)
  return !ownersAmong(members).some((one) => String(one.id) !== at.account.id)
}

const ownedGroups: Step = {
  id: 'owned-groups',
  title: 'Hand over groups that nobody else owns',
  area: 'applications',
  phase: 'preserve',
  async find(at) {
    if (!isInstance(at)) return []
    const receiver = await receiverOf(at)
    const found: Finding[] = []
    for (const { source_id: id, source_name: label } of (await membershipsOf(at)).filter(isOwnedGroup)) {
      if (!(await isSoleOwner(at, id))) continue
      const head = { id: String(id), label }
      if (receiver && 'id' in receiver)
        found.push({ ...head, state: 'open', fact: `to ${receiver.username}; nobody else owns it` })
      else found.push({ ...head, state: 'blocked', fact: receiver?.barred ?? soleOwnerFact })
    }
    return found
  },
  async apply(at, finding) {
    const { id } = await mustReceive(at)
    const { rest } = at.client
    const place = path`/groups/${finding.id}/members`
    const now = await rest.find('read a membership', `${place}${path`/${id}`}`, Member)
    const json = { access_level: owner }
    if (now) await rest.order('make the receiver owner', `${place}${path`/${id}`}`, { method: 'PUT', json })
    else
      await unlessStatus(
        [409],
        rest.order('add the receiver as owner', place, { method: 'POST', json: { user_id: id, ...json } }),
      )
  },
}

function isOwnedGroup({ source_type: type, access_level: level }: Membership): boolean {
  return type === 'Namespace' && level === owner
}

const soleOwnerFact = 'nobody else owns this group: IT names another owner, then tries again'

const personal: Step = {
  id: 'personal-projects',
  title: 'Hand over personal projects',
  area: 'applications',
  phase: 'preserve',
  async find(at) {
    const receiver = isInstance(at) ? await receiverOf(at) : undefined
    if (!receiver) return []
    return (await personalProjects(at)).map((one) => {
      const head = { id: String(one.id), label: one.path_with_namespace, before: { namespace: one.namespace.id } }
      if ('barred' in receiver) return { ...head, state: 'blocked' as const, fact: receiver.barred }
      return {
        ...head,
        state: 'open' as const,
        fact: `to ${receiver.username}; its address changes and the old one leads on`,
      }
    })
  },
  async apply(at, finding) {
    const { username } = await mustReceive(at)
    const { rest } = at.client
    const namespace = await rest.ask("read the receiver's namespace", path`/namespaces/${username}`, Namespace)
    if (namespace.kind !== 'user') throw new Rejected(`${username} is the name of a group, not of the receiver.`)
    const project = await rest.find('read a project', path`/projects/${finding.id}`, Project)
    if (!project || project.namespace.id === namespace.id) return
    const json = { namespace: namespace.id }
    await rest.order('transfer a project', path`/projects/${finding.id}/transfer`, { method: 'PUT', json })
  },
  async undo(at, finding) {
    const order = { method: 'PUT' as const, json: finding.before }
    await at.client.rest.order('transfer a project back', path`/projects/${finding.id}/transfer`, order)
  },
}

const memberships: Step = {
  id: 'memberships',
  title: 'Leave all groups and projects',
  area: 'applications',
  phase: 'remove',
  after: ['gitlab/owned-groups', 'gitlab/personal-projects'],
  async find(at) {
    if (!isInstance(at)) return []
    const personal = new Set((await personalProjects(at)).map((one) => one.id))
    const receiver = await receiverOf(at)
    const found: Finding[] = []
    for (const one of await membershipsOf(at)) {
      // One does not leave one's own namespace.
      if (one.source_type === 'Project' && personal.has(one.source_id)) continue
      const kind = kindOf(one)
      const ends = await endOf(at, kind, one.source_id)
      const head = {
        id: `${kind}:${one.source_id}`,
        label: `${one.source_name} (${kind})`,
        before: { level: one.access_level, ...(ends && { ends }) },
      }
      // A receiver becomes an owner in an earlier phase; until then this is what will be done.
      const stuck = isOwnedGroup(one) && !(receiver && 'id' in receiver) && (await isSoleOwner(at, one.source_id))
      found.push({
        ...head,
        ...(stuck
          ? { state: 'blocked', fact: soleOwnerFact }
          : { state: 'open', fact: `access_level=${one.access_level}${ends ? `, until ${ends}` : ''}` }),
      })
    }
    return found
  },
  async apply(at, finding) {
    const [kind, id] = finding.id.split(':') as [string, string]
    if (kind === 'group' && (finding.before as { level: number }).level === owner && (await isSoleOwner(at, id)))
      throw new Rejected(`${finding.label}: ${soleOwnerFact}`, { code: 'soleOwner' })
    // Only this one: the groups and projects below are findings of their own.
    const query = { skip_subresources: true }
    const place = path`/${`${kind}s`}/${id}/members/${at.account.id}`
    await unlessStatus(
      [404],
      at.client.rest.order('leave', place, { method: 'DELETE', ...(kind === 'group' && { query }) }),
    )
  },
  async undo(at, finding) {
    const [kind, id] = finding.id.split(':') as [string, string]
    const { level, ends } = finding.before as { level: number; ends?: string }
    const json = { user_id: Number(at.account.id), access_level: level, ...(ends && { expires_at: ends }) }
    const place = path`/${`${kind}s`}/${id}/members`
    await unlessStatus([409], at.client.rest.order('join again', place, { method: 'POST', json }))
  },
}

/** Given back without it, access for a while would be access for good. GitLab's list of memberships leaves it out. */
async function endOf(at: GitlabAt, kind: string, source: number): Promise<string | undefined> {
  const place = path`/${`${kind}s`}/${source}/members/${at.account.id}`
  return (await at.client.rest.find('read a membership', place, Member))?.expires_at ?? undefined
}

function kindOf({ source_type }: Membership): 'project' | 'group' {
  return source_type === 'Project' ? 'project' : 'group'
}

export const groupSteps: readonly Step[] = [ownedGroups, personal, memberships]
