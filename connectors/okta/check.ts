/** For `doctor`: asks for a token of each scope and reads something small with it. */
import { z } from 'zod'
import { Denied, type Health, Rejected } from '../../src/connector.ts'
import type { Client } from './client.ts'
import { User } from './person.ts'
import { farTooBroad, grantedAt, type Part, parts, scopes } from './scopes.ts'

const small: Readonly<Record<Part, string>> = {
  users: '/api/v1/users?limit=1',
  groups: '/api/v1/groups/rules?limit=1',
  roles: '/api/v1/iam/assignees/users?limit=1',
  devices: '/api/v1/devices?limit=1',
  tokens: '/api/v1/api-tokens',
  logs: '/api/v1/logs?limit=1',
}

export async function check(client: Client): Promise<Health> {
  const { clientId, apiToken } = client.settings
  const missing: string[] = []
  const refused: unknown[] = []
  for (const part of parts) {
    const ungranted = await refusal(() => client.signInFor(scopes[part]))
    if (ungranted) {
      refused.push(ungranted)
      missing.push(`${scopes[part]} is not granted: IT grants it to client ${clientId} in ${grantedAt}.`)
    } else {
      const unread = await refusal(() => client.api(part).ask(`try ${scopes[part]}`, small[part], z.unknown()))
      if (unread) missing.push(`${told(unread)} ${apiToken ? tokenOwner : roleOf}`)
    }
  }
  // Nothing at all was granted: then it is the key or the client, not a scope.
  if (refused.length === parts.length) throw refused[0]
  if (!apiToken) return { as: `service app ${clientId} in ${client.host}`, missing, warnings: await broader(client) }
  const own = await client.api('users').ask('read its own user', '/api/v1/users/me', User)
  return {
    as: `${own.profile.login} (by API token) in ${client.host}`,
    missing,
    warnings: [
      'An API token may do all that its owner may, and stops with the owner. A service app with the listed scopes may less.',
    ],
  }
}

const roleOf = 'IT gives the service app the administrator role for it (Applications > the service app > Admin roles).'
const tokenOwner = "IT gives the API token's owner the administrator role for it (Security > Administrators)."

async function broader(client: Client): Promise<string[]> {
  const given: string[] = []
  for (const scope of farTooBroad) if (!(await refusal(() => client.signInFor(scope)))) given.push(scope)
  if (given.length === 0) return []
  return [
    `The service app may more than Latchkey needs: ${given.join(', ')}. IT revokes what is not listed, in ${grantedAt}.`,
  ]
}

async function refusal(work: () => Promise<unknown>): Promise<unknown> {
  try {
    await work()
    return undefined
  } catch (error) {
    if (error instanceof Rejected || error instanceof Denied) return error
    throw error
  }
}

function told(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
