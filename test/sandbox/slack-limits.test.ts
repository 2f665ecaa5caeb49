/** Slack's limits as a pure function: each at its edge, one thing beyond it. */
import { expect, test } from 'vitest'
import { type Kind, problemsOf } from '../../src/sandbox/slack/index.ts'

const plain = (text: string) => ({ type: 'plain_text', text })
const mrkdwn = (text: string) => ({ type: 'mrkdwn', text })
const section = (text: string, more = {}) => ({ type: 'section', text: mrkdwn(text), ...more })
const button = (more = {}) => ({ type: 'button', action_id: 'go', text: plain('Go'), ...more })
const actions = (...elements: object[]) => ({ type: 'actions', elements })
const message = (...blocks: object[]) => ({ text: 'what it says', blocks })
const modal = (more: object, ...blocks: object[]) => ({ type: 'modal', title: plain('Title'), blocks, ...more })
const input = (element: object, more = {}) => ({ type: 'input', label: plain('Label'), element, ...more })
const long = (length: number) => 'x'.repeat(length)
const options = (count: number) =>
  Array.from({ length: count }, (_, at) => ({ text: plain(`o${at}`), value: `v${at}` }))
const select = (more = {}) => ({ type: 'static_select', action_id: 'pick', options: options(2), ...more })
const sure = (confirm: object) => actions(button({ confirm }))
const alert = { type: 'alert', text: plain('Careful') }
const card = { type: 'card', title: mrkdwn('Jo') }
const when = { type: 'datetimepicker', action_id: 'when' }
const submit = { submit: plain('Send') }
const rich = (text: string) => ({
  type: 'rich_text',
  elements: [{ type: 'rich_text_section', elements: [{ type: 'text', text }] }],
})

type Sized = [what: string, most: number, unit: 'characters' | 'items', build: (size: number) => object]

const times = <T>(size: number, one: T) => Array.from({ length: size }, () => one)
const goes = (count: number) => Array.from({ length: count }, (_, at) => button({ action_id: `a${at}` }))
const menu = (more: object) => message(section('x', { accessory: select(more) }))
const cells = (count: number) => times(count, [{ type: 'raw_text', text: 'x' }])
const named = (text: string) => [{ text: plain(text), value: 'v' }]

const sizes: Sized[] = [
  ['section text', 3000, 'characters', (n) => message(section(long(n)))],
  ['header', 150, 'characters', (n) => message({ type: 'header', text: plain(long(n)) })],
  ['fields', 10, 'items', (n) => message({ type: 'section', fields: times(n, mrkdwn('x')) })],
  ['field text', 2000, 'characters', (n) => message({ type: 'section', fields: [mrkdwn(long(n))] })],
  ['context', 10, 'items', (n) => message({ type: 'context', elements: times(n, mrkdwn('x')) })],
  ['blocks of a message', 50, 'items', (n) => message(...times(n, section('x')))],
  ['blocks of a modal', 100, 'items', (n) => modal({}, ...times(n, section('x')))],
  ['blocks of a home', 100, 'items', (n) => ({ type: 'home', blocks: times(n, section('x')) })],
  ['elements of actions', 25, 'items', (n) => message(actions(...goes(n)))],
  ['button text', 75, 'characters', (n) => message(actions(button({ text: plain(long(n)) })))],
  ['button value', 2000, 'characters', (n) => message(actions(button({ value: long(n) })))],
  ['button url', 3000, 'characters', (n) => message(actions(button({ url: long(n) })))],
  ['accessibility label', 75, 'characters', (n) => message(actions(button({ accessibility_label: long(n) })))],
  ['action_id', 255, 'characters', (n) => message(actions(button({ action_id: long(n) })))],
  ['block_id', 255, 'characters', (n) => message(section('x', { block_id: long(n) }))],
  ['confirmation title', 100, 'characters', (n) => message(sure({ title: plain(long(n)), text: plain('x') }))],
  ['confirmation text', 300, 'characters', (n) => message(sure({ text: plain(long(n)) }))],
  ['confirmation button', 30, 'characters', (n) => message(sure({ text: plain('x'), confirm: plain(long(n)) }))],
  ['options of a menu', 100, 'items', (n) => menu({ options: options(n) })],
  ['option text', 75, 'characters', (n) => menu({ options: named(long(n)) })],
  ['option value', 75, 'characters', (n) => menu({ options: [{ text: plain('x'), value: long(n) }] })],
  ['placeholder', 150, 'characters', (n) => menu({ placeholder: plain(long(n)) })],
  ['overflow', 5, 'items', (n) => message(actions({ type: 'overflow', options: options(n) }))],
  ['checkboxes', 10, 'items', (n) => modal(submit, input({ type: 'checkboxes', options: options(n) }))],
  ['radio buttons', 10, 'items', (n) => modal(submit, input({ type: 'radio_buttons', options: options(n) }))],
  ['label', 2000, 'characters', (n) => modal(submit, input(select(), { label: plain(long(n)) }))],
  ['table rows', 100, 'items', (n) => message({ type: 'table', rows: cells(n) })],
  ['markdown', 12_000, 'characters', (n) => message({ type: 'markdown', text: long(n) })],
  ['view title', 24, 'characters', (n) => modal({ title: plain(long(n)) })],
  ['submit', 24, 'characters', (n) => modal({ submit: plain(long(n)) })],
  ['close', 24, 'characters', (n) => modal({ close: plain(long(n)) })],
  ['private_metadata', 3000, 'characters', (n) => modal({ private_metadata: long(n) })],
  ['callback_id', 255, 'characters', (n) => modal({ callback_id: long(n) })],
]

