/** I did it by hand: a named person says what they did. */
import { stepIn } from '../src/slack/step-click.ts'
import { askingForWords } from '../src/slack/words-in.ts'

export default askingForWords(
  {
    callback: 'by-hand',
    title: 'Done by hand',
    headline: 'You say that you did this yourself, by name and on the record.',
    label: 'What did you do?',
    hint: 'Where, and how it can be seen. Nothing is read from the system.',
    submit: 'I did it',
  },
  async (said, note, tools) => {
    const by = await tools.people.clicker(said.by)
    const { id, run } = await stepIn(tools, said.view.memo)
    await tools.ledger.record(id, { type: 'attested', at: tools.clock.now().toISOString(), by, step: run.key, note })
  },
)
