import { afterEach, describe, expect, it } from 'vitest'
import { cast } from '../../src/sandbox/company.ts'
import { everyScope, furnish, type OpenWorld, openWorld, worlds } from './google-workspace-world.ts'

afterEach(async () => {
  for (const world of worlds.splice(0)) await world.close()
})

const hourMs = 3_600_000

const states = async (world: OpenWorld, step: string) => (await world.find(step)).map((one) => one.state)

describe('a phone that leaves the list in the middle of a wipe', () => {
  async function ordered(): Promise<OpenWorld> {
    const world = await openWorld({ wipeMs: hourMs })
    await world.applyAll('mobile-wipe')
    return world
  }

  it('is pending while Google says that it wipes, whoever has it now, and done once it is wiped', async () => {
    const world = await ordered()
    world.state.phones[0]!.email = [cast.other]
    expect(await states(world, 'mobile-wipe')).toEqual(['pending', 'pending'])
    world.server.settle()
    expect(await states(world, 'mobile-wipe')).toEqual(['done', 'done'])
  })

  it('is a task where its wipe was called off or its record is gone, and nothing is ordered again', async () => {
    const world = await ordered()
    Object.assign(world.state.phones[0]!, { email: [cast.other], status: 'APPROVED', wipedAt: undefined })
    world.state.phones.splice(1, 1)
    const findings = await world.find('mobile-wipe')
    expect(findings.map((one) => [one.state, one.label])).toEqual([
      ['blocked', 'Pixel 9, Android 15'],
      ['blocked', 'iPhone 15, iOS 18.1'],
    ])
    expect(findings[0]?.fact).toContain('IT decides')
    expect(findings[1]?.fact).toContain('no record of it any more')
    expect(world.asked(/mobile\/.*\/action$/)).toBe(2)
  })

  it('is not wiped where it is another’s at the very moment', async () => {
    const world = await openWorld()
    const [finding] = await world.find('mobile-wipe')
    world.state.phones[0]!.email = [cast.other]
    await expect(world.apply('mobile-wipe', finding!)).rejects.toThrow('not the leaver')
    expect(world.state.phones[0]?.status).toBe('APPROVED')
  })
})

describe('a phone', () => {
  it('that waited for an administrator’s yes does not get it by being given back', async () => {
    const world = await openWorld({
      prepare(state) {
        state.phones[0]!.status = 'PENDING'
      },
    })
    const [waiting, approved] = await world.find('mobile-lock')
    await world.applyAll('mobile-lock')
    await expect(world.undo('mobile-lock', waiting!)).rejects.toThrow('It was PENDING before')
    await world.undo('mobile-lock', approved!)
    expect(world.state.phones.slice(0, 2).map((one) => one.status)).toEqual(['BLOCKED', 'APPROVED'])
  })

  it('and a Chromebook that are known by an alias are found, too', async () => {
    const world = await openWorld({
      prepare(state) {
        state.phones[0]!.email = ['jmiller@example.com']
        Object.assign(state.chromebooks[0]!, { annotatedUser: 'jmiller@example.com', recentUsers: [] })
      },
    })
    expect(await states(world, 'mobile-lock')).toHaveLength(2)
    expect(await states(world, 'chromebook-lock')).toHaveLength(1)
  })
})

