/**
 * JumpCloud. Suspending cuts every resource at once and leaves the bindings; devices are locked, and erased, while they
 * are still bound, since that is how they are known as the leaver's.
 */
import type { Connector } from '../../src/connector.ts'
import { deletion, leftovers } from './account.ts'
import { bindingSteps } from './bindings.ts'
import { check } from './check.ts'
import { type Client, connect, Settings } from './client.ts'
import { containSteps } from './contain.ts'
import { eraseSteps } from './erase.ts'
import { recoveryKeys } from './keys.ts'
import { lockSteps } from './lock.ts'
import { locate } from './person.ts'

const connector: Connector<Settings, Client> = {
  id: 'jumpcloud',
  title: 'JumpCloud',
  rights: [
    {
      name: 'Manager',
      for: 'users, groups, bindings, devices, recovery keys and Apple MDM; it may not touch administrators',
    },
  ],
  settings: Settings,
  limits: [
    {
      id: 'token',
      matches: ({ url }) => url.pathname.endsWith('/oauth2/token'),
      perSecond: 1,
      concurrent: 1,
      source: 'assumed',
    },
    {
      id: 'api',
      perSecond: 5,
      concurrent: 5,
      source: 'assumed; JumpCloud publishes no figure, and blocks addresses that ask too much',
    },
  ],
  renew:
    'makes a new API key for the administrator (their initials > My API Key) or a new secret for the service account ' +
    '(Settings > Service Accounts), and stores it where the settings read it.',
  reads: ({ method, url }) => method === 'GET' || url.pathname.endsWith('/oauth2/token'),
  classify,
  connect,
  check,
  locate,
  steps: [...containSteps, recoveryKeys, ...lockSteps, leftovers, ...bindingSteps, ...eraseSteps, deletion],
}

export default connector

/** JumpCloud blocks an address that asked too much with a page of its own, and lets it in again after a while. */
function classify({ status }: { status: number }, body: string): 'busy' | undefined {
  return status === 403 && /blocked due to suspected abuse/i.test(body) ? 'busy' : undefined
}
