import { afterEach, describe, expect, it } from 'vitest'
import okta from '../../connectors/okta/index.ts'
import { cast } from '../../src/sandbox/company.ts'
import { leaverOf, openWorld, worlds } from './okta-world.ts'

afterEach(async () => {
  await Promise.all(worlds.splice(0).map((one) => one.close()))
})

const states = (findings: readonly { id: string; state: string }[]) => findings.map((one) => `${one.id} ${one.state}`)

describe('who the leaver is at Okta', () => {
  it('never takes a private second address for the person', async () => {
    const world = await openWorld()
    expect((await world.account()).map((one) => one.id)).toEqual([world.mine.id])
  })

  it('finds by the primary address where the login is another', async () => {
    const world = await openWorld({ prepare: (state) => Object.assign(state.users[0] as object, { login: 'jmiller' }) })
    expect((await world.account()).map((one) => one.label)).toEqual(['jmiller'])
  })

  it('answers two accounts where two are the person, over two pages', async () => {
    const world = await openWorld({
      pageSize: 1,
      prepare: (state) => Object.assign(state.users[1] as object, { email: cast.leaver }),
    })
    expect(await world.account()).toHaveLength(2)
  })

  it('finds nobody else by an address with a quote in it', async () => {
    const world = await openWorld()
    const sly = { ...leaverOf(cast.leaver), emails: [`x" or profile.login eq "${cast.manager}`] }
    expect(await world.account(sly)).toEqual([])
    const asked = world.server.calls.find((one) => one.asked.path === '/api/v1/users')?.asked.query.get('search')
    expect(asked).toBe(
      `profile.login eq "x\\" or profile.login eq \\"${cast.manager}" or profile.email eq "x\\" or profile.login eq \\"${cast.manager}"`,
    )
  })

  it('takes nobody whom a search answers without one of the addresses', async () => {
    const world = await openWorld()
    const profile = { login: cast.manager, email: cast.manager }
    world.server.faults.push({
      when: ({ path }) => path === '/api/v1/users',
      as: { status: 200, body: [{ id: '00u0003okta', status: 'ACTIVE', profile }] },
    })
    expect(await world.account()).toEqual([])
  })

  it('protects the owner of the API token that it signs in with', async () => {
    const world = await openWorld()
    const { org } = world.server.settings
    const settings = { org, clientId: undefined, privateKey: undefined, keyId: undefined }
    const other = await openWorld({}, { ...settings, apiToken: world.server.apiToken })
    const [own] = await other.account(leaverOf(cast.it))
    expect(own?.protected).toContain('API token')
    expect((await other.account())[0]?.protected).toBeUndefined()
    const finding = { id: 'x', label: '', state: 'open', fact: '', before: { type: 'SUPER_ADMIN' } } as const
    for (const step of ['suspend', 'factors', 'admin-roles', 'deactivate', 'delete'])
      await expect(other.apply(step, finding, own), step).rejects.toThrow('Latchkey signs in as')
    expect(other.state.users.find((one) => one.email === cast.it)?.status).toBe('ACTIVE')
    const health = await okta.check(other.client)
    expect(health).toMatchObject({ as: `${cast.it} (by API token) in example.okta.com`, missing: [] })
    expect(health.warnings?.join()).toContain('service app')
  })
})

