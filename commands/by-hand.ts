/** I did it by hand: a named person says what they did. */
import type { Gesture, Reply, SaidForm } from '../src/slack/gesture.ts'
import { stepIn } from '../src/slack/step-click.ts'
import { wordsForm } from '../src/slack/views/notice.ts'
import { missingWords, wordsIn } from '../src/slack/words-in.ts'

export default {
  on: [{ button: 'by-hand' }, { form: 'by-hand' }],
  check: (said: SaidForm) => missingWords(said),
  async run(said, tools): Promise<Reply | undefined> {
    if (said.type === 'click') {
      const form = wordsForm({
        callback: 'by-hand',
        title: 'Done by hand',
        headline: 'You say that you did this yourself, by name and on the record.',
        label: 'What did you do?',
        hint: 'Where, and how it can be seen. Nothing is read from the system.',
        submit: 'I did it',
        memo: said.value,
      })
      await tools.openModal(said.trigger, form)
      return undefined
    }
    if (said.type !== 'form') return undefined
    const by = await tools.people.clicker(said.by)
    const { id, run } = await stepIn(tools, said.view.memo)
    const note = wordsIn(said)
    await tools.ledger.record(id, { type: 'attested', at: tools.clock.now().toISOString(), by, step: run.key, note })
    return undefined
  },
} satisfies Gesture
