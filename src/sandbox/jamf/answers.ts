/** Records as Jamf Pro shows them, its refusals, and RSQL as far as it is used. */
import type { Answer } from '../server.ts'
import type { Command, Computer, Mobile } from './state.ts'

export const ok = (body: unknown): Answer => ({ status: 200, body })

export function refusal(status: number, code: string, description: string): Answer {
  return { status, body: { httpStatus: status, errors: [{ code, description, id: '0', field: null }] } }
}

export const notFound = refusal(404, 'INVALID_ID', 'Requested object was not found')

/** Sections that were not asked for are null. */
export function shownComputer(one: Computer, sections: readonly string[]): object {
  const only = (section: string, shown: object) => (sections.includes(section) ? shown : null)
  return {
    id: one.id,
    udid: `udid-${one.id}`,
    general: only('GENERAL', {
      name: one.name,
      managementId: one.managementId,
      lastContactTime: '2026-11-20T18:37:49.000Z',
      supervised: one.supervised,
      remoteManagement: { managed: one.managed },
      site: { id: '-1', name: one.site },
    }),
    userAndLocation: only('USER_AND_LOCATION', { ...one.user, realname: one.user.username }),
    hardware: only('HARDWARE', { serialNumber: one.serial, appleSilicon: one.silicon, make: 'Apple' }),
    operatingSystem: only('OPERATING_SYSTEM', { name: 'macOS', version: one.os }),
    diskEncryption: only('DISK_ENCRYPTION', {
      individualRecoveryKeyValidityStatus: one.keyValidity,
      institutionalRecoveryKeyPresent: false,
      bootPartitionEncryptionDetails: { partitionName: 'Macintosh HD', partitionFileVault2State: one.fileVault },
    }),
    security: only('SECURITY', { sipStatus: 'ENABLED', recoveryLockEnabled: one.recoveryLock !== undefined }),
  }
}

export function shownMobile(one: Mobile, sections: readonly string[]): object {
  const only = (section: string, shown: object) => (sections.includes(section) ? shown : null)
  return {
    mobileDeviceId: one.id,
    deviceType: 'iOS',
    general: only('GENERAL', {
      displayName: one.name,
      managementId: one.managementId,
      lastInventoryUpdateDate: '2026-11-20T18:37:49.000Z',
      managed: one.managed,
      supervised: one.supervised,
      deviceOwnershipType: one.ownership,
      sharedIpad: one.shared ?? false,
    }),
    userAndLocation: only('USER_AND_LOCATION', { emailAddress: one.user.email, username: one.user.username }),
    hardware: only('HARDWARE', { serialNumber: one.serial, model: 'iPad Pro' }),
    security: only('SECURITY', { lostModeEnabled: one.lostMode, passcodePresent: true }),
  }
}

export function shownCommand({ uuid, managementId, type, state, sent, completed }: Command): object {
  return {
    uuid,
    dateSent: sent,
    ...(completed ? { dateCompleted: completed } : {}),
    client: { managementId, clientType: 'COMPUTER' },
    commandState: state,
    commandType: type,
    ...(state.endsWith('ERROR')
      ? { commandError: { errorCode: 12021, errorEnglishDescription: 'Unknown command' } }
      : {}),
  }
}

/** `a=="x",b=="y"` and `a==x;b==y`: whatever the case, `*` for anything. Undefined where it cannot be read. */
export function rsql(
  filter: string,
  fields: readonly string[],
): ((record: Record<string, string>) => boolean) | undefined {
  const parts = [...filter.matchAll(/([\w.]+)==("(?:\\.|[^"\\])*"|[^,;"]+)(?:([,;])|$)/g)]
  if (parts.map(([whole]) => whole).join('') !== filter) return undefined
  if (parts.some(([, field = '']) => !fields.includes(field))) return undefined
  const all = parts.some(([, , , joint]) => joint === ';')
  const tests = parts.map(([, field = '', value = '']) => {
    const text = value.startsWith('"') ? value.slice(1, -1).replace(/\\(.)/g, '$1') : value
    const pattern = text
      .split('*')
      .map((one) => one.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
      .join('.*')
    const wanted = new RegExp(`^${pattern}$`, 'i')
    return (record: Record<string, string>) => wanted.test(record[field] ?? '')
  })
  return (record) => (all ? tests.every((test) => test(record)) : tests.some((test) => test(record)))
}
