import { describe, expect, it as test } from 'vitest'
import { fold } from '../../src/offboarding/decide.ts'
import type { Event } from '../../src/offboarding/event.ts'
import { allowHalt, haltEvent, isHalted } from '../../src/offboarding/halt.ts'
import { openLedger } from '../../src/offboarding/ledger.ts'
import { memoryStore } from '../support/memory-store.ts'
import {
  at,
  clicker,
  given,
  hr,
  it,
  plan,
  planned,
  refusalOf,
  request,
  requester,
  signed,
  step,
} from '../support/story.ts'

const steps = [step('zoo/cage')]
const { digest } = plan(steps)
const heldBack: Event[] = [request(), { type: 'quarantined', at: at(0), why: '10 were asked for' }, planned(steps)]
const released = (by = hr): Event => ({ type: 'released', at: at(1), by })

function asking(count: number, policy: { quarantineAfter?: number } = { quarantineAfter: 3 }, apartMinutes = 1) {
  let made = 0
  const store = memoryStore()
  const ledger = openLedger(store, { newId: () => `off-${++made}`, now: () => new Date(at(0)) })
  const ask = (n: number) => {
    const usual = request()
    const leaver = { id: `U${n}`, name: `Leaver ${n}`, emails: [`l${n}@example.com`] }
    const asked = { leaver, at: at(n * apartMinutes), requestKey: `V${n}`, policy: { ...usual.policy, ...policy } }
    return ledger.request(request(asked))
  }
  return { store, all: Promise.all(Array.from({ length: count }, (_, n) => ask(n))) }
}

describe('very many requests within an hour', () => {
  test('from the limit on each is held back, and the record alone says so', async () => {
    const { store, all } = asking(5)
    expect((await all).map((one) => one.quarantine !== undefined)).toEqual([false, false, false, true, true])
    expect(fold('off-4', store.kept.get('off-4') ?? [])?.quarantine?.why).toMatch(/3 other offboardings were asked for/)
  })
  test('the same number over a day is not many', async () => {
    const { all } = asking(5, { quarantineAfter: 3 }, 61)
    expect((await all).filter((one) => one.quarantine)).toEqual([])
  })
  test('what is held back cannot be signed; once somebody else let it go on, it can', () => {
    const sign = signed('hr', hr, digest, 2)
    expect(refusalOf(() => given([...heldBack, sign]))).toMatch(/held back.*presses Release/)
    expect(given([...heldBack, released(), sign]).signOffs.hr?.by.id).toBe(hr.id)
  })
  test.each([
    ['who asked for it', clicker(requester.id, ['hr']), /You asked for this offboarding/],
    ['who holds no role', clicker('UX', []), /Only HR or IT/],
    ['the leaver', clicker('UJO', ['it']), /concerns yourself/],
    ['a guest', clicker('UG', ['it'], { guest: true }), /Guests/],
  ])('%s cannot release it', (_who, by, words) => {
    expect(refusalOf(() => given([...heldBack, released(by)]))).toMatch(words)
  })
  test('only what is held back can be released, once', () => {
    expect(refusalOf(() => given([request(), released()]))).toMatch(/not held back/)
    expect(refusalOf(() => given([...heldBack, released(), released(it)]))).toMatch(/not held back/)
  })
})

describe('stop everything', () => {
  const stop = { stopped: true as const, at: at(5), by: { id: 'UA', name: 'A' }, why: 'wrong list' }
  const go = { stopped: false as const, at: at(6), by: { id: 'UB', name: 'B' } }

  test('an open offboarding learns once that it is stopped, and once that it goes on', () => {
    const one = given([request()])
    const halted = haltEvent(stop, one) as Event
    expect(halted).toMatchObject({ type: 'halted', why: 'wrong list' })
    const stopped = given([request(), halted])
    expect([isHalted(stopped), haltEvent(stop, stopped)]).toEqual([true, undefined])
    const resumed = haltEvent(go, stopped) as Event
    const after = given([request(), halted, resumed])
    expect([isHalted(after), haltEvent(go, after)]).toEqual([false, undefined])
    expect(haltEvent(stop, after)).toMatchObject({ type: 'halted' })
  })
  test('what is over is left alone', () => {
    expect(haltEvent(stop, given([request(), { type: 'withdrawn', at: at(1), by: hr }]))).toBeUndefined()
  })
  test('either role stops, IT alone goes on', () => {
    expect(refusalOf(() => allowHalt('stop', hr, []))).toBe('not refused')
    expect(refusalOf(() => allowHalt('resume', it, []))).toBe('not refused')
    expect(refusalOf(() => allowHalt('resume', hr, []))).toMatch(/Only IT approvers/)
    expect(refusalOf(() => allowHalt('stop', clicker('UX', []), []))).toMatch(/Only HR or IT/)
    expect(refusalOf(() => allowHalt('stop', clicker('UX', ['it'], { guest: true }), []))).toMatch(/Only HR or IT/)
  })
  test('whoever is being offboarded cannot buy time with it, and does not learn of it from the refusal', () => {
    const open = [given([request()])]
    const other = refusalOf(() => allowHalt('stop', clicker('UX', []), open))
    expect(refusalOf(() => allowHalt('stop', clicker('UJO', ['it']), open))).toBe(other)
    const sameAddress = clicker('UJO2', ['it'], { email: 'Jo.Miller@example.com' })
    expect(refusalOf(() => allowHalt('stop', sameAddress, open))).toBe(other)
  })
})
