/** Administrative roles of an Enterprise organization (Users Admin, Channels Admin, …), which outlive a deactivation. */
import { z } from 'zod'
import type { AutomaticStep, Finding } from '../../src/connector.ts'
import { all, anything, type Slack, type SlackAt } from './client.ts'
import { barred, userOf, userToActOn } from './person.ts'

const Assignment = z.object({ role_id: z.string().min(1), entity_id: z.string().min(1), user_id: z.string().min(1) })
const Assignments = z.object({ role_assignments: z.array(Assignment) })
type Assignment = z.infer<typeof Assignment>

export const roles: AutomaticStep<Slack> = {
  id: 'admin-roles',
  title: 'Take away administrative roles',
  area: 'applications',
  phase: 'remove',
  async find(at) {
    if (at.client.settings.plan !== 'enterprise') return []
    const why = await barred(at.client, await userOf(at.client, at.account.id))
    return (await assignmentsOf(at)).map((one): Finding => {
      const head = { id: `${one.role_id}/${one.entity_id}`, label: `Role ${one.role_id}` }
      const before = { role: one.role_id, entity: one.entity_id }
      if (why) return { ...head, before, state: 'blocked', fact: why }
      return { ...head, before, state: 'open', fact: `holds it in ${one.entity_id}` }
    })
  },
  async apply(at, finding) {
    await userToActOn(at.client, at.account.id)
    if (!(await assignmentsOf(at)).some((one) => `${one.role_id}/${one.entity_id}` === finding.id)) return
    await at.client.call('take a role away', 'admin.roles.removeAssignments', anything, orderOf(at, finding))
  },
  async undo(at, finding) {
    await at.client.call('give a role back', 'admin.roles.addAssignments', anything, orderOf(at, finding))
  },
}

function orderOf(at: SlackAt, finding: Finding) {
  const { role, entity } = finding.before as { role: string; entity: string }
  return { role_id: role, entity_ids: [entity], user_ids: [at.account.id] }
}

async function assignmentsOf({ client, account }: SlackAt): Promise<Assignment[]> {
  const what = 'list administrative roles'
  const found = await all(
    client,
    what,
    'admin.roles.listAssignments',
    Assignments,
    { limit: 100 },
    (page) => page.role_assignments,
  )
  return found.filter((one) => one.user_id === account.id)
}
