/** Licences: those assigned to the leaver, and those that a group gives. */
import { z } from 'zod'
import { type At, type AutomaticStep, type Finding, type Json, Rejected } from '../../src/connector.ts'
import { coalesce } from './coalesce.ts'
import type { Graph } from './graph.ts'
import { type Group, givesLicences, groupsOf, membershipObstacle } from './group-kinds.ts'
import { addMember } from './groups.ts'
import { ask, path } from './odata.ts'

const State = z.object({
  skuId: z.string(),
  assignedByGroup: z.string().nullish(),
  disabledPlans: z.array(z.string()).nullish(),
  state: z.string().nullish(),
})
const Licensed = z.object({ licenseAssignmentStates: z.array(State) })
type State = z.infer<typeof State>
const Detail = z.object({ skuId: z.string(), skuPartNumber: z.string().nullish() })

export const licences: AutomaticStep<Graph> = {
  id: 'licences',
  title: 'Take licences back',
  area: 'applications',
  phase: 'reclaim',
  // Without its licence a mailbox that is not shared is deleted after 30 days, and a OneDrive is archived.
  needs: ['microsoft-365/convert-mailbox', 'microsoft-365/onedrive-access'],
  after: ['microsoft-365/auto-reply', 'microsoft-365/owned-groups', 'microsoft-365/groups'],
  supersededBy: 'microsoft-365/delete-user',
  async find(at) {
    const states = await statesOf(at.client, at.account.id)
    const details = await at.client.list(path`/users/${at.account.id}/licenseDetails`, Detail)
    const names = new Map(details.map((one) => [one.skuId, one.skuPartNumber ?? one.skuId]))
    const named = (skuId: string) => names.get(skuId) ?? `licence ${skuId.slice(0, 8)}…`
    const groups = (await groupsOf(at)).filter(givesLicences)
    return [
      ...states.filter((one) => !one.assignedByGroup).map((one) => directFinding(one, named)),
      ...groups.map((group) => groupFinding(at, group, named)),
      ...leftOver(states, groups, named),
    ]
  },
  async apply(at, finding) {
    const [kind, id = ''] = finding.id.split(':')
    if (kind === 'sku') return remover(at.client)({ userId: at.account.id, skuId: id })
    await at.client.remove(path`/groups/${id}/members/${at.account.id}/$ref`)
  },
  async undo(at, finding) {
    const [kind, id = ''] = finding.id.split(':')
    if (kind === 'group') return addMember(at.client, id, at.account.id)
    const { disabledPlans } = z.object({ disabledPlans: z.array(z.string()) }).parse(finding.before)
    const addLicenses = [{ skuId: id, disabledPlans }]
    await at.client.post(path`/users/${at.account.id}/assignLicense`, { addLicenses, removeLicenses: [] })
  },
}

async function statesOf(graph: Graph, userId: string): Promise<State[]> {
  const user = await graph.get(ask(path`/users/${userId}`, { $select: 'licenseAssignmentStates' }), Licensed)
  return user?.licenseAssignmentStates ?? []
}

type Named = (skuId: string) => string

function directFinding(one: State, named: Named): Finding {
  const before: Json = { disabledPlans: one.disabledPlans ?? [] }
  return {
    id: `sku:${one.skuId}`,
    label: named(one.skuId),
    state: 'open',
    fact: `assigned directly, ${one.state}`,
    before,
  }
}

function groupFinding(at: At<Graph>, group: Group, named: Named): Finding {
  const skus = (group.assignedLicenses ?? []).map((one) => named(one.skuId ?? '')).join(', ')
  const finding = { id: `group:${group.id}`, label: `${skus} through ${group.displayName ?? group.id}` }
  const obstacle = membershipObstacle(group, at.account.label, false)
  if (obstacle) return { ...finding, state: 'blocked', fact: obstacle }
  return { ...finding, state: 'open', fact: 'member of the group that gives the licence', before: { role: 'member' } }
}

/** Out of the group, Microsoft takes the licence back a while later. */
function leftOver(states: readonly State[], groups: readonly Group[], named: Named): Finding[] {
  const member = new Set(groups.map((group) => group.id))
  const gone = new Map<string, string[]>()
  for (const { assignedByGroup, skuId } of states) {
    if (!assignedByGroup || member.has(assignedByGroup)) continue
    gone.set(assignedByGroup, [...(gone.get(assignedByGroup) ?? []), named(skuId)])
  }
  return [...gone].map(([groupId, skus]) => ({
    id: `group:${groupId}`,
    label: `${skus.join(', ')} through group ${groupId.slice(0, 8)}…`,
    state: 'pending',
    fact: 'no longer a member; Microsoft has not taken the licence back yet',
  }))
}

interface Removal {
  userId: string
  skuId: string
}
const removers = new WeakMap<Graph, (removal: Removal) => Promise<void>>()

/** All licences of one user in one call: Graph refuses to take a plan away while another licence builds on it. */
function remover(graph: Graph): (removal: Removal) => Promise<void> {
  const known = removers.get(graph) ?? coalesce<Removal>((removals) => removeTogether(graph, removals))
  removers.set(graph, known)
  return known
}

async function removeTogether(graph: Graph, removals: readonly Removal[]): Promise<(Error | undefined)[]> {
  const failed = new Map<string, Error>()
  for (const userId of new Set(removals.map((one) => one.userId))) {
    const wanted = removals.filter((one) => one.userId === userId).map((one) => one.skuId)
    try {
      await removeFrom(graph, userId, wanted)
    } catch (error) {
      failed.set(userId, error as Error)
    }
  }
  return removals.map((one) => failed.get(one.userId))
}

async function removeFrom(graph: Graph, userId: string, wanted: readonly string[]): Promise<void> {
  const held = (await statesOf(graph, userId)).filter((one) => !one.assignedByGroup).map((one) => one.skuId)
  const removeLicenses = wanted.filter((skuId) => held.includes(skuId))
  if (removeLicenses.length === 0) return
  try {
    await graph.post(path`/users/${userId}/assignLicense`, { addLicenses: [], removeLicenses })
  } catch (error) {
    // Reads lag behind: what was removed a moment ago may still show as held.
    if (error instanceof Rejected && /does not have a corresponding license/i.test(error.message)) return
    throw error
  }
}
