import { describe, expect, it as test } from 'vitest'
import { decide } from '../../src/offboarding/decide.ts'
import type { Event } from '../../src/offboarding/event.ts'
import { ready } from '../../src/offboarding/order.ts'
import {
  at,
  clicker,
  finding,
  given,
  hr,
  it,
  leaver,
  plan,
  planned,
  refusalOf,
  request,
  requester,
  running,
  signed,
  step,
} from '../support/story.ts'

const steps = [step('zoo/cage')]
const { digest } = plan(steps)
const asked: Event[] = [request(), planned(steps)]

describe('asking', () => {
  const ask = (more: Parameters<typeof request>[0]) => () =>
    decide(undefined, request(more), { id: 'off-2', open: [given(asked)] })

  test('nobody asks for their own offboarding', () => {
    expect(refusalOf(ask({ by: { id: 'UJO', name: 'Jo' } }))).toMatch(/your own offboarding.*manager or HR/)
  })
  test('a time in the past is refused', () => {
    expect(refusalOf(ask({ effectiveAt: at(-1) }))).toMatch(/in the past/)
  })
  test('a leaver has one open offboarding, known by any address', () => {
    const again = { id: 'mailto:x', name: 'J', emails: ['x@example.com', 'jo.miller@example.com'] }
    expect(refusalOf(ask({ leaver: again }))).toMatch(/already an open offboarding of Jo Miller \(off-1/)
  })
  test('the leaver cannot take over from themselves', () => {
    const other = { ...leaver, id: 'UZ', slackId: 'UZ', emails: ['z@example.com'] }
    const choices = { kind: 'dismissal' as const, devices: 'wipe' as const, handOverTo: other }
    expect(refusalOf(ask({ leaver: other, choices }))).toMatch(/take over their own work/)
  })
  test('only a request begins one: nothing else can be done to an offboarding that does not exist', () => {
    const context = { id: 'off-2', open: [] }
    expect(refusalOf(() => decide(undefined, signed('hr', hr, digest), context))).toMatch(/does not exist/)
    expect(refusalOf(() => decide(undefined, request()))).toMatch(/does not exist/)
  })
  test('one that exists is not asked for a second time, whatever the record holds', () => {
    expect(refusalOf(() => decide(given(asked), request()))).toMatch(/asked for already/)
  })
})

describe('signing', () => {
  test('two people, one of HR and one of IT, schedule it for now', () => {
    const one = given([...asked, signed('hr', hr, digest), signed('it', it, digest, 2)])
    expect(one).toMatchObject({ state: 'scheduled', effectiveAt: at(2) })
    expect(one.late).toBeUndefined()
  })
  test.each([
    ['the requester', clicker('UBOSS', ['hr']), /You asked for this offboarding/],
    ['the leaver', clicker('UJO', ['hr']), /concerns yourself/],
    [
      'the leaver under another Slack id but the same address',
      clicker('UJO2', ['hr'], { email: 'Jo.Miller@example.com' }),
      /concerns yourself/,
    ],
    ['somebody without the role', clicker('UX'), /Only HR approvers/],
    ['somebody of the other role', clicker('UX', ['it']), /Only HR approvers/],
    ['a guest', clicker('UX', ['hr'], { guest: true }), /Guests/],
    ['a stranger from another organisation', clicker('UX', ['hr'], { external: true }), /other organisations/],
    ['a deactivated person', clicker('UX', ['hr'], { deactivated: true }), /deactivated/],
    ['an app', clicker('UX', ['hr'], { bot: true }), /An app cannot/],
  ])('%s does not sign', (_who, by, why) => {
    expect(refusalOf(() => decide(given(asked), signed('hr', by, digest)))).toMatch(why)
  })
  test('one person who holds both roles signs once', () => {
    const both = clicker('UB', ['hr', 'it'])
    const one = given([...asked, signed('hr', both, digest)])
    expect(refusalOf(() => decide(one, signed('it', both, digest)))).toMatch(/two different people/)
  })
  test('a second click says who has signed', () => {
    const one = given([...asked, signed('hr', hr, digest)])
    expect(refusalOf(() => decide(one, signed('hr', clicker('UH2', ['hr']), digest)))).toMatch(
      /HR has signed already \(Person UHR\)/,
    )
  })
  test('an old card is refused', () => {
    expect(refusalOf(() => decide(given(asked), signed('hr', hr, 'old')))).toMatch(/plan has changed/)
  })
  test('nothing is signed before the plan is there', () => {
    expect(refusalOf(() => decide(given([request()]), signed('hr', hr, digest)))).toMatch(/still being read/)
  })
  test('nothing is signed while two accounts could be the leaver', () => {
    const account = (id: string) => ({ realm: 'main', id, label: id })
    const unclear = plan(steps, {
      ambiguous: [{ connector: 'zoo', realm: 'main', candidates: [account('a'), account('b')] }],
    })
    const one = given([request(), { type: 'planned', at: at(0), plan: unclear, purpose: 'sign-off' }])
    expect(refusalOf(() => decide(one, signed('hr', hr, unclear.digest)))).toMatch(/IT chooses one/)
  })
  test('a changed plan drops the first signature, the same plan keeps it', () => {
    const more = [...steps, step('zoo/pond')]
    const first = [...asked, signed('hr', hr, digest)]
    expect(given([...first, planned(steps)]).signOffs.hr).toBeDefined()
    expect(given([...first, planned(more)]).signOffs.hr).toBeUndefined()
  })
  test('a time that passed unsigned starts with the second signature, marked late', () => {
    const late = [
      request({ effectiveAt: at(1) }),
      planned(steps),
      signed('hr', hr, digest),
      signed('it', it, digest, 2),
    ]
    expect(given(late)).toMatchObject({ state: 'scheduled', late: true, effectiveAt: at(1) })
  })
})

describe('stopping', () => {
  test('declining needs a role and ends it with the reason', () => {
    const declined = (by = hr) => ({ type: 'declined' as const, at: at(1), by, reason: 'wrong person' })
    expect(given([...asked, declined()])).toMatchObject({ state: 'declined', declined: { reason: 'wrong person' } })
    expect(refusalOf(() => decide(given(asked), declined(requester)))).toMatch(/Only HR or IT/)
  })
  test('the requester withdraws without a role, the leaver never', () => {
    const withdrawn = (by = requester) => ({ type: 'withdrawn' as const, at: at(1), by })
    expect(given([...asked, withdrawn()]).state).toBe('withdrawn')
    expect(refusalOf(() => decide(given(asked), withdrawn(clicker('UJO', ['hr']))))).toMatch(/concerns yourself/)
  })
  test('a click after the end says how it ended', () => {
    const over = given([...asked, { type: 'withdrawn', at: at(1), by: requester }])
    expect(refusalOf(() => decide(over, signed('hr', hr, digest)))).toMatch(/it is withdrawn/)
  })
  test('a protected account refuses the whole offboarding', () => {
    const account = { realm: 'main', id: 'root', label: 'root@example.com', protected: 'break-glass', connector: 'zoo' }
    const one = given([
      request(),
      { type: 'planned', at: at(0), plan: plan(steps, { protected: [account] }), purpose: 'sign-off' },
    ])
    expect(one).toMatchObject({ state: 'refused', refusedWhy: expect.stringContaining('root@example.com') })
  })
})

describe('running', () => {
  test('what was posted in Slack is on record, and neither runs nor draws anything again', () => {
    const post = { at: at(4), key: 'card', channel: 'C1' }
    const events: Event[] = [
      { ...post, type: 'posting' },
      { ...post, type: 'posted', ts: '1.2' },
      { ...post, type: 'post-failed', fact: 'x' },
    ]
    const before = given(running([step('zoo/cage')]))
    for (const event of events) expect(decide(before, event).effects).toEqual([])
  })
  const key = 'zoo/cage@main'
  const ended = (ending: 'verified' | 'failed', of = key): Event => ({
    type: 'step-ended',
    at: at(5),
    step: of,
    ending,
    fact: 'so it is',
    findings: [],
    ms: 10,
  })
  const startedStep = (of = key): Event => ({ type: 'step-started', at: at(4), step: of })

  test('it does not start before both signatures, nor before its time', () => {
    const once = given([...asked, signed('hr', hr, digest)])
    expect(refusalOf(() => decide(once, planned(steps, 'run', 2)))).toMatch(/waiting for sign-off/)
    const timed = given([
      request({ effectiveAt: at(60) }),
      planned(steps),
      signed('hr', hr, digest),
      signed('it', it, digest, 2),
    ])
    expect(refusalOf(() => decide(timed, planned(steps, 'run', 3)))).toMatch(/before its time/)
  })
  test('a reversible finding that appeared is taken back too, and marked', () => {
    const more = [step('zoo/cage', { findings: [finding('one'), finding('two')] })]
    const run = given(running(steps, more)).steps[key]
    expect(run).toMatchObject({ state: 'planned', foundAfterSignOff: ['two'] })
  })
  test('a finding that vanished is done', () => {
    const run = given(running(steps, [step('zoo/cage', { findings: [] })])).steps[key]
    expect(run?.findings).toMatchObject([{ id: 'one', state: 'done' }])
  })
  test('an irreversible finding that appeared waits for a fresh pair of sign-offs', () => {
    const wipe = step('zoo/wipe', { irreversible: true })
    const grown = { ...wipe, findings: [finding('one'), finding('two')] }
    const events = running([wipe], [grown])
    const one = given(events)
    expect(one.steps[wipe.key]?.state).toBe('held')
    const fresh = one.held?.digest ?? ''
    const again = given([...events, signed('hr', hr, fresh, 5), signed('it', it, fresh, 6)])
    expect(again.steps[wipe.key]?.state).toBe('delayed')
    expect(ready(again, new Date(at(7)))).toEqual([])
    expect(ready(again, new Date(at(60 * 24 * 31)))).toEqual([wipe.key])
  })
  test('what comes after a step that is put off is put off with it, and does not hold up the end', () => {
    const wipe = step('zoo/wipe', { irreversible: true, phase: 'remove' })
    const leave = step('zoo/leave', { after: ['zoo/wipe'], phase: 'remove' })
    const close = step('barn/close', { needs: ['zoo/leave'] })
    const all = [...steps, wipe, leave, close]
    const one = given(running(all))
    for (const key of [wipe.key, leave.key, close.key]) expect(one.steps[key]).toMatchObject({ state: 'delayed' })
    expect(new Set(Object.values(one.steps).map((run) => run.dueAt))).toHaveLength(2)
    const done = given([...running(all), startedStep(), ended('verified')])
    expect(done.state).toBe('done')
    const later = new Date(at(60 * 24 * 31))
    expect(ready(done, later)).toEqual([wipe.key])
  })
  test('verified steps make it done, contained at the same moment', () => {
    expect(given([...running(steps), startedStep(), ended('verified')])).toMatchObject({
      state: 'done',
      doneAt: at(5),
      containedAt: at(5),
    })
  })
  test('a failed step needs attention; trying again, attesting and skipping are for the right people', () => {
    const failed = [...running(steps), startedStep(), ended('failed')]
    expect(given(failed).state).toBe('needs-attention')
    expect(given([...failed, { type: 'retried', at: at(6), by: it, step: key }]).state).toBe('running')
    expect(given([...failed, { type: 'attested', at: at(6), by: hr, step: key, note: 'did it' }]).state).toBe('done')
    const skip = (by: typeof it): Event => ({ type: 'skipped', at: at(6), by, step: key, reason: 'gone' })
    expect(given([...failed, skip(it)]).steps[key]).toMatchObject({ ending: 'skipped', by: it })
    expect(refusalOf(() => decide(given(failed), skip(hr)))).toMatch(/Only IT/)
  })
  test('a step that ended well is not done again by hand', () => {
    const done = given([...running(steps), startedStep(), ended('verified')])
    expect(refusalOf(() => decide(done, { type: 'attested', at: at(6), by: it, step: key, note: 'x' }))).toMatch(
      /has ended already/,
    )
  })
  test('a person whom the settings name for a task attests it without a role, the leaver never', () => {
    const task = (owner: string) => step('manual/pay', { task: { ask: 'Pay', owner, dueInMs: 1000 }, findings: [] })
    const attested = (owner: string): Event => ({
      type: 'attested',
      at: at(5),
      by: clicker(owner),
      step: task(owner).key,
      note: 'paid',
    })
    const waiting = (owner: string) => [
      ...running([task(owner)]),
      { type: 'step-waiting' as const, at: at(4), step: task(owner).key, findings: [], fact: 'x' },
    ]
    expect(given([...waiting('UPAY'), attested('UPAY')]).state).toBe('done')
    expect(
      refusalOf(() => decide(given(waiting('UPAY')), { ...attested('UPAY'), by: clicker('UOTHER') } as Event)),
    ).toMatch(/Only HR or IT/)
    expect(refusalOf(() => decide(given(waiting('UJO')), attested('UJO')))).toMatch(/concerns yourself/)
  })
  test('a task is attested by its owner', () => {
    const task = step('manual/pay', { area: 'records', task: { ask: 'Pay', owner: 'hr', dueInMs: 1000 }, findings: [] })
    const events: Event[] = [
      ...running([task]),
      { type: 'step-waiting', at: at(4), step: task.key, findings: [], fact: 'x' },
    ]
    expect(given(events)).toMatchObject({
      state: 'running',
      steps: { [task.key]: { dueAt: new Date(Date.parse(at(4)) + 1000).toISOString() } },
    })
    const attest = (by: typeof hr): Event => ({ type: 'attested', at: at(5), by, step: task.key, note: 'paid' })
    expect(refusalOf(() => decide(given(events), attest(it)))).toMatch(/Only HR/)
    expect(given([...events, attest(hr)]).state).toBe('done')
  })
})
