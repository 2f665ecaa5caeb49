import { afterEach, describe, expect, it } from 'vitest'
import atlassian from '../../connectors/atlassian/index.ts'
import { guest, idOf, type State, type User } from '../../src/sandbox/atlassian/state.ts'
import { cast } from '../../src/sandbox/company.ts'
import type { Asked } from '../../src/sandbox/server.ts'
import { closeWorlds, leaver, leaverOf, openWorld } from './atlassian-world.ts'

afterEach(closeWorlds)

const jo = idOf(cast.leaver)
const ulla = leaverOf(guest)

function userIn(state: State, id = jo): User {
  return state.users.find((one) => one.id === id) as User
}

describe('Atlassian: who is who', () => {
  it('takes the staff account with exactly this address, and no portal customer of the same address', async () => {
    const world = await openWorld()
    expect(await world.locate()).toMatchObject([{ id: jo, label: cast.leaver, known: { name: 'Jo Miller' } }])
  })

  it('drops whatever else a search answers with', async () => {
    const world = await openWorld()
    const other = { accountType: 'atlassian', accountStatus: 'active', claimStatus: 'managed', email: cast.namesake }
    world.fault(/search/, { status: 200, body: { data: [{ accountId: 'x', ...other }], links: {} } })
    expect(await world.locate()).toEqual([])
  })

  it('believes the address of an account that nobody manages only once it was verified', async () => {
    const world = await openWorld()
    expect(await world.locate(ulla)).toHaveLength(1)
    userIn(world.state, idOf(guest)).verified = false
    expect(await world.locate(ulla)).toEqual([])
  })

  it('finds nobody whose account is closed', async () => {
    const world = await openWorld()
    userIn(world.state).status = 'closed'
    expect(await world.locate()).toEqual([])
  })
})

describe('Atlassian: guards', () => {
  it('refuses the last active admin, in the plan and again when acting, for the role and for the account', async () => {
    const prepare = (state: State) => void Object.assign(userIn(state, idOf(cast.it)), { status: 'inactive' })
    const world = await openWorld({ prepare })
    for (const step of ['deactivate', 'admin-role']) {
      const [finding] = await world.find(step)
      expect(finding).toMatchObject({
        state: 'blocked',
        fact: expect.stringMatching(/the only active organisation admin/),
      })
      if (finding) await expect(world.apply(step, finding)).rejects.toThrow('the only active organisation admin')
    }
    expect(userIn(world.state)).toMatchObject({ status: 'active', roles: ['atlassian/org-admin'] })
  })

  it('suspends no access of the last active admin, whose account is nobody else’s to switch off', async () => {
    const prepare = (state: State) => {
      Object.assign(userIn(state, idOf(cast.it)), { status: 'inactive' })
      Object.assign(userIn(state, idOf(guest)), { roles: ['atlassian/org-admin'] })
      Object.assign(userIn(state), { roles: [] })
    }
    const open = await (await openWorld()).find('suspend-access', ulla)
    const world = await openWorld({ prepare })
    const found = await world.find('suspend-access', ulla)
    expect(found.length).toBeGreaterThan(0)
    for (const one of found)
      expect(one).toMatchObject({ state: 'blocked', fact: expect.stringMatching(/the only active organisation admin/) })
    const order = world.apply('suspend-access', open[0]!, ulla)
    await expect(order).rejects.toThrow('the only active organisation admin')
  })

  it('counts no inactive admin, should Atlassian list one', async () => {
    const world = await openWorld()
    const other = {
      accountId: idOf(cast.it),
      accountType: 'atlassian',
      claimStatus: 'managed',
      accountStatus: 'inactive',
    }
    const asksForAdmins = ({ body }: Asked) => (body as { roleIds?: string[] } | null)?.roleIds !== undefined
    world.server.faults.push({ when: asksForAdmins, as: { status: 200, body: { data: [other], links: {} } } })
    expect(await world.find('admin-role')).toMatchObject([{ state: 'blocked' }])
  })

  it('names the one who holds an account that cannot be switched off, and suspends its access instead', async () => {
    const world = await openWorld({
      prepare: (state) => void Object.assign(userIn(state), { held: 'externalDirectory' }),
    })
    const [finding] = await world.find('deactivate')
    expect(finding).toMatchObject({
      state: 'blocked',
      fact: expect.stringMatching(/\(externalDirectory\).*identity provider/),
    })
    if (finding) await expect(world.apply('deactivate', finding)).rejects.toThrow('externalDirectory')
    const access = await world.find('suspend-access')
    expect(access.map((one) => [one.label, one.state])).toEqual([
      ['acme.atlassian.net', 'open'],
      ['acme-labs.atlassian.net', 'open'],
    ])
    for (const one of access) await world.apply('suspend-access', one)
    expect(userIn(world.state).access).toEqual({ 'dir-1': 'suspended', 'dir-2': 'suspended' })
  })

  it('leaves access alone where the account itself is switched off', async () => {
    const world = await openWorld()
    expect(await world.find('suspend-access')).toEqual([])
  })

  it('does nothing to an account of one’s own but suspend its access', async () => {
    const world = await openWorld()
    expect(await world.find('deactivate', ulla)).toEqual([])
    expect(await world.find('api-tokens', ulla)).toEqual([])
  })
})

describe('Atlassian: doing and giving back', () => {
  it('gives account, role and access back', async () => {
    const world = await openWorld()
    for (const [step, who] of [
      ['deactivate', leaver],
      ['admin-role', leaver],
      ['suspend-access', ulla],
    ] as const) {
      const before = await world.find(step, who)
      expect(before.map((one) => one.state)).toContain('open')
      for (const finding of before) await world.apply(step, finding, who)
      expect((await world.find(step, who)).every((one) => one.state === 'done')).toBe(true)
      for (const finding of before) await world.undo(step, finding, who)
      expect(await world.find(step, who)).toEqual(before)
    }
  })

  it('says that an identity provider knows the person, too', async () => {
    const world = await openWorld()
    expect(await world.find('deactivate')).toMatchObject([
      { fact: expect.stringMatching(/account_status=active; an identity provider/) },
    ])
    userIn(world.state).source = 'invited'
    expect(await world.find('deactivate')).toMatchObject([{ fact: 'account_status=active' }])
  })

  it('asks a person to look after what they own inside the apps', async () => {
    const world = await openWorld()
    expect(await world.ask('leftovers')).toContain('automation rules')
  })
})

describe('Atlassian: credential', () => {
  it('says that the key may not search, and which key may', async () => {
    const world = await openWorld()
    const body = { errors: [{ code: 'ADMIN-403', title: 'Forbidden', detail: 'The key lacks a scope' }] }
    world.fault(/search/, { status: 403, body })
    const { missing } = await atlassian.check(world.client)
    expect(missing).toEqual([expect.stringMatching(/The key lacks a scope \(403 ADMIN-403\)\..*without scopes/)])
  })

  it('warns where the filter by address is not heeded', async () => {
    const world = await openWorld({
      prepare: (state) => void Object.assign(userIn(state), { email: 'nobody@latchkey.invalid' }),
    })
    expect((await atlassian.check(world.client)).missing).toEqual([expect.stringContaining('does not heed')])
  })

  it('waits for the reset that a throttled answer names', () => {
    const now = Date.parse('2026-11-23T10:00:00Z')
    const headers = new Headers({ 'x-ratelimit-reset': '2026-11-23T10:00:07Z' })
    expect(atlassian.resetAfter?.({ status: 429, headers }, '', now)).toBe(7000)
    expect(atlassian.resetAfter?.({ status: 429, headers: new Headers() }, '', now)).toBeUndefined()
  })
})
