/** Slack answers 200 and says in the body how it went; lists are paged by cursor. */
import type { Answer } from '../server.ts'
import type { Channel, State, User, UserGroup } from './state.ts'

/** Thrown by a method: `{"ok":false,"error":"…"}`. */
export class SlackError extends Error {
  readonly more: Record<string, unknown>
  constructor(code: string, more: Record<string, unknown> = {}) {
    super(code)
    this.more = more
  }
}

export type Args = Record<string, unknown>

export function text(args: Args, name: string): string {
  const value = args[name]
  if (value === undefined || value === '') throw new SlackError('invalid_arguments')
  return String(value)
}

export function flag(args: Args, name: string): boolean {
  return args[name] === true || args[name] === 'true' || args[name] === '1'
}

/** `most`: what the bed gives at once, whatever is asked for. */
export function paged<T>(items: readonly T[], args: Args, most: number): { items: T[]; next_cursor: string } {
  const cursor = String(args.cursor ?? '')
  const decoded =
    cursor === ''
      ? 0
      : Number(
          Buffer.from(cursor, 'base64')
            .toString()
            .replace(/^from:/, ''),
        )
  if (!Number.isInteger(decoded) || decoded < 0) throw new SlackError('invalid_cursor')
  const size = Math.min(Number(args.limit ?? 100), most)
  const more = decoded + size < items.length
  const next_cursor = more ? Buffer.from(`from:${decoded + size}`).toString('base64') : ''
  return { items: items.slice(decoded, decoded + size), next_cursor }
}

export function userBody(user: User, state: State) {
  return {
    id: user.id,
    team_id: user.team,
    name: user.email.split('@')[0],
    real_name: user.name,
    deleted: user.deleted,
    tz: user.tz,
    is_bot: user.isBot,
    ...(!user.deleted && {
      is_admin: user.isAdmin,
      is_owner: user.isOwner,
      is_primary_owner: user.isPrimaryOwner,
      is_restricted: false,
      is_ultra_restricted: false,
    }),
    profile: { real_name: user.name, title: user.title, email: user.email, team: user.team },
    ...(state.enterprise && {
      enterprise_user: {
        id: user.id,
        enterprise_id: state.enterprise,
        enterprise_name: 'Example',
        is_admin: user.isAdmin,
        is_owner: user.isOwner,
        is_primary_owner: user.isPrimaryOwner,
        teams: user.teams,
      },
    }),
  }
}

export function groupBody(group: UserGroup, withUsers: boolean) {
  return {
    id: group.id,
    team_id: group.team,
    is_usergroup: true,
    name: group.name,
    handle: group.handle,
    is_external: false,
    date_delete: group.disabled ? 1700000000 : 0,
    ...(withUsers && { users: group.users, user_count: group.users.length }),
  }
}

export function channelBody(channel: Channel) {
  return {
    id: channel.id,
    name: channel.name,
    is_channel: !channel.isPrivate,
    is_group: channel.isPrivate,
    is_private: channel.isPrivate,
    is_general: channel.isGeneral,
    is_archived: false,
  }
}

export function ok(body: Record<string, unknown>, scopes: readonly string[]): Answer {
  return { status: 200, body: { ok: true, ...body }, headers: { 'x-oauth-scopes': scopes.join(',') } }
}

export function failed(error: SlackError, scopes: readonly string[]): Answer {
  const body = { ok: false, error: error.message, ...error.more }
  return { status: 200, body, headers: { 'x-oauth-scopes': scopes.join(',') } }
}
