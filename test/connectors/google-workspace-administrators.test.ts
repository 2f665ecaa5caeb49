import { afterEach, describe, expect, it } from 'vitest'
import google from '../../connectors/google-workspace/index.ts'
import { cast } from '../../src/sandbox/company.ts'
import { administrator } from '../../src/sandbox/google-workspace/seed.ts'
import type { State } from '../../src/sandbox/google-workspace/state.ts'
import { eventually, leaver, openWorld, userIn, worlds } from './google-workspace-world.ts'

afterEach(async () => {
  for (const world of worlds.splice(0)) await world.close()
})

describe('administrators', () => {
  const superAdmin = (state: State) => Object.assign(userIn(state, cast.leaver), { isAdmin: true })

  function lastSuperAdmin(state: State): void {
    for (const user of state.users) user.isAdmin = user.primaryEmail === cast.leaver
    const admin = userIn(state, administrator)
    state.roleAssignments.push({ id: '77', user: admin.id, roleId: '13801188331880452', scopeType: 'CUSTOMER' })
  }

  it('lose every role by its name, and the switch of a super administrator', async () => {
    const world = await openWorld({ lagMs: 30, prepare: superAdmin })
    expect((await world.find('admin-roles')).map((one) => one.label)).toEqual([
      'Super administrator',
      'Groups Administrator',
      'User Management Administrator',
    ])
    await world.applyAll('admin-roles')
    await eventually(world, 'admin-roles', [])
    expect(world.user(cast.leaver).isAdmin).toBe(false)
  })

  it('get a role back, and the super administrator too', async () => {
    const world = await openWorld({ prepare: superAdmin })
    const findings = await world.find('admin-roles')
    await world.applyAll('admin-roles')
    for (const finding of findings) await world.undo('admin-roles', finding)
    expect((await world.find('admin-roles')).map((one) => one.label)).toEqual(findings.map((one) => one.label))
  })

  it('are left alone where nobody else could administer this Google', async () => {
    const world = await openWorld({
      prepare(state) {
        for (const user of state.users) user.isAdmin = [cast.leaver, administrator].includes(user.primaryEmail)
      },
    })
    const [role] = await world.find('admin-roles')
    const [account] = await world.find('suspend')
    world.user(administrator).isAdmin = false
    world.state.roleAssignments.push({
      id: '77',
      user: world.user(administrator).id,
      roleId: '13801188331880452',
      scopeType: 'CUSTOMER',
    })
    for (const [step, finding] of [
      ['admin-roles', role],
      ['suspend', account],
    ] as const)
      await expect(world.apply(step, finding!)).rejects.toThrow('last super administrator')
    expect(world.user(cast.leaver)).toMatchObject({ isAdmin: true, suspended: false })
  })

  it('are shown as blocked with the way out while they are the last', async () => {
    const world = await openWorld({ prepare: lastSuperAdmin })
    world.user(administrator).isAdmin = true
    world.user(administrator).suspended = false
    expect((await world.find('admin-roles'))[0]?.state).toBe('open')
    world.user(administrator).archived = true
    for (const step of ['admin-roles', 'suspend'])
      expect((await world.find(step))[0]).toMatchObject({
        state: 'blocked',
        fact: expect.stringContaining('makes somebody else one first'),
      })
  })

  it('that are super administrators are out of reach of one that is not, and the card says so', async () => {
    const world = await openWorld({
      prepare(state) {
        superAdmin(state)
        lastSuperAdmin(state)
        userIn(state, cast.it).isAdmin = true
      },
    })
    for (const step of ['password', 'recovery', 'admin-roles', 'hide', 'suspend'])
      expect((await world.find(step))[0]).toMatchObject({
        state: 'blocked',
        fact: expect.stringContaining(`${administrator} is not`),
      })
    expect((await google.check(world.client)).warnings?.[0]).toContain('not a super administrator')
  })

  it('that Latchkey acts as are refused even where somebody plans them', async () => {
    const world = await openWorld()
    const own = await world.account({ ...leaver, emails: [administrator] })
    for (const step of ['password', 'suspend', 'admin-roles', 'delete'])
      await expect(
        world.apply(step, { id: 'super-admin', label: '', state: 'open', fact: '' }, { account: own }),
      ).rejects.toThrow('Latchkey itself acts as')
    expect(world.user(administrator)).toMatchObject({ passwords: 1, suspended: false, isAdmin: true })
  })
})
