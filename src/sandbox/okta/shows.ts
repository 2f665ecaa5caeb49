/** What the pretend Okta holds of one person. */
import { row, type Shown, there, told } from '../shown.ts'
import type { State, User } from './state.ts'

const shut = ['DEPROVISIONED', 'SUSPENDED']

export function showsOkta(state: State, email: string): Shown[] {
  const user = state.users.find((one) => one.email === email || one.login === email)
  if (!user) return []
  const own = <T extends { user: string }>(all: readonly T[]) => all.filter((one) => one.user === user.id)
  return told([
    ...account(user),
    ...there(
      'directory',
      'Factor',
      own(state.factors).map((one) => `${one.factorType} (${one.provider})`),
      'enrolled',
    ),
    ...there('directory', 'Group', groupsOf(state, user), 'member'),
    ...there(
      'directory',
      'Admin role',
      own(state.roles).map((one) => one.label),
      'assigned',
    ),
    ...there(
      'applications',
      'App with tokens',
      own(state.clients).map((one) => one.name),
      'may act for them',
    ),
    ...there(
      'infrastructure',
      'API token',
      own(state.apiTokens).map((one) => one.name),
    ),
    ...there(
      'applications',
      'Application',
      own(state.apps).map((one) => one.label),
      'assigned',
    ),
    ...state.devices
      .filter((one) => one.users.includes(user.id))
      .map((one) => row('devices', one.displayName, one.status.toLowerCase(), one.status === 'ACTIVE')),
  ])
}

function account({ status, deactivatedAt, sessions, passwords }: User): Shown[] {
  const done = deactivatedAt !== undefined && deactivatedAt <= Date.now()
  const now = done ? 'DEPROVISIONED' : status
  const waits = deactivatedAt !== undefined && !done
  return [
    row('directory', 'Account', waits ? 'being deactivated' : now.toLowerCase(), !shut.includes(now) && !waits),
    row('directory', 'Sessions', String(sessions), sessions > 0),
    row('directory', 'Password', passwords > 1 ? 'reset' : 'their own', passwords <= 1 && !done),
  ]
}

function groupsOf({ groups }: State, { id }: User): string[] {
  return groups.filter((one) => one.members.includes(id)).map((one) => one.name)
}
