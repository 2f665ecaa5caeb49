/** What the pretend GitLab holds of one person. */
import { row, type Shown, there, told } from '../shown.ts'
import type { State } from './state.ts'

const levels: Readonly<Record<number, string>> = {
  10: 'guest',
  20: 'reporter',
  30: 'developer',
  40: 'maintainer',
  50: 'owner',
}

export function showsGitlab(state: State, email: string): Shown[] {
  const user = state.users.find((one) => one.email === email)
  if (!user) return []
  const own = <T extends { user: number }>(all: readonly T[]) => all.filter((one) => one.user === user.id)
  const path = (kind: string, id: number) =>
    (kind === 'group' ? state.groups : state.projects).find((one) => one.id === id)?.path ?? String(id)
  const owned = <T extends { owner: number; description: string }>(all: readonly T[]) =>
    all.filter((one) => one.owner === user.id).map((one) => one.description)
  return told([
    row('applications', 'Account', user.state, user.state === 'active'),
    ...(user.isAdmin ? [row('applications', 'Administrator', 'yes')] : []),
    ...there(
      'infrastructure',
      'Token',
      own(state.tokens).map((one) => one.name),
    ),
    ...there(
      'infrastructure',
      'SSH key',
      own(state.keys).map((one) => one.title),
    ),
    ...own(state.members).map((one) =>
      row(
        'applications',
        `${one.kind === 'group' ? 'Group' : 'Project'} ${path(one.kind, one.source)}`,
        levels[one.level] ?? `level ${one.level}`,
      ),
    ),
    ...there('infrastructure', 'Schedule', owned(state.schedules), 'runs in their name'),
    ...there('infrastructure', 'Trigger', owned(state.triggers), 'runs in their name'),
  ])
}
