import { describe, expect, it as test } from 'vitest'
import { decide } from '../../src/offboarding/decide.ts'
import type { Event } from '../../src/offboarding/event.ts'
import { type GiveBack, giveBackTally, latest, takesNothing } from '../../src/offboarding/give-back.ts'
import { giveBackReady, takenAway } from '../../src/offboarding/give-back-list.ts'
import { allowGivingBackNow } from '../../src/offboarding/give-back-rules.ts'
import type { Clicker, Offboarding, PlanStep, Role } from '../../src/offboarding/offboarding.ts'
import { dueNow } from '../../src/offboarding/policy.ts'
import { report } from '../../src/offboarding/report.ts'
import { reportPage } from '../../src/offboarding/report-page.ts'
import { everythingIn } from '../support/give-back.ts'
import {
  at,
  clicker,
  finding,
  given,
  hr,
  it,
  plan,
  refusalOf,
  request,
  running,
  signed,
  step,
} from '../support/story.ts'

const asker = clicker('UASK', ['hr', 'it'])
const boss = clicker('UBOSS', ['hr'])

const groups = step('zoo/groups', {
  phase: 'remove',
  undo: true,
  findings: [finding('g1', { before: { role: 'owner' } }), finding('g2', { before: { role: 'member' } })],
})
const lock = step('zoo/lock', { undo: true, findings: [finding('l1')] })
const barn = step('farm/barn', { undo: true, after: ['zoo/groups'], findings: [finding('b1')] })
const scramble = step('zoo/scramble-password', { findings: [finding('p1')] })
const user = step('zoo/user', { phase: 'reclaim', irreversible: true, findings: [finding('u1')] })
const laptop = step('manual/laptop', { findings: [], task: { ask: 'Take it', owner: 'it', dueInMs: 1000 } })
const all = [groups, lock, barn, scramble, user]

function took(one: PlanStep, minutes = 10): Event[] {
  const findings = one.findings.map((each) => ({
    ...each,
    state: 'done' as const,
    fact: 'gone',
    before: 'changed since',
  }))
  const answers = one.findings.map(
    ({ id }): Event => ({ type: 'answered', at: at(minutes), step: one.key, finding: id }),
  )
  return [
    { type: 'step-started', at: at(minutes), step: one.key },
    { type: 'intended', at: at(minutes), step: one.key, findings: one.findings.map(({ id }) => id) },
    ...answers,
    { type: 'step-ended', at: at(minutes), step: one.key, ending: 'verified', fact: 'gone', findings, ms: 1 },
  ]
}

const done = (): Event[] => [...running(all), ...all.slice(0, 4).flatMap((one) => took(one))]

function asked(one: Offboarding, by: Clicker = asker, items = everythingIn(one), minutes = 60): Event {
  return { type: 'give-back-asked', at: at(minutes), by, items, reason: 'Jo stays.' }
}

function signs(one: Offboarding, by: Clicker, role: Role, minutes = 61, digest = latest(one)?.digest ?? ''): Event {
  return { type: 'give-back-signed', at: at(minutes), by, role, digest }
}

function follow(events: readonly Event[], ...more: ((one: Offboarding) => Event)[]): Offboarding {
  let state = given(events)
  for (const next of more) state = decide(state, next(state)).next
  return state
}

const bothSigned = () =>
  follow(
    done(),
    asked,
    (one) => signs(one, hr, 'hr'),
    (one) => signs(one, it, 'it'),
  )
const backOf = (one: Offboarding) => latest(one) as GiveBack
const refused = (one: Offboarding, event: Event) => refusalOf(() => decide(one, event))

