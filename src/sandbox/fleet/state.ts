/** What the pretend Fleet knows, and what becomes of orders while hosts come online. */
export interface Mapping {
  email: string
  source: string
}

export interface FleetHost {
  id: number
  uuid: string
  platform: string
  display_name: string
  hostname: string
  hardware_serial: string
  team_id: number | null
  seen_time: string
  scripts_enabled: boolean | null
  disk_encryption_enabled: boolean | null
  enrollment_status: string | null
  device_mapping: Mapping[]
  /** The escrowed disk recovery key. */
  key?: string
  status: 'unlocked' | 'locked' | 'wiped'
  pin?: string
  /** Carried out at `due` (epoch ms). */
  ordered?: { action: 'lock' | 'unlock' | 'wipe'; due: number }
  /** Management ends at this moment. */
  unmanagedFrom?: number
}

export interface FleetState {
  hosts: FleetHost[]
  /** Everything that was ever sent to a host. */
  commands: { host: number; action: string }[]
}

/** Whether anything is due: carrying it out is a change, which shows a moment late. */
export function isDue(state: FleetState, now: number): boolean {
  return state.hosts.some((host) => (host.ordered?.due ?? now + 1) <= now || (host.unmanagedFrom ?? now + 1) <= now)
}

export function carryOut(state: FleetState, now: number): void {
  for (const host of state.hosts) {
    if (host.ordered && host.ordered.due <= now) {
      const { action } = host.ordered
      host.status = action === 'lock' ? 'locked' : action === 'wipe' ? 'wiped' : 'unlocked'
      delete host.ordered
    }
    if (host.unmanagedFrom !== undefined && host.unmanagedFrom <= now) {
      host.enrollment_status = 'Off'
      delete host.unmanagedFrom
    }
  }
}
