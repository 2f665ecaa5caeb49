/**
 * GitHub organisations, on github.com or an own server. A login belongs to the person and is never deleted here; what
 * ends is all that it opens in the organisation. Removing a member takes their private forks along, which an owner can
 * restore for three months by reinstating them.
 */
import { type Connector, type ManualStep, path } from '../../src/connector.ts'
import { check, permissions } from './check.ts'
import { type Client, connect } from './client.ts'
import { leftovers } from './leftovers.ts'
import { membershipSteps } from './membership.ts'
import { locate, personOf } from './people.ts'
import { seatSteps } from './seats.ts'
import { Settings } from './settings.ts'
import { teamSteps } from './teams.ts'
import { tokenSteps } from './tokens.ts'

const isGraphql = (url: URL) => url.pathname.endsWith('/graphql')
const isSignIn = (url: URL) => url.pathname.endsWith('/access_tokens')

/** On an own server the account is the company's, and an administrator of the server ends it. */
const suspendOnServer: ManualStep<Client> = {
  id: 'suspend-on-server',
  title: 'Suspend the account on the server',
  area: 'directory',
  phase: 'contain',
  owner: 'it',
  dueIn: 4 * 3_600_000,
  applies: async (at) => at.client.ownServer && (await personOf(at)) !== undefined,
  async ask(at) {
    const login = (await personOf(at))?.login ?? at.account.label
    return `No App may suspend accounts. A site administrator suspends ${login} (Site admin > Users > ${login} > Admin > Suspend), or runs: gh api -X PUT "${path`users/${login}/suspended`}".`
  },
}

const connector: Connector<Settings, Client> = {
  id: 'github',
  title: 'GitHub',
  rights: [
    ...permissions.map(({ name, for: purpose }) => ({ name, for: purpose })),
    { name: 'ownerToken: admin:org (classic token of an owner, optional)', for: 'stop and delete codespaces' },
  ],
  settings: Settings,
  limits: [
    {
      id: 'graphql',
      matches: ({ url }) => isGraphql(url),
      perSecond: 10,
      concurrent: 5,
      source: 'GraphQL, secondary limits: 2,000 points a minute; 5,000 points an hour are waited for when used up',
    },
    {
      id: 'changes',
      matches: ({ method, url }) => method !== 'GET' && !isSignIn(url),
      perSecond: 2.5,
      concurrent: 5,
      source: 'REST, secondary limits: 900 points a minute, a change costs 5',
    },
    {
      id: 'audit-log',
      matches: ({ url }) => url.pathname.endsWith('/audit-log'),
      perSecond: 0.5,
      concurrent: 2,
      source: 'audit log: 1,750 queries an hour for each user and address',
    },
    {
      id: 'reads',
      perSecond: 12,
      concurrent: 20,
      source: 'REST, secondary limits: 900 points a minute, 100 at once; 5,000 an hour are waited for when used up',
    },
  ],
  renew:
    "makes a new private key for the GitHub App (the App's settings > General > Private keys) and stores it where the " +
    'settings read it; where the key is good, looks whether the App is still installed and not suspended in the organisation.',
  reads: ({ method, url }) => method === 'GET' || isGraphql(url) || isSignIn(url),
  classify,
  resetAfter,
  connect,
  check,
  locate,
  steps: [...tokenSteps, ...teamSteps, ...membershipSteps, suspendOnServer, leftovers, ...seatSteps],
}

export default connector

interface Answer {
  status: number
  headers: Headers
}

/** https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api: throttled is 403 as often as 429. */
function classify(answer: Answer, body: string): 'busy' | 'denied' | 'rejected' | undefined {
  if (answer.status === 200) return /"type"\s*:\s*"RATE_LIMITED"/.test(body) ? 'busy' : undefined
  if (answer.status !== 403) return undefined
  if (/installation has been suspended/i.test(body)) return 'denied'
  return isUsedUp(answer) || answer.headers.has('retry-after') || /secondary rate limit|abuse detection/i.test(body)
    ? 'busy'
    : undefined
}

function isUsedUp({ headers }: Answer): boolean {
  return headers.get('x-ratelimit-remaining') === '0'
}

/** A secondary limit without Retry-After: "wait at least one minute". */
function resetAfter(answer: Answer, _body: string, now: number): number | undefined {
  if (isUsedUp(answer)) return Number(answer.headers.get('x-ratelimit-reset')) * 1000 - now
  return answer.status === 403 ? 60_000 : undefined
}
