import { expect, it as test } from 'vitest'
import type { Event } from '../../src/offboarding/event.ts'
import { deadlocks, ready } from '../../src/offboarding/order.ts'
import { at, given, running, step } from '../support/story.ts'

const now = new Date(at(10))
const start = (key: string): Event => ({ type: 'step-started', at: at(4), step: key })
const end = (key: string, ending: 'verified' | 'failed'): Event => ({
  type: 'step-ended',
  at: at(5),
  step: key,
  ending,
  fact: '',
  findings: [],
  ms: 0,
})

test('inside one realm a phase waits for the phase before; other systems do not', () => {
  const steps = [step('zoo/a'), step('zoo/b', { phase: 'remove' }), step('farm/c', { phase: 'remove' })]
  const events = running(steps)
  expect(ready(given(events), now)).toEqual(['zoo/a@main', 'farm/c@main'])
  expect(ready(given([...events, start('zoo/a@main')]), now)).toEqual(['farm/c@main'])
})

test('a failed step opens the next phase but not what needs it', () => {
  const steps = [
    step('zoo/a'),
    step('zoo/b', { phase: 'remove' }),
    step('farm/c', { needs: ['zoo/a'] }),
    step('farm/d', { after: ['zoo/a'] }),
  ]
  const failed = [...running(steps), start('zoo/a@main'), end('zoo/a@main', 'failed')]
  expect(ready(given(failed), now)).toEqual(['zoo/b@main', 'farm/d@main'])
})

test('needs inside one connector mean the same realm', () => {
  const other = { key: 'zoo/b@second', realm: 'second', needs: ['zoo/a'] }
  const steps = [step('zoo/a'), step('zoo/b', { needs: ['zoo/a'] }), step('zoo/b', other)]
  expect(ready(given(running(steps)), now)).toEqual(['zoo/a@main', 'zoo/b@second'])
})

test('a waiting step does not hold up the next phase', () => {
  const steps = [step('zoo/a'), step('zoo/b', { phase: 'remove' })]
  const waiting: Event = { type: 'step-waiting', at: at(5), step: 'zoo/a@main', findings: [], fact: 'queued' }
  expect(ready(given([...running(steps), start('zoo/a@main'), waiting]), now)).toEqual(['zoo/b@main'])
})

test('steps that would wait for each other for ever are found before anything runs', () => {
  const cycle = [
    { id: 'zoo/a', phase: 'contain', needs: ['zoo/b'] },
    { id: 'zoo/b', phase: 'remove', needs: [] },
    { id: 'farm/c', phase: 'remove', needs: ['zoo/b'] },
  ]
  expect(deadlocks(cycle)).toEqual(['zoo/a', 'zoo/b', 'farm/c'])
  expect(
    deadlocks([
      { id: 'zoo/a', phase: 'remove', needs: ['farm/c'] },
      { id: 'farm/c', phase: 'reclaim', needs: [] },
    ]),
  ).toEqual([])
})
