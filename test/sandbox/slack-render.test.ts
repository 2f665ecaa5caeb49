/** Threads and views as text for a terminal: what people would read, not what was sent. */
import type { KnownBlock } from '@slack/types'
import { afterEach, describe, expect, test } from 'vitest'
import { type PretendSlack, renderChannel, renderThread, renderView } from '../../src/sandbox/slack/index.ts'
import { client, manualClock, room, start, who } from './slack-support.ts'

const open: PretendSlack[] = []
afterEach(async () => {
  for (const slack of open.splice(0)) await slack.close()
})

async function fresh() {
  const slack = await start({ clock: manualClock('2026-11-22T16:00:00Z'), rates: { off: true } })
  open.push(slack)
  return { slack, web: client(slack) }
}

async function shown(blocks: object[], zone?: string): Promise<string[]> {
  const { slack, web } = await fresh()
  const { ts = '' } = await web.chat.postMessage({ channel: room, text: 'fallback', blocks: blocks as KnownBlock[] })
  return renderThread(slack, room, ts, zone).split('\n').slice(1)
}

const mrkdwn = (text: string) => ({ type: 'section', text: { type: 'mrkdwn', text } })
const noon = Date.UTC(2026, 10, 22, 12) / 1000

describe('text', () => {
  const cases: [what: string, given: string, read: string][] = [
    [
      'mentions',
      `<@${who.leaver}> <@U0NOBODY> <!subteam^S0HR> <#${room}> <!here>`,
      '@Jo Miller @U0NOBODY @hr-approvers #offboarding @here',
    ],
    ['marks', '*bold*, _it_ (~gone~) `a*b*c` 2*3*4 snake_case_name', 'bold, it (gone) a*b*c 2*3*4 snake_case_name'],
    [
      'links',
      '<https://example.com|the page> <https://example.com> <mailto:jo@example.com|jo@example.com>',
      'the page (https://example.com) https://example.com jo@example.com',
    ],
    ['escapes', '&lt;b&gt; &amp; Co', '<b> & Co'],
    ['emoji', ':white_check_mark: :unknown_one:', '✅ :unknown_one:'],
    ['date', `<!date^${noon}^{date_short_pretty} at {time}|fallback>`, 'today at 1:00 PM'],
    ['date in full', `<!date^${noon - 3 * 86_400}^{date_long}|fallback>`, 'Thursday, November 19, 2026'],
    ['broken date', '<!date^soon^{date}|some day>', 'some day'],
  ]
  test.each(cases)('%s', async (_what, given, read) => {
    expect(await shown([mrkdwn(given)], 'Europe/Berlin')).toEqual([read])
  })
})

test('a card reads line by line, its thread is set in', async () => {
  const { slack, web } = await fresh()
  const blocks = [
    { type: 'header', text: { type: 'plain_text', text: 'Offboarding' } },
    { ...mrkdwn('*Jo*'), fields: [{ type: 'mrkdwn', text: '*When*\nnow' }] },
    { type: 'divider' },
    {
      type: 'context',
      elements: [
        { type: 'mrkdwn', text: 'one' },
        { type: 'plain_text', text: 'two' },
      ],
    },
    {
      type: 'actions',
      elements: ['Sign off', 'Decline'].map((text, at) => ({
        type: 'button',
        action_id: `a${at}`,
        text: { type: 'plain_text', text },
      })),
    },
  ]
  const { ts = '' } = await web.chat.postMessage({ channel: room, text: 'x', blocks: blocks as KnownBlock[] })
  await web.chat.postMessage({ channel: room, thread_ts: ts, text: '*AWS*\nKey AKIA…7Q Inactive' })
  slack.as(who.hr).say(room, 'thanks', ts)
  const text = [
    'Latchkey  4:00:00 PM',
    '== Offboarding ==',
    'Jo',
    'When: now',
    '────────',
    'one · two',
    '[ Sign off ] [ Decline ]',
    '  │ Latchkey  4:00:00 PM',
    '  │ AWS',
    '  │ Key AKIA…7Q Inactive',
    '  │ Hana Sato  4:00:00 PM',
    '  │ thanks',
  ].join('\n')
  expect(renderThread(slack, room, ts)).toBe(text)
  expect(renderChannel(slack, room)).toBe(text)
  expect(renderThread(slack, room, '1.0')).toBe(`(no message 1.0 in ${room})`)
})

test('rich text, tables and plans are drawn with plain characters', async () => {
  const leaf = (text: string) => ({ type: 'text', text })
  const part = (type: string, ...elements: object[]) => ({ type, elements })
  const blocks = [
    {
      type: 'rich_text',
      elements: [
        part('rich_text_section', leaf('By '), { type: 'user', user_id: who.hr }, leaf(' on '), {
          type: 'date',
          timestamp: noon,
          format: '{date_num}',
        }),
        {
          ...part('rich_text_list', part('rich_text_section', leaf('a')), part('rich_text_section', leaf('b'))),
          style: 'ordered',
        },
        part('rich_text_quote', leaf('so it is')),
        part('rich_text_preformatted', leaf('x = 1\ny = 2')),
      ],
    },
    {
      type: 'table',
      rows: [
        ['System', 'State'],
        ['Okta', 'off'],
      ].map((row) => row.map((text) => ({ type: 'raw_text', text }))),
    },
    {
      type: 'plan',
      title: 'Steps',
      tasks: [
        { type: 'task_card', task_id: 't1', title: 'Disable', status: 'complete' },
        {
          type: 'task_card',
          task_id: 't2',
          title: 'Wipe',
          status: 'error',
          output: { type: 'rich_text', elements: [part('rich_text_section', leaf('offline'))] },
        },
      ],
    },
  ]
  expect(await shown(blocks)).toEqual([
    'By @Hana Sato on 2026-11-22',
    '1. a',
    '2. b',
    '> so it is',
    '    x = 1',
    '    y = 2',
    'System  State',
    'Okta    off',
    'Steps',
    '✓ Disable',
    '✗ Wipe',
    '    offline',
  ])
})

test('a modal shows its fields and buttons', async () => {
  const { slack, web } = await fresh()
  const { trigger } = await slack.as(who.hr).slash('/offboard')
  const plain = (text: string) => ({ type: 'plain_text' as const, text })
  await web.views.open({
    trigger_id: trigger,
    view: {
      type: 'modal',
      title: plain('Offboard'),
      submit: plain('Ask'),
      close: plain('Cancel'),
      blocks: [
        {
          type: 'input',
          label: plain('Who'),
          optional: true,
          element: { type: 'users_select', placeholder: plain('Pick') },
        },
      ],
    },
  })
  expect(renderView(slack, slack.as(who.hr).view() as never)).toBe(
    '[ Offboard ]\nWho (optional): (Pick)\n[ Cancel ] [ Ask ]',
  )
})
