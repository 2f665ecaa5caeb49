/** Skip: IT leaves a step out, with a reason. */
import type { Gesture, Reply, SaidForm } from '../src/slack/gesture.ts'
import { stepIn } from '../src/slack/step-click.ts'
import { wordsForm } from '../src/slack/views/notice.ts'
import { missingWords, wordsIn } from '../src/slack/words-in.ts'

export default {
  on: [{ button: 'skip' }, { form: 'skip' }],
  check: (said: SaidForm) => missingWords(said),
  async run(said, tools): Promise<Reply | undefined> {
    if (said.type === 'click') {
      const form = wordsForm({
        callback: 'skip',
        title: 'Skip this step',
        headline: 'The step is left out, and the report says so with your name. Only IT can skip.',
        label: 'Reason',
        submit: 'Skip',
        memo: said.value,
      })
      await tools.openModal(said.trigger, form)
      return undefined
    }
    if (said.type !== 'form') return undefined
    const by = await tools.people.clicker(said.by, ['it'])
    const { id, run } = await stepIn(tools, said.view.memo)
    const reason = wordsIn(said)
    await tools.ledger.record(id, { type: 'skipped', at: tools.clock.now().toISOString(), by, step: run.key, reason })
    return undefined
  },
} satisfies Gesture
