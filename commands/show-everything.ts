/** Show everything: each step with each finding, in pages; for HR and IT. */
import { Refusal } from '../src/offboarding/decide.ts'
import { loadFor, seesAll } from '../src/slack/finding.ts'
import type { Gesture, Reply, SaidClick, Tools } from '../src/slack/gesture.ts'
import { everything } from '../src/slack/views/everything.ts'
import { loading, notice } from '../src/slack/views/notice.ts'
import { readValue } from '../src/slack/views/refs.ts'

export default {
  on: [{ button: 'show-everything' }, { button: 'everything-back' }, { button: 'everything-next' }],
  async run(said, tools): Promise<Reply | undefined> {
    if (said.type !== 'click') return undefined
    if (said.view && !said.view.home) {
      await tools.redraw(said.view, await page(said, tools))
      return undefined
    }
    const modal = await tools.openModal(said.trigger, loading('Everything'))
    try {
      await modal.show(await page(said, tools))
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      await modal.show(notice('Everything', error.message))
    }
    return undefined
  },
} satisfies Gesture

async function page(said: SaidClick, tools: Tools) {
  const { id, refs } = readValue(said.value)
  const one = await loadFor(tools, id)
  const clicker = await tools.people.clicker(said.by)
  if (!seesAll(clicker, one)) throw new Refusal('Only HR and IT approvers see every finding. Please ask one of them.')
  return everything(one, Number(refs[0] ?? 0) || 0)
}
