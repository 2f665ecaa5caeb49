/** End the watch: IT says that what came back may stay, such as after somebody was hired again. */
import { readValue } from '../src/slack/views/refs.ts'
import { askingForWords } from '../src/slack/words-in.ts'

export default askingForWords(
  {
    callback: 'end-watch',
    title: 'End the watch',
    headline:
      'The systems are not asked again whether access came back, and what came back so far stays, by your word. Only IT can end it.',
    label: 'Reason',
    hint: 'Such as: hired again. It is on the record and in the report.',
    submit: 'End the watch',
  },
  async ({ by: who, view }, reason, { people, ledger, clock }) => {
    const by = await people.clicker(who, ['it'])
    const { id } = readValue(view.memo)
    await ledger.record(id, { type: 'watch-ended', at: clock.now().toISOString(), by, reason })
  },
)
