/** The guard that keeps a tenant from being locked out: its last Global Administrator is never disabled or demoted. */
import { z } from 'zod'
import { type At, Rejected } from '../../src/connector.ts'
import type { Graph } from './graph.ts'
import { ask, path, quoted } from './odata.ts'

/** Template id of the role Global Administrator, the same in every tenant (Microsoft Entra built-in roles). */
export const globalAdministrator = '62e90394-69f5-4237-9190-012177145e10'

export const lastOne =
  'the last Global Administrator: IT makes another person Global Administrator first, then tries again'

const Assignment = z.object({ principalId: z.string(), directoryScopeId: z.string().nullish() })
const Principal = z.object({ id: z.string(), accountEnabled: z.boolean().nullish() })

/** For `find`: shared by the steps of a round. */
export function isLastAdministrator(at: At<Graph>): Promise<boolean> {
  return at.once('last-administrator', () => look(at.client, at.account.id))
}

/** For `apply`: reads anew. */
export async function refuseLastAdministrator(at: At<Graph>): Promise<void> {
  if (await look(at.client, at.account.id)) throw new Rejected(`${at.account.label} is ${lastOne}.`)
}

async function look(graph: Graph, userId: string): Promise<boolean> {
  const $filter = `roleDefinitionId eq ${quoted(globalAdministrator)}`
  const all = await graph.list(ask('/roleManagement/directory/roleAssignments', { $filter }), Assignment)
  const holders = all.filter((one) => (one.directoryScopeId ?? '/') === '/').map((one) => one.principalId)
  if (!holders.includes(userId)) return false
  for (const holder of new Set(holders)) {
    if (holder !== userId && (await canStepIn(graph, holder, userId))) return false
  }
  return true
}

/** An enabled user, or a group with one besides the leaver; an app is nobody who could let people in again. */
async function canStepIn(graph: Graph, principalId: string, leaverId: string): Promise<boolean> {
  const $select = 'id,accountEnabled'
  const user = await graph.get(ask(path`/users/${principalId}`, { $select }), Principal)
  if (user) return user.accountEnabled === true
  const members = await graph.list(ask(path`/groups/${principalId}/members`, { $select }), Principal)
  return members.some((member) => member.id !== leaverId && member.accountEnabled === true)
}
