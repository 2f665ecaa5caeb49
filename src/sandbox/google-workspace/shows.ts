/** What the pretend Google holds of one person. */
import { row, type Shown, there, told } from '../shown.ts'
import { findUser, mailboxOf, products, type State, type User } from './state.ts'

export function showsGoogle(state: State, email: string): Shown[] {
  const user = findUser(state, email)
  if (!user) return []
  return told([...signIn(state, user), ...memberships(state, user), ...mail(state, user), ...devices(state, user)])
}

function signIn(state: State, user: User): Shown[] {
  const { id, suspended, archived } = user
  const of = <T extends { user: string }>(all: readonly T[]) => all.filter((one) => one.user === id)
  const roleName = (roleId: string) => state.roles.find((one) => one.roleId === roleId)?.roleDescription ?? roleId
  const account = archived ? 'archived' : suspended ? 'suspended' : 'can sign in'
  return [
    row('directory', 'Account', account, !suspended && !archived),
    row('directory', 'Password', user.passwords > 1 ? 'reset' : 'their own', user.passwords === 1),
    row('directory', 'Sessions', String(user.sessions), user.sessions > 0),
    ...(user.recoveryEmail ? [row('directory', 'Recovery address', user.recoveryEmail)] : []),
    ...(user.recoveryPhone ? [row('directory', 'Recovery phone', user.recoveryPhone)] : []),
    row('directory', 'Second factor', user.enrolledIn2Sv ? 'enrolled' : 'off', user.enrolledIn2Sv),
    ...there(
      'directory',
      'App password',
      of(state.appPasswords).map((one) => one.name),
    ),
    ...(state.backupCodes[id]?.length ? [row('directory', 'Backup codes', String(state.backupCodes[id].length))] : []),
    ...there(
      'directory',
      'Admin role',
      of(state.roleAssignments).map((one) => roleName(one.roleId)),
      'assigned',
    ),
    ...(user.isAdmin ? [row('directory', 'Super admin', 'yes')] : []),
    ...there(
      'applications',
      'App with access',
      of(state.tokens).map((one) => one.displayText),
      'may read their data',
    ),
    ...there('applications', 'Licence', of(state.licences).map(licenceName), 'assigned'),
    ...there('directory', 'Alias', user.aliases),
  ]
}

function licenceName({ productId, skuId }: { productId: string; skuId: string }): string {
  return products[productId]?.skus[skuId] ?? skuId
}

function memberships({ members, groups }: State, user: User): Shown[] {
  return members
    .filter((one) => one.user === user.id)
    .map((one) =>
      row('directory', `Group ${groups.find(({ id }) => id === one.group)?.name ?? one.group}`, one.role.toLowerCase()),
    )
}

function mail(state: State, user: User): Shown[] {
  if (!user.mailbox) return []
  const { vacation, pop, imap, autoForwarding, forwardingAddresses, filters, delegates } = mailboxOf(
    structuredClone(state),
    user.id,
  )
  const transfers = state.transfers.filter((one) => one.oldOwnerUserId === user.id)
  return [
    row('applications', 'IMAP', imap.enabled ? 'on' : 'off', imap.enabled === true),
    row('applications', 'POP', String(pop.accessWindow), pop.accessWindow !== 'disabled'),
    ...(autoForwarding.enabled ? [row('applications', 'Forwarding', String(autoForwarding.emailAddress))] : []),
    ...there('applications', 'Forwarding address', forwardingAddresses),
    ...filters
      .filter((one) => one.action.forward)
      .map((one) => row('applications', `Filter ${one.id}`, 'forwards mail')),
    ...delegates.map((one) => row('applications', `Delegate ${one.delegateEmail}`, 'reads this mail', false)),
    row('applications', 'Auto-reply', vacation.enableAutoReply ? 'on' : 'off', false),
    ...transfers.map((one) => {
      const state = one.failed ? 'failed' : one.finishedAt <= Date.now() ? 'handed over' : 'under way'
      return row('applications', `Transfer ${one.id} of files and calendars`, state, false)
    }),
  ]
}

function devices(state: State, user: User): Shown[] {
  const phones = state.phones.filter((one) => one.email.includes(user.primaryEmail))
  const books = state.chromebooks.filter(
    (one) => one.annotatedUser === user.primaryEmail || one.recentUsers[0] === user.primaryEmail,
  )
  return [
    ...phones.map((one) => {
      const wiped = one.wipedAt !== undefined
      const now = wiped ? ((one.wipedAt ?? 0) <= Date.now() ? 'wiped' : 'wipe ordered') : one.status.toLowerCase()
      return row('devices', `Phone ${one.model}`, now, !wiped && one.status === 'APPROVED')
    }),
    ...books.map((one) => row('devices', `Chromebook ${one.model}`, one.status.toLowerCase(), one.status === 'ACTIVE')),
  ]
}
