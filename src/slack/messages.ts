/**
 * Every Slack message that should exist for an offboarding as it stands, in order, each under a key that never changes.
 * Pure; the outbox makes Slack equal to it.
 */
import { inQuarantine } from '../offboarding/decide.ts'
import { type Offboarding, type Role, roles, type StepRun } from '../offboarding/offboarding.ts'
import { endedBadly, endedWell } from '../offboarding/order.ts'
import { cameBackTimes, watchOverAt } from '../offboarding/watch.ts'
import { giveBackAsks, giveBackReplies, giveBackTold } from './give-back.ts'
import type { Line, Shown } from './views/blocks.ts'
import { haltedNotice, releasedNotice, resumedNotice } from './views/brakes.ts'
import { card } from './views/card.ts'
import { type RequesterNews, requesterNews, signRequest, taskRequest } from './views/direct.ts'
import { openedNotice } from './views/keys.ts'
import { ref } from './views/refs.ts'
import { closingSummary, heldNotice, overNotice, reminder, reportMissing, startedNotice } from './views/thread.ts'
import { cameBackNotice, watchOverNotice } from './views/watch.ts'
import { roleTitles } from './views/words.ts'

export type Place = { channel: string } | { user: string }

export interface Message {
  key: string
  to: Place
  /** Key of the message under which it stands. */
  thread?: string
  /** When it came about; messages of one place are sent in this order. */
  at: string
  says: { kind: 'shown'; shown: Shown } | { kind: 'result'; run: StepRun } | { kind: 'anchor' } | { kind: 'report' }
  /** Drawn again whenever it changes: the card, and requests that somebody else may answer meanwhile. */
  live?: true
}

/** Who may see what, as read from Slack just now; never the leaver. */
export interface Audience {
  /** Set where nothing may go to the channel: the people who get it by direct message, and why. */
  direct?: { people: readonly string[]; why: string }
  /** Slack ids of those who hold each role; empty where Slack did not say. */
  holders: Readonly<Record<Role, readonly string[]>>
  /** How a reminder calls each role. */
  mentions: Readonly<Record<Role, Line>>
  /** Further Slack accounts of the leaver: somebody without one of their own may turn out to have some. */
  alsoLeaver?: readonly string[]
  /** The requester reads the channel, so that nothing is said twice. */
  requesterSees: boolean
  /** Leads to the card, once there is one. */
  cardLink?: string
}

export const nobody: Audience = {
  holders: { hr: [], it: [] },
  mentions: { hr: [], it: [] },
  requesterSees: false,
}

/** More people than this hear of it in the thread only: a large group is not called out one by one. */
const mostAsked = 15

/** The last answer for each state: one round of the outbox asks several times, and drawing a large card takes a while. */
const known = new WeakMap<Offboarding, { audience: Audience; all: readonly Message[] }>()

export function messages(one: Offboarding, audience: Audience = nobody): readonly Message[] {
  const before = known.get(one)
  if (before?.audience === audience) return before.all
  const all = allMessages(one, audience)
  known.set(one, { audience, all })
  return all
}

/** Asked for by an address that Slack does not know: until the directories were read, who it is may be reading along. */
function unknownStill(one: Offboarding): boolean {
  return one.state === 'awaiting-sign-off' && !one.plan && !one.leaver.slackId
}

/** Nothing ever goes to the leaver, whatever role, task or request names them. */
function allMessages(one: Offboarding, audience: Audience): Message[] {
  const cards = unknownStill(one)
    ? []
    : audience.direct
      ? audience.direct.people.flatMap((user) => placed(one, audience, { user }, `@${user}/`))
      : placed(one, audience, { channel: one.channel }, '')
  const others = [...asks(one, audience), ...tasks(one), ...news(one, audience)]
  others.push(...giveBackAsks(one, audience), ...giveBackTold(one, audience))
  const leavers = [one.leaver.id, one.leaver.slackId, ...(audience.alsoLeaver ?? [])]
  return [...cards, ...others].filter(({ to }) => !('user' in to && leavers.includes(to.user)))
}

