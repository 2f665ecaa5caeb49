/** Jamf Pro: Macs, iPhones and iPads. Finds the leaver's by address, keeps keys and PINs, locks, erases. */
import type { Connector } from '../../src/connector.ts'
import { type Client, check, connect, rights, Settings } from './client.ts'
import { locate } from './devices.ts'
import { recoveryKeys } from './keys.ts'
import { lockSteps } from './lock.ts'
import { classify, isTokenRequest } from './token.ts'
import { wipeSteps } from './wipe.ts'

const connector: Connector<Settings, Client> = {
  id: 'jamf',
  title: 'Jamf Pro',
  rights,
  settings: Settings,
  limits: [
    { id: 'token', matches: isTokenRequest, perSecond: 2, concurrent: 1, source: 'assumed' },
    {
      id: 'api',
      perSecond: 10,
      concurrent: 5,
      source: 'Jamf developer guide, Scalability best practices: at most 5 calls at once; the rate is assumed',
    },
  ],
  renew:
    'opens Settings > System > API roles and clients > API Clients in Jamf Pro, rotates the client secret of Latchkey ' +
    'and stores it where the settings read it.',
  reads: (request) => request.method === 'GET' || isTokenRequest(request),
  classify,
  connect,
  check,
  locate,
  steps: [recoveryKeys, ...lockSteps, ...wipeSteps],
}

export default connector
