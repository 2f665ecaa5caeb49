/** A pretend Google Workspace with the real connector and the real gate on top, for the tests of that connector. */
import { expect, vi } from 'vitest'
import type { Client } from '../../connectors/google-workspace/client.ts'
import google from '../../connectors/google-workspace/index.ts'
import { systemClock } from '../../src/clock.ts'
import type { Account, At, AutomaticStep, Choices, Finding, Leaver, Receipt } from '../../src/connector.ts'
import { SharedReads } from '../../src/run/at.ts'
import { type CallRecord, createGate } from '../../src/run/gate.ts'
import { cast } from '../../src/sandbox/company.ts'
import {
  type GoogleWorkspaceOptions,
  type PretendGoogleWorkspace,
  pretendGoogleWorkspace,
} from '../../src/sandbox/google-workspace/index.ts'
import type { State, User } from '../../src/sandbox/google-workspace/state.ts'
import type { Fault } from '../../src/sandbox/server.ts'
import { loopback } from '../../src/sandbox/transport.ts'
import { ordersIn } from '../support/journal.ts'
import { leaverOf } from '../support/leaver.ts'

export { leaverOf }

export const leaver = leaverOf(cast.leaver)
export const receiver = leaverOf(cast.manager)

export interface Applied {
  label?: string
  intentAt: Date
  answeredAt?: Date
  receipt?: Receipt
}

export interface OpenWorld {
  server: PretendGoogleWorkspace
  client: Client
  state: State
  records: CallRecord[]
  user(email: string): User
  account(who?: Leaver): Promise<Account>
  /** One round of looking, as the runner does it. */
  find(step: string, more?: Partial<At>): Promise<readonly Finding[]>
  /** Orders everything open and notes it, as the runner does. */
  applyAll(step: string, more?: Partial<At>): Promise<void>
  apply(step: string, finding: Finding, more?: Partial<At>): Promise<Receipt | void>
  undo(step: string, finding: Finding, more?: Partial<At>): Promise<void>
  applied: Map<string, Applied>
  fault(path: RegExp, as: Fault['as'], times?: number): void
  asked(path: RegExp): number
}

export const worlds: { close(): Promise<void> }[] = []

/** `settings` on top of the pretend vendor's own; `choices` on top of a resignation with everything handed over. */
export async function openWorld(
  options: GoogleWorkspaceOptions = {},
  settings: object = {},
  choices: Partial<Choices> = {},
): Promise<OpenWorld> {
  const traffic = process.env.VENDOR_TRAFFIC
  const server = await pretendGoogleWorkspace({ ...(traffic ? { traffic } : {}), ...options })
  const records: CallRecord[] = []
  const quick = { perSecond: 10_000, concurrent: 20 }
  const gate = createGate({
    ...google,
    use: 'google-workspace',
    send: loopback([server]),
    clock: systemClock,
    random: () => 0,
    onCall: (record) => void records.push(record),
    overrides: Object.fromEntries(google.limits.map(({ id }) => [id, quick])),
  })
  worlds.push({ close: async () => void (await Promise.all([gate.close(), server.close()])) })
  const client = await google.connect(google.settings.parse({ ...server.settings, ...settings }), gate)
  const applied = new Map<string, Applied>()
  const account = async (who = leaver) => (await google.locate(client, who))[0] as Account
  const mine = await account()
  const handOverTo = choices.handOverTo === undefined && 'handOverTo' in choices ? undefined : await account(receiver)

  function at(step: string, more: Partial<At> = {}): At<Client> {
    const reads = new SharedReads()
    return {
      client,
      leaver,
      account: mine,
      choices: { kind: 'resignation', devices: 'wipe', handOverTo: receiver, ...choices },
      ...(handOverTo && { handOverTo }),
      effectiveAt: new Date(),
      signal: new AbortController().signal,
      applied: (id) => applied.get(`${step} ${id}`),
      orders: () => ordersIn(applied, `${step} `),
      once: (key, read) => reads.once(key, read),
      ...more,
    }
  }

  async function apply(step: string, finding: Finding, more?: Partial<At>): Promise<Receipt | void> {
    const key = `${step} ${finding.id}`
    const { label } = finding
    applied.set(key, { ...applied.get(key), label, intentAt: new Date() })
    const receipt = await stepOf(step).apply(at(step, more), finding)
    applied.set(key, { label, intentAt: new Date(), answeredAt: new Date(), ...(receipt && { receipt }) })
    return receipt
  }

  return {
    server,
    client,
    state: server.world.truth(),
    records,
    user: (email) => userIn(server.world.truth(), email),
    account,
    find: async (step, more) => stepOf(step).find(at(step, more)),
    apply,
    async applyAll(step, more) {
      const findings = await stepOf(step).find(at(step, more))
      await Promise.all(findings.filter((one) => one.state === 'open').map((one) => apply(step, one, more)))
    },
    undo: async (step, finding, more) => stepOf(step).undo?.(at(step, more), finding),
    applied,
    fault: (path, as, times = 1) =>
      void server.faults.push({ when: (one) => path.test(`${one.method} ${one.path}`), as, times }),
    asked: (path) => server.calls.filter(({ asked }) => path.test(`${asked.method} ${asked.path}`)).length,
  }
}

