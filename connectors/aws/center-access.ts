/** What a user of Identity Center may reach: permission sets in accounts, applications, and the groups that give both. */
import type { AccountAssignmentOperationStatus } from '@aws-sdk/client-sso-admin'
import { type At, type AutomaticStep, type Finding, type Receipt, Rejected } from '../../src/connector.ts'
import { everyToken } from './center.ts'
import { centerStep, type InCenter, sourceOf, unlessNotFound } from './center-user.ts'
import type { Aws } from './client.ts'

const afterSessions = ['aws/center-sessions']

export const centerGroups = centerStep({
  id: 'center-groups',
  title: 'Leave Identity Center groups',
  phase: 'contain',
  after: afterSessions,
  async look(on, user) {
    const source = sourceOf(user)
    const back = source ? `; ${source} provisions this user, and gives it back unless it is taken away there` : ''
    const groups = await groupsOf(on)
    return await Promise.all(
      groups.map(async (id) => {
        const name = await groupName(on, id)
        return { id, label: name, state: 'open' as const, fact: `Member of ${name}${back}` }
      }),
    )
  },
  async act(on, finding) {
    const { center, instance, userId, signal } = on
    const who = { IdentityStoreId: instance.storeId, GroupId: finding.id, MemberId: { UserId: userId } }
    const found = await unlessNotFound(center.inStore(new center.store.GetGroupMembershipIdCommand(who), signal))
    if (!found) return
    const order = { IdentityStoreId: instance.storeId, MembershipId: found.MembershipId }
    await unlessNotFound(center.inStore(new center.store.DeleteGroupMembershipCommand(order), signal))
  },
  async giveBack(on, finding) {
    const { center, instance, userId, signal } = on
    // AWS answers "conflict" to a second membership, as it does where one is to come back in a moment.
    if ((await groupsOf(on)).includes(finding.id)) return
    const order = { IdentityStoreId: instance.storeId, GroupId: finding.id, MemberId: { UserId: userId } }
    await center.inStore(new center.store.CreateGroupMembershipCommand(order), signal)
  },
})

async function groupsOf({ center, instance, userId, signal }: InCenter): Promise<string[]> {
  const who = { IdentityStoreId: instance.storeId, MemberId: { UserId: userId } }
  const memberships = await everyToken(
    (page) => center.inStore(new center.store.ListGroupMembershipsForMemberCommand({ ...who, ...page }), signal),
    (page) => page.GroupMemberships,
  )
  return memberships.map((one) => one.GroupId ?? '')
}

async function groupName({ center, instance, signal }: InCenter, id: string): Promise<string> {
  const question = { IdentityStoreId: instance.storeId, GroupId: id }
  const group = await unlessNotFound(center.inStore(new center.store.DescribeGroupCommand(question), signal))
  return group?.DisplayName ?? id
}

export interface Assignment {
  account: string
  permissionSet: string
  /** The user's own; else a group's, which goes with the group. */
  direct: boolean
}

/**
 * ListAccountAssignmentsForPrincipal answers for organization instances alone, and names the assignments of the user's
 * groups too.
 * https://docs.aws.amazon.com/singlesignon/latest/APIReference/API_ListAccountAssignmentsForPrincipal.html
 */
export async function assignmentsOf({ center, instance, userId, signal }: InCenter): Promise<Assignment[]> {
  const who = { InstanceArn: instance.arn, PrincipalId: userId, PrincipalType: 'USER' } as const
  const found = await everyToken(
    (page) => center.inAdmin(new center.admin.ListAccountAssignmentsForPrincipalCommand({ ...who, ...page }), signal),
    (page) => page.AccountAssignments,
  )
  return found.map((one) => ({
    account: one.AccountId ?? '',
    permissionSet: one.PermissionSetArn ?? '',
    direct: one.PrincipalType === 'USER' && one.PrincipalId === userId,
  }))
}

export async function permissionSetName({ center, instance, signal }: InCenter, arn: string): Promise<string> {
  const question = { InstanceArn: instance.arn, PermissionSetArn: arn }
  const answer = await center.inAdmin(new center.admin.DescribePermissionSetCommand(question), signal)
  return answer.PermissionSet?.Name ?? arn
}

export const centerAssignments = centerStep({
  id: 'center-assignments',
  title: 'Take back access to AWS accounts',
  phase: 'contain',
  after: afterSessions,
  async look(on, _user, at) {
    const [assignments, running] = await Promise.all([assignmentsOf(on), runningDeletions(on)])
    const direct = assignments.filter((one) => one.direct).map(idOf)
    const ids = new Set([...direct, ...running])
    return await Promise.all([...ids].map((id) => assignmentFinding(on, id, running.has(id), at)))
  },
  async act({ center, instance, userId, signal }, finding) {
    const order = { ...orderOf(instance.arn, userId, finding.id) }
    const answer = await unlessNotFound(center.inAdmin(new center.admin.DeleteAccountAssignmentCommand(order), signal))
    return receiptOf(answer?.AccountAssignmentDeletionStatus)
  },
  async giveBack(on, finding) {
    const { center, instance, userId, signal } = on
    if ((await assignmentsOf(on)).some((one) => one.direct && idOf(one) === finding.id)) return
    const order = orderOf(instance.arn, userId, finding.id)
    await center.inAdmin(new center.admin.CreateAccountAssignmentCommand(order), signal)
  },
})

function idOf(assignment: Assignment): string {
  return `${assignment.account} ${assignment.permissionSet}`
}

