import { expect, test } from 'vitest'
import { lastDay } from '../../src/connector.ts'

const effectiveAt = new Date('2026-03-31T23:30:00Z')

test('the last day is the day where the leaver is, not where the server is', () => {
  expect(lastDay({ effectiveAt, leaver: { zone: 'Asia/Tokyo' } })).toBe('2026-04-01')
  expect(lastDay({ effectiveAt, leaver: { zone: 'America/New_York' } })).toBe('2026-03-31')
})

test('the last day of somebody whose zone nobody knows is counted in UTC', () => {
  expect(lastDay({ effectiveAt, leaver: {} })).toBe('2026-03-31')
  expect(lastDay({ effectiveAt, leaver: { zone: 'Not/AZone' } })).toBe('2026-03-31')
})