describe('a Chromebook', () => {
  async function ordered(): Promise<OpenWorld> {
    const world = await openWorld({ wipeMs: hourMs })
    await world.applyAll('chromebook-wipe')
    return world
  }

  it('has its profiles removed by one command, which is done when the Chromebook has carried it out', async () => {
    const world = await ordered()
    expect((await world.find('chromebook-wipe'))[0]).toMatchObject({
      state: 'pending',
      fact: 'WIPE_USERS PENDING; waits for the Chromebook',
    })
    world.server.settle()
    expect((await world.find('chromebook-wipe'))[0]).toMatchObject({
      state: 'done',
      fact: 'WIPE_USERS EXECUTED_BY_CLIENT, SUCCESS',
    })
    expect(world.state.chromeCommands.map((one) => one.type)).toEqual(['WIPE_USERS'])
    expect(world.state.chromebooks.map((one) => one.status)).toEqual(['ACTIVE', 'ACTIVE'])
  })

  it('is open again where the command expired or failed, with what Google says', async () => {
    for (const [ends, fact] of [
      [{ state: 'EXPIRED' }, 'WIPE_USERS EXPIRED'],
      [
        { state: 'EXECUTED_BY_CLIENT', result: 'FAILURE', errorMessage: 'No disk.' },
        'WIPE_USERS EXECUTED_BY_CLIENT, FAILURE, No disk.',
      ],
    ] as const) {
      const world = await ordered()
      world.state.chromeCommands[0]!.ends = ends
      world.server.settle()
      expect((await world.find('chromebook-wipe'))[0]).toMatchObject({ state: 'open', fact })
      await world.applyAll('chromebook-wipe')
      expect(world.state.chromeCommands).toHaveLength(2)
    }
  })

  it('that has another user in the middle of it is asked for by its command', async () => {
    const world = await ordered()
    world.state.chromebooks[0]!.annotatedUser = cast.other
    expect(await states(world, 'chromebook-wipe')).toEqual(['pending'])
    world.state.chromeCommands[0]!.ends = { state: 'CANCELLED' }
    world.server.settle()
    expect((await world.find('chromebook-wipe'))[0]).toMatchObject({
      state: 'blocked',
      fact: expect.stringContaining('WIPE_USERS CANCELLED'),
    })
    world.state.chromeCommands = []
    expect(await states(world, 'chromebook-wipe')).toEqual(['blocked'])
  })

  it('is not wiped where it is another’s at the very moment, nor where the form says lock', async () => {
    const world = await openWorld()
    const [finding] = await world.find('chromebook-wipe')
    world.state.chromebooks[0]!.annotatedUser = cast.other
    await expect(world.apply('chromebook-wipe', finding!)).rejects.toThrow('not the leaver')
    expect(world.state.chromeCommands).toEqual([])
    expect(await (await openWorld({}, {}, { devices: 'lock' })).find('chromebook-wipe')).toEqual([])
  })
})

describe('a computer', () => {
  const computers = { also: ['computers'] }
  const options = { prepare: furnish, delegated: everyScope, wipeMs: hourMs }

  it('loses the account, gets it back, and those of somebody with a similar address do not', async () => {
    const world = await openWorld({ ...options, pageSize: 1 }, computers)
    const findings = await world.find('computer-lock')
    expect(findings).toHaveLength(3)
    await world.applyAll('computer-lock')
    expect(world.state.endpoints.map((one) => one.userState)).toEqual([
      ...Array(3).fill('BLOCKED'),
      ...Array(3).fill('APPROVED'),
    ])
    expect(await states(world, 'computer-lock')).toEqual(['done', 'done', 'done'])
    await world.undo('computer-lock', findings[0]!)
    expect(world.state.endpoints[0]?.userState).toBe('APPROVED')
  })

  it('is wiped whole where it is the company’s, and of the account only where it is not; never a Mac', async () => {
    const world = await openWorld(options, computers)
    await world.applyAll('computer-wipe')
    const told = () => world.state.endpoints.slice(0, 3).map((one) => [one.deviceState, one.userState])
    expect(told()).toEqual([
      ['WIPING', 'APPROVED'],
      ['APPROVED', 'WIPING'],
      ['APPROVED', 'APPROVED'],
    ])
    expect(await states(world, 'computer-wipe')).toEqual(['pending', 'pending'])
    world.server.settle()
    expect(await states(world, 'computer-wipe')).toEqual(['done', 'done'])
    const lock = await openWorld(options, computers, { devices: 'lock' })
    expect(await lock.find('computer-wipe')).toEqual([])
  })

  it('that leaves the list in the middle of it is asked for by its own name', async () => {
    const world = await openWorld(options, computers)
    await world.applyAll('computer-wipe')
    world.state.endpoints[0]!.userEmail = cast.other
    expect((await states(world, 'computer-wipe')).toSorted()).toEqual(['pending', 'pending'])
    world.state.endpoints[0]!.deviceState = 'APPROVED'
    expect((await states(world, 'computer-wipe')).toSorted()).toEqual(['blocked', 'pending'])
    world.state.endpoints.splice(0, 1)
    expect((await states(world, 'computer-wipe')).toSorted()).toEqual(['blocked', 'pending'])
  })

  it('is not wiped where it is another’s at the very moment, and a refusal inside an answer is one', async () => {
    const world = await openWorld(options, computers)
    const [finding, second] = await world.find('computer-wipe')
    world.state.endpoints[0]!.userEmail = cast.other
    await expect(world.apply('computer-wipe', finding!)).rejects.toThrow('not the leaver')
    const body = { name: 'operations/1', done: true, error: { code: 9, message: 'Device is not managed.' } }
    world.fault(/:wipe$/, { status: 200, body })
    await expect(world.apply('computer-wipe', second!)).rejects.toThrow('Device is not managed')
    expect(world.state.endpoints.map((one) => one.deviceState)).not.toContain('WIPING')
  })
})

