/**
 * Sends one batch so that it is there exactly once: the order is on record before it is sent and its place afterwards; an
 * answer that got lost is waited out, looked for, and only what is not there is sent again.
 */
import type { WebClient } from '@slack/web-api'
import type { Clock } from '../clock.ts'
import type { Log } from '../log.ts'
import type { Ledger } from '../offboarding/ledger.ts'
import type { Offboarding } from '../offboarding/offboarding.ts'
import { findPosted, metadataOf } from './find-posted.ts'
import type { Message, Place } from './messages.ts'
import type { Anchor, ReportFile } from './options.ts'
import { type Batch, inDoubt, placeKey, shownOf } from './outbox-plan.ts'
import type { Pacer } from './pace.ts'
import { isOurFile, NotShown, uploadReport } from './upload.ts'
import type { Shown } from './views/blocks.ts'
import { anchorNotice } from './views/thread.ts'
import { postTimeoutMs, type Trouble, troubleOf } from './web.ts'

export interface Desk {
  ledger: Ledger
  web: WebClient
  clock: Clock
  pacer: Pacer
  log: Log
  signal: AbortSignal
  report(offboarding: Offboarding): Promise<readonly ReportFile[]>
  anchor(): Anchor
  /** When this process began, epoch ms: what the one before it sent was on its way no later than that. */
  since: number
  /** Slack itself said that these (`id key`) were not done, so they need no look. */
  surelyNot: Set<string>
  /** Posted once, and gone: somebody deleted them. */
  lost: Set<string>
  /** Direct message channels by person. */
  opened: Map<string, string>
  /** What Slack refuses at this moment, by place; for the health page. */
  refused: Map<string, string>
}

/** Not now: again in so many milliseconds. */
export class Later extends Error {
  override readonly name = 'Later'
  readonly ms: number
  constructor(ms: number, why: string) {
    super(why)
    this.ms = ms
  }
}

class SlackTrouble extends Error {
  override readonly name = 'SlackTrouble'
  readonly trouble: Trouble
  /** Whether the order itself was under way, so that it may have landed. */
  readonly ordered: boolean
  constructor(trouble: Trouble, ordered: boolean) {
    super(trouble.kind === 'busy' ? 'Slack is busy' : trouble.error)
    this.trouble = trouble
    this.ordered = ordered
  }
}

/** Longer than a request can still be under way. */
const settleMs = postTimeoutMs + 2000
/** How long a channel rests that refuses us: it was archived, or the app was removed. */
const refusedMs = 60_000
const againMs = 5000

const badBlocks = new Set(['invalid_blocks', 'invalid_blocks_format', 'msg_blocks_too_long', 'invalid_attachments'])
const badThread = new Set(['thread_not_found', 'cannot_reply_to_message'])

async function ask<T>(ordered: boolean, call: () => Promise<T>): Promise<T> {
  try {
    return await call()
  } catch (error) {
    if (error instanceof NotShown) throw new SlackTrouble({ kind: 'refused', error: error.message }, ordered)
    throw new SlackTrouble(troubleOf(error), ordered)
  }
}

/** What is on record, less what was deleted in Slack since. */
export function asItStands(desk: Desk, one: Offboarding): Offboarding {
  const gone = Object.keys(one.posts).filter((key) => desk.lost.has(`${one.id} ${key}`))
  if (gone.length === 0) return one
  const posts = { ...one.posts }
  for (const key of gone) {
    const { ts: _ts, ...rest } = posts[key] ?? { channel: one.channel, postingAt: one.requestedAt }
    posts[key] = rest
  }
  return { ...one, posts }
}

