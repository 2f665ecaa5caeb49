/** IT says which of several accounts is the leaver's, or that none is. */
import { Refusal } from '../src/offboarding/decide.ts'
import { loadFor } from '../src/slack/finding.ts'
import type { Gesture, Reply } from '../src/slack/gesture.ts'
import { readValue, ref } from '../src/slack/views/refs.ts'

export default {
  on: [{ button: 'choose-account' }],
  async run(said, tools): Promise<Reply | undefined> {
    if (said.type !== 'click') return undefined
    const by = await tools.people.clicker(said.by, ['it'])
    const { id, refs } = readValue(said.value)
    const [where, wanted] = refs
    const one = await loadFor(tools, id)
    const open = one.plan?.ambiguous.find((two) => ref(`${two.connector}@${two.realm}`) === where)
    const account = wanted === 'none' ? 'none' : open?.candidates.find((two) => ref(two.id) === wanted)?.id
    if (!open || !account) throw new Refusal('That choice is not open (any more). Look at the card again.')
    const { connector, realm } = open
    const at = tools.clock.now().toISOString()
    await tools.ledger.record(id, { type: 'account-chosen', at, by, connector, realm, account })
    return undefined
  },
} satisfies Gesture