function orderOf(instanceArn: string, userId: string, id: string) {
  const [account = '', permissionSet = ''] = id.split(' ')
  return {
    InstanceArn: instanceArn,
    TargetId: account,
    TargetType: 'AWS_ACCOUNT',
    PermissionSetArn: permissionSet,
    PrincipalType: 'USER',
    PrincipalId: userId,
  } as const
}

function receiptOf(status: AccountAssignmentOperationStatus | undefined): Receipt | undefined {
  return status?.RequestId ? { request: status.RequestId } : undefined
}

/** Ids of this user's assignments that AWS is about to delete, whoever ordered it, also where the answer was lost. */
async function runningDeletions(on: InCenter): Promise<Set<string>> {
  const { center, instance, userId, signal } = on
  const question = { InstanceArn: instance.arn, Filter: { Status: 'IN_PROGRESS' } } as const
  const requests = await everyToken(
    (page) =>
      center.inAdmin(new center.admin.ListAccountAssignmentDeletionStatusCommand({ ...question, ...page }), signal),
    (page) => page.AccountAssignmentsDeletionStatus,
  )
  const states = await Promise.all(requests.map((one) => deletionOf(on, one.RequestId ?? '')))
  const theirs = states.filter((one) => one?.PrincipalId === userId && one.Status === 'IN_PROGRESS')
  return new Set(theirs.map((one) => `${one?.TargetId} ${one?.PermissionSetArn}`))
}

async function deletionOf({ center, instance, signal }: InCenter, request: string) {
  const question = { InstanceArn: instance.arn, AccountAssignmentDeletionRequestId: request }
  const answer = await unlessNotFound(
    center.inAdmin(new center.admin.DescribeAccountAssignmentDeletionStatusCommand(question), signal),
  )
  return answer?.AccountAssignmentDeletionStatus
}

async function assignmentFinding(on: InCenter, id: string, running: boolean, at: At<Aws>): Promise<Finding> {
  const [account = '', arn = ''] = id.split(' ')
  const label = `${await permissionSetName(on, arn)} in ${account}`
  if (running) return { id, label, state: 'pending', fact: `${label}: AWS is taking it away` }
  const request = at.applied(id)?.receipt?.request
  const told = typeof request === 'string' ? await deletionOf(on, request) : undefined
  if (told?.Status === 'SUCCEEDED')
    return { id, label, state: 'pending', fact: `${label}: AWS says it is taken away, and still lists it` }
  const reason = told?.Status === 'FAILED' ? `; AWS could not take it away: ${told.FailureReason}` : ''
  return { id, label, state: 'open', fact: `${label} assigned${reason}` }
}

export const centerApplications = centerStep({
  id: 'center-applications',
  title: 'Take back applications',
  phase: 'remove',
  async look(on) {
    return (await applicationsOf(on)).map((id): Finding => {
      return { id, label: id.split('/').at(-1) ?? id, state: 'open', fact: `Application ${id} assigned` }
    })
  },
  async act({ center, userId, signal }, finding) {
    const order = { ApplicationArn: finding.id, PrincipalId: userId, PrincipalType: 'USER' } as const
    await unlessNotFound(center.inAdmin(new center.admin.DeleteApplicationAssignmentCommand(order), signal))
  },
  async giveBack(on, finding) {
    if ((await applicationsOf(on)).includes(finding.id)) return
    const { center, userId, signal } = on
    const order = { ApplicationArn: finding.id, PrincipalId: userId, PrincipalType: 'USER' } as const
    await center.inAdmin(new center.admin.CreateApplicationAssignmentCommand(order), signal)
  },
})

/** ARNs of those that are the user's own; what comes through a group goes with it. */
async function applicationsOf({ center, instance, userId, signal }: InCenter): Promise<string[]> {
  const who = { InstanceArn: instance.arn, PrincipalId: userId, PrincipalType: 'USER' } as const
  const found = await everyToken(
    (page) =>
      center.inAdmin(new center.admin.ListApplicationAssignmentsForPrincipalCommand({ ...who, ...page }), signal),
    (page) => page.ApplicationAssignments,
  )
  const direct = found.filter((one) => one.PrincipalType === 'USER' && one.PrincipalId === userId)
  return direct.map((one) => one.ApplicationArn ?? '')
}

export const centerDeleteUser: AutomaticStep<Aws> = centerStep({
  id: 'center-delete-user',
  title: 'Delete the Identity Center user',
  phase: 'reclaim',
  irreversible: true,
  needs: ['aws/center-groups', 'aws/center-assignments', 'aws/center-applications'],
  async look(_on, user) {
    const source = sourceOf(user)
    const head = { id: user.UserId ?? '', label: user.UserName ?? '' }
    if (!source) return [{ ...head, state: 'open', fact: `User ${user.UserName} ${user.UserStatus ?? ''}`.trim() }]
    const fact = `${source} provisions ${user.UserName}: deleted here it would come back. IT takes it away there.`
    return [{ ...head, state: 'blocked', fact }]
  },
  async act(on) {
    const { center, instance, userId, signal } = on
    const question = { IdentityStoreId: instance.storeId, UserId: userId }
    const user = await center.inStore(new center.store.DescribeUserCommand(question), signal)
    const source = sourceOf(user)
    if (source) throw new Rejected(`${source} provisions ${user.UserName} in Identity Center; it was not deleted.`)
    await unlessNotFound(center.inStore(new center.store.DeleteUserCommand(question), signal))
  },
})