describe('keeping the leaver out of Okta', () => {
  it('refuses the last active super administrator in find and in apply', async () => {
    const world = await openWorld()
    const open = await world.find('suspend')
    const role = (await world.find('admin-roles')).find((one) => one.id === 'ra1okta')
    const it = world.state.users.find((one) => one.email === cast.it)
    if (it) it.status = 'SUSPENDED'
    for (const step of ['suspend', 'deactivate'])
      expect((await world.find(step))[0]?.fact).toContain('last active super')
    expect(states(await world.find('admin-roles'))).toContain('ra1okta blocked')
    for (const step of ['suspend', 'deactivate'])
      await expect(world.apply(step, open[0] as never), step).rejects.toThrow('last active super administrator')
    await expect(world.apply('admin-roles', role!)).rejects.toThrow('last active super administrator')
    expect(world.mine.status).toBe('ACTIVE')
  })

  it.each(['PASSWORD_EXPIRED', 'LOCKED_OUT', 'RECOVERY'] as const)('suspends an account that is %s', async (status) => {
    const world = await openWorld()
    world.mine.status = status
    await world.applyAll('suspend')
    expect(world.mine.status).toBe('SUSPENDED')
    expect(world.mine.passwords).toBe(2)
  })

  it('says what to do with an account that was never activated', async () => {
    const world = await openWorld()
    world.mine.status = 'PROVISIONED'
    expect(await world.find('suspend')).toMatchObject([
      { state: 'blocked', fact: expect.stringContaining('Deactivate') },
    ])
  })

  it('lifts the suspension again, and leaves an account alone that is active by then', async () => {
    const world = await openWorld()
    const [finding] = await world.find('suspend')
    await world.applyAll('suspend')
    await world.undo('suspend', finding as never)
    expect(world.mine.status).toBe('ACTIVE')
    await expect(world.undo('suspend', finding as never)).resolves.toBeUndefined()
  })

  it('revokes tokens with the sessions', async () => {
    const world = await openWorld()
    await world.applyAll('sessions')
    expect(world.mine.sessions).toBe(0)
    expect(world.state.clients.filter((one) => one.user === world.mine.id && one.tokens > 0)).toEqual([])
  })

  it('does not count the e-mail address as a factor, and calls those of a deactivated account blocked', async () => {
    const world = await openWorld()
    expect(await world.find('factors')).toMatchObject([{ state: 'open', fact: 'push, webauthn' }])
    world.mine.status = 'DEPROVISIONED'
    expect(states(await world.find('factors'))).toEqual(['factors blocked'])
    expect(await world.find('sessions')).toEqual([])
  })

  it('leaves the second factors of whoever is not locked out: a password alone could set up new ones', async () => {
    expect(okta.steps.find((one) => one.id === 'factors')?.needs).toContain('okta/suspend')
    const world = await openWorld()
    const [open] = await world.find('factors')
    const it = world.state.users.find((one) => one.email === cast.it)
    if (it) it.status = 'SUSPENDED'
    expect(await world.find('factors')).toMatchObject([
      { state: 'blocked', fact: expect.stringContaining('last active super') },
    ])
    await expect(world.apply('factors', open as never)).rejects.toThrow('last active super administrator')
    expect(world.state.factors.filter((one) => one.user === world.mine.id)).not.toEqual([])
  })

  it("takes no 404 of somebody in between for Okta's own", async () => {
    const world = await openWorld()
    const [open] = await world.find('sessions')
    world.server.faults.push({
      when: ({ method, path }) => method === 'DELETE' && path.endsWith('/sessions'),
      as: { status: 404, body: { message: 'no Route matched with those values' } },
    })
    await expect(world.apply('sessions', open as never)).rejects.toThrow('no Route matched')
  })

  it('gives an administrator role back once, and never one that may have been narrower', async () => {
    const world = await openWorld()
    const roles = await world.find('admin-roles')
    await world.applyAll('admin-roles')
    const custom = roles.find((one) => one.id === 'ra3okta')
    await world.undo('admin-roles', custom as never)
    await world.undo('admin-roles', custom as never)
    expect(world.state.roles.filter((one) => one.user === world.mine.id && one.type === 'CUSTOM')).toMatchObject([
      { role: 'cr0okta', resourceSet: 'iam0okta' },
    ])
    const helpDesk = roles.find((one) => one.id === 'ra2okta')
    await expect(world.undo('admin-roles', helpDesk as never)).rejects.toThrow('by hand')
  })
})

