/**
 * Makes Slack equal to what `messages` says, and nothing waits for it: a revocation goes on while Slack is away, and
 * Slack is brought up to date when it is back.
 */
import { isDeepStrictEqual } from 'node:util'
import type { WebClient } from '@slack/web-api'
import type { Clock } from '../clock.ts'
import type { Log } from '../log.ts'
import type { Ledger } from '../offboarding/ledger.ts'
import type { Offboarding } from '../offboarding/offboarding.ts'
import { isQuiet } from '../offboarding/watch.ts'
import type { Audiences, ReadAudience } from './audience.ts'
import { type Message, messages } from './messages.ts'
import type { Anchor, ReportFile } from './options.ts'
import { nextBatch, placeKey, shownOf, unsent } from './outbox-plan.ts'
import { asItStands, type Desk, Later, send } from './outbox-post.ts'
import { type Drawn, hashOfShown, redraw } from './outbox-redraw.ts'
import { takeBack } from './outbox-take-back.ts'
import { pacer } from './pace.ts'

export interface Outbox {
  /** Looks at everything that is open, and at what was closed last. */
  start(): Promise<void>
  /** Something about this offboarding changed. */
  touch(id: string): void
  touchAll(): void
  /** Finishes the request that is under way and sends nothing more. */
  stop(): Promise<void>
  /** Resolves when everything is sent and drawn. */
  idle(): Promise<void>
  /** Why Slack is behind, if it is. */
  problem(): string | undefined
  /** What is still to be sent, and for how many milliseconds the oldest of it has waited. */
  waiting(): { posts: number; oldestMs: number }
}

export interface OutboxOptions {
  ledger: Ledger
  web: WebClient
  audiences: Audiences
  clock: Clock
  log: Log
  report(offboarding: Offboarding): Promise<readonly ReportFile[]>
  anchor(): Anchor
}

/** One offboarding's own clerk. */
interface Clerk {
  id: string
  dirty: boolean
  working?: Promise<void>
  /** Who reads along, as it was read last. */
  audience?: ReadAudience
  /** What is not sent yet, by place and message: since when, epoch ms. */
  unsent: Map<string, Map<string, number>>
  /** Places that rest, by place: until when, and how often in a row. */
  resting: Map<string, { until: number; times: number; why: string }>
  wake?: AbortController
}

interface Office {
  desk: Desk
  audiences: Audiences
  drawn: Drawn
  clerks: Map<string, Clerk>
  stopping: AbortController
}

/** How many closed offboardings are looked at on start, in case their last message was not sent. */
const lookBack = 20
const postGapMs = 1000
/** When Slack is away, a place is tried again after 1, 2, 4 … seconds, at most this. */
const longestRestMs = 60_000

export function createOutbox(options: OutboxOptions): Outbox {
  const stopping = new AbortController()
  const { ledger, web, clock, log, report, anchor } = options
  const desk: Desk = {
    ...{ ledger, web, clock, log, report, anchor },
    pacer: pacer(clock, stopping.signal),
    signal: stopping.signal,
    since: clock.now().getTime(),
    surelyNot: new Set(),
    lost: new Set(),
    opened: new Map(),
    refused: new Map(),
  }
  const office: Office = { desk, audiences: options.audiences, drawn: new Map(), clerks: new Map(), stopping }
  return {
    async start() {
      // What is only watched has been told, and a card for each of a month would keep the others waiting.
      for (const one of ledger.open()) if (!isQuiet(one) || one.watch?.cameBack.length) touch(office, one.id)
      for (const one of await ledger.closed(lookBack)) touch(office, one.id)
    },
    touch: (id) => touch(office, id),
    touchAll: () => {
      for (const one of ledger.open()) touch(office, one.id)
    },
    async stop() {
      stopping.abort(new Error('stopping'))
      await Promise.all([...office.clerks.values()].map((clerk) => clerk.working))
    },
    idle: () => idle(office),
    problem: () => problem(office),
    waiting: () => waiting(office),
  }
}

