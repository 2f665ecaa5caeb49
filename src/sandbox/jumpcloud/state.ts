/** What the pretend JumpCloud knows. */
export interface User {
  id: string
  state: 'STAGED' | 'ACTIVATED' | 'SUSPENDED'
  username: string
  email: string
  alternateEmail: string
  recoveryEmail: string
  firstname: string
  lastname: string
  jobTitle: string
  department: string
  manager: string
  /** ISO. */
  passwordDate: string
  totp: boolean
  webAuthn: boolean
  sudo: boolean
  passwordlessSudo: boolean
  ldapBinding: boolean
  /** Kept in Active Directory. */
  delegated: boolean
  admin?: { id: string; roleName: string }
  sshKeys: { id: string; name: string; publicKey: string }[]
  push: { id: string; name: string }[]
}

export interface Target {
  type: string
  id: string
  attributes?: Record<string, unknown>
}

export interface Group {
  id: string
  name: string
  membershipMethod: 'STATIC' | 'DYNAMIC_AUTOMATED'
  members: string[]
  targets: Target[]
}

export interface System {
  id: string
  displayName: string
  osFamily: 'darwin' | 'windows' | 'linux' | 'ios' | 'android'
  serialNumber: string
  active: boolean
  lastContact: string
  fdeActive: boolean
  /** The recovery key. */
  fdeKey: string
  primary?: string
  locked: boolean
  erased: boolean
}

export interface AppleDevice {
  id: string
  serialNumber: string
  mdmOsFamily: 'macos' | 'ios'
  enrolled: boolean
  userEnrollment: boolean
  /** Enrolled by whoever had it, and not through Apple's register of the company's devices. */
  byHand?: true
  locked: boolean
  /** Epoch ms of an order to erase that is carried out then. */
  eraseAt?: number
}

export interface Command {
  id: string
  system: string
  kind: 'lock' | 'erase'
  /** Of a command that IT wrote itself. */
  name?: string
  /** ISO. */
  requestTime: string
  /** Epoch ms. */
  doneAt: number
  exitCode: number
}

export interface State {
  organization: string
  users: User[]
  groups: Group[]
  bindings: (Target & { user: string })[]
  systems: System[]
  mdm: string
  apple: AppleDevice[]
  commands: Command[]
  applications: { id: string; name: string; displayLabel: string }[]
  serial: number
}
