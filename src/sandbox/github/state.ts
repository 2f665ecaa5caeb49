/** What a pretend GitHub knows. Everything is told apart by numbers; logins and slugs are for people. */
export interface User {
  id: number
  login: string
  name: string
}

export interface Org {
  id: number
  login: string
  /** SAML single sign-on of its own. */
  sso: boolean
  /** Enterprise Cloud: it has an audit log to ask. */
  enterprise: boolean
  installation?: { id: number; permissions: Record<string, string>; selection: 'all' | 'selected'; suspended?: boolean }
}

interface Held {
  org: string
  user: number
}

export interface Member extends Held {
  role: 'admin' | 'member'
  state: 'active' | 'pending'
  /** False: only an enterprise team makes them a member. */
  direct: boolean
}

export interface Token extends Held {
  id: number
  name: string
}

export interface Codespace extends Held {
  id: number
  name: string
  repo: string
  state: 'Available' | 'ShuttingDown' | 'Shutdown'
  stopsAt?: number
  unpushed: boolean
}

export interface Identity {
  guid: string
  org: string
  user?: number
  nameId: string
  /** Provisioned by SCIM under this name. */
  scim?: string
}

export interface State {
  users: User[]
  orgs: Org[]
  members: Member[]
  outside: (Held & { repo: string })[]
  invitations: { id: number; org: string; login?: string; email?: string; role: string; at: string }[]
  teams: { id: number; org: string; slug: string; name: string; synced?: boolean }[]
  teamMembers: { team: number; user: number; role: 'member' | 'maintainer' }[]
  roles: { id: number; org: string; name: string }[]
  roleHolders: { role: number; user: number; assignment: 'direct' | 'indirect' }[]
  credentials: (Held & { id: number; type: string; title: string })[]
  tokens: Token[]
  requests: Token[]
  seats: (Held & { created: string; cancels?: string; team?: string })[]
  codespaces: Codespace[]
  repos: { id: number; org: string; name: string }[]
  keys: { id: number; org: string; repo: string; title: string; addedBy: string; readOnly: boolean }[]
  identities: Identity[]
  verifiedEmails: (Held & { email: string })[]
  audit: (Held & { action: string; repo?: string; hook?: number; at: number })[]
}

export function userNamed(state: State, login: string): User | undefined {
  return state.users.find((one) => one.login.toLowerCase() === login.toLowerCase())
}

export function memberOf(state: State, org: string, login: string): Member | undefined {
  const user = userNamed(state, login)
  return state.members.find((one) => one.org === org && one.user === user?.id)
}

/** "Removing a user from your organization" (docs.github.com): teams, roles, seats and SSO grants go; codespaces and identities stay. */
export function leave(state: State, org: string, user: number): void {
  const teams = state.teams.filter((one) => one.org === org).map((one) => one.id)
  const roles = state.roles.filter((one) => one.org === org).map((one) => one.id)
  const others = (one: Held) => one.org !== org || one.user !== user
  state.members = state.members.filter(others)
  state.teamMembers = state.teamMembers.filter((one) => one.user !== user || !teams.includes(one.team))
  state.roleHolders = state.roleHolders.filter((one) => one.user !== user || !roles.includes(one.role))
  state.seats = state.seats.filter(others)
  state.credentials = state.credentials.filter(others)
  state.tokens = state.tokens.filter(others)
}
