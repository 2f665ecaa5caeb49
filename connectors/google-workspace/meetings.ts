/** Meetings that the leaver called and nobody takes over: cancelled from the last day on, so that rooms are free again. */
import type { calendar_v3 } from 'googleapis/build/src/apis/calendar/v3.js'
import { type AutomaticStep, type Finding, Rejected } from '../../src/connector.ts'
import { all, ask, order, unlessGone } from './ask.ts'
import { calendarOf, closedFindings, openCalendar, primary } from './calendars.ts'
import type { Client } from './client.ts'
import type { GoogleAt } from './person.ts'
import { Event as EventShape, Events } from './shapes.ts'

type Event = calendar_v3.Schema$Event

/** Where there is a receiver, the transfer moves them instead. */
export const meetings: AutomaticStep<Client> = {
  id: 'meetings',
  title: 'Cancel meetings that nobody takes over',
  area: 'applications',
  phase: 'remove',
  async find(at) {
    if (!at.client.settings.cancelMeetings || at.choices.handOverTo) return []
    const calendar = await calendarOf(at)
    if (!calendar) return []
    if ('closed' in calendar) return closedFindings(at, 'Meetings', calendar.closed)
    const params = { ...primary, timeMin: at.effectiveAt.toISOString(), singleEvents: false, maxResults: 250 }
    const events = await all(
      (page) => ask('list meetings', () => calendar.events.list({ ...params, ...page }), Events),
      (page) => page.items,
    )
    return events.filter((event) => isMeeting(event) && !isEnded(at, event)).map((event) => found(at, event))
  },
  async apply(at, finding) {
    const calendar = await openCalendar(at)
    const { id: eventId } = finding
    const event = await unlessGone(
      ask('read a meeting', () => calendar.events.get({ ...primary, eventId }), EventShape),
    )
    if (!event || event.status === 'cancelled') return
    if (!isMeeting(event)) throw new Rejected('Somebody else calls this meeting by now. IT looks.')
    if (!isOlder(at, event)) {
      const params = { ...primary, eventId, sendUpdates: 'all' }
      // 410: deleted already (Calendar API, handle errors).
      await unlessDeleted(order('cancel a meeting', () => calendar.events.delete(params)))
      return
    }
    const requestBody = { recurrence: endingAt(event, at.effectiveAt) }
    await ask('end a series of meetings', () =>
      calendar.events.patch({ ...primary, eventId, sendUpdates: 'all', requestBody }),
    )
  },
}

/** Called by the leaver, with others or a room in it. */
function isMeeting({ organizer, attendees, status, eventType }: Event): boolean {
  const others = attendees?.some((one) => !one.self)
  return organizer?.self === true && others === true && status !== 'cancelled' && (eventType ?? 'default') === 'default'
}

function found(at: GoogleAt, event: Event): Finding {
  const finding = { id: event.id ?? '', label: event.summary || 'Meeting without a title' }
  const first = event.start?.dateTime ?? event.start?.date ?? ''
  const guests = `${event.attendees?.filter((one) => !one.self).length} guests or rooms`
  if (event.recurrence?.some((line) => line.startsWith('RDATE')) && isOlder(at, event))
    return { ...finding, state: 'blocked', fact: 'Repeats on single days that were picked by hand. IT ends it.' }
  return {
    ...finding,
    state: 'open',
    fact: `${event.recurrence ? 'Series from' : 'On'} ${first.slice(0, 10)}, ${guests}`,
  }
}

/** A series that began before the last day keeps its past. */
function isOlder({ effectiveAt }: GoogleAt, { start, recurrence }: Event): boolean {
  const first = Date.parse(start?.dateTime ?? start?.date ?? '')
  return (recurrence?.length ?? 0) > 0 && first < effectiveAt.getTime()
}

/** Google still lists a series while its last meeting, on the last day, is not over. */
function isEnded({ effectiveAt }: GoogleAt, { recurrence }: Event): boolean {
  const rules = recurrence?.filter((line) => line.startsWith('RRULE:')) ?? []
  const ends = rules.map((line) => /;UNTIL=(\d{8}(T\d{6}Z)?)/.exec(line)?.[1])
  return rules.length > 0 && ends.every((end) => end !== undefined && end <= stampOf(effectiveAt))
}

function stampOf(moment: Date): string {
  return moment.toISOString().replace(/[-:]|\.\d+/g, '')
}

/** RFC 5545: UNTIL in place of COUNT or an earlier UNTIL; a day for events that last whole days. */
function endingAt({ recurrence, start }: Event, end: Date): string[] {
  const until = start?.date ? stampOf(end).slice(0, 8) : stampOf(end)
  return (recurrence ?? []).map((line) =>
    line.startsWith('RRULE:') ? `${line.replace(/;(UNTIL|COUNT)=[^;]*/g, '')};UNTIL=${until}` : line,
  )
}

async function unlessDeleted(answer: Promise<unknown>): Promise<void> {
  try {
    await unlessGone(answer)
  } catch (error) {
    if (!(error instanceof Rejected && error.status === 410)) throw error
  }
}
