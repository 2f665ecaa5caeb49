import { afterEach, describe, expect, it } from 'vitest'
import gitlab from '../../connectors/gitlab/index.ts'
import { cast } from '../../src/sandbox/company.ts'
import { idOf, own, type State, type User } from '../../src/sandbox/gitlab/state.ts'
import { closeWorlds, group, leaver, leaverOf, openWorld } from './gitlab-world.ts'

afterEach(closeWorlds)

const jo = idOf(cast.leaver)

function userIn(state: State, email: string = cast.leaver): User {
  return state.users.find((one) => one.email === email) as User
}

describe('GitLab: who is who on an own instance', () => {
  it('takes whole addresses only, though a search finds likenesses', async () => {
    const world = await openWorld()
    expect(await world.locate()).toMatchObject([{ realm: 'gitlab.example.com', id: String(jo), label: 'jo.miller' }])
    expect((await world.locate(leaverOf(cast.namesake))).map((one) => one.label)).toEqual(['jo.millar'])
  })

  it('knows a further address once it was confirmed, and never before', async () => {
    const world = await openWorld()
    const who = { ...leaver, emails: ['jm@example.com'] }
    userIn(world.state).emails = [{ email: 'jm@example.com', confirmed: false }]
    expect(await world.locate(who)).toEqual([])
    userIn(world.state).emails = [{ email: 'jm@example.com', confirmed: true }]
    expect((await world.locate(who)).map((one) => one.id)).toEqual([String(jo)])
  })

  it('protects its own account', async () => {
    const world = await openWorld()
    const [found] = await world.locate({ ...leaver, emails: [own.email] })
    expect(found?.protected).toContain('signs in as')
  })
})

