/**
 * Who may see an offboarding. The leaver never does: where they read the channel, or where outsiders or everybody do,
 * nothing goes there. When Slack does not say who reads along, nothing is posted at all until it does.
 */
import type { WebClient } from '@slack/web-api'
import type { Clock } from '../clock.ts'
import type { Log } from '../log.ts'
import { addressesOf, isLeaver } from '../offboarding/leaver.ts'
import { type Offboarding, type Role, roles } from '../offboarding/offboarding.ts'
import type { Audience } from './messages.ts'
import type { People, SlackPerson } from './people.ts'
import { nameOf } from './views/words.ts'
import { troubleOf } from './web.ts'

export interface ReadAudience extends Audience {
  /** Something could not be read; what depends on it is missing and is tried again. */
  partial: boolean
}

export interface Reader {
  id: string
  email?: string
  holds: readonly Role[]
}

export interface Audiences {
  read(one: Offboarding): Promise<ReadAudience>
  /** To the card, where it is known already. */
  link(one: Offboarding): string | undefined
  /** For drawing, at most some minutes old; a click reads it afresh. Undefined for guests, outsiders and apps. */
  readerOf(user: string): Promise<Reader | undefined>
  /** Forget what is known of a channel: somebody joined, or it was shared. */
  changed(channel: string): void
}

/** Long enough to spare Slack's limits while an offboarding runs; a join is told by an event besides. */
const membersMs = 15_000
const rolesMs = 60_000
const personMs = 5 * 60_000
/** Of a role of hundreds, the first so many are told; signing is open to all of them. */
const mostTold = 30

type Kept = <T>(key: string, forMs: number, read: () => Promise<T>) => Promise<T>

interface Ports {
  /** The app's own user, which may be a member of a role's channel. */
  self: () => string | undefined
  web: WebClient
  people: People
  clock: Clock
  log: Log
}

export function audiences(ports: Ports): Audiences {
  const known = new Map<string, { until: number; value: Promise<unknown> }>()
  const links = new Map<string, string>()
  const kept: Kept = (key, forMs, read) => {
    const now = ports.clock.now().getTime()
    const before = known.get(key)
    if (before && before.until > now) return before.value as ReturnType<typeof read>
    const value = read()
    known.set(key, { until: now + forMs, value })
    value.catch(() => known.delete(key))
    return value
  }
  return {
    read: (one) => readAudience(ports, kept, links, one),
    link: (one) => links.get(`${one.posts.card?.channel} ${one.posts.card?.ts}`),
    readerOf: (user) => readerOf(ports, kept, user),
    changed(channel) {
      known.delete(`members ${channel}`)
      known.delete(`info ${channel}`)
    },
  }
}

async function readAudience(
  ports: Ports,
  kept: Kept,
  links: Map<string, string>,
  one: Offboarding,
): Promise<ReadAudience> {
  const { people } = ports
  const members = await kept(`members ${one.channel}`, membersMs, () => people.members(one.channel))
  const alsoLeaver = await furtherAccounts(ports, kept, one)
  const why = await whyHidden(ports, kept, one, { members, alsoLeaver })
  const [hr, it] = await Promise.all(
    roles.map((role) => unlessUnread(ports, role, () => toldOf(ports, kept, one, role))),
  )
  const holders = { hr: hr ?? [], it: it ?? [] }
  const partial = hr === undefined || it === undefined
  const audience = { holders, mentions: mentionsOf(people, holders), alsoLeaver, partial }
  const all = [...new Set([...holders.hr, ...holders.it])]
  if (why) return { ...audience, direct: { people: all, why }, requesterSees: all.includes(one.requester.id) }
  const cardLink = await linkOf(ports, links, one)
  const requesterSees = members.includes(one.requester.id)
  return { ...audience, requesterSees, ...(cardLink ? { cardLink } : {}) }
}

