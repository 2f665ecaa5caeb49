/**
 * Sessions that are already handed out live on for up to 12 hours when an assignment goes, and no call ends them. What
 * can be done is to deny them everything, in the permission sets that they come from.
 * https://docs.aws.amazon.com/singlesignon/latest/userguide/useraccess.html (revoking role sessions)
 */
import { type At, type Finding, type Receipt, Rejected } from '../../src/connector.ts'
import { everyToken } from './center.ts'
import { assignmentsOf, permissionSetName } from './center-access.ts'
import { centerStep, type InCenter, unlessNotFound } from './center-user.ts'
import type { Aws } from './client.ts'
import { longestSessionMs, reachMs } from './denial.ts'

interface Document {
  Version?: string
  Statement?: unknown
}

export const centerSessions = centerStep({
  id: 'center-sessions',
  title: 'Cut live sessions from permission sets',
  phase: 'contain',
  async look(on, _user, at) {
    const [assignments, all] = await Promise.all([assignmentsOf(on), permissionSets(on)])
    const assigned = new Set(assignments.map((one) => one.permissionSet))
    // Once the assignments are gone, the journal still knows in which ones the denial was ordered.
    const wanted = all.filter((arn) => assigned.has(arn) || at.applied(arn))
    return await Promise.all(
      wanted.map((arn) => sessionFinding(on, arn, at, !assigned.has(arn) && isOver(at.applied(arn)?.answeredAt))),
    )
  },
  act: (on, finding, at) => cut(on, finding.id, at.effectiveAt),
  async giveBack(on, finding) {
    const { center, instance, signal } = on
    const document = await inlinePolicy(on, finding.id)
    const others = statementsOf(document).filter((one) => sidOf(one) !== sid(on.userId))
    const where = { InstanceArn: instance.arn, PermissionSetArn: finding.id }
    if (others.length > 0) await put(on, finding.id, { ...document, Statement: others })
    else
      await unlessNotFound(center.inAdmin(new center.admin.DeleteInlinePolicyFromPermissionSetCommand(where), signal))
    await provision(on, finding.id)
  },
})

async function permissionSets({ center, instance, signal }: InCenter): Promise<string[]> {
  return await everyToken(
    (page) =>
      center.inAdmin(new center.admin.ListPermissionSetsCommand({ InstanceArn: instance.arn, ...page }), signal),
    (page) => page.PermissionSets,
  )
}

/** Whether every session that an answered order denied has run out by now. */
function isOver(answeredAt: Date | undefined): boolean {
  return answeredAt !== undefined && Date.now() > answeredAt.getTime() + reachMs + longestSessionMs
}

async function sessionFinding(on: InCenter, arn: string, at: At<Aws>, over: boolean): Promise<Finding> {
  const [label, document, behind] = await Promise.all([
    permissionSetName(on, arn),
    inlinePolicy(on, arn),
    accountsBehind(on, arn),
  ])
  const head = { id: arn, label }
  if (over) return { ...head, state: 'done', fact: `${label}: not assigned, and every session from it has run out` }
  if (!denies(document, on.userId, at.effectiveAt))
    return { ...head, state: 'open', fact: `${label}: sessions from it live on, for 12 hours at most` }
  if (behind.length === 0) return { ...head, state: 'done', fact: `${label} denies the sessions of this user` }
  const told = await provisioning(on, at.applied(arn)?.receipt?.request)
  if (told?.Status === 'IN_PROGRESS')
    return { ...head, state: 'pending', fact: `${label}: AWS is putting the denial into ${behind.join(', ')}` }
  const reason = told?.Status === 'FAILED' ? `: ${told.FailureReason}` : ''
  return { ...head, state: 'open', fact: `${label}: the denial is not yet in ${behind.join(', ')}${reason}` }
}

/** The accounts in which the permission set is older than what was last written into it. */
async function accountsBehind({ center, instance, signal }: InCenter, arn: string): Promise<string[]> {
  const question = {
    InstanceArn: instance.arn,
    PermissionSetArn: arn,
    ProvisioningStatus: 'LATEST_PERMISSION_SET_NOT_PROVISIONED',
  } as const
  return await everyToken(
    (page) =>
      center.inAdmin(new center.admin.ListAccountsForProvisionedPermissionSetCommand({ ...question, ...page }), signal),
    (page) => page.AccountIds,
  )
}

