/** What the pretend Atlassian organisation holds of one person. */
import { row, type Shown, there, told } from '../shown.ts'
import type { State } from './state.ts'

export function showsAtlassian({ users, directories, tokens }: State, email: string): Shown[] {
  const rows = users
    .filter((one) => one.email === email)
    .flatMap((user) => {
      const kind = user.type === 'customer' ? 'Portal account' : 'Account'
      return [
        row('directory', kind, user.status, user.status === 'active'),
        ...there('directory', 'Role', user.roles, 'assigned'),
        ...Object.entries(user.access).map(([id, state]) => {
          const name = directories.find((one) => one.id === id)?.name ?? id
          return row('applications', `Site ${name}`, state, state === 'active' && user.status === 'active')
        }),
        ...there(
          'applications',
          'API token',
          tokens.filter((one) => one.user === user.id).map((one) => one.label),
        ),
      ]
    })
  return told(rows)
}
