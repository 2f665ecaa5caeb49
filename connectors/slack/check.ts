/** Whose token it is, what it may do, and what it may do beyond that. */
import { z } from 'zod'
import { type Health, Rejected, type Right } from '../../src/connector.ts'
import { hasApi } from './account.ts'
import type { Slack } from './client.ts'
import { userOf } from './person.ts'
import type { Settings } from './settings.ts'

interface Scope extends Right {
  on: readonly Settings['plan'][]
}

const everywhere = ['free', 'pro', 'business-plus', 'enterprise'] as const
const paid = ['pro', 'business-plus', 'enterprise'] as const

const scopes: readonly Scope[] = [
  { name: 'users:read', for: 'reading whether the account is active, and whose it is', on: everywhere },
  { name: 'users:read.email', for: 'finding the account by its address', on: everywhere },
  { name: 'usergroups:read', for: 'finding their user groups (paid plans)', on: paid },
  { name: 'usergroups:write', for: 'leaving user groups (paid plans)', on: paid },
  { name: 'channels:read', for: 'finding public channels, with `channels: all`', on: [] },
  { name: 'channels:write', for: 'leaving public channels, with `channels: all`', on: [] },
  { name: 'groups:read', for: 'finding private channels', on: [] },
  { name: 'groups:write', for: 'leaving private channels', on: [] },
  {
    name: 'admin',
    for: 'Business+: deactivating by SCIM, and the log of installed apps; Enterprise: only for giving an account back',
    on: ['business-plus'],
  },
  { name: 'admin.users:read', for: 'Enterprise: reading sessions', on: ['enterprise'] },
  { name: 'admin.users:write', for: 'Enterprise: ending sessions and deactivating', on: ['enterprise'] },
  { name: 'admin.roles:read', for: 'Enterprise: reading administrative roles', on: ['enterprise'] },
  { name: 'admin.roles:write', for: 'Enterprise: taking administrative roles away', on: ['enterprise'] },
]

const asRight = ({ name, for: why }: Scope): Right => ({ name, for: why })

export const rights: readonly Right[] = scopes.map(asRight)

export function rightsFor(settings: Settings): Right[] {
  const needed = neededBy(settings)
  return scopes.filter(({ name }) => needed.includes(name)).map(asRight)
}

export async function check(slack: Slack): Promise<Health> {
  const own = await slack.own()
  const as = `${own.user ?? own.user_id} (${own.user_id}) in ${own.team ?? own.team_id}`
  if (own.bot_id)
    return {
      as,
      missing: ['This is a bot token (xoxb-…): IT installs the app as an owner and takes the user token (xoxp-…).'],
    }
  const granted = await slack.scopes()
  const needed = neededBy(slack.settings)
  const missing = needed
    .filter((name) => !granted.includes(name))
    .map(
      (name) =>
        `${name} is not granted: IT adds it under OAuth & Permissions > User Token Scopes of the app (api.slack.com/apps), and installs the app again.`,
    )
  const blind = missing.length > 0 || slack.settings.plan !== 'business-plus' ? [] : await scimMissing(slack)
  const warnings = [...(await rankOf(slack, own.user_id)), ...beyond(granted)]
  return { as, missing: [...missing, ...blind], ...(warnings.length > 0 && { warnings }) }
}

function neededBy({ plan, channels }: Settings): string[] {
  const some = channels === 'none' ? [] : ['groups:read', 'groups:write']
  const more = channels === 'all' ? ['channels:read', 'channels:write'] : []
  return [...scopes.filter(({ on }) => on.includes(plan)).map(({ name }) => name), ...some, ...more]
}

async function scimMissing({ scim }: Slack): Promise<string[]> {
  try {
    await scim.ask('list users by SCIM', '/Users', z.object({ totalResults: z.number() }), { query: { count: 1 } })
    return []
  } catch (error) {
    if (!(error instanceof Rejected)) throw error
    return [`${error.message} SCIM needs Business+ and the token of an owner: IT looks at both, or sets another plan.`]
  }
}

/** An administrator cannot deactivate owners. */
async function rankOf(slack: Slack, id: string): Promise<string[]> {
  const user = await userOf(slack, id).catch((error: unknown) => {
    if (error instanceof Rejected) return undefined
    throw error
  })
  if (!user || user.is_owner || !hasApi(slack)) return []
  return ['The token belongs to nobody who is an owner: owners and administrators cannot be offboarded with it.']
}

function beyond(granted: readonly string[]): string[] {
  const listed = scopes.map(({ name }) => name)
  const more = granted.filter((name) => !listed.includes(name) && name !== 'identify')
  return more.length > 0
    ? [`The token may do more than is needed: ${more.join(', ')}. IT takes these scopes away.`]
    : []
}
