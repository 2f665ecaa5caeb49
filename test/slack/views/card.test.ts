import { describe, expect, test } from 'vitest'
import type { Event } from '../../../src/offboarding/event.ts'
import type { Offboarding } from '../../../src/offboarding/offboarding.ts'
import { problemsOf } from '../../../src/sandbox/slack/limits.ts'
import { card } from '../../../src/slack/views/card.ts'
import { at, finding, given, hr, it, plan, planned, request, running, signed, step } from '../../support/story.ts'

const suspend = step('okta/suspend', { connectorTitle: 'Okta', title: 'Suspend the account', area: 'directory' })
const wipe = step('jamf/wipe', { connectorTitle: 'Jamf', title: 'Wipe', area: 'devices', irreversible: true })

function textOf(one: Offboarding): string {
  return JSON.stringify(card(one).blocks)
}

/** Action ids on the card, in order. */
function buttons(one: Offboarding): string[] {
  return [...textOf(one).matchAll(/"action_id":"([^"]+)"/g)].map((match) => match[1] ?? '')
}

function ended(
  steps: readonly ReturnType<typeof step>[],
  ending: 'verified' | 'failed' | 'acknowledged' | 'unknown',
): Offboarding {
  const events = steps.flatMap((each): Event[] => [
    { type: 'step-started', at: at(5), step: each.key },
    { type: 'step-ended', at: at(10), step: each.key, ending, fact: 'as told', findings: [], ms: 1000 },
  ])
  return given([...running(steps), ...events])
}