/** The card and its thread, in the channel or in one person's direct messages. */
function placed(one: Offboarding, audience: Audience, to: Place, prefix: string): Message[] {
  const says = drawnWhenAsked(() => card(one, audience.direct?.why))
  const top: Message = { key: `${prefix}card`, to, at: one.requestedAt, says, live: true }
  const under = [
    ...notices(one, audience),
    ...resultsOf(one),
    ...closing(one, prefix),
    ...watchNotices(one, audience),
    ...giveBackReplies(one, prefix),
  ]
  const sorted = under.sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0))
  return [top, ...sorted.map((message) => ({ ...message, key: `${prefix}${message.key}`, to, thread: top.key }))]
}

type Reply = Pick<Message, 'key' | 'at' | 'says'>

function shownReply(key: string, at: string, draw: () => Shown): Reply {
  return { key, at, says: drawnWhenAsked(draw) }
}

/** Most rounds of the outbox only ask which messages there should be, and drawing a large card takes a while. */
function drawnWhenAsked(draw: () => Shown): Message['says'] {
  let drawn: Shown | undefined
  return {
    kind: 'shown',
    get shown() {
      drawn ??= draw()
      return drawn
    },
  }
}

const stopped: readonly Offboarding['state'][] = ['declined', 'withdrawn', 'expired', 'refused']

function notices(one: Offboarding, audience: Audience): Reply[] {
  const found: Reply[] = []
  const waiting = roles.filter((role) => !one.signOffs[role])
  if (one.lastReminderAt && one.state === 'awaiting-sign-off') {
    const calls: Line = audience.direct ? [] : waiting.flatMap((role) => audience.mentions[role])
    const titles = waiting.map((role) => roleTitles[role])
    found.push(shownReply(`reminder/${one.lastReminderAt}`, one.lastReminderAt, () => reminder(one, titles, calls)))
  }
  const { halted } = one
  const released = one.quarantine?.released
  if (released) found.push(shownReply('released', released.at, () => releasedNotice(released.by)))
  if (halted) found.push(shownReply(`halted/${halted.at}`, halted.at, () => haltedNotice(halted)))
  if (halted?.resumed) {
    const { at, by } = halted.resumed
    found.push(shownReply(`resumed/${at}`, at, () => resumedNotice(by)))
  }
  for (const opening of one.openings ?? [])
    found.push(shownReply(`key/${opening.at}/${ref(opening.name)}`, opening.at, () => openedNotice(opening)))
  if (one.startedAt) found.push(shownReply('started', one.startedAt, () => startedNotice(one)))
  if (one.held && one.startedAt)
    found.push(shownReply(`held/${one.held.digest.slice(0, 16)}`, one.startedAt, () => heldNotice(one)))
  if (stopped.includes(one.state)) found.push(shownReply('over', one.endedAt ?? one.requestedAt, () => overNotice(one)))
  return found
}

/** Keys stand in message metadata, which other apps can read: a realm may name a customer or a person, so it is hashed. */
function stepKey(kind: 'step' | 'task', { plan, key }: StepRun): string {
  return `${kind}/${plan.connector}/${plan.step}/${ref(key)}`
}

/** One message for each end of each attempt; an end that a person gave later is another one. */
function resultsOf(one: Offboarding): Reply[] {
  return Object.values(one.steps)
    .filter((run) => run.state === 'ended')
    .map((run) => ({
      key: `${stepKey('step', run)}/${run.attempt}/${run.ending}${again(one, run)}`,
      at: run.endedAt ?? one.requestedAt,
      says: { kind: 'result', run },
    }))
}

/** What came back ends its step once more, in the same attempt. */
function again(one: Offboarding, { key }: StepRun): string {
  const times = cameBackTimes(one, key)
  return times > 0 ? `/back-${times}` : ''
}

function watchNotices(one: Offboarding, audience: Audience): Reply[] {
  const { watch } = one
  if (!watch) return []
  const calls = audience.direct ? [] : audience.mentions.it
  const found = [...new Set(watch.cameBack.map(({ at }) => at))].map((at) =>
    shownReply(`came-back/${at}`, at, () => cameBackNotice(one, at, calls)),
  )
  const over = watchOverAt(one)
  return over ? [...found, shownReply('watch-over', over, () => watchOverNotice(one))] : found
}

