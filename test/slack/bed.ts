/** The bot's Slack part against the pretend Slack, on a clock that runs fast for both. */

import { gestures } from '../../commands/index.ts'
import type { Clock } from '../../src/clock.ts'
import { systemClock } from '../../src/clock.ts'
import { silentLog } from '../../src/log.ts'
import type { Event } from '../../src/offboarding/event.ts'
import { type Ledger, openLedger } from '../../src/offboarding/ledger.ts'
import type { Offboarding, Plan, PlanStep } from '../../src/offboarding/offboarding.ts'
import { digestOf } from '../../src/offboarding/plan.ts'
import { cast, employee, employees } from '../../src/sandbox/company.ts'
import { type SlackOptions as PretendOptions, type PretendSlack, pretendSlack } from '../../src/sandbox/slack/index.ts'
import type { SlackOptions } from '../../src/slack/options.ts'
import { scopes } from '../../src/slack/scopes.ts'
import { createSlack, type Slack } from '../../src/slack/slack.ts'
import { type MemoryStore, memoryStore } from '../support/memory-store.ts'

/** Real time, so many times faster. */
export function fastClock(factor: number): Clock {
  const start = Date.now()
  return {
    now: () => new Date(start + (Date.now() - start) * factor),
    sleep: (ms, signal) => systemClock.sleep(ms / factor, signal),
  }
}

export const speed = 40

export const ids = {
  leaver: employee(cast.leaver).slackId,
  namesake: employee(cast.namesake).slackId,
  manager: employee(cast.manager).slackId,
  hr: employee(cast.hr).slackId,
  hrSubstitute: employee(cast.hrSubstitute).slackId,
  it: employee(cast.it).slackId,
  itSubstitute: employee(cast.itSubstitute).slackId,
  glass: employee(cast.protected).slackId,
  other: employee(cast.other).slackId,
}

export const room = 'C0OFFBOARD'
const tokens = { botToken: 'xoxb-pretend', appToken: 'xapp-pretend', signingSecret: 'pretend-secret' }
const hour = 3600_000

export const policy = {
  signOffWithin: 72 * hour,
  remindEvery: 4 * hour,
  startsPerHour: 20,
  containWithin: 4 * hour,
  irreversibleAfter: 0,
  waitingFor: 24 * hour,
}

export interface Bed {
  slack: PretendSlack
  app: Slack
  ledger: Ledger
  store: MemoryStore
  clock: Clock
  fatal: Error[]
  /** Another process over the same store, after the first one died. */
  again(): Promise<Bed>
  close(): Promise<void>
}

export interface BedOptions {
  mode?: 'socket' | 'http'
  pretend?: Partial<PretendOptions>
  slack?: Partial<SlackOptions>
  settings?: Partial<SlackOptions['settings']>
  store?: MemoryStore
  /** Left out: the bot is not started. */
  start?: boolean
}

export async function bed(options: BedOptions = {}): Promise<Bed> {
  const clock = fastClock(speed)
  const mode = options.mode ?? 'socket'
  const slack = await pretendSlack({
    employees,
    mode,
    ...tokens,
    clock,
    scopes: scopes.map((scope) => scope.name),
    commands: ['/offboard'],
    shortcuts: ['offboard'],
    events: ['app_home_opened', 'member_joined_channel', 'channel_shared'],
    ackMs: 3000 * speed,
    triggerMs: 3000 * speed,
    rates: { speed: 1.2 },
    shareMs: 200,
    channels: [{ id: room, name: 'offboarding', private: true, members: [ids.hr, ids.it, ids.hrSubstitute] }],
    userGroups: [{ id: 'S0HR', handle: 'hr', users: [ids.hr, ids.hrSubstitute] }],
    ...options.pretend,
  })
  return bedOn(slack, clock, options, options.store ?? memoryStore())
}

