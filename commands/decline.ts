/** Decline, with a reason that the requester reads. */
import { askingForWords } from '../src/slack/words-in.ts'

export default askingForWords(
  {
    callback: 'decline',
    title: 'Decline',
    headline: 'Decline this offboarding?',
    label: 'Reason',
    hint: 'The requester reads it, and it is on the record.',
    submit: 'Decline',
  },
  async ({ by: who, view }, reason, { people, ledger, clock }) => {
    const by = await people.clicker(who)
    await ledger.record(view.memo, { type: 'declined', at: clock.now().toISOString(), by, reason })
  },
)
