/** Identity Center over AWS's JSON protocol: the operation in `x-amz-target`, errors with `__type` and status 400. */
import { randomUUID } from 'node:crypto'
import type { Answer, Asked } from '../server.ts'
import type { World } from '../world.ts'
import { adminReads, adminWrites } from './center-admin.ts'
import type { CenterQuestion, Reading, Writing } from './center-question.ts'
import type { CenterState } from './center-state.ts'
import { storeReads, storeWrites } from './center-store.ts'
import { AwsError, type AwsState, allows, type Signer } from './state.ts'

interface Service {
  right: string
  reads: Record<string, Reading>
  writes: Record<string, Writing>
}

const services: Record<string, Service> = {
  AWSIdentityStore: { right: 'identitystore', reads: storeReads, writes: storeWrites },
  SWBExternalService: { right: 'sso', reads: adminReads, writes: adminWrites },
}

export interface CenterContext {
  world: World<AwsState>
  now: () => number
  pageSize: number
  jobMs: number
}

export function isCenterHost(host: string): boolean {
  return host.startsWith('identitystore.') || host.startsWith('sso.')
}

export function handleCenter(asked: Asked, signer: Signer, context: CenterContext): Answer {
  const { world: aws, now, pageSize, jobMs } = context
  const [prefix = '', operation = ''] = (asked.headers['x-amz-target'] ?? '').split('.')
  const service = services[prefix]
  if (!service) throw new AwsError(400, 'UnknownOperationException', '')
  const right = `${service.right}:${operation}`
  const { center } = aws.truth()
  if (!allows(signer, right) || signer.account !== center?.account)
    throw new AwsError(
      400,
      'AccessDeniedException',
      `User: ${signer.arn} is not authorized to perform: ${right} because no identity-based policy allows the ${right} action`,
    )
  finishJobs(aws, now())
  const question = (state: AwsState): CenterQuestion => {
    return { body: bodyOf(asked), center: state.center as CenterState, pageSize, now: now(), jobMs }
  }
  const read = service.reads[operation]
  if (read) return answered(read(question(aws.read())))
  const write = service.writes[operation]
  if (!write) throw new AwsError(400, 'UnknownOperationException', '')
  return answered(aws.write((state) => write(question(state))))
}

export function bodyOf(asked: Asked): Record<string, unknown> {
  try {
    return JSON.parse(String(asked.body ?? '')) as Record<string, unknown>
  } catch {
    throw new AwsError(400, 'SerializationException', '')
  }
}

/** What jobs do shows only once they end. */
function finishJobs(aws: World<AwsState>, now: number): void {
  const isDue = (state: AwsState) =>
    state.center?.jobs.some((job) => job.status === 'IN_PROGRESS' && job.due <= now) ?? false
  if (isDue(aws.truth())) aws.write(({ center }) => center && finishDue(center, now))
}

function finishDue(center: CenterState, now: number): void {
  for (const job of center.jobs) {
    if (job.status !== 'IN_PROGRESS' || job.due > now) continue
    job.status = job.failing ? 'FAILED' : 'SUCCEEDED'
    if (job.failing) continue
    const set = center.permissionSets.find((one) => one.arn === job.permissionSet)
    if (job.kind === 'provisioning' && set) set.latest = [...set.accounts]
    const gone = job.assignment
    if (gone) center.assignments = center.assignments.filter((one) => JSON.stringify(one) !== JSON.stringify(gone))
  }
}

const headers = () => ({ 'content-type': 'application/x-amz-json-1.1', 'x-amzn-requestid': randomUUID() })

function answered(body: object): Answer {
  return { status: 200, body, headers: headers() }
}

export function refusedInJson(error: AwsError): Answer {
  const body = { __type: error.code, Message: error.message, ...error.more }
  return { status: error.status, body, headers: headers() }
}
