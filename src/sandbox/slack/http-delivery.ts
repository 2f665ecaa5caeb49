/** HTTP mode: signed requests to the app's one address (docs.slack.dev/authentication/verifying-requests-from-slack). */
import { createHmac } from 'node:crypto'
import type { Clock } from '../../clock.ts'
import { type Attempt, type Carrier, type Envelope, type Outcome, within } from './delivery.ts'
import type { Thing } from './limits.ts'

export interface HttpOptions {
  /** Where Slack was told to deliver; asked for each time, for the app often starts later. */
  url: () => string | undefined
  signingSecret: string
  clock: Clock
  ackMs: number
}

const form = 'application/x-www-form-urlencoded'

export function httpDelivery(options: HttpOptions): Carrier {
  async function carry(envelope: Envelope, attempt: Attempt): Promise<Outcome> {
    const began = options.clock.now().getTime()
    const stop = new AbortController()
    const answer = await within(options.ackMs, options.clock, post(options, envelope, attempt, stop.signal))
    stop.abort()
    const ms = options.clock.now().getTime() - began
    if (!answer) return { acked: false, failure: 'operation_timeout', body: {}, ms }
    if (answer === 'unreachable') return { acked: false, failure: 'dispatch_failed', body: {}, ms }
    if (answer.status !== 200) return { acked: false, failure: 'http_service_error', body: {}, ms }
    return { acked: true, body: envelope.accepts ? answer.body : {}, ms }
  }
  return { carry, close: () => undefined }
}

async function post(options: HttpOptions, envelope: Envelope, attempt: Attempt, signal: AbortSignal) {
  const url = options.url()
  if (!url) return 'unreachable'
  const [type, body] = encoded(envelope)
  const retried = attempt.number > 0 && envelope.type === 'events_api'
  const retry = retried ? { 'x-slack-retry-num': String(attempt.number), 'x-slack-retry-reason': attempt.reason } : {}
  try {
    const headers = { 'content-type': type, ...signed(options.signingSecret, body), ...retry }
    const response = await fetch(url, { method: 'POST', headers, body, signal })
    return { status: response.status, body: decoded(await response.text()) }
  } catch {
    return 'unreachable'
  }
}

/** Exactly these content types: Bolt answers 400 to a form with a charset. */
function encoded({ type, payload }: Envelope): [type: string, body: string] {
  if (type === 'events_api') return ['application/json', JSON.stringify(payload)]
  const fields = type === 'interactive' ? { payload: JSON.stringify(payload) } : payload
  const body = new URLSearchParams()
  for (const [key, value] of Object.entries(fields)) body.set(key, String(value))
  return [form, body.toString()]
}

/** The wall clock, not the pretend one: the app compares with its own. */
export function signed(secret: string, body: string): Record<string, string> {
  const timestamp = String(Math.floor(Date.now() / 1000))
  const signature = createHmac('sha256', secret).update(`v0:${timestamp}:${body}`).digest('hex')
  return { 'x-slack-signature': `v0=${signature}`, 'x-slack-request-timestamp': timestamp }
}

function decoded(text: string): Thing {
  if (text === '') return {}
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as Thing) : { text }
  } catch {
    return { text }
  }
}
