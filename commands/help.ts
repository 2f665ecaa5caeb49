/** `/offboard help` */
import type { Gesture, Reply, Tools } from '../src/slack/gesture.ts'
import { help } from '../src/slack/views/answers.ts'

export default {
  on: [{ command: '/offboard', word: 'help' }],
  help: { usage: '/offboard help', summary: 'says what can be typed' },
  async run(_said, tools: Tools): Promise<Reply> {
    return { say: help(tools.gestures.flatMap((one) => (one.help ? [one.help] : []))) }
  },
} satisfies Gesture
