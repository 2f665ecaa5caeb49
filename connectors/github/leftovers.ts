/** What goes on working without the person: deploy keys, webhooks and Apps of theirs, for somebody to look at. */
import { z } from 'zod'
import { type ManualStep, path, unlessStatus } from '../../src/connector.ts'
import type { Client } from './client.ts'
import { everyOf } from './lists.ts'
import { type GithubAt, personOf, type User } from './people.ts'
import { isMember, isOutside, isoDay } from './step.ts'

const Repository = z.object({ name: z.string(), full_name: z.string(), archived: z.boolean().optional() })
const DeployKey = z.object({
  id: z.number(),
  title: z.string(),
  read_only: z.boolean(),
  added_by: z.string().nullish(),
  last_used: z.string().nullish(),
})
const AuditEvent = z.object({
  action: z.string(),
  actor: z.string().nullish(),
  actor_id: z.number().nullish(),
  repo: z.union([z.string(), z.array(z.string())]).nullish(),
  hook_id: z.number().nullish(),
  name: z.string().nullish(),
  '@timestamp': z.number().nullish(),
})

interface Leftovers {
  keys: string[]
  /** Undefined where the plan has no audit log to ask. */
  made: string[] | undefined
}

/** https://docs.github.com/authentication/connecting-to-github-with-ssh/managing-deploy-keys: it outlives who added it. */
async function keysOf(at: GithubAt, user: User): Promise<string[]> {
  const { rest, login } = at.client.org(at.account.realm)
  const repositories = await everyOf(rest, 'list repositories', path`/orgs/${login}/repos`, Repository, { type: 'all' })
  const found = await Promise.all(
    repositories.map(async ({ name, full_name }) => {
      const list = everyOf(rest, 'list deploy keys', path`/repos/${login}/${name}/keys`, DeployKey)
      // Deleted, or moved away, since the list was read.
      const keys = (await unlessStatus([404], list)) ?? []
      return keys
        .filter((key) => key.added_by?.toLowerCase() === user.login.toLowerCase())
        .map((key) => {
          const used = key.last_used ? `last used ${isoDay(key.last_used)}` : 'never used'
          return `deploy key "${key.title}" of ${full_name} (${key.read_only ? 'reads' : 'writes'}, ${used}; gh repo deploy-key delete ${key.id} -R ${full_name})`
        })
    }),
  )
  return found.flat()
}

const actions: Readonly<Record<string, string>> = {
  'hook.create': 'webhook',
  'integration.create': 'GitHub App',
  'oauth_application.create': 'OAuth app',
  'integration_installation.create': 'installation of an App',
}

/** The audit log is Enterprise Cloud's and goes back 180 days; elsewhere GitHub says 404. */
async function madeBy(at: GithubAt, user: User): Promise<string[] | undefined> {
  const { rest, login } = at.client.org(at.account.realm)
  const found: string[] = []
  for (const action of Object.keys(actions)) {
    const query = { phrase: `actor:${user.login} action:${action}`, include: 'web' }
    const list = everyOf(rest, 'read the audit log', path`/orgs/${login}/audit-log`, AuditEvent, query)
    const events = await unlessStatus([404], list)
    if (!events) return undefined
    found.push(...events.filter((one) => isBy(one, user) && one.action === action).map(told))
  }
  return found
}

function isBy(event: z.infer<typeof AuditEvent>, user: User): boolean {
  return event.actor_id ? event.actor_id === user.id : event.actor?.toLowerCase() === user.login.toLowerCase()
}

function told({ action, repo, hook_id, name, '@timestamp': at }: z.infer<typeof AuditEvent>): string {
  const what = [actions[action], name ? `"${name}"` : '', hook_id ?? ''].filter(Boolean).join(' ')
  const where = repo ? ` in ${[repo].flat().join(', ')}` : ''
  return `${what}${where}, made ${at ? isoDay(new Date(at).toISOString()) : 'at an unknown time'}`
}

function leftoversOf(at: GithubAt): Promise<Leftovers> {
  return at.once('leftovers', async () => {
    const user = await personOf(at)
    const org = at.client.org(at.account.realm)
    if (!user || !((await isMember(org, user)) || (await isOutside(org, user)))) return { keys: [], made: [] }
    const keys = at.client.settings.deployKeys ? await keysOf(at, user) : []
    return { keys, made: await madeBy(at, user) }
  })
}

export const leftovers: ManualStep<Client> = {
  id: 'leftovers',
  title: 'Deploy keys, webhooks and Apps of theirs',
  area: 'infrastructure',
  phase: 'remove',
  owner: 'it',
  dueIn: 7 * 86_400_000,
  async applies(at) {
    const { keys, made } = await leftoversOf(at)
    return keys.length > 0 || made === undefined || made.length > 0
  },
  async ask(at) {
    const { keys, made } = await leftoversOf(at)
    const found = [...keys, ...(made ?? [])]
    const org = at.account.realm
    const parts = [
      found.length > 0
        ? `These go on working without ${at.account.label}. Find out what uses each, then give it to a service of its own or remove it: ${found.join('; ')}.`
        : '',
      at.client.settings.deployKeys ? '' : `Deploy keys were not looked at (the setting deployKeys is off).`,
      made
        ? ''
        : `This plan of GitHub's has no audit log that could be asked who made webhooks and Apps: look through ${org} > Settings > Webhooks, GitHub Apps and OAuth Apps.`,
      'Change the webhook secrets that the person knew.',
    ]
    return parts.filter(Boolean).join(' ')
  },
}
