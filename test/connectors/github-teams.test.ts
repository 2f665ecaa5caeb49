import { afterEach, describe, expect, it } from 'vitest'
import { Denied } from '../../src/connector.ts'
import { cast } from '../../src/sandbox/company.ts'
import { idOf, main } from '../../src/sandbox/github/seed.ts'
import { closeWorlds, openWorld } from './github-world.ts'

afterEach(closeWorlds)

const jo = idOf(cast.leaver)

describe('GitHub: teams', () => {
  it('are found among more likenesses of the login than go on a page', async () => {
    const world = await openWorld()
    const before = (await world.find('teams')).map((one) => one.id)
    const team = Number(before[0])
    const others = Array.from({ length: 130 }, (_, index) => 900_000 + index)
    for (const id of others) world.state.users.push({ id, login: `xjomill-${id}`, name: `Somebody ${id}` })
    const mine = world.state.teamMembers.filter((one) => one.team === team)
    world.state.teamMembers = [
      ...world.state.teamMembers.filter((one) => one.team !== team),
      ...others.map((user) => ({ team, user, role: 'member' as const })),
      ...mine,
    ]
    expect((await world.find('teams')).map((one) => one.id)).toEqual(before)
  })

  it('are joined again by number: a name that another team has by now lets nobody in there', async () => {
    const world = await openWorld()
    const [finding] = await world.find('teams')
    await world.apply('teams', finding!)
    const team = world.state.teams.find((one) => String(one.id) === finding?.id)!
    const other = world.state.teams.find((one) => one.org === main && one !== team)!
    const { slug } = team
    team.slug = 'renamed'
    await expect(world.undo('teams', finding!)).rejects.toThrow('by hand')
    other.slug = slug
    const before = structuredClone(world.state.teamMembers)
    await expect(world.undo('teams', finding!)).rejects.toThrow('by hand')
    expect(world.state.teamMembers).toEqual(before)
  })
})

describe('GitHub: somebody who cannot be looked up', () => {
  it('is gone only where the organisation knows nobody with that number any more', async () => {
    const world = await openWorld()
    const account = await world.account()
    const renamed = world.state.users.find((one) => one.id === jo)!
    renamed.login = 'jo-moved-on'
    world.fault(/^GET \/user\/\d+$/, { status: 404, body: { message: 'Not Found' } }, 99)
    expect(await world.find('membership', account)).toMatchObject([{ state: 'open', label: 'acme/jo-moved-on' }])
    world.state.users = world.state.users.filter((one) => one.id !== jo)
    for (const list of ['members', 'outside'] as const)
      Object.assign(world.state, { [list]: world.state[list].filter((one) => one.user !== jo) })
    expect(await world.find('membership', account)).toEqual([])
  })
})

it('a token of the installation that was taken back is not shown again', async () => {
  const world = await openWorld()
  await world.find('membership')
  const before = world.asked(/^POST \/app\/installations\//)
  world.fault(/^GET \/user\/\d+$/, { status: 401, body: { message: 'Bad credentials' } })
  await expect(world.find('membership')).rejects.toBeInstanceOf(Denied)
  await world.find('membership')
  expect(world.asked(/^POST \/app\/installations\//)).toBe(before + 1)
})
