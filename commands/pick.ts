/** The global shortcut, the button in App Home, and the answer to "Who leaves?". */
import type { Gesture, Reply, SaidForm } from '../src/slack/gesture.ts'
import { formFor } from '../src/slack/request.ts'
import { pickerForm } from '../src/slack/views/request-form.ts'

export default {
  on: [{ shortcut: 'offboard', title: 'Offboard someone' }, { button: 'home-request' }, { form: 'pick' }],
  check({ view }: SaidForm): Record<string, string> | undefined {
    const { person, address } = view.fields
    if (person && address) return { address: 'Choose a person or give an address, not both.' }
    return person || address ? undefined : { person: 'Choose a person, or give their e-mail address below.' }
  },
  async run(said, tools): Promise<Reply | undefined> {
    if (said.type === 'shortcut' || said.type === 'click') {
      await tools.openModal(said.trigger, pickerForm())
      return undefined
    }
    if (said.type !== 'form') return undefined
    const { person, address } = said.view.fields
    const who = person ? { slackId: String(person) } : { email: String(address) }
    return { view: await formFor(tools, said.by, who) }
  },
} satisfies Gesture