/** Whether it was sent just now as it is; throws Later where it has to be tried again. `one` as it stands. */
export async function send(desk: Desk, one: Offboarding, batch: Batch): Promise<boolean> {
  const [first] = batch.messages
  if (!first) return false
  try {
    const channel = await channelOf(desk, first.to)
    const doubtful = batch.messages.filter(
      (message) => inDoubt(message, one.posts) && !desk.surelyNot.has(`${one.id} ${message.key}`),
    )
    if (doubtful.length > 0) await look(desk, one, doubtful, channel)
    else await order(desk, one, batch, channel, saidBy(desk, one, batch))
    desk.refused.delete(placeKey(first.to))
    return doubtful.length === 0
  } catch (error) {
    if (!(error instanceof SlackTrouble)) throw error
    await afterTrouble(desk, one, batch, first, error)
    return false
  }
}

async function channelOf(desk: Desk, to: Place): Promise<string> {
  if ('channel' in to) return to.channel
  const before = desk.opened.get(to.user)
  if (before) return before
  const { channel } = await ask(false, () => desk.web.conversations.open({ users: to.user }))
  if (!channel?.id) throw new SlackTrouble({ kind: 'in-doubt', error: 'no channel in the answer' }, false)
  desk.opened.set(to.user, channel.id)
  return channel.id
}

/** Finds what has landed; what has not is known to be absent from then on, and is sent in the next round. */
async function look(desk: Desk, one: Offboarding, doubtful: readonly Message[], channel: string): Promise<void> {
  const times = doubtful.map((message) => one.posts[message.key]?.postingAt ?? one.requestedAt).sort()
  const left = Math.max(desk.since, Date.parse(times.at(-1) ?? '')) + settleMs - desk.clock.now().getTime()
  if (left > 0) throw new Later(left, 'an order whose answer was lost may still land')
  const thread = doubtful[0]?.thread
  const threadTs = thread ? one.posts[thread]?.ts : undefined
  const where = { channel, threadTs, since: times[0] ?? one.requestedAt }
  const seen = await ask(false, () => findPosted(desk.web, one.id, where))
  for (const message of doubtful) {
    const files = message.says.kind === 'report'
    const hit = seen.find((other) =>
      files ? other.files.some((name) => isOurFile(one, name)) : other.keys.includes(message.key),
    )
    if (hit) await keepPosted(desk, one.id, [message.key], channel, hit.ts)
    else desk.surelyNot.add(`${one.id} ${message.key}`)
  }
}

async function order(
  desk: Desk,
  one: Offboarding,
  batch: Batch,
  channel: string,
  said: Pick<Target, 'shown' | 'more'>,
): Promise<void> {
  const at = desk.clock.now().toISOString()
  await desk.ledger.record(one.id, ...batch.keys.map((key) => ({ type: 'posting' as const, at, key, channel })))
  for (const key of batch.keys) desk.surelyNot.delete(`${one.id} ${key}`)
  const [first] = batch.messages
  const threadTs = first?.thread ? one.posts[first.thread]?.ts : undefined
  const ts =
    first?.says.kind === 'report'
      ? await sendReport(desk, one, channel, threadTs)
      : await post(desk, one, batch, { channel, threadTs, ...said })
  await keepPosted(desk, one.id, batch.keys, channel, ts)
}

interface Target {
  channel: string
  threadTs: string | undefined
  shown: Shown
  /** For machines, in the message's metadata. */
  more?: { seq: number; hash: string; signing_key: string }
}

/** What the batch says now; an anchor, where the record stands at this very moment. */
function saidBy(desk: Desk, one: Offboarding, batch: Batch): Pick<Target, 'shown' | 'more'> {
  if (batch.messages[0]?.says.kind !== 'anchor') return { shown: shownOf(one, batch) }
  const anchor = desk.anchor()
  return { shown: anchorNotice(anchor), more: { seq: anchor.seq, hash: anchor.hash, signing_key: anchor.key } }
}

