/**
 * A pretend AWS: STS and IAM over the query protocol, Identity Center over the JSON one, for several accounts told apart
 * by who signed the request.
 */
import { Secret } from '../../connector/secret.ts'
import { type Answer, type Asked, exchange, type Pretend, pretend } from '../server.ts'
import { type World, world } from '../world.ts'
import { bodyOf, handleCenter, isCenterHost, refusedInJson } from './center.ts'
import { seededCenter } from './center-state.ts'
import { reads } from './reads.ts'
import {
  centerRights,
  externalId,
  leastRights,
  mainAccount,
  ownArn,
  ownUser,
  roleName,
  secondAccount,
  seeded,
} from './seed.ts'
import { type SigningKey, verify } from './signature.ts'
import { AwsError, type AwsState, allows, type Form, type Signer } from './state.ts'
import { assumeRole, callerIdentity, type Session } from './sts.ts'
import { writes } from './writes.ts'
import { answered, refused, type Service, type Xml } from './xml.ts'

export interface PretendAwsOptions {
  /** How long a change stays invisible to readers; IAM's own is seconds. */
  lagMs?: number
  /** The most that any page holds, whatever was asked for. */
  pageSize?: number
  latencyMs?: number
  traffic?: string
  now?: () => number
  /** Whether the company has IAM Identity Center, administered from the first account. */
  identityCenter?: boolean
  /** How long Identity Center's jobs take. */
  jobMs?: number
  /** Changes the company's accounts before anything is asked. */
  seed?: (state: AwsState) => void
}

export interface PretendAws extends Pretend {
  world: World<AwsState>
  /** For the connector, with Secret objects. */
  settings: unknown
  /** The values of the secrets in `settings`. */
  secrets: readonly string[]
}

const ownKey = 'AKIALATCHKEYSIGNSIN0'
const ownSecret = 'pretend/wJalrXUtnFEMI/K7MDENG/bPxRfiCYEX'

/** Operations that are used for giving back, checking and reading, and that the contract's subset leaves out. */
const notInContract = new Set([
  'AddUserToGroup',
  'AttachUserPolicy',
  'SimulatePrincipalPolicy',
  'GetRolePolicy',
  'CreateGroupMembership',
  'CreateAccountAssignment',
  'CreateApplicationAssignment',
  'DeleteInlinePolicyFromPermissionSet',
  'ListAccountAssignmentDeletionStatus',
])

export async function pretendAws(options: PretendAwsOptions = {}): Promise<PretendAws> {
  const now = options.now ?? Date.now
  const state = seeded()
  if (options.identityCenter) state.center = seededCenter([mainAccount, secondAccount])
  if (options.identityCenter) state.accounts[mainAccount]?.roles[0]?.may.push(...centerRights)
  options.seed?.(state)
  const aws = world(state, options.lagMs)
  const sessions = new Map<string, Session>()
  const context = { world: aws, sessions, now, pageSize: options.pageSize ?? 1000, jobMs: options.jobMs ?? 50 }
  const server = await pretend({
    hosts: [...hosts, ...(options.identityCenter ? centerHosts : [])],
    handle: (asked) => handle(asked, context),
    record,
    ...(options.traffic ? { traffic: options.traffic } : {}),
    ...(options.latencyMs ? { latencyMs: options.latencyMs } : {}),
  })
  return Object.assign(server, { world: aws, settings: settings(options), secrets: [ownKey, ownSecret] })
}

/** An answer as AWS would refuse, for a test's fault. */
export function awsRefusal(status: number, code: string, message: string): Answer {
  return refused('iam', new AwsError(status, code, message))
}

const hosts = ['iam.amazonaws.com', 'sts.amazonaws.com', 'sts.us-east-1.amazonaws.com']
const centerHosts = ['identitystore.us-east-1.amazonaws.com', 'sso.us-east-1.amazonaws.com']

