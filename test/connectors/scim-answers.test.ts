/** What a service says in its own way, and what must not be made of it. */
import { afterEach, describe, expect, it } from 'vitest'
import { Denied } from '../../src/connector.ts'
import { closeWorlds, openWorld } from './scim-world.ts'

afterEach(closeWorlds)

describe('what a service says of "active"', () => {
  it.each(['', 'yes', '1', 'enabled'])('is no "inactive" where it is %j', async (active) => {
    const world = await openWorld()
    const { id, userName } = world.user()
    world.server.faults.push({
      when: ({ path }) => path.endsWith(`/Users/${id}`),
      as: { status: 200, body: { id, userName, active } },
    })
    await expect(world.find('deactivate')).rejects.toThrow('could not be understood')
  })

  it.each(['False', 'false'])('is "inactive" where an old dialect says %j', async (active) => {
    const world = await openWorld()
    const { id, userName } = world.user()
    world.server.faults.push({
      when: ({ path }) => path.endsWith(`/Users/${id}`),
      as: { status: 200, body: { id, userName, active } },
    })
    expect(await world.find('deactivate')).toMatchObject([{ state: 'done', fact: 'active=false' }])
  })
})

describe('groups that the user is in by their own record', () => {
  it('are not overlooked where the service finds none by the member', async () => {
    const world = await openWorld({ dialect: { filter: 'unknowing' } })
    expect((await world.find('groups')).map((one) => one.label)).toEqual([
      'Everyone',
      'Sales',
      'Design review',
      'Forecast "Q4"',
      'Beta testers',
    ])
    await world.applyAll('groups')
    expect(world.server.world.truth().groups.map((group) => group.members.length)).toEqual([2, 2, 2, 2, 2, 2])
    expect(await world.find('groups')).toEqual([])
  })

  it('are unknown where the group does not say who is in it', async () => {
    const world = await openWorld({ dialect: { filter: 'unknowing' } }, { groups: 'list' })
    const listed = { totalResults: 0, Resources: [] }
    world.server.faults.push({ when: ({ path }) => path.endsWith('/Groups'), as: { status: 200, body: listed } })
    world.server.faults.push({
      when: ({ path }) => path.endsWith('/Groups/9e1c-1'),
      as: { status: 200, body: { id: '9e1c-1', displayName: 'Everyone' } },
    })
    const found = await world.find('groups')
    expect(found.map((one) => one.state)).toEqual(['unknown', 'open', 'open', 'open', 'open'])
  })
})

it('a token that was taken back is not shown again', async () => {
  const world = await openWorld({ tokenMs: 3_600_000 })
  const tokens = () => world.server.calls.filter(({ asked }) => asked.path === '/oauth/token').length
  await world.account()
  world.server.faults.push({ when: ({ path }) => path.endsWith('/Users'), as: { status: 401, body: { detail: 'no' } } })
  await expect(world.account()).rejects.toBeInstanceOf(Denied)
  await world.account()
  expect(tokens()).toBe(2)
})