async function holdersOf({ people, self }: Ports, kept: Kept, role: Role): Promise<readonly string[]> {
  const ids = await kept(`role ${role}`, rolesMs, () => people.holders(role))
  return ids.filter((id) => id !== self())
}

/** Undefined where Slack does not say. */
async function unlessUnread<T>({ log }: Ports, role: Role, read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read()
  } catch (error) {
    log.warn({ role, trouble: troubleOf(error) }, 'a role could not be read, so nobody of it is asked in person yet')
    return undefined
  }
}

/** Those of a role who could act on what they are told: nobody else learns of it, and neither does the leaver. */
async function toldOf(ports: Ports, kept: Kept, one: Offboarding, role: Role): Promise<readonly string[]> {
  const told: string[] = []
  for (const id of await holdersOf(ports, kept, role)) {
    const person = await insider(ports, kept, id)
    if (person && !isLeaver(person, one)) told.push(id)
    if (told.length === mostTold) break
  }
  return told
}

async function insider({ people }: Ports, kept: Kept, user: string): Promise<SlackPerson | undefined> {
  const person = await kept(`person ${user}`, personMs, () => people.read(user))
  return !person || person.bot || person.guest || person.external || person.deactivated ? undefined : person
}

/** Asked for by an address that Slack did not know then, or under another one: they may read along all the same. */
async function furtherAccounts({ people }: Ports, kept: Kept, one: Offboarding): Promise<readonly string[]> {
  const { slackId, emails } = one.leaver
  const addresses = addressesOf(one).filter((address) => !slackId || address !== emails[0])
  const found = await Promise.all(
    addresses.map((address) => kept(`address ${address}`, personMs, () => people.byEmail(address))),
  )
  return found.flatMap((person) => (person && person.id !== slackId ? [person.id] : []))
}

async function readerOf(ports: Ports, kept: Kept, user: string): Promise<Reader | undefined> {
  const person = await insider(ports, kept, user)
  if (!person) return undefined
  const held = await Promise.all(roles.map((role) => unlessUnread(ports, role, () => holdersOf(ports, kept, role))))
  const holds = roles.filter((_role, index) => held[index]?.includes(user))
  return { id: user, ...(person.email ? { email: person.email } : {}), holds }
}

async function linkOf({ web, log }: Ports, links: Map<string, string>, one: Offboarding): Promise<string | undefined> {
  const card = one.posts.card
  if (!card?.ts) return undefined
  const key = `${card.channel} ${card.ts}`
  const before = links.get(key)
  if (before) return before
  try {
    const { permalink } = await web.chat.getPermalink({ channel: card.channel, message_ts: card.ts })
    if (permalink) links.set(key, permalink)
    return permalink
  } catch (error) {
    log.debug({ offboarding: one.id, trouble: troubleOf(error) }, 'the card has no link yet')
    return undefined
  }
}

async function whyHidden(
  { web }: Ports,
  kept: Kept,
  one: Offboarding,
  { members, alsoLeaver }: { members: readonly string[]; alsoLeaver: readonly string[] },
): Promise<string | undefined> {
  if ([one.leaver.slackId, ...alsoLeaver].some((id) => id && members.includes(id)))
    return `${nameOf(one.leaver)} reads the channel where cards go.`
  const info = await kept(`info ${one.channel}`, rolesMs, () => web.conversations.info({ channel: one.channel }))
  const channel = info.channel as
    | { is_private?: boolean; is_ext_shared?: boolean; is_pending_ext_shared?: boolean }
    | undefined
  if (channel?.is_ext_shared || channel?.is_pending_ext_shared)
    return 'the channel where cards go is shared with another organisation.'
  // What Slack does not call private is not.
  return channel?.is_private === true ? undefined : 'the channel where cards go is public.'
}

function mentionsOf(people: People, holders: Record<Role, readonly string[]>): Audience['mentions'] {
  return { hr: people.mention('hr', holders.hr), it: people.mention('it', holders.it) }
}
