import { z } from 'zod'
import type { Health, Right } from '../../src/connector.ts'
import type { Client, Org } from './client.ts'
import { identitiesIn, verifiedMembers } from './people.ts'

interface Permission extends Right {
  /** As GitHub's API calls it. */
  key: string
  /** `read` is part of `write`. */
  level: 'read' | 'write'
}

/** https://docs.github.com/rest/authentication/permissions-required-for-github-apps */
export const permissions: readonly Permission[] = [
  {
    key: 'members',
    level: 'write',
    name: 'Organization > Members: read and write',
    for: 'find the person; memberships, teams, roles, outside collaborators, invitations, provisioned identities',
  },
  {
    key: 'organization_administration',
    level: 'write',
    name: 'Organization > Administration: read and write',
    for: 'single sign-on identities, credentials authorised for single sign-on, audit log',
  },
  {
    key: 'organization_personal_access_tokens',
    level: 'write',
    name: 'Organization > Personal access tokens: read and write',
    for: 'revoke fine-grained tokens',
  },
  {
    key: 'organization_personal_access_token_requests',
    level: 'write',
    name: 'Organization > Personal access token requests: read and write',
    for: 'deny requests for fine-grained tokens',
  },
  {
    key: 'organization_custom_org_roles',
    level: 'read',
    name: 'Organization > Custom organization roles: read-only',
    for: 'list organisation roles',
  },
  {
    key: 'organization_copilot_seat_management',
    level: 'write',
    name: 'Organization > GitHub Copilot Business: read and write',
    for: 'cancel the Copilot seat',
  },
  {
    key: 'administration',
    level: 'read',
    name: 'Repository > Administration: read-only',
    for: 'list deploy keys',
  },
  { key: 'metadata', level: 'read', name: 'Repository > Metadata: read-only', for: 'list repositories' },
]

/** Each opens far more than an offboarding needs. */
const farTooBroad = ['contents', 'secrets', 'organization_secrets', 'workflows', 'actions', 'environments']

const App = z.object({ id: z.number(), name: z.string() })
const Owner = z.object({ login: z.string() })

export async function check(client: Client): Promise<Health> {
  const app = await client.app.ask('read the App itself', '/app', App)
  const found = await Promise.all(client.orgs.map((org) => checkOrg(client, org)))
  const { owner, login } = client.orgs[0] ?? {}
  const missing = owner ? await ownerMissing(owner, login ?? '') : []
  return {
    as: `the GitHub App ${app.name} (${app.id}) in ${client.orgs.map((org) => org.login).join(', ')}`,
    missing: [...found.flatMap((one) => one.missing), ...missing],
    warnings: found.flatMap((one) => one.warnings),
  }
}

async function checkOrg(client: Client, org: Org): Promise<{ missing: string[]; warnings: string[] }> {
  const grant = await org.grant()
  const place = `the App's settings > Permissions & events; then an owner of ${org.login} accepts it (${org.login} > Settings > GitHub Apps)`
  const wanted = permissions.filter(({ key }) => isUsed(client, key))
  const missing = wanted
    .filter(({ key, level }) => !has(grant.permissions[key], level))
    .map(({ name }) => `${name} is not granted in ${org.login}: IT adds it in ${place}.`)
  const warnings = farTooBroad
    .filter((key) => grant.permissions[key])
    .map((key) => `The App may more in ${org.login} than Latchkey needs (${key}): IT takes it away in ${place}.`)
  if (grant.repository_selection === 'selected')
    warnings.push(
      `The App is installed on some repositories of ${org.login} only, so deploy keys of the others are not seen: an owner chooses "All repositories".`,
    )
  if (missing.length === 0 && !(await canTell(client, org)))
    warnings.push(
      `GitHub does not tell who is who in ${org.login} (no single sign-on of its own, no verified domain), and the settings name nobody under people: nobody will be found there.`,
    )
  return { missing, warnings }
}

function isUsed({ settings, ownServer }: Client, key: string): boolean {
  if (key === 'administration') return settings.deployKeys
  return !(ownServer && key === 'organization_copilot_seat_management')
}

function has(granted: string | undefined, level: 'read' | 'write'): boolean {
  return level === 'read' ? granted !== undefined : granted === 'write' || granted === 'admin'
}

async function canTell(client: Client, org: Org): Promise<boolean> {
  if (Object.keys(client.settings.people).length > 0 || (await identitiesIn(org))) return true
  return (await verifiedMembers(org)).some((one) => one.organizationVerifiedDomainEmails.length > 0)
}

/** A classic token tells its scopes with every answer. */
async function ownerMissing(owner: NonNullable<Org['owner']>, login: string): Promise<string[]> {
  const { headers } = await owner.answer('read whose token it is', '/user', Owner)
  const scopes = (headers.get('x-oauth-scopes') ?? '').split(',').map((one) => one.trim())
  if (scopes.includes('admin:org')) return []
  return [
    `ownerToken lacks the scope admin:org, which codespaces need: an owner of ${login} makes another (Settings > Developer settings > Personal access tokens > Tokens (classic)).`,
  ]
}