describe('groups and devices at Okta', () => {
  it('names groups that a directory fills as blocked, leaves the rest, and says which rule fills one that it cannot leave', async () => {
    const world = await openWorld({
      prepare(state) {
        const leaver = state.users[0]?.id ?? ''
        state.groups.push({ id: '00g9okta', name: 'All of Sales', type: 'OKTA_GROUP', members: [leaver] })
        state.groups.push({
          id: '00g8okta',
          name: 'VPN',
          type: 'APP_GROUP',
          app: 'corp.example.com',
          members: [leaver],
        })
      },
    })
    const found = await world.find('groups')
    expect(found.filter((one) => one.state === 'blocked')).toMatchObject([
      { id: '00g8okta', fact: expect.stringContaining('corp.example.com') },
    ])
    const ruled = found.find((one) => one.id === '00g9okta')
    expect(ruled).toMatchObject({ state: 'open', fact: expect.stringContaining('"Everybody of IT"') })
    world.server.faults.push({
      when: ({ method, path }) => method === 'DELETE' && path.includes('00g9okta'),
      as: { status: 403, body: { errorCode: 'E0000006', errorSummary: 'You do not have permission' } },
    })
    await expect(world.apply('groups', ruled!)).rejects.toThrow(
      /"Everybody of IT" fills it.*Directory > Groups > Rules/,
    )
    await world.applyAll('groups')
    const left = world.state.groups.filter((one) => one.members.includes(world.mine.id)).map((one) => one.name)
    expect(left).toEqual(['Everyone', 'VPN'])
    expect(world.state.rules.find((one) => one.id === '0pr3okta')?.exclude).toEqual([world.mine.id])
  })

  it('joins a group again', async () => {
    const world = await openWorld()
    const [finding] = await world.find('groups')
    await world.applyAll('groups')
    await world.undo('groups', finding as never)
    expect(world.state.groups[1]?.members).toContain(world.mine.id)
  })

  it('sees a role that came through a group go with it, and asks IT about one that stays', async () => {
    const world = await openWorld()
    const [role] = await world.find('group-admin-roles')
    await expect(world.apply('group-admin-roles', role as never)).rejects.toThrow('through a group')
    await world.applyAll('groups')
    await expect(world.apply('group-admin-roles', role as never)).resolves.toBeUndefined()
    expect(await world.find('group-admin-roles')).toEqual([])
  })

  it('leaves nobody without a super administrator by leaving the group that makes the leaver one', async () => {
    const world = await openWorld({
      prepare(state) {
        const [leaver] = state.users
        state.roles = state.roles.filter((one) => one.type !== 'SUPER_ADMIN')
        state.groups.push({ id: '00g7okta', name: 'Admins', type: 'OKTA_GROUP', members: [leaver?.id ?? ''] })
        const role = {
          id: 'ra9okta',
          type: 'SUPER_ADMIN',
          label: 'Super Administrator',
          assignmentType: 'GROUP' as const,
        }
        state.roles.push({ ...role, user: leaver?.id ?? '', group: '00g7okta' })
      },
    })
    const found = await world.find('groups')
    expect(found.find((one) => one.id === '00g7okta')).toMatchObject({
      state: 'blocked',
      fact: expect.stringContaining('last active super administrator'),
    })
    expect(found.some((one) => one.state === 'open')).toBe(true)
    const open = { id: '00g7okta', label: 'Admins', state: 'open', fact: '' }
    await expect(world.apply('groups', open as never)).rejects.toThrow('last active super administrator')
    expect(world.state.groups.at(-1)?.members).toContain(world.mine.id)
  })

  it('leaves a device alone that somebody else uses too, also when that shows only at the order', async () => {
    const world = await openWorld()
    const open = (await world.find('devices-suspend')).find((one) => one.id === 'guo1okta')
    world.state.devices[0]?.users.push('00u0003okta')
    expect(states(await world.find('devices-suspend'))).toEqual(['guo1okta blocked', 'guo2okta open'])
    await expect(world.apply('devices-suspend', open as never)).rejects.toThrow('1 other person')
    expect(world.state.devices[0]?.status).toBe('ACTIVE')
  })

  it('follows the choice for devices', async () => {
    const world = await openWorld()
    expect(await world.find('devices-suspend', { devices: 'nothing' })).toEqual([])
    expect(await world.find('devices-deactivate', { devices: 'lock' })).toEqual([])
    const [finding] = await world.find('devices-suspend')
    await world.applyAll('devices-suspend')
    await world.undo('devices-suspend', finding as never)
    expect(world.state.devices.map((one) => one.status)).toEqual(['ACTIVE', 'SUSPENDED', 'ACTIVE'])
  })
})