describe('the card', () => {
  test('cannot be signed before the plan is read, or while IT has to choose an account', () => {
    expect(buttons(given([request()]))).toEqual(['decline', 'withdraw'])
    const candidates = ['a', 'b'].map((id) => ({ realm: 'main', id, label: `jo-${id}` }))
    const open = {
      type: 'planned',
      at: at(0),
      plan: plan([suspend], { ambiguous: [{ connector: 'okta', realm: 'main', candidates }] }),
      purpose: 'sign-off',
    } as const
    expect(buttons(given([request(), open]))).toEqual(['choose-account', 'decline', 'withdraw', 'show-everything'])
  })

  test('offers only what is still to be signed, and says who signed', () => {
    const waiting = [request(), planned([suspend])]
    expect(buttons(given(waiting))).toEqual(['sign-hr', 'sign-it', 'decline', 'withdraw', 'show-everything'])
    const half = given([...waiting, signed('hr', hr, plan([suspend]).digest)])
    expect(buttons(half)).toEqual(['sign-it', 'decline', 'withdraw', 'show-everything'])
    expect(textOf(half)).toContain('HR ✔ signed by')
    const both = given([
      ...waiting,
      signed('hr', hr, plan([suspend]).digest),
      signed('it', it, plan([suspend]).digest, 2),
    ])
    expect(buttons(both)).toEqual(['decline', 'withdraw', 'show-everything'])
  })

  test('says that no system knows the person, where there are only tasks', () => {
    const task = step('manual/pay', { task: { ask: 'Pay', owner: 'hr', dueInMs: 1 }, findings: [] })
    expect(textOf(given([request(), planned([task])]))).toContain(
      'No connected system knows anybody as jo.miller@example.com',
    )
    expect(textOf(given([request(), planned([task, suspend])]))).not.toContain('No connected system')
  })

  test('of one that never started says so, and nothing of what would have been done', () => {
    const over = given([
      request(),
      planned([suspend, wipe]),
      { type: 'declined', at: at(5), by: hr, reason: 'She stays.' },
    ])
    expect(textOf(over)).toContain('She stays.')
    expect(textOf(over)).not.toMatch(/Suspend the account|cannot be undone/)
    expect(buttons(over)).toEqual(['show-everything'])
  })

  test('names whole titles, and counts the steps that found nothing apart', () => {
    const many = [1, 2, 3, 4, 5].map((n) => step(`okta/s${n}`, { connectorTitle: 'Okta', title: `Step number ${n}` }))
    const idle = step('okta/idle', { connectorTitle: 'Okta', title: 'Idle', findings: [] })
    const text = textOf(given([request(), planned([...many, idle])]))
    expect(text).toContain('Step number 1, Step number 2, Step number 3 and 2 more')
    expect(text).toContain('1 more step found nothing, and will look again at the start.')
    expect(text).toContain('5 steps, 5 findings')
    expect(text).not.toContain('Idle')
  })

  test('counts the plan by area, and warns of what cannot be undone, is blocked or could not be read', () => {
    const blocked = step('okta/admin', {
      connectorTitle: 'Okta',
      title: 'Admin role',
      area: 'directory',
      findings: [finding('a', { state: 'blocked', label: 'Super admin', fact: 'the last one' })],
    })
    const unreadable = [{ connector: 'zoom', connectorTitle: 'Zoom', fact: 'HTTP 503' }]
    const one = given([
      request(),
      { type: 'planned', at: at(0), plan: plan([suspend, blocked, wipe], { unreadable }), purpose: 'sign-off' },
    ])
    const text = textOf(one)
    expect(text).toContain('2 steps, 2 findings')
    expect(text).toContain('Zoom could not be read and is not in this plan: HTTP 503')
    expect(text).toContain('Super admin: the last one')
    expect(text).toContain('1 step cannot be undone; it runs 30 d after its time.')
  })

  test('shows the time on the clock of the leaver beside the one of the reader', () => {
    const leaver = { ...request().leaver, zone: 'America/New_York' }
    const one = given([request({ leaver, effectiveAt: '2026-11-27T22:00:00.000Z' })])
    expect(textOf(one)).toContain('Fri, 27 Nov 2026, 17:00 (New York)')
    expect(textOf(one)).toContain(`"timestamp":${Date.parse('2026-11-27T22:00:00.000Z') / 1000}`)
  })

  test('never covers a failed step with those that went well', () => {
    const keys = step('okta/keys', { connectorTitle: 'Okta', title: 'Keys', area: 'directory' })
    const events: Event[] = [suspend, keys].flatMap((each, n): Event[] => [
      { type: 'step-started', at: at(5), step: each.key },
      {
        type: 'step-ended',
        at: at(6),
        step: each.key,
        ending: n === 0 ? 'verified' : 'unknown',
        fact: 'x',
        findings: [],
        ms: 1,
      },
    ])
    const one = given([...running([suspend, keys]), ...events])
    expect(textOf(one)).toContain('1 verified, 1 unknown')
    expect(textOf(one)).not.toContain('✅')
    expect(buttons(one)).toEqual(['try-again', 'by-hand', 'skip', 'show-everything'])
  })

  test('draws an order that cannot be looked at otherwise than a proved one', () => {
    expect(textOf(ended([suspend], 'verified'))).toContain('✅')
    expect(textOf(ended([suspend], 'acknowledged'))).not.toContain('✅')
  })

  test('asks for a fresh pair of sign-offs where something irreversible appeared', () => {
    const one = given(running([suspend], [suspend, wipe]))
    expect(one.held).toBeDefined()
    expect(buttons(one)).toEqual(['sign-hr', 'sign-it', 'skip', 'show-everything'])
    expect(textOf(one)).toContain(one.held?.digest.slice(0, 16))
  })

  test('says the figures at the end: proved, time to contain, time to finish', () => {
    const text = textOf(ended([suspend], 'verified'))
    expect(text).toContain('1 of 1 verified')
    expect(text).toContain('Contained after 8 min, within 4 h')
    expect(text).toContain('Finished after 8 min')
  })

  test('says what is put off, and until when', () => {
    const one = given(running([suspend, wipe]))
    expect(textOf(one)).toContain('Runs later: it cannot be undone')
    expect(textOf(one)).toContain('2026-12-23 (UTC)')
  })

  test('says that there is more where it would be too much for one message, and keeps its buttons', () => {
    const label = 'a long account name that goes on and on '.repeat(3)
    const ambiguous = Array.from({ length: 5 }, (_, n) => ({
      connector: `system-${n}`,
      realm: 'main',
      candidates: Array.from({ length: 40 }, (_unused, id) => ({ realm: 'main', id: `${id}`, label })),
    }))
    const unreadable = Array.from({ length: 9 }, () => ({ connector: 'x', connectorTitle: 'X', fact: label.repeat(9) }))
    const one = given([
      request({ note: label.repeat(9) }),
      { type: 'planned', at: at(0), plan: plan([suspend], { ambiguous, unreadable }), purpose: 'sign-off' },
    ])
    expect(problemsOf('message', card(one))).toEqual([])
    expect(textOf(one)).toContain('There is more than fits here: Show everything')
    expect(buttons(one)).toContain('show-everything')
    expect(buttons(one)).toContain('choose-account')
  })
})
