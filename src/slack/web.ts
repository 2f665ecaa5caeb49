/**
 * Slack's Web API twice: for what a person waits for (short, tried again, a throttled call fails at once so that it
 * cannot hold up others) and for what the outbox sends (long, never repeated by the SDK: a repeated post is two posts).
 */
import {
  WebAPIHTTPError,
  WebAPIPlatformError,
  WebAPIRateLimitedError,
  WebAPIRequestError,
  WebClient,
} from '@slack/web-api'
import type { Log } from '../log.ts'
import { boltLogger } from './bolt-logger.ts'

/** After this long an order that was not answered may still land; the outbox waits it out before it looks. */
export const postTimeoutMs = 10_000

export interface Web {
  quick: WebClient
  slow: WebClient
}

export interface WebOptions {
  apiUrl: string
  token: string
  log: Log
  teamId?: string
}

export const quickOptions = {
  timeout: 2500,
  rejectRateLimitedCalls: true,
  retryConfig: { retries: 2, minTimeout: 200, maxTimeout: 800 },
} as const

export function connectWeb({ apiUrl, token, log, teamId }: WebOptions): Web {
  // Each client gets an object of its own: the SDK writes into what it is given.
  const common = () => ({ slackApiUrl: apiUrl, logger: boltLogger(log), ...(teamId ? { teamId } : {}) })
  return {
    quick: new WebClient(token, { ...common(), ...quickOptions, retryConfig: { ...quickOptions.retryConfig } }),
    slow: new WebClient(token, {
      ...common(),
      timeout: postTimeoutMs,
      rejectRateLimitedCalls: true,
      retryConfig: { retries: 0 },
    }),
  }
}

export type Trouble =
  /** Slack asks us to wait; it did nothing. */
  | { kind: 'busy'; afterMs: number }
  /** Slack said no, by name; it did nothing. */
  | { kind: 'refused'; error: string }
  /** No answer, or one that cannot be read: it may have been done. */
  | { kind: 'in-doubt'; error: string }

/** Names with which Slack says that something on its own side broke, so that nothing is known. */
const slackBroke = new Set([
  'internal_error',
  'fatal_error',
  'service_unavailable',
  'request_timeout',
  'team_added_to_org',
])

export function troubleOf(error: unknown): Trouble {
  if (error instanceof WebAPIRateLimitedError) return { kind: 'busy', afterMs: error.retryAfter * 1000 }
  if (error instanceof WebAPIPlatformError) {
    const name = error.data.error
    // A proxy's page with status 200 arrives here as one long "error name".
    const named = /^[a-z0-9_.-]{1,80}$/i.test(name) && !slackBroke.has(name)
    return named ? { kind: 'refused', error: name } : { kind: 'in-doubt', error: name.slice(0, 80) }
  }
  if (error instanceof WebAPIHTTPError) return { kind: 'in-doubt', error: `HTTP ${error.statusCode}` }
  if (error instanceof WebAPIRequestError) return { kind: 'in-doubt', error: error.original.message }
  return { kind: 'in-doubt', error: error instanceof Error ? error.message : String(error) }
}

/** The name that Slack gave, where it gave one. */
export function refusalOf(error: unknown): string | undefined {
  const trouble = troubleOf(error)
  return trouble.kind === 'refused' ? trouble.error : undefined
}
