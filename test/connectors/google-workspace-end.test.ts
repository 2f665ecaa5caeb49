import { afterEach, describe, expect, it } from 'vitest'
import google from '../../connectors/google-workspace/index.ts'
import { cast } from '../../src/sandbox/company.ts'
import { openWorld, worlds } from './google-workspace-world.ts'

afterEach(async () => {
  for (const world of worlds.splice(0)) await world.close()
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

describe('the end of the account', () => {
  it('frees the licences of the products in the settings only, and gives them back', async () => {
    const none = await openWorld({}, { licences: [] })
    expect(await none.find('licences')).toEqual([])
    const world = await openWorld({}, { licences: ['Google-Apps'] })
    const before = world.state.licences.length
    const [finding] = await world.find('licences')
    await world.apply('licences', finding!)
    expect(world.state.licences).toHaveLength(before - 1)
    await world.undo('licences', finding!)
    expect(world.state.licences).toHaveLength(before)
  })

  it('is a deletion only where the settings say so, files have a receiver, and no transfer is running', async () => {
    const off = await openWorld()
    expect(await off.find('delete')).toEqual([])
    const alone = await openWorld({}, { deleteUser: true }, { handOverTo: undefined })
    expect((await alone.find('delete'))[0]).toMatchObject({
      state: 'blocked',
      fact: expect.stringContaining('would be deleted too'),
    })
    const world = await openWorld({ transferMs: 3_600_000 }, { deleteUser: true })
    await world.applyAll('transfer-files')
    const [finding] = await world.find('delete')
    await expect(world.apply('delete', finding!)).rejects.toThrow('still running')
    world.server.settle()
    await world.apply('delete', finding!)
    expect(world.state.users.some((one) => one.primaryEmail === cast.leaver)).toBe(false)
    for (const step of google.steps) if ('find' in step) expect(await world.find(step.id)).toEqual([])
    await expect(world.apply('delete', finding!)).resolves.toBeUndefined()
  })
})
