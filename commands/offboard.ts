/** `/offboard @jo`, `/offboard jo@example.com`, and bare `/offboard`, which asks whom it is about. */
import { distance } from 'fastest-levenshtein'
import { Refusal } from '../src/offboarding/decide.ts'
import { whoIn } from '../src/slack/asking.ts'
import type { Gesture, Reply, SaidCommand, Tools } from '../src/slack/gesture.ts'
import { formFor } from '../src/slack/request.ts'
import { loading, notice } from '../src/slack/views/notice.ts'
import { pickerForm } from '../src/slack/views/request-form.ts'

export default {
  on: [{ command: '/offboard', word: '' }],
  help: {
    usage: '/offboard @person',
    summary: 'asks for an offboarding; an e-mail address does for somebody outside Slack',
  },
  async run(said, tools): Promise<Reply | undefined> {
    if (said.type !== 'command') return undefined
    if (said.text === '') {
      await tools.openModal(said.trigger, pickerForm())
      return undefined
    }
    const who = whoIn(said.text)
    if (!who) return { say: usage(said, tools) }
    const modal = await tools.openModal(said.trigger, loading('Offboarding'))
    try {
      await modal.show(await formFor(tools, said.by, who))
      return undefined
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      await modal.show(notice('Offboarding', error.message))
      return { say: error.message }
    }
  },
} satisfies Gesture

/** What was typed is not repeated: it may be a name. */
function usage(said: SaidCommand, tools: Tools): string {
  const words = tools.gestures.flatMap(({ on }) =>
    on.flatMap((one) => ('command' in one && one.word ? [one.word] : [])),
  )
  const near = words.find((word) => distance(word, said.word) <= 2)
  const hint = near ? ` Did you mean /offboard ${near}?` : ''
  return `I do not understand that.${hint} Try /offboard @person, /offboard person@example.com or /offboard help.`
}
