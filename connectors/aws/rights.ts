/** The least that the role in each account must be allowed, and whether it is: AWS itself is asked. */
import { Denied, type Health, Rejected, type Right } from '../../src/connector.ts'
import { isCode } from './answers.ts'
import { type Aws, all, type Caller, type Realm } from './client.ts'

/** The kind of thing that a right is granted on; a policy may well allow it on that kind alone. */
type On = 'user' | 'group' | 'mfa' | '*'

interface IamRight extends Right {
  on: On
}

function right(on: On, action: string, purpose: string): IamRight {
  return { on, name: `iam:${action}`, for: purpose }
}

const needed: readonly IamRight[] = [
  right('*', 'GetAccountAuthorizationDetails', 'finding the user by its e-mail tag'),
  right('user', 'ListUsers', 'finding the user by its name, or a renamed one by its id'),
  right('user', 'GetUser', 'making sure that the name still means the same user'),
  right('user', 'GetUserPolicy', 'reading inline policies'),
  right('user', 'ListUserPolicies', 'listing inline policies'),
  right('user', 'PutUserPolicy', 'denying everything; giving inline policies back'),
  right('user', 'DeleteUserPolicy', 'deleting inline policies'),
  right('user', 'ListAccessKeys', 'listing access keys'),
  right('user', 'GetAccessKeyLastUsed', 'showing when a key was last used'),
  right('user', 'UpdateAccessKey', 'switching access keys off'),
  right('user', 'GetLoginProfile', 'seeing whether there is a console password'),
  right('user', 'DeleteLoginProfile', 'removing the console password'),
  right('user', 'ListMFADevices', 'listing MFA devices'),
  right('mfa', 'ListVirtualMFADevices', 'finding virtual devices that are deactivated and not deleted yet'),
  right('user', 'DeactivateMFADevice', 'removing MFA devices'),
  right('mfa', 'DeleteVirtualMFADevice', 'removing MFA devices'),
  right('user', 'ListSigningCertificates', 'listing signing certificates'),
  right('user', 'UpdateSigningCertificate', 'switching signing certificates off'),
  right('user', 'ListSSHPublicKeys', 'listing SSH keys'),
  right('user', 'UpdateSSHPublicKey', 'switching SSH keys off'),
  right('user', 'ListServiceSpecificCredentials', 'listing Git passwords and Bedrock API keys'),
  right('user', 'UpdateServiceSpecificCredential', 'switching them off'),
  right('user', 'ListGroupsForUser', 'listing groups'),
  right('group', 'RemoveUserFromGroup', 'leaving groups'),
  right('user', 'ListAttachedUserPolicies', 'listing managed policies'),
  right('user', 'DetachUserPolicy', 'detaching managed policies'),
  right('user', 'DeleteUserPermissionsBoundary', 'removing the permissions boundary'),
  right('user', 'DeleteAccessKey', 'deleting the user'),
  right('user', 'DeleteSigningCertificate', 'deleting the user'),
  right('user', 'DeleteSSHPublicKey', 'deleting the user'),
  right('user', 'DeleteServiceSpecificCredential', 'deleting the user'),
  right('user', 'DeleteUser', 'deleting the user'),
]

const wanted: readonly IamRight[] = [
  right('group', 'AddUserToGroup', 'giving groups back to someone who stays after all'),
  right('user', 'AttachUserPolicy', 'giving managed policies back'),
  right('user', 'PutUserPermissionsBoundary', 'giving the permissions boundary back'),
]

const simulate = right('*', 'SimulatePrincipalPolicy', 'telling which of these rights are missing (doctor only)')
const assume: Right = { name: 'sts:AssumeRole', for: 'acting in an account; on the roles of the settings' }

export const rights: readonly Right[] = [assume, ...needed, ...wanted, simulate].map(({ name, for: purpose }) => ({
  name,
  for: purpose,
}))

export async function check(client: Aws): Promise<Health> {
  const caller = await client.caller()
  const found = await Promise.all([...client.realms.values()].map((realm) => checkRealm(realm, caller, client)))
  const warnings = found.flatMap((one) => one.warnings)
  if (caller.arn.endsWith(':root'))
    warnings.push('Latchkey signs in as the root user, who cannot be limited. IT gives it a role or a user of its own.')
  return {
    as: `${caller.arn}, acting in ${[...client.realms.keys()].join(', ')}`,
    missing: found.flatMap((one) => one.missing),
    warnings,
  }
}

interface Found {
  missing: string[]
  warnings: string[]
}

