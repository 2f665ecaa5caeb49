/** What the pretend Slack organisation holds of one member. */
import { row, type Shown, there, told } from '../shown.ts'
import type { State } from './state.ts'

export function showsSlack(state: State, email: string): Shown[] {
  const user = state.users.find((one) => one.email === email)
  if (!user) return []
  const { id } = user
  const sessions = state.sessions.filter((one) => one.user_id === id).length
  const groups = state.groups.filter((one) => one.users.includes(id) && !one.disabled)
  const rooms = state.channels.filter((one) => one.members.includes(id))
  return told([
    row('directory', 'Account', user.deleted ? 'deactivated' : 'active', !user.deleted),
    row('directory', 'Sessions', String(sessions), sessions > 0),
    ...there(
      'directory',
      'Admin role',
      state.roles.filter((one) => one.user_id === id).map((one) => one.role_id),
      'assigned',
    ),
    ...there(
      'applications',
      'User group',
      groups.map((one) => `@${one.handle} (${one.team})`),
      'member',
    ),
    ...there(
      'applications',
      'Channel',
      rooms.map((one) => `#${one.name}`),
      'member',
    ),
  ])
}
