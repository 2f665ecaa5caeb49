/** Who somebody is and what they may do, read from Slack at the very moment it counts; nothing here is cached. */
import type { UsersInfoResponse, WebClient } from '@slack/web-api'
import { z } from 'zod'
import type { Clock } from '../clock.ts'
import { Refusal } from '../offboarding/decide.ts'
import { type Clicker, type Leaver, type Role, roles } from '../offboarding/offboarding.ts'
import type { By } from './gesture.ts'
import type { RoleSetting } from './options.ts'
import type { Line } from './views/blocks.ts'
import { refusalOf } from './web.ts'

export interface SlackPerson {
  id: string
  name: string
  /** Lower case. */
  email?: string
  zone?: string
  deactivated: boolean
  bot: boolean
  guest: boolean
  external: boolean
}

export interface People {
  /** Undefined where Slack knows nobody by that id. */
  read(id: string): Promise<SlackPerson | undefined>
  byEmail(address: string): Promise<SlackPerson | undefined>
  /**
   * Fails closed: a Refusal where Slack could not be asked. Only the roles at stake are read, and `holds` tells of no
   * others: Slack answers some twenty questions a minute about user groups.
   */
  clicker(by: By, atStake?: readonly Role[]): Promise<Clicker>
  holders(role: Role): Promise<readonly string[]>
  /** How a reminder calls a role. */
  mention(role: Role, holders: readonly string[]): Line
  /** All members of a channel. */
  members(channel: string): Promise<readonly string[]>
  /** Throws a Refusal that says what can be done instead. */
  leaverFrom(who: { slackId: string } | { email: string }): Promise<Leaver>
  /** Sentences about roles that too few people could sign for, or that cannot be read; for `doctor`. */
  checkRoles(): Promise<readonly string[]>
}

export interface PeopleOptions {
  web: WebClient
  clock: Clock
  roles: Readonly<Record<Role, RoleSetting>>
  /** The team this app is installed in. */
  team: () => string | undefined
}

type User = NonNullable<UsersInfoResponse['user']>

export function slackPeople({ web, clock, roles: settings, team }: PeopleOptions): People {
  async function asked(call: () => Promise<UsersInfoResponse>): Promise<SlackPerson | undefined> {
    try {
      const { user } = await call()
      return user ? personOf(user, team()) : undefined
    } catch (error) {
      const name = refusalOf(error)
      if (name === 'user_not_found' || name === 'users_not_found') return undefined
      throw error
    }
  }

  async function holders(role: Role): Promise<readonly string[]> {
    const setting = settings[role]
    const found = new Set(setting.substitutes ?? [])
    for (const id of await holdersBySetting(setting)) found.add(id)
    return [...found]
  }

  async function holdersBySetting(setting: RoleSetting): Promise<readonly string[]> {
    if ('users' in setting) return setting.users
    if ('channel' in setting) return membersOfPrivate(setting.channel)
    return (await web.usergroups.users.list({ usergroup: setting.group })).users ?? []
  }

  /** Whoever can join a channel by themselves would give themselves its role. */
  async function membersOfPrivate(channel: string): Promise<readonly string[]> {
    const info = await web.conversations.info({ channel })
    const { is_private: closed, is_ext_shared: shared } = (info.channel ?? {}) as Record<string, unknown>
    if (closed !== true || shared === true) throw new OpenToAll(channel)
    return members(channel)
  }

  async function members(channel: string): Promise<readonly string[]> {
    const found: string[] = []
    let cursor: string | undefined
    do {
      const page = await web.conversations.members({ channel, limit: 1000, ...(cursor ? { cursor } : {}) })
      found.push(...(page.members ?? []))
      cursor = page.response_metadata?.next_cursor
    } while (cursor)
    return found
  }

  const people: People = {
    holders,
    members,
    read: (id) => asked(() => web.users.info({ user: id })),
    byEmail: (email) => asked(() => web.users.lookupByEmail({ email }) as Promise<UsersInfoResponse>),
    clicker: (by, atStake = roles) => readClicker(people, by, { clock, team, atStake }),
    mention: (role, ids) => mentionOf(settings[role], ids),
    leaverFrom: (who) => readLeaver(people, who),
    checkRoles: () => checkRoles(people),
  }
  return people
}

/** A role that people could take for themselves, so nobody holds it. */
class OpenToAll extends Error {
  override readonly name = 'OpenToAll'
  constructor(channel: string) {
    super(`the channel ${channel} is public or shared with another organisation`)
  }
}

function personOf(user: User, team: string | undefined): SlackPerson {
  const email = user.profile?.email?.toLowerCase()
  const name = user.profile?.real_name || user.real_name || user.name || user.id || 'somebody without a name'
  const elsewhere = team !== undefined && user.team_id !== undefined && user.team_id !== team
  return {
    id: user.id ?? '',
    name,
    ...(email ? { email } : {}),
    ...(user.tz ? { zone: user.tz } : {}),
    deactivated: user.deleted ?? false,
    bot: (user.is_bot ?? false) || user.id === 'USLACKBOT' || (user.is_workflow_bot ?? false),
    guest: (user.is_restricted ?? false) || (user.is_ultra_restricted ?? false),
    external: ((user as { is_stranger?: boolean }).is_stranger ?? false) || elsewhere,
  }
}

