/** Calendar API: a person's own calendars, and giving a secondary one another owner as an administrator. */
import type { Answer } from '../server.ts'
import { forbidden, invalid, notFound, nothing, ok, page, refusal } from './answers.ts'
import { type Call, isAdministrator, type Method } from './route.ts'
import { type Calendar, type CalendarEvent, type CalendarRule, findUser, type State } from './state.ts'

const base = '/calendar/v3/calendars/{calendar}'
const lists = ['calendar', 'calendar.calendarlist', 'calendar.calendarlist.readonly', 'calendar.readonly']
const acls = ['calendar', 'calendar.acls']
const events = ['calendar', 'calendar.events', 'calendar.events.owned']
const calendars = ['calendar', 'calendar.calendars']

export const calendarMethods: readonly Method[] = [
  { method: 'GET', path: '/calendar/v3/users/me/calendarList', scopes: lists, answer: list },
  {
    method: 'GET',
    path: base,
    scopes: calendars,
    answer: (call) => look(call, ({ id, summary }) => ok(shown(id, summary))),
  },
  { method: 'POST', path: `${base}/transferOwnership`, scopes: calendars, answer: transferOwnership },
  { method: 'GET', path: `${base}/acl`, scopes: acls, answer: (call) => look(call, (one) => listRules(call, one)) },
  { method: 'POST', path: `${base}/acl`, scopes: acls, answer: (call) => change(call, (one) => addRule(call, one)) },
  {
    method: 'DELETE',
    path: `${base}/acl/{rule}`,
    scopes: acls,
    answer: (call) => change(call, (one) => removeRule(call, one)),
  },
  {
    method: 'GET',
    path: `${base}/events`,
    scopes: events,
    answer: (call) => look(call, (one) => listEvents(call, one)),
  },
  {
    method: 'GET',
    path: `${base}/events/{event}`,
    scopes: events,
    answer: (call) => look(call, (one) => getEvent(call, one)),
  },
  {
    method: 'PATCH',
    path: `${base}/events/{event}`,
    scopes: events,
    answer: (call) => change(call, (one) => patchEvent(call, one)),
  },
  {
    method: 'DELETE',
    path: `${base}/events/{event}`,
    scopes: events,
    answer: (call) => change(call, (one) => deleteEvent(call, one)),
  },
]

const noUser = refusal(403, 'notACalendarUser', 'The user must be signed up for Google Calendar.')
const notFoundHere = refusal(404, 'notFound', 'Not Found')

/** The subject's role on a calendar; nobody acts as somebody who is suspended. */
function roleOf(call: Call, calendar: Calendar): CalendarRule['role'] | undefined {
  if (calendar.owner === call.subject.id) return 'owner'
  const mail = [call.subject.primaryEmail, ...call.subject.aliases]
  return calendar.rules.find((rule) => rule.type === 'user' && mail.includes(rule.value ?? ''))?.role
}

function named(call: Call, state: State): Calendar | undefined {
  const { calendar: id } = call.params
  return state.calendars.find((one) =>
    id === 'primary' ? one.primary && one.owner === call.subject.id : one.id === id,
  )
}

function look(call: Call, show: (calendar: Calendar) => Answer): Answer {
  if (call.subject.suspended) return noUser
  const calendar = named(call, call.world.read())
  return calendar && roleOf(call, calendar) ? show(calendar) : notFoundHere
}

function change(call: Call, act: (calendar: Calendar) => Answer): Answer {
  if (call.subject.suspended) return noUser
  return call.world.write((state) => {
    const calendar = named(call, state)
    if (!calendar) return notFoundHere
    return roleOf(call, calendar) === 'owner' ? act(calendar) : forbidden
  })
}

function shown(id: string, summary: string) {
  return { kind: 'calendar#calendar', etag: '"pretend"', id, summary, timeZone: 'Etc/UTC' }
}

const ranks = ['freeBusyReader', 'reader', 'writer', 'owner']

function list(call: Call): Answer {
  if (call.subject.suspended) return noUser
  const state = call.world.read()
  const least = ranks.indexOf(call.asked.query.get('minAccessRole') ?? 'freeBusyReader')
  const items = state.calendars.flatMap((one) => {
    const accessRole = roleOf(call, one)
    if (!accessRole || ranks.indexOf(accessRole) < least) return []
    const dataOwner = findUser(state, one.owner)?.primaryEmail
    return [
      {
        ...shown(one.id, one.summary),
        kind: 'calendar#calendarListEntry',
        accessRole,
        ...(one.primary ? { primary: true } : dataOwner && { dataOwner }),
      },
    ]
  })
  return page('items', items, call.paging(100, 250))
}