describe('what can be given back', () => {
  test('is what this offboarding ordered and a system can give back, as it was before', () => {
    const { can, cannot } = takenAway(given(done()))
    expect(can.map(({ run }) => run.key)).toEqual(['zoo/groups@main', 'zoo/lock@main', 'farm/barn@main'])
    expect(can[0]?.findings.map((one) => one.before)).toEqual([{ role: 'owner' }, { role: 'member' }])
    expect(cannot.map(({ why }) => why)).toEqual(['nobody knows the old password: IT sets a new one'])
  })

  test('is not what was gone before, was refused, or is still there', () => {
    const gone = step('zoo/groups', { undo: true, findings: [finding('g1', { state: 'done' })] })
    const no: Event = { type: 'not-applied', at: at(9), step: lock.key, finding: 'l1', kind: 'rejected', fact: 'no' }
    const still: Event[] = [
      { type: 'step-started', at: at(9), step: barn.key },
      { type: 'intended', at: at(9), step: barn.key, findings: ['b1'] },
      { type: 'answered', at: at(9), step: barn.key, finding: 'b1' },
      { type: 'step-ended', at: at(9), step: barn.key, ending: 'failed', fact: 'f', findings: [finding('b1')], ms: 1 },
    ]
    const failed: Event = {
      type: 'step-ended',
      at: at(9),
      step: lock.key,
      ending: 'failed',
      fact: 'no',
      findings: lock.findings,
      ms: 1,
    }
    const started: Event[] = [
      { type: 'step-started', at: at(9), step: lock.key },
      { type: 'intended', at: at(9), step: lock.key, findings: ['l1'] },
    ]
    const seen: Event[] = [
      { type: 'step-started', at: at(9), step: gone.key },
      {
        type: 'step-ended',
        at: at(9),
        step: gone.key,
        ending: 'verified',
        fact: 'gone',
        findings: gone.findings,
        ms: 1,
      },
    ]
    const one = given([...running([gone, lock, barn]), ...seen, ...started, no, failed, ...still])
    expect(takenAway(one)).toEqual({ can: [], cannot: [] })
  })

  test('says why the rest does not come back', () => {
    const gone = step('zoo/wipe', { irreversible: true, findings: [finding('w1')] })
    const plain = step('zoo/token', { findings: [finding('t1')] })
    const by: Event[] = [
      { type: 'step-waiting', at: at(9), step: laptop.key, findings: [], fact: 'handed to it' },
      { type: 'attested', at: at(9), by: it, step: laptop.key, note: 'in the cupboard' },
    ]
    const once = request({ policy: { ...request().policy, irreversibleAfter: 0 } })
    const [, ...rest] = running([gone, plain, laptop])
    const one = given([once, ...rest, ...took(gone), ...took(plain), ...by])
    expect(takenAway(one).cannot.map(({ run, why }) => `${run.plan.step}: ${why}`)).toEqual([
      'wipe: it cannot be undone',
      'token: zoo offers no way to give it back',
      'laptop: done by hand by Person UIT, so a person takes it back',
    ])
  })
})

describe('asking', () => {
  test.each([
    ['nobody without a role', clicker('UNONE'), /Only HR or IT approvers/],
    ['not the leaver', clicker('UJO', ['hr', 'it']), /concerns yourself/],
    ['no guest', clicker('UG', ['it'], { guest: true }), /Guests/],
    ['nobody who is deactivated', clicker('UD', ['it'], { deactivated: true }), /deactivated/],
  ])('is for HR and IT: %s', (_who, by, words) => {
    const one = given(done())
    expect(refused(one, asked(one, by))).toMatch(words)
  })

  test('is refused before, while and after it takes, each with what to do instead', () => {
    const when = (events: readonly Event[], minutes = 60) =>
      refusalOf(() => allowGivingBackNow(given(events), at(minutes)))
    const start = running(all)
    expect(when(start.slice(0, 2))).toMatch(/Withdraw it with \/offboard cancel off-1/)
    expect(when(start)).toMatch(/still running.*\/offboard stop holds everything/)
    expect(when([...start, { type: 'step-started', at: at(9), step: lock.key }])).toMatch(/still running/)
    const closed: Event[] = [...running([lock]), ...took(lock), { type: 'closed', at: at(1500) }]
    expect(when(closed)).toMatch(/closed.*\/offboard report off-1/)
    expect(when([...running([scramble]), ...took(scramble)])).toMatch(/nothing that Latchkey could give back/)
    expect(when(done())).toBe('not refused')
  })

  test('does not wait for the tasks of people', () => {
    const waits: Event = { type: 'step-waiting', at: at(9), step: laptop.key, findings: [], fact: 'handed to it' }
    const one = given([...running([lock, laptop]), ...took(lock), waits])
    expect(one.state).toBe('running')
    expect(decide(one, asked(one)).next.giveBacks).toHaveLength(1)
  })

  test('is for what can be given back, once at a time', () => {
    const one = given(done())
    const items = (stepKey: string, findings: string[]) => asked(one, asker, [{ stepKey, findings }])
    expect(refused(one, items('zoo/scramble-password@main', ['p1']))).toMatch(/cannot be given back/)
    expect(refused(one, items('zoo/groups@main', ['g1', 'g9']))).toMatch(/cannot be given back/)
    expect(refused(one, items('zoo/elsewhere@main', ['g1']))).toMatch(/cannot be given back/)
    const twice = asked(one, asker, [...everythingIn(one), ...everythingIn(one)])
    expect(refused(one, twice)).toMatch(/cannot be given back/)
    const now = decide(one, asked(one)).next
    expect(refused(now, asked(now, hr))).toMatch(/Person UASK has asked for that already/)
  })
})

