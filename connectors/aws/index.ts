/** IAM users in any number of AWS accounts, over `@aws-sdk/client-iam` and `@aws-sdk/client-sts`. */
import type { Connector } from '../../src/connector.ts'
import { classify, reads } from './answers.ts'
import { type Aws, connect } from './client.ts'
import { deleteUser } from './delete-user.ts'
import { attachedPolicies, groups, inlinePolicies, permissionsBoundary } from './grants.ts'
import { keySteps } from './keys.ts'
import { check, rights } from './rights.ts'
import { Settings } from './settings.ts'
import { consolePassword, denyAll, mfaDevices } from './sign-in.ts'
import { locate } from './user.ts'

const containing = [consolePassword, mfaDevices, ...keySteps]
const removing = [groups, attachedPolicies, inlinePolicies, permissionsBoundary]
const beforeDeletion = [...containing, ...removing].map((step) => step.id)

const aws: Connector<Settings, Aws> = {
  id: 'aws',
  title: 'AWS',
  rights,
  settings: Settings,
  limits: [
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
  ],
  renew:
    'makes a new access key for the IAM user that Latchkey signs in as (IAM → Users → Security credentials), puts it into the settings, and checks that this user may assume the roles named there',
  reads,
  classify,
  connect,
  check,
  locate,
  steps: [denyAll, ...containing, ...removing, deleteUser(beforeDeletion)],
}

export default aws
