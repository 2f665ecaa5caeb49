import { afterEach, describe, expect, it } from 'vitest'
import slack from '../../connectors/slack/index.ts'
import { cast } from '../../src/sandbox/company.ts'
import { organization, type State, type User } from '../../src/sandbox/slack-admin/state.ts'
import { closeWorlds, leaver, leaverOf, openWorld } from './slack-world.ts'

afterEach(closeWorlds)

const stranger = { id: 'mailto:nobody@elsewhere.test', name: 'Nobody', emails: ['nobody@elsewhere.test'] }

function change(email: string, more: Partial<User>) {
  return (state: State) => void Object.assign(state.users.find((one) => one.email === email) ?? {}, more)
}

describe('whose account it is', () => {
  it('is told by the address, in any case, and pinned by the id', async () => {
    const world = await openWorld()
    expect(await slack.locate(world.client, { ...leaver, emails: ['Jo.Miller@Example.com'] })).toEqual([
      {
        realm: 'T0EXAMPLE',
        id: world.user().id,
        label: cast.leaver,
        known: { name: 'Jo Miller', title: 'Account Executive', zone: 'America/New_York', emails: [cast.leaver] },
      },
    ])
    expect(await slack.locate(world.client, stranger)).toEqual([])
  })

  it('is both for two addresses with an account each, so that IT chooses', async () => {
    const world = await openWorld()
    const two = await slack.locate(world.client, { ...leaver, emails: [cast.leaver, cast.namesake] })
    expect(two.map((one) => one.label)).toEqual([cast.leaver, cast.namesake])
  })

  it('is none of ours where somebody is only known from a shared channel', async () => {
    const world = await openWorld({ prepare: change(cast.other, { team: 'T0ELSEWHERE' }) })
    expect(await slack.locate(world.client, leaverOf(cast.other))).toEqual([])
  })

  it('is not taken from an answer without an address, nor from one with another', async () => {
    const world = await openWorld()
    const body = { ok: true, user: { id: 'U9', team_id: 'T0EXAMPLE', deleted: false, profile: { email: cast.hr } } }
    world.server.faults.push({ when: ({ path }) => path.endsWith('lookupByEmail'), as: { status: 200, body } })
    expect(await slack.locate(world.client, leaver)).toEqual([])
    const bare = { ok: true, user: { id: 'U9', deleted: false, profile: {} } }
    world.server.faults.push({ when: ({ path }) => path.endsWith('lookupByEmail'), as: { status: 200, body: bare } })
    await expect(slack.locate(world.client, leaver)).rejects.toThrow('users:read.email')
  })

  it('is protected where it is the token’s own, or a bot', async () => {
    const world = await openWorld({ prepare: change(cast.other, { isBot: true }) })
    expect((await world.account(leaverOf(cast.it))).protected).toContain('whose token')
    expect((await world.account(leaverOf(cast.other))).protected).toContain('a bot')
  })
})

describe('who must never be touched', () => {
  const steps = ['sessions', 'deactivate', 'user-groups', 'channels', 'admin-roles']

  it.each<[string, Partial<User>, string]>([
    ['the primary owner', { isPrimaryOwner: true, isOwner: true }, 'Transfer ownership'],
    ['a bot', { isBot: true }, 'a bot'],
  ])('%s is blocked in every step, and refused at the moment of acting', async (_who, more, why) => {
    const before = await openWorld({ plan: 'enterprise' })
    const open = new Map<string, readonly object[]>()
    for (const step of steps) open.set(step, await before.find(step))
    const world = await openWorld({ plan: 'enterprise', prepare: change(cast.leaver, more) })
    for (const step of steps) {
      const found = await world.find(step)
      expect(found.length, step).toBeGreaterThan(0)
      for (const one of found) expect(one, step).toMatchObject({ state: 'blocked', fact: expect.stringContaining(why) })
      await expect(world.apply(step, open.get(step)?.[0] as never), step).rejects.toThrow(why)
    }
    expect(world.user().deleted).toBe(false)
  })

  it('is the owner whose token is used', async () => {
    const world = await openWorld()
    const account = await world.account(leaverOf(cast.it))
    await expect(world.apply('deactivate', {} as never, { account })).rejects.toThrow('whose token Latchkey uses')
    expect(world.user(cast.it).deleted).toBe(false)
  })
})

