import { describe, expect, test } from 'vitest'
import { isSameName, mismatches } from '../../src/offboarding/mismatch.ts'
import type { KnownOfPerson, Offboarding } from '../../src/offboarding/offboarding.ts'
import { given, leaver, planned, request, step } from '../support/story.ts'

const zoned = { ...leaver, zone: 'America/New_York', emails: ['jo.miller@example.com', 'jo.old@example.com'] }

function known(facts: Record<string, KnownOfPerson>, effectiveAt?: string): Offboarding {
  const steps = Object.entries(facts).flatMap(([title, known]) =>
    ['one', 'two'].map((name) => {
      const account = { realm: 'main', id: `${title}-1`, label: known.emails?.[0] ?? 'jo', known }
      return step(`${title.toLowerCase()}/${name}`, { connectorTitle: title, account })
    }),
  )
  return given([request({ leaver: zoned, ...(effectiveAt ? { effectiveAt } : {}) }), planned(steps)])
}

describe('what systems say of a person', () => {
  test('is no cause for a word where they agree, or know nothing', () => {
    const same = { name: 'Jo Miller', managerEmail: 'ada@example.com', emails: ['jo.miller@example.com'] }
    expect(mismatches(known({ Okta: same, Zoom: { ...same, managerEmail: 'ADA@example.com' }, Slack: {} }))).toEqual([])
    expect(mismatches(given([request({ leaver: zoned })]))).toEqual([])
  })

  test('is told once a system, with both names, where one calls the account by another', () => {
    const found = mismatches(known({ Okta: { name: 'Joe Smith', emails: ['jo.miller@example.com'] } }))
    expect(found).toEqual([
      'Okta calls jo.miller@example.com "Joe Smith", not Jo Miller: IT makes sure that it is the same person.',
    ])
  })

  test('is told where managers differ', () => {
    const [found] = mismatches(
      known({
        Okta: { managerEmail: 'ada@example.com' },
        Entra: { managerEmail: 'bo@example.com' },
        Zoom: { managerEmail: 'bo@example.com' },
      }),
    )
    expect(found).toBe('The systems name different managers (Okta: ada@example.com; Entra, Zoom: bo@example.com).')
  })

  test('is told where the last day is another one than that on which access ends, where the leaver is', () => {
    const ends = { BambooHR: { endDate: '2026-12-31' }, Gusto: { endDate: '2026-11-30' } }
    // Half past two in the night in London is still the day before in New York.
    const [found] = mismatches(known(ends, '2027-01-01T02:30:00.000Z'))
    expect(found).toBe(
      'Access ends on 2026-12-31, but the last day is another one in Gusto: 2026-11-30. HR says which is right.',
    )
  })

  test('is told where an account was found by an alias alone', () => {
    const [found] = mismatches(known({ Zoom: { emails: ['jo.old@example.com'] } }))
    expect(found).toContain('Zoom knows jo.old@example.com by jo.old@example.com alone')
  })
})

describe('names', () => {
  test.each([
    ['Jo Miller', 'MILLER, Jo'],
    ['Jo Miller', 'Joanna Ruth Miller'],
    ['J. Miller', 'Jo Miller'],
    ['José Núñez', 'Jose Nunez'],
    ['jomiller', 'Jo Miller'],
    ['millerjo', 'Jo Miller'],
    ['', 'Jo Miller'],
  ])('%s is %s', (one, other) => {
    expect(isSameName(one, other)).toBe(true)
    expect(isSameName(other, one)).toBe(true)
  })

  test.each([
    ['Jo Miller', 'Jo Millar'],
    ['Jo Miller', 'Ada Miller'],
    ['smith', 'Jo Miller'],
  ])('%s is not %s', (one, other) => expect(isSameName(one, other)).toBe(false))
})
