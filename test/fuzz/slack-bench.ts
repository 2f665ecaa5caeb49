/**
 * The bot's ears without Slack: Bolt's App is a list of listeners, its Web API answers from memory, and everything that a
 * person would be shown is kept and looked at as Slack would.
 */
import type { App } from '@slack/bolt'
import { WebAPIPlatformError } from '@slack/web-api'
import { gestures } from '../../commands/index.ts'
import { silentLog } from '../../src/log.ts'
import { Event } from '../../src/offboarding/event.ts'
import { type Ledger, openLedger } from '../../src/offboarding/ledger.ts'
import type { Person } from '../../src/offboarding/offboarding.ts'
import { cast, employee, employees } from '../../src/sandbox/company.ts'
import { problemsOf } from '../../src/sandbox/slack/limits.ts'
import type { Ears } from '../../src/slack/hear.ts'
import { listen } from '../../src/slack/hear.ts'
import type { SlackOptions } from '../../src/slack/options.ts'
import { slackPeople } from '../../src/slack/people.ts'
import { inFlight } from '../../src/slack/perform.ts'
import { seen } from '../../src/slack/seen.ts'
import { createTools } from '../../src/slack/tools.ts'
import type { Web } from '../../src/slack/web.ts'
import { memoryStore } from '../support/memory-store.ts'
import { at, running, step, t0 } from '../support/story.ts'
import { must } from './door.ts'

export const ids = {
  leaver: employee(cast.leaver).slackId,
  hr: employee(cast.hr).slackId,
  it: employee(cast.it).slackId,
  manager: employee(cast.manager).slackId,
  other: employee(cast.other).slackId,
}

export const team = 'T0EXAMPLE'

/** What one delivery came to. */
export interface Heard {
  acks: unknown[]
  /** Texts and views that people were shown. */
  shown: { kind: 'message' | 'modal'; payload: unknown }[]
  /** Errors that no gesture expected; each is an apology with a reference to the person. */
  apologies: unknown[]
  ledger: Ledger
}

type Listener = (args: Record<string, unknown>) => Promise<unknown>

interface Listeners {
  command: Map<string, Listener>
  shortcut: Map<string, Listener>
  action: Map<string, Listener>
  view: Map<string, Listener>
  event: Map<string, Listener>
}

export type Kind = keyof Listeners

/** Names under which something listens. */
export const names: Record<Kind, string[]> = namesHeard()

/** For the real Bolt: every gesture of ours, over a Web API from memory. */
export function listenTo(app: App): void {
  listen(app, openBench().ears)
}

/** Hands one payload to the listener of that name, as Bolt does. Rejects where the listener does. */
export async function deliver(kind: Kind, name: string, body: unknown): Promise<Heard> {
  const bench = left ?? openBench()
  left = undefined
  const { listeners, ears, heard } = bench
  const ack = async (answer?: unknown) => void heard.acks.push(answer)
  const respond = async (message: unknown) => void heard.shown.push({ kind: 'message', payload: message })
  await listeners[kind].get(name)?.({ ack, respond, body, payload: body, context: {} })
  await ears.inFlight.drained()
  const told = { ...heard }
  if (bench.isAsNew()) left = bench
  return told
}

/** One after whose delivery everything stood as before, so that the next finds what a new one would show it. */
let left: Bench | undefined

interface Bench {
  listeners: Listeners
  ears: Ears
  heard: Heard
  /** Clears what was heard; false where something else has changed. */
  isAsNew(): boolean
}

/** What holds for whatever was delivered. */
export function checkHeard(kind: Kind, heard: Heard): void {
  const [apology] = heard.apologies
  if (apology) throw new Error('an error that no gesture expected', { cause: apology })
  must(kind === 'event' || heard.acks.length === 1, `answered ${heard.acks.length} times`)
  for (const answer of heard.acks) checkAck(answer)
  for (const { kind: what, payload } of heard.shown) checkShown(what, payload)
}

