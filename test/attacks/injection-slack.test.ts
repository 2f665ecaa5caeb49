/** Hostile words in every field that people and systems fill, through every message, modal and home tab there is. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Clicker, Offboarding } from '../../src/offboarding/offboarding.ts'
import { type Audience, messages } from '../../src/slack/messages.ts'
import { openList, status } from '../../src/slack/views/answers.ts'
import { everything } from '../../src/slack/views/everything.ts'
import { home } from '../../src/slack/views/home.ts'
import { notice, wordsForm } from '../../src/slack/views/notice.ts'
import { requestForm } from '../../src/slack/views/request-form.ts'
import { results } from '../../src/slack/views/thread.ts'
import { ids } from '../slack/bed.ts'
import { beds } from '../slack/hands.ts'
import { attack, attacks, evil, hostileOffboarding, isRaw } from './hostile-texts.ts'

const cardLink = 'https://example.slack.com/archives/C1/p1'
const crowd: Audience = {
  holders: { hr: ['U00000201'], it: ['U00000202'] },
  mentions: { hr: [{ type: 'usergroup', usergroup_id: 'S0HR' }], it: [{ type: 'user', user_id: 'U00000202' }] },
  requesterSees: false,
  cardLink,
}

interface View {
  text?: string
  [field: string]: unknown
}

/** Everything that is ever sent about it, each as Slack gets it. */
function viewsOf(one: Offboarding, why: string): View[] {
  const hidden: Audience = { ...crowd, direct: { people: ['U00000201'], why } }
  const runs = Object.values(one.steps).filter((run) => run.state === 'ended')
  const all = [...messages(one, crowd), ...messages(one, hidden)]
  const shown = all.flatMap(({ says }) => {
    if (says.kind === 'shown') return [says.shown]
    return says.kind === 'result' ? [results(one, [says.run])] : []
  })
  const systems = [{ id: 'one', title: why }]
  const { leaver, id } = one
  const made = [
    ...shown,
    results(one, runs.slice(0, 15)),
    status(one, true),
    openList([one]),
    everything(one),
    everything(one, 1),
    home({ reader: 'U00000201', holds: ['hr', 'it'], offboardings: [one], links: { [id]: cardLink } }),
    home({ reader: one.requester.id, holds: [], offboardings: [one], links: {} }),
    requestForm({ leaver, systems, memo: 'x', picked: one.requestedAt }),
    requestForm({ leaver, systems, memo: 'x' }),
    notice('Latchkey', why),
    wordsForm({ callback: 'x', title: 'x', headline: why, detail: why, label: 'x', submit: 'x', memo: 'x' }),
  ]
  return made as unknown as View[]
}

/** People whom the product itself calls: those who signed, asked, acted, own a task or receive. */
function meant(one: Offboarding): Set<string> {
  const found = new Set(['U00000202', one.requester.id])
  const add = (person: Pick<Clicker, 'id'> | undefined) => person && found.add(person.id)
  for (const signed of Object.values(one.signOffs)) add(signed?.by)
  add(one.declined?.by)
  add(one.quarantine?.released?.by)
  const { handOverTo } = one.choices
  if (handOverTo?.slackId) found.add(handOverTo.slackId)
  for (const run of Object.values(one.steps)) {
    add(run.by)
    if (run.plan.task) found.add(run.plan.task.owner)
  }
  return found
}

function* nodes(value: unknown): Generator<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return
  if (!Array.isArray(value)) yield value as Record<string, unknown>
  for (const inner of Object.values(value)) yield* nodes(inner)
}

function* texts(value: unknown): Generator<string> {
  if (typeof value === 'string') yield value
  else if (typeof value === 'object' && value !== null) for (const inner of Object.values(value)) yield* texts(inner)
}

