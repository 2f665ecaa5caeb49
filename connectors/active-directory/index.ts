/** Active Directory over LDAPS: one named domain controller, a service account with delegated rights. */
import type { Connector } from '../../src/connector.ts'
import { check, rights } from './check.ts'
import { computers } from './computers.ts'
import { disable, expire, resetPassword } from './contain.ts'
import { type Directory, openDirectory } from './directory.ts'
import { groups } from './groups.ts'
import { keyCredentials } from './keys.ts'
import { locate } from './locate.ts'
import { moveToDisabled } from './move.ts'
import { serviceNames } from './service-names.ts'
import { Settings } from './settings.ts'

const connector: Connector<Settings, Directory> = {
  id: 'active-directory',
  title: 'Active Directory',
  rights,
  settings: Settings as Connector<Settings>['settings'],
  limits: [
    {
      id: 'directory',
      perSecond: 50,
      // One connection to a controller, so one call after another.
      concurrent: 1,
      source: 'assumed: Active Directory publishes no rate for LDAP',
    },
  ],
  renew:
    "gives the service account a new password in Active Directory Users and Computers (or unlocks and enables it) and puts it into the setting 'password' of active-directory",
  connect: openDirectory,
  check,
  locate,
  steps: [disable, resetPassword, expire, keyCredentials, groups, computers, serviceNames, moveToDisabled],
}

export default connector
