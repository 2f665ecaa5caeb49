import { describe, expect, it } from 'vitest'
import type { StepRun } from '../../src/offboarding/offboarding.ts'
import { makeAt, SharedReads } from '../../src/run/at.ts'

const at = '2026-11-20T09:00:00.000Z'
const answeredAt = '2026-11-20T09:00:05.000Z'

function stepWith(applied: StepRun['applied'] | undefined) {
  const findings = [{ id: 'd1', label: 'LAPTOP-JO', state: 'pending', fact: 'wipePending' }]
  return makeAt({
    offboarding: { leaver: { id: 'U1', name: 'Jo', emails: ['jo@example.com'] }, choices: {} as never },
    account: { realm: 'tenant', id: '1', label: 'jo' },
    client: undefined,
    handOverTo: undefined,
    now: new Date(at),
    signal: new AbortController().signal,
    run: () => applied && ({ applied, findings } as unknown as StepRun),
    reads: new SharedReads(),
  })
}

describe('what a step ordered before', () => {
  it('is all in the journal of its run, in doubt and refused ones too, with the names that people were shown', () => {
    const refusal = { kind: 'rejected' as const, fact: 'no', at }
    const { orders } = stepWith({
      d1: { intentAt: at, answeredAt, receipt: { job: 7 } },
      d2: { intentAt: at },
      d3: { intentAt: at, refusal },
    })
    expect(orders()).toEqual([
      {
        finding: 'd1',
        label: 'LAPTOP-JO',
        intentAt: new Date(at),
        answeredAt: new Date(answeredAt),
        receipt: { job: 7 },
      },
      { finding: 'd2', label: 'd2', intentAt: new Date(at) },
      { finding: 'd3', label: 'd3', intentAt: new Date(at) },
    ])
  })

  it('is nothing while it is planned', () => {
    expect(stepWith(undefined).orders()).toEqual([])
    expect(stepWith(undefined).applied('d1')).toBeUndefined()
  })
})
