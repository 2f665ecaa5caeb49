/** Decline giving back, with a reason that who asked for it reads. */
import { askingForWords } from '../src/slack/words-in.ts'

export default askingForWords(
  {
    callback: 'give-back-decline',
    title: 'Decline giving back',
    headline: 'Decline to give this back?',
    label: 'Reason',
    hint: 'Who asked for it reads it, and it is on the record.',
    submit: 'Decline',
  },
  async ({ by: who, view }, reason, { people, ledger, clock }) => {
    const by = await people.clicker(who)
    await ledger.record(view.memo, { type: 'give-back-declined', at: clock.now().toISOString(), by, reason })
  },
)
