import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { phases } from '../../src/offboarding/offboarding.ts'
import { type ReadyQueue, readyQueue, type Urgency } from '../../src/run/ready-queue.ts'

const urgency: fc.Arbitrary<Urgency> = fc.record(
  { phase: fc.constantFrom(...phases), since: fc.integer({ min: 0, max: 4 }) },
  { requiredKeys: [] },
)

/** The rule once more, as plainly as it can be said. */
function order(a: Urgency, b: Urgency): number {
  const rank = ({ phase }: Urgency) => (phase ? phases.indexOf(phase) : 0.5)
  const since = ({ since = 9 }: Urgency) => since
  return rank(a) - rank(b) || since(a) - since(b)
}

type Act = { add: Urgency } | { take: true } | { remove: number }

/** Does it to the queue, and to a sorted list that stands for it. */
function doBoth(queue: ReadyQueue<Urgency>, model: Urgency[], act: Act): void {
  if ('take' in act) return expect(queue.take()).toBe(model.shift())
  if ('remove' in act) {
    for (const item of model.splice(act.remove, 1)) expect(queue.remove(item)).toBe(true)
    return
  }
  const item = { ...act.add }
  queue.add(item, item)
  model.push(item)
  model.sort(order)
}

describe('the ready-queue', () => {
  it('gives the phase first, then the oldest offboarding, then the order of asking', () => {
    fc.assert(
      fc.property(fc.array(urgency), (urgencies) => {
        const queue = readyQueue<Urgency>()
        for (const one of urgencies) queue.add(one, one)
        const taken = urgencies.map(() => queue.take())
        expect(taken).toEqual([...urgencies].sort(order))
        expect(queue.take()).toBeUndefined()
      }),
    )
  })

  it('stays right whatever is added, taken and removed in between', () => {
    const act: fc.Arbitrary<Act> = fc.oneof(
      urgency.map((one) => ({ add: one })),
      fc.constant({ take: true as const }),
      fc.nat(20).map((index) => ({ remove: index })),
    )
    fc.assert(
      fc.property(fc.array(act, { maxLength: 60 }), (acts) => {
        const queue = readyQueue<Urgency>()
        const model: Urgency[] = []
        for (const one of acts) {
          doBoth(queue, model, one)
          expect(queue.size).toBe(model.length)
          expect(new Set(queue.items())).toEqual(new Set(model))
        }
      }),
    )
  })

  it('gives an item that was removed and added again its new place', () => {
    const queue = readyQueue<string>()
    queue.add({ phase: 'contain' }, 'changed its mind')
    queue.remove('changed its mind')
    queue.add({ phase: 'reclaim' }, 'changed its mind')
    queue.add({ phase: 'remove' }, 'other')
    expect([queue.take(), queue.take(), queue.take()]).toEqual(['other', 'changed its mind', undefined])
  })

  it('says whether there was something to remove, and refuses an item twice', () => {
    const queue = readyQueue<string>()
    queue.add({}, 'once')
    expect(() => queue.add({}, 'once')).toThrow('in the queue already')
    expect(queue.remove('once')).toBe(true)
    expect(queue.remove('once')).toBe(false)
    expect(queue.size).toBe(0)
  })
})
