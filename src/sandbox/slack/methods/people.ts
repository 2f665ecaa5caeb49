/** auth.test, users.*, usergroups.*, team.info: who is who. */
import { dateFormat } from '../date-format.ts'
import { ApiError, active, type Call, flagged, type Method, member, page, tier } from '../method.ts'
import type { Member } from '../workspace.ts'

export const people: Record<string, Method> = {
  'auth.test': { token: 'any', run: whoami },
  'team.info': { token: 'bot', scopes: ['team:read'], perMinute: tier.three, run: team },
  'users.info': { token: 'bot', scopes: ['users:read'], perMinute: tier.four, required: ['user'], run: info },
  'users.list': { token: 'bot', scopes: ['users:read'], perMinute: tier.two, run: list },
  'users.lookupByEmail': {
    token: 'bot',
    scopes: ['users:read.email'],
    perMinute: tier.three,
    required: ['email'],
    run: lookup,
  },
  'usergroups.list': { token: 'bot', scopes: ['usergroups:read'], perMinute: tier.two, run: groups },
  'usergroups.users.list': {
    token: 'bot',
    scopes: ['usergroups:read'],
    perMinute: tier.two,
    required: ['usergroup'],
    run: groupMembers,
  },
}

function whoami({ state }: Call) {
  const { team: workspace, app } = state
  return {
    ok: true,
    url: `https://${workspace.domain}.slack.com/`,
    team: workspace.name,
    user: app.name,
    team_id: workspace.id,
    user_id: app.userId,
    bot_id: app.botId,
    is_enterprise_install: false,
  }
}

function team({ state }: Call) {
  return { ok: true, team: { ...state.team, email_domain: '', icon: {} } }
}

function info(call: Call) {
  return { ok: true, user: described(call, member(call, call.args.user)) }
}

function list(call: Call) {
  const { items, next } = page(call, [...call.state.members.values()], 1000)
  return {
    ok: true,
    members: items.map((one) => described(call, one)),
    cache_ts: Math.floor(call.clock.now().getTime() / 1000),
    response_metadata: { next_cursor: next },
  }
}

/** Deactivated people are not found by their address. */
function lookup(call: Call) {
  const email = (call.args.email ?? '').toLowerCase()
  const found = [...call.state.members.values()].find((one) => one.email.toLowerCase() === email && !one.deleted)
  if (!email || !found) throw new ApiError('users_not_found')
  return { ok: true, user: described(call, found) }
}

/** A deactivated person comes without time zone and roles; the address only with users:read.email. */
function described(call: Call, one: Member) {
  const profile = {
    real_name: one.realName,
    real_name_normalized: one.realName,
    display_name: one.name,
    display_name_normalized: one.name,
    title: one.title,
    team: one.teamId,
    ...(one.email && call.scopes.includes('users:read.email') ? { email: one.email } : {}),
  }
  const head = { id: one.id, team_id: one.teamId, name: one.name, deleted: one.deleted, profile }
  const foot = { is_bot: one.bot, is_app_user: false, updated: 1_700_000_000 }
  if (one.deleted) return { ...head, ...foot }
  return {
    ...head,
    real_name: one.realName,
    tz: one.zone,
    tz_label: one.zone,
    tz_offset: offsetOf(one.zone, call.clock.now()),
    is_admin: one.admin,
    is_owner: false,
    is_primary_owner: false,
    is_restricted: one.restricted,
    is_ultra_restricted: one.ultraRestricted,
    ...(one.stranger ? { is_stranger: true } : {}),
    ...foot,
    is_email_confirmed: one.email !== '',
    ...(flagged(call, 'include_locale') ? { locale: 'en-US' } : {}),
  }
}

/** Seconds from UTC. */
export function offsetOf(zone: string, at: Date): number {
  const format = dateFormat('en-US', { timeZone: zone, timeZoneName: 'longOffset' })
  const name = format.formatToParts(at).find((part) => part.type === 'timeZoneName')?.value ?? 'GMT'
  const [, sign, hours, minutes] = /GMT([+-])(\d+):(\d+)/.exec(name) ?? []
  return hours ? (sign === '-' ? -1 : 1) * (Number(hours) * 3600 + Number(minutes) * 60) : 0
}

function groups(call: Call) {
  if (call.state.plan === 'free') throw new ApiError('plan_upgrade_required')
  const all = [...call.state.groups.values()].filter((one) => !one.disabled || flagged(call, 'include_disabled'))
  const usergroups = all.map((one) => ({
    id: one.id,
    team_id: call.state.team.id,
    is_usergroup: true,
    name: one.name,
    handle: one.handle,
    is_external: false,
    date_delete: one.disabled ? 1 : 0,
    ...(flagged(call, 'include_users') ? { users: active(call, one.users) } : {}),
    ...(flagged(call, 'include_count') ? { user_count: active(call, one.users).length } : {}),
  }))
  return { ok: true, usergroups }
}

function groupMembers(call: Call) {
  if (call.state.plan === 'free') throw new ApiError('plan_upgrade_required')
  const found = call.state.groups.get(call.args.usergroup ?? '')
  if (!found || (found.disabled && !flagged(call, 'include_disabled'))) throw new ApiError('no_such_subteam')
  return { ok: true, users: active(call, found.users) }
}
