/** The example company at JumpCloud. */
import { cast, employees } from '../company.ts'
import type { AppleDevice, Group, State, System, User } from './state.ts'

const at = '2025-02-01T08:00:00.000Z'

/** JumpCloud's ids are 24 hexadecimal digits. */
export function hex(kind: number, number: number): string {
  return `5f${kind.toString(16)}${number.toString(16).padStart(21, '0')}`
}

export function seed(): State {
  const users = usersOf()
  const id = (email: string) => users.find((one) => one.email === email)?.id ?? ''
  const leaver = id(cast.leaver)
  const manager = id(cast.manager)
  const everybody = users.map((one) => one.id)
  return {
    organization: hex(0, 1),
    users,
    groups: groupsOf(leaver, manager, id(cast.it)),
    bindings: bindingsOf(leaver, manager, everybody),
    systems: systemsOf(leaver, manager),
    mdm: hex(6, 1),
    apple: appleOf(),
    commands: [
      { id: hex(9, 1), system: hex(3, 9), kind: 'lock', requestTime: at, doneAt: Date.parse(at) + 1000, exitCode: 0 },
    ],
    applications: [
      { id: hex(4, 1), name: 'salesforce', displayLabel: 'Salesforce' },
      { id: hex(4, 2), name: 'wiki', displayLabel: 'Wiki' },
      { id: hex(4, 3), name: 'payroll', displayLabel: 'Payroll' },
    ],
    serial: 100,
  }
}

function usersOf(): User[] {
  const ids = new Map(employees.map(({ email, id }) => [email, hex(1, id)]))
  return employees.map(({ id, name, email, title, department, manager = '' }): User => {
    const [firstname = '', ...rest] = name.split(' ')
    const isLeaver = email === cast.leaver
    return {
      id: hex(1, id),
      state: 'ACTIVATED',
      username: email.split('@')[0] ?? '',
      email,
      alternateEmail: '',
      // Somebody else's private address: no proof of who they are.
      recoveryEmail: email === cast.namesake ? cast.leaver : '',
      firstname,
      lastname: rest.join(' '),
      jobTitle: title,
      department,
      manager: ids.get(manager) ?? '',
      passwordDate: at,
      totp: true,
      webAuthn: false,
      sudo: isLeaver,
      passwordlessSudo: isLeaver,
      ldapBinding: false,
      delegated: false,
      sshKeys: [1, 2].map((number) => ({
        id: hex(8, id * 10 + number),
        name: `key ${number}`,
        publicKey: `ssh-ed25519 AAAAC3Nza${id}x${number} ${email}`,
      })),
      push: isLeaver ? [{ id: hex(10, 1), name: "Jo's phone" }] : [],
    }
  })
}

function groupsOf(leaver: string, manager: string, it: string): Group[] {
  const group = (number: number, name: string, members: string[], targets: Group['targets']): Group => ({
    id: hex(2, number),
    name,
    membershipMethod: 'STATIC',
    members,
    targets,
  })
  return [
    group(1, 'Sales', [leaver, manager], [{ type: 'application', id: hex(4, 1) }]),
    group(2, 'VPN', [leaver, manager, it], [{ type: 'radius_server', id: hex(5, 1) }]),
    group(3, 'Build servers', [leaver, it], [{ type: 'system', id: hex(3, 9) }]),
    group(4, 'Operators', [it], [{ type: 'application', id: hex(4, 3) }]),
    group(5, 'Sales laptops', [leaver], [{ type: 'system', id: hex(3, 2) }]),
  ]
}

function bindingsOf(leaver: string, manager: string, everybody: readonly string[]): State['bindings'] {
  const mine = [
    { type: 'application', id: hex(4, 1) },
    { type: 'application', id: hex(4, 2) },
    { type: 'ldap_server', id: hex(7, 1) },
    { type: 'radius_server', id: hex(5, 1) },
    { type: 'g_suite', id: hex(7, 2) },
    { type: 'office_365', id: hex(7, 3) },
    ...[1, 2, 3, 4].map((number) => ({
      type: 'system',
      id: hex(3, number),
      attributes: { sudo: { enabled: true, withoutPassword: false } },
    })),
  ]
  return [
    ...mine.map((one) => ({ ...one, user: leaver })),
    { user: manager, type: 'application', id: hex(4, 1) },
    { user: manager, type: 'system', id: hex(3, 5) },
    ...everybody.slice(2, 6).map((user) => ({ user, type: 'system', id: hex(3, 9) })),
  ]
}

function systemsOf(leaver: string, manager: string): System[] {
  const system = (
    number: number,
    displayName: string,
    osFamily: System['osFamily'],
    more: Partial<System>,
  ): System => ({
    id: hex(3, number),
    displayName,
    osFamily,
    serialNumber: `SN${number}JUMP`,
    active: true,
    lastContact: '2025-11-20T08:00:00.000Z',
    fdeActive: true,
    fdeKey: `KEY-${number}-AAAA-BBBB-CCCC-${number}${number}${number}`,
    locked: false,
    erased: false,
    ...more,
  })
  return [
    system(1, "Jo's MacBook", 'darwin', { primary: leaver }),
    system(2, "Jo's ThinkPad", 'windows', { primary: leaver }),
    system(3, "Jo's workstation", 'linux', { fdeActive: false, fdeKey: '' }),
    system(4, "Jo's own iPhone", 'ios', { primary: leaver, fdeActive: false, fdeKey: '' }),
    system(5, "Ada's MacBook", 'darwin', { primary: manager }),
    system(9, 'build-01', 'linux', { fdeActive: false, fdeKey: '', locked: true }),
  ]
}

function appleOf(): AppleDevice[] {
  const device = (number: number, mdmOsFamily: AppleDevice['mdmOsFamily'], userEnrollment: boolean): AppleDevice => ({
    id: hex(11, number),
    serialNumber: `SN${number}JUMP`,
    mdmOsFamily,
    enrolled: true,
    userEnrollment,
    locked: false,
  })
  return [device(1, 'macos', false), device(4, 'ios', true), device(5, 'macos', false)]
}
