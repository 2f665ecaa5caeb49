import { describe, expect, test } from 'vitest'
import { decide } from '../../src/offboarding/decide.ts'
import type { Event, EventOf } from '../../src/offboarding/event.ts'
import type { PlanStep, Policy } from '../../src/offboarding/offboarding.ts'
import { dueNow } from '../../src/offboarding/policy.ts'
import { cameBackTimes, isLookedAt, strangersAmong } from '../../src/offboarding/watch.ts'
import {
  at,
  clicker,
  finding,
  given,
  hr,
  it,
  plan,
  planned,
  refusalOf,
  request,
  signed,
  step,
  t0,
} from '../support/story.ts'

const day = 24 * 60
const policy: Policy = { ...request().policy, watchFor: 3 * day * 60_000, watchEvery: day * 60_000 }
const done = { id: 'one', label: 'Thing one', state: 'done' as const, fact: 'gone' }

function ended(key: string, more: Partial<EventOf<'step-ended'>> = {}): Event[] {
  return [
    { type: 'step-started', at: at(4), step: key },
    { type: 'intended', at: at(4), step: key, findings: ['one'] },
    { type: 'answered', at: at(4), step: key, finding: 'one' },
    { type: 'step-ended', at: at(5), step: key, ending: 'verified', fact: 'all', findings: [done], ms: 1, ...more },
  ]
}

/** Done five minutes after it was asked for. */
function story(steps: readonly PlanStep[] = [step('zoo/cage')], chosen: Partial<Policy> = {}): Event[] {
  const { digest } = plan(steps)
  const head = [request({ policy: { ...policy, ...chosen } }), planned(steps), signed('hr', hr, digest)]
  const rest = [signed('it', it, digest, 2), planned(steps, 'run', 3)]
  return [...head, ...rest, ...steps.flatMap((one) => ended(one.key))]
}

function look(minutes: number, more: Partial<EventOf<'watched'>> = {}): EventOf<'watched'> {
  return { type: 'watched', at: at(minutes), cameBack: [], appeared: [], unseen: [], ...more }
}

const back = (minutes: number, key = 'zoo/cage@main') =>
  look(minutes, { cameBack: [{ step: key, findings: [finding('one')] }] })
const stranger = { connector: 'zoo', connectorTitle: 'Zoo', account: { realm: 'main', id: 'zoo-jo-2', label: 'jo' } }
const dueAt = (events: readonly Event[], minutes: number) =>
  dueNow(given(events), new Date(t0 + minutes * 60_000)).map((due) => ('event' in due ? due.event.type : due.type))

