/** Users, devices and commands as Kandji shows them. */
import type { Answer } from '../server.ts'
import type { Command, KandjiDevice, KandjiState, KandjiUser } from './state.ts'

export const ok = (body: unknown): Answer => ({ status: 200, body })
export const notFound: Answer = { status: 404, body: { detail: 'Not found.' } }
/** Kandji refuses orders with a bare JSON text. */
export const bad = (text: string): Answer => ({
  status: 400,
  body: JSON.stringify(text),
  headers: { 'content-type': 'application/json' },
})

export function shownUser({ archived, email, id, integration, name }: KandjiUser, devices: number): object {
  return {
    active: true,
    archived,
    created_at: '2024-09-06T21:00:04.304248Z',
    department: null,
    deprecated_user_id: '29360',
    device_count: devices,
    email,
    id,
    integration: { id: 634, name: integration, type: 'google', uuid: 'f7461096-4ef9-43aa-88e9-ca1967ba0b38' },
    job_title: null,
    name,
    updated_at: '2024-09-06T21:00:04.304280Z',
  }
}

export function shownDevice(device: KandjiDevice, { users }: KandjiState): object {
  const user = users.find((one) => one.id === device.user)
  const { device_id, device_name, platform, model, os_version, serial_number, blueprint_name, tags } = device
  return {
    agent_installed: platform === 'Mac',
    agent_version: '',
    asset_tag: '',
    blueprint_id: 'dccade80-bddd-43ac-a9b7-e322b17cd7d9',
    blueprint_name,
    device_id,
    device_name,
    first_enrollment: '2024-12-13 19:14:20.455640+00:00',
    is_missing: false,
    is_removed: false,
    last_check_in: '2026-11-20T21:46:26.879113Z',
    last_enrollment: '2024-12-13 19:14:20.455640+00:00',
    lost_mode_status: device.lost_mode_status,
    mdm_enabled: !device.unmanaged,
    model,
    os_version,
    platform,
    serial_number,
    supplemental_build_version: '24G90',
    supplemental_os_version_extra: '',
    tags,
    user: user ? { email: user.email, id: user.id, is_archived: user.archived, name: user.name } : '',
  }
}

export function shownDetails(device: KandjiDevice): object {
  const { keys, filevault, supervised, autoEnrolled, device_id, device_name, platform, serial_number } = device
  return {
    general: { device_id, device_name, platform },
    mdm: { mdm_enabled: 'True', supervised: supervised ? 'True' : 'False', mdm_enabled_user: [] },
    activation_lock: {
      activation_lock_allowed_while_supervised: false,
      activation_lock_supported: true,
      bypass_code_failed: false,
      device_activation_lock_enabled: keys.deviceBypass !== undefined,
      user_activation_lock_enabled: keys.userBypass !== undefined,
    },
    filevault: {
      filevault_enabled: platform === 'Mac' ? filevault : null,
      filevault_next_rotation: '',
      filevault_prk_escrowed: keys.filevault !== undefined,
      filevault_recoverykey_type: 'Personal',
      filevault_regen_required: false,
    },
    automated_device_enrollment: { auto_enroll_eligible: autoEnrolled, auto_enrolled: autoEnrolled },
    recovery_information: { recovery_lock_enabled: keys.recovery !== undefined, firmware_password_exist: false },
    hardware_overview: { serial_number },
    tags: device.tags,
  }
}

export function shownCommand({ due: _due, ...command }: Command): object {
  return {
    attempts: 1,
    command_type: command.request_type,
    error_chain: [],
    last_pushed: command.date_requested,
    metadata: {},
    priority: 0,
    request_requires_network_tether: false,
    user: null,
    ...command,
  }
}

export function secretOf({ keys, pin }: KandjiDevice, name: string): Answer {
  if (name === 'filevaultkey') return keys.filevault ? ok({ key: keys.filevault }) : notFound
  if (name === 'recoverypassword') return keys.recovery ? ok({ recovery_password: keys.recovery }) : notFound
  if (name === 'unlockpin') return pin ? ok({ pin }) : notFound
  if (name !== 'bypasscode') return notFound
  return ok({ device_based_albc: keys.deviceBypass ?? null, user_based_albc: keys.userBypass ?? null })
}
