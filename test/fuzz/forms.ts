/** What comes back from a form: state of every shape, memos, blocks that are missing or of another form. */
import fc from 'fast-check'
import { ref } from '../../src/slack/views/refs.ts'
import { type Door, hold, type Task } from './door.ts'
import { anything, change, changedBy } from './json.ts'
import { checkHeard, deliver, ids, names, team } from './slack-bench.ts'
import { shortText, text } from './texts.ts'

type Fields = Record<string, Record<string, unknown>>

const option = (value: unknown) => ({ type: 'radio_buttons', selected_option: { value } })
const words = (value: unknown) => ({ type: 'plain_text_input', value })
const person = (value: unknown) => ({ type: 'users_select', selected_user: value })
const choice = (...usual: string[]) =>
  fc.oneof({ weight: 6, arbitrary: fc.constantFrom(...usual) }, shortText, fc.constant(null))
const someone = fc.oneof({ weight: 6, arbitrary: fc.constantFrom(...Object.values(ids)) }, shortText, fc.constant(null))
const time = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(1_795_500_000, 1_800_000_000, 0, -1, 4_102_444_800) },
  fc.double({ noNaN: true }),
  fc.maxSafeInteger(),
  fc.constant(null),
)

const values = fc
  .record(
    {
      when: choice('now', 'later').map(option),
      time: time.map((at) => ({ type: 'datetimepicker', selected_date_time: at })),
      kind: choice('resignation', 'dismissal', 'end-of-contract').map(option),
      devices: choice('lock', 'wipe', 'nothing').map(option),
      'hand-over': someone.map(person),
      systems: fc.array(choice('okta', 'aws'), { maxLength: 3 }).map((list) => ({
        type: 'multi_static_select',
        selected_options: list.map((value) => ({ value: value ?? '' })),
      })),
      note: text.map(words),
      words: text.map(words),
      person: someone.map(person),
      address: text.map(words),
    },
    { requiredKeys: [] },
  )
  .map(
    (fields) => Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, { [name]: field }])) as Fields,
  )

const stepRef = ref('okta/suspend@main')
const memo = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.constantFrom(
      JSON.stringify({ slackId: ids.leaver, manager: ids.manager }),
      JSON.stringify({ slackId: ids.hr }),
      JSON.stringify({ email: 'gone@example.com' }),
      'off-1',
      'off-2',
      `off-2 ${stepRef}`,
      'off-9 x',
    ),
  },
  { weight: 1, arbitrary: anything.map((value) => JSON.stringify(value)) },
  { weight: 1, arbitrary: text },
)

const view = fc.record({
  id: fc.constant('V1'),
  root_view_id: fc.constantFrom('V1', null),
  hash: fc.constant('h'),
  type: fc.constantFrom('modal', 'home'),
  callback_id: fc.constantFrom(...names.view),
  private_metadata: memo,
  state: fc.record({ values }),
})

const submission = fc.record({
  type: fc.constant('view_submission'),
  user: fc.record({ id: fc.constantFrom(ids.hr, ids.it, ids.manager, ids.other), team_id: fc.constant(team) }),
  team: fc.constantFrom({ id: team }, null),
  trigger_id: fc.constant('1.2.3'),
  view,
})

type Submission = { view: { callback_id: string } }

async function heard(body: unknown, name: string): Promise<void> {
  checkHeard('view', await deliver('view', name, body))
}

/** Well-formed, with values that no form of ours could give. */
const filledIn = (task: Task) => hold(task, submission, (body) => heard(body, (body as Submission).view.callback_id))

/** The same, with something done to it anywhere. */
const bent = (task: Task) =>
  hold(task, fc.tuple(submission, fc.array(change, { minLength: 1, maxLength: 3 })), ([body, changes]) =>
    heard(changedBy(body, changes), (body as Submission).view.callback_id),
  )

const anythingAtAll = (task: Task) =>
  hold(task, fc.tuple(fc.constantFrom(...names.view), anything), ([name, body]) => heard(body, name))

export const forms: Door = {
  name: 'forms',
  parts: [
    { name: 'filled-in', share: 0.25, hold: filledIn },
    { name: 'bent', share: 0.25, hold: bent },
    { name: 'anything', share: 0.5, hold: anythingAtAll },
  ],
}
