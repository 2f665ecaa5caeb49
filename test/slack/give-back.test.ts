import type { InputBlock } from '@slack/types'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { latest } from '../../src/offboarding/give-back.ts'
import { takenAway } from '../../src/offboarding/give-back-list.ts'
import type { Offboarding } from '../../src/offboarding/offboarding.ts'
import { problemsOf } from '../../src/sandbox/slack/limits.ts'
import { type Audience, type Message, messages, nobody } from '../../src/slack/messages.ts'
import { status } from '../../src/slack/views/answers.ts'
import { chosenIn, giveBackForm, nothingChosen } from '../../src/slack/views/give-back.ts'
import { home, waitsFor } from '../../src/slack/views/home.ts'
import { results } from '../../src/slack/views/thread.ts'
import { anyGivingBack } from '../support/arbitrary-give-back.ts'
import { hugeOffboarding } from '../support/huge-offboarding.ts'

const crowd: Audience = {
  ...nobody,
  holders: { hr: ['U00000201', 'U00000101'], it: ['U00000202', 'U00000103'] },
  cardLink: 'https://example.slack.com/archives/C1/p1',
}
const hidden: Audience = { ...crowd, direct: { people: ['U00000201', 'U00000101'], why: 'Jo reads the channel.' } }

function shownOf(one: Offboarding, { says }: Message) {
  if (says.kind === 'shown') return says.shown
  return says.kind === 'result' ? results(one, [says.run]) : { text: 'The report.', blocks: [] }
}

function problemsIn(one: Offboarding, audience: Audience): string[] {
  return messages(one, audience).flatMap((message) => {
    const kind = message.live ? 'update' : 'message'
    return problemsOf(kind, shownOf(one, message)).map((problem) => `${message.key}: ${problem}`)
  })
}

/** As Slack sends the form back when nothing is touched. */
function untouched(one: Offboarding): Record<string, string[]> {
  const blocks = giveBackForm(one).blocks.flatMap((block) => {
    const { element } = block as InputBlock
    if (block.type !== 'input' || element.type !== 'checkboxes') return []
    return [[block.block_id ?? '', (element.initial_options ?? []).map((option) => option.value ?? '')] as const]
  })
  return Object.fromEntries(blocks)
}

describe('whatever is given back', () => {
  test('every message, home and form is within what Slack takes', () => {
    fc.assert(
      fc.property(anyGivingBack, (one) => {
        const homes = home({ reader: 'U00000201', holds: ['hr', 'it'], offboardings: Array(30).fill(one), links: {} })
        expect(problemsIn(one, crowd)).toEqual([])
        expect(problemsIn(one, hidden)).toEqual([])
        expect(problemsOf('modal', giveBackForm(one))).toEqual([])
        expect(problemsOf('home', homes)).toEqual([])
        expect(problemsOf('message', status(one, true))).toEqual([])
      }),
      { numRuns: 60 },
    )
  }, 60_000)

  test('each message has a key of its own, text that is a sentence, and never goes to the leaver', () => {
    fc.assert(
      fc.property(anyGivingBack, (one) => {
        const all = messages({ ...one, requester: { id: one.leaver.id, name: 'the leaver' } }, crowd)
        expect(new Set(all.map((message) => message.key)).size).toBe(all.length)
        for (const message of all) {
          expect(shownOf(one, message).text).toMatch(/[.)]$/)
          expect('user' in message.to && message.to.user === one.leaver.id).toBe(false)
          expect(JSON.stringify(shownOf(one, message).blocks)).not.toContain('"type":"mrkdwn"')
        }
      }),
      { numRuns: 60 },
    )
  }, 60_000)

  test('who asked for it is not asked to sign it, in person or at home', () => {
    fc.assert(
      fc.property(anyGivingBack, (one) => {
        const back = latest(one)
        if (!back) return
        const keys = messages(one, crowd).map((message) => message.key)
        const newest = keys.filter((key) => key.startsWith(`back-ask/${back.number}/`))
        expect(newest.filter((key) => key.endsWith(`/${back.by.id}`))).toEqual([])
        const mine = waitsFor(one, { reader: back.by.id, holds: ['hr', 'it'] })
        expect(mine.filter((what) => what.includes('sign giving back'))).toEqual([])
      }),
      { numRuns: 60 },
    )
  }, 60_000)

  test('the form has a place for hundreds of things', () => {
    const huge = hugeOffboarding()
    const steps = Object.values(huge.steps).map((run) => {
      const findings = run.plan.findings.map((finding) => ({ ...finding, state: 'done' as const }))
      const applied = Object.fromEntries(findings.map(({ id }) => [id, { intentAt: 'x', answeredAt: 'x' }]))
      return [run.key, { ...run, plan: { ...run.plan, undo: true as const }, findings, applied }]
    })
    const one: Offboarding = { ...huge, steps: Object.fromEntries(steps) }
    expect(problemsOf('modal', giveBackForm(one))).toEqual([])
    expect(chosenIn(one, { fields: untouched(one) })?.flatMap((item) => item.findings).length).toBeGreaterThan(100)
  })
})

describe('the form', () => {
  test('sent as it is asks for everything that can be given back', () => {
    fc.assert(
      fc.property(anyGivingBack, (one) => {
        const { can } = takenAway(one)
        const wanted = can.map(({ run, findings }) => ({ stepKey: run.key, findings: findings.map(({ id }) => id) }))
        expect(chosenIn(one, { fields: untouched(one) })).toEqual(wanted)
        expect(nothingChosen({ fields: untouched(one) }) === undefined).toBe(wanted.length > 0)
      }),
      { numRuns: 60 },
    )
  }, 60_000)

  test('asks for what is left chosen, and for nothing that the record does not know', () => {
    fc.assert(
      fc.property(anyGivingBack, (one) => {
        const all = Object.entries(untouched(one))
        const [first] = all
        if (!first) return
        const empty = Object.fromEntries(all.map(([block]) => [block, []]))
        expect(chosenIn(one, { fields: empty })).toEqual([])
        expect(nothingChosen({ fields: empty })).toBe(first[0])
        expect(chosenIn(one, { fields: { ...empty, [first[0]]: ['0123456789abcdef'] } })).toBeUndefined()
        expect(chosenIn(one, { fields: { 'back-0123456789abcdef': ['all'] } })).toBeUndefined()
        expect(chosenIn(one, { fields: { ...empty, [first[0]]: first[1] } })).toHaveLength(1)
      }),
      { numRuns: 60 },
    )
  }, 60_000)
})
