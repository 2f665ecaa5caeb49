/** Skip: IT leaves a step out, with a reason. */
import { stepIn } from '../src/slack/step-click.ts'
import { askingForWords } from '../src/slack/words-in.ts'

export default askingForWords(
  {
    callback: 'skip',
    title: 'Skip this step',
    headline: 'The step is left out, and the report says so with your name. Only IT can skip.',
    label: 'Reason',
    submit: 'Skip',
  },
  async (said, reason, tools) => {
    const by = await tools.people.clicker(said.by, ['it'])
    const { id, run } = await stepIn(tools, said.view.memo)
    await tools.ledger.record(id, { type: 'skipped', at: tools.clock.now().toISOString(), by, step: run.key, reason })
  },
)
