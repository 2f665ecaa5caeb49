/** `/offboard status [id]` */
import { findFor, openFor, seesAll } from '../src/slack/finding.ts'
import type { Gesture, Reply } from '../src/slack/gesture.ts'
import { openList, status } from '../src/slack/views/answers.ts'

export default {
  on: [{ command: '/offboard', word: 'status' }],
  help: { usage: '/offboard status ID', summary: 'says how far an offboarding is' },
  async run(said, tools): Promise<Reply | undefined> {
    if (said.type !== 'command') return undefined
    if (said.rest) {
      const { one, full } = await findFor(tools, said.by, said.rest)
      return { say: status(one, full) }
    }
    const clicker = await tools.people.clicker(said.by)
    const all = openFor(tools, clicker)
    const [only] = all
    return { say: only && all.length === 1 ? status(only, seesAll(clicker, only)) : openList(all) }
  },
} satisfies Gesture
