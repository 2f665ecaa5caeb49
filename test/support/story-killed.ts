/** One offboarding from the command to the report, by a bot that may be killed at any moment and is started again. */
import { rmSync } from 'node:fs'
import { summarize } from '../../src/bot.ts'
import { systemClock } from '../../src/clock.ts'
import type { Event } from '../../src/offboarding/event.ts'
import { openLedger } from '../../src/offboarding/ledger.ts'
import type { Offboarding } from '../../src/offboarding/offboarding.ts'
import { cast, employee } from '../../src/sandbox/company.ts'
import { openWorld, type SandboxWorld } from '../../src/sandbox/sandbox.ts'
import type { Asked, Fault, Pretend } from '../../src/sandbox/server.ts'
import type { Post } from '../../src/sandbox/slack/index.ts'
import { realDisk } from '../../src/store/disk.ts'
import { openEmbeddedStore } from '../../src/store/embedded.ts'
import { type Verified, verifyJournal } from '../../src/store/verify.ts'
import { actionOf } from './story-bed.ts'
import {
  ask,
  cardOf,
  isOver,
  offers,
  ownerOf,
  patience,
  person,
  storyOf,
  tasksOf,
  threadOf,
  until,
} from './story-people.ts'
import { type Killing, type Life, options, supervised } from './story-supervisor.ts'

export interface Ended {
  starts: number
  offboarding: Offboarding
  history: readonly Event[]
  journal: Verified
  /** What the vendors hold in truth. */
  vendors: Record<string, unknown>
  /** Calls that make something new each time they are done, by kind, and how often the vendor did them. */
  made: Record<string, number>
  cards: number
  thread: readonly Post[]
  files: { name: string; content: string; shares: number }[]
  story: string
}

/** `arm` sets the trap before anybody types anything. */
export async function story(arm: (at: Killing) => void = () => undefined): Promise<Ended> {
  const { VENDOR_TRAFFIC: traffic } = process.env
  const world = await openWorld({ ...options, ...(traffic ? { traffic } : {}) })
  // Many of these run side by side, so nobody is held to Slack's three seconds here.
  world.slack.knobs.triggerMs = patience
  const life = supervised(world)
  try {
    arm(life.at)
    await life.up()
    const id = await people(life)
    await life.end()
    return await ended(world, id, life.at.starts)
  } finally {
    await life.end()
    await world.close()
    rmSync(world.folder, { recursive: true, force: true })
  }
}

/** From the last thing that people do to the report, with a crash in between, on a busy machine; ms. */
const longest = 150_000

/** People ask, sign and do their tasks; what nobody took, they press again once the bot is back. */
async function people({ at, up }: Life): Promise<string> {
  const { slack } = at
  const line = '/offboard @jo.miller'
  const id = await ask(at, cast.manager, line, { 'hand-over': employee(cast.manager).slackId })
  const done = () => at.alive() && isOver(at, id) && slack.files().length >= 2 && /is done/.test(lastNews(at))
  for (;;) {
    const wish = await until(at, id, () => done() || wanted(at, id), 'something to do, or the end', longest)
    if (wish === true) return id
    await up()
    const card = cardOf(at, id)
    const starts = at.starts
    if (!card || !offers(card, wish.action)) continue
    if (wish.action === 'sign-it') at.signed = true
    const answer = await person(at, wish.who).click(card, wish.action, wish.options).catch(absent)
    if (!answer?.acked) continue
    const seen = () => starts !== at.starts || !still(at, id, wish)
    await until(at, id, seen, `${wish.action} to be heard`, longest)
  }
}

function lastNews(at: Killing): string {
  return at.slack.dms(employee(cast.manager).slackId).at(-1)?.text ?? ''
}

/** The card was drawn again between looking and pressing. */
function absent(error: unknown): undefined {
  if (!/does not show/.test(String(error))) throw error
}

interface Wanted {
  who: string
  action: string
  options: { blockId?: string }
}

