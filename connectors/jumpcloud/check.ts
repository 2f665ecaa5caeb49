/** For `doctor`: whom we are signed in as, and whether each thing that is needed can be read. */
import { z } from 'zod'
import { type Health, Rejected } from '../../src/connector.ts'
import type { Client } from './client.ts'

const One = z.looseObject({ results: z.array(z.looseObject({ organization: z.string().nullish() })) })

const reads = {
  '/api/systems': 'devices',
  '/api/commandresults': 'command results',
  '/api/v2/usergroups': 'groups',
  '/api/v2/applemdms': 'Apple MDM',
}

export async function check(client: Client): Promise<Health> {
  const { clientId, url } = client.settings
  const users = await client.api.ask('list users', '/api/systemusers', One, { query: { limit: 1 } })
  const missing: string[] = []
  for (const [where, what] of Object.entries(reads)) {
    const refused = await refusal(() => client.api.ask(`list ${what}`, where, z.unknown(), { query: { limit: 1 } }))
    if (refused) missing.push(`${refused.message} ${grant}`)
  }
  const organization = users.results[0]?.organization ?? client.settings.organization ?? 'unknown'
  return {
    as: `${clientId ? `service account ${clientId}` : 'an API key'} in organization ${organization} at ${new URL(url).hostname}`,
    missing,
    warnings: ['JumpCloud does not tell the role of a credential: it should be Manager, not Administrator.'],
  }
}

const grant =
  'IT gives the administrator or service account the role Manager (Settings > Administrators, or Service Accounts).'

async function refusal(work: () => Promise<unknown>): Promise<Rejected | undefined> {
  try {
    await work()
    return undefined
  } catch (error) {
    if (error instanceof Rejected) return error
    throw error
  }
}
