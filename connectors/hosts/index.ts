/** Linux and macOS hosts over SSH: each host a realm of its own, with its own pinned key and its own pace. */
import type { Connector } from '../../src/connector.ts'
import { check, rights } from './check.ts'
import { openHosts } from './client.ts'
import { diskUnlock } from './disk.ts'
import { groups } from './groups.ts'
import type { Hosts } from './host.ts'
import { keys, keysElsewhere } from './keys.ts'
import { lock } from './lock.ts'
import { locate } from './person.ts'
import { runsAs } from './runs-as.ts'
import { linger, schedules } from './schedules.ts'
import { sessions } from './sessions.ts'
import { Settings } from './settings.ts'
import { sudoers } from './sudoers.ts'
import { directoryUser, otherWaysIn } from './tasks.ts'

const pace = {
  perSecond: 50,
  // The user data base of a host has one lock, and a server takes ten sessions a connection.
  concurrent: 1,
  source: 'assumed: an SSH server publishes no rate',
}

const connector: Connector<Settings, Hosts> = {
  id: 'hosts',
  title: 'Hosts over SSH',
  rights,
  settings: Settings as Connector<Settings>['settings'],
  limits: [{ id: 'host', ...pace }],
  renew:
    "puts Latchkey's public key back into the authorized_keys of its user on that host, or a new private key into the setting 'privateKey' of hosts",
  // A host that hangs holds up itself alone.
  configured: ({ hosts }) => ({
    limits: [
      ...Object.keys(hosts).map((id) => ({ id, ...pace, matches: ({ url }: { url: URL }) => url.hostname === id })),
      { id: 'host', ...pace },
    ],
  }),
  connect: openHosts,
  check,
  locate,
  steps: [
    lock,
    keys,
    schedules,
    linger,
    sessions,
    keysElsewhere,
    sudoers,
    groups,
    diskUnlock,
    runsAs,
    directoryUser,
    otherWaysIn,
  ],
}

export default connector