describe('GitLab: an own instance', () => {
  it('refuses the last administrator, in the plan and again when acting', async () => {
    const world = await openWorld({
      prepare(state) {
        for (const one of state.users) one.isAdmin = one.id === jo || one.id === own.id
      },
    })
    expect(await world.find('block')).toMatchObject([{ state: 'open' }])
    const account = (await world.locate())[0]
    Object.assign(userIn(world.state, own.email), { state: 'deactivated' })
    const [finding] = await world.find('block', { ...(account && { account }) })
    expect(finding).toMatchObject({ state: 'blocked', fact: expect.stringMatching(/the only active administrator/) })
    if (finding) await expect(world.apply('block', finding)).rejects.toThrow('the only active administrator')
    expect(userIn(world.state).state).toBe('active')
  })

  it('says that LDAP must end it too, and takes a state that LDAP set for done', async () => {
    const world = await openWorld({ prepare: (state) => void Object.assign(userIn(state), { ldap: true }) })
    expect(await world.find('block')).toMatchObject([
      { state: 'open', fact: expect.stringMatching(/LDAP knows the person/) },
    ])
    userIn(world.state).state = 'ldap_blocked'
    expect(await world.find('block')).toMatchObject([{ state: 'done', fact: 'state=ldap_blocked' }])
  })

  it('gives block, SSH keys and memberships back', async () => {
    const world = await openWorld()
    for (const step of ['block', 'ssh-keys', 'memberships']) {
      const before = (await world.find(step)).filter((one) => one.state === 'open' && one.id !== 'group:202')
      for (const finding of before) await world.apply(step, finding)
      for (const finding of before) await world.undo(step, finding)
      const after = (await world.find(step)).filter((one) => one.id !== 'group:202')
      expect(after.map(({ label, state, fact }) => [label, state, fact]).sort()).toEqual(
        before.map(({ label, state, fact }) => [label, state, fact]).sort(),
      )
    }
  })

  it('gives a membership back with the day on which it ends, and a key only once', async () => {
    const world = await openWorld()
    const mine = world.state.members.filter((one) => one.user === jo && one.level < 50)
    for (const one of mine) one.expires = '2031-05-01'
    const found = (await world.find('memberships')).filter((one) => one.fact.includes('2031-05-01'))
    expect(found.length).toBeGreaterThan(1)
    for (const finding of found) await world.apply('memberships', finding)
    for (const finding of found) await world.undo('memberships', finding)
    const back = world.state.members.filter((one) => one.user === jo && one.expires === '2031-05-01')
    expect(back).toHaveLength(found.length)
    const [key] = await world.find('ssh-keys')
    await world.apply('ssh-keys', key!)
    await world.undo('ssh-keys', key!)
    await world.undo('ssh-keys', key!)
    expect(world.state.keys.filter((one) => one.user === jo && one.title === key?.label.slice(9, -1))).toHaveLength(1)
  })

  it('revokes impersonation tokens besides personal ones, and nobody else’s', async () => {
    const world = await openWorld()
    const found = await world.find('access-tokens')
    expect(found.map((one) => one.id)).toEqual(['personal:61', 'personal:62', 'impersonation:63'])
    for (const finding of found) await world.apply('access-tokens', finding)
    expect(world.state.tokens.map((one) => one.id)).toEqual([64])
  })

  it('keeps a group that nobody else owns until somebody does', async () => {
    const world = await openWorld()
    const nobody = { choices: { kind: 'resignation', devices: 'nothing' } as const, handOverTo: undefined }
    expect(await world.find('owned-groups', nobody as object)).toMatchObject([{ id: '202', state: 'blocked' }])
    const [group202] = (await world.find('memberships', nobody as object)).filter((one) => one.id === 'group:202')
    expect(group202).toMatchObject({ state: 'blocked', fact: expect.stringMatching(/nobody else owns/) })
    if (group202) await expect(world.apply('memberships', group202)).rejects.toThrow('nobody else owns')
    const [open] = await world.find('owned-groups')
    if (open) await world.apply('owned-groups', open)
    expect(world.state.members).toContainEqual({ kind: 'group', source: 202, user: idOf(cast.manager), level: 50 })
    if (group202) await world.apply('memberships', group202)
    expect(world.state.members.some((one) => one.source === 202 && one.user === jo)).toBe(false)
  })

  it('leaves a group alone that somebody else owns, if only from above', async () => {
    const world = await openWorld({
      prepare(state) {
        for (const one of state.members) if (one.user === jo && one.source === 203) one.level = 50
        state.members.push({ kind: 'group', source: 202, user: idOf(cast.other), level: 50 })
      },
    })
    expect(await world.find('owned-groups')).toEqual([])
    const found = await world.find('memberships')
    expect(found.filter((one) => one.state !== 'open')).toEqual([])
  })

  it('hands nothing to somebody who is blocked themselves', async () => {
    const world = await openWorld({
      prepare: (state) => void Object.assign(userIn(state, cast.manager), { state: 'blocked' }),
    })
    expect((await world.find('personal-projects')).map((one) => one.state)).toEqual(['blocked', 'blocked'])
    const [finding] = await world.find('owned-groups')
    expect(finding).toMatchObject({ state: 'blocked', fact: expect.stringMatching(/cannot receive \(state=blocked\)/) })
    if (finding) await expect(world.apply('owned-groups', finding)).rejects.toThrow('cannot receive')
  })

  it('moves personal projects to the receiver, and back', async () => {
    const world = await openWorld()
    const found = await world.find('personal-projects')
    for (const finding of found) await world.apply('personal-projects', finding)
    expect(world.state.projects.filter((one) => one.user === idOf(cast.manager))).toHaveLength(2)
    expect(await world.find('personal-projects')).toEqual([])
    for (const finding of found) await world.undo('personal-projects', finding)
    expect(world.state.projects.filter((one) => one.user === jo)).toHaveLength(2)
  })

  it('lists what runs in their name, and nothing of others', async () => {
    const world = await openWorld()
    const text = await world.ask('leftovers')
    expect(text).toContain('pipeline schedule "nightly quotes" of sales-tools/quotes')
    expect(text).toContain('pipeline trigger "from the shop" of acme/api')
    expect(text).not.toContain('weekly build')
  })
})

