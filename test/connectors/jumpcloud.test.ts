import { afterEach, describe, expect, it } from 'vitest'
import jumpcloud from '../../connectors/jumpcloud/index.ts'
import { cast } from '../../src/sandbox/company.ts'
import { hex } from '../../src/sandbox/jumpcloud/seed.ts'
import { leaverOf, openWorld, worlds } from './jumpcloud-world.ts'

afterEach(async () => {
  await Promise.all(worlds.splice(0).map((one) => one.close()))
})

const states = (findings: readonly { id: string; state: string }[]) => findings.map((one) => `${one.id} ${one.state}`)
const mac = hex(3, 1)

describe('who the leaver is at JumpCloud', () => {
  it('never takes a private recovery address for the person', async () => {
    const world = await openWorld()
    const found = await world.account()
    expect(found.map((one) => one.id)).toEqual([world.mine.id])
    expect(found[0]?.known?.managerEmail).toBe(cast.manager)
  })

  it('finds by the alternate address, and answers both where two are the person', async () => {
    const world = await openWorld({
      prepare: (state) => Object.assign(state.users[4] as object, { alternateEmail: cast.leaver }),
    })
    expect(await world.account()).toHaveLength(2)
  })

  it('finds somebody whose address has an apostrophe in it', async () => {
    const world = await openWorld({
      prepare: (state) => Object.assign(state.users[4] as object, { email: "pat.o'brien@example.com" }),
    })
    expect(await world.account({ ...leaverOf(cast.leaver), emails: ["pat.o'brien@example.com"] })).toHaveLength(1)
  })

  it('refuses an address that would change the filter', async () => {
    const world = await openWorld()
    const sly = { ...leaverOf(cast.leaver), emails: ['jo@example.com,state:$eq:ACTIVATED'] }
    await expect(world.account(sly)).rejects.toThrow('cannot be asked for')
  })
})

describe('keeping the leaver out of JumpCloud', () => {
  it('lifts the suspension again', async () => {
    const world = await openWorld()
    const [finding] = await world.find('suspend')
    await world.applyAll('suspend')
    expect(await world.find('suspend')).toMatchObject([{ state: 'done', fact: 'state=SUSPENDED' }])
    await world.undo('suspend', finding as never)
    expect(world.mine.state).toBe('ACTIVATED')
  })

  it('proves the password by its date, and leaves that of a synced account to its source', async () => {
    const world = await openWorld()
    expect(states(await world.find('password'))).toEqual(['password open'])
    await world.applyAll('password')
    expect(states(await world.find('password'))).toEqual(['password done'])
    world.mine.passwordDate = '2025-02-01T08:00:00.000Z'
    expect(states(await world.find('password'))).toEqual(['password open'])
    world.mine.delegated = true
    expect(await world.find('password')).toMatchObject([
      { state: 'blocked', fact: expect.stringContaining('ActiveDirectory') },
    ])
  })

  it('takes no new password for ours while our own order was not answered', async () => {
    const world = await openWorld()
    const [finding] = await world.find('password')
    world.server.faults.push({
      when: ({ method }) => method === 'PUT',
      as: { status: 400, body: { message: 'Password does not meet the policy' } },
    })
    await expect(world.apply('password', finding as never)).rejects.toThrow('does not meet the policy')
    world.mine.passwordDate = new Date().toISOString()
    expect(states(await world.find('password'))).toEqual(['password open'])
  })

  it('resets second factors only once the account is suspended: the password alone would set up new ones', () => {
    expect(jumpcloud.steps.find((one) => one.id === 'mfa')?.needs).toContain('jumpcloud/suspend')
  })

  it('gives an SSH key back, and only once', async () => {
    const world = await openWorld()
    const [key] = await world.find('ssh-keys')
    await world.applyAll('ssh-keys')
    expect(world.mine.sshKeys).toEqual([])
    await world.undo('ssh-keys', key as never)
    await world.undo('ssh-keys', key as never)
    expect(world.mine.sshKeys.map((one) => one.name)).toEqual(['key 1'])
  })

  it('says that security keys are for a person, and resets the rest', async () => {
    const world = await openWorld({ prepare: (state) => Object.assign(state.users[0] as object, { webAuthn: true }) })
    expect(states(await world.find('mfa'))).toEqual(['totp open', `push/${hex(10, 1)} open`, 'webauthn blocked'])
    await world.applyAll('mfa')
    expect(states(await world.find('mfa'))).toEqual(['webauthn blocked'])
  })

  it('gives administrator rights on devices back', async () => {
    const world = await openWorld()
    const [finding] = await world.find('privileges')
    await world.applyAll('privileges')
    expect(world.mine.sudo).toBe(false)
    await world.undo('privileges', finding as never)
    expect(world.mine.sudo).toBe(true)
  })
})

