/** Try again: a failed step gets another turn. */
import type { Gesture, Reply } from '../src/slack/gesture.ts'
import { stepIn } from '../src/slack/step-click.ts'

export default {
  on: [{ button: 'try-again' }],
  async run(said, tools): Promise<Reply | undefined> {
    if (said.type !== 'click') return undefined
    const by = await tools.people.clicker(said.by)
    const { id, run } = await stepIn(tools, said.value)
    await tools.ledger.record(id, { type: 'retried', at: tools.clock.now().toISOString(), by, step: run.key })
    return undefined
  },
} satisfies Gesture
