/** App Home was opened. */
import type { Gesture } from '../src/slack/gesture.ts'

export default {
  on: [{ event: 'app_home_opened' }],
  async run(said, tools) {
    await tools.publishHome(said.by.id)
    return undefined
  },
} satisfies Gesture
