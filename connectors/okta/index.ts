/**
 * Okta. Suspended at once, which keeps every app and group as they are; deactivated at the very end, since that takes the
 * apps away and their data with them, and cannot be taken back.
 */
import type { Connector, Outgoing } from '../../src/connector.ts'
import { accountSteps } from './account.ts'
import { adminEnd, adminSteps } from './admin-roles.ts'
import { check } from './check.ts'
import { type Client, connect } from './client.ts'
import { containSteps } from './contain.ts'
import { deviceEnd, deviceSteps } from './devices.ts'
import { groups } from './groups.ts'
import { leftovers } from './leftovers.ts'
import { locate } from './person.ts'
import { rights } from './scopes.ts'
import { Settings } from './settings.ts'

const published = 'Okta, "Rate limits", per minute for Workforce'
const on =
  (pattern: RegExp) =>
  ({ url }: Outgoing) =>
    pattern.test(url.pathname)

const connector: Connector<Settings, Client> = {
  id: 'okta',
  title: 'Okta',
  rights,
  settings: Settings,
  limits: [
    { id: 'token', matches: on(/^\/oauth2\//), perSecond: 5, concurrent: 3, source: 'assumed' },
    {
      id: 'logs',
      matches: on(/^\/api\/v1\/logs/),
      perSecond: 1,
      concurrent: 1,
      source: `${published}: 120, of which half is left to others`,
    },
    {
      id: 'users',
      matches: on(/^\/api\/v1\/users/),
      perSecond: 5,
      concurrent: 5,
      source: `${published}: 600 for lists and changes, of which half is left to others`,
    },
    {
      id: 'groups',
      matches: on(/^\/api\/v1\/groups/),
      perSecond: 4,
      concurrent: 5,
      source: `${published}: 500, of which half is left to others`,
    },
    {
      id: 'rest',
      perSecond: 5,
      concurrent: 5,
      source: `${published}: 1,200 for all others together, of which a quarter is used`,
    },
  ],
  renew:
    'adds a new public key to the service app and stores its private key where the settings read it (Admin Console > ' +
    'Applications > the service app > General > Client Credentials), or makes a new API token (Security > API > Tokens).',
  reads: ({ method, url }) => method === 'GET' || url.pathname === '/oauth2/v1/token',
  resetAfter,
  connect,
  check,
  locate,
  steps: [
    ...containSteps,
    ...adminSteps,
    ...deviceSteps,
    leftovers,
    groups,
    ...adminEnd,
    ...deviceEnd,
    ...accountSteps,
  ],
}

export default connector

/** Okta, "Rate limits": X-Rate-Limit-Reset is in epoch seconds, to be measured by Okta's own Date. */
function resetAfter({ headers }: { headers: Headers }, _body: string, now: number): number | undefined {
  const reset = Number(headers.get('x-rate-limit-reset') ?? Number.NaN) * 1000
  const theirs = Date.parse(headers.get('date') ?? '')
  return Number.isNaN(reset) ? undefined : Math.max(1000, reset - (Number.isNaN(theirs) ? now : theirs))
}
