/** How a host stands, in Fleet's words, and why something cannot be done to it. */
import type { Finding } from '../../src/connector.ts'
import { freeFact } from './client.ts'
import type { Host } from './hosts.ts'

export type Standing = 'unlocked' | 'locking' | 'locked' | 'unlocking' | 'wiping' | 'wiped'

/**
 * `device_status` is what the host is, `pending_action` what was ordered and is not there yet (REST API, Get host). A
 * Mac that is locked always has an unlock pending: its PIN, which is typed in by hand.
 */
export function standingOf({ mdm, platform }: Host): Standing {
  const { device_status: status, pending_action: pending } = mdm
  if (status === 'wiped') return 'wiped'
  if (pending === 'wipe' || status === 'wiping') return 'wiping'
  const locked = status === 'locked' || status === 'unlocking'
  if (locked && platform !== 'darwin' && (pending === 'unlock' || status === 'unlocking')) return 'unlocking'
  if (locked) return 'locked'
  return pending === 'lock' || status === 'locking' ? 'locking' : 'unlocked'
}

export function factOf({ mdm, seen_time: seen }: Host): string {
  const pending = mdm.pending_action ? `, pending_action=${mdm.pending_action}` : ''
  return `device_status=${mdm.device_status ?? 'none'}${pending}${seen ? `, last seen ${seen.slice(0, 10)}` : ''}`
}

/** With the serial number: it is what is on the machine, and two people may call theirs the same. */
export function labelOf(host: Host): string {
  const name = host.display_name || host.hostname || 'Host'
  return `${name} (${host.hardware_serial || `host ${host.id}`})`
}

export function described(host: Host): Pick<Finding, 'id' | 'label'> {
  return { id: String(host.id), label: labelOf(host) }
}

const mobile = new Set(['ios', 'ipados', 'android'])

/** A phone or tablet without management has nothing of the company's that Fleet could reach. */
export function isLeftAlone(host: Host): boolean {
  return mobile.has(host.platform) && !isManaged(host)
}

export function isPersonal(host: Host): boolean {
  return host.mdm.enrollment_status === 'On (personal)'
}

export function isManaged({ mdm }: Host): boolean {
  return (mdm.enrollment_status ?? '').startsWith('On') && mdm.connected_to_fleet !== false
}

/** Why Fleet would refuse (ee/server/service/hosts.go, LockHost and WipeHost); undefined where it would not. */
export function obstacle(host: Host, what: 'lock' | 'wipe', free: boolean): string | undefined {
  if (host.doubt) return host.doubt
  if (free) return freeFact
  const kind = kindOf(host)
  if (kind === 'chrome') return `Fleet cannot ${what} Chromebooks. IT does it in the Google Admin console.`
  const byScript = kind === 'linux' || (kind === 'windows' && what === 'lock')
  if (byScript && host.scripts_enabled === false)
    return `scripts are off on this host. IT deploys fleetd with --enable-scripts, or sees to the device, then tries again.`
  if (kind !== 'linux' && !(byScript || isManaged(host)))
    return 'MDM is off on this host, so Fleet cannot reach it. IT sees to the device, then tries again.'
  if (what === 'lock' && kind === 'apple-mobile' && host.mdm.enrollment_status === 'On (manual)')
    return 'Fleet locks no iPhone or iPad that was enrolled by hand. IT asks for the device, or wipes it.'
  return undefined
}

function kindOf({ platform }: Host): 'mac' | 'apple-mobile' | 'windows' | 'android' | 'chrome' | 'linux' {
  if (platform === 'darwin') return 'mac'
  if (platform === 'ios' || platform === 'ipados') return 'apple-mobile'
  if (platform === 'windows' || platform === 'android' || platform === 'chrome') return platform
  return 'linux'
}
