/** Group memberships, and eligible ones that PIM would let the leaver activate. */
import { z } from 'zod'
import type { AutomaticStep, Finding, Json, Receipt } from '../../src/connector.ts'
import { unlessNoPim } from './directory-roles.ts'
import { hasCode } from './errors.ts'
import { joinList, leaveList } from './exchange-lists.ts'
import type { Graph } from './graph.ts'
import { givesLicences, groupsOf, isList, kindOf, membershipObstacle } from './group-kinds.ts'
import { ask, parsed, path, quoted } from './odata.ts'

/** What Graph says when the member or owner is already there. */
export function isAlreadyThere(error: unknown): boolean {
  return hasCode(error, 'Request_BadRequest') && /already exist/i.test((error as Error).message)
}

export async function addMember(graph: Graph, groupId: string, userId: string): Promise<void> {
  try {
    await graph.post(path`/groups/${groupId}/members/$ref`, graph.reference(userId))
  } catch (error) {
    if (!isAlreadyThere(error)) throw error
  }
}

export const groups: AutomaticStep<Graph> = {
  id: 'groups',
  title: 'Remove from groups and teams',
  area: 'directory',
  phase: 'remove',
  supersededBy: 'microsoft-365/delete-user',
  async find(at) {
    // Groups that give licences are left to the licence step, which must wait for the hand-overs.
    const memberships = (await groupsOf(at)).filter((group) => !givesLicences(group))
    return memberships.map((group) => {
      const finding = { id: group.id, label: group.displayName ?? group.id }
      const obstacle = membershipObstacle(group, at.account.label, at.client.exchange !== undefined)
      if (obstacle) return { ...finding, state: 'blocked', fact: obstacle }
      return {
        ...finding,
        state: 'open',
        fact: `member of this ${kindOf(group)}`,
        before: { role: 'member', ...(isList(group) && { list: group.mail ?? '' }) },
      }
    })
  },
  async apply(at, finding) {
    const list = listIn(finding)
    if (list) await leaveList(at.client, list, at.account.id)
    else await at.client.remove(path`/groups/${finding.id}/members/${at.account.id}/$ref`)
  },
  async undo(at, finding) {
    const list = listIn(finding)
    if (list) await joinList(at.client, list, at.account.id)
    else await addMember(at.client, finding.id, at.account.id)
  },
}

const ListMember = z.object({ list: z.string() })

/** What is changed in Exchange, as Graph showed it. */
function listIn({ id, before }: Finding): { id: string; mail: string | null } | undefined {
  const read = ListMember.safeParse(before).data
  return read && { id, mail: read.list || null }
}

const Eligible = z.object({
  id: z.string(),
  groupId: z.string(),
  accessId: z.string(),
  memberType: z.string().nullish(),
  endDateTime: z.string().nullish(),
})
const Before = z.object({ groupId: z.string(), accessId: z.string(), endDateTime: z.string().optional() })
const Requested = z.object({ id: z.string(), status: z.string().nullish() })
const privileged = '/identityGovernance/privilegedAccess/group'

export const groupEligibilities: AutomaticStep<Graph> = {
  id: 'group-eligibilities',
  title: 'Remove eligible group memberships (PIM)',
  area: 'directory',
  phase: 'remove',
  supersededBy: 'microsoft-365/delete-user',
  async find(at) {
    const $filter = `principalId eq ${quoted(at.account.id)}`
    const where = ask(`${privileged}/eligibilityScheduleInstances`, { $filter })
    const eligible = await unlessNoPim(at.client.list(where, Eligible))
    return eligible
      .filter((one) => one.memberType !== 'group')
      .map(({ id, groupId, accessId, endDateTime }) => ({
        id,
        label: `Eligible ${accessId} of group ${groupId.slice(0, 8)}…`,
        state: 'open',
        fact: 'could be activated through PIM',
        before: { groupId, accessId, ...(endDateTime ? { endDateTime } : {}) } as Json,
      }))
  },
  async apply(at, finding): Promise<Receipt | undefined> {
    const { groupId, accessId } = Before.parse(finding.before)
    const body = {
      action: 'adminRemove',
      principalId: at.account.id,
      groupId,
      accessId,
      justification: 'Offboarding by Latchkey',
    }
    try {
      const list = `${privileged}/eligibilityScheduleRequests`
      const answer = parsed(Requested, await at.client.post(list, body), list)
      return { request: answer.id, status: answer.status ?? 'unknown' }
    } catch (error) {
      if (hasCode(error, 'RoleAssignmentDoesNotExist')) return undefined
      throw error
    }
  },
  async undo(at, finding) {
    const { groupId, accessId, endDateTime } = Before.parse(finding.before)
    const expiration = endDateTime ? { type: 'afterDateTime', endDateTime } : { type: 'noExpiration' }
    await at.client.post(`${privileged}/eligibilityScheduleRequests`, {
      action: 'adminAssign',
      principalId: at.account.id,
      groupId,
      accessId,
      scheduleInfo: { startDateTime: at.effectiveAt.toISOString(), expiration },
      justification: 'Taken back by Latchkey',
    })
  },
}