async function provisioning({ center, instance, signal }: InCenter, request: unknown) {
  if (typeof request !== 'string') return undefined
  const question = { InstanceArn: instance.arn, ProvisionPermissionSetRequestId: request }
  const answer = await unlessNotFound(
    center.inAdmin(new center.admin.DescribePermissionSetProvisioningStatusCommand(question), signal),
  )
  return answer?.PermissionSetProvisioningStatus
}

async function cut(on: InCenter, arn: string, effectiveAt: Date): Promise<Receipt | undefined> {
  const document = await inlinePolicy(on, arn)
  if (!denies(document, on.userId, effectiveAt)) {
    const others = statementsOf(document).filter((one) => sidOf(one) !== sid(on.userId) && !isSpent(one))
    const until = new Date(Math.max(Date.now(), effectiveAt.getTime()) + reachMs)
    await put(on, arn, { Version: '2012-10-17', ...document, Statement: [...others, denial(on.userId, until)] })
  }
  return provision(on, arn)
}

async function put({ center, instance, signal }: InCenter, arn: string, document: Document): Promise<void> {
  const order = { InstanceArn: instance.arn, PermissionSetArn: arn, InlinePolicy: JSON.stringify(document) }
  await center.inAdmin(new center.admin.PutInlinePolicyToPermissionSetCommand(order), signal)
}

async function provision({ center, instance, signal }: InCenter, arn: string): Promise<Receipt | undefined> {
  const order = { InstanceArn: instance.arn, PermissionSetArn: arn, TargetType: 'ALL_PROVISIONED_ACCOUNTS' } as const
  const answer = await center.inAdmin(new center.admin.ProvisionPermissionSetCommand(order), signal)
  const request = answer.PermissionSetProvisioningStatus?.RequestId
  return request ? { request } : undefined
}

async function inlinePolicy({ center, instance, signal }: InCenter, arn: string): Promise<Document | undefined> {
  const question = { InstanceArn: instance.arn, PermissionSetArn: arn }
  const answer = await center.inAdmin(new center.admin.GetInlinePolicyForPermissionSetCommand(question), signal)
  if (!answer.InlinePolicy) return undefined
  try {
    return JSON.parse(answer.InlinePolicy) as Document
  } catch (cause) {
    throw new Rejected(`The inline policy of the permission set ${arn} is no JSON, so it is left as it is.`, { cause })
  }
}

function denial(userId: string, until: Date) {
  return {
    Sid: sid(userId),
    Effect: 'Deny',
    Action: '*',
    Resource: '*',
    Condition: {
      StringEquals: { 'identitystore:UserId': userId },
      DateLessThan: { 'aws:TokenIssueTime': until.toISOString() },
    },
  }
}

/**
 * A denial of ours, unchanged, of sessions that have all run out. A permission set has one policy, of 10,240 characters:
 * kept for ever, these would fill it, and nobody's sessions could be cut any more.
 */
function isSpent(statement: unknown): boolean {
  const condition = (statement as Partial<ReturnType<typeof denial>> | null)?.Condition
  const userId = condition?.StringEquals?.['identitystore:UserId']
  const until = new Date(String(condition?.DateLessThan?.['aws:TokenIssueTime']))
  if (typeof userId !== 'string' || !(until.getTime() + longestSessionMs < Date.now())) return false
  return canonical(statement) === canonical(denial(userId, until))
}

/** Letters and digits only. */
function sid(userId: string): string {
  return `LatchkeyCut${userId.replace(/[^0-9A-Za-z]/g, '')}`
}

function sidOf(statement: unknown): unknown {
  return (statement as { Sid?: unknown } | null)?.Sid
}

function statementsOf(document: Document | undefined): unknown[] {
  return document?.Statement === undefined ? [] : [document.Statement].flat()
}

/** Ours, unsoftened, for this user, and for every session from before this offboarding took effect. */
function denies(document: Document | undefined, userId: string, since: Date): boolean {
  const ours = statementsOf(document).find((one) => sidOf(one) === sid(userId))
  const date = (ours as { Condition?: { DateLessThan?: Record<string, unknown> } } | undefined)?.Condition?.DateLessThan
  const until = new Date(String(date?.['aws:TokenIssueTime']))
  if (!(until.getTime() >= since.getTime())) return false
  return canonical(ours) === canonical(denial(userId, until))
}

/** AWS may hand a document out with its members in another order. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_name, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([one], [other]) => (one < other ? -1 : 1)))
      : inner,
  )
}
