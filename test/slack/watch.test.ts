import { expect, test } from 'vitest'
import type { Event, EventOf } from '../../src/offboarding/event.ts'
import type { Offboarding } from '../../src/offboarding/offboarding.ts'
import { messages, nobody } from '../../src/slack/messages.ts'
import { openList, status } from '../../src/slack/views/answers.ts'
import { at, finding, given, hr, it, plan, planned, request, running, signed, step } from '../support/story.ts'

const day = 24 * 60
const steps = [step('zoo/cage'), step('zoo/delete', { irreversible: true })]
const policy = { ...request().policy, watchFor: 3 * day * 60_000, watchEvery: day * 60_000, irreversibleAfter: 0 }

function done(): Event[] {
  const { digest } = plan(steps)
  const head: Event[] = [request({ policy }), planned(steps), signed('hr', hr, digest), signed('it', it, digest, 2)]
  const ends = steps.flatMap(({ key }): Event[] => [
    { type: 'step-started', at: at(4), step: key },
    { type: 'step-ended', at: at(5), step: key, ending: 'verified', fact: 'all', findings: [], ms: 1 },
  ])
  return [...head, planned(steps, 'run', 3), ...ends]
}

function look(days: number, more: Partial<EventOf<'watched'>> = {}): EventOf<'watched'> {
  return { type: 'watched', at: at(5 + days * day), cameBack: [], appeared: [], unseen: [], ...more }
}

const both = steps.map(({ key }) => ({ step: key, findings: [finding('one', { label: 'Sales' })] }))
const audience = { ...nobody, mentions: { hr: [], it: [{ type: 'usergroup' as const, usergroup_id: 'S0IT' }] } }

function textOf(one: Offboarding, key: string): string {
  const says = messages(one, audience).find((message) => message.key === key)?.says
  return says?.kind === 'shown' ? JSON.stringify(says.shown) : 'not there'
}

const keys = (one: Offboarding) => messages(one, audience).map((message) => message.key)

test('a look that found nothing says so on the card, and nothing in the thread', () => {
  const [before, after] = [given(done()), given([...done(), look(1)])]
  expect(textOf(before, 'card')).toContain('watched until')
  expect(textOf(after, 'card')).toContain('nothing is back')
  expect(textOf(after, 'card')).toContain('End the watch (IT)')
  expect(keys(after)).toEqual(keys(before))
})

test('what could not be looked at is said on the card, and is not called well', () => {
  const one = given([...done(), look(1, { unseen: [{ connectorTitle: 'Okta', fact: 'no answer' }] })])
  expect(textOf(one, 'card')).toContain('Okta could not be looked at, so nothing is known of it.')
  expect(textOf(one, 'card')).not.toContain('nothing is back')
})

test('what came back is told once for each look, calls IT, and each step has a result of its own', () => {
  const one = given([...done(), look(1, { cameBack: both })])
  const told = textOf(one, `came-back/${at(5 + day)}`)
  expect(told).toContain('Access came back')
  expect(told).toContain('zoo: cage')
  expect(told).toContain('Sales')
  expect(told).toContain('S0IT')
  expect(keys(one).filter((key) => key.includes('/failed/back-1'))).toHaveLength(2)
  const again: Event[] = steps.map(({ key }) => ({
    type: 'skipped',
    at: at(6 + day),
    by: it,
    step: key,
    reason: 'agreed',
  }))
  expect(keys(given([...done(), look(1, { cameBack: both }), ...again]))).toContain(`came-back/${at(5 + day)}`)
})

test('the card offers no Try again for what would be removed for good on the old signatures', () => {
  const card = textOf(given([...done(), look(1, { cameBack: both })]), 'card')
  expect(card.match(/"Try again"/g)).toHaveLength(1)
  expect(card.match(/"I did it by hand"/g)).toHaveLength(2)
})

test('the end is said, with what came back and what was not seen, or who ended it and why', () => {
  const unseen = [{ connectorTitle: 'Okta', fact: 'no answer' }]
  const over = given([...done(), look(3, { unseen })])
  expect(textOf(over, 'watch-over')).toContain('Watched for 3 d: nothing came back.')
  expect(textOf(over, 'watch-over')).toContain('Okta could not be looked at')
  const stop: Event = { type: 'watch-ended', at: at(6 + day), by: it, reason: 'hired again' }
  const stopped = given([...done(), look(1, { cameBack: both }), stop])
  expect(textOf(stopped, 'watch-over')).toContain('hired again')
  expect(textOf(given([...done(), look(1)]), 'watch-over')).toBe('not there')
})

test('what is only watched is counted in the list and not listed; status tells how it stands', () => {
  const watched = given([...done(), look(1)])
  expect(openList([watched, watched]).text).toBe('No offboarding is open. 2 more are done and watched.')
  expect(openList([watched, given(running(steps))]).text).toBe('1 offboarding open. 1 more is done and watched.')
  expect(JSON.stringify(status(watched, true))).toContain('nothing is back')
  expect(JSON.stringify(status(watched, false))).not.toContain('nothing is back')
})
