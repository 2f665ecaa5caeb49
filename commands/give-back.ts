/** `/offboard undo`, and Give back on the card: asks to have given back what an offboarding took. */
import { Refusal } from '../src/offboarding/decide.ts'
import { allowGivingBackNow } from '../src/offboarding/give-back-rules.ts'
import { addressesOf, isSame } from '../src/offboarding/leaver.ts'
import type { Clicker, Offboarding } from '../src/offboarding/offboarding.ts'
import { type Who, whoIn } from '../src/slack/asking.ts'
import { findFor, loadFor, openFor, seesAll } from '../src/slack/finding.ts'
import type { By, Gesture, Reply, SaidForm, Tools } from '../src/slack/gesture.ts'
import { chosenIn, giveBackForm, nothingChosen } from '../src/slack/views/give-back.ts'
import { loading, notice } from '../src/slack/views/notice.ts'
import { readValue } from '../src/slack/views/refs.ts'
import { missingWords, wordsIn } from '../src/slack/words-in.ts'

const title = 'Give back'

export default {
  on: [{ command: '/offboard', word: 'undo' }, { button: 'give-back' }, { form: 'give-back' }],
  help: { usage: '/offboard undo @person', summary: 'asks to give back what an offboarding took; an id does as well' },
  check(said: SaidForm) {
    const block = nothingChosen(said.view)
    return block ? { [block]: 'Choose at least one thing.' } : missingWords(said)
  },
  async run(said, tools): Promise<Reply | undefined> {
    if (said.type === 'command') {
      if (!said.rest) return { say: 'Of whom? Type /offboard undo and @person, or the id of the offboarding.' }
      const typed = said.rest
      return open(tools, said.trigger, () => found(tools, said.by, typed))
    }
    if (said.type === 'click') return open(tools, said.trigger, () => clicked(tools, said.by, said.value))
    return said.type === 'form' ? { view: await ask(said, tools) } : undefined
  },
} satisfies Gesture

async function open(tools: Tools, trigger: string, find: () => Promise<Offboarding>): Promise<undefined> {
  const modal = await tools.openModal(trigger, loading(title))
  try {
    const one = await find()
    allowGivingBackNow(one, tools.clock.now().toISOString())
    refuseBesideAnother(tools, one)
    await modal.show(giveBackForm(one))
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    await modal.show(notice(title, error.message))
  }
}

const onlyThey = 'Only HR and IT approvers can have something given back. Please ask one of them.'

async function clicked(tools: Tools, by: By, value: string): Promise<Offboarding> {
  const one = await loadFor(tools, readValue(value).id)
  if (!seesAll(await tools.people.clicker(by), one)) throw new Refusal(onlyThey)
  return one
}

async function found(tools: Tools, by: By, typed: string): Promise<Offboarding> {
  const who = whoIn(typed)
  if (who) return newestOf(tools, await tools.people.clicker(by), who)
  const { one, full } = await findFor(tools, by, typed)
  if (!full) throw new Refusal(onlyThey)
  return one
}

/** The same answer for nobody, for what is closed, and for what is not theirs to see. */
function newestOf(tools: Tools, clicker: Clicker, who: Who): Offboarding {
  const theirs = openFor(tools, clicker).filter((one) => isAbout(one, who) && one.startedAt !== undefined)
  const [newest] = theirs.sort((a, b) => (a.requestedAt < b.requestedAt ? 1 : -1))
  if (!newest)
    throw new Refusal(
      'There is no offboarding of that person that took something and is still open, that you can see. What a closed one took stands in its report: /offboard report and its id.',
    )
  if (clicker.holds.length === 0) throw new Refusal(onlyThey)
  return newest
}

function isAbout(one: Offboarding, who: Who): boolean {
  return 'slackId' in who ? one.leaver.slackId === who.slackId : addressesOf(one).includes(who.email)
}

/** Two of them would pull in two directions. */
function refuseBesideAnother(tools: Tools, one: Offboarding): void {
  const over = ['done', 'closed', 'declined', 'withdrawn', 'expired', 'refused']
  const same = (other: Offboarding) => other.leaver.id === one.leaver.id || isSame(mailed(other), mailed(one))
  const other = tools.ledger.open().find((two) => two.id !== one.id && !over.includes(two.state) && same(two))
  if (other)
    throw new Refusal(
      `There is another open offboarding of ${one.leaver.name} (${other.id}), which would take it again. Withdraw that one, or wait for its end.`,
    )
}

function mailed({ leaver }: Offboarding): { id: string; email?: string | undefined } {
  return { id: leaver.id, email: leaver.emails[0] }
}

/** Everything is read again: the form is a hint, not a fact. */
async function ask(said: SaidForm, tools: Tools) {
  const by = await tools.people.clicker(said.by)
  const one = await loadFor(tools, said.view.memo)
  refuseBesideAnother(tools, one)
  const items = chosenIn(one, said.view)
  if (!items)
    throw new Refusal('What can be given back has changed since this form was opened. Start again with /offboard undo.')
  const at = tools.clock.now().toISOString()
  await tools.ledger.record(one.id, { type: 'give-back-asked', at, by, items, reason: wordsIn(said) })
  const next = 'HR and IT sign it on the card. Nothing is given back, and nothing more is taken, until that is decided.'
  return notice('Asked', `Giving back is asked for (${one.id}).\n${next}`)
}
