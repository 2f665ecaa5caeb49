/** Kandji (now Iru): Apple devices. Finds the leaver's by their user record, keeps keys and PINs, locks, erases. */
import type { Connector } from '../../src/connector.ts'
import { type Client, check, connect, Settings } from './client.ts'
import { locate } from './devices.ts'
import { recoveryKeys } from './keys.ts'
import { lockSteps } from './lock.ts'
import { wipeSteps } from './wipe.ts'

const connector: Connector<Settings, Client> = {
  id: 'kandji',
  title: 'Kandji',
  rights: [
    { name: 'Users: list', for: "finding the leaver's user record" },
    { name: 'Device list', for: 'finding the devices that are assigned to it' },
    { name: 'Device ID', for: 'reading whose a device is before anything is sent to it' },
    { name: 'Device details', for: 'encryption, Activation Lock and supervision' },
    { name: 'Device commands', for: 'reading back whether a lock or a wipe was carried out' },
    { name: 'FileVault recovery key', for: 'keeping it before a wipe' },
    { name: 'Recovery Lock password', for: 'keeping it before a wipe' },
    { name: 'Activation Lock bypass code', for: 'keeping it before a wipe: without it a wiped device may stay shut' },
    { name: 'Unlock PIN', for: 'keeping a PIN whose answer was lost' },
    { name: 'Lock device', for: 'locking Macs' },
    { name: 'Erase device', for: 'wiping' },
    { name: 'Delete device', for: 'taking management off personal devices' },
  ],
  settings: Settings,
  limits: [
    {
      id: 'api',
      perSecond: 2.5,
      concurrent: 5,
      source: 'Kandji API, Rate Limit: 10,000 requests an hour and customer',
    },
  ],
  renew:
    'makes a new token in Kandji (Settings > Access > Add API token) with the same permissions, and stores it where ' +
    'the settings read it.',
  connect,
  check,
  locate,
  steps: [recoveryKeys, ...lockSteps, ...wipeSteps],
}

export default connector
