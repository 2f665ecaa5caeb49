/** The account: its sessions, and whether it is active. */
import { z } from 'zod'
import { type AutomaticStep, path, Rejected } from '../../src/connector.ts'
import { all, anything, type Slack, type SlackAt } from './client.ts'
import { barred, teamsOf, userOf, userToActOn } from './person.ts'

type Step = AutomaticStep<Slack>

const Sessions = z.object({ active_sessions: z.array(z.object({ user_id: z.string(), session_id: z.number() })) })

/** Only Enterprise has it; deactivating signs out everywhere as well, so elsewhere nothing is missing. */
export const sessions: Step = {
  id: 'sessions',
  title: 'Sign out everywhere',
  area: 'applications',
  phase: 'contain',
  supersededBy: 'slack/deactivate',
  async find(at) {
    if (at.client.settings.plan !== 'enterprise') return []
    const user = await userOf(at.client, at.account.id)
    const count = (await Promise.all((await teamsOf(at.client, user)).map((team) => sessionsIn(at, team)))).flat()
    if (count.length === 0) return []
    const head = { id: 'sessions', label: at.account.label }
    const why = await barred(at.client, user)
    if (why) return [{ ...head, state: 'blocked', fact: why }]
    return [{ ...head, state: 'open', fact: `${count.length} signed in` }]
  },
  async apply(at) {
    await userToActOn(at.client, at.account.id)
    await at.client.call('end all sessions', 'admin.users.session.reset', anything, { user_id: at.account.id })
  },
}

async function sessionsIn({ client, account }: SlackAt, team: string | undefined) {
  const args = { user_id: account.id, ...(team && { team_id: team }), limit: 200 }
  const found = await all(
    client,
    'list sessions',
    'admin.users.session.list',
    Sessions,
    args,
    (page) => page.active_sessions,
  )
  return found.filter((one) => one.user_id === account.id)
}

export const deactivate: Step = {
  id: 'deactivate',
  title: 'Deactivate the account',
  area: 'applications',
  phase: 'contain',
  async find(at) {
    if (!hasApi(at.client)) return []
    const user = await userOf(at.client, at.account.id)
    const head = { id: 'account', label: at.account.label, before: { active: true } }
    if (user.deleted) return [{ ...head, state: 'done', fact: 'deactivated' }]
    const why = await barred(at.client, user)
    if (why) return [{ ...head, state: 'blocked', fact: why }]
    const again =
      'active, though it was deactivated: where an identity provider provisions Slack, IT takes it away there, or it comes back'
    return [{ ...head, state: 'open', fact: at.applied('account')?.answeredAt ? again : 'active' }]
  },
  async apply(at) {
    const user = await userToActOn(at.client, at.account.id)
    if (user.deleted) return
    if (at.client.settings.plan === 'enterprise')
      await at.client.call('deactivate the account', 'admin.users.deactivate', anything, { user_id: user.id })
    else await setActive(at.client, user.id, false)
  },
  /** Only SCIM switches an account on again; an Enterprise token needs the scope `admin` for it. */
  async undo(at) {
    if (!hasApi(at.client)) throw new Rejected('This plan has no way to activate an account but the administration.')
    await setActive(at.client, at.account.id, true)
  },
}

/** Free and Pro have neither SCIM nor admin methods: there it is a task. */
export function hasApi({ settings }: Slack): boolean {
  return settings.plan === 'business-plus' || settings.plan === 'enterprise'
}

async function setActive({ scim }: Slack, id: string, active: boolean): Promise<void> {
  const schemas = ['urn:ietf:params:scim:api:messages:2.0:PatchOp']
  await scim.order(active ? 'activate the account' : 'deactivate the account', path`/Users/${id}`, {
    method: 'PATCH',
    json: { schemas, Operations: [{ op: 'replace', path: 'active', value: active }] },
    headers: { 'content-type': 'application/scim+json' },
  })
}
