/** Done: a person finished a task. */
import type { Gesture, Reply } from '../src/slack/gesture.ts'
import { stepIn } from '../src/slack/step-click.ts'

export default {
  on: [{ button: 'task-done' }],
  async run(said, tools): Promise<Reply | undefined> {
    if (said.type !== 'click') return undefined
    const by = await tools.people.clicker(said.by)
    const { id, run } = await stepIn(tools, said.value)
    const at = tools.clock.now().toISOString()
    await tools.ledger.record(id, { type: 'attested', at, by, step: run.key, note: 'Done' })
    return undefined
  },
} satisfies Gesture
