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
const Plan = z.object({ servicePlanName: z.string() })
const Detail = z.object({
  skuId: z.string(),
  skuPartNumber: z.string().nullish(),
  servicePlans: z.array(Plan),
})
type Detail = z.infer<typeof Detail>

type Step = AutomaticStep<Graph>

// Without its licence a mailbox that is not shared is deleted after 30 days, and a OneDrive is archived.
const needs = ['microsoft-365/convert-mailbox', 'microsoft-365/onedrive-access']
const after = ['microsoft-365/auto-reply', 'microsoft-365/owned-groups', 'microsoft-365/groups']

const common: Pick<Step, 'area' | 'phase' | 'supersededBy' | 'apply' | 'undo'> = {
  area: 'applications',
  phase: 'reclaim',
  supersededBy: 'microsoft-365/delete-user',
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

const licences: Step = {
  id: 'licences',
  title: 'Take licences back',
  ...common,
  needs,
  after,
  find: (at) => findingsOf(at, false),
}

/** Without its user's licence Intune cannot reach a device any more (Microsoft: Removing user licenses and managed devices). */
const deviceLicences: Step = {
  id: 'device-licences',
  title: 'Take the licences back that device management needs (Intune)',
  ...common,
  needs: [...needs, 'microsoft-365/wipe-devices', 'microsoft-365/retire-personal'],
  after: [...after, 'microsoft-365/lock-devices', 'microsoft-365/restart-windows', 'microsoft-365/lock-pins'],
  find: (at) => findingsOf(at, true),
}

export const licenceSteps = [licences, deviceLicences] as const

/** Those that carry Intune, or the others. */
async function findingsOf(at: At<Graph>, withIntune: boolean): Promise<Finding[]> {
  const where = path`/users/${at.account.id}/licenseDetails`
  const details = await at.once('licence-details', () => at.client.list(where, Detail))
  const names = new Map(details.map((one) => [one.skuId, one.skuPartNumber ?? one.skuId]))
  const named = (skuId: string) => names.get(skuId) ?? `licence ${skuId.slice(0, 8)}…`
  const manage = new Set(details.filter(managesDevices).map(({ skuId }) => skuId))
  const wanted = (skuIds: readonly string[]) => skuIds.some((skuId) => manage.has(skuId)) === withIntune
  const states = await at.once('licence-states', () => statesOf(at.client, at.account.id))
  const groups = (await groupsOf(at)).filter(givesLicences)
  const ofGroup = ({ assignedLicenses }: Group) => (assignedLicenses ?? []).map(({ skuId }) => skuId ?? '')
  return [
    ...states.filter((one) => !one.assignedByGroup && wanted([one.skuId])).map((one) => directFinding(one, named)),
    ...groups.filter((group) => wanted(ofGroup(group))).map((group) => groupFinding(at, group, named)),
    ...leftOver(states, groups, named, wanted),
  ]
}

/** `INTUNE_A`, `INTUNE_EDU`, `INTUNE_SMBIZ` (Microsoft: Product names and service plan identifiers). */
function managesDevices({ servicePlans }: Detail): boolean {
  return servicePlans.some(({ servicePlanName }) => /^INTUNE/i.test(servicePlanName))
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
function leftOver(
  states: readonly State[],
  groups: readonly Group[],
  named: Named,
  wanted: (skuIds: readonly string[]) => boolean,
): Finding[] {
  const member = new Set(groups.map((group) => group.id))
  const gone = new Map<string, string[]>()
  for (const { assignedByGroup, skuId } of states) {
    if (!assignedByGroup || member.has(assignedByGroup)) continue
    gone.set(assignedByGroup, [...(gone.get(assignedByGroup) ?? []), skuId])
  }
  return [...gone]
    .filter(([, skuIds]) => wanted(skuIds))
    .map(([groupId, skuIds]) => ({
      id: `group:${groupId}`,
      label: `${skuIds.map(named).join(', ')} through group ${groupId.slice(0, 8)}…`,
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