function wanted(at: Killing, id: string): Wanted | undefined {
  const card = cardOf(at, id)
  if (offers(card, 'sign-hr')) return { who: cast.hr, action: 'sign-hr', options: {} }
  if (offers(card, 'sign-it')) return { who: cast.it, action: 'sign-it', options: {} }
  const [task] = tasksOf(at, id)
  return task && { who: ownerOf(task), action: 'task-done', options: { blockId: task.block } }
}

function still(at: Killing, id: string, wish: Wanted): boolean {
  const now = wanted(at, id)
  return now?.action === wish.action && now.options.blockId === wish.options.blockId
}

async function ended(world: SandboxWorld, id: string, starts: number): Promise<Ended> {
  const { slack, channel, folder, vendors } = world
  const journal = await verifyJournal(folder, realDisk)
  const parts = { folder, disk: realDisk, clock: systemClock, summarize, onFatal: () => undefined }
  const store = await openEmbeddedStore(parts)
  const ledger = openLedger(store, { newId: () => id, now: () => new Date() })
  const [offboarding] = ledger.open()
  if (!offboarding || ledger.open().length > 1) throw new Error(`${ledger.open().length} offboardings are on record`)
  const history = (await ledger.history(id)) ?? []
  await store.stop()
  const cards = slack.messages(channel).length
  const files = slack.files().map(({ name, bytes, shares }) => ({
    name,
    content: bytes?.toString('utf8') ?? '',
    shares: shares.length,
  }))
  const made = { ...madeAt(vendors.aws, isMadeAtAws), ...madeAt(vendors.google, isMadeAtGoogle) }
  const held = { aws: vendors.aws.world.truth(), google: vendors.google.world.truth() }
  const thread = threadOf(world, id)
  return { starts, offboarding, history, journal, vendors: held, made, cards, thread, files, story: storyOf(world, id) }
}

function isMadeAtAws(asked: Asked): string | undefined {
  return actionOf(asked) === 'PutUserPolicy' ? 'AWS inline policy' : undefined
}

function isMadeAtGoogle(asked: Asked): string | undefined {
  const [, kind] = /\/(transfers|delegates|members|aliases)$/.exec(asked.path) ?? []
  return asked.method === 'POST' && kind ? `Google ${kind}` : undefined
}

function madeAt(vendor: Pretend, kindOf: (asked: Asked) => string | undefined): Record<string, number> {
  const made: Record<string, number> = {}
  for (const { asked, status } of vendor.calls) {
    const kind = status >= 200 && status < 300 ? kindOf(asked) : undefined
    if (kind) made[kind] = (made[kind] ?? 0) + 1
  }
  return made
}

/** Kills when the vendor is asked for the `nth` of these; `as` says whether the vendor still does it. */
export function killAtCall(
  at: Killing,
  vendor: Pretend,
  which: (asked: Asked) => boolean,
  nth: number,
  as: Dying,
): void {
  let seen = 0
  vendor.faults.push({
    when(asked) {
      if (!which(asked)) return false
      seen += 1
      if (seen === nth) at.kill()
      return seen === nth
    },
    as,
  })
}

/** `lost`: it is done, and nobody hears of it. `reset`: it never arrives. */
export type Dying = Extract<Fault['as'], 'lost' | 'reset'>

/** Kills when Slack is called for the `nth` time in this way. */
export function killAtSlack(
  at: Killing,
  method: string,
  which: (args: Record<string, string>) => boolean,
  nth: number,
  as: Dying,
): void {
  let seen = 0
  at.slack.faults.next(method, {
    when(args) {
      if (!which(args)) return false
      seen += 1
      if (seen === nth) at.kill()
      return seen === nth
    },
    as,
  })
}

/** A post below a card that holds results of steps. */
export function tellsResults(args: Record<string, string>): boolean {
  return args.thread_ts !== undefined && /"step\//.test((args.metadata ?? '').replaceAll('\\', ''))
}
