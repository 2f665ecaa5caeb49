/** What the leaver let apps do, and the apps that were assigned to the leaver. */
import { z } from 'zod'
import type { AutomaticStep } from '../../src/connector.ts'
import type { Graph } from './graph.ts'
import { path } from './odata.ts'

const Grant = z.object({
  id: z.string(),
  clientId: z.string(),
  consentType: z.string().nullish(),
  scope: z.string().nullish(),
})

export const appConsents: AutomaticStep<Graph> = {
  id: 'app-consents',
  title: 'Withdraw consents given to apps',
  area: 'applications',
  phase: 'contain',
  supersededBy: 'microsoft-365/delete-user',
  async find(at) {
    const grants = await at.client.list(path`/users/${at.account.id}/oauth2PermissionGrants`, Grant)
    const own = grants.filter((grant) => grant.consentType !== 'AllPrincipals')
    return own.map((grant) => ({
      id: grant.id,
      label: `Consent to app ${grant.clientId.slice(0, 8)}…`,
      state: 'open',
      fact: `may ${grant.scope?.trim().slice(0, 200) || 'sign in'} in the leaver's name`,
    }))
  },
  async apply(at, finding) {
    await at.client.remove(path`/oauth2PermissionGrants/${finding.id}`)
  },
}

const AppRole = z.object({
  id: z.string(),
  appRoleId: z.string(),
  resourceId: z.string(),
  resourceDisplayName: z.string().nullish(),
  principalId: z.string().min(1),
  createdDateTime: z.string().nullish(),
})
const Before = z.object({ resourceId: z.string(), appRoleId: z.string() })

export const appAssignments: AutomaticStep<Graph> = {
  id: 'app-assignments',
  title: 'Remove assignments to applications',
  area: 'applications',
  phase: 'remove',
  supersededBy: 'microsoft-365/delete-user',
  async find(at) {
    const roles = await at.client.list(path`/users/${at.account.id}/appRoleAssignments`, AppRole)
    // The list also has those that come through a group; they end with the membership.
    const own = roles.filter((role) => role.principalId === at.account.id)
    return own.map(({ id, resourceDisplayName, resourceId, appRoleId, createdDateTime }) => ({
      id,
      label: resourceDisplayName ?? `app ${resourceId.slice(0, 8)}…`,
      state: 'open',
      fact: `assigned${createdDateTime ? ` ${createdDateTime.slice(0, 10)}` : ''}`,
      before: { resourceId, appRoleId },
    }))
  },
  async apply(at, finding) {
    await at.client.remove(path`/users/${at.account.id}/appRoleAssignments/${finding.id}`)
  },
  async undo(at, finding) {
    const { resourceId, appRoleId } = Before.parse(finding.before)
    const body = { principalId: at.account.id, resourceId, appRoleId }
    await at.client.post(path`/users/${at.account.id}/appRoleAssignments`, body)
  },
}
