/** Somebody joined the channel of the cards, or it was shared: who reads along is looked up again, at once. */
import type { Gesture } from '../src/slack/gesture.ts'

export default {
  on: [{ event: 'member_joined_channel' }, { event: 'channel_shared' }],
  async run(said, tools) {
    if (said.type === 'event' && said.channel) tools.audienceChanged(said.channel)
    return undefined
  },
} satisfies Gesture
