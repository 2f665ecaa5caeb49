/** What the pretend Jamf Pro knows, and what becomes of orders while devices come online. */
export interface JamfUser {
  email: string
  username: string
}

export interface Common {
  id: string
  managementId: string
  name: string
  serial: string
  user: JamfUser
  managed: boolean
  supervised: boolean
  /** Management ends at this moment, epoch ms. */
  unmanagedFrom?: number
  wiped: boolean
}

export interface Computer extends Common {
  site: string
  silicon: boolean
  os: string
  fileVault: string
  keyValidity: string
  recoveryKey?: string
  recoveryLock?: string
  /** The PIN that it was locked with last. */
  pin?: string
  locked: boolean
}

export interface Mobile extends Common {
  ownership: string
  lostMode: boolean
  shared?: boolean
}

export interface Command {
  uuid: string
  managementId: string
  type: string
  state: 'PENDING' | 'ACKNOWLEDGED' | 'NOT_NOW' | 'ERROR' | 'COMMAND_FORMAT_ERROR'
  sent: string
  completed?: string
  /** Carried out then, epoch ms. */
  due: number
}

export interface JamfState {
  computers: Computer[]
  mobiles: Mobile[]
  commands: Command[]
}

export function isDue({ computers, mobiles, commands }: JamfState, now: number): boolean {
  const leaves = [...computers, ...mobiles].some((one) => (one.unmanagedFrom ?? now + 1) <= now)
  return leaves || commands.some((one) => one.state === 'PENDING' && one.due <= now)
}

export function carryOut(state: JamfState, now: number): void {
  for (const device of [...state.computers, ...state.mobiles]) {
    if (device.unmanagedFrom === undefined || device.unmanagedFrom > now) continue
    device.managed = false
    delete device.unmanagedFrom
  }
  for (const command of state.commands) {
    if (command.state !== 'PENDING' || command.due > now) continue
    command.state = 'ACKNOWLEDGED'
    command.completed = new Date().toISOString()
    take(state, command)
  }
}

function take({ computers, mobiles }: JamfState, { managementId, type }: Command): void {
  const computer = computers.find((one) => one.managementId === managementId)
  const mobile = mobiles.find((one) => one.managementId === managementId)
  if (computer && type === 'DEVICE_LOCK') computer.locked = true
  if (mobile && type.endsWith('_LOST_MODE')) mobile.lostMode = type === 'ENABLE_LOST_MODE'
  const device = computer ?? mobile
  if (device && type === 'ERASE_DEVICE') device.wiped = true
}
