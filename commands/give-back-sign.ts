/** Sign giving back for HR, or for IT: who may is read at this very click, and it binds to what was listed. */
import { latest } from '../src/offboarding/give-back.ts'
import { loadFor } from '../src/slack/finding.ts'
import type { Gesture, Reply } from '../src/slack/gesture.ts'
import { digestRef, readValue } from '../src/slack/views/refs.ts'

export default {
  on: [{ button: 'give-back-sign-hr' }, { button: 'give-back-sign-it' }],
  async run(said, tools): Promise<Reply | undefined> {
    if (said.type !== 'click') return undefined
    const { id, refs } = readValue(said.value)
    const one = await loadFor(tools, id)
    const role = said.action === 'give-back-sign-hr' ? 'hr' : 'it'
    const by = await tools.people.clicker(said.by, [role])
    const shown = refs[0] ?? ''
    const now = latest(one)?.digest ?? ''
    // An older card listed something else: the rules refuse its digest, in words.
    const digest = digestRef(now) === shown ? now : `shown ${shown}`
    await tools.ledger.record(id, { type: 'give-back-signed', at: tools.clock.now().toISOString(), by, role, digest })
    return undefined
  },
} satisfies Gesture
