/** What Slack answers beside what was asked for: refusals with 200, missing scopes, other people's tokens. */
import { afterEach, describe, expect, it } from 'vitest'
import slack from '../../connectors/slack/index.ts'
import { Denied, InDoubt, Rejected } from '../../src/connector.ts'
import { closeWorlds, openWorld } from './slack-world.ts'

afterEach(closeWorlds)

describe('Slack’s answers', () => {
  it('with 200 and a refused token are a refused credential', async () => {
    const world = await openWorld()
    for (const error of ['invalid_auth', 'token_revoked', 'account_inactive']) {
      world.server.faults.push({ as: { status: 200, body: { ok: false, error } } })
      await expect(world.find('deactivate')).rejects.toBeInstanceOf(Denied)
    }
  })

  it('that it cannot do it now are waited out', async () => {
    const world = await openWorld()
    world.server.faults.push({ times: 2, as: { status: 200, body: { ok: false, error: 'internal_error' } } })
    expect((await world.find('deactivate'))[0]?.state).toBe('open')
  })

  it('that a scope is missing name it', async () => {
    const world = await openWorld({ plan: 'enterprise', scopes: ['users:read', 'users:read.email'] })
    await expect(world.find('sessions')).rejects.toThrow('missing_scope, it needs the scope admin.users:read')
  })

  it('without what is leaned on are no answer', async () => {
    const world = await openWorld()
    world.server.faults.push({
      when: ({ path }) => path.endsWith('users.info'),
      as: { status: 200, body: { ok: true, user: { id: 'U1', profile: {} } } },
    })
    await expect(world.find('deactivate')).rejects.toThrow('user.deleted is missing')
    const [finding] = await world.find('deactivate')
    world.server.faults.push({ when: ({ method }) => method === 'PATCH', as: 'lost' })
    await expect(world.apply('deactivate', finding!)).rejects.toBeInstanceOf(InDoubt)
  })

  it('about somebody unknown are a refusal, and never "gone"', async () => {
    const world = await openWorld()
    const account = { realm: 'T0EXAMPLE', id: 'U0ELSEWHERE', label: 'x' }
    for (const step of ['deactivate', 'user-groups', 'channels'])
      await expect(world.find(step, { account }), step).rejects.toBeInstanceOf(Rejected)
  })
})

describe('checking', () => {
  it('names each missing scope of the plan, and each one beyond', async () => {
    const world = await openWorld({
      plan: 'enterprise',
      scopes: ['users:read', 'users:read.email', 'chat:write', 'identify'],
    })
    const { as, missing, warnings } = await slack.check(world.client)
    expect(as).toBe('ivo.novak (U00000006) in Example')
    expect(missing.map((one) => one.split(' ')[0])).toEqual([
      'usergroups:read',
      'usergroups:write',
      'admin.users:read',
      'admin.users:write',
      'admin.roles:read',
      'admin.roles:write',
      'groups:read',
      'groups:write',
    ])
    expect(missing[0]).toContain('OAuth & Permissions > User Token Scopes')
    expect(warnings).toEqual([expect.stringContaining('more than is needed: chat:write.')])
  })

  it('says that SCIM is not there where the plan does not have it', async () => {
    const world = await openWorld({ plan: 'pro' }, { plan: 'business-plus' })
    expect((await slack.check(world.client)).missing).toEqual([expect.stringContaining('SCIM needs Business+')])
  })

  it('wants a person’s token, not a bot’s', async () => {
    const world = await openWorld()
    const body = { ok: true, url: 'https://x.slack.com/', team_id: 'T1', user_id: 'U1', bot_id: 'B1' }
    world.server.faults.push({ when: ({ path }) => path.endsWith('auth.test'), as: { status: 200, body } })
    const { url } = world.server
    const gate = { fetch: (to: URL, init: RequestInit) => fetch(`${url}${to.pathname}`, init) }
    const client = await slack.connect(slack.settings.parse(world.server.settings), gate as never)
    expect((await slack.check(client)).missing.join()).toContain('This is a bot token')
    expect((await slack.check(world.client)).missing).toEqual([])
  })
})

describe('the steps that come to anything', () => {
  it.each([
    ['free', ['deactivate-by-hand', 'integrations', 'channels']],
    ['pro', ['deactivate-by-hand', 'integrations', 'user-groups', 'channels']],
    ['business-plus', ['deactivate', 'integrations', 'user-groups', 'channels']],
    ['enterprise', ['sessions', 'deactivate', 'integrations', 'user-groups', 'channels', 'admin-roles']],
  ] as const)('on %s are these, and need none but each other', async (plan, ids) => {
    const { client } = await openWorld({ plan })
    const { steps = [], rights = [] } = slack.configured?.(client.settings) ?? {}
    expect(steps.map((step) => step.id)).toEqual(ids)
    for (const { needs = [], after = [] } of steps)
      expect(steps.map((step) => `slack/${step.id}`)).toEqual(expect.arrayContaining([...needs, ...after]))
    expect(rights.some(({ name }) => name.startsWith('admin.'))).toBe(plan === 'enterprise')
  })
})
