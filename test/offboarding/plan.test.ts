import { expect, it as test } from 'vitest'
import { carried, digestOf, endingOf, factOf } from '../../src/offboarding/plan.ts'
import { finding, step } from '../support/story.ts'

const base = {
  steps: [step('zoo/a'), step('farm/b')],
  ambiguous: [],
  unreadable: [],
  choices: { kind: 'dismissal', devices: 'lock' },
} as const
const digest = digestOf(base)

test('facts, labels and order do not change the digest', () => {
  const told = step('zoo/a', {
    title: 'other words',
    findings: [finding('one', { label: 'x', fact: 'y', state: 'done' })],
  })
  expect(digestOf({ ...base, steps: [step('farm/b'), told] })).toBe(digest)
})

test.each([
  ['a step', { ...base, steps: [step('zoo/a')] }],
  ['a finding', { ...base, steps: [step('zoo/a', { findings: [finding('two')] }), step('farm/b')] }],
  [
    'an account',
    { ...base, steps: [step('zoo/a', { account: { realm: 'main', id: 'other', label: 'jo' } }), step('farm/b')] },
  ],
  ['an irreversible flag', { ...base, steps: [step('zoo/a', { irreversible: true }), step('farm/b')] }],
  ['a choice', { ...base, choices: { ...base.choices, devices: 'wipe' as const } }],
  ['a system that can be read now', { ...base, unreadable: [{ connector: 'zoo', connectorTitle: 'Zoo', fact: '' }] }],
])('%s changes the digest', (_what, parts) => {
  expect(digestOf(parts)).not.toBe(digest)
})

test.each([
  [[], undefined, 'nothing-found'],
  [['done', 'done'], undefined, 'verified'],
  [['done'], 'none', 'acknowledged'],
  [['done', 'open'], undefined, 'open'],
  [['done', 'pending'], undefined, 'waiting'],
  [['done', 'blocked'], undefined, 'failed'],
  [['done', 'unknown', 'open', 'pending', 'blocked'], undefined, 'unknown'],
] as const)('findings %j with proof %s end %s', (states, proof, ending) => {
  expect(
    endingOf(
      states.map((state, index) => finding(String(index), { state })),
      proof,
    ),
  ).toBe(ending)
})

test('a finding that is gone is done, and what could not be read before says nothing now', () => {
  const before = [finding('one'), finding('unreadable', { state: 'unknown' })]
  expect(carried(before, [finding('two')])).toMatchObject([
    { id: 'two', state: 'open' },
    { id: 'one', state: 'done', fact: 'no longer there' },
  ])
})

test('the fact names what is not well first', () => {
  expect(factOf([finding('a', { state: 'done' }), finding('b', { state: 'blocked', fact: 'last admin' })])).toBe(
    'Thing b: last admin',
  )
  expect(factOf([finding('a', { state: 'done' }), finding('b', { state: 'done' })])).toBe('2 of 2 done')
})

test('half a character in a text does not stop the digest', () => {
  const cut = '\ud83d'
  expect(digestOf({ ...base, choices: { ...base.choices, autoReply: cut } })).toMatch(/^[0-9a-f]{64}$/)
})
