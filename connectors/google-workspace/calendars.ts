/** What the leaver has in Calendar beyond their own events: other calendars, people who may change theirs, meetings. */
import type { calendar_v3 } from 'googleapis/build/src/apis/calendar/v3.js'
import { type AutomaticStep, type Finding, Rejected } from '../../src/connector.ts'
import { all, ask, order, unlessGone } from './ask.ts'
import type { Client } from './client.ts'
import { addressesOf, blocked, type GoogleAt, receiverOf, userOf } from './person.ts'
import { CalendarRules, Calendars } from './shapes.ts'

type Step = AutomaticStep<Client>
type Entry = calendar_v3.Schema$CalendarListEntry
type Rule = calendar_v3.Schema$AclRule

export const primary = { calendarId: 'primary' }

/**
 * The leaver's own view of Calendar, or why there is none; undefined where the settings leave calendars out, or the
 * account is deleted. Calendar lets nobody act as a suspended user.
 */
export async function calendarOf(at: GoogleAt): Promise<calendar_v3.Calendar | { closed: string } | undefined> {
  const user = at.client.settings.also.includes('calendars') ? await userOf(at) : undefined
  if (!user?.primaryEmail) return undefined
  if (user.suspended || user.archived) return { closed: `the account is ${user.suspended ? 'suspended' : 'archived'}` }
  return at.client.calendar(user.primaryEmail)
}

export async function openCalendar(at: GoogleAt): Promise<calendar_v3.Calendar> {
  const calendar = await calendarOf(at)
  if (!calendar || 'closed' in calendar)
    throw new Rejected(`Calendar takes no change: ${calendar?.closed ?? 'the account is deleted'}.`)
  return calendar
}

/** What was ordered before the account was closed is shown as it was answered; what was not cannot be any more. */
export function closedFindings(at: GoogleAt, what: string, closed: string): Finding[] {
  const answered = at.orders().filter((one) => one.answeredAt)
  if (answered.length === 0)
    return [
      blocked({ id: 'closed', label: what }, `Not to be seen: ${closed}. IT lifts it for a moment, or skips this.`),
    ]
  return answered.map(({ finding, label, answeredAt }) => ({
    id: finding,
    label,
    state: 'done',
    fact: `Google took the order at ${answeredAt?.toISOString()}; ${closed} since, and its calendars cannot be read`,
  }))
}

/** Since October 2026 Google deletes a secondary calendar with its owner (workspaceupdates.googleblog.com). */
const secondary: Step = {
  id: 'secondary-calendars',
  title: 'Hand over the other calendars that the leaver owns',
  area: 'applications',
  phase: 'preserve',
  async find(at) {
    const calendar = await calendarOf(at)
    if (!calendar) return []
    if ('closed' in calendar) return closedFindings(at, 'Other calendars', calendar.closed)
    const owned = await ownedBy(at, calendar)
    if (owned.length === 0) return []
    const receiver = await receiverOf(at)
    return owned.map(({ id, summary, dataOwner }): Finding => {
      const finding = { id: id ?? '', label: summary || (id ?? ''), before: { owner: dataOwner ?? '' } }
      if (!dataOwner) return { ...finding, state: 'unknown', fact: 'Google does not say whose it is' }
      if (receiver && 'address' in receiver) return { ...finding, state: 'open', fact: `To ${receiver.address}` }
      return blocked(finding, receiver?.barred ?? 'Nobody receives it, and it ends with the account. IT hands it over.')
    })
  },
  async apply(at, finding) {
    const receiver = await receiverOf(at)
    if (!receiver || 'barred' in receiver)
      throw new Rejected(receiver?.barred ?? 'Nobody was chosen to receive the calendars.')
    await giveTo(at, finding.id, receiver.address)
  },
  async undo(at, finding) {
    const { owner } = finding.before as { owner: string }
    await giveTo(at, finding.id, owner)
  },
}

async function giveTo(at: GoogleAt, calendarId: string, newDataOwner: string): Promise<void> {
  const { calendars } = await at.client.calendarOwners()
  await order('give a calendar another owner', () =>
    calendars.transferOwnership({ calendarId, newDataOwner, useAdminAccess: true }),
  )
}

async function ownedBy(at: GoogleAt, calendar: calendar_v3.Calendar): Promise<Entry[]> {
  const user = await userOf(at)
  const own = user ? addressesOf(user) : []
  const params = { minAccessRole: 'owner', showHidden: true, maxResults: 250 }
  const list = await all(
    (page) => ask('list calendars', () => calendar.calendarList.list({ ...params, ...page }), Calendars),
    (page) => page.items,
  )
  return list.filter(
    (one) => !one.primary && !one.deleted && (!one.dataOwner || own.includes(one.dataOwner.toLowerCase())),
  )
}

/** Only who may change something: readers see no more than they saw. */
const sharing: Step = {
  id: 'calendar-sharing',
  title: 'Take others off the calendar who may change it',
  area: 'applications',
  phase: 'remove',
  async find(at) {
    const calendar = await calendarOf(at)
    if (!calendar) return []
    if ('closed' in calendar) return closedFindings(at, 'Sharing of the calendar', calendar.closed)
    const rules = await all(
      (page) => ask('list who may use the calendar', () => calendar.acl.list({ ...primary, ...page }), CalendarRules),
      (page) => page.items,
    )
    const kept = await keptOn(at)
    return rules
      .filter((rule) => isForOthers(rule, kept))
      .map(({ id, role, scope }) => ({
        id: id ?? '',
        label: scope?.value ?? id ?? '',
        state: 'open',
        fact: `role=${role}`,
        before: { role: role ?? '', type: scope?.type ?? '', value: scope?.value ?? '' },
      }))
  },
  async apply(at, finding) {
    const calendar = await openCalendar(at)
    await unlessGone(
      order('take somebody off the calendar', () => calendar.acl.delete({ ...primary, ruleId: finding.id })),
    )
  },
  async undo(at, finding) {
    const calendar = await openCalendar(at)
    const { role, type, value } = finding.before as Record<string, string>
    const requestBody = { role, scope: { type, value } }
    await ask('let somebody use the calendar again', () =>
      calendar.acl.insert({ ...primary, sendNotifications: false, requestBody }),
    )
  },
}

/** The leaver's own rule, and the receiver's. */
async function keptOn(at: GoogleAt): Promise<string[]> {
  const [user, receiver] = await Promise.all([userOf(at), receiverOf(at)])
  const address = receiver && 'address' in receiver ? [receiver.address.toLowerCase()] : []
  return [...(user ? addressesOf(user) : []), ...address]
}

function isForOthers({ role, scope }: Rule, kept: readonly string[]): boolean {
  if (role !== 'owner' && role !== 'writer') return false
  return scope?.type !== 'default' && !kept.includes(scope?.value?.toLowerCase() ?? '')
}

export const calendarSteps: readonly Step[] = [secondary, sharing]
