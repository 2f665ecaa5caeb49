/** Permission sets, who may use them where, applications, and the jobs that change accounts. */
import { randomUUID } from 'node:crypto'
import { type CenterQuestion, pageOf, type Reading, text, type Writing } from './center-question.ts'
import type { Assignment, Job, PermissionSet } from './center-state.ts'
import { AwsError } from './state.ts'

export const adminReads: Record<string, Reading> = {
  ListInstances: (asked) => {
    const { instanceArn, storeId, account } = asked.center
    const one = { InstanceArn: instanceArn, IdentityStoreId: storeId, OwnerAccountId: account, Status: 'ACTIVE' }
    return pageOf(asked, 'Instances', [one])
  },
  ListPermissionSets: (asked) =>
    pageOf(
      inInstance(asked),
      'PermissionSets',
      asked.center.permissionSets.map((one) => one.arn),
    ),
  DescribePermissionSet: (asked) => {
    const { arn, name } = theSet(asked)
    return { PermissionSet: { Name: name, PermissionSetArn: arn, SessionDuration: 'PT1H' } }
  },
  GetInlinePolicyForPermissionSet: (asked) => ({ InlinePolicy: theSet(asked).inline }),
  ListAccountsForProvisionedPermissionSet: (asked) => {
    const { accounts, latest } = theSet(asked)
    const wanted = asked.body.ProvisioningStatus
    const found = accounts.filter(
      (one) => wanted === undefined || latest.includes(one) === (wanted === 'LATEST_PERMISSION_SET_PROVISIONED'),
    )
    return pageOf(asked, 'AccountIds', found)
  },
  ListAccountAssignmentsForPrincipal: (asked) => {
    const id = text(inInstance(asked), 'PrincipalId')
    text(asked, 'PrincipalType')
    const groups = asked.center.memberships.filter((one) => one.user === id).map((one) => one.group)
    const found = asked.center.assignments.filter((one) => one.principal === id || groups.includes(one.principal))
    const told = found.map((one) => ({
      AccountId: one.account,
      PermissionSetArn: one.permissionSet,
      PrincipalId: one.principal,
      PrincipalType: one.type,
    }))
    return pageOf(asked, 'AccountAssignments', told)
  },
  ListAccountAssignmentDeletionStatus: (asked) => {
    const wanted = (inInstance(asked).body.Filter as { Status?: string } | undefined)?.Status
    const jobs = asked.center.jobs.filter((job) => job.kind === 'deletion' && (!wanted || job.status === wanted))
    const told = jobs.map((job) => ({ RequestId: job.id, Status: job.status, CreatedDate: job.created / 1000 }))
    return pageOf(asked, 'AccountAssignmentsDeletionStatus', told)
  },
  DescribeAccountAssignmentDeletionStatus: (asked) => ({
    AccountAssignmentDeletionStatus: deletionOf(theJob(asked, 'AccountAssignmentDeletionRequestId')),
  }),
  DescribePermissionSetProvisioningStatus: (asked) => ({
    PermissionSetProvisioningStatus: provisioningOf(theJob(asked, 'ProvisionPermissionSetRequestId')),
  }),
  ListApplicationAssignmentsForPrincipal: (asked) => {
    const id = text(inInstance(asked), 'PrincipalId')
    const found = asked.center.applications.filter((one) => one.principal === id)
    const told = found.map((one) => ({ ApplicationArn: one.arn, PrincipalId: id, PrincipalType: 'USER' }))
    return pageOf(asked, 'ApplicationAssignments', told)
  },
}

