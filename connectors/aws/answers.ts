/** What AWS's answers mean, and which requests only read: IAM and STS are form posts with XML answers. */
import { type Outgoing, Rejected } from '../../src/connector.ts'

/** AssumeRole counts as a read: it hands out a short-lived session and changes nothing. */
const reading = /^(?:Get|List|Simulate)|^AssumeRole$/

export function actionOf(body: string): string {
  return /(?:^|&)Action=(\w+)/.exec(body)?.[1] ?? ''
}

export function reads(request: Outgoing): boolean {
  return reading.test(actionOf(request.body))
}

/** IAM says 409 EntityTemporarilyUnmodifiable and ConcurrentModification where it asks to come back in a moment. */
const busy = new Set([
  'ConcurrentModification',
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
  'MissingAuthenticationToken',
  'SignatureDoesNotMatch',
  'UnrecognizedClientException',
])

export function classify(answer: { status: number }, body: string): 'busy' | 'denied' | 'rejected' | undefined {
  if (answer.status < 400) return undefined
  const code = element(body, 'Code')
  if (busy.has(code)) return 'busy'
  if (isStale(code, element(body, 'Message'))) return 'rejected'
  if (denied.has(code)) return 'denied'
  // The message says "is not authorized to perform: sts:AssumeRole on resource: …"; no other call has that refusal.
  if (code === 'AccessDenied' && element(body, 'Message').includes('sts:AssumeRole on')) return 'denied'
  return undefined
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

export function answerOf(error: unknown): { status: number; code: string; message: string } | undefined {
  if (!(error instanceof Error) || !('$fault' in error)) return undefined
  const { $metadata, Code } = error as Error & { $metadata?: { httpStatusCode?: number }; Code?: string }
  const code = Code ?? error.name.replace(/Exception$/, '')
  return { status: $metadata?.httpStatusCode ?? 0, code, message: error.message }
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