async function post(desk: Desk, one: Offboarding, batch: Batch, target: Target): Promise<string> {
  const { channel, threadTs, shown, more } = target
  const sent = await ask(true, () =>
    desk.web.chat.postMessage({
      channel,
      text: shown.text,
      ...(shown.blocks.length > 0 ? { blocks: shown.blocks } : {}),
      ...(threadTs ? { thread_ts: threadTs } : {}),
      metadata: metadataOf(one.id, batch.keys, more),
      unfurl_links: false,
      unfurl_media: false,
    }),
  )
  if (!sent.ts) throw new SlackTrouble({ kind: 'in-doubt', error: 'no ts in the answer' }, true)
  return sent.ts
}

async function sendReport(
  desk: Desk,
  one: Offboarding,
  channel: string,
  threadTs: string | undefined,
): Promise<string> {
  let files: readonly ReportFile[]
  try {
    files = await desk.report(one)
  } catch (error) {
    desk.log.error({ offboarding: one.id, error }, 'the report could not be written')
    throw new SlackTrouble({ kind: 'refused', error: 'the report could not be written; the log says why' }, true)
  }
  const where = { channel, threadTs, since: desk.clock.now().toISOString() }
  return ask(true, () => uploadReport(desk, one, files, where))
}

async function keepPosted(desk: Desk, id: string, keys: readonly string[], channel: string, ts: string): Promise<void> {
  const at = desk.clock.now().toISOString()
  await desk.ledger.record(id, ...keys.map((key) => ({ type: 'posted' as const, at, key, channel, ts })))
  for (const key of keys) desk.lost.delete(`${id} ${key}`)
}

async function afterTrouble(
  desk: Desk,
  one: Offboarding,
  batch: Batch,
  first: Message,
  { trouble, ordered }: SlackTrouble,
): Promise<void> {
  const place = placeKey(first.to)
  if (trouble.kind === 'in-doubt') throw new Later(ordered ? settleMs : againMs, trouble.error)
  for (const key of batch.keys) if (ordered) desk.surelyNot.add(`${one.id} ${key}`)
  if (trouble.kind === 'busy') {
    desk.pacer.hold(`post ${place}`, trouble.afterMs)
    throw new Later(trouble.afterMs, 'Slack asked to wait')
  }
  desk.log.warn({ offboarding: one.id, place, error: trouble.error }, 'Slack refused a message')
  if (badThread.has(trouble.error) && first.thread) {
    desk.lost.add(`${one.id} ${first.thread}`)
    throw new Later(againMs, trouble.error)
  }
  if (ordered && badBlocks.has(trouble.error)) return plainAgain(desk, one, batch, first)
  await keepRefusal(desk, one, batch, first, trouble.error)
}

/** A message that Slack cannot draw is our defect; what it says still arrives, as its sentence alone. */
async function plainAgain(desk: Desk, one: Offboarding, batch: Batch, first: Message): Promise<void> {
  desk.log.error(
    { offboarding: one.id, keys: batch.keys },
    'Slack could not draw a message, so it was sent without its blocks',
  )
  try {
    const channel = await channelOf(desk, first.to)
    const { shown, ...more } = saidBy(desk, one, batch)
    await order(desk, one, batch, channel, { shown: { text: shown.text, blocks: [] }, ...more })
  } catch (error) {
    if (error instanceof SlackTrouble) throw new Later(settleMs, error.message)
    throw error
  }
}

async function keepRefusal(desk: Desk, one: Offboarding, batch: Batch, first: Message, error: string): Promise<void> {
  const place = placeKey(first.to)
  const channel = desk.opened.get(place.slice(1)) ?? ('channel' in first.to ? first.to.channel : place)
  const fresh = batch.keys.filter((key) => one.posts[key]?.failed !== error)
  const at = desk.clock.now().toISOString()
  const events = fresh.map((key) => ({ type: 'post-failed' as const, at, key, channel, fact: error }))
  if (events.length > 0) await desk.ledger.record(one.id, ...events)
  if ('user' in first.to || first.says.kind === 'report') return
  desk.refused.set(place, error)
  throw new Later(refusedMs, error)
}
