/** What the pretend service holds of one person. */
import { row, type Shown, there, told } from '../shown.ts'
import type { State } from './state.ts'

export function showsScim({ users, groups }: State, email: string): Shown[] {
  const user = users.find((one) => one.userName === email)
  if (!user) return []
  const names = groups.filter((one) => one.members.includes(user.id)).map((one) => one.displayName)
  return told([
    row('applications', 'Account', user.active ? 'active' : 'inactive', user.active),
    ...there('applications', 'Group', names, 'member'),
    ...(user.apiTokens > 0
      ? [row('applications', 'API tokens', `${user.apiTokens}, which SCIM does not show`, user.active)]
      : []),
  ])
}
