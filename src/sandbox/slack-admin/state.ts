/** What the pretend Slack knows of its members, seen by an administrator. */
import { cast, employees } from '../company.ts'

export type Plan = 'free' | 'pro' | 'business-plus' | 'enterprise'

export interface User {
  id: string
  email: string
  name: string
  title: string
  tz: string
  deleted: boolean
  isBot: boolean
  isAdmin: boolean
  isOwner: boolean
  isPrimaryOwner: boolean
  team: string
  /** Workspaces of the organization. */
  teams: string[]
}

export interface UserGroup {
  id: string
  team: string
  handle: string
  name: string
  users: string[]
  disabled: boolean
}

export interface Channel {
  id: string
  /** Workspaces that it is in. */
  teams: string[]
  name: string
  isPrivate: boolean
  isGeneral: boolean
  members: string[]
}

export interface Log {
  service_id?: number
  service_type?: string
  app_id?: string
  app_type?: string
  user_id: string
  user_name: string
  date: string
  change_type: string
}

export interface State {
  plan: Plan
  team: { id: string; name: string; url: string }
  enterprise: string | undefined
  users: User[]
  sessions: { session_id: number; user_id: string; team_id: string }[]
  groups: UserGroup[]
  channels: Channel[]
  roles: { role_id: string; entity_id: string; user_id: string }[]
  logs: Log[]
}

export const firstTeam = 'T0EXAMPLE'
export const secondTeam = 'T0LABS'
export const organization = 'E0EXAMPLE'
/** Whose token it is: an owner, and not the primary one. */
export const tokenOwner = cast.it
export const primaryOwner = 'grace.kim@example.com'

export function seed(plan: Plan): State {
  const grid = plan === 'enterprise'
  const teams = grid ? [firstTeam, secondTeam] : [firstTeam]
  const users = employees.map(
    (person): User => ({
      id: person.slackId,
      email: person.email,
      name: person.name,
      title: person.title,
      tz: person.zone,
      deleted: false,
      isBot: false,
      isAdmin: person.department === 'IT',
      isOwner: [tokenOwner, primaryOwner].includes(person.email),
      isPrimaryOwner: person.email === primaryOwner,
      team: firstTeam,
      teams,
    }),
  )
  const id = (email: string) => users.find((one) => one.email === email)?.id ?? ''
  const [leaver, namesake, manager] = [id(cast.leaver), id(cast.namesake), id(cast.manager)]
  const domain = grid ? 'example.enterprise.slack.com' : 'example.slack.com'
  return {
    plan,
    team: { id: grid ? organization : firstTeam, name: 'Example', url: `https://${domain}/` },
    enterprise: grid ? organization : undefined,
    users,
    sessions: [leaver, namesake].flatMap((user_id) =>
      teams.flatMap((team_id, at) => [sessionOf(user_id, team_id, at), sessionOf(user_id, team_id, at + 5)]),
    ),
    groups: teams.flatMap((team) => groupsOf(team, { leaver, namesake, manager })),
    channels: channelsOf(teams, { leaver, namesake, manager, owner: id(tokenOwner) }),
    roles: [leaver, namesake].flatMap((user_id) =>
      ['Rl0A', 'Rl0C', 'Rl0G'].map((role_id) => ({ role_id, entity_id: organization, user_id })),
    ),
    logs: logsOf(leaver),
  }
}

function sessionOf(user_id: string, team_id: string, at: number) {
  return {
    session_id: Number(user_id.replace(/\D/g, '')) * 100 + (team_id === firstTeam ? 0 : 50) + at,
    user_id,
    team_id,
  }
}

type Some = Record<'leaver' | 'namesake' | 'manager', string>

function groupsOf(team: string, { leaver, namesake, manager }: Some): UserGroup[] {
  const group = (handle: string, users: string[]): UserGroup => ({
    id: `S${team.slice(2, 5)}${handle.toUpperCase().replaceAll('-', '')}`,
    team,
    handle,
    name: handle,
    users,
    disabled: false,
  })
  return [
    group('sales', [leaver, manager, namesake]),
    group('account-executives', [manager, leaver]),
    group('solo', [leaver]),
    group('design', [namesake]),
  ]
}

function channelsOf(teams: string[], some: Some & { owner: string }): Channel[] {
  const { leaver, namesake, manager, owner } = some
  const channel = (at: number, name: string, isPrivate: boolean, members: string[], isGeneral = false): Channel => ({
    id: `C0${String(at).padStart(7, '0')}`,
    teams,
    name,
    isPrivate,
    isGeneral,
    members,
  })
  return [
    channel(1, 'general', false, [leaver, namesake, manager, owner], true),
    channel(2, 'random', false, [leaver, namesake, owner]),
    channel(3, 'deals', true, [leaver, manager, owner]),
    channel(4, 'forecast', true, [leaver, namesake, owner]),
    channel(5, 'pricing', true, [leaver, owner]),
    channel(6, 'design', true, [namesake, owner]),
  ]
}

/** Two are there still; one was removed again. */
function logsOf(user_id: string): Log[] {
  const head = { user_id, user_name: 'jo.miller' }
  return [
    { ...head, service_id: 111, service_type: 'Incoming WebHooks', date: '1700000000', change_type: 'added' },
    { ...head, app_id: 'A0POLLS', app_type: 'Polls', date: '1700000100', change_type: 'added' },
    { ...head, app_id: 'A0POLLS', app_type: 'Polls', date: '1700000900', change_type: 'removed' },
    { ...head, app_id: 'A0CRM', app_type: 'CRM Sync', date: '1700000200', change_type: 'added' },
  ]
}
