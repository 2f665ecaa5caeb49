/** `/offboard keys id`: recovery keys and PINs that vendors handed out, for IT alone and on the record. */
import { allowedToOpen, Refusal } from '../src/offboarding/decide.ts'
import { findFor, loadFor } from '../src/slack/finding.ts'
import type { Gesture, Reply, SaidClick, SaidCommand, Tools } from '../src/slack/gesture.ts'
import { keyList, keyShown } from '../src/slack/views/keys.ts'
import { loading, notice } from '../src/slack/views/notice.ts'
import { readValue } from '../src/slack/views/refs.ts'

const title = 'Recovery keys'

export default {
  on: [{ command: '/offboard', word: 'keys' }, { button: 'open-key' }],
  help: { usage: '/offboard keys ID', summary: 'shows recovery keys and PINs that were kept (IT)' },
  async run(said, tools): Promise<Reply | undefined> {
    if (said.type === 'command') return list(said, tools)
    if (said.type !== 'click' || !said.view) return undefined
    await tools.redraw(said.view, await opened(said, tools))
    return undefined
  },
} satisfies Gesture

async function list(said: SaidCommand, tools: Tools): Promise<Reply | undefined> {
  if (!said.rest) return { say: 'Of which one? Type /offboard keys and its id; /offboard list shows the open ones.' }
  const modal = await tools.openModal(said.trigger, loading(title))
  try {
    const { one, clicker } = await findFor(tools, said.by, said.rest)
    allowedToOpen(one, clicker)
    await modal.show(keyList(one, (await tools.keys?.list(one.id)) ?? []))
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    await modal.show(notice(title, error.message))
  }
  return undefined
}

/** On the record first; the modal is seen by who pressed, and is no message that stays. */
async function opened(said: SaidClick, tools: Tools) {
  try {
    const { id, refs } = readValue(said.value)
    const one = await loadFor(tools, id)
    const by = await tools.people.clicker(said.by)
    const kept = (await tools.keys?.list(id))?.find((key) => key.id === refs[0])
    if (!tools.keys || !kept) throw new Refusal('That key is not kept here (any more). Type /offboard keys again.')
    const at = tools.clock.now().toISOString()
    const { system, name } = kept
    await tools.ledger.opening({ type: 'escrow-opened', at, by, offboarding: one.id, system, name })
    return keyShown(one, kept, await tools.keys.open(kept))
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    return notice(title, error.message)
  }
}
