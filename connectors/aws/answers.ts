/**
 * What AWS's answers mean, and which requests only read: IAM and STS are form posts with XML answers, Identity Center is
 * JSON with the operation in a header.
 */
import { type Outgoing, Rejected } from '../../src/connector.ts'

/** AssumeRole counts as a read: it hands out a short-lived session and changes nothing. */
const reading = /^(?:Get|List|Simulate|Describe)|^AssumeRole$/

export function actionOf(body: string): string {
  return /(?:^|&)Action=(\w+)/.exec(body)?.[1] ?? ''
}

export function reads(request: Outgoing): boolean {
  return reading.test(operationOf(request))
}

/** Of either protocol: the form's `Action`, or what stands behind the point in `AWSIdentityStore.ListUsers`. */
export function operationOf({ target, body }: Pick<Outgoing, 'target' | 'body'>): string {
  return target?.split('.').at(-1) ?? actionOf(body)
}

/**
 * IAM says 409 EntityTemporarilyUnmodifiable and ConcurrentModification where it asks to come back in a moment, Identity
 * Center ConflictException while something else is being done to the same thing; nothing was done either way.
 */
const busy = new Set([
  'ConcurrentModification',
  'ConflictException',
  'EntityTemporarilyUnmodifiable',
  'PriorRequestNotComplete',
  'RequestLimitExceeded',
  'Throttling',
  'ThrottlingException',
  'TooManyRequestsException',
])

const denied = new Set([
  'AuthFailure',
  'ExpiredToken',
  'ExpiredTokenException',
  'IncompleteSignature',
  'InvalidClientTokenId',
  'InvalidSignatureException',
  'MissingAuthenticationToken',
  'MissingAuthenticationTokenException',
  'SignatureDoesNotMatch',
  'UnrecognizedClientException',
])

export function classify(answer: { status: number }, body: string): 'busy' | 'denied' | 'rejected' | undefined {
  if (answer.status < 400) return undefined
  const { code, message } = inJson(body) ?? { code: element(body, 'Code'), message: element(body, 'Message') }
  if (busy.has(code)) return 'busy'
  if (isStale(code, message)) return 'rejected'
  if (denied.has(code)) return 'denied'
  // The message says "is not authorized to perform: sts:AssumeRole on resource: …"; no other call has that refusal.
  if (code === 'AccessDenied' && message.includes('sts:AssumeRole on')) return 'denied'
  return undefined
}

/** `{"__type":"com.amazonaws.identitystore#ThrottlingException","Message":"Rate exceeded"}` */
function inJson(body: string): { code: string; message: string } | undefined {
  if (!body.startsWith('{')) return undefined
  try {
    const { __type: type, message, Message } = JSON.parse(body) as Record<string, unknown>
    return { code: String(type ?? '').replace(/^.*#/, ''), message: String(Message ?? message ?? '') }
  } catch {
    // Half an object is no error of AWS's: the status alone speaks.
    return undefined
  }
}

function element(xml: string, name: string): string {
  return new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1] ?? ''
}

/** A signature holds for a few minutes; one that waited longer in a queue is refused before anything is done. */
export function isStale(code: string, message: string): boolean {
  return code === 'RequestExpired' || /^Signature (expired|not yet current)/.test(message)
}

/** The SDK's error as one of ours; every other error, the gate's own among them, as it is. */
export function told(account: string, operation: string, error: unknown): unknown {
  const answer = answerOf(error)
  if (!answer) return error
  const next = answer.code === 'AccessDenied' ? ' IT adds the right to that principal, or lifts what denies it.' : ''
  const message = `AWS account ${account}, ${operation}: ${answer.code}: ${answer.message}${next}`
  return new Rejected(message, { status: answer.status, code: answer.code })
}

type SdkError = Error & { $metadata?: { httpStatusCode?: number }; Code?: string; ResourceType?: string }

export function answerOf(error: unknown): { status: number; code: string; message: string } | undefined {
  if (!(error instanceof Error) || !('$fault' in error)) return undefined
  const { $metadata, Code, ResourceType } = error as SdkError
  const code = Code ?? error.name.replace(/Exception$/, '')
  // What is not found decides: "no such identity store" is no "no such user".
  const what = ResourceType ? `${code}/${ResourceType}` : code
  return { status: $metadata?.httpStatusCode ?? 0, code: what, message: error.message }
}

export function isCode(error: unknown, code: string): boolean {
  return error instanceof Rejected && error.code === code
}

/** "Already gone" is success for an order to take away; what is really so is read afterwards. */
export async function unlessGone(order: Promise<unknown>): Promise<void> {
  try {
    await order
  } catch (error) {
    if (!isCode(error, 'NoSuchEntity')) throw error
  }
}