async function idle(office: Office): Promise<void> {
  for (;;) {
    const busy = [...office.clerks.values()].flatMap((clerk) => (clerk.working ? [clerk.working] : []))
    if (busy.length === 0) return
    await Promise.all(busy)
  }
}

function problem(office: Office): string | undefined {
  const [place, error] = [...office.desk.refused][0] ?? []
  if (place) return `Slack refuses messages to ${place} (${error}).`
  for (const clerk of office.clerks.values())
    for (const [where, rest] of clerk.resting) if (rest.times > 3) return `Slack is behind in ${where}: ${rest.why}.`
  return undefined
}

function waiting(office: Office): { posts: number; oldestMs: number } {
  const now = office.desk.clock.now().getTime()
  const since = [...office.clerks.values()].flatMap((clerk) =>
    [...clerk.unsent.values()].flatMap((place) => [...place.values()]),
  )
  return { posts: since.length, oldestMs: since.length > 0 ? now - Math.min(...since) : 0 }
}

/** Everything that waits in one place, at this moment. */
function note(office: Office, clerk: Clerk, place: string, keys: readonly string[]): void {
  const before = clerk.unsent.get(place)
  const now = office.desk.clock.now().getTime()
  if (keys.length === 0) clerk.unsent.delete(place)
  else clerk.unsent.set(place, new Map(keys.map((key) => [key, before?.get(key) ?? now])))
}

function touch(office: Office, id: string): void {
  if (office.stopping.signal.aborted) return
  const clerk: Clerk = office.clerks.get(id) ?? { id, dirty: true, unsent: new Map(), resting: new Map() }
  office.clerks.set(id, clerk)
  clerk.dirty = true
  clerk.wake?.abort()
  clerk.working ??= work(office, clerk).finally(() => {
    delete clerk.working
    if (clerk.dirty) touch(office, id)
    else if (clerk.resting.size === 0) office.clerks.delete(id)
  })
}

async function work(office: Office, clerk: Clerk): Promise<void> {
  const { signal } = office.stopping
  while (clerk.dirty && !signal.aborted) {
    clerk.dirty = false
    try {
      await round(office, clerk)
    } catch (error) {
      if (signal.aborted) return
      office.desk.log.error(
        { offboarding: clerk.id, error },
        'Slack could not be brought up to date; it is tried again',
      )
      rest(office, clerk, 'everything', 5000, 'an error of our own; the log says which')
    }
    if (!clerk.dirty && clerk.resting.size > 0) await sleepUntilNext(office, clerk)
  }
  if (signal.aborted) clerk.dirty = false
}

/** Wakes early when something changes; a place that rests is left alone all the same. */
async function sleepUntilNext(office: Office, clerk: Clerk): Promise<void> {
  const all = clerk.resting.get('everything')?.until
  const next = all ?? Math.min(...[...clerk.resting.values()].map((one) => one.until))
  clerk.wake = new AbortController()
  const either = AbortSignal.any([clerk.wake.signal, office.stopping.signal])
  try {
    await office.desk.clock.sleep(Math.max(0, next - office.desk.clock.now().getTime()), either)
  } catch (error) {
    if (!either.aborted) throw error
  }
  delete clerk.wake
  clerk.dirty = !office.stopping.signal.aborted
}

function rest(office: Office, clerk: Clerk, place: string, ms: number, why: string): void {
  const times = (clerk.resting.get(place)?.times ?? 0) + 1
  const pause = Math.max(ms, Math.min(longestRestMs, 1000 * 2 ** Math.min(times - 1, 6)))
  clerk.resting.set(place, { until: office.desk.clock.now().getTime() + pause, times, why })
  // Who reads along could not be asked, so what there is to send is not known: it counts as one.
  if (place === 'everything') note(office, clerk, place, [place])
}

interface Reading {
  one: Offboarding
  audience: ReadAudience
}

