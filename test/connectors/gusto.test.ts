import { afterEach, describe, expect, it } from 'vitest'
import gusto from '../../connectors/gusto/index.ts'
import type { Finding } from '../../src/connector.ts'
import { cast } from '../../src/sandbox/company.ts'
import { type GustoState, type PretendGustoOptions, pretendGusto } from '../../src/sandbox/gusto/index.ts'
import { testConnector } from '../support/test-connector.ts'
import { closeRecords, lastDay, leaver, openRecords, recordsBed } from './records-world.ts'

afterEach(closeRecords)

const traffic = process.env.VENDOR_TRAFFIC
const recorded = traffic ? { traffic } : {}

async function open(options: PretendGustoOptions = {}, changes: object = {}) {
  return openRecords(gusto, await pretendGusto({ ...recorded, ...options }), changes)
}

function idOf({ people }: GustoState): string {
  return people.find((one) => one.work_email === cast.leaver)?.uuid ?? ''
}

function ending(state: GustoState, date: string, more: object = {}) {
  const one = { uuid: `t-${date}`, version: 'v1', employee_uuid: idOf(state), effective_date: date }
  state.terminations.push({ ...one, run_termination_payroll: false, ...more })
}

describe('with terminating switched on', () => {
  testConnector(
    { ...gusto, steps: gusto.steps.filter((step) => step.id === 'terminate') },
    {
      bed: async () => {
        const server = await pretendGusto({ lagMs: 20, pageSize: 7, ...recorded })
        const id = idOf(server.world.truth())
        return {
          ...recordsBed(server, () => {
            const { people, terminations } = structuredClone(server.world.truth())
            return { people, terminations: terminations.filter((one) => one.employee_uuid !== id) }
          }),
          pageSize: 'the pretend Gusto answers with seven at a time, whatever `per` says',
        }
      },
    },
  )
})

describe('whose record it is', () => {
  it('is told by either address, on a later page too, with the end that is recorded', async () => {
    const seed = (state: GustoState) => {
      ending(state, '2034-01-31')
      state.people.reverse()
    }
    const world = await open({ pageSize: 4, seed })
    const mine = world.server.world.truth().people.find((one) => one.work_email === cast.leaver)
    const [account, ...more] = await world.locate({ ...leaver, emails: [mine?.email.toUpperCase() ?? ''] })
    expect(more).toEqual([])
    expect(account).toMatchObject({
      id: mine?.uuid,
      known: { name: 'Jo Miller', title: 'Account Executive', department: 'Sales', endDate: '2034-01-31' },
    })
  })

  it('is left to people where two records have the address', async () => {
    const world = await open({
      seed: ({ people }) => {
        const namesake = people.find((one) => one.work_email === cast.namesake)
        if (namesake) namesake.email = cast.leaver
      },
    })
    expect(await world.locate()).toHaveLength(2)
  })
})

describe('recording the end', () => {
  it('takes the day where the leaver is, and never runs a payroll', async () => {
    const world = await open()
    const [finding] = await world.find()
    expect(finding).toMatchObject({ state: 'open', fact: 'Employed, no end on record' })
    await world.apply(finding as Finding)
    expect(world.server.world.truth().terminations).toMatchObject([
      { effective_date: lastDay, run_termination_payroll: false },
    ])
    expect(await world.find()).toMatchObject([{ state: 'done', fact: `Termination recorded for ${lastDay}` }])
  })

  it('orders nothing where an end is recorded already, and says where the day is another one', async () => {
    const world = await open({ seed: (state) => ending(state, '2034-01-31') })
    const [finding] = await world.find()
    expect(finding).toMatchObject({ state: 'done', fact: expect.stringMatching(/2034-01-31.*HR says which is right/) })
    await world.apply({ ...(finding as Finding), state: 'open' })
    expect(world.server.calls.filter(({ asked }) => asked.method === 'POST')).toEqual([])
  })

  it('counts for nothing where they were hired again after it', async () => {
    const world = await open({ seed: (state) => ending(state, '2023-01-31', { void: true }) })
    expect(await world.find()).toMatchObject([{ state: 'open' }])
  })

  it('is over where the employment ended in the past', async () => {
    const world = await open({ seed: (state) => ending(state, '2024-01-31') })
    expect(await world.find()).toMatchObject([
      { state: 'done', fact: expect.stringMatching(/^Terminated as of 2024-01-31/) },
    ])
  })

  it('is taken back while Gusto lets it', async () => {
    const world = await open()
    const [finding] = await world.find()
    await world.apply(finding as Finding)
    await world.undo(finding as Finding)
    expect(world.server.world.truth().terminations).toEqual([])
  })

  it('is not taken back once Gusto has a payroll for it, and says who does what', async () => {
    const world = await open({ seed: (state) => ending(state, lastDay, { run_termination_payroll: true }) })
    const [finding] = await world.find()
    await expect(world.undo(finding as Finding)).rejects.toThrow(/HR hires them again/)
  })
})

describe('with terminating switched off', () => {
  const off = { terminate: false }

  it('is a task for HR, with the facts filled in', async () => {
    const world = await open({}, off)
    expect(world.connector.steps.map((step) => step.id)).toEqual(['terminate-by-hand'])
    const { applies, ask } = await world.task()
    expect(applies).toBe(true)
    expect(ask).toMatch(
      /Now: Employed, no end on record\nJob: Account Executive, Sales\nLast day: 2035-11-30 \(end of contract\)/,
    )
  })

  it('is no task where HR has recorded that very day', async () => {
    const world = await open({ seed: (state) => ending(state, lastDay) }, off)
    expect((await world.task()).applies).toBe(false)
  })
})

describe('check', () => {
  it('names the scope that is missing, and needs none for writing where nothing is written', async () => {
    const seed = (state: GustoState) => void Object.assign(state, { scope: 'public employees:read' })
    const world = await open({ seed })
    expect((await world.connector.check(world.client)).missing).toEqual([
      expect.stringMatching(/^employees:write is missing/),
    ])
    const reading = await open({ seed }, { terminate: false })
    expect((await reading.connector.check(reading.client)).missing).toEqual([])
  })

  it("refuses another company's token", async () => {
    const world = await open({}, { company: '00000000-0000-4000-8000-000000000000' })
    await expect(world.connector.check(world.client)).rejects.toThrow(/is for Company 5f0c7a1e/)
  })
})
