/** The company's people, channels and user groups, as the workspace starts with them. */
import type { Clock } from '../../clock.ts'
import type { Employee } from '../company.ts'
import type { Member, Workspace } from './workspace.ts'

export interface ChannelSeed {
  id: string
  name: string
  private?: boolean
  /** User ids. */
  members: readonly string[]
  /** Whether the bot was invited; true when absent. */
  bot?: boolean
  shared?: boolean
}

export interface WorkspaceSeed {
  employees: readonly Employee[]
  /** Guests, strangers, admins: what differs from an ordinary member, by user id. */
  people?: Readonly<Record<string, Partial<Omit<Member, 'id'>>>>
  channels: readonly ChannelSeed[]
  userGroups: readonly { id: string; handle: string; name?: string; users: readonly string[] }[]
  clock: Clock
  plan?: 'free' | 'paid'
}

export function fill(state: Workspace, seed: WorkspaceSeed): void {
  for (const one of seed.employees) state.members.set(one.slackId, memberOf(state, one))
  state.members.set(state.app.userId, { ...botOf(state) })
  for (const [id, differs] of Object.entries(seed.people ?? {})) {
    const member = state.members.get(id) ?? { ...botOf(state), id, name: id.toLowerCase(), realName: id, bot: false }
    const elsewhere = differs.stranger ? { teamId: 'T0OTHER' } : {}
    state.members.set(id, { ...member, ...elsewhere, ...differs })
  }
  for (const one of seed.channels) {
    const members = new Set([...one.members, ...(one.bot === false ? [] : [state.app.userId])])
    const kind = one.private ? 'private' : 'public'
    state.conversations.set(one.id, {
      id: one.id,
      name: one.name,
      kind,
      members,
      archived: false,
      shared: one.shared ?? false,
      messages: [],
    })
  }
  for (const one of seed.userGroups)
    state.groups.set(one.id, { ...one, name: one.name ?? one.handle, users: [...one.users], disabled: false })
}

function memberOf(state: Workspace, one: Employee): Member {
  return {
    id: one.slackId,
    name: one.email.split('@')[0] ?? one.email,
    realName: one.name,
    email: one.email,
    title: one.title,
    zone: one.zone,
    teamId: state.team.id,
    deleted: false,
    bot: false,
    restricted: false,
    ultraRestricted: false,
    stranger: false,
    admin: false,
  }
}

function botOf(state: Workspace): Member {
  return {
    id: state.app.userId,
    name: state.app.name,
    realName: 'Latchkey',
    email: '',
    title: '',
    zone: 'Etc/UTC',
    teamId: state.team.id,
    deleted: false,
    bot: true,
    restricted: false,
    ultraRestricted: false,
    stranger: false,
    admin: false,
  }
}