/** For administrators only, and for secondary calendars only (Calendar API, calendars.transferOwnership). */
function transferOwnership(call: Call): Answer {
  const { query } = call.asked
  return call.world.write((state) => {
    if (query.get('useAdminAccess') !== 'true') return invalid('useAdminAccess')
    if (!isAdministrator(state, call.subject)) return forbidden
    const calendar = state.calendars.find((one) => one.id === call.params.calendar)
    if (!calendar) return notFoundHere
    const owner = findUser(state, query.get('newDataOwner') ?? '')
    if (!owner || owner.suspended || calendar.primary) return invalid('newDataOwner')
    calendar.owner = owner.id
    return nothing
  })
}

function ruleId({ type, value }: CalendarRule): string {
  return type === 'default' ? 'default' : `${type}:${value}`
}

function shownRule(rule: CalendarRule) {
  const { role, type, value } = rule
  return {
    kind: 'calendar#aclRule',
    etag: '"pretend"',
    id: ruleId(rule),
    role,
    scope: { type, ...(value && { value }) },
  }
}

function listRules(call: Call, calendar: Calendar): Answer {
  if (roleOf(call, calendar) !== 'owner') return forbidden
  return page('items', calendar.rules.map(shownRule), call.paging(100, 250))
}

/** A rule for somebody who has one takes its place. */
function addRule(call: Call, calendar: Calendar): Answer {
  const { role, scope } = call.body as { role?: CalendarRule['role']; scope?: Omit<CalendarRule, 'role'> }
  if (!role || !scope?.type) return refusal(400, 'required', 'Missing required field.')
  const made: CalendarRule = { role, ...scope }
  calendar.rules = [...calendar.rules.filter((one) => ruleId(one) !== ruleId(made)), made]
  return ok(shownRule(made))
}

function removeRule(call: Call, calendar: Calendar): Answer {
  const at = calendar.rules.findIndex((one) => ruleId(one) === call.params.rule)
  if (at < 0) return notFound('ruleId')
  calendar.rules.splice(at, 1)
  return nothing
}

function shownEvent(calendar: Calendar, event: CalendarEvent) {
  const { id, status, summary, organizer, attendees, start, recurrence, eventType } = event
  const own = calendar.primary ? calendar.id : ''
  const self = (email: string) => ({ email, ...(email === own && { self: true }) })
  return {
    kind: 'calendar#event',
    etag: '"pretend"',
    id,
    status,
    ...(status !== 'cancelled' && {
      summary,
      eventType,
      organizer: self(organizer),
      start,
      end: start,
      ...(attendees.length > 0 && {
        attendees: attendees.map((email) => ({ ...self(email), responseStatus: 'accepted' })),
      }),
      ...(recurrence && { recurrence }),
    }),
  }
}

/** The last moment of an event: of a series what UNTIL says. */
function endOf({ start, recurrence }: CalendarEvent): number {
  const until = recurrence?.join(';').match(/UNTIL=(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(\d\d)Z)?/)
  if (until) {
    const [, year, month, day, hour = '00', minute = '00', second = '00'] = until
    return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`)
  }
  return recurrence ? Number.POSITIVE_INFINITY : Date.parse(start.dateTime ?? start.date ?? '') + 3_600_000
}

function listEvents(call: Call, calendar: Calendar): Answer {
  const from = Date.parse(call.asked.query.get('timeMin') ?? '1970-01-01T00:00:00Z')
  if (Number.isNaN(from)) return refusal(400, 'badRequest', 'Bad Request')
  const found = calendar.events.filter((one) => one.status !== 'cancelled' && endOf(one) > from)
  return page(
    'items',
    found.map((one) => shownEvent(calendar, one)),
    call.paging(250, 2500),
  )
}

function eventIn(call: Call, calendar: Calendar): CalendarEvent | undefined {
  return calendar.events.find((one) => one.id === call.params.event)
}

function getEvent(call: Call, calendar: Calendar): Answer {
  const event = eventIn(call, calendar)
  return event ? ok(shownEvent(calendar, event)) : notFoundHere
}

function patchEvent(call: Call, calendar: Calendar): Answer {
  const event = eventIn(call, calendar)
  if (!event) return notFoundHere
  if (event.organizer !== calendar.id) return forbidden
  const { recurrence } = call.body as { recurrence?: string[] }
  if (recurrence?.some((line) => !/^(RRULE|EXRULE|RDATE|EXDATE)[:;]/.test(line)))
    return refusal(400, 'invalid', 'Invalid recurrence rule.')
  if (recurrence) event.recurrence = recurrence
  return ok(shownEvent(calendar, event))
}

function deleteEvent(call: Call, calendar: Calendar): Answer {
  const event = eventIn(call, calendar)
  if (!event) return notFoundHere
  if (event.status === 'cancelled') return refusal(410, 'deleted', 'Resource has been deleted')
  event.status = 'cancelled'
  return nothing
}