function checkAck(answer: unknown): void {
  if (answer === undefined) return
  const {
    response_action: action,
    view,
    errors,
  } = answer as { response_action: string; view?: unknown; errors?: object }
  if (action === 'update') return checkShown('modal', view)
  must(action === 'errors' && errors, `a strange answer: ${JSON.stringify(answer)}`)
  for (const one of Object.values(errors)) must(isPlain(one, 300), `said at a field: ${JSON.stringify(one)}`)
}

function checkShown(kind: 'message' | 'modal', payload: unknown): void {
  const found = problemsOf(kind, kind === 'message' ? messageOf(payload) : payload)
  must(found.length === 0, `Slack would refuse it: ${found.join('; ')}`)
  const { text } = payload as { text?: unknown }
  if (kind !== 'message') return noMarkup(payload)
  must(typeof text === 'string' && isPlain(text.replaceAll('\n', ' '), 1500), `said: ${JSON.stringify(text)}`)
  must(!/[<>]/.test(text), `markup in what was said: ${JSON.stringify(text)}`)
  noMarkup((payload as { blocks?: unknown }).blocks)
}

/** `respond` takes more fields than a message has. */
function messageOf(payload: unknown): unknown {
  const { response_type: _type, replace_original: _replace, ...message } = payload as Record<string, unknown>
  return message
}

function noMarkup(value: unknown): void {
  if (typeof value !== 'object' || value === null) return
  const { type } = value as { type?: unknown }
  must(type !== 'mrkdwn', 'words of others in markup')
  if (type === 'user' || type === 'usergroup') {
    const id = (value as Record<string, unknown>)[`${type}_id`]
    must(known.has(id), `a mention of ${JSON.stringify(id)}`)
  }
  for (const one of Object.values(value)) noMarkup(one)
}

const known = new Set<unknown>([...employees.map((one) => one.slackId), 'UHR', 'UIT', 'UBOSS', 'UJO'])

