import { afterEach, describe, expect, it } from 'vitest'
import bamboohr from '../../connectors/bamboohr/index.ts'
import type { Finding } from '../../src/connector.ts'
import { type PretendBambooOptions, pretendBambooHr } from '../../src/sandbox/bamboohr/index.ts'
import { cast, employee } from '../../src/sandbox/company.ts'
import { testConnector } from '../support/test-connector.ts'
import { closeRecords, lastDay, leaver, openRecords, recordsBed, stranger } from './records-world.ts'

afterEach(closeRecords)

const traffic = process.env.VENDOR_TRAFFIC
const recorded = traffic ? { traffic } : {}
const own = String(employee(cast.leaver).id)

async function open(options: PretendBambooOptions = {}, changes: object = {}) {
  return openRecords(bamboohr, await pretendBambooHr({ ...recorded, ...options }), changes)
}

const ending = (date: string, employmentStatus = 'Terminated') => ({
  id: '1999',
  employeeId: own,
  date,
  employmentStatus,
})

describe('with terminating switched on', () => {
  testConnector(
    { ...bamboohr, steps: bamboohr.steps.filter((step) => step.id === 'terminate') },
    {
      bed: async () => {
        const server = await pretendBambooHr({ lagMs: 20, ...recorded })
        return recordsBed(server, () => {
          const { people, rows } = structuredClone(server.world.truth())
          return { people, rows: rows.filter((row) => row.employeeId !== own || row.date < '2023') }
        })
      },
    },
  )
})

describe('whose record it is', () => {
  it('is told by any address, whatever its case, with job, manager and the end that is recorded', async () => {
    const world = await open({ seed: ({ rows }) => rows.push(ending('2030-01-31')) })
    const [account, ...more] = await world.locate({ ...leaver, emails: ['other@mail.test', 'JO.Miller@example.com'] })
    expect(more).toEqual([])
    expect(account).toMatchObject({
      realm: 'example',
      id: own,
      known: { name: 'Jo Miller', title: 'Account Executive', managerName: 'Ada Okafor', endDate: '2030-01-31' },
    })
  })

  it('is found too where the employment has ended already', async () => {
    const world = await open({ seed: ({ rows }) => rows.push(ending('2024-01-31')) })
    expect(await world.locate()).toMatchObject([{ id: own, known: { endDate: '2024-01-31' } }])
  })

  it('is left to people where two records have the address', async () => {
    const world = await open({
      seed: ({ people }) => {
        const namesake = people.find((one) => one.workEmail === cast.namesake)
        if (namesake) namesake.workEmail = cast.leaver
      },
    })
    expect(await world.locate()).toHaveLength(2)
  })

  it('is protected where Latchkey signs in with the key of that very employee', async () => {
    const world = await open()
    const [account] = await world.locate({ ...stranger, emails: [cast.it] })
    expect(account?.protected).toMatch(/whose API key/)
  })

  it('is unknown, not nobody, where the directory may not be read', async () => {
    const world = await open({ seed: ({ may }) => void Object.assign(may, { directory: false }) })
    await expect(world.locate()).rejects.toMatchObject({ status: 403 })
  })
})

describe('recording the end', () => {
  it("takes the day where the leaver is, and the company's own reason", async () => {
    const world = await open()
    const [finding] = await world.find()
    expect(finding).toMatchObject({ state: 'open', fact: 'Full-Time since 2022-05-02' })
    await world.apply(finding as Finding)
    const written = world.server.world.truth().rows.at(-1)
    expect(written).toMatchObject({
      employeeId: own,
      date: lastDay,
      employmentStatus: 'Terminated',
      terminationReasonId: 7,
    })
    expect(await world.find()).toMatchObject([{ state: 'done', fact: `Terminated as of ${lastDay}` }])
  })

  it('never adds a second entry, also where the first has another day, which it says', async () => {
    const world = await open({ seed: ({ rows }) => rows.push(ending('2030-01-31')) })
    const before = structuredClone(world.server.world.truth().rows)
    const [finding] = await world.find()
    expect(finding).toMatchObject({ state: 'done', fact: expect.stringMatching(/2030-01-31.*HR says which is right/) })
    await world.apply({ ...(finding as Finding), state: 'open' })
    expect(world.server.world.truth().rows).toEqual(before)
  })

  it('counts for nothing where they were hired again after it', async () => {
    const again = { ...ending('2024-09-01', 'Part-Time'), id: '1500' }
    const world = await open({ seed: ({ rows }) => rows.push(ending('2023-01-31'), again) })
    expect(await world.find()).toMatchObject([{ state: 'open', fact: 'Part-Time since 2024-09-01' }])
  })

  it('is taken back, and older ends stay', async () => {
    const again = { ...ending('2024-09-01', 'Part-Time'), id: '1500' }
    const world = await open({ seed: ({ rows }) => rows.push(ending('2023-01-31'), again) })
    const before = structuredClone(world.server.world.truth().rows)
    const [finding] = await world.find()
    await world.apply(finding as Finding)
    await world.undo(finding as Finding)
    expect(world.server.world.truth().rows).toEqual(before)
  })

  it('says in BambooHR’s own words why it was refused', async () => {
    const world = await open({}, { terminate: { status: 'Gone' } })
    const [finding] = await world.find()
    await expect(world.apply(finding as Finding)).rejects.toMatchObject({
      status: 406,
      message: expect.stringContaining('Invalid employment status'),
    })
  })

  it("is refused where it is the key's own employee, when looked at and when ordered", async () => {
    const world = await open({ keyOwner: cast.leaver })
    const [finding] = await world.find()
    expect(finding).toMatchObject({ state: 'blocked', fact: expect.stringContaining('whose API key') })
    await expect(world.apply(finding as Finding)).rejects.toThrow(/nothing was written/)
  })

  it('is read as unknown where the status may not be read', async () => {
    const world = await open()
    const [finding] = await world.find()
    world.server.world.truth().may.status = false
    await expect(world.find()).rejects.toMatchObject({ status: 403 })
    await expect(world.apply(finding as Finding)).rejects.toMatchObject({ status: 403 })
  })
})

describe('with terminating switched off', () => {
  const off = { terminate: undefined }

  it('is a task for HR, with the facts filled in', async () => {
    const world = await open({}, off)
    expect(world.connector.steps.map((step) => step.id)).toEqual(['terminate-by-hand'])
    const { applies, ask } = await world.task()
    expect(applies).toBe(true)
    expect(ask).toContain(`https://example.bamboohr.com/employees/employee.php?id=${own}`)
    expect(ask).toMatch(/Now: Full-Time since 2022-05-02\nJob: Account Executive, Sales\nReports to: Ada Okafor/)
    expect(ask).toContain(`Last day: ${lastDay} (end of contract)`)
  })

  it('is no task where HR has recorded that very day', async () => {
    const world = await open({ seed: ({ rows }) => rows.push(ending(lastDay)) }, off)
    expect((await world.task()).applies).toBe(false)
  })

  it('is a task still where another day is recorded', async () => {
    const world = await open({ seed: ({ rows }) => rows.push(ending('2030-01-31')) }, off)
    expect(await world.task()).toMatchObject({ applies: true, ask: expect.stringContaining('HR says which is right') })
  })
})

it('check names what may not be read', async () => {
  const world = await open({ seed: ({ may }) => void Object.assign(may, { users: false, status: false }) })
  const { as, missing } = await world.connector.check(world.client)
  expect(as).toBe('the API key of Ivo Novak in example')
  expect(missing).toEqual([
    expect.stringMatching(/^the list of users/),
    expect.stringMatching(/^the employment status/),
  ])
})
