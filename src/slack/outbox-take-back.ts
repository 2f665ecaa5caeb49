/** When the leaver comes to read the channel, what stands there about them is taken out of it. */
import type { Offboarding } from '../offboarding/offboarding.ts'
import type { Audience } from './messages.ts'
import type { Desk } from './outbox-post.ts'
import { Later } from './outbox-post.ts'
import { troubleOf } from './web.ts'

const gapMs = 1250
const fact = 'taken out of the channel, because it is not private to this offboarding any more'

/** The record keeps all of it; only the view in Slack goes. */
export async function takeBack(desk: Desk, one: Offboarding, audience: Audience): Promise<void> {
  if (!audience.direct) return
  const open = Object.entries(one.posts)
    .filter(([key, post]) => post.channel === one.channel && post.ts && !post.failed && !key.startsWith('@'))
    // The newest first: a card that loses its replies before it goes leaves no "message was deleted" behind.
    .sort(([, a], [, b]) => ((a.ts ?? '') < (b.ts ?? '') ? 1 : -1))
  const deleted = new Set<string>()
  for (const [key, post] of open) {
    const ts = post.ts ?? ''
    if (!deleted.has(ts)) await remove(desk, one.id, post.channel, ts)
    deleted.add(ts)
    const at = desk.clock.now().toISOString()
    await desk.ledger.record(one.id, { type: 'post-failed', at, key, channel: post.channel, fact })
  }
}

async function remove(desk: Desk, id: string, channel: string, ts: string): Promise<void> {
  await desk.pacer.turn('delete', gapMs)
  try {
    await desk.web.chat.delete({ channel, ts })
  } catch (error) {
    const trouble = troubleOf(error)
    if (trouble.kind === 'refused' && trouble.error === 'message_not_found') return
    if (trouble.kind === 'busy') desk.pacer.hold('delete', trouble.afterMs)
    desk.log.error(
      { offboarding: id, channel, trouble },
      'a message that the leaver could read could not be deleted yet',
    )
    throw new Later(trouble.kind === 'busy' ? trouble.afterMs : 5000, 'a message could not be deleted')
  }
}
