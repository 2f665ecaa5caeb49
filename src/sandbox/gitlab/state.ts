/** What a pretend GitLab knows, and the company in it. */
import { cast, employee } from '../company.ts'

export interface User {
  id: number
  username: string
  name: string
  email: string
  /** Further addresses; those without a date were never confirmed. */
  emails: { email: string; confirmed: boolean }[]
  publicEmail?: string
  state: 'active' | 'blocked' | 'deactivated' | 'ldap_blocked' | 'banned'
  isAdmin: boolean
  bot: boolean
  ldap: boolean
  /** The company knows the address as an enterprise user's (gitlab.com). */
  enterprise: boolean
}

export interface Token {
  id: number
  user: number
  name: string
  scopes: string[]
  impersonation: boolean
}

export interface Member {
  kind: 'group' | 'project'
  source: number
  user: number
  level: number
  /** The day on which it ends by itself. */
  expires?: string
}

export interface State {
  users: User[]
  tokens: Token[]
  keys: { id: number; user: number; title: string; key: string }[]
  groups: { id: number; path: string; parent?: number }[]
  /** `group` or `user` is the namespace. */
  projects: { id: number; path: string; group?: number; user?: number }[]
  members: Member[]
  schedules: { id: number; project: number; description: string; owner: number }[]
  triggers: { id: number; project: number; description: string; owner: number }[]
  /** Whom the token belongs to, and what it may. */
  token: { user: number; scopes: string[]; expires?: string }
  /** Removed in the background: gone once the time has come. */
  leaving: { user: number; group: number; at: number }[]
}

const people = [
  cast.leaver,
  cast.namesake,
  cast.manager,
  cast.it,
  cast.other,
  'nils.berg@example.com',
  'zoe.laurent@example.com',
]

export function userOf(email: string): User {
  const { id, name } = employee(email)
  return {
    ...{ id: 100 + id, username: email.split('@')[0] ?? '', name, email, emails: [], state: 'active' },
    ...{ isAdmin: email === cast.it, bot: false, ldap: false, enterprise: true },
  }
}

export function idOf(email: string): number {
  return userOf(email).id
}

export const own: User = {
  ...userOf(cast.it),
  ...{ id: 7, username: 'latchkey', name: 'Latchkey', email: 'latchkey@example.com', isAdmin: true },
}

export function seed(): State {
  const [jo, namesake, ada, , lena, nils] = people.map(idOf) as [number, number, number, number, number, number]
  const member = (kind: Member['kind'], source: number, user: number, level: number): Member => ({
    kind,
    source,
    user,
    level,
  })
  return {
    users: [{ ...own }, ...people.map(userOf)],
    tokens: [
      { id: 61, user: jo, name: 'laptop', scopes: ['api'], impersonation: false },
      { id: 62, user: jo, name: 'mirror', scopes: ['read_repository'], impersonation: false },
      { id: 63, user: jo, name: 'support', scopes: ['api'], impersonation: true },
      { id: 64, user: lena, name: 'nightly', scopes: ['api'], impersonation: false },
    ],
    keys: [
      { id: 71, user: jo, title: 'macbook', key: 'ssh-ed25519 AAAAC3NzJO1' },
      { id: 72, user: jo, title: 'desktop', key: 'ssh-ed25519 AAAAC3NzJO2' },
      { id: 73, user: namesake, title: 'imac', key: 'ssh-ed25519 AAAAC3NzMI1' },
    ],
    groups: [
      { id: 201, path: 'acme' },
      { id: 202, path: 'sales-tools' },
      { id: 203, path: 'acme/site', parent: 201 },
    ],
    projects: [
      { id: 301, path: 'acme/api', group: 201 },
      { id: 302, path: 'sales-tools/quotes', group: 202 },
      { id: 303, path: 'jo.miller/scratch', user: jo },
      { id: 304, path: 'jo.miller/notes', user: jo },
    ],
    members: [
      member('group', 201, own.id, 50),
      member('group', 201, nils, 50),
      member('group', 201, jo, 30),
      member('group', 203, jo, 40),
      member('group', 202, jo, 50),
      member('group', 202, ada, 30),
      member('group', 202, lena, 30),
      member('group', 201, namesake, 30),
      member('project', 301, jo, 40),
      member('project', 303, jo, 50),
      member('project', 304, jo, 50),
    ],
    schedules: [
      { id: 81, project: 302, description: 'nightly quotes', owner: jo },
      { id: 82, project: 301, description: 'weekly build', owner: lena },
    ],
    triggers: [{ id: 91, project: 301, description: 'from the shop', owner: jo }],
    token: { user: own.id, scopes: ['api', 'admin_mode'] },
    leaving: [],
  }
}

/** Members of a group and of the groups above it. */
export function inherited(state: State, group: number): Member[] {
  const { parent } = state.groups.find((one) => one.id === group) ?? {}
  const direct = state.members.filter((one) => one.kind === 'group' && one.source === group)
  return parent === undefined ? direct : [...direct, ...inherited(state, parent)]
}

/** The group, and everything below it. */
export function below(state: State, group: number): { kind: Member['kind']; id: number; path: string }[] {
  const groups = state.groups.filter((one) => one.id === group || one.parent === group)
  const projects = state.projects.filter((one) => groups.some((known) => known.id === one.group))
  return [
    ...groups.map(({ id, path }) => ({ kind: 'group' as const, id, path })),
    ...projects.map(({ id, path }) => ({ kind: 'project' as const, id, path })),
  ]
}
