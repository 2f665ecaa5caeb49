/** What is to be sent next, as a pure function of what should exist and what the record says was sent. */
import type { Offboarding } from '../offboarding/offboarding.ts'
import type { Message, Place } from './messages.ts'
import type { Shown } from './views/blocks.ts'
import { results, resultsAMessage } from './views/thread.ts'

export type Posts = Offboarding['posts']

/** Messages that go out as one: a single one, or several results of one moment. */
export interface Batch {
  keys: readonly string[]
  messages: readonly Message[]
}

export function placeKey(to: Place): string {
  return 'channel' in to ? to.channel : `@${to.user}`
}

/** What Slack refuses to one person is not tried again, and neither is a report: the thread says so instead. */
export function givenUp(message: Message, posts: Posts): boolean {
  const failed = posts[message.key]?.failed !== undefined && posts[message.key]?.ts === undefined
  return failed && ('user' in message.to || message.says.kind === 'report')
}

/** Ordered but not known to be there: a crash, or a lost answer. */
export function inDoubt(message: Message, posts: Posts): boolean {
  const post = posts[message.key]
  return post !== undefined && post.ts === undefined && post.failed === undefined
}

/** What is still to be sent. */
export function unsent(all: readonly Message[], posts: Posts): Message[] {
  return all.filter((message) => posts[message.key]?.ts === undefined && !givenUp(message, posts))
}

/** The next batch of one place, in order; results that follow each other go together. */
export function nextBatch(all: readonly Message[], posts: Posts): Batch | undefined {
  const open = unsent(all, posts)
  const [first] = open
  if (!first) return undefined
  if (first.thread && posts[first.thread]?.ts === undefined) return undefined
  const together: Message[] = []
  for (const message of open) {
    const joins = message.says.kind === 'result' && message.thread === first.thread
    if (together.length > 0 && !joins) break
    together.push(message)
    if (!joins || together.length === resultsAMessage) break
  }
  return { keys: together.map((message) => message.key), messages: together }
}

/** What a batch says; a report and an anchor are written when they are sent. */
export function shownOf(one: Offboarding, batch: Batch): Shown {
  const runs = batch.messages.flatMap((message) => (message.says.kind === 'result' ? [message.says.run] : []))
  if (runs.length > 0) return results(one, runs)
  const [only] = batch.messages
  if (only?.says.kind === 'shown') return only.says.shown
  return { text: 'The report.', blocks: [] }
}