function record(asked: Asked, answer: Answer): Record<string, unknown> | undefined {
  const target = asked.headers['x-amz-target']
  const operation = target?.split('.').at(-1) ?? formOf(asked).Action ?? ''
  if (notInContract.has(operation)) return undefined
  return target
    ? { ...exchange('aws', { ...asked, body: bodyOf(asked) }, answer), target }
    : exchange('aws', asked, answer)
}

/** As JSON, where Identity Center would refuse. */
export function centerRefusal(code: string, message: string): Answer {
  return refusedInJson(new AwsError(400, code, message))
}

function settings({ identityCenter }: PretendAwsOptions) {
  return {
    accounts: [
      { id: mainAccount, role: roleName },
      { id: secondAccount, role: roleName, externalId },
    ],
    credentials: { accessKeyId: new Secret(ownKey), secretAccessKey: new Secret(ownSecret) },
    ...(identityCenter ? { identityCenter: { account: mainAccount, deleteUser: true } } : {}),
  }
}

interface Context {
  world: World<AwsState>
  sessions: Map<string, Session>
  now: () => number
  pageSize: number
  jobMs: number
}

function handle(asked: Asked, context: Context): Answer {
  const service: Service = asked.host.startsWith('sts.') ? 'sts' : 'iam'
  const form = formOf(asked)
  const inJson = isCenterHost(asked.host)
  try {
    const signer = signerOf(asked, context)
    if (inJson) return handleCenter(asked, signer, context)
    const action = form.Action ?? ''
    authorize(service, action, signer, form)
    const result = service === 'sts' ? sts(action, form, signer, context) : iam(action, form, signer, context)
    return answered(service, action, result)
  } catch (error) {
    if (error instanceof AwsError) return inJson ? refusedInJson(error) : refused(service, error)
    throw error
  }
}

function formOf(asked: Asked): Form {
  return typeof asked.body === 'object' && asked.body !== null ? (asked.body as Form) : {}
}

function signerOf(asked: Asked, { sessions, now }: Context): Signer {
  const own: SigningKey = { secret: ownSecret }
  const key = verify(asked, (id) => (id === ownKey ? own : sessions.get(id)), now())
  const session = sessions.get(key)
  if (session) return session.signer
  return { account: mainAccount, arn: ownArn, userId: ownUser.id, userName: ownUser.name, may: leastRights, lacks: [] }
}

/** GetCallerIdentity needs no right at all, and who may assume which role is told by the role's trust. */
function authorize(service: Service, action: string, signer: Signer, form: Form): void {
  if (service === 'sts' ? !signer.lacks.includes(`sts:${action}`) : allows(signer, `iam:${action}`)) return
  const resource = form.UserName ? `user ${form.UserName}` : `arn:aws:iam::${signer.account}:*`
  const message = `User: ${signer.arn} is not authorized to perform: ${service}:${action} on resource: ${resource} because no identity-based policy allows the ${service}:${action} action`
  throw new AwsError(403, 'AccessDenied', message)
}

function sts(action: string, form: Form, signer: Signer, { world: aws, sessions, now }: Context): Xml {
  if (action === 'GetCallerIdentity') return callerIdentity(signer)
  if (action === 'AssumeRole') return assumeRole(form, aws.truth(), signer, sessions, now())
  throw unknownAction(action, form)
}

function iam(action: string, form: Form, signer: Signer, { world: aws, pageSize }: Context): Xml {
  const read = reads[action]
  const id = signer.account
  if (read) return read({ form, id, account: accountOf(aws.read(), id), signer, pageSize })
  const write = writes[action]
  if (!write) throw unknownAction(action, form)
  return aws.write((state) => {
    write({ form, account: accountOf(state, id), signer })
    return undefined
  })
}

function accountOf(state: AwsState, id: string) {
  const account = state.accounts[id]
  if (!account) throw new Error(`the pretend AWS has no account ${id}`)
  return account
}

function unknownAction(action: string, form: Form): AwsError {
  return new AwsError(400, 'InvalidAction', `Could not find operation ${action} for version ${form.Version}`)
}
