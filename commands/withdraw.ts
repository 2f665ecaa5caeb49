/** Withdraw: the requester, HR or IT takes it back before it starts. */
import type { Gesture, Reply } from '../src/slack/gesture.ts'
import { readValue } from '../src/slack/views/refs.ts'

export default {
  on: [{ button: 'withdraw' }],
  async run(said, tools): Promise<Reply | undefined> {
    if (said.type !== 'click') return undefined
    const by = await tools.people.clicker(said.by)
    const { id } = readValue(said.value)
    await tools.ledger.record(id, { type: 'withdrawn', at: tools.clock.now().toISOString(), by })
    return undefined
  },
} satisfies Gesture
