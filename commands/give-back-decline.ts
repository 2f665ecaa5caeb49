/** Decline giving back, with a reason that who asked for it reads. */
import type { Gesture, Reply, SaidForm } from '../src/slack/gesture.ts'
import { wordsForm } from '../src/slack/views/notice.ts'
import { missingWords, wordsIn } from '../src/slack/words-in.ts'

export default {
  on: [{ button: 'give-back-decline' }, { form: 'give-back-decline' }],
  check: (said: SaidForm) => missingWords(said),
  async run(said, tools): Promise<Reply | undefined> {
    if (said.type === 'click') {
      const form = wordsForm({
        callback: 'give-back-decline',
        title: 'Decline giving back',
        headline: 'Decline to give this back?',
        label: 'Reason',
        hint: 'Who asked for it reads it, and it is on the record.',
        submit: 'Decline',
        memo: said.value,
      })
      await tools.openModal(said.trigger, form)
      return undefined
    }
    if (said.type !== 'form') return undefined
    const by = await tools.people.clicker(said.by)
    const at = tools.clock.now().toISOString()
    await tools.ledger.record(said.view.memo, { type: 'give-back-declined', at, by, reason: wordsIn(said) })
    return undefined
  },
} satisfies Gesture
