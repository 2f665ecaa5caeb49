import { describe, expect, test } from 'vitest'
import { doors } from './doors.ts'

/** `npm run fuzz` holds the same doors against 100,000 inputs each; these few tell of a door that was left open altogether. */
const inputs = 300

describe.each(doors.map((door) => ({ door, name: door.name })))('$name', ({ door }) => {
  test.each(door.parts.map((part) => ({ part, name: part.name })))(
    'is held against $name',
    async ({ part }) => {
      const many = Math.max(1, Math.round(inputs * part.share * Math.min(1, (door.scale ?? 1) * 5)))
      const { failure } = await part.hold({ seed: 20_261_123, inputs: many })
      expect(failure).toBeUndefined()
    },
    120_000,
  )
})
