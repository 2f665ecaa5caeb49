/** `/offboard list` */
import { openFor } from '../src/slack/finding.ts'
import type { Gesture, Reply } from '../src/slack/gesture.ts'
import { openList } from '../src/slack/views/answers.ts'

export default {
  on: [{ command: '/offboard', word: 'list' }],
  help: { usage: '/offboard list', summary: 'lists the open offboardings that you can see' },
  async run(said, tools): Promise<Reply> {
    return { say: openList(openFor(tools, await tools.people.clicker(said.by))) }
  },
} satisfies Gesture
