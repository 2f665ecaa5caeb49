/** What the pretend Zoom holds of one person. */
import { row, type Shown, there, told } from '../shown.ts'
import type { State, User } from './state.ts'

const roles: Readonly<Record<User['role_id'], string>> = { 0: 'owner', 1: 'admin', 2: 'member' }

export function showsZoom({ users, scheduling, free }: State, email: string): Shown[] {
  const user = users.find((one) => one.email === email)
  if (!user)
    return free.some((one) => one.email === email)
      ? [row('applications', 'Account', 'not of this company any more', false)]
      : []
  const nameOf = (id: string) => users.find((one) => one.id === id)?.email ?? id
  const pairs = scheduling.filter((one) => one.scheduler === user.id || one.assistant === user.id)
  return told([
    row('applications', 'Account', user.status, user.status === 'active'),
    row('applications', 'Role', roles[user.role_id], user.role_id !== '2'),
    row('applications', 'Licence', user.type === 2 ? 'Licensed' : 'Basic', user.type === 2),
    row('applications', 'Signed in', user.signedIn ? 'yes' : 'no', user.signedIn),
    ...pairs.map((one) =>
      one.scheduler === user.id
        ? row('applications', `Assistant ${nameOf(one.assistant)}`, 'schedules for them')
        : row('applications', `Assistant of ${nameOf(one.scheduler)}`, 'schedules for others'),
    ),
    ...there('applications', 'Meeting', user.meetings),
    ...there('applications', 'Webinar', user.webinars),
    ...there('applications', 'Recording', user.recordings),
    ...there('applications', 'Whiteboard', user.whiteboards),
  ])
}
