/** What could not be given back: tried again, done by hand, or left out. */
import { Refusal } from '../src/offboarding/decide.ts'
import { openGiveBack } from '../src/offboarding/give-back.ts'
import { loadFor } from '../src/slack/finding.ts'
import type { Gesture, Reply, SaidClick, SaidForm, Tools } from '../src/slack/gesture.ts'
import { type WordsForm, wordsForm } from '../src/slack/views/notice.ts'
import { readValue, ref } from '../src/slack/views/refs.ts'
import { missingWords, wordsIn } from '../src/slack/words-in.ts'

const forms: Readonly<Record<string, Omit<WordsForm, 'memo'>>> = {
  'give-back-by-hand': {
    callback: 'give-back-by-hand',
    title: 'Given back by hand',
    headline: 'You say that you gave this back yourself, by name and on the record.',
    label: 'What did you do?',
    hint: 'Where, and how it can be seen. Nothing is read from the system.',
    submit: 'I did it',
  },
  'give-back-skip': {
    callback: 'give-back-skip',
    title: 'Leave this out',
    headline: 'This is not given back, and the report says so with your name. Only IT can skip.',
    label: 'Reason',
    submit: 'Skip',
  },
}

export default {
  on: [
    { button: 'give-back-again' },
    { button: 'give-back-by-hand' },
    { form: 'give-back-by-hand' },
    { button: 'give-back-skip' },
    { form: 'give-back-skip' },
  ],
  check: (said: SaidForm) => missingWords(said),
  async run(said, tools): Promise<Reply | undefined> {
    if (said.type === 'click') await pressed(said, tools)
    if (said.type === 'form') await filledIn(said, tools)
    return undefined
  },
} satisfies Gesture

async function pressed(said: SaidClick, tools: Tools): Promise<void> {
  const form = forms[said.action]
  if (form) return void (await tools.openModal(said.trigger, wordsForm({ ...form, memo: said.value })))
  const by = await tools.people.clicker(said.by)
  const { id, stepKey } = await runIn(tools, said.value)
  await tools.ledger.record(id, { type: 'give-back-retried', at: tools.clock.now().toISOString(), by, stepKey })
}

async function filledIn(said: SaidForm, tools: Tools): Promise<void> {
  const words = wordsIn(said)
  const by = await tools.people.clicker(said.by)
  const { id, stepKey } = await runIn(tools, said.view.memo)
  const head = { at: tools.clock.now().toISOString(), by, stepKey }
  if (said.form === 'give-back-skip')
    return void (await tools.ledger.record(id, { type: 'give-back-skipped', ...head, reason: words }))
  await tools.ledger.record(id, { type: 'give-back-attested', ...head, note: words })
}

/** Of the asking that the button was drawn for: an older card's must not end something of a newer one. */
async function runIn(tools: Tools, value: string): Promise<{ id: string; stepKey: string }> {
  const { id, refs } = readValue(value)
  const [number, stepRef] = refs
  const back = openGiveBack(await loadFor(tools, id))
  const run =
    String(back?.number) === number && Object.values(back?.steps ?? {}).find(({ key }) => ref(key) === stepRef)
  if (!run) throw new Refusal('That is not among what is given back (any more). Look at the card again.')
  return { id, stepKey: run.key }
}