export const everyScope = google.rights.map((one) => one.name.split('/auth/')[1] ?? '')

/** What only some leavers have: who reads their mail, whom they manage, calendars, computers, shared drives, holds. */
export function furnish(state: State): void {
  const { id } = userIn(state, cast.leaver)
  state.mailboxes[id]?.delegates.push({ delegateEmail: cast.other, verificationStatus: 'accepted' })
  for (const email of [cast.other, cast.namesake]) userIn(state, email).managerEmail = cast.leaver
  state.matters.push({
    matterId: 'm1',
    name: 'Namesake',
    state: 'OPEN',
    holds: [{ holdId: 'h1', name: 'Mail', accounts: [userIn(state, cast.namesake).id] }],
  })
  furnishCalendars(state)
  for (const [at, email] of [cast.leaver, `not.${cast.leaver}`].entries())
    for (const [deviceType, ownerType] of [
      ['WINDOWS', 'COMPANY'],
      ['WINDOWS', 'BYOD'],
      ['MAC_OS', 'COMPANY'],
    ] as const)
      state.endpoints.push({
        name: `devices/${deviceType}${ownerType}${at}/deviceUsers/u${at}`,
        userEmail: email,
        userState: 'APPROVED',
        deviceType,
        ownerType,
        deviceState: 'APPROVED',
        model: 'ThinkPad X1',
        serialNumber: `PF-${at}`,
      })
  const manager = { id: 'p1', type: 'user', role: 'organizer' } as const
  const reader = { id: 'p2', type: 'user', role: 'reader', emailAddress: cast.leaver } as const
  state.sharedDrives.push(
    { id: 'd1', name: 'Deals', people: [{ ...manager, emailAddress: cast.leaver }] },
    { id: 'd2', name: 'Company', people: [{ ...manager, emailAddress: cast.manager }, reader] },
  )
}

function furnishCalendars(state: State): void {
  const { id: owner } = userIn(state, cast.leaver)
  const mine = state.calendars.find((one) => one.owner === owner)
  mine?.rules.push({ role: 'writer', type: 'user', value: cast.other })
  mine?.rules.push({ role: 'reader', type: 'domain', value: state.domain })
  for (const [id, of] of [
    ['team@group.calendar.google.com', owner],
    ['office@group.calendar.google.com', userIn(state, cast.namesake).id],
  ] as const)
    state.calendars.push({
      id,
      summary: id,
      owner: of,
      primary: false,
      rules: [{ role: 'owner', type: 'user', value: cast.leaver }],
      events: [],
    })
  const meeting = { status: 'confirmed', summary: 'Weekly', organizer: cast.leaver, eventType: 'default' }
  const attendees = [cast.leaver, cast.other]
  mine?.events.push(
    { ...meeting, id: 'once', attendees, start: { dateTime: '2100-05-03T10:00:00Z' } },
    {
      ...meeting,
      id: 'weekly',
      attendees,
      start: { dateTime: '2024-05-06T10:00:00Z' },
      recurrence: ['RRULE:FREQ=WEEKLY;COUNT=900;BYDAY=MO', 'EXDATE:20240513T100000Z'],
    },
    { ...meeting, id: 'alone', attendees: [cast.leaver], start: { dateTime: '2100-05-03T10:00:00Z' } },
    { ...meeting, id: 'theirs', organizer: cast.other, attendees, start: { dateTime: '2100-05-03T10:00:00Z' } },
  )
}

export function stepOf(id: string): AutomaticStep<Client> {
  const step = google.steps.find((one) => one.id === id)
  if (!step || !('find' in step)) throw new Error(`the connector has no automatic step ${id}`)
  return step
}

export function userIn(state: State, email: string): User {
  const user = state.users.find((one) => one.primaryEmail === email)
  if (!user) throw new Error(`nobody has the address ${email}`)
  return user
}

/** Looks until it is so: the pretend Google shows a change a moment late. */
export async function eventually(world: OpenWorld, step: string, states: readonly string[]): Promise<void> {
  await vi.waitFor(async () => expect((await world.find(step)).map((one) => one.state)).toEqual(states), {
    timeout: 5000,
    interval: 25,
  })
}
