/** `/offboard resume`: IT lets go on what was stopped; each step reads its system again before it acts. */
import { allowHalt } from '../src/offboarding/halt.ts'
import type { Gesture, Reply } from '../src/slack/gesture.ts'

export default {
  on: [{ command: '/offboard', word: 'resume' }],
  help: { usage: '/offboard resume', summary: 'goes on after /offboard stop; IT only' },
  async run(said, tools): Promise<Reply | undefined> {
    if (said.type !== 'command') return undefined
    const by = await tools.people.clicker(said.by, ['it'])
    allowHalt('resume', by, tools.ledger.open())
    if (!tools.halts.stopped()) return { say: 'Nothing is stopped.' }
    tools.halts.resume({ id: by.id, name: by.name })
    return { say: 'Latchkey goes on. Each step reads its system again before anything is done.' }
  },
} satisfies Gesture
