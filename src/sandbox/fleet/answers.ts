/** Fleet's answers: hosts as they are shown, and refusals (REST API, API errors). */
import type { Answer } from '../server.ts'
import type { FleetHost } from './state.ts'

export function refusal(status: number, reason: string): Answer {
  return { status, body: { message: reason, errors: [{ name: 'base', reason }], uuid: 'c0532a64-bec2-4cf9' } }
}

export function invalid(reason: string, status = 422): Answer {
  const errors = [{ name: 'host_id', reason }]
  return { status, body: { message: 'Validation Failed', errors, uuid: 'a3c1e4d0-6f8e-4b1c' } }
}

/** A list leaves out whether something is pending, and says whose it is only when asked to. */
export function listed(host: FleetHost, withMapping: boolean): object {
  const { encryption_key_available, enrollment_status } = mdmOf(host)
  return {
    ...plain(host),
    ...(withMapping && { device_mapping: host.device_mapping }),
    mdm: { encryption_key_available, enrollment_status, name: 'Fleet', server_url: null },
  }
}

export function detailed(host: FleetHost): object {
  return { host: { ...plain(host), mdm: mdmOf(host), labels: [], policies: [], users: [] } }
}

function plain(host: FleetHost): object {
  const { key: _key, pin: _pin, status: _status, ordered: _ordered, ...rest } = host
  const { unmanagedFrom: _from, enrollment_status: _enrolled, device_mapping: _mapping, ...shown } = rest
  return { ...shown, computer_name: host.display_name, display_text: host.display_name, status: 'online' }
}

function mdmOf(host: FleetHost) {
  const { enrollment_status, key, ordered, status, platform } = host
  const on = (enrollment_status ?? '').startsWith('On')
  // A Mac's unlock is the PIN, which is there as soon as it is locked.
  const unlocks = platform === 'darwin' && status === 'locked' ? 'unlock' : ''
  return {
    encryption_key_available: key !== undefined,
    enrollment_status,
    name: on ? 'Fleet' : '',
    connected_to_fleet: on,
    server_url: on ? 'https://fleet.example.com/mdm/apple/mdm' : null,
    device_status: status,
    pending_action: ordered?.action ?? unlocks,
  }
}
