import { afterEach, describe, expect, it } from 'vitest'
import { awsRefusal } from '../../src/sandbox/aws/index.ts'
import { closeWorlds, leaversUser, main, onlyFinding, openWorld, second, stepOf } from './aws-world.ts'

afterEach(closeWorlds)

describe('giving back', () => {
  it.each([
    'deny-all',
    'access-keys',
    'signing-certificates',
    'ssh-public-keys',
    'service-credentials',
    'groups',
    'attached-policies',
    'inline-policies',
    'permissions-boundary',
  ])('%s leaves the account as it was', async (step) => {
    const world = await openWorld()
    const account = await world.account()
    const before = structuredClone(world.state)
    const findings = await world.find(step, account)
    for (const finding of findings) await world.apply(step, account, finding)
    expect(world.state).not.toEqual(before)
    for (const finding of findings) await world.undo(step, account, finding)
    expect(world.state).toEqual(before)
  })

  it('does not switch on a key that was off before', async () => {
    const world = await openWorld({
      seed: (state) => {
        for (const key of leaversUser(state).accessKeys) key.status = 'Inactive'
      },
    })
    const account = await world.account()
    for (const finding of await world.find('access-keys', account)) await world.undo('access-keys', account, finding)
    expect(world.user(main, 'jo.miller').accessKeys.map((one) => one.status)).toEqual(['Inactive', 'Inactive'])
  })

  it('is not offered where AWS cannot give back', () => {
    for (const step of ['console-password', 'mfa-devices', 'delete-user']) expect(stepOf(step).undo).toBeUndefined()
  })
})

describe('deleting the user', () => {
  it('clears what is left, the denial last', async () => {
    const world = await openWorld()
    const account = await world.account()
    await world.apply('deny-all', account, await onlyFinding(world, 'deny-all', account))
    const from = world.actions().length
    await world.apply('delete-user', account, await onlyFinding(world, 'delete-user', account))
    expect(world.actions().slice(from).slice(-2)).toEqual(['DeleteUserPolicy', 'DeleteUser'])
    expect(() => world.user(main, 'jo.miller')).toThrow()
    expect(await world.find('delete-user', account)).toEqual([])
    expect(world.user(second, 'jo.miller').accessKeys).toHaveLength(2)
  })

  it('clears again what appeared while it was at it', async () => {
    const world = await openWorld()
    const account = await world.account()
    const finding = await onlyFinding(world, 'delete-user', account)
    world.server.faults.push({
      when: (asked) => {
        const { Action } = asked.body as { Action?: string }
        const { accessKeys } = world.user(main, 'jo.miller')
        const due = Action === 'DeleteUser' && !world.actions().includes('DeleteUser')
        if (due) accessKeys.push({ id: 'AKIAMADEMEANWHILE001', status: 'Active', created: '2026-11-03T09:00:00Z' })
        return false
      },
      as: 'reset',
    })
    await world.apply('delete-user', account, finding)
    expect(world.actions().filter((one) => one === 'DeleteUser')).toHaveLength(2)
    expect(() => world.user(main, 'jo.miller')).toThrow()
  })

  it('says what is left, and denies everything again, where AWS goes on refusing', async () => {
    const world = await openWorld()
    const account = await world.account()
    const finding = await onlyFinding(world, 'delete-user', account)
    world.fault('DeleteUser', awsRefusal(409, 'DeleteConflict', 'Cannot delete entity, must do something first.'), 99)
    await expect(world.apply('delete-user', account, finding)).rejects.toMatchObject({
      name: 'Rejected',
      code: 'DeleteConflict',
      message: expect.stringContaining('must do something first'),
    })
    expect(Object.keys(world.user(main, 'jo.miller').inline)).toEqual(['LatchkeyDenyAll'])
  })
})