export const adminWrites: Record<string, Writing> = {
  DeleteAccountAssignment: (asked) => {
    const wanted = assignmentIn(asked)
    const same = JSON.stringify(wanted)
    const { assignments, jobs } = asked.center
    const isRunning = (job: Job) => job.status === 'IN_PROGRESS' && JSON.stringify(job.assignment) === same
    if (jobs.some(isRunning))
      throw new AwsError(400, 'ConflictException', 'There is a conflicting operation in process.')
    if (!assignments.some((one) => JSON.stringify(one) === same))
      throw new AwsError(400, 'ResourceNotFoundException', 'Could not find the account assignment.')
    const job = startJob(asked, 'deletion', { assignment: wanted, permissionSet: wanted.permissionSet })
    return { AccountAssignmentDeletionStatus: deletionOf(job) }
  },
  CreateAccountAssignment: (asked) => {
    const wanted = assignmentIn(asked)
    if (!asked.center.assignments.some((one) => JSON.stringify(one) === JSON.stringify(wanted)))
      asked.center.assignments.push(wanted)
    return { AccountAssignmentCreationStatus: { Status: 'IN_PROGRESS', RequestId: randomUUID() } }
  },
  PutInlinePolicyToPermissionSet: (asked) => {
    const set = theSet(asked)
    const policy = text(asked, 'InlinePolicy')
    if (!isPolicy(policy) || policy.length > 10_240)
      throw new AwsError(400, 'ValidationException', 'The inline policy document is malformed or too long.')
    // Writing the same again leaves the accounts as they are.
    if (set.inline !== policy) set.latest = []
    set.inline = policy
    return {}
  },
  DeleteInlinePolicyFromPermissionSet: (asked) => {
    const set = theSet(asked)
    if (!set.inline) throw new AwsError(400, 'ResourceNotFoundException', 'There is no inline policy.')
    set.inline = ''
    set.latest = []
    return {}
  },
  ProvisionPermissionSet: (asked) => {
    const set = theSet(asked)
    if (text(asked, 'TargetType') !== 'ALL_PROVISIONED_ACCOUNTS') text(asked, 'TargetId')
    const isRunning = (job: Job) =>
      job.kind === 'provisioning' && job.status === 'IN_PROGRESS' && job.permissionSet === set.arn
    if (asked.center.jobs.some(isRunning))
      throw new AwsError(400, 'ConflictException', 'There is a conflicting operation in process.')
    const job = startJob(asked, 'provisioning', { permissionSet: set.arn })
    return { PermissionSetProvisioningStatus: provisioningOf(job) }
  },
  DeleteApplicationAssignment: (asked) => {
    const [arn, principal] = [text(asked, 'ApplicationArn'), text(asked, 'PrincipalId')]
    const { applications } = asked.center
    const index = applications.findIndex((one) => one.arn === arn && one.principal === principal)
    if (index < 0) throw new AwsError(400, 'ResourceNotFoundException', 'Could not find the assignment.')
    applications.splice(index, 1)
    return {}
  },
  CreateApplicationAssignment: (asked) => {
    asked.center.applications.push({ arn: text(asked, 'ApplicationArn'), principal: text(asked, 'PrincipalId') })
    return {}
  },
}

function inInstance(asked: CenterQuestion): CenterQuestion {
  if (text(asked, 'InstanceArn') === asked.center.instanceArn) return asked
  throw new AwsError(400, 'ResourceNotFoundException', 'Could not find the instance.')
}

function theSet(asked: CenterQuestion): PermissionSet {
  const arn = text(inInstance(asked), 'PermissionSetArn')
  const set = asked.center.permissionSets.find((one) => one.arn === arn)
  if (!set) throw new AwsError(400, 'ResourceNotFoundException', 'Could not find the permission set.')
  return set
}

function theJob(asked: CenterQuestion, name: string): Job {
  const id = text(inInstance(asked), name)
  const job = asked.center.jobs.find((one) => one.id === id)
  if (!job) throw new AwsError(400, 'ResourceNotFoundException', 'Could not find the request.')
  return job
}

function assignmentIn(asked: CenterQuestion): Assignment {
  if (text(asked, 'TargetType') !== 'AWS_ACCOUNT') throw new AwsError(400, 'ValidationException', 'TargetType')
  const type = text(asked, 'PrincipalType') === 'GROUP' ? 'GROUP' : 'USER'
  const permissionSet = theSet(asked).arn
  return { account: text(asked, 'TargetId'), permissionSet, type, principal: text(asked, 'PrincipalId') }
}

function startJob(asked: CenterQuestion, kind: Job['kind'], about: Pick<Job, 'assignment' | 'permissionSet'>): Job {
  const { now, jobMs, center } = asked
  const job: Job = { id: randomUUID(), kind, due: now + jobMs, status: 'IN_PROGRESS', created: now, ...about }
  center.jobs.push(job)
  return job
}

function deletionOf(job: Job) {
  return {
    ...{ Status: job.status, RequestId: job.id, CreatedDate: job.created / 1000 },
    ...{ TargetId: job.assignment?.account, TargetType: 'AWS_ACCOUNT', PermissionSetArn: job.permissionSet },
    ...{ PrincipalType: job.assignment?.type, PrincipalId: job.assignment?.principal },
    ...(job.status === 'FAILED' ? { FailureReason: job.failing } : {}),
  }
}

function provisioningOf(job: Job) {
  return {
    ...{ Status: job.status, RequestId: job.id, PermissionSetArn: job.permissionSet },
    CreatedDate: job.created / 1000,
    ...(job.status === 'FAILED' ? { FailureReason: job.failing } : {}),
  }
}

function isPolicy(document: string): boolean {
  try {
    return typeof JSON.parse(document) === 'object'
  } catch {
    return false
  }
}
