/**
 * Fleet (fleetdm.com), hosted or one's own: finds the leaver's hosts by what an identity provider or an administrator
 * says of them, keeps recovery keys and PINs, locks, wipes. Locking and wiping need Fleet Premium.
 */
import type { Connector } from '../../src/connector.ts'
import { type Client, check, connect, Settings } from './client.ts'
import { locate } from './hosts.ts'
import { recoveryKeys } from './keys.ts'
import { lockSteps } from './lock.ts'
import { wipeSteps } from './wipe.ts'

const connector: Connector<Settings, Client> = {
  id: 'fleet',
  title: 'Fleet',
  rights: [
    {
      name: 'Maintainer',
      for: 'hosts, recovery keys, lock, unlock, wipe and turning off MDM; Observer reads, but does none of it',
    },
  ],
  settings: Settings,
  limits: [{ id: 'api', perSecond: 10, concurrent: 5, source: 'assumed; Fleet publishes no figure' }],
  renew:
    'signs in to Fleet as an admin, opens Settings > Users, gets a new API token for the API-only user and stores it ' +
    'where the settings read it.',
  connect,
  check,
  locate,
  steps: [recoveryKeys, ...lockSteps, ...wipeSteps],
}

export default connector
