/** The form that asks what shall be given back: everything is chosen, and what cannot come back is said, with why. */
import type { InputBlock, KnownBlock, ModalView } from '@slack/types'
import type { GiveBackItem } from '../../offboarding/give-back-event.ts'
import { type Giveable, type NotGiveable, takenAway } from '../../offboarding/give-back-list.ts'
import type { Finding, Offboarding } from '../../offboarding/offboarding.ts'
import { bold, clip, context, cut, type Line, lines, list, option, plain, tidy } from './blocks.ts'
import { calledOffWords } from './give-back-card.ts'
import { modal } from './notice.ts'
import { ref } from './refs.ts'
import { stepTitle } from './step-title.ts'
import { nameOf } from './words.ts'

/** Slack's checkboxes take ten options; of more things than that all are given back, or none. */
const mostOptions = 10
/** A view takes a hundred blocks. */
const mostSteps = 80
const mostRefused = 20
const whole = 'all'

export function giveBackForm(one: Offboarding): ModalView {
  const { can, cannot } = takenAway(one)
  const shown = can.slice(0, mostSteps)
  const more = can.length - shown.length
  const blocks: KnownBlock[] = [
    lines(headLines(one)),
    ...shown.map((giveable) => stepInput(one, giveable)),
    ...(more > 0 ? [context(`${more} more steps do not fit here: ask again for them when these are given back.`)] : []),
    ...(cannot.length > 0 ? [cannotList(one, cannot)] : []),
    reasonInput,
  ]
  return modal('Give back', blocks, {
    callback_id: 'give-back',
    private_metadata: one.id,
    submit: plain('Ask for sign-off', 24),
    close: plain('Not now', 24),
  })
}

function headLines(one: Offboarding): Line[] {
  const toCome = calledOffWords(one)
  return [
    [bold(`What was taken from ${nameOf(one.leaver)}`), ` · ${one.id}`],
    [
      'HR and IT sign this, two different people, and not you. Each system is asked afterwards whether it is there again.',
    ],
    ...(toCome ? [[toCome]] : []),
  ]
}

function stepInput(one: Offboarding, { run, findings }: Giveable): InputBlock {
  const options = findings.length > mostOptions ? [wholeOption(findings)] : findings.map(findingOption)
  return {
    type: 'input',
    block_id: blockOf(run.key),
    optional: true,
    label: plain(stepTitle(one, run), 200),
    element: { type: 'checkboxes', action_id: 'chosen', options, initial_options: options },
  }
}

function blockOf(stepKey: string): string {
  return `back-${ref(stepKey)}`
}

function findingOption(finding: Finding) {
  const text = clip(tidy(finding.label), 75) || ref(finding.id)
  return option(text, ref(finding.id))
}

function wholeOption(findings: readonly Finding[]) {
  const labels = findings.map((finding) => tidy(finding.label)).join(', ')
  return option(`All ${findings.length} of them`, whole, clip(labels, 75))
}

function cannotList(one: Offboarding, cannot: readonly NotGiveable[]): KnownBlock {
  const items = cannot.map(({ run, findings, why }): Line => {
    const labels = findings.map((finding) => tidy(finding.label)).join(', ')
    return [clip(`${stepTitle(one, run)}${labels ? ` (${clip(labels, 80)})` : ''}: ${tidy(why)}`, 250)]
  })
  return list([bold('Cannot be given back by Latchkey')], cut(items, mostRefused, 'the report'))
}

const reasonInput: InputBlock = {
  type: 'input',
  block_id: 'words',
  label: plain('Reason', 200),
  hint: plain('Who signs reads it, and it is on the record.', 300),
  element: { type: 'plain_text_input', action_id: 'words', multiline: true, min_length: 1, max_length: 1000 },
}

/** What is filled in, by block id. */
interface Filled {
  fields: Readonly<Record<string, string | readonly string[] | undefined>>
}

/** What is chosen in the form, looked up in the record as it is now; undefined where the two do not fit any more. */
export function chosenIn(one: Offboarding, { fields }: Filled): GiveBackItem[] | undefined {
  const blocks = Object.entries(fields).filter(([block]) => block.startsWith('back-'))
  const items: GiveBackItem[] = []
  const { can } = takenAway(one)
  for (const [block, chosen] of blocks) {
    const refs = Array.isArray(chosen) ? chosen : []
    if (refs.length === 0) continue
    const known = can.find(({ run }) => blockOf(run.key) === block)
    const findings = known?.findings.filter((finding) => refs.includes(whole) || refs.includes(ref(finding.id))) ?? []
    const complete = refs.includes(whole) || findings.length === refs.length
    if (!known || !complete) return undefined
    items.push({ stepKey: known.run.key, findings: findings.map((finding) => finding.id) })
  }
  return items
}

/** The block at which "choose something" is said; undefined where something is chosen. */
export function nothingChosen({ fields }: Filled): string | undefined {
  const blocks = Object.entries(fields).filter(([block]) => block.startsWith('back-'))
  const some = blocks.some(([, chosen]) => Array.isArray(chosen) && chosen.length > 0)
  return some ? undefined : (blocks[0]?.[0] ?? 'words')
}