describe('signing', () => {
  const one = () => follow(done(), asked)

  test.each([
    ['who asked', asker, /You asked for this/],
    ['who has another role', it, /Only HR approvers/],
    ['the leaver', clicker('UJO', ['hr']), /concerns yourself/],
    ['a guest', clicker('UG', ['hr'], { guest: true }), /Guests/],
  ])('is not for %s', (_who, by, words) => {
    expect(refused(one(), signs(one(), by, 'hr'))).toMatch(words)
  })

  test('takes two different people', () => {
    const both = clicker('UBOTH', ['hr', 'it'])
    const once = follow(done(), asked, (now) => signs(now, both, 'hr'))
    expect(backOf(once).state).toBe('awaiting-sign-off')
    expect(refused(once, signs(once, both, 'it'))).toMatch(/two different people/)
    expect(refused(once, signs(once, hr, 'hr'))).toMatch(/signed already \(Person UBOTH\)/)
  })

  test('binds to exactly what is given back, and what it was', () => {
    expect(refused(one(), signs(one(), hr, 'hr', 61, 'an older list'))).toMatch(/has changed/)
    const state = given(done())
    const digestOf = (...items: { stepKey: string; findings: string[] }[]) =>
      backOf(decide(state, asked(state, asker, items)).next).digest
    const only = digestOf({ stepKey: groups.key, findings: ['g1'] })
    expect(only).not.toBe(digestOf({ stepKey: groups.key, findings: ['g2'] }))
    expect(only).not.toBe(digestOf({ stepKey: groups.key, findings: ['g1', 'g2'] }))
    const other = { ...groups, findings: [finding('g1', { before: { role: 'reader' } }), finding('g2')] }
    const reader = given([...running([other]), ...took(other)])
    const item = { stepKey: groups.key, findings: ['g1'] }
    expect(backOf(decide(reader, asked(reader, asker, [item])).next).digest).not.toBe(only)
  })

  test('is over when it was declined, or not signed in time', () => {
    const no = follow(done(), asked, () => ({
      type: 'give-back-declined',
      at: at(62),
      by: it,
      reason: 'gone for good',
    }))
    expect(backOf(no)).toMatchObject({ state: 'declined', declined: { reason: 'gone for good' } })
    expect(refused(no, signs(no, hr, 'hr'))).toMatch(/Nothing is being given back/)
    const due = new Date(Date.parse(at(60)) + one().policy.signOffWithin)
    expect(refused(one(), { ...signs(one(), hr, 'hr'), at: due.toISOString() } as Event)).toMatch(/not signed in time/)
    const event = dueNow(one(), due)[0]
    expect(event).toMatchObject({ type: 'event', event: { type: 'give-back-expired' } })
    expect(dueNow(one(), new Date(due.getTime() - 1))).toEqual([])
    const late = follow(done(), asked, () => ({ type: 'give-back-expired', at: due.toISOString() }))
    expect(decide(late, asked(late, asker, everythingIn(late), 6000)).next.giveBacks).toHaveLength(2)
  })
})