async function checkRealm(realm: Realm, caller: Caller, client: Aws): Promise<Found> {
  const principal = realm.role ?? caller.arn
  let missing: string[]
  try {
    missing = await refusedReads(realm, principal, client)
  } catch (error) {
    // Not let in at all: the message says into which account, and what IT does. Unreachable is no missing right.
    if (error instanceof Denied || error instanceof Rejected) return { missing: [error.message], warnings: [] }
    throw error
  }
  try {
    const refused = await simulated(realm, principal)
    return {
      missing: refused.map((one) => missingRight(realm, principal, one)),
      warnings: await broader(realm, principal, caller),
    }
  } catch (error) {
    if (!(error instanceof Rejected)) throw error
    const next = isCode(error, 'AccessDenied') ? `IT allows ${simulate.name} to ${principal}.` : error.message
    return { missing, warnings: [`AWS account ${realm.id}: AWS could not be asked which rights are missing. ${next}`] }
  }
}

function missingRight(realm: Realm, principal: string, missing: IamRight): string {
  return `AWS account ${realm.id}: ${missing.name} is missing, for ${missing.for}. IT allows it to ${principal} in IAM.`
}

/** Each stands for a kind of power that Latchkey has no use for; allowed on everything, it is far too much. */
const telling = [
  'iam:CreateUser',
  'iam:CreateAccessKey',
  'iam:CreateLoginProfile',
  'iam:CreatePolicyVersion',
  'iam:AttachRolePolicy',
  'iam:UpdateAssumeRolePolicy',
  'iam:PassRole',
  'sts:AssumeRole',
  's3:GetObject',
  'secretsmanager:GetSecretValue',
  'kms:Decrypt',
  'ec2:TerminateInstances',
  'lambda:InvokeFunction',
]

/** What a thief of the credential could do besides; also of the principal that the roles are assumed from, where it lives here. */
async function broader(realm: Realm, principal: string, caller: Caller): Promise<string[]> {
  const ours = caller.account === realm.id && caller.arn.includes(':user/') ? [caller.arn] : []
  const warnings: string[] = []
  for (const one of new Set([principal, ...ours])) {
    const may = await allowedOf(realm, one, telling, '*')
    if (may.size > 0)
      warnings.push(
        `AWS account ${realm.id}: ${one} may more than Latchkey needs, on everything: ${[...may].join(', ')}. IT takes it away in IAM.`,
      )
  }
  return warnings
}

/** The policy simulator, asked for each kind of thing with the name of a thing that need not exist. */
async function simulated(realm: Realm, principal: string): Promise<IamRight[]> {
  const partition = principal.split(':')[1] ?? 'aws'
  const resources: Record<On, string> = {
    user: `arn:${partition}:iam::${realm.id}:user/latchkey-doctor`,
    group: `arn:${partition}:iam::${realm.id}:group/latchkey-doctor`,
    mfa: `arn:${partition}:iam::${realm.id}:mfa/latchkey-doctor`,
    '*': '*',
  }
  const refused: IamRight[] = []
  for (const [on, group] of Map.groupBy([...needed, ...wanted], (one) => one.on)) {
    const names = group.map((one) => one.name)
    const allowed = await allowedOf(realm, principal, names, resources[on])
    refused.push(...group.filter((one) => !allowed.has(one.name)))
  }
  return refused
}

export async function allowedOf(
  realm: Realm,
  principal: string,
  actions: readonly string[],
  resource: string,
): Promise<Set<string | undefined>> {
  const question = { PolicySourceArn: principal, ActionNames: [...actions], ResourceArns: [resource] }
  const results = await all(
    (marker) => realm.send(new realm.iam.SimulatePrincipalPolicyCommand({ ...question, ...marker })),
    (page) => page.EvaluationResults,
  )
  return new Set(results.filter((one) => one.EvalDecision === 'allowed').map((one) => one.EvalActionName))
}

/** What can be tried without changing anything. */
async function refusedReads(realm: Realm, principal: string, client: Aws): Promise<string[]> {
  const tries: Record<string, () => Promise<unknown>> = {
    'iam:ListUsers': () => realm.send(new realm.iam.ListUsersCommand({ MaxItems: 1 })),
  }
  if (client.match.by === 'email-tag')
    tries['iam:GetAccountAuthorizationDetails'] = () =>
      realm.send(new realm.iam.GetAccountAuthorizationDetailsCommand({ Filter: ['User'], MaxItems: 1 }))
  const missing: string[] = []
  for (const right of needed) {
    try {
      await tries[right.name]?.()
    } catch (error) {
      if (!isCode(error, 'AccessDenied')) throw error
      missing.push(missingRight(realm, principal, right))
    }
  }
  return missing
}