describe('deactivating', () => {
  it.each([
    ['enterprise', 'admin.users.deactivate'],
    ['business-plus', '/scim/v2/Users/U00000001'],
  ] as const)('on %s is done by %s, proved, and given back', async (plan, way) => {
    const world = await openWorld({ plan })
    const [finding] = await world.find('deactivate')
    expect(finding).toMatchObject({ state: 'open', fact: 'active' })
    await world.applyAll('deactivate')
    expect(world.asked(way)).toBe(1)
    expect(world.state.users.filter((one) => one.deleted).map((one) => one.email)).toEqual([cast.leaver])
    expect(await world.find('deactivate')).toEqual([expect.objectContaining({ state: 'done' })])
    await world.undo('deactivate', finding!)
    expect(world.user().deleted).toBe(false)
  })

  it.each(['free', 'pro'] as const)('on %s is a task with the link, until it is done', async (plan) => {
    const world = await openWorld({ plan })
    expect(await world.find('deactivate')).toEqual([])
    expect(await world.task('deactivate-by-hand')).toContain('https://example.slack.com/admin')
    world.user().deleted = true
    expect(await world.task('deactivate-by-hand')).toBeUndefined()
  })

  it('is no task where there is a method for it', async () => {
    expect(await (await openWorld()).task('deactivate-by-hand')).toBeUndefined()
  })

  it('that an identity provider undoes is said so', async () => {
    const world = await openWorld()
    const [again] = await world.find('deactivate', {
      applied: () => ({ intentAt: new Date(0), answeredAt: new Date(1) }),
    })
    expect(again).toMatchObject({ state: 'open', fact: expect.stringContaining('identity provider') })
  })

  it('of an owner with an administrator’s token is told in Slack’s own words', async () => {
    const prepare = (state: State) => {
      change(cast.leaver, { isOwner: true })(state)
      change(cast.it, { isOwner: false })(state)
    }
    const world = await openWorld({ plan: 'enterprise', prepare })
    await expect(world.applyAll('deactivate')).rejects.toMatchObject({ code: 'deactivation_failed' })
    expect((await slack.check(world.client)).warnings?.join()).toContain('nobody who is an owner')
  })
})

describe('sessions', () => {
  it('are counted in every workspace, on every page, and ended together', async () => {
    const world = await openWorld({ plan: 'enterprise', pageSize: 1 })
    expect(await world.find('sessions')).toEqual([expect.objectContaining({ state: 'open', fact: '4 signed in' })])
    await world.applyAll('sessions')
    expect(await world.find('sessions')).toEqual([])
    expect(world.state.sessions.map((one) => one.user_id)).toEqual(Array(4).fill(world.user(cast.namesake).id))
  })

  it('of somebody else are nobody’s here, should Slack list one', async () => {
    const world = await openWorld({ plan: 'enterprise' })
    const body = { ok: true, active_sessions: [{ user_id: world.user(cast.namesake).id, session_id: 9 }] }
    const isList = ({ path }: { path: string }) => path.endsWith('admin.users.session.list')
    world.server.faults.push({ when: isList, times: 9, as: { status: 200, body } })
    expect(await world.find('sessions')).toEqual([])
  })

  it('are not asked for on a plan that does not show them', async () => {
    const world = await openWorld()
    expect(await world.find('sessions')).toEqual([])
    expect(world.asked('admin.users.session.list')).toBe(0)
  })
})