describe('taking', () => {
  const failed = step('zoo/mail', { findings: [finding('m1')] })
  const stuck = (): Event[] => [
    ...running([lock, failed, user]),
    ...took(lock),
    { type: 'step-started', at: at(9), step: failed.key },
    { type: 'step-ended', at: at(9), step: failed.key, ending: 'failed', fact: 'no', findings: failed.findings, ms: 1 },
  ]

  test('rests while it is asked for, and ends for good once both have signed', () => {
    const later = new Date(Date.parse(at(0)) + 40 * 24 * 3600_000)
    const now = follow(stuck(), asked)
    expect(now.steps[user.key]?.state).toBe('delayed')
    expect(dueNow(now, new Date(at(70)))).toEqual([])
    const start: Event = { type: 'step-started', at: later.toISOString(), step: user.key }
    expect(refused(now, start)).toMatch(/Nothing more is taken/)
    expect(refused(now, { type: 'retried', at: at(70), by: it, step: failed.key })).toMatch(
      /Decline it on the card first/,
    )
    const signed = follow(
      stuck(),
      asked,
      (one) => signs(one, hr, 'hr'),
      (one) => signs(one, it, 'it'),
    )
    expect(signed.steps[user.key]).toMatchObject({ state: 'ended', ending: 'skipped', by: { id: 'UIT' } })
    expect(signed.steps[failed.key]?.ending).toBe('failed')
    expect(refused(signed, { type: 'retried', at: at(70), by: it, step: failed.key })).toMatch(/Ask for a new one/)
    expect(refused(signed, start)).toMatch(/Nothing more is taken/)
    expect(takesNothing(signed)).toBe(true)
  })

  test('goes on when giving back was declined', () => {
    const no = follow(stuck(), asked, () => ({ type: 'give-back-declined', at: at(62), by: it, reason: 'no' }))
    expect(takesNothing(no)).toBe(false)
    expect(decide(no, { type: 'retried', at: at(70), by: it, step: failed.key }).next.state).toBe('running')
  })

  test('of what was found after sign-off is not signed any more', () => {
    const held = { ...user, findings: [...user.findings, finding('u2')] }
    const [first, ...rest] = running([lock, user], [lock, held])
    const one = given([first as Event, ...rest, ...took(lock)])
    expect(one.held).toBeDefined()
    const now = follow([first as Event, ...rest, ...took(lock)], asked)
    expect(refused(now, signed('hr', hr, now.held?.digest ?? '', 65))).toMatch(/asked for giving back/)
    const both = decide(decide(now, signs(now, hr, 'hr')).next, signs(now, it, 'it')).next
    expect(both.held).toBeUndefined()
    expect(both.steps[user.key]?.ending).toBe('skipped')
  })
})