/** What in a view a reader could click, be called by or be misled by, and the product did not put there. */
function liveIn(view: View, people: ReadonlySet<string>): unknown[] {
  const found: unknown[] = [...nodes(view)].filter((node) => isLive(node, people))
  // Slack reads `text` as markup, makes links of addresses, and draws what stands between colons.
  const { text } = view
  if (typeof text === 'string' && /[<>]|:\/\/|:[\w'+-]+:|\n/.test(text)) found.push({ text })
  return found
}

const inert = new Set(['text', 'date', 'user', 'usergroup', 'link'])

function isLive(node: Record<string, unknown>, people: ReadonlySet<string>): boolean {
  const { type } = node
  if (type === 'mrkdwn' || type === 'markdown' || type === 'image' || type === 'broadcast' || type === 'channel')
    return true
  if (type === 'user') return !people.has(String(node.user_id))
  if (type === 'usergroup') return node.usergroup_id !== 'S0HR'
  if (type === 'plain_text') return node.emoji !== false
  return 'url' in node ? node.url !== cardLink || !inert.has(String(type)) : false
}

/** Shrinking takes longer than reading. */
const runs = { numRuns: 50, endOnFailure: true }

describe('in every message and view of any offboarding', () => {
  // blocks.ts: rich_text and plain_text only, `escaped` for `text`; words.ts, personPiece: only Slack's own ids are mentions.
  test('no foreign text becomes a mention, a broadcast, a link or a picture', () => {
    fc.assert(
      fc.property(hostileOffboarding, attack, (one, why) => {
        const people = meant(one)
        for (const view of viewsOf(one, why)) expect(liveIn(view, people)).toEqual([])
      }),
      runs,
    )
  }, 60_000)

  // unseen.ts, withoutUnseen, as blocks.ts puts it around every piece of text.
  test('no character is left that nobody sees or that turns text around', () => {
    fc.assert(
      fc.property(hostileOffboarding, attack, (one, why) => {
        for (const view of viewsOf(one, why)) expect([...texts(view)].filter(isRaw)).toEqual([])
      }),
      runs,
    )
  }, 60_000)

  // blocks.ts: `tidy`, and line feeds that only `lines` and `quote` make.
  test('no foreign text begins a line of its own, but in the quote of a note', () => {
    fc.assert(
      fc.property(hostileOffboarding, (one) => {
        for (const view of viewsOf({ ...one }, 'a word'))
          for (const node of nodes(view))
            if (typeof node.text === 'string' && node.text !== '\n' && node.text.includes('\n'))
              expect(view).toSatisfy((whole: View) => isQuoted(whole, node))
      }),
      runs,
    )
  }, 60_000)

  // blocks.ts, tidy: `green`.
  test('no foreign text brings the mark of a proved step along', () => {
    fc.assert(
      fc.property(hostileOffboarding, attack, (one, why) => {
        const steps = Object.values(one.steps).map((run) => [run.key, { ...run, ending: 'failed' }] as const)
        const failed = { ...one, steps: Object.fromEntries(steps) } as Offboarding
        const sent = messages(failed, crowd).flatMap(({ says }) => (says.kind === 'shown' ? [says.shown] : []))
        expect(JSON.stringify([sent, everything(failed)])).not.toContain('✅')
        expect(why).toBeTypeOf('string')
      }),
      runs,
    )
  }, 60_000)
})

function isQuoted(view: View, node: unknown): boolean {
  return [...nodes(view)].some((one) => one.type === 'rich_text_quote' && [...nodes(one)].includes(node as never))
}

describe('an answer for one pair of eyes', () => {
  const start = beds()
  // hear.ts, shownOf: words that repeat what was typed go as blocks, and their `text` through `escaped`.
  test('repeats what was typed without a link, a mention or markup', async () => {
    const bed = await start()
    for (const typed of [`https://${evil}`, '<!channel>', '<@U00000666>', ':white_check_mark:', '*bold*']) {
      const answer = await bed.slack.as(ids.hr).slash(`/offboard status ${typed}`)
      const said = (await answer.ephemeral()) as unknown as View
      expect(JSON.stringify(said.blocks)).toContain('There is no offboarding')
      expect(liveIn({ text: said.text ?? '', blocks: said.blocks }, new Set())).toEqual([])
    }
  }, 30_000)

  // people.ts, personOf and views: a display name is whatever its owner types.
  test('names a leaver who calls themselves something else', async () => {
    const bed = await start()
    const name = `Jo\u202e <!channel> https://${evil} :white_check_mark:`
    await bed.slack.admin.changePerson(ids.other, { realName: name })
    await bed.slack.as(ids.other).slash(`/offboard <@${ids.leaver}>`)
    const answer = await bed.slack.as(ids.hr).slash(`/offboard <@${ids.other}>`)
    const view = (await answer.opened()) as unknown as View
    expect(liveIn({ blocks: view.blocks }, new Set())).toEqual([])
    expect([...texts(view.blocks)].filter(isRaw)).toEqual([])
  }, 30_000)
})

test('the attacks are attacks', () => {
  expect(attacks.filter(isRaw).length).toBeGreaterThan(8)
  expect(liveIn({ text: `see https://${evil}` }, new Set())).toHaveLength(1)
  expect(liveIn({ blocks: [{ type: 'user', user_id: 'U00000666' }] }, new Set())).toHaveLength(1)
})
