/**
 * Google Workspace. Order: password, sessions and grants at once; hand-over while the account still works; then it is
 * suspended, since Google refuses Gmail settings and backup codes of a suspended account and rejects its mail.
 */
import type { Connector } from '../../src/connector.ts'
import { accountSteps } from './account.ts'
import { adminRoles } from './admin-roles.ts'
import { calendarSteps } from './calendars.ts'
import { check } from './check.ts'
import { chromebookSteps } from './chromebook-steps.ts'
import { type Client, connect } from './client.ts'
import { computerSteps } from './computers.ts'
import { grantSteps } from './grants.ts'
import { groupSteps } from './groups.ts'
import { leavingSteps } from './leaving.ts'
import { leftoverTasks } from './leftovers.ts'
import { licences } from './licences.ts'
import { mailAccessSteps } from './mail-access.ts'
import { mailHandOverSteps, mailTasks } from './mail-hand-over.ts'
import { meetings } from './meetings.ts'
import { locate } from './person.ts'
import { phoneSteps } from './phones.ts'
import { reports } from './reports.ts'
import { delegation, rights } from './scopes.ts'
import { Settings } from './settings.ts'
import { sharedDriveSteps } from './shared-drives.ts'
import { signInSteps } from './sign-in.ts'
import { transferFiles } from './transfer.ts'

const tokenHost = 'oauth2.googleapis.com'

const connector: Connector<Settings, Client> = {
  id: 'google-workspace',
  title: 'Google Workspace',
  rights,
  settings: Settings,
  limits: [
    { id: 'token', matches: ({ url }) => url.hostname === tokenHost, perSecond: 10, concurrent: 5, source: 'assumed' },
    {
      id: 'gmail',
      matches: ({ url }) => url.hostname === 'gmail.googleapis.com',
      perSecond: 20,
      concurrent: 5,
      source: 'assumed; published per mailbox only: 15,000 units a minute, a delegate costs 100',
    },
    {
      id: 'licensing',
      matches: ({ url }) => url.hostname === 'licensing.googleapis.com',
      perSecond: 5,
      concurrent: 2,
      source: 'assumed',
    },
    {
      id: 'calendar',
      matches: ({ url }) => url.hostname === 'www.googleapis.com' && url.pathname.startsWith('/calendar/'),
      perSecond: 8,
      concurrent: 3,
      source: 'assumed',
    },
    {
      id: 'drive',
      matches: ({ url }) => url.hostname === 'www.googleapis.com',
      perSecond: 20,
      concurrent: 5,
      source: 'assumed',
    },
    {
      id: 'vault',
      matches: ({ url }) => url.hostname === 'vault.googleapis.com',
      perSecond: 2,
      concurrent: 2,
      source: 'assumed',
    },
    {
      id: 'directory',
      perSecond: 40,
      concurrent: 10,
      source: 'Directory API, Limits and quotas: 2,400 queries a minute',
    },
  ],
  renew:
    'makes a new JSON key for the service account (Google Cloud console > IAM & Admin > Service accounts > Keys) ' +
    `and stores it where the settings read it; where the key is good, checks its client id and scopes in ${delegation}.`,
  reads: ({ method, url }) => method === 'GET' || url.hostname === tokenHost,
  classify,
  connect,
  check,
  locate,
  steps: [
    ...signInSteps,
    ...grantSteps,
    adminRoles,
    ...mailAccessSteps,
    ...mailHandOverSteps,
    transferFiles,
    ...calendarSteps,
    meetings,
    ...sharedDriveSteps,
    ...groupSteps,
    reports,
    ...phoneSteps,
    ...chromebookSteps,
    ...computerSteps,
    ...accountSteps,
    ...leavingSteps,
    licences,
    ...mailTasks,
    ...leftoverTasks,
  ],
}

export default connector

/** Directory API, Limits and quotas: throttled answers are 403 with these reasons, often without Retry-After. */
const throttled = /^(userRateLimitExceeded|rateLimitExceeded|quotaExceeded|concurrentLimitExceeded|dailyLimitExceeded)$/

function classify(answer: { status: number }, body: string): 'busy' | 'denied' | 'rejected' | undefined {
  if (answer.status !== 403 && answer.status !== 400 && answer.status !== 401) return undefined
  const { error, error_description: description } = parsed(body)
  // A token endpoint's error is a text. This one is about the person impersonated, not about the credential.
  if (typeof error === 'string')
    return /invalid email or user id|account has been deleted/i.test(description ?? '') ? 'rejected' : 'denied'
  if (answer.status === 403 && error?.errors?.some((one) => throttled.test(one.reason ?? ''))) return 'busy'
  return undefined
}

interface ErrorBody {
  error?: string | { errors?: { reason?: string }[] }
  error_description?: string
}

function parsed(body: string): ErrorBody {
  try {
    return (JSON.parse(body) as ErrorBody | null) ?? {}
  } catch {
    return {}
  }
}