const openToAll =
  'A role is given to a channel that is public or shared, so that anybody could take it; nothing was done. IT names a private channel, a group or people in the settings.'

const unsure =
  'Slack did not say who you are or what you may do, so nothing was done. Please try again in a minute; if it stays so, tell IT.'

async function readClicker(
  people: People,
  by: By,
  { clock, team, atStake }: { clock: Clock; team: () => string | undefined; atStake: readonly Role[] },
): Promise<Clicker> {
  const asked = [people.read(by.id), ...atStake.map((role) => people.holders(role))] as const
  const [person, ...held] = await Promise.all(asked).catch((error) => {
    throw new Refusal(error instanceof OpenToAll ? openToAll : unsure, { cause: error })
  })
  if (!person) throw new Refusal(unsure)
  const outside = by.team !== undefined && team() !== undefined && by.team !== team()
  return {
    id: person.id,
    name: person.name,
    ...(person.email ? { email: person.email } : {}),
    holds: atStake.filter((_role, index) => (held[index] as readonly string[]).includes(by.id)),
    guest: person.guest,
    external: person.external || outside,
    deactivated: person.deactivated,
    bot: person.bot,
    readAt: clock.now().toISOString(),
  }
}

const mostCalled = 10

function mentionOf(setting: RoleSetting, ids: readonly string[]): Line {
  if ('group' in setting) return [{ type: 'usergroup', usergroup_id: setting.group }, ' ']
  return ids.slice(0, mostCalled).flatMap((id): Line => [{ type: 'user', user_id: id }, ' '])
}

async function readLeaver(people: People, who: { slackId: string } | { email: string }): Promise<Leaver> {
  if ('slackId' in who) return fromPerson(await people.read(who.slackId))
  const email = who.email.trim().toLowerCase()
  const person = await people.byEmail(email)
  if (person && !person.deactivated) return fromPerson(person)
  if (!z.email().safeParse(email).success)
    throw new Refusal(`"${email}" is not an e-mail address. Try /offboard jo@example.com.`)
  return { id: `mailto:${email}`, name: person?.name ?? email, emails: [email] }
}

function fromPerson(person: SlackPerson | undefined): Leaver {
  if (!person)
    throw new Refusal('Slack knows nobody by that name. Pick the person with @, or give their e-mail address.')
  if (person.bot) throw new Refusal(`${person.name} is an app, not a person. An admin removes apps in Slack itself.`)
  if (person.external)
    throw new Refusal(`${person.name} belongs to another organisation, so their accounts are not yours to end.`)
  if (person.deactivated) throw new Refusal(deactivated(person))
  if (!person.email)
    throw new Refusal(
      `Slack shows no e-mail address for ${person.name}. Ask again with the address: /offboard jo@example.com.`,
    )
  return {
    id: person.id,
    slackId: person.id,
    name: person.name,
    emails: [person.email],
    ...(person.zone ? { zone: person.zone } : {}),
  }
}

function deactivated({ name, email }: SlackPerson): string {
  const how = email ? `/offboard ${email}` : '/offboard and their e-mail address'
  return `The Slack account of ${name} is deactivated already. To take back what they hold elsewhere: ${how}.`
}

async function checkRoles(people: People): Promise<string[]> {
  const found: string[] = []
  const able: Record<Role, readonly string[]> = { hr: [], it: [] }
  for (const role of roles) {
    try {
      able[role] = await thoseWhoCould(people, await people.holders(role))
      if (able[role].length < 2)
        found.push(
          `Only ${able[role].length} of ${role.toUpperCase()} could sign off. When they ask, leave or are away, nobody can: name more people or substitutes under roles.${role}.`,
        )
    } catch (error) {
      const why = error instanceof OpenToAll ? error.message : (refusalOf(error) ?? String(error))
      found.push(`The role ${role.toUpperCase()} could not be read (${why}). ${adviceOn(why)}`)
    }
  }
  const all = new Set([...able.hr, ...able.it])
  if (all.size < 2 && found.length === 0)
    found.push('HR and IT are one and the same person, so nothing can ever be signed.')
  return found
}

function adviceOn(why: string): string {
  if (why === 'plan_upgrade_required') return 'User groups need a paid plan: name a channel or people in the settings.'
  if (why.startsWith('the channel')) return 'Anybody could join it and sign: name a private one.'
  if (why === 'no_such_subteam') return 'There is no such user group: correct its id in the settings.'
  if (why === 'channel_not_found') return 'Invite the app to that channel, or correct its id in the settings.'
  return 'See the scopes of the app in manifest.yml.'
}

async function thoseWhoCould(people: People, ids: readonly string[]): Promise<string[]> {
  const able: string[] = []
  for (const id of ids.slice(0, 30)) {
    const person = await people.read(id)
    if (person && !person.bot && !person.guest && !person.external && !person.deactivated) able.push(id)
  }
  return able
}
