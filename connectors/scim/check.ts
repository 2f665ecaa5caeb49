/** Whether the token may read, and what the service says that does not fit the settings. */
import { z } from 'zod'
import { type Health, Rejected, type Right } from '../../src/connector.ts'
import type { Scim, ServiceProviderConfig } from './client.ts'
import type { Settings } from './settings.ts'

export const rights: readonly Right[] = [
  { name: 'Users: read and write', for: 'finding the account, switching it off, and deleting it where that is set' },
  { name: 'Groups: read and write', for: 'leaving groups; not needed with `groups: none`' },
]

const Count = z.object({ totalResults: z.number() })

/** Writing cannot be tried without writing: SCIM tokens of most services may either do everything or nothing. */
export async function check(scim: Scim): Promise<Health> {
  const { settings } = scim
  const missing = [
    ...(await missingTo(scim, '/Users', 'Users: read and write')),
    ...(settings.groups === 'none' ? [] : await missingTo(scim, '/Groups', 'Groups: read and write')),
  ]
  const holder = settings.owner ? `the token of ${settings.owner}` : 'its SCIM token'
  const warnings = mismatches(settings, await scim.config())
  return { as: `${holder} at ${settings.title} (${scim.realm})`, missing, ...(warnings.length > 0 && { warnings }) }
}

async function missingTo(scim: Scim, path: string, right: string): Promise<string[]> {
  try {
    await scim.rest.ask(`list ${path.slice(1).toLowerCase()}`, path, Count, { query: { count: 1 } })
    return []
  } catch (error) {
    if (!(error instanceof Rejected)) throw error
    const grant = `IT makes a SCIM token that has it, in ${scim.settings.title}'s provisioning settings`
    if (error.status === 403) return [`${right} is missing. ${error.message} ${grant}.`]
    if (path === '/Groups' && (error.status === 404 || error.status === 501))
      return [`${scim.settings.title} has no groups here: IT sets \`groups: none\`.`]
    return [`${error.message} IT looks whether the base URL ${scim.settings.baseUrl} is right.`]
  }
}

function mismatches(settings: Settings, config: ServiceProviderConfig | undefined): string[] {
  const { title, write, groups } = settings
  const found: string[] = []
  if (config?.patch?.supported === false && write === 'patch')
    found.push(`${title} says that it does not patch: IT sets \`write: put\`, or leaves it out.`)
  if (config?.patch?.supported === false && groups !== 'none')
    found.push(`${title} says that it does not patch, so groups are left by hand.`)
  if (config?.filter?.supported === false)
    found.push(`${title} says that it does not filter, so all its users are read each time.`)
  return found
}
