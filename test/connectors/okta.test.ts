import { afterEach, describe, expect, it } from 'vitest'
import okta from '../../connectors/okta/index.ts'
import { Secret } from '../../src/connector.ts'
import { cast, employee } from '../../src/sandbox/company.ts'
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
    const health = await okta.check(other.client)
    expect(health).toMatchObject({ as: `${cast.it} (by API token) in example.okta.com`, missing: [] })
    expect(health.warnings?.join()).toContain('service app')
  })
})

describe('keeping the leaver out of Okta', () => {
  it('refuses the last active super administrator in find and in apply', async () => {
    const world = await openWorld()
    const open = await world.find('suspend')
    const it = world.state.users.find((one) => one.email === cast.it)
    if (it) it.status = 'SUSPENDED'
    for (const step of ['suspend', 'deactivate'])
      expect((await world.find(step))[0]?.fact).toContain('last active super')
    expect(states(await world.find('admin-roles'))).toContain('ra1okta blocked')
    await expect(world.apply('suspend', open[0] as never)).rejects.toThrow('last active super administrator')
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
  it('names groups that a rule or a directory fills as blocked, and leaves the rest', async () => {
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
      { id: '00g9okta', fact: expect.stringContaining('Everybody of IT') },
      { id: '00g8okta', fact: expect.stringContaining('corp.example.com') },
    ])
    await world.applyAll('groups')
    const left = world.state.groups.filter((one) => one.members.includes(world.mine.id)).map((one) => one.name)
    expect(left).toEqual(['Everyone', 'All of Sales', 'VPN'])
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

describe('the end of an account at Okta', () => {
  it('is pending until Okta says DEPROVISIONED', async () => {
    const world = await openWorld({ deactivateMs: 3_600_000 })
    await world.applyAll('suspend')
    expect((await world.find('deactivate'))[0]?.fact).toContain('Salesforce')
    await world.applyAll('deactivate')
    expect(await world.find('deactivate')).toMatchObject([
      { state: 'pending', fact: expect.stringContaining('transitioningToStatus') },
    ])
    world.server.settle()
    expect(states(await world.find('deactivate'))).toEqual(['deactivate done'])
  })

  it('never deletes an account that is not deactivated', async () => {
    const world = await openWorld({}, { deleteUser: true })
    const [finding] = await world.find('delete')
    await expect(world.apply('delete', finding as never)).rejects.toThrow('not deactivated yet')
    expect(world.mine.status).toBe('ACTIVE')
  })

  it('deletes nothing, and deactivates nothing, where the settings do not ask for it', async () => {
    const world = await openWorld({}, { deactivate: false })
    expect(await world.find('delete')).toEqual([])
    expect(await world.find('deactivate')).toEqual([])
  })

  it('leaves a synced account to its directory', async () => {
    const world = await openWorld()
    world.mine.provider = 'ACTIVE_DIRECTORY'
    expect(await world.find('deactivate')).toMatchObject([
      { state: 'blocked', fact: expect.stringContaining('ACTIVE_DIRECTORY') },
    ])
    expect(states(await world.find('suspend'))).toEqual(['suspend open'])
  })

  it('lists what the leaver set up by name, and nothing of others', async () => {
    const world = await openWorld({ pageSize: 1 })
    const { step, at } = world.task('leftovers')
    expect(await step.applies?.(at)).toBe(true)
    const ask = typeof step.ask === 'function' ? await step.ask(at) : step.ask
    for (const name of ['app "Lead importer"', 'event hook "Sales pings"', 'API token "CRM export"'])
      expect(ask).toContain(name)
    expect(ask).not.toMatch(/Wiki|Terraform/)
    const asked = world.server.calls.findLast((one) => one.asked.path === '/api/v1/logs')?.asked.query
    expect(asked?.get('filter')).toContain(`actor.id eq "${world.mine.id}"`)
    expect(asked?.get('until')).toBeTruthy()
  })
})

describe('signing in to Okta', () => {
  it('names each scope that is not granted, and where to grant it', async () => {
    const world = await openWorld({ granted: ['okta.users.manage', 'okta.groups.manage', 'okta.policies.manage'] })
    const { missing, warnings } = await okta.check(world.client)
    expect(missing).toHaveLength(4)
    expect(missing[0]).toMatch(/^okta\.roles\.manage is not granted.*Okta API Scopes/)
    expect(warnings?.join()).toContain('okta.policies.manage')
  })

  it('goes on with the steps whose scope is granted', async () => {
    const world = await openWorld({ granted: ['okta.users.manage'] })
    expect(states(await world.find('factors'))).toEqual(['factors open'])
    await expect(world.find('api-tokens')).rejects.toThrow('invalid_scope')
  })

  it('says that the credential is refused where nothing is granted', async () => {
    const world = await openWorld({ granted: [] })
    await expect(okta.check(world.client)).rejects.toThrow('scope')
  })

  it('asks for one token a scope, and for a new one once it was refused', async () => {
    const world = await openWorld()
    const tokens = () => world.server.calls.filter(({ asked }) => asked.path === '/oauth2/v1/token').length
    await Promise.all([world.find('factors'), world.find('factors'), world.find('app-tokens')])
    expect(tokens()).toBe(1)
    const refused = { status: 401, body: { errorCode: 'E0000011', errorSummary: 'Invalid token provided' } }
    world.server.faults.push({ when: ({ path }) => path.endsWith('/factors'), as: refused })
    await expect(world.find('factors')).rejects.toThrow()
    await world.find('factors')
    expect(tokens()).toBe(2)
  })

  it('waits until the time that Okta names, by its own clock', () => {
    const headers = new Headers({ 'x-rate-limit-reset': '1767225630', date: 'Thu, 01 Jan 2026 00:00:00 GMT' })
    expect(okta.resetAfter?.({ status: 429, headers }, '', 0)).toBe(30_000)
  })

  it('never shows a private key that it cannot read', async () => {
    const key = '-----BEGIN PRIVATE KEY-----\nnot-a-key\n-----END PRIVATE KEY-----'
    await expect(openWorld({}, { privateKey: new Secret(key) })).rejects.toThrow(/^okta: privateKey is neither/)
  })

  it.each([
    [{ org: 'http://example.okta.com' }, 'https'],
    [{ org: 'https://example-admin.okta.com' }, '-admin'],
    [{ apiToken: new Secret('x') }, 'either'],
    [{ deactivate: false, deleteUser: true }, 'deleteUser needs'],
  ])('refuses the settings %j', async (change, told) => {
    await expect(openWorld({}, change)).rejects.toThrow(told)
    expect(employee(cast.leaver).email).toBe(cast.leaver)
  })
})
