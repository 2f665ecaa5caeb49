/** Decline, with a reason that the requester reads. */
import type { Gesture, Reply, SaidForm } from '../src/slack/gesture.ts'
import { wordsForm } from '../src/slack/views/notice.ts'
import { missingWords, wordsIn } from '../src/slack/words-in.ts'

export default {
  on: [{ button: 'decline' }, { form: 'decline' }],
  check: (said: SaidForm) => missingWords(said),
  async run(said, tools): Promise<Reply | undefined> {
    if (said.type === 'click') {
      const form = wordsForm({
        callback: 'decline',
        title: 'Decline',
        headline: 'Decline this offboarding?',
        label: 'Reason',
        hint: 'The requester reads it, and it is on the record.',
        submit: 'Decline',
        memo: said.value,
      })
      await tools.openModal(said.trigger, form)
      return undefined
    }
    if (said.type !== 'form') return undefined
    const by = await tools.people.clicker(said.by)
    const reason = wordsIn(said)
    await tools.ledger.record(said.view.memo, { type: 'declined', at: tools.clock.now().toISOString(), by, reason })
    return undefined
  },
} satisfies Gesture