describe('GitLab: groups on gitlab.com', () => {
  it('finds members by the addresses that GitLab tells, wherever below the group they are', async () => {
    const world = await openWorld({ prepare: leaveOnly301 }, group)
    expect(await world.locate()).toMatchObject([{ realm: 'acme', id: String(jo), label: 'jo.miller' }])
  })

  it('takes the settings where GitLab does not tell, and never a name', async () => {
    const prepare = (state: State) => void Object.assign(userIn(state), { enterprise: false })
    const silent = await openWorld({ prepare }, group)
    expect(await silent.locate()).toEqual([])
    for (const name of [jo, 'JO.Miller']) {
      const told = await openWorld({ prepare }, { ...group, people: { [cast.leaver]: name } })
      expect((await told.locate()).map((one) => one.id)).toEqual([String(jo)])
    }
  })

  it('lists where they are a member, and waits until GitLab lists them no more', async () => {
    const world = await openWorld({ removeMs: 3_600_000 }, group)
    const [finding] = await world.find('leave-group')
    expect(finding).toMatchObject({
      state: 'open',
      fact: 'acme (Developer), acme/site (Maintainer), acme/api (Maintainer)',
    })
    if (finding) await world.apply('leave-group', finding)
    const applied = () => ({ intentAt: new Date(), answeredAt: new Date() })
    expect(await world.find('leave-group', { applied })).toMatchObject([{ state: 'pending' }])
    const account = (await world.locate())[0]
    for (const one of world.state.leaving) one.at = 0
    expect(await world.find('leave-group', { applied, ...(account && { account }) })).toEqual([])
    expect(world.state.users.some((one) => one.id === jo)).toBe(true)
  })

  it('refuses the last owner of a group, in the plan and again when acting', async () => {
    const world = await openWorld(
      {
        prepare(state) {
          for (const one of state.members) if (one.source === 201) one.level = one.user === jo ? 50 : 30
        },
      },
      group,
    )
    const [finding] = await world.find('leave-group')
    expect(finding).toMatchObject({ state: 'blocked', fact: expect.stringMatching(/the only owner of acme/) })
    if (finding) await expect(world.apply('leave-group', finding)).rejects.toThrow('the only owner of acme')
  })

  it('counts no bot as an owner: what holds a token of the group is nobody who could let people in', async () => {
    const bot = 9001
    const world = await openWorld(
      {
        prepare(state) {
          for (const one of state.members) if (one.source === 201) one.level = one.user === jo ? 50 : 30
          const [first] = state.users
          state.users.push({ ...first!, id: bot, username: 'group_201_bot_1f2e', email: 'group_201_bot@noreply.test' })
          state.members.push({ kind: 'group', source: 201, user: bot, level: 50 })
        },
      },
      group,
    )
    const [finding] = await world.find('leave-group')
    expect(finding).toMatchObject({ state: 'blocked', fact: expect.stringMatching(/the only owner of acme/) })
    await expect(world.apply('leave-group', finding!)).rejects.toThrow('the only owner of acme')
  })

  it('does nothing there that needs an administrator', async () => {
    const world = await openWorld({}, group)
    for (const step of ['block', 'access-tokens', 'ssh-keys', 'owned-groups', 'personal-projects', 'memberships'])
      expect(await world.find(step)).toEqual([])
    expect(await world.ask('leftovers')).toBeUndefined()
  })
})

function leaveOnly301(state: State): void {
  state.members = state.members.filter(
    ({ user, kind, source }) => user !== jo || (kind === 'project' && source === 301),
  )
}

describe('GitLab: credential', () => {
  it('says that the scope is missing, or the right to administer, and where to get them', async () => {
    const scopeless = await openWorld({ prepare: (state) => void Object.assign(state.token, { scopes: ['read_api'] }) })
    expect((await gitlab.check(scopeless.client)).missing).toEqual([expect.stringContaining('lacks the scope api')])
    const plain = await openWorld({
      prepare: (state) => void Object.assign(userIn(state, own.email), { isAdmin: false }),
    })
    expect((await gitlab.check(plain.client)).missing).toEqual([
      expect.stringContaining('may not act as an administrator'),
    ])
  })

  it('says that it is no owner of the group', async () => {
    const world = await openWorld(
      { prepare: (state) => void Object.assign(state.members[0] ?? {}, { level: 30 }) },
      group,
    )
    expect((await gitlab.check(world.client)).missing).toEqual([expect.stringContaining('no owner of acme')])
  })

  it('warns of sudo and of a token that ends', async () => {
    const token = { scopes: ['api', 'sudo'], expires: '2026-12-24' }
    const world = await openWorld({ prepare: (state) => void Object.assign(state.token, token) })
    const { warnings } = await gitlab.check(world.client)
    expect(warnings).toEqual([expect.stringContaining('sudo'), expect.stringContaining('2026-12-24')])
  })

  it('tells a refusal in GitLab’s own words, whichever form they have', async () => {
    const world = await openWorld()
    world.fault(/POST .*block/, { status: 403, body: { message: { base: ['LDAP blocked users cannot be modified'] } } })
    const [finding] = await world.find('block')
    if (finding) await expect(world.apply('block', finding)).rejects.toThrow('LDAP blocked users cannot be modified')
  })
})