describe('user groups', () => {
  it('are left in every workspace, one that would be empty is switched off, and all are given back', async () => {
    const world = await openWorld({ plan: 'enterprise' })
    const found = await world.find('user-groups')
    expect(found.map((one) => one.label)).toEqual([
      '@sales',
      '@account-executives',
      '@solo',
      '@sales',
      '@account-executives',
      '@solo',
    ])
    await world.applyAll('user-groups')
    expect(await world.find('user-groups')).toEqual([])
    const solo = world.state.groups.filter((one) => one.handle === 'solo')
    expect(solo.map((one) => one.disabled)).toEqual([true, true])
    for (const finding of found) await world.undo('user-groups', finding)
    expect((await world.find('user-groups')).length).toBe(6)
    expect(solo.map((one) => one.disabled)).toEqual([false, false])
  })

  it('keep what others changed since the plan was made', async () => {
    const world = await openWorld()
    const [sales] = await world.find('user-groups')
    const group = world.state.groups.find((one) => one.id === sales?.id)!
    group.users.push(world.user(cast.hr).id)
    await world.apply('user-groups', sales!)
    const kept = [cast.manager, cast.namesake, cast.hr].map((email) => world.user(email).id)
    expect(group.users).toEqual(kept)
    group.users = kept.slice(0, 1)
    await world.undo('user-groups', sales!)
    expect(group.users).toEqual([kept[0], world.user().id])
  })

  it('are given back, too, where all others had left since the plan was made', async () => {
    const world = await openWorld()
    const [sales] = await world.find('user-groups')
    const group = world.state.groups.find((one) => one.id === sales?.id)!
    group.users = [world.user().id]
    await world.apply('user-groups', sales!)
    expect(group.disabled).toBe(true)
    await world.undo('user-groups', sales!)
    expect(group).toMatchObject({ disabled: false, users: [world.user().id] })
  })

  it('are none on a plan without them, and a refusal anywhere else', async () => {
    const free = await openWorld({ plan: 'free' })
    expect(await free.find('user-groups')).toEqual([])
    const wrong = await openWorld({ plan: 'free' }, { plan: 'pro' })
    await expect(wrong.find('user-groups')).rejects.toThrow('plan_upgrade_required')
  })
})

describe('channels', () => {
  it.each([
    ['none', []],
    ['private', ['#deals', '#forecast', '#pricing']],
    ['all', ['#random', '#deals', '#forecast', '#pricing']],
  ])('that are %s are these, on every page and never #general', async (channels, names) => {
    const world = await openWorld({ plan: 'enterprise', pageSize: 1 }, { channels })
    const found = await world.find('channels')
    expect(found.map((one) => one.label)).toEqual(names)
    await world.applyAll('channels')
    expect(await world.find('channels')).toEqual([])
    for (const finding of found) await world.undo('channels', finding)
    expect((await world.find('channels')).map((one) => one.label)).toEqual(names)
  })

  it('where the token’s owner is not are told apart from those that are left already', async () => {
    const world = await openWorld({}, { channels: 'all' })
    const [random, deals] = await world.find('channels')
    const channelOf = (id = '') => world.state.channels.find((one) => one.id === id)!
    channelOf(random?.id).members = [world.user().id]
    await expect(world.apply('channels', random!)).rejects.toThrow('#random: ivo.novak is not in this channel')
    channelOf(deals?.id).members = [world.user(cast.it).id]
    await expect(world.apply('channels', deals!)).resolves.toBeUndefined()
  })
})

describe('administrative roles', () => {
  it('are taken away on every page, and given back', async () => {
    const world = await openWorld({ plan: 'enterprise', pageSize: 1 })
    const found = await world.find('admin-roles')
    expect(found.map((one) => one.id)).toEqual(['Rl0A', 'Rl0C', 'Rl0G'].map((role) => `${role}/${organization}`))
    await world.applyAll('admin-roles')
    expect(await world.find('admin-roles')).toEqual([])
    expect(world.state.roles.length).toBe(3)
    await world.undo('admin-roles', found[0]!)
    expect((await world.find('admin-roles')).map((one) => one.id)).toEqual([found[0]?.id])
  })
})

describe('what they installed', () => {
  it('is a task by name, without what was removed again', async () => {
    const world = await openWorld({ pageSize: 1 })
    const task = await world.task('integrations')
    expect(task).toContain('added Incoming WebHooks, CRM Sync.')
    expect(task).not.toContain('Polls')
  })

  it('is no task for somebody who installed nothing', async () => {
    const world = await openWorld({ prepare: (state) => Object.assign(state, { logs: [] }) })
    expect(await world.task('integrations')).toBeUndefined()
  })

  it.each(['free', 'enterprise'] as const)('is a task without names on %s, where Slack does not tell', async (plan) => {
    const world = await openWorld({ plan })
    expect(await world.task('integrations')).toContain('may have added apps')
    expect(world.asked('team.integrationLogs')).toBe(0)
  })
})
