/** Messages that change: the card above all. The latest state wins, and the last one is always drawn. */
import { createHash } from 'node:crypto'
import type { Offboarding } from '../offboarding/offboarding.ts'
import type { Audience, Message } from './messages.ts'
import { messages } from './messages.ts'
import { placeKey } from './outbox-plan.ts'
import { asItStands, type Desk, Later } from './outbox-post.ts'
import type { Shown } from './views/blocks.ts'
import { troubleOf } from './web.ts'

/** Between two drawings of one message, two at once where it was left alone before. */
const same = { gapMs: 1500, atOnce: 2 }
/** chat.update is tier 3, fifty a minute for everything together: 46 at a steady pace, and four that may come at once. */
const all = { gapMs: 1300, atOnce: 4 }

/** What Slack shows, as far as this process knows: `id key` to a hash. */
export type Drawn = Map<string, string>

export function hashOfShown(shown: Shown): string {
  return createHash('sha256').update(JSON.stringify(shown)).digest('base64')
}

/** Draws one message that is out of date, and says whether there was one; new messages must not wait for a whole run. */
export async function redraw(
  desk: Desk,
  drawn: Drawn,
  id: string,
  read: () => Promise<{ one: Offboarding; audience: Audience } | undefined>,
): Promise<boolean> {
  const before = await read()
  const stale = before && firstStale(desk, drawn, before)
  if (!stale) return false
  await desk.pacer.turn(`draw ${id} ${stale.key}`, same.gapMs, same.atOnce)
  await desk.pacer.turn('update', all.gapMs, all.atOnce)
  const now = await read()
  const fresh = now && messages(now.one, now.audience).find((message) => message.key === stale.key)
  if (fresh) await draw(desk, drawn, now.one, fresh)
  return true
}

function firstStale(
  desk: Desk,
  drawn: Drawn,
  { one, audience }: { one: Offboarding; audience: Audience },
): Message | undefined {
  const standing = asItStands(desk, one)
  return messages(standing, audience).find(
    (message) =>
      message.live &&
      message.says.kind === 'shown' &&
      standing.posts[message.key]?.ts !== undefined &&
      drawn.get(`${one.id} ${message.key}`) !== hashOfShown(message.says.shown),
  )
}

const missing = new Set(['message_not_found', 'thread_not_found'])

async function draw(desk: Desk, drawn: Drawn, one: Offboarding, message: Message): Promise<void> {
  const post = one.posts[message.key]
  if (!post?.ts || message.says.kind !== 'shown') return
  const { shown } = message.says
  const mark = `${one.id} ${message.key}`
  try {
    await desk.web.chat.update({ channel: post.channel, ts: post.ts, text: shown.text, blocks: shown.blocks })
    drawn.set(mark, hashOfShown(shown))
  } catch (error) {
    const trouble = troubleOf(error)
    if (trouble.kind === 'busy') {
      desk.pacer.hold('update', trouble.afterMs)
      return
    }
    if (trouble.kind === 'in-doubt') throw new Later(5000, trouble.error)
    // Deleted in Slack: the card is sent again; a request to one person is not.
    if (missing.has(trouble.error) && message.key.endsWith('card')) desk.lost.add(mark)
    desk.log.warn(
      { offboarding: one.id, place: placeKey(message.to), error: trouble.error },
      'a message could not be redrawn',
    )
    drawn.set(mark, hashOfShown(shown))
  }
}
