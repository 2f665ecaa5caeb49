import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { dayLine, formatDate, secondsOf, timeOf, wallOf } from '../../../../src/sandbox/page/browser/moments.ts'

const now = Date.parse('2026-11-23T09:00:00Z')
const reading = { zone: 'America/New_York', now }

describe('a moment as Slack writes it', () => {
  test('is on the clock of the reader, with a word for days that are near', () => {
    const at = Date.parse('2026-11-23T03:30:00Z')
    expect(formatDate('{date_short_pretty} at {time}', at, reading)).toBe('yesterday at 10:30 PM')
    expect(formatDate('{date_short_pretty}', at, { ...reading, zone: 'Europe/Berlin' })).toBe('today')
    expect(formatDate('{date_short} {date_num} {nothing}', at, reading)).toBe('Nov 22, 2026 2026-11-22 {nothing}')
    expect(timeOf(String(at / 1000), 'Asia/Tokyo')).toBe('12:30 PM')
    expect(dayLine(String(at / 1000), reading)).toBe('Yesterday')
  })
})

describe('a date and time that somebody picks', () => {
  test.each([
    ['2026-11-23T17:00', 'America/New_York', '2026-11-23T22:00:00Z'],
    ['2026-07-01T17:00', 'America/New_York', '2026-07-01T21:00:00Z'],
    // The clocks go forward at two and back at three.
    ['2026-03-29T01:59', 'Europe/Berlin', '2026-03-29T00:59:00Z'],
    ['2026-03-29T03:00', 'Europe/Berlin', '2026-03-29T01:00:00Z'],
    ['2026-10-25T04:00', 'Europe/Berlin', '2026-10-25T03:00:00Z'],
  ])('%s in %s is %s', (wall, zone, expected) => {
    expect(secondsOf(wall, zone)).toBe(Date.parse(expected) / 1000)
  })

  test('is what the field shows again, in any zone', () => {
    const zones = fc.constantFrom('UTC', 'America/New_York', 'Asia/Kolkata', 'Pacific/Auckland', 'Europe/Berlin')
    const minutes = fc.integer({ min: 29_000_000, max: 31_000_000 })
    fc.assert(
      fc.property(zones, minutes, (zone, minute) => {
        const wall = wallOf(minute * 60, zone)
        expect(wallOf(secondsOf(wall, zone), zone)).toBe(wall)
      }),
      { numRuns: 300 },
    )
  })

  test('is nothing where nothing is picked', () => {
    expect(wallOf(undefined, 'UTC')).toBe('')
    expect(secondsOf('', 'UTC')).toBeUndefined()
  })
})