describe('groups and bindings at JumpCloud', () => {
  it('names a group that a rule fills as blocked, and leaves the rest over all pages', async () => {
    const world = await openWorld(
      { prepare: (state) => Object.assign(state.groups[1] as object, { membershipMethod: 'DYNAMIC_AUTOMATED' }) },
      { pageSize: 1 },
    )
    expect(await world.find('groups')).toMatchObject([
      { state: 'open', label: 'Sales' },
      { state: 'blocked', label: 'VPN' },
      { state: 'open', label: 'Build servers' },
    ])
    await world.applyAll('groups')
    expect((await world.find('groups')).map((one) => one.label)).toEqual(['VPN'])
  })

  it('names applications and devices as people know them', async () => {
    const world = await openWorld()
    const labels = (await world.find('bindings')).map((one) => one.label)
    expect(labels).toEqual(expect.arrayContaining(['Application Salesforce', 'Application Wiki']))
    expect((await world.find('system-bindings')).map((one) => one.label)).toContain("Device Jo's MacBook")
  })

  it('binds and joins again as it was, and takes "already so" for done', async () => {
    const world = await openWorld()
    for (const step of ['groups', 'bindings', 'system-bindings']) {
      const before = await world.find(step)
      await world.applyAll(step)
      for (const one of before) await world.apply(step, one)
      for (const one of [...before, ...before]) await world.undo(step, one)
      expect(new Set(states(await world.find(step)))).toEqual(new Set(states(before)))
    }
    expect(world.state.bindings.find((one) => one.id === mac)?.attributes).toEqual({
      sudo: { enabled: true, withoutPassword: false },
    })
  })
})

describe('the end at JumpCloud, and the way in', () => {
  it('deletes only where the settings ask for it', async () => {
    expect(await (await openWorld()).find('delete')).toEqual([])
    const world = await openWorld({}, { deleteUser: true })
    await world.applyAll('delete')
    expect(await world.account()).toEqual([])
    expect(await world.find('delete')).toEqual([])
  })

  it('leaves the deletion of a synced user to its source', async () => {
    const world = await openWorld({}, { deleteUser: true })
    const [finding] = await world.find('delete')
    world.mine.delegated = true
    expect(await world.find('delete')).toMatchObject([
      { state: 'blocked', fact: expect.stringContaining('ActiveDirectory') },
    ])
    await expect(world.apply('delete', finding as never)).rejects.toThrow('ActiveDirectory')
    expect(await world.account()).toHaveLength(1)
  })

  it('tells a person what others live on', async () => {
    const world = await openWorld()
    const { step, at } = world.task('leftovers')
    expect(await step.applies?.(at)).toBe(false)
    Object.assign(world.mine, { ldapBinding: true, admin: { id: 'a1', roleName: 'Manager' } })
    const again = world.task('leftovers')
    expect(await again.step.applies?.(again.at)).toBe(true)
    const ask = typeof step.ask === 'function' ? await step.ask(world.task('leftovers').at) : step.ask
    expect(ask).toMatch(/ldap_binding_user.*administrator of JumpCloud \(Manager\)/)
  })

  it('signs in as a service account, and anew once its token was refused', async () => {
    const world = await openWorld()
    const other = await openWorld({}, { apiKey: undefined, ...world.server.serviceAccount })
    const tokens = () => other.server.calls.filter(({ asked }) => asked.path === '/oauth2/token').length
    await other.find('suspend')
    await other.find('suspend')
    expect(tokens()).toBe(1)
    other.server.faults.push({ as: { status: 401, body: { message: 'Unauthorized' } } })
    await expect(other.find('suspend')).rejects.toThrow()
    await other.find('suspend')
    expect(tokens()).toBe(2)
  })

  it('names what the role may not read, and where to change that', async () => {
    const world = await openWorld({ forbidden: /applemdms|commandresults/ })
    const { missing } = await jumpcloud.check(world.client)
    expect(missing).toHaveLength(2)
    expect(missing.join()).toMatch(/command results.*role Manager.*Apple MDM/)
  })

  it('waits where JumpCloud has blocked the address', () => {
    const page = 'Your IP has been blocked due to suspected abuse'
    expect(jumpcloud.classify?.({ status: 403, headers: new Headers() }, page)).toBe('busy')
    expect(jumpcloud.classify?.({ status: 403, headers: new Headers() }, 'Forbidden')).toBeUndefined()
  })
})
