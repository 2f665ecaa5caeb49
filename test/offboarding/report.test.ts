import { expect, it as test } from 'vitest'
import type { Event } from '../../src/offboarding/event.ts'
import { report } from '../../src/offboarding/report.ts'
import { reportPage } from '../../src/offboarding/report-page.ts'
import { at, finding, given, it, request, running, step } from '../support/story.ts'

const steps = [step('zoo/cage'), step('zoo/pond'), step('farm/barn', { area: 'devices' })]
const end = (key: string, ending: 'verified' | 'failed', label = 'Key <b>7</b>'): Event[] => [
  { type: 'step-started', at: at(4), step: key },
  {
    type: 'step-ended',
    at: at(5),
    step: key,
    ending,
    fact: 'gone',
    findings: [finding('one', { label, state: 'done' })],
    ms: 5,
  },
]
const events: Event[] = [
  ...running(steps),
  ...end('zoo/cage@main', 'verified'),
  ...end('zoo/pond@main', 'failed'),
  ...end('farm/barn@main', 'verified'),
  { type: 'skipped', at: at(6), by: it, step: 'zoo/pond@main', reason: 'closed system' },
]
const made = report(given(events), events)

test('a failed step that was skipped is counted as skipped, and who did it is told', () => {
  expect(made.counts).toMatchObject({ verified: 2, skipped: 1, failed: 0, steps: 3 })
  expect(made.people.at(-1)).toEqual({
    at: at(6),
    who: 'Person UIT (UIT)',
    what: 'skipped zoo/pond@main: closed system',
  })
  expect(made.signOffs.map((one) => one.role)).toEqual(['hr', 'it'])
})

test('times count from the effective time', () => {
  expect(made).toMatchObject({ containedMs: 4 * 60_000, totalMs: 4 * 60_000, withinLimit: true })
})

test('the page needs nothing from elsewhere and escapes what systems said', () => {
  const page = reportPage(made)
  expect(page).toContain('Key &lt;b&gt;7&lt;/b&gt;')
  expect(page).not.toMatch(/<script|https?:|src=/)
  expect(page).toContain('2 of 3 steps verified, 1 skipped.')
})

test('an unfinished offboarding does not read as done', () => {
  const half = running(steps)
  const page = reportPage(report(given(half), half))
  expect(page).toContain('0 of 3 steps verified, 3 waiting.')
  expect(page).toContain('not yet')
})

test('what held it up, and who let it go on, is told with what people did', () => {
  const by = { id: 'UIT', name: 'Person UIT' }
  const held: Event[] = [
    request(),
    { type: 'quarantined', at: at(0), why: 'eleven requests within an hour' },
    { type: 'released', at: at(1), by: it },
    { type: 'halted', at: at(2), by, why: 'the wrong list' },
    { type: 'resumed', at: at(3), by },
  ]
  expect(report(given(held), held).people.map(({ who, what }) => `${who} ${what}`)).toEqual([
    'Person UBOSS (UBOSS) asked for this offboarding',
    'Latchkey held the request back: eleven requests within an hour',
    'Person UIT (UIT) released the request that was held back',
    'Person UIT (UIT) stopped everything: the wrong list',
    'Person UIT (UIT) let everything go on',
  ])
})