describe('the watch', () => {
  test('looks a day after the end, a day after each look, and a last time when it is over; then it closes', () => {
    const events = story()
    expect(dueAt(events, day)).toEqual([])
    expect(dueAt(events, 5 + day)).toEqual(['watch'])
    expect(dueAt([...events, look(5 + day)], 6 + day)).toEqual([])
    expect(dueAt([...events, look(5 + 2.5 * day)], 5 + 3 * day)).toEqual(['watch'])
    expect(dueAt([...events, look(5 + 3 * day)], 5 + 3 * day)).toEqual(['closed'])
  })

  test('looks before it closes, however late anybody is there to look', () => {
    expect(dueAt(story(), 90 * day)).toEqual(['watch'])
    expect(dueAt([...story(), look(90 * day)], 90 * day)).toEqual(['closed'])
  })

  test('is not there for what was asked for without one, nor where the settings switch it off', () => {
    for (const watchFor of [undefined, 0]) {
      const { watchFor: _, ...rest } = policy
      const events = story([step('zoo/cage')], { ...rest, watchFor } as Policy)
      expect(dueAt(events, 2 * day)).toEqual(['closed'])
      expect(refusalOf(() => given([...events, look(2 * day)]))).toContain('is not looked at')
    }
  })

  test('takes no look from before its time, nor from whoever looked while something else went on', () => {
    expect(refusalOf(() => given([...story(), look(day)]))).toContain('is not looked at')
    expect(refusalOf(() => given([...story(), back(5 + day), look(5 + 2 * day)]))).toContain('is not looked at')
  })

  test('waits with what is delayed, and runs it at its time', () => {
    const steps = [step('zoo/cage'), step('zoo/delete', { irreversible: true, phase: 'reclaim' })]
    const { digest } = plan(steps)
    const head = [request({ policy }), planned(steps), signed('hr', hr, digest), signed('it', it, digest, 2)]
    const events = [...head, planned(steps, 'run', 3), ...ended('zoo/cage@main')]
    expect(given(events).state).toBe('done')
    expect(dueAt(events, 40 * day)).toEqual(['watch', 'run'])
    expect(dueAt([...events, look(10 * day)], 11 * day)).toEqual([])
  })

  test('stops while giving back is asked for, and for good once it is signed', () => {
    const steps = [step('zoo/cage', { undo: true, findings: [finding('one', { before: { role: 'x' } })] })]
    const items = [{ stepKey: 'zoo/cage@main', findings: ['one'] }]
    const asked: Event = { type: 'give-back-asked', at: at(10), by: clicker('UIT2', ['it']), items, reason: 'wrong' }
    expect(dueAt([...story(steps), asked], 5 + day)).toEqual([])
  })

  test('asks again about what was verified and where nothing was found, not about what people decided or do', () => {
    const one = given(story())
    const looked = (more: object) => isLookedAt(one, { ...one.steps['zoo/cage@main'], ...more } as never)
    const planOf = one.steps['zoo/cage@main']?.plan
    expect(looked({})).toBe(true)
    expect(looked({ ending: 'nothing-found' })).toBe(true)
    for (const ending of ['skipped', 'attested', 'failed', 'unknown', 'acknowledged'])
      expect(looked({ ending })).toBe(false)
    expect(looked({ state: 'delayed' })).toBe(false)
    expect(looked({ plan: { ...planOf, phase: 'preserve' } })).toBe(false)
    expect(looked({ plan: { ...planOf, proof: 'none' } })).toBe(false)
    expect(looked({ plan: { ...planOf, task: { ask: 'do', owner: 'it', dueInMs: 1 } } })).toBe(false)
  })

  test('knows an account that nothing was about, but for those that IT has chosen between', () => {
    const one = given(story())
    const accounts = [one.steps['zoo/cage@main']?.plan.account, stranger.account].filter(
      (account) => account !== undefined,
    )
    expect(strangersAmong(one, 'zoo', accounts)).toEqual([stranger.account])
    expect(strangersAmong(one, 'farm', accounts)).toEqual(accounts)
    expect(strangersAmong({ ...one, chosenAccounts: { 'zoo@main': 'zoo-jo' } }, 'zoo', accounts)).toEqual([])
  })
})

