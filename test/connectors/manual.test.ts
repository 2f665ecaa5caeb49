import { describe, expect, it } from 'vitest'
import { manualConnector, Tasks } from '../../connectors/manual.ts'
import { isManual, type Leaver } from '../../src/connector.ts'

const leaver: Leaver = { id: 'U00000001', name: 'Jo Miller', emails: ['jo.miller@example.com'] }
const pay = { title: 'Final pay and unused leave', area: 'records', owner: 'hr', due: '3d' }

function stepsOf(tasks: readonly object[]) {
  return manualConnector(Tasks.parse(tasks)).steps.filter(isManual)
}

function problemsOf(tasks: readonly object[]): string[] {
  const { error } = Tasks.safeParse(tasks)
  return (error?.issues ?? []).map((issue) => `${issue.path.join('.')} ${issue.message}`)
}

describe('a task of the settings', () => {
  it('becomes a step with its owner, its area and its time', () => {
    expect(stepsOf([pay])).toEqual([
      {
        id: 'final-pay-and-unused-leave',
        title: 'Final pay and unused leave',
        area: 'records',
        phase: 'remove',
        owner: 'hr',
        dueIn: 259_200_000,
        ask: 'Final pay and unused leave',
      },
    ])
  })

  it('keeps what it asks for, when it is to be done, and a person as its owner', () => {
    const ask = 'Cancel the badge at the front desk.'
    const [step] = stepsOf([{ ...pay, owner: 'U0FRONTDESK', phase: 'contain', ask }])
    expect(step).toMatchObject({ ask, phase: 'contain', owner: 'U0FRONTDESK' })
  })

  it.each([
    ['90m', 5_400_000],
    ['4h', 14_400_000],
    ['3d', 259_200_000],
  ])('is due %s from the start', (due, ms) => {
    expect(stepsOf([{ ...pay, due }])[0]?.dueIn).toBe(ms)
  })

  it.each([
    ['Laptop & charger: back!', 'laptop-charger-back'],
    ['Schlüsselübergabe', 'schlusselubergabe'],
    ['Solde de tout compte (paie)', 'solde-de-tout-compte-paie'],
  ])('has an id made from its title: %s', (title, id) => {
    expect(stepsOf([{ ...pay, title }])[0]?.id).toBe(id)
  })

  it('has an id of its own in scripts that have no letters of ours', () => {
    const ids = stepsOf([
      { ...pay, title: '最終給与' },
      { ...pay, title: '健康保険' },
      { ...pay, title: 'IT機器' },
      { ...pay, title: 'IT資産' },
    ]).map((step) => step.id)
    expect(new Set(ids).size).toBe(4)
    for (const id of ids) expect(id).toMatch(/^(task|it)-[0-9a-f]{8}$/)
  })

  it('keeps its id whatever stands around it', () => {
    const other = { ...pay, title: 'Badge', owner: 'it' }
    expect(stepsOf([other, pay])[1]?.id).toBe(stepsOf([pay])[0]?.id)
  })
})

describe('the settings', () => {
  it('refuse two tasks that would share an id, and name both', () => {
    const problems = problemsOf([pay, { ...pay, title: 'Final pay, and unused leave!' }])
    expect(problems).toEqual([expect.stringMatching(/^1\.title .*“Final pay and unused leave”/)])
  })

  it.each([
    ['a time without its unit', { due: '3' }],
    ['no time at all', { due: '0d' }],
    ['a unit that nobody knows', { due: '3w' }],
    ['an owner that is neither a role nor a person', { owner: 'finance' }],
    ['an area that does not exist', { area: 'payroll' }],
    ['an empty title', { title: '  ' }],
    ['a field that does not exist', { dueDate: '3d' }],
  ])('refuse %s', (_what, change) => {
    expect(problemsOf([{ ...pay, ...change }])).toHaveLength(1)
  })
})

describe('the manual connector', () => {
  it('has one account for everybody, which is the leaver', async () => {
    const manual = manualConnector(Tasks.parse([pay]))
    expect(await manual.locate(undefined, leaver)).toEqual([{ realm: 'people', id: 'U00000001', label: 'Jo Miller' }])
  })

  it('asks no system and lacks no right', async () => {
    const manual = manualConnector([])
    expect(await manual.check(undefined)).toEqual({ as: 'people, by hand', missing: [] })
    expect(manual.steps).toEqual([])
  })
})
