/** What the pretend GitHub holds of one person, over all organisations. */
import { row, type Shown, there, told } from '../shown.ts'
import { idOf } from './seed.ts'
import type { State } from './state.ts'

export function showsGithub(state: State, email: string): Shown[] {
  const id = idOf(email)
  const own = <T extends { user: number }>(all: readonly T[]) => all.filter((one) => one.user === id)
  const login = state.users.find((one) => one.id === id)?.login
  const inOrg = (one: { org: string }, name: string) => `${name} in ${one.org}`
  const team = (id: number) => state.teams.find((one) => one.id === id)
  const mine = state.keys.filter((one) => one.addedBy === login)
  return told([
    ...own(state.members).map((one) => row('applications', `Organisation ${one.org}`, `${one.role}, ${one.state}`)),
    ...there(
      'applications',
      'Outside collaborator',
      own(state.outside).map((one) => `${one.org}/${one.repo}`),
    ),
    ...own(state.teamMembers).map((one) => row('applications', `Team ${team(one.team)?.name ?? one.team}`, one.role)),
    ...own(state.seats).map((one) => {
      const ends = one.cancels !== undefined
      return row('applications', inOrg(one, 'Copilot seat'), ends ? `ends ${one.cancels}` : 'assigned', !ends)
    }),
    ...there(
      'infrastructure',
      'Credential',
      own(state.credentials).map((one) => inOrg(one, `${one.type} ${one.title}`)),
    ),
    ...there(
      'infrastructure',
      'Token',
      own(state.tokens).map((one) => inOrg(one, one.name)),
    ),
    ...own(state.codespaces).map((one) =>
      row('infrastructure', `Codespace ${one.name}`, one.state.toLowerCase(), one.state !== 'Shutdown'),
    ),
    ...there(
      'infrastructure',
      'Deploy key',
      mine.map((one) => `${one.org}/${one.repo} ${one.title}`),
    ),
  ])
}