/** One readable line of bounded length. */
function isPlain(text: unknown, most: number): boolean {
  return (
    typeof text === 'string' &&
    text.length <= most &&
    !/[\p{Cc}\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/u.test(text)
  )
}

function openBench(): Bench {
  const heard: Heard = { acks: [], shown: [], apologies: [], ledger: undefined as never }
  const { ledger, isUntouched } = ledgerOf(heard)
  heard.ledger = ledger
  const web = webOf(heard)
  const clock = { now: () => new Date(t0 + 10 * 60_000), sleep: neverWakes }
  const roles = { hr: { users: [ids.hr] }, it: { users: [ids.it] } }
  const people = slackPeople({ web: web.quick, clock, roles, team: () => team })
  const log = {
    ...silentLog,
    error: (fields: { error?: unknown }) => void heard.apologies.push(fields.error ?? fields),
  }
  let sign: { by: Person; why: string; at: string } | undefined
  let signChanged = false
  const options = {
    ledger,
    settings: { channel: 'C0OFFBOARD', protected: [cast.protected], requesters: ['hr', 'it', 'managers'] },
    policy: {
      signOffWithin: 1,
      remindEvery: 1,
      startsPerHour: 20,
      containWithin: 1,
      irreversibleAfter: 0,
      waitingFor: 1,
    },
    systems: [
      { id: 'okta', title: 'Okta' },
      { id: 'aws', title: 'AWS' },
    ],
    clock,
    log,
    gestures,
    managerOf: async () => [cast.manager],
    halts: {
      stopped: () => sign,
      stop(by: Person, why: string) {
        sign = { by, why, at: at(10) }
        signChanged = true
      },
      resume() {
        sign = undefined
        signChanged = true
      },
    },
    report: async () => [],
  } as unknown as SlackOptions
  const publishHome = async () => undefined
  const signal = new AbortController().signal
  const tools = createTools({ options, people, web, signal, publishHome, audienceChanged: () => undefined })
  const ears: Ears = {
    gestures,
    tools: { ...tools, sendReport: async () => undefined },
    web: () => web,
    seen: seen(),
    log,
    inFlight: inFlight(),
  }
  const isAsNew = () => {
    const asNew = isUntouched() && !signChanged && heard.apologies.length === 0
    Object.assign(heard, { acks: [], shown: [], apologies: [] })
    ears.seen = seen()
    return asNew
  }
  return { listeners: heardBy(ears), ears, heard, isAsNew }
}

/** Waits for nothing but its end. */
function neverWakes(_ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((_done, failed) => {
    signal?.addEventListener('abort', () => failed(signal.reason), { once: true })
  })
}

function heardBy(ears: Ears): Listeners {
  const listeners: Listeners = {
    command: new Map(),
    shortcut: new Map(),
    action: new Map(),
    view: new Map(),
    event: new Map(),
  }
  const on = (kind: Kind) => (name: string, listener: Listener) => void listeners[kind].set(name, listener)
  const app = {
    command: on('command'),
    shortcut: on('shortcut'),
    action: on('action'),
    view: on('view'),
    event: on('event'),
  }
  listen(app as unknown as App, ears)
  return listeners
}

function namesHeard(): Record<Kind, string[]> {
  const listeners = heardBy({ gestures } as unknown as Ears)
  return Object.fromEntries(Object.entries(listeners).map(([kind, map]) => [kind, [...map.keys()]])) as never
}

const story = running([step('okta/suspend'), step('aws/keys', { phase: 'remove' })])
const failed: Event = {
  type: 'step-ended',
  at: at(5),
  step: 'okta/suspend@main',
  ending: 'failed',
  fact: 'no',
  findings: [],
  ms: 1,
}

/** One that waits for signatures, and one in which a step failed. Nothing may be kept that could not be read back. */
function ledgerOf(heard: Heard): { ledger: Ledger; isUntouched: () => boolean } {
  const [asked, planned] = story as [Event, Event]
  const store = memoryStore(
    new Map([
      ['off-1', [{ ...asked, leaver: { id: 'UX', name: 'X', emails: ['x@example.com'] } } as Event, planned]],
      ['off-2', [...story, { type: 'step-started', at: at(4), step: 'okta/suspend@main' }, failed]],
    ]),
  )
  let appended = false
  store.before = (_id, events) => {
    appended = true
    for (const event of events) {
      const read = Event.safeParse(event)
      if (!read.success) heard.apologies.push(new Error('an event that could not be kept', { cause: read.error }))
    }
  }
  let made = 2
  const ledger = openLedger(store, { newId: () => `off-${++made}`, now: () => new Date(t0 + 10 * 60_000) })
  return { ledger, isUntouched: () => !appended && made === 2 }
}

function webOf(heard: Heard): Web {
  const show = (kind: 'message' | 'modal') => async (call: Record<string, unknown>) => {
    const { channel: _channel, unfurl_links: _unfurl, ...message } = call
    heard.shown.push({ kind, payload: kind === 'modal' ? call.view : message })
    return { ok: true, view: { id: 'V1' } }
  }
  const views = { open: show('modal'), push: show('modal'), update: show('modal'), publish: show('modal') }
  const find = (good: (one: (typeof employees)[number]) => boolean) => {
    const one = employees.find(good)
    if (!one) throw new WebAPIPlatformError({ ok: false, error: 'users_not_found' })
    return {
      user: {
        id: one.slackId,
        team_id: team,
        name: one.name,
        profile: { real_name: one.name, email: one.email },
        tz: one.zone,
      },
    }
  }
  const client = {
    users: {
      info: async ({ user }: { user: string }) => find((one) => one.slackId === user),
      lookupByEmail: async ({ email }: { email: string }) => find((one) => one.email === email),
    },
    conversations: { open: async () => ({ channel: { id: 'D1' } }) },
    chat: { postMessage: show('message') },
    views,
  }
  return { quick: client, slow: client } as unknown as Web
}
