/** `/offboard stop why`: nothing more is sent to any system, for anybody's offboarding, until IT lets it go on. */
import { allowHalt } from '../src/offboarding/halt.ts'
import type { Gesture, Reply } from '../src/slack/gesture.ts'

const longest = 500

export default {
  on: [{ command: '/offboard', word: 'stop' }],
  help: {
    usage: '/offboard stop WHY',
    summary: 'stops everything at once, in every offboarding, before the next request',
  },
  async run(said, tools): Promise<Reply | undefined> {
    if (said.type !== 'command') return undefined
    const by = await tools.people.clicker(said.by)
    allowHalt('stop', by, tools.ledger.open())
    const why = said.rest.trim().slice(0, longest)
    if (!why) return { say: 'Why? Type /offboard stop and the reason; nothing was stopped yet.' }
    const before = tools.halts.stopped()
    if (before) return { say: `Everything is stopped already, by ${before.by.name}. IT goes on with /offboard resume.` }
    tools.halts.stop({ id: by.id, name: by.name }, why)
    return {
      say: 'Everything is stopped: what is on its way is still answered, nothing more is sent. IT goes on with /offboard resume.',
    }
  },
} satisfies Gesture
