/** What Slack gives no method for. */
import { z } from 'zod'
import { everyPage, type ManualStep, Rejected, writtenId } from '../../src/connector.ts'
import { hasApi } from './account.ts'
import type { Slack, SlackAt } from './client.ts'
import { manage, userOf } from './person.ts'

export const byHand: ManualStep<Slack> = {
  id: 'deactivate-by-hand',
  title: 'Deactivate the account by hand',
  area: 'applications',
  phase: 'contain',
  owner: 'it',
  dueIn: 4 * 3_600_000,
  applies: async (at) => !hasApi(at.client) && !(await userOf(at.client, at.account.id)).deleted,
  async ask({ client, account }) {
    const plan = client.settings.plan === 'free' ? 'Free' : 'Pro'
    return `Slack ${plan} has no method for this. An owner opens ${manage(await client.own())}, finds ${account.label}, and chooses ⋯ > Deactivate account. It signs them out everywhere.`
  },
}

/** What was installed by somebody may stop with them, or go on without anybody who knows it. */
export const integrations: ManualStep<Slack> = {
  id: 'integrations',
  title: 'Look after apps and webhooks they added',
  area: 'applications',
  phase: 'preserve',
  owner: 'it',
  dueIn: 86_400_000,
  async applies(at) {
    const added = await addedBy(at)
    return added === undefined || added.length > 0
  },
  async ask(at) {
    const { url } = await at.client.own()
    const where = `${url.replace(/\/$/, '')}/apps/manage`
    const added = (await addedBy(at)) ?? []
    const what = added.length > 0 ? `added ${added.join(', ')}` : 'may have added apps and webhooks'
    return `${at.account.label} ${what}. Slack may switch off what a deactivated person installed. IT opens ${where}, has somebody else install what is needed, makes new webhook addresses where they knew them, and gives workflows of theirs (Workflow Builder > Manage) another owner.`
  },
}

const Logs = z.object({
  logs: z.array(
    z.object({
      service_id: writtenId.optional(),
      app_id: writtenId.optional(),
      service_type: z.string().optional(),
      app_type: z.string().optional(),
      user_id: z.string().optional(),
      date: z.coerce.number(),
      change_type: z.string(),
    }),
  ),
  paging: z.object({ page: z.number(), pages: z.number() }),
})
type Log = z.infer<typeof Logs>['logs'][number]

const gone = ['removed', 'disabled']

/**
 * By name; undefined where Slack does not tell: Free has no log, and an organization's token is refused outright
 * (invalid_auth) for each workspace that its owner is not in.
 */
async function addedBy(at: SlackAt): Promise<string[] | undefined> {
  const { plan } = at.client.settings
  if (plan === 'free' || plan === 'enterprise') return undefined
  const logs = await logsOf(at)
  if (!logs) return undefined
  const last = new Map<string, Log>()
  for (const log of logs.toSorted((a, b) => a.date - b.date)) last.set(log.service_id ?? log.app_id ?? '', log)
  return [...last.values()]
    .filter((log) => !gone.includes(log.change_type))
    .map((log) => log.service_type ?? log.app_type ?? 'an app without a name')
}

const untold = ['missing_scope', 'paid_only', 'paid_teams_only', 'not_allowed_token_type', 'user_is_restricted']

async function logsOf({ client, account }: SlackAt): Promise<Log[] | undefined> {
  const read = (page: string) =>
    client.call('list what they installed', 'team.integrationLogs', Logs, { user: account.id, count: 100, page })
  try {
    return await everyPage('Slack', '1', async (page) => {
      const { logs, paging } = await read(page)
      return { items: logs, next: paging.page < paging.pages ? String(paging.page + 1) : undefined }
    })
  } catch (error) {
    if (error instanceof Rejected && untold.includes(error.code ?? '')) return undefined
    throw error
  }
}
