/** What the pretend JumpCloud holds of one person. */
import { row, type Shown, there, told } from '../shown.ts'
import type { State, User } from './state.ts'

export function showsJumpCloud(state: State, email: string): Shown[] {
  const user = state.users.find((one) => one.email === email)
  return user ? told([...signIn(state, user), ...bound(state, user)]) : []
}

function signIn({ groups }: State, user: User): Shown[] {
  return [
    row('directory', 'Account', user.state.toLowerCase(), user.state === 'ACTIVATED'),
    ...(user.totp ? [row('directory', 'One-time passwords', 'on')] : []),
    ...(user.webAuthn ? [row('directory', 'Security keys', 'on')] : []),
    ...there(
      'directory',
      'Push device',
      user.push.map((one) => one.name),
    ),
    ...(user.admin ? [row('directory', 'Administrator', user.admin.roleName)] : []),
    ...(user.sudo
      ? [row('infrastructure', 'Administrator of their devices', user.passwordlessSudo ? 'without a password' : 'yes')]
      : []),
    ...there(
      'infrastructure',
      'SSH key',
      user.sshKeys.map((one) => one.name),
    ),
    ...there(
      'directory',
      'Group',
      groups.filter((one) => one.members.includes(user.id)).map((one) => one.name),
      'member',
    ),
  ]
}

function bound({ bindings, systems, apple, applications, commands }: State, user: User): Shown[] {
  const own = bindings.filter((one) => one.user === user.id)
  const apps = own.filter((one) => one.type === 'application').map((one) => one.id)
  const mine = systems.filter(
    (one) => one.primary === user.id || own.some(({ type, id }) => type === 'system' && id === one.id),
  )
  return [
    ...there(
      'applications',
      'Application',
      apps.map((id) => applications.find((one) => one.id === id)?.displayLabel ?? id),
      'assigned',
    ),
    ...mine.map((one) => {
      const mac = apple.find((each) => each.serialNumber === one.serialNumber)
      const locked = one.locked || mac?.locked === true
      const waits = commands.some((each) => each.system === one.id && each.doneAt > Date.now())
      const state = one.erased ? 'erased' : locked ? 'locked' : waits ? 'an order waits' : 'in use'
      return row('devices', one.displayName, state, !one.erased && !locked)
    }),
  ]
}
