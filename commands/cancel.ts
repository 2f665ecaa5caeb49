/** `/offboard cancel id`: withdraws what has not started. */
import { findFor } from '../src/slack/finding.ts'
import type { Gesture, Reply } from '../src/slack/gesture.ts'

export default {
  on: [{ command: '/offboard', word: 'cancel' }],
  help: { usage: '/offboard cancel ID', summary: 'withdraws an offboarding that has not started' },
  async run(said, tools): Promise<Reply | undefined> {
    if (said.type !== 'command') return undefined
    if (!said.rest) return { say: 'Which one? Type /offboard cancel and its id; /offboard list shows the ids.' }
    const { one, clicker } = await findFor(tools, said.by, said.rest)
    await tools.ledger.record(one.id, { type: 'withdrawn', at: tools.clock.now().toISOString(), by: clicker })
    return { say: `The offboarding of ${one.leaver.name} (${one.id}) is withdrawn. Nothing was done.` }
  },
} satisfies Gesture
