/** The example company's people and devices in Kandji. */
import { cast, employees } from '../company.ts'
import type { Command, KandjiDevice, KandjiState } from './state.ts'

export function seed(): KandjiState {
  const users = employees.map(({ id, email, name }) => user(id, email, name))
  const archived = { ...user(900, cast.leaver, 'Jo Miller'), archived: true, integration: 'old directory' }
  const longer = user(901, `ex.${cast.leaver}`, 'Jo Miller the elder')
  return { users: [longer, archived, ...users], devices: [...leavers(), ...others()].map(numbered), removed: [] }
}

function user(number: number, email: string, name: string) {
  return { id: idOf(number), email, name, archived: false, integration: 'example.com' }
}

function idOf(number: number): string {
  return `5344c996-8823-4b37-8d6e-${String(number).padStart(12, '0')}`
}

function ownerOf(email: string): string {
  return idOf(employees.find((one) => one.email === email)?.id ?? 901)
}

type Unnumbered = Omit<KandjiDevice, 'device_id' | 'serial_number'>

function numbered(device: Unnumbered, index: number): KandjiDevice {
  const number = String(index + 1).padStart(4, '0')
  return { ...device, device_id: `4820db3b-dec7-40b2-9c8f-eb771ac1${number}`, serial_number: `GG7FF8Q${number}` }
}

/** The old MacBook was locked a year ago and opened again; somebody has just ordered to lock the studio's Mac. */
function leavers(): Unnumbered[] {
  return [
    device('Jo’s MacBook Pro', 'Mac', {
      keys: { filevault: '9A2U-CDK6-P6NH-FAB3-LTUH-2MYP', recovery: 'Kx7-recovery-lock-41' },
      commands: [command('DeviceLock', 3, '2025-10-02T15:07:22.133248Z'), command('DeviceInformation', 3)],
    }),
    device('Studio Mac', 'Mac', {
      keys: { filevault: '4TQR-XX2M-9LPD-77AC-KEWB-H5ZN' },
      pin: '731906',
      commands: [command('DeviceLock', 1)],
    }),
    device('iPad', 'iPad', { filevault: false, keys: { deviceBypass: 'ZH3R1-0W2QF-P7KV-8XN4-UA2M' } }),
    device('iPhone', 'iPhone', { filevault: false, tags: ['BYOD'], supervised: false, autoEnrolled: false }),
    device('Living room', 'AppleTV', { filevault: false }),
  ]
}

function others(): Unnumbered[] {
  const rest = employees.filter(({ email }) => email !== cast.leaver)
  return [
    device('Jo’s old iMac', 'Mac', { user: idOf(901) }),
    ...rest.map(({ name, email }) => device(`${name.split(' ')[0]}’s MacBook`, 'Mac', { user: ownerOf(email) })),
  ]
}

export function command(type: string, status: number, at = '2026-11-20T09:00:00.000000Z'): Command {
  return {
    uuid: `d2b2eafe-2dc2-4b13-bd2b-${type.length}${status}`,
    request_type: type,
    status,
    date_requested: at,
    date_completed: status === 3 ? at : '',
    due: Number.MAX_SAFE_INTEGER,
  }
}

function device(name: string, platform: string, more: Partial<Unnumbered> = {}): Unnumbered {
  return {
    device_name: name,
    platform,
    model: platform === 'Mac' ? 'MacBook Pro (14-inch, M3, 2023)' : platform,
    os_version: platform === 'Mac' ? '15.6.1' : '18.6',
    blueprint_name: 'Everybody',
    tags: [],
    user: ownerOf(cast.leaver),
    filevault: true,
    supervised: true,
    autoEnrolled: true,
    lost_mode_status: '',
    keys: {},
    locked: false,
    erased: false,
    commands: [],
    ...more,
  }
}
