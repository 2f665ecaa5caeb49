/** What the pretend Kandji knows, and what becomes of orders while devices come online. */
export interface KandjiUser {
  id: string
  email: string
  name: string
  archived: boolean
  integration: string
}

export interface Command {
  uuid: string
  request_type: string
  /** 1 pending, 3 completed, 4 failed. */
  status: number
  date_requested: string
  date_completed: string
  /** Carried out then, epoch ms. */
  due: number
}

export interface KandjiDevice {
  device_id: string
  device_name: string
  platform: string
  model: string
  os_version: string
  serial_number: string
  blueprint_name: string
  tags: string[]
  /** Id of the user it is assigned to. */
  user: string
  /** Null where Kandji does not know. */
  filevault: boolean | null
  /** Whoever has it took the profile off. */
  unmanaged?: true
  supervised: boolean
  autoEnrolled: boolean
  lost_mode_status: string
  keys: { filevault?: string; recovery?: string; deviceBypass?: string; userBypass?: string }
  pin?: string
  locked: boolean
  erased: boolean
  commands: Command[]
}

export interface KandjiState {
  users: KandjiUser[]
  devices: KandjiDevice[]
  /** Ids of deleted devices: a removal of management was sent to each. */
  removed: string[]
}

export function isDue({ devices }: KandjiState, now: number): boolean {
  return devices.some(({ commands }) => commands.some((one) => one.status === 1 && one.due <= now))
}

export function carryOut({ devices }: KandjiState, now: number): void {
  for (const device of devices)
    for (const command of device.commands) {
      if (command.status !== 1 || command.due > now) continue
      command.status = 3
      command.date_completed = new Date().toISOString()
      if (command.request_type === 'DeviceLock') device.locked = true
      if (command.request_type === 'EraseDevice') device.erased = true
    }
}