function closing(one: Offboarding, prefix: string): Reply[] {
  if (!one.doneAt) return []
  const found: Reply[] = [
    shownReply('done', one.doneAt, () => closingSummary(one)),
    { key: 'anchor', at: one.doneAt, says: { kind: 'anchor' } },
    { key: 'report', at: one.doneAt, says: { kind: 'report' } },
  ]
  const failed = one.posts[`${prefix}report`]?.failed
  if (failed) found.push(shownReply('report-failed', one.doneAt, () => reportMissing(one, failed)))
  return found
}

/** Asked once, in person; drawn again when it is decided, so that nobody acts on an old request. */
function asks(one: Offboarding, audience: Audience): Message[] {
  return roles.flatMap((role) => {
    const open =
      one.state === 'awaiting-sign-off' && one.plan !== undefined && !one.signOffs[role] && !inQuarantine(one)
    const people = audience.holders[role].filter((user) => user !== one.requester.id)
    return people.slice(0, mostAsked).flatMap((user): Message[] => {
      const key = `ask/${role}/${user}`
      if (audience.direct || (!open && !one.posts[key])) return []
      const says = drawnWhenAsked(() => signRequest(one, role, audience.cardLink))
      return [{ key, to: { user }, at: one.requestedAt, says, live: true }]
    })
  })
}

/** Tasks whose owner is one person; those of a role are on the card. */
function tasks(one: Offboarding): Message[] {
  return Object.values(one.steps).flatMap((run): Message[] => {
    const owner = run.plan.task?.owner
    if (!owner || !/^[UW][A-Z0-9]+$/.test(owner)) return []
    const key = `${stepKey('task', run)}/${owner}`
    if (run.state !== 'waiting' && !one.posts[key]) return []
    const says = drawnWhenAsked(() => taskRequest(one, run))
    const at = run.waitingSince ?? one.startedAt ?? one.requestedAt
    return [{ key, to: { user: owner }, at, says, live: true }]
  })
}

function news(one: Offboarding, audience: Audience): Message[] {
  if (audience.requesterSees) return []
  return newsOf(one).map(([what, at]) => ({
    key: `requester/${what}`,
    to: { user: one.requester.id },
    at,
    says: drawnWhenAsked(() => requesterNews(one, what)),
  }))
}

function newsOf(one: Offboarding): [RequesterNews, string][] {
  const found: [RequesterNews, string][] = [['asked', one.requestedAt]]
  for (const role of roles) {
    const signed = one.signOffs[role]
    if (signed) found.push([`signed-${role}`, signed.at])
  }
  if (stopped.includes(one.state)) found.push([one.state as RequesterNews, one.endedAt ?? one.requestedAt])
  if (one.startedAt) found.push(['started', one.startedAt])
  if (one.state === 'needs-attention') found.push(['attention', lastEnd(one)])
  const handedOver = handOverEnd(one)
  if (handedOver) found.push(['handed-over', handedOver])
  if (one.doneAt) found.push(['done', one.doneAt])
  return found.sort((a, b) => (a[1] < b[1] ? -1 : a[1] > b[1] ? 1 : 0))
}

function lastEnd(one: Offboarding): string {
  const ends = Object.values(one.steps).flatMap((run) => (endedBadly(run) && run.endedAt ? [run.endedAt] : []))
  return ends.sort().at(-1) ?? one.startedAt ?? one.requestedAt
}

/** When the last hand-over ended well; undefined while one is open or nobody receives. */
function handOverEnd(one: Offboarding): string | undefined {
  const runs = Object.values(one.steps).filter((run) => run.plan.phase === 'preserve' && !run.plan.task)
  if (!one.choices.handOverTo || runs.length === 0 || !runs.every(endedWell)) return undefined
  return (
    runs
      .map((run) => run.endedAt ?? '')
      .sort()
      .at(-1) || undefined
  )
}
