/** Sign off for HR, or for IT: who may is read at this very click, and the signature binds to the plan that was shown. */
import { loadFor } from '../src/slack/finding.ts'
import type { Gesture, Reply } from '../src/slack/gesture.ts'
import { digestRef, readValue } from '../src/slack/views/refs.ts'

export default {
  on: [{ button: 'sign-hr' }, { button: 'sign-it' }],
  async run(said, tools): Promise<Reply | undefined> {
    if (said.type !== 'click') return undefined
    const { id, refs } = readValue(said.value)
    const one = await loadFor(tools, id)
    const role = said.action === 'sign-hr' ? 'hr' : 'it'
    const by = await tools.people.clicker(said.by, [role])
    const shown = refs[0] ?? ''
    const now = one.held?.digest ?? one.plan?.digest ?? ''
    // An older card showed another plan: the rules refuse its digest, in words.
    const digest = digestRef(now) === shown ? now : `shown ${shown}`
    await tools.ledger.record(id, { type: 'signed', at: tools.clock.now().toISOString(), by, role, digest })
    return undefined
  },
} satisfies Gesture
