/** The filled-in request. Everything is read again: the form is a hint, not a fact. */
import type { Gesture, Reply, SaidForm } from '../src/slack/gesture.ts'
import { checkRequest, formAgain, request } from '../src/slack/request.ts'
import { notice } from '../src/slack/views/notice.ts'

export default {
  on: [{ form: 'request' }, { button: 'time' }],
  check: (said: SaidForm, now: Date) => checkRequest(said.view, now),
  async run(said, tools): Promise<Reply | undefined> {
    if (said.type === 'click' && said.view) {
      await tools.redraw(said.view, await formAgain(tools, said.view))
      return undefined
    }
    if (said.type !== 'form') return undefined
    const one = await request(tools, said.by, said.view)
    const next = 'HR and IT are asked to sign as soon as the plan is read. You hear of every turn it takes.'
    return { view: notice('Asked', `The offboarding of ${one.leaver.name} is asked for (${one.id}).\n${next}`) }
  },
} satisfies Gesture
