/** A tenant that manages its devices with Intune, and a leaver who leaves things behind: only where a test asks for it. */
import { cast } from '../company.ts'
import { idOf, skus } from './seed-parts.ts'
import { guid, type ManagedDevice, type Tenant } from './tenant.ts'

/** What must never show in a finding, a fact or a log. */
export const keysOfDevices = [
  '110011-220022-330033-440044-550055-660066-770077-880088',
  '111111-222222-333333-444444-555555-666666-777777-888888',
  '121212-232323-343434-454545-565656-676767-787878-898989',
  'ABC12-DEF34-GHJ56-KLM78-NPQ90',
  'ZYX98-WVU76-TSR54-QPN32-MLK10',
  'Gh7!pretend-local-admin',
]

export function intuneThings(tenant: Tenant): void {
  const theirs = (number: number, name: string, operatingSystem: string, more: Partial<ManagedDevice> = {}) =>
    managed(number, name, operatingSystem, idOf(cast.leaver), more)
  const apple = (code: string | undefined) => ({ activationLockBypassCode: code ?? null, isSupervised: true })
  tenant.managedDevices.push(
    theirs(1, 'LAPTOP-JO', 'Windows'),
    theirs(2, 'DESK-JO', 'Windows'),
    theirs(3, 'MacBook of Jo', 'macOS', apple(keysOfDevices[3])),
    theirs(4, 'iPad of Jo', 'iPadOS', apple(keysOfDevices[4])),
    theirs(5, 'SCANNER-7', 'Android'),
    theirs(6, 'Phone of Jo', 'iOS', { managedDeviceOwnerType: 'personal' }),
    theirs(7, 'Tablet of Jo', 'Android', { managedDeviceOwnerType: 'personal' }),
    theirs(8, 'HOME-PC', 'Windows', { managedDeviceOwnerType: 'personal' }),
    managed(20, 'LAPTOP-JOM', 'Windows', idOf(cast.namesake), {}),
  )
  for (const [index, deviceNumber] of [1, 1, 2].entries()) {
    tenant.recoveryKeys.push({
      id: guid(92, index + 1),
      createdDateTime: '2026-01-08T08:00:00Z',
      deviceId: guid(4, deviceNumber + 100),
      volumeType: index === 1 ? 'fixedDataVolume' : 'operatingSystemVolume',
      key: keysOfDevices[index] ?? '',
    })
  }
  for (const number of [101, 102, 120]) {
    tenant.localCredentials.push({
      id: guid(4, number),
      deviceName: `device ${number}`,
      lastBackupDateTime: '2026-11-10T08:00:00Z',
      refreshDateTime: '2026-12-10T08:00:00Z',
      credentials: [credential('old-pretend-password', '2026-10-10'), credential(keysOfDevices[5] ?? '', '2026-11-10')],
    })
  }
  leftovers(tenant)
}

function managed(
  number: number,
  deviceName: string,
  operatingSystem: string,
  userId: string,
  more: Partial<ManagedDevice>,
): ManagedDevice {
  return {
    id: guid(90, number),
    userId,
    deviceName,
    serialNumber: `SN${1000 + number}`,
    operatingSystem,
    azureADDeviceId: guid(4, number + 100),
    isEncrypted: true,
    isSupervised: false,
    lastSyncDateTime: '2026-11-20T07:30:00Z',
    managedDeviceOwnerType: 'company',
    managementAgent: 'mdm',
    activationLockBypassCode: null,
    orders: [],
    ...more,
  }
}

function credential(password: string, day: string) {
  return {
    accountName: 'Administrator',
    accountSid: 'S-1-5-21-1000-500',
    backupDateTime: `${day}T08:00:00Z`,
    passwordBase64: Buffer.from(password).toString('base64'),
  }
}

function leftovers(tenant: Tenant): void {
  const owned = { owners: [idOf(cast.leaver)] }
  const secret = (displayName: string) => ({ keyId: guid(95, 1), displayName, endDateTime: '2027-06-30T00:00:00Z' })
  tenant.apps.push(
    app(1, 'application', 'Invoice robot', { ...owned, passwordCredentials: [secret('robot host')] }),
    app(2, 'servicePrincipal', 'CRM sync', owned),
    app(3, 'application', 'Badge printer', { owners: [idOf(cast.namesake)] }),
  )
  tenant.servicePlans[skus.e5] = ['EXCHANGE_S_ENTERPRISE', 'INTUNE_A', 'FLOW_O365_P3', 'MCOEV']
  tenant.managers[idOf(cast.other)] = idOf(cast.leaver)
}

function app(
  number: number,
  kind: 'application' | 'servicePrincipal',
  displayName: string,
  more: { owners: string[]; passwordCredentials?: object[] },
) {
  return {
    id: guid(96, number),
    kind,
    appId: guid(97, number),
    displayName,
    passwordCredentials: [] as object[],
    keyCredentials: [] as object[],
    ...more,
  }
}
