/** `/offboard report id`: the files, to the person who asks, who must be of HR or IT. */
import { findFor } from '../src/slack/finding.ts'
import type { Gesture, Reply } from '../src/slack/gesture.ts'

export default {
  on: [{ command: '/offboard', word: 'report' }],
  help: { usage: '/offboard report ID', summary: 'sends you the report as files (HR and IT)' },
  async run(said, tools): Promise<Reply | undefined> {
    if (said.type !== 'command') return undefined
    if (!said.rest) return { say: 'Which one? Type /offboard report and its id; /offboard list shows the open ones.' }
    const { one, full } = await findFor(tools, said.by, said.rest)
    if (!full) return { say: 'The report lists what was found, so only HR and IT get it. Please ask one of them.' }
    await tools.sendReport(one, said.by.id)
    return { say: `The report of ${one.id} is in your direct messages with me.` }
  },
} satisfies Gesture
