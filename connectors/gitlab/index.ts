/** GitLab: an instance of one's own, where an administrator blocks the account, or groups on gitlab.com. */
import { z } from 'zod'
import { type Connector, type Health, path, unlessStatus } from '../../src/connector.ts'
import { accountSteps } from './account.ts'
import { type Client, connect, owner } from './client.ts'
import { groupSteps } from './groups.ts'
import { leaveGroup } from './leave-group.ts'
import { leftovers } from './leftovers.ts'
import { itself, locate, Member } from './people.ts'
import { Settings } from './settings.ts'

const connector: Connector<Settings, Client> = {
  id: 'gitlab',
  title: 'GitLab',
  rights: [
    { name: 'api (scope of the token)', for: 'everything below' },
    {
      name: 'own instance: Administrator, with admin_mode (scope) where admin mode is on',
      for: 'find people by address, block, tokens, SSH keys, memberships, hand-over',
    },
    { name: 'gitlab.com: Owner of each group', for: 'see its members and their addresses, remove them' },
  ],
  settings: Settings,
  limits: [
    {
      id: 'users',
      matches: ({ url }) => /\/users\/\d+$/.test(url.pathname),
      perSecond: 2,
      concurrent: 5,
      source:
        'GET /users/:id: 300 requests in 10 minutes (Admin > Settings > Network > Users API rate limit), in bursts; beyond, Retry-After is waited for',
    },
    {
      id: 'api',
      perSecond: 5,
      concurrent: 10,
      source:
        'gitlab.com: group and project member lists 60 to 200 a minute, all else 2,000; an own instance as it is set',
    },
  ],
  renew:
    'makes a new access token (own instance: User settings > Access tokens of the administrator; gitlab.com: the group > ' +
    'Settings > Access tokens, role Owner) with the scope api and stores it where the settings read it.',
  connect,
  check,
  locate,
  steps: [...accountSteps, leaveGroup, ...groupSteps, leftovers],
}

export default connector

const Token = z.object({ scopes: z.array(z.string()), expires_at: z.string().nullish() })

async function check(client: Client): Promise<Health> {
  const [self, token] = await Promise.all([
    itself(client),
    client.rest.ask('read the token itself', '/personal_access_tokens/self', Token),
  ])
  const missing = token.scopes.includes('api') ? [] : ['The token lacks the scope api: IT makes one that has it.']
  const { groups, baseUrl } = client.settings
  if (groups) for (const group of groups) missing.push(...(await groupMissing(client, group, self.id)))
  else missing.push(...(await instanceMissing(client, self)))
  const warnings = token.scopes.includes('sudo') ? ['The token has the scope sudo, which Latchkey does not need.'] : []
  if (token.expires_at) warnings.push(`The token ends on ${token.expires_at}: IT renews it before.`)
  return { as: `${self.username} at ${new URL(baseUrl).host}`, missing, warnings }
}

async function instanceMissing(client: Client, self: { id: number; username: string; is_admin?: boolean | undefined }) {
  if (self.is_admin !== false && (await mayAdminister(client, self.id))) return []
  return [
    `${self.username} may not act as an administrator: another administrator makes it one (Admin > Users > ${self.username} > Edit > Access level), and where admin mode is on, IT makes a token with the scope admin_mode.`,
  ]
}

async function mayAdminister({ rest }: Client, id: number): Promise<boolean> {
  const asked = rest.order('look as an administrator', path`/users/${id}/memberships`, {})
  return (await unlessStatus([403, 404], asked)) !== undefined
}

async function groupMissing(client: Client, group: string, id: number): Promise<string[]> {
  const member = await client.rest.find('read its own role', path`/groups/${group}/members/all/${id}`, Member)
  if ((member?.access_level ?? 0) >= owner) return []
  return [
    `The token is no owner of ${group}: an owner gives it that role (${group} > Manage > Members), or makes a group access token with the role Owner.`,
  ]
}
