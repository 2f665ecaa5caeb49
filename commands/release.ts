/** Release: one of very many requests, held back until somebody who did not ask for it has looked at it. */
import type { Gesture, Reply } from '../src/slack/gesture.ts'
import { readValue } from '../src/slack/views/refs.ts'

export default {
  on: [{ button: 'release' }],
  async run(said, tools): Promise<Reply | undefined> {
    if (said.type !== 'click') return undefined
    const by = await tools.people.clicker(said.by)
    const { id } = readValue(said.value)
    await tools.ledger.record(id, { type: 'released', at: tools.clock.now().toISOString(), by })
    return undefined
  },
} satisfies Gesture