/** A process over a pretend Slack that is there already. */
export async function bedOn(slack: PretendSlack, clock: Clock, options: BedOptions, store: MemoryStore): Promise<Bed> {
  let made = 0
  const ledger = openLedger(store, { newId: () => `off-${++made}`, now: () => clock.now() })
  const mode = options.mode ?? 'socket'
  const fatal: Error[] = []
  const app = await createSlack({
    ledger,
    settings: {
      channel: room,
      apiUrl: slack.apiUrl,
      tokens: { bot: tokens.botToken, app: tokens.appToken, signingSecret: tokens.signingSecret },
      mode,
      port: 0,
      roles: { hr: { group: 'S0HR' }, it: { users: [ids.it], substitutes: [ids.itSubstitute] } },
      requesters: ['hr', 'it', 'managers'],
      protected: [cast.protected],
      ...options.settings,
    },
    policy,
    systems: [
      { id: 'okta', title: 'Okta' },
      { id: 'aws', title: 'AWS' },
    ],
    clock,
    log: silentLog,
    gestures,
    managerOf: async () => [cast.manager],
    halts: { stopped: () => undefined, stop: () => undefined, resume: () => undefined },
    anchor: () => ({ seq: 7, hash: 'a'.repeat(64), key: 'b'.repeat(64) }),
    report: async (one) => [
      { name: `${one.id}.json`, content: '{"report":true}' },
      { name: `${one.id}.html`, content: '<p>report</p>' },
    ],
    health: () => ({ live: true, ready: true }),
    onFatal: (error) => void fatal.push(error),
    ...options.slack,
  })
  if (options.start !== false) {
    await app.start()
    if (mode === 'http') slack.setEventsUrl(`http://127.0.0.1:${app.port()}/slack/events`)
    await slack.connected(mode === 'socket' ? 2 : 1)
  }
  return {
    ...{ slack, app, ledger, store, clock, fatal },
    again: async () => {
      await app.stop()
      return bedOn(slack, clock, options, store)
    },
    close: async () => {
      await app.stop()
      await slack.close()
    },
  }
}

export function planOf(one: Offboarding, steps: readonly PlanStep[], more: Partial<Plan> = {}): Plan {
  const parts = { steps: [...steps], ambiguous: [], unreadable: [], protected: [], ...more }
  return { at: one.requestedAt, ...parts, digest: digestOf({ ...parts, choices: one.choices }) }
}

export function jo(): Offboarding['leaver'] {
  return { id: ids.leaver, slackId: ids.leaver, name: 'Jo Miller', emails: [cast.leaver], zone: 'America/New_York' }
}

/** Asked for by the manager, straight on the record. */
export async function asked(bed: Bed, steps: readonly PlanStep[], more: Partial<Plan> = {}): Promise<Offboarding> {
  const one = await bed.ledger.request({
    type: 'requested',
    at: bed.clock.now().toISOString(),
    by: { id: ids.manager, name: 'Ada Okafor', email: cast.manager },
    leaver: jo(),
    choices: { kind: 'resignation', devices: 'lock' },
    policy,
    channel: room,
    requestKey: 'V-test',
  })
  return bed.ledger.record(one.id, {
    type: 'planned',
    at: one.requestedAt,
    plan: planOf(one, steps, more),
    purpose: 'sign-off',
  })
}

/** Signed by both and started, without Slack having a say. */
export async function started(bed: Bed, steps: readonly PlanStep[]): Promise<Offboarding> {
  const one = await asked(bed, steps)
  const at = bed.clock.now().toISOString()
  const facts = { guest: false, external: false, deactivated: false, bot: false, readAt: at }
  const hr = { id: ids.hr, name: 'Hana Sato', holds: ['hr' as const], ...facts }
  const it = { id: ids.it, name: 'Ivo Novak', holds: ['it' as const], ...facts }
  const digest = one.plan?.digest ?? ''
  await bed.ledger.record(one.id, { type: 'signed', at, by: hr, role: 'hr', digest })
  await bed.ledger.record(one.id, { type: 'signed', at, by: it, role: 'it', digest })
  return bed.ledger.record(one.id, { type: 'planned', at, plan: planOf(one, steps), purpose: 'run' })
}

export async function end(
  bed: Bed,
  id: string,
  step: string,
  ending: 'verified' | 'failed',
  fact = 'status=SUSPENDED',
) {
  const at = () => bed.clock.now().toISOString()
  const findings = ending === 'verified' ? [{ id: 'one', label: 'One', state: 'done' as const, fact }] : []
  const events: Event[] = [
    { type: 'step-started', at: at(), step },
    { type: 'step-ended', at: at(), step, ending, fact, findings, ms: 800 },
  ]
  await bed.ledger.record(id, ...events)
}