describe('devices', () => {
  it('are left alone where the form says so, and phones are only blocked where it says lock', async () => {
    const nothing = await openWorld({}, {}, { devices: 'nothing' })
    for (const step of ['mobile-lock', 'chromebook-lock', 'mobile-wipe']) expect(await nothing.find(step)).toEqual([])
    const lock = await openWorld({}, {}, { devices: 'lock' })
    expect(await lock.find('mobile-wipe')).toEqual([])
    expect(await lock.find('mobile-lock')).toHaveLength(2)
  })

  it('of somebody whose address contains the leaver’s are not the leaver’s', async () => {
    const world = await openWorld({
      prepare(state) {
        for (const phone of state.phones.slice(2)) phone.email = [`not.${cast.leaver}`]
        const other = state.chromebooks[1]
        if (other) Object.assign(other, { annotatedUser: `not.${cast.leaver}`, recentUsers: [`not.${cast.leaver}`] })
      },
    })
    expect(await world.find('mobile-lock')).toHaveLength(2)
    expect(await world.find('chromebook-lock')).toHaveLength(1)
  })

  it('that are shared Chromebooks stay on, and all of the leaver’s go in one request', async () => {
    const world = await openWorld({
      prepare(state) {
        const one = state.chromebooks[0]!
        const { annotatedUser: _, ...unassigned } = one
        state.chromebooks.push(
          { ...one, deviceId: 'second' },
          { ...unassigned, deviceId: 'own', recentUsers: [cast.leaver] },
        )
        state.chromebooks.push({ ...unassigned, deviceId: 'kiosk', recentUsers: [cast.leaver, cast.other] })
      },
    })
    await world.applyAll('chromebook-lock')
    expect(world.asked(/batchChangeStatus/)).toBe(1)
    expect(world.state.chromebooks.map((one) => [one.deviceId.slice(0, 6), one.status])).toEqual([
      ['f4b2-7', 'DISABLED'],
      ['f4b2-7', 'ACTIVE'],
      ['second', 'DISABLED'],
      ['own', 'DISABLED'],
      ['kiosk', 'ACTIVE'],
    ])
  })

  it('that cannot be disabled fail alone, with what Google says of them', async () => {
    const world = await openWorld()
    const [finding] = await world.find('chromebook-lock')
    const gone = { ...finding!, id: 'gone' }
    const [good, bad] = await Promise.allSettled([
      world.apply('chromebook-lock', finding!),
      world.apply('chromebook-lock', gone),
    ])
    expect(good.status).toBe('fulfilled')
    expect(bad).toMatchObject({ status: 'rejected', reason: { message: expect.stringContaining('Device not found') } })
  })

  it('are wiped once, and wait until the device was heard of', async () => {
    const world = await openWorld({ wipeMs: 3_600_000 })
    await world.applyAll('mobile-wipe')
    expect((await world.find('mobile-wipe')).map((one) => one.state)).toEqual(['pending', 'pending'])
    expect((await world.find('mobile-lock')).map((one) => one.state)).toEqual(['done', 'done'])
    world.server.settle()
    expect((await world.find('mobile-wipe')).map((one) => one.state)).toEqual(['done', 'done'])
    expect(world.state.phones.slice(2).map((one) => one.status)).toEqual(['APPROVED', 'APPROVED'])
  })
})