async function readNow(office: Office, clerk: Clerk): Promise<Reading | undefined> {
  const one = await office.desk.ledger.load(clerk.id)
  if (!one) return undefined
  const audience = await office.audiences.read(one)
  // The same object as long as it says the same: what was drawn for it is not drawn again.
  if (!isDeepStrictEqual(audience, clerk.audience)) clerk.audience = audience
  return { one, audience: clerk.audience ?? audience }
}

async function round(office: Office, clerk: Clerk): Promise<void> {
  const read = () => readNow(office, clerk)
  await resting(office, clerk, 'everything', async () => {
    const reading = await read()
    if (!reading) return
    await takeBack(office.desk, reading.one, reading.audience)
    const places = new Set(messages(reading.one, reading.audience).map((message) => placeKey(message.to)))
    forget(office, clerk, places)
    const posting = async () => {
      for (const place of places) await resting(office, clerk, place, () => serve(office, clerk, place))
    }
    const drawing = resting(office, clerk, 'redraw', async () => {
      if (await redraw(office.desk, office.drawn, clerk.id, read)) clerk.dirty = true
    })
    await Promise.all([posting(), drawing])
    // What turned out to be deleted while it was drawn is sent again.
    if ([...office.desk.lost].some((mark) => mark.startsWith(`${clerk.id} `))) clerk.dirty = true
    await resting(office, clerk, 'roles', async () => {
      if (reading.audience.partial) throw new Later(60_000, 'a role could not be read from Slack')
    })
  })
}

/** A place that nothing goes to any more does not keep a clerk awake. */
function forget(office: Office, clerk: Clerk, places: ReadonlySet<string>): void {
  const now = office.desk.clock.now().getTime()
  for (const [place, pause] of clerk.resting) {
    const ours = place === 'everything' || place === 'redraw' || place === 'roles' || places.has(place)
    if (!ours && pause.until <= now) clerk.resting.delete(place)
  }
  for (const place of clerk.unsent.keys()) if (!places.has(place)) clerk.unsent.delete(place)
}

/** Runs `work` unless the place rests; what it says about later is remembered. */
async function resting(office: Office, clerk: Clerk, place: string, work: () => Promise<void>): Promise<void> {
  const pause = clerk.resting.get(place)
  if (pause && pause.until > office.desk.clock.now().getTime()) return
  try {
    await work()
    clerk.resting.delete(place)
  } catch (error) {
    office.desk.signal.throwIfAborted()
    if (!(error instanceof Later) && !isSlackError(error)) throw error
    rest(office, clerk, place, error instanceof Later ? error.ms : 0, error.message)
  }
}

function isSlackError(error: unknown): error is Error {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('slack_')
}

/** Everything that is due in one place, in order, one message a second. */
async function serve(office: Office, clerk: Clerk, place: string): Promise<void> {
  const { desk } = office
  for (;;) {
    if (!nextOf(office, clerk, await readNow(office, clerk), place)) return
    await desk.pacer.turn(`post ${place}`, postGapMs)
    // Read again: while this waited for its turn, more results may have come that go along.
    const now = await readNow(office, clerk)
    const batch = nextOf(office, clerk, now, place)
    if (!now || !batch) return
    if (await send(desk, asItStands(desk, now.one), batch)) remember(office, now.one, batch.messages)
    // Found by looking: it shows what it was sent with, and may be out of date by now.
    else clerk.dirty = true
  }
}

function nextOf(office: Office, clerk: Clerk, reading: Reading | undefined, place: string) {
  if (!reading) return undefined
  const one = asItStands(office.desk, reading.one)
  const here = messages(one, reading.audience).filter((message) => placeKey(message.to) === place)
  note(
    office,
    clerk,
    place,
    unsent(here, one.posts).map((message) => message.key),
  )
  return nextBatch(here, one.posts)
}

/** What was just sent needs no redrawing. */
function remember(office: Office, one: Offboarding, sent: readonly Message[]): void {
  const [only] = sent
  if (only?.live)
    office.drawn.set(`${one.id} ${only.key}`, hashOfShown(shownOf(one, { keys: [only.key], messages: sent })))
}
