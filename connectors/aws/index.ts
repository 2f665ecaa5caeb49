/** IAM users in any number of AWS accounts, and the users of IAM Identity Center, over AWS's own SDKs. */
import type { Connector, Limit, Step } from '../../src/connector.ts'
import { classify, reads } from './answers.ts'
import { centerApplications, centerAssignments, centerDeleteUser, centerGroups } from './center-access.ts'
import { centerPortal } from './center-portal.ts'
import { centerRights, checkCenter } from './center-rights.ts'
import { centerSessions } from './center-sessions.ts'
import { type Aws, connect } from './client.ts'
import { deleteUser } from './delete-user.ts'
import { attachedPolicies, groups, inlinePolicies, permissionsBoundary } from './grants.ts'
import { keySteps } from './keys.ts'
import { check, rights } from './rights.ts'
import { roleSessions } from './role-sessions.ts'
import { serviceKeys } from './service-keys.ts'
import { Settings } from './settings.ts'
import { consolePassword, denyAll, mfaDevices } from './sign-in.ts'
import { locate } from './user.ts'

const containing = [consolePassword, mfaDevices, ...keySteps]
const removing = [groups, attachedPolicies, inlinePolicies, permissionsBoundary]
const beforeDeletion = [...containing, ...removing].map((step) => step.id)

const usualSteps = [denyAll, ...containing, ...removing, deleteUser(beforeDeletion)]

/** AWS's own quota is for all of it together, in every account. */
const centerLimit: Limit = {
  id: 'identity-center',
  matches: ({ url }) => /^(?:identitystore|sso)\./.test(url.hostname),
  perSecond: 10,
  concurrent: 5,
  source:
    'half of the 20 a second that AWS names for all Identity Center APIs: https://docs.aws.amazon.com/singlesignon/latest/userguide/limits.html',
}

const usualLimits: readonly Limit[] = [
  {
    id: 'changes',
    matches: (request) => !reads(request),
    perSecond: 5,
    concurrent: 3,
    source: 'assumed: AWS publishes no figure for IAM, and throttles each account by itself',
  },
  {
    id: 'reads',
    perSecond: 15,
    concurrent: 5,
    source: 'assumed: AWS publishes no figure for IAM and STS',
  },
]

function stepsFor(settings: Settings): readonly Step<Aws>[] {
  const center = settings.identityCenter
  return [
    ...usualSteps,
    ...(settings.accounts.some((account) => account.sharedRoles?.length) ? [roleSessions] : []),
    ...(center ? [centerPortal, centerSessions, centerGroups, centerAssignments, centerApplications] : []),
    ...(center?.deleteUser ? [centerDeleteUser] : []),
    ...(settings.ownerTag ? [serviceKeys] : []),
  ]
}

const aws: Connector<Settings, Aws> = {
  id: 'aws',
  title: 'AWS',
  rights,
  settings: Settings,
  limits: usualLimits,
  renew:
    'makes a new access key for the IAM user that Latchkey signs in as (IAM → Users → Security credentials), puts it into the settings, and checks that this user may assume the roles named there',
  reads,
  classify,
  connect,
  configured: (settings) => ({
    rights: [...rights, ...centerRights(settings)],
    limits: settings.identityCenter ? [centerLimit, ...usualLimits] : usualLimits,
    steps: stepsFor(settings),
  }),
  check: async (client) => checkCenter(client, await check(client)),
  locate,
  steps: usualSteps,
}

export default aws
