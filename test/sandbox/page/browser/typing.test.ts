import { describe, expect, test } from 'vitest'
import { offersFor, taken } from '../../../../src/sandbox/page/browser/typing.ts'

const known = {
  commands: [{ command: '/offboard', about: 'end access', hint: '@person' }],
  people: [
    { name: 'Jo Miller', handle: 'jo.miller', title: 'Sales' },
    { name: 'Jo Millar', handle: 'jo.millar', title: 'Support' },
    { name: 'Ada Okafor', handle: 'ada.okafor', title: 'Head of Sales' },
  ],
}

function labels(text: string, cursor = text.length): string[] {
  return offersFor(text, cursor, known).offers.map((one) => one.label)
}

describe('what the composer offers', () => {
  test('is a command at the very beginning, and nowhere else', () => {
    expect(labels('/off')).toEqual(['/offboard'])
    expect(labels('hello /off')).toEqual([])
    expect(labels('/offboard')).toEqual([])
  })

  test('is people after an @, by handle or by name, whatever the case', () => {
    expect(labels('/offboard @jo')).toEqual(['Jo Miller', 'Jo Millar'])
    expect(labels('thanks @OKA')).toEqual(['Ada Okafor'])
    expect(labels('mail ada@oka')).toEqual([])
    expect(labels('@jo.miller')).toEqual([])
  })

  test('looks at the word before the cursor, and replaces that word alone', () => {
    const text = 'ask @ad please'
    const { word, offers } = offersFor(text, 7, known)
    expect(taken(text, 7, word, offers[0]?.insert ?? '')).toEqual({ text: 'ask @ada.okafor  please', cursor: 16 })
  })
})