describe('giving back', () => {
  const started = (one: Offboarding, key: string) =>
    decide(one, { type: 'give-back-started', at: at(63), stepKey: key }).next
  const end = (one: Offboarding, key: string, ending: 'verified' | 'failed') => {
    const state = ending === 'verified' ? ('open' as const) : ('done' as const)
    const findings = (backOf(one).steps[key]?.findings ?? []).map((each) => ({ ...each, state }))
    return decide(one, { type: 'give-back-ended', at: at(64), stepKey: key, ending, fact: 'f', findings, ms: 1 }).next
  }

  test('goes the way back, and nothing begins before its turn or without signatures', () => {
    const one = bothSigned()
    expect(giveBackReady(one, backOf(one))).toEqual(['farm/barn@main'])
    expect(refused(one, { type: 'give-back-started', at: at(63), stepKey: groups.key })).toMatch(/not the turn/)
    const unsigned = follow(done(), asked, (now) => signs(now, hr, 'hr'))
    expect(giveBackReady(unsigned, backOf(unsigned))).toEqual([])
    expect(refused(unsigned, { type: 'give-back-started', at: at(63), stepKey: barn.key })).toMatch(/not the turn/)
    const next = end(started(one, barn.key), barn.key, 'verified')
    expect(giveBackReady(next, backOf(next))).toEqual(['zoo/groups@main'])
  })

  test('is reported of what was signed alone', () => {
    const one = started(bothSigned(), barn.key)
    const more: Event = { type: 'give-back-intended', at: at(63), stepKey: barn.key, findings: ['b1', 'b2'] }
    expect(refused(one, more)).toMatch(/nobody signed/)
    expect(refused(one, { ...more, stepKey: groups.key, findings: ['g1'] } as Event)).toMatch(/is not being given back/)
  })

  test('that fails is tried again, done by hand, or skipped by IT', () => {
    const one = end(started(bothSigned(), barn.key), barn.key, 'failed')
    expect(backOf(one).state).toBe('running') // the others still have their turn
    const hand = (by: Clicker, type: string) =>
      ({ type, at: at(65), by, stepKey: barn.key, note: 'n', reason: 'r' }) as Event
    expect(refused(one, hand(boss, 'give-back-skipped'))).toMatch(/Only IT/)
    expect(refused(one, hand(clicker('UNONE'), 'give-back-attested'))).toMatch(/Only HR or IT/)
    expect(backOf(decide(one, hand(it, 'give-back-retried')).next).steps[barn.key]).toMatchObject({ state: 'planned' })
    const byHand = decide(one, hand(boss, 'give-back-attested')).next
    expect(backOf(byHand).steps[barn.key]).toMatchObject({ ending: 'attested', by: { id: 'UBOSS' }, fact: 'n' })
    expect(refused(byHand, hand(it, 'give-back-skipped'))).toMatch(/has ended already \(attested/)
  })

  test('of the rest can be asked for afterwards, and of nothing twice', () => {
    const once = follow(
      done(),
      (one) => asked(one, asker, [{ stepKey: groups.key, findings: ['g1'] }]),
      (one) => signs(one, hr, 'hr'),
      (one) => signs(one, it, 'it'),
    )
    const back = end(started(once, groups.key), groups.key, 'verified')
    expect(backOf(back)).toMatchObject({ number: 1, state: 'done' })
    expect(everythingIn(back)).toEqual([
      { stepKey: groups.key, findings: ['g2'] },
      { stepKey: lock.key, findings: ['l1'] },
      { stepKey: barn.key, findings: ['b1'] },
    ])
    expect(refused(back, asked(back, asker, [{ stepKey: groups.key, findings: ['g1'] }], 70))).toMatch(
      /cannot be given back/,
    )
    expect(backOf(decide(back, asked(back, asker, everythingIn(back), 70)).next).number).toBe(2)
  })

  test('keeps the offboarding at hand for a day after it has ended, and from being closed meanwhile', () => {
    const day = 24 * 60
    const one = bothSigned()
    expect(dueNow(one, new Date(at(60 + 2 * day)))).toEqual([{ type: 'give-back' }])
    expect(refused(one, { type: 'closed', at: at(60 + 2 * day) })).toMatch(/not closed while/)
    let now = one
    for (const key of [barn.key, groups.key, lock.key]) now = end(started(now, key), key, 'verified')
    expect(backOf(now).state).toBe('done')
    expect(dueNow(now, new Date(at(64 + day - 1)))).toEqual([])
    expect(dueNow(now, new Date(at(64 + day)))).toMatchObject([{ event: { type: 'closed' } }])
  })

  test('is counted by things, and told in the report', () => {
    let now = bothSigned()
    now = end(started(now, barn.key), barn.key, 'failed')
    now = decide(now, { type: 'give-back-attested', at: at(65), by: it, stepKey: barn.key, note: 'by hand' }).next
    now = end(started(now, groups.key), groups.key, 'verified')
    expect(giveBackTally(backOf(now))).toMatchObject({ all: 4, readBack: 2, byHand: 1, left: 1, failed: 0 })
    const told = report(now, [asked(now), signs(now, hr, 'hr')])
    expect(told.givenBack?.[0]).toMatchObject({ state: 'running', calledOff: [user.key], counts: { readBack: 2 } })
    expect(told.people.map(({ what }) => what)).toEqual([
      'asked to have 1 thing given back: Jo stays.',
      'signed giving back for HR',
    ])
    const page = reportPage(told)
    expect(page).toContain('2 of 4 given back and read back, 1 by hand, 1 not begun')
    expect(page).toContain('there again')
    expect(report(given(done()), []).givenBack).toBeUndefined()
  })

  test('lets nobody ask for another offboarding of the same person meanwhile', () => {
    const again = request({ requestKey: 'V2', at: at(70) })
    const open = [bothSigned()]
    expect(refusalOf(() => decide(undefined, again, { id: 'off-2', open }))).toMatch(/already an open offboarding/)
    expect(refusalOf(() => decide(undefined, again, { id: 'off-2', open: [given(done())] }))).toBe('not refused')
  })
})

test('a plan says what can be given back without changing what was signed', () => {
  expect(plan([{ ...lock, undo: true }]).digest).toBe(plan([step('zoo/lock', { findings: [finding('l1')] })]).digest)
})
