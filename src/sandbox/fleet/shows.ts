/** The devices that the pretend Fleet knows as one person's. */
import { row, type Shown, told } from '../shown.ts'
import type { FleetHost, FleetState } from './state.ts'

export function showsFleet({ hosts }: FleetState, email: string): Shown[] {
  const own = hosts.filter((host) => host.device_mapping.some((one) => one.email === email))
  return told(own.map((host) => row('devices', host.display_name, stateOf(host), host.status === 'unlocked')))
}

function stateOf({ status, ordered, enrollment_status: enrolled }: FleetHost): string {
  const words = [status === 'unlocked' ? 'in use' : status]
  if (ordered) words.push(`${ordered.action} ordered`)
  if (enrolled === 'Off') words.push('no longer managed')
  return words.join(', ')
}