describe('what came back', () => {
  const events = [...story(), back(5 + day)]

  test('makes its step a failed one that somebody must act on, and forgets the old order', () => {
    const one = given(events)
    expect(one.state).toBe('needs-attention')
    expect(one.doneAt).toBe(at(5))
    expect(one.steps['zoo/cage@main']?.applied).toEqual({})
    expect(one.steps['zoo/cage@main']).toMatchObject({
      state: 'ended',
      ending: 'failed',
      fact: 'came back: Thing one',
      findings: [{ id: 'one', state: 'open' }],
    })
    expect(dueAt(events, 90 * day)).toEqual([])
  })

  test('is taken back by Try again, and the watch goes on to the same day', () => {
    const again: Event = { type: 'retried', at: at(6 + day), by: it, step: 'zoo/cage@main' }
    const one = given([...events, again, ...ended('zoo/cage@main')])
    expect(one).toMatchObject({ state: 'done', doneAt: at(5) })
    expect(one.steps['zoo/cage@main']).toMatchObject({ ending: 'verified', attempt: 2 })
    expect(dueAt([...events, again, ...ended('zoo/cage@main')], 5 + 2 * day)).toEqual(['watch'])
  })

  test('is not asked about again once IT has left it, and is once somebody says they took it back by hand', () => {
    const skipped: Event = { type: 'skipped', at: at(6 + day), by: it, step: 'zoo/cage@main', reason: 'agreed' }
    const attested: Event = { type: 'attested', at: at(6 + day), by: it, step: 'zoo/cage@main', note: 'done' }
    for (const [event, looked] of [
      [skipped, false],
      [attested, true],
    ] as const) {
      const one = given([...events, event])
      expect(one.state).toBe('done')
      expect(Object.values(one.steps).map((run) => isLookedAt(one, run))).toEqual([looked])
    }
  })

  test('is not removed for good a second time on the old signatures', () => {
    const steps = [step('zoo/delete', { irreversible: true })]
    const all = story(steps, { irreversibleAfter: 0 })
    const again: Event = { type: 'retried', at: at(6 + day), by: it, step: 'zoo/delete@main' }
    expect(refusalOf(() => given([...all, back(5 + day, 'zoo/delete@main'), again]))).toContain('cannot be undone')
  })

  test('is a task for IT where it is an account that nobody signed for, once', () => {
    const seen = look(5 + day, { appeared: [stranger] })
    const one = given([...story(), seen])
    const [run] = Object.values(one.steps).filter(({ plan: { task } }) => task)
    expect(run?.plan).toMatchObject({ account: stranger.account, task: { owner: 'it' } })
    expect(run?.plan.task?.ask).toContain('not about: jo')
    expect(one.state).toBe('running')
    expect(cameBackTimes(one, run?.key ?? '')).toBe(1)
    expect(strangersAmong(one, 'zoo', [stranger.account])).toEqual([])
  })
})

describe('ending the watch', () => {
  const stop = (by = it): Event => ({ type: 'watch-ended', at: at(6 + day), by, reason: 'hired again' })
  const events = [...story(), look(5 + day, { ...back(0), appeared: [stranger], at: at(5 + day) })]

  test('settles what came back by the word of who ended it, and nothing more is looked at', () => {
    const one = given([...events, stop()])
    expect(one).toMatchObject({ state: 'done', watch: { ended: { reason: 'hired again', by: { id: 'UIT' } } } })
    expect(Object.values(one.steps).map((run) => [run.ending, run.fact, run.by?.id])).toEqual([
      ['skipped', 'hired again', 'UIT'],
      ['skipped', 'hired again', 'UIT'],
    ])
    expect(dueAt([...events, stop()], 40 * day)).toEqual(['closed'])
    expect(refusalOf(() => given([...events, stop(), stop()]))).toContain('is not watched')
  })

  test('leaves alone what failed for another reason', () => {
    const remove = step('zoo/delete', { irreversible: true, phase: 'reclaim' })
    const steps = [step('zoo/cage'), remove]
    const { digest } = plan(steps)
    const head = [request({ policy }), planned(steps), signed('hr', hr, digest), signed('it', it, digest, 2)]
    const failed = ended(remove.key, { ending: 'failed', fact: 'no', at: at(5) })
    const one = given([...head, planned(steps, 'run', 3), ...ended('zoo/cage@main'), back(5 + day), ...failed, stop()])
    expect(one.state).toBe('needs-attention')
    expect(Object.values(one.steps).map((run) => run.ending)).toEqual(['skipped', 'failed'])
  })

  test('is for what is done: nothing is watched before that', () => {
    const farm = step('farm/gate')
    const failed = ended('farm/gate@main', { ending: 'failed', fact: 'no', at: at(5) })
    const { digest } = plan([step('zoo/cage'), farm])
    const head = [request({ policy }), planned([step('zoo/cage'), farm]), signed('hr', hr, digest)]
    const begun = [signed('it', it, digest, 2), planned([step('zoo/cage'), farm], 'run', 3)]
    const one = given([...head, ...begun, ...ended('zoo/cage@main'), ...failed])
    expect(refusalOf(() => decide(one, stop()))).toContain('is not watched')
  })

  test('is for IT alone', () => {
    const one = given(events)
    const others = [
      hr,
      clicker('UJO', ['it']),
      clicker('UX', ['it'], { guest: true }),
      clicker('UY', ['it'], { deactivated: true }),
    ]
    for (const by of others) expect(refusalOf(() => decide(one, stop(by)))).toMatch(/end the watch/)
  })
})