function kindOf(payload: object): Kind {
  return 'type' in payload ? (payload.type as Kind) : 'message'
}

test.each(sizes)('%s: %i are fine and one more is not', (_what, most, unit, build) => {
  expect(problemsOf(kindOf(build(most)), build(most))).toEqual([])
  const says = unit === 'characters' ? `must be less than ${most + 1} characters` : `no more than ${most} items allowed`
  expect(problemsOf(kindOf(build(most)), build(most + 1)).join()).toContain(says)
})

type Pair = [what: string, fine: object, refused: object, says: string]

const table = (text: string) => ({ type: 'table', rows: [[{ type: 'raw_text', text }]] })
const at = (seconds: number) => modal(submit, input({ type: 'datetimepicker', initial_date_time: seconds }))
const focused = input(select({ focus_on_load: true }))
const innerList = { type: 'rich_text_list', style: 'bullet', elements: [] }
const listInList = { type: 'rich_text', elements: [{ ...innerList, elements: [innerList] }] }
const [first] = options(1)

const pairs: Pair[] = [
  [
    'empty text',
    message(section('x')),
    message(section('')),
    'must be more than 0 characters [json-pointer:/blocks/0/text/text]',
  ],
  ['header in mrkdwn', message(section('x')), message({ type: 'header', text: mrkdwn('x') }), '/blocks/0/text/type'],
  ['empty section', message(section('x')), message({ type: 'section' }), 'must define either `text` or `fields`'],
  [
    'unknown property',
    message(actions(button())),
    message(actions(button({ off: 1 }))),
    'invalid additional property: off',
  ],
  [
    'unknown block',
    message(section('x')),
    message({ type: 'sections' }),
    'unsupported type: sections [json-pointer:/blocks/0/type]',
  ],
  [
    'missing text',
    message(actions(button())),
    message(actions({ type: 'button' })),
    'missing required field: text [json-pointer:/blocks/0/elements/0]',
  ],
  [
    'same action twice',
    message(actions(button()), actions(button())),
    message(actions(button(), button())),
    'action_id "go" is used twice',
  ],
  [
    'same block twice',
    message(section('x', { block_id: 'a' })),
    message(...times(2, section('x', { block_id: 'a' }))),
    'block_id "a" is used twice',
  ],
  [
    'multiple menu',
    menu({ type: 'multi_static_select' }),
    message(actions(select({ type: 'multi_static_select' }))),
    'unsupported type: multi_static_select',
  ],
  ['no options', menu({}), menu({ options: [] }), 'must provide at least 1 items'],
  [
    'initial option',
    menu({ initial_option: first }),
    menu({ initial_option: { ...first, value: 'z' } }),
    'initial option must match',
  ],
  ['empty cell', message(table(' ')), message(table('')), 'must be more than 0 characters'],
  ['two tables', message(table('x')), message(table('x'), table('y')), 'only_one_table_allowed'],
  ['list in a list', message(rich('x')), message(listInList), '/blocks/0/elements/0/elements/0'],
  [
    'plan title',
    message({ type: 'plan', title: 'x' }),
    message({ type: 'plan', title: plain('x') }),
    'must provide a string',
  ],
  ['alert', modal({}, alert), message(alert), 'unsupported type: alert'],
  ['card', message(card), modal({}, card), 'unsupported type: card'],
  [
    'input without submit',
    modal(submit, input(select())),
    modal({}, input(select())),
    'must define `submit` to use an `input`',
  ],
  ['two in focus', modal(submit, focused), modal(submit, focused, focused), 'only one element may have focus_on_load'],
  ['milliseconds', at(1_700_000_000), at(1_700_000_000_000), 'must be less than'],
  [
    'picker at home',
    message(actions(when)),
    { type: 'home', blocks: [actions(when)] },
    'unsupported element: datetimepicker',
  ],
]

test.each(pairs)('%s is refused', (_what, fine, refused, says) => {
  expect(problemsOf(kindOf(fine), fine)).toEqual([])
  expect(problemsOf(kindOf(refused), refused).join('\n')).toContain(says)
})

test('a message without anything is refused', () => {
  expect(problemsOf('message', {})).toEqual(['no_text: a message needs text or blocks'])
  expect(problemsOf('message', { blocks: [] })[0]).toMatch(/^no_text/)
})

test('all blocks together may hold about 13,200 characters, counting a hundred for each block', () => {
  const blocks = (length: number) => Array.from({ length: 5 }, () => section(long(length)))
  expect(problemsOf('message', message(...blocks(2540)))).toEqual([])
  expect(problemsOf('message', message(...blocks(2541)))[0]).toMatch(/^msg_blocks_too_long/)
})

test('the text of an update is counted in bytes, that of a message is not limited so', () => {
  expect(problemsOf('update', { text: long(4000) })).toEqual([])
  expect(problemsOf('update', { text: 'é'.repeat(2001) })[0]).toMatch(/^msg_too_long/)
  expect(problemsOf('message', { text: long(39_000) })).toEqual([])
})

test('a view of more than 250 kB is too large', () => {
  const blocks = Array.from({ length: 99 }, () => section(long(2600)))
  expect(problemsOf('modal', modal({}, ...blocks))[0]).toMatch(/^view_too_large/)
})

test('metadata has a type and a payload', () => {
  expect(problemsOf('message', { text: 'x', metadata: { event_type: 'e', event_payload: { id: '1' } } })).toEqual([])
  expect(problemsOf('message', { text: 'x', metadata: { event_type: 'e' } })[0]).toMatch(/^invalid_metadata_format/)
})
