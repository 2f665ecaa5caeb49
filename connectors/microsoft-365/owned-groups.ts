/** Groups that the leaver owns: the receiver becomes owner first, then the leaver no longer is. */
import { z } from 'zod'
import { type At, type AutomaticStep, type Finding, Rejected } from '../../src/connector.ts'
import type { Graph } from './graph.ts'
import { Group, isUnified, kindOf } from './group-kinds.ts'
import { addMember, isAlreadyThere } from './groups.ts'
import { shell } from './mailbox.ts'
import { ask, fieldsOf, path } from './odata.ts'

const Owner = z.object({ id: z.string() })

export const ownedGroups: AutomaticStep<Graph> = {
  id: 'owned-groups',
  title: 'Hand owned groups over',
  area: 'applications',
  phase: 'preserve',
  async find(at) {
    const where = path`/users/${at.account.id}/ownedObjects/microsoft.graph.group`
    const owned = await at.client.list(ask(where, { $select: fieldsOf(Group), $count: 'true' }), Group)
    return Promise.all(owned.map((group) => findingOf(at, group)))
  },
  async apply(at, finding) {
    const receiver = at.handOverTo
    const others = await otherOwners(at, finding.id)
    if (receiver && !others.includes(receiver.id)) await addOwner(at.client, finding.id, receiver.id)
    if (receiver && finding.before === 'Microsoft 365 group') await addMember(at.client, finding.id, receiver.id)
    if (!receiver && others.length === 0) throw new Rejected(`${finding.label}: ${lastOwner}.`)
    await at.client.remove(path`/groups/${finding.id}/owners/${at.account.id}/$ref`)
  },
  async undo(at, finding) {
    await addOwner(at.client, finding.id, at.account.id)
  },
}

const lastOwner = 'the leaver is its last owner: choose somebody to hand over to, or IT makes somebody else owner'

async function findingOf(at: At<Graph>, group: Group): Promise<Finding> {
  // What kind it is decides whether the receiver becomes a member too: an owner who is none does not see the team.
  const finding = { id: group.id, label: group.displayName ?? group.id, before: kindOf(group) }
  const obstacle = ownershipObstacle(at, group)
  if (obstacle) return { ...finding, state: 'blocked', fact: obstacle }
  if (at.handOverTo) return { ...finding, state: 'open', fact: `owner; goes to ${at.handOverTo.label}` }
  const others = await otherOwners(at, group.id)
  if (others.length === 0) return { ...finding, state: 'blocked', fact: lastOwner }
  return { ...finding, state: 'open', fact: `owner, with ${others.length} other owner${others.length > 1 ? 's' : ''}` }
}

function ownershipObstacle(at: At<Graph>, group: Group): string | undefined {
  if (group.onPremisesSyncEnabled) return 'synced from on-premises: change managedBy in Active Directory'
  if (!group.mailEnabled || isUnified(group)) return undefined
  const owners = at.handOverTo
    ? ` -ManagedBy @{Add=${shell(at.handOverTo.label)};Remove=${shell(at.account.label)}}`
    : ''
  const command = `Set-DistributionGroup -Identity ${shell(group.mail ?? group.id)}${owners || ` -ManagedBy @{Remove=${shell(at.account.label)}}`}`
  return `only Exchange can: IT runs ${command} -BypassSecurityGroupManagerCheck`
}

async function otherOwners(at: At<Graph>, groupId: string): Promise<string[]> {
  const owners = await at.client.list(ask(path`/groups/${groupId}/owners`, { $select: 'id' }), Owner)
  return owners.map((owner) => owner.id).filter((id) => id !== at.account.id)
}

async function addOwner(graph: Graph, groupId: string, userId: string): Promise<void> {
  try {
    await graph.post(path`/groups/${groupId}/owners/$ref`, graph.reference(userId))
  } catch (error) {
    if (!isAlreadyThere(error)) throw error
  }
}
