/** What the user may do: groups, policies, and the boundary around them. */
import { type Finding, Rejected } from '../../src/connector.ts'
import { unlessGone } from './answers.ts'
import { all } from './client.ts'
import { denyAllPolicy, policyDocument } from './sign-in.ts'
import { type On, userStep } from './step.ts'

/**
 * No guard for the last administrator: every account keeps its root user and the role that Latchkey itself acts in, so
 * nobody's leaving can lock an AWS account.
 */
export const groups = userStep({
  id: 'groups',
  title: 'Leave groups',
  phase: 'remove',
  look: groupsOf,
  act: leaveGroup,
  giveBack: async ({ realm, userName, signal }, finding) => {
    await realm.send(
      new realm.iam.AddUserToGroupCommand({ UserName: userName, GroupName: before(finding, 'group') }),
      signal,
    )
  },
})

export async function groupsOf({ realm, userName, signal }: On): Promise<Finding[]> {
  const found = await all(
    (marker) => realm.send(new realm.iam.ListGroupsForUserCommand({ UserName: userName, ...marker }), signal),
    (page) => page.Groups,
  )
  return found.map((group) => {
    const name = group.GroupName ?? ''
    return { id: group.GroupId ?? '', label: name, state: 'open', fact: `Member of ${name}`, before: { group: name } }
  })
}

export function leaveGroup({ realm, userName, signal }: On, finding: Finding): Promise<void> {
  const order = { UserName: userName, GroupName: before(finding, 'group') }
  return unlessGone(realm.send(new realm.iam.RemoveUserFromGroupCommand(order), signal))
}

export const attachedPolicies = userStep({
  id: 'attached-policies',
  title: 'Detach managed policies',
  phase: 'remove',
  look: attachedOf,
  act: detach,
  giveBack: async ({ realm, userName, signal }, finding) => {
    await realm.send(new realm.iam.AttachUserPolicyCommand({ UserName: userName, PolicyArn: finding.id }), signal)
  },
})

export async function attachedOf({ realm, userName, signal }: On): Promise<Finding[]> {
  const policies = await all(
    (marker) => realm.send(new realm.iam.ListAttachedUserPoliciesCommand({ UserName: userName, ...marker }), signal),
    (page) => page.AttachedPolicies,
  )
  return policies.map((policy) => {
    const label = policy.PolicyName ?? ''
    return { id: policy.PolicyArn ?? '', label, state: 'open', fact: `Managed policy ${label} attached` }
  })
}

export function detach({ realm, userName, signal }: On, finding: Finding): Promise<void> {
  return unlessGone(
    realm.send(new realm.iam.DetachUserPolicyCommand({ UserName: userName, PolicyArn: finding.id }), signal),
  )
}

export const inlinePolicies = userStep({
  id: 'inline-policies',
  title: 'Delete inline policies',
  phase: 'remove',
  async look(on) {
    const findings: Finding[] = []
    for (const name of await inlineNames(on)) {
      const document = await policyDocument(on, name)
      if (document !== undefined) findings.push({ ...inlineFinding(name), before: { document } })
    }
    return findings
  },
  act: (on, finding) => deleteInline(on, finding.id),
  giveBack: async ({ realm, userName, signal }, finding) => {
    const order = { UserName: userName, PolicyName: finding.id, PolicyDocument: before(finding, 'document') }
    await realm.send(new realm.iam.PutUserPolicyCommand(order), signal)
  },
})

function inlineFinding(name: string): Finding {
  return { id: name, label: name, state: 'open', fact: `Inline policy ${name}` }
}

/** Our own denial is no grant: it stays until the user is deleted. */
export async function inlineNames({ realm, userName, signal }: On): Promise<string[]> {
  const names = await all(
    (marker) => realm.send(new realm.iam.ListUserPoliciesCommand({ UserName: userName, ...marker }), signal),
    (page) => page.PolicyNames,
  )
  return names.filter((name) => name !== denyAllPolicy)
}

export function deleteInline({ realm, userName, signal }: On, name: string): Promise<void> {
  return unlessGone(realm.send(new realm.iam.DeleteUserPolicyCommand({ UserName: userName, PolicyName: name }), signal))
}

export const permissionsBoundary = userStep({
  id: 'permissions-boundary',
  title: 'Remove the permissions boundary',
  phase: 'remove',
  // A boundary only ever takes away: without it, whatever is still granted would reach further.
  needs: ['aws/groups', 'aws/attached-policies', 'aws/inline-policies'],
  async look(_on, user) {
    const arn = user.PermissionsBoundary?.PermissionsBoundaryArn
    if (user.PermissionsBoundary && !arn)
      throw new Rejected('AWS names a permissions boundary without saying which, so nothing is known of it.')
    if (!arn) return []
    const label = arn.split('/').at(-1) ?? arn
    return [{ id: arn, label, state: 'open', fact: `Permissions boundary ${label}`, before: { arn } }]
  },
  act: ({ realm, userName, signal }) =>
    unlessGone(realm.send(new realm.iam.DeleteUserPermissionsBoundaryCommand({ UserName: userName }), signal)),
  giveBack: async ({ realm, userName, signal }, finding) => {
    const order = { UserName: userName, PermissionsBoundary: before(finding, 'arn') }
    await realm.send(new realm.iam.PutUserPermissionsBoundaryCommand(order), signal)
  },
})

function before(finding: Finding, name: string): string {
  const value = (finding.before as Record<string, unknown> | undefined)?.[name]
  return typeof value === 'string' ? value : finding.label
}
