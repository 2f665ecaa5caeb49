/** Directory roles: held, held through PIM for a time, and those the leaver could still activate (PIM eligible). */
import { z } from 'zod'
import type { At, AutomaticStep, Finding, Receipt } from '../../src/connector.ts'
import { globalAdministrator, isLastAdministrator, lastOne, refuseLastAdministrator } from './administrators.ts'
import { hasCode } from './errors.ts'
import type { Graph } from './graph.ts'
import { ask, parsed, path, quoted } from './odata.ts'

const roles = '/roleManagement/directory'

const Held = z.object({
  id: z.string(),
  roleDefinitionId: z.string(),
  directoryScopeId: z.string().nullish(),
  roleDefinition: z.object({ displayName: z.string().nullish() }).nullish(),
})
const Scheduled = Held.extend({
  memberType: z.string().nullish(),
  assignmentType: z.string().nullish(),
  roleAssignmentOriginId: z.string().nullish(),
  endDateTime: z.string().nullish(),
})
type Held = z.infer<typeof Held>
type Scheduled = z.infer<typeof Scheduled>

const Before = z.object({
  /** assigned: a plain assignment; timed: given or activated through PIM; eligible: may be activated through PIM. */
  how: z.enum(['assigned', 'timed', 'eligible']),
  id: z.string(),
  roleDefinitionId: z.string(),
  directoryScopeId: z.string(),
  endDateTime: z.string().optional(),
})
type Before = z.infer<typeof Before>

export const directoryRoles: AutomaticStep<Graph> = {
  id: 'directory-roles',
  title: 'Remove directory roles, held and eligible',
  area: 'directory',
  phase: 'contain',
  supersededBy: 'microsoft-365/delete-user',
  async find(at) {
    const asked = { $filter: `principalId eq ${quoted(at.account.id)}`, $expand: 'roleDefinition' }
    const held = await at.client.list(ask(`${roles}/roleAssignments`, asked), Held)
    const timed = await unlessNoPim(at.client.list(ask(`${roles}/roleAssignmentScheduleInstances`, asked), Scheduled))
    const eligible = await unlessNoPim(
      at.client.list(ask(`${roles}/roleEligibilityScheduleInstances`, asked), Scheduled),
    )
    const last = held.some(isGlobalAdministrator) && (await isLastAdministrator(at))
    return [
      ...held.map((one) => findingOf(one, timed, last)),
      ...eligible.filter((one) => one.memberType !== 'Group').map(eligibleFinding),
    ]
  },
  async apply(at, finding) {
    const before = Before.parse(finding.before)
    if (isGlobalAdministrator(before) && before.how !== 'eligible') await refuseLastAdministrator(at)
    if (before.how === 'assigned') return at.client.remove(path`/roleManagement/directory/roleAssignments/${before.id}`)
    return request(at, before, { action: 'adminRemove' })
  },
  async undo(at, finding) {
    const before = Before.parse(finding.before)
    const { roleDefinitionId, directoryScopeId } = before
    if (before.how === 'assigned') {
      const principalId = at.account.id
      await at.client.post(`${roles}/roleAssignments`, { principalId, roleDefinitionId, directoryScopeId })
      return
    }
    const expiration = before.endDateTime
      ? { type: 'afterDateTime', endDateTime: before.endDateTime }
      : { type: 'noExpiration' }
    const scheduleInfo = { startDateTime: at.effectiveAt.toISOString(), expiration }
    await request(at, before, { action: 'adminAssign', scheduleInfo })
  },
}

function isGlobalAdministrator(one: {
  roleDefinitionId: string
  directoryScopeId?: string | null | undefined
}): boolean {
  return one.roleDefinitionId === globalAdministrator && (one.directoryScopeId ?? '/') === '/'
}

function findingOf(held: Held, timed: readonly Scheduled[], last: boolean): Finding {
  // PIM lists plain, permanent assignments too; only what it gave for a time is taken back through it.
  const schedule = timed.find((one) => one.roleAssignmentOriginId === held.id)
  const throughPim =
    schedule && (schedule.assignmentType === 'Activated' || schedule.endDateTime) ? schedule : undefined
  const finding = {
    id: held.id,
    label: labelOf(held),
    fact: throughPim ? `active through PIM until ${throughPim.endDateTime ?? 'ended'}` : 'assigned',
    before: beforeOf(throughPim ? 'timed' : 'assigned', held, throughPim?.endDateTime),
  }
  if (last && isGlobalAdministrator(held)) return { ...finding, state: 'blocked', fact: lastOne }
  return { ...finding, state: 'open' }
}

function eligibleFinding(one: Scheduled): Finding {
  const before = beforeOf('eligible', one, one.endDateTime)
  return { id: one.id, label: labelOf(one), state: 'open', fact: 'eligible: could be activated through PIM', before }
}

function beforeOf(how: Before['how'], one: Held, endDateTime: string | null | undefined): Before {
  const { id, roleDefinitionId } = one
  const before = { how, id, roleDefinitionId, directoryScopeId: one.directoryScopeId ?? '/' }
  return endDateTime ? { ...before, endDateTime } : before
}

function labelOf(one: Held): string {
  const scope = (one.directoryScopeId ?? '/') === '/' ? '' : ` in ${one.directoryScopeId}`
  return `${one.roleDefinition?.displayName ?? `role ${one.roleDefinitionId.slice(0, 8)}…`}${scope}`
}

const Requested = z.object({ id: z.string(), status: z.string().nullish() })

async function request(at: At<Graph>, before: Before, order: Record<string, unknown>): Promise<Receipt | undefined> {
  const list = before.how === 'eligible' ? 'roleEligibilityScheduleRequests' : 'roleAssignmentScheduleRequests'
  const { roleDefinitionId, directoryScopeId } = before
  const justification = 'Offboarding by Latchkey'
  const body = { ...order, principalId: at.account.id, roleDefinitionId, directoryScopeId, justification }
  try {
    const answer = parsed(Requested, await at.client.post(`${roles}/${list}`, body), list)
    return { request: answer.id, status: answer.status ?? 'unknown' }
  } catch (error) {
    if (hasCode(error, 'RoleAssignmentDoesNotExist')) return undefined
    throw error
  }
}

/** PIM takes a P2 licence; without one nothing can be scheduled or eligible. */
export async function unlessNoPim<T>(list: Promise<T[]>): Promise<T[]> {
  try {
    return await list
  } catch (error) {
    if (hasCode(error, 'AadPremiumLicenseRequired')) return []
    throw error
  }
}
