import { afterEach, describe, expect, it } from 'vitest'
import github from '../../connectors/github/index.ts'
import type { Account } from '../../src/connector.ts'
import { cast } from '../../src/sandbox/company.ts'
import { idOf, main, second } from '../../src/sandbox/github/seed.ts'
import { memberOf, type State } from '../../src/sandbox/github/state.ts'
import { closeWorlds, leaver, leaverOf, openWorld } from './github-world.ts'

afterEach(closeWorlds)

const jo = idOf(cast.leaver)

describe('GitHub: who is who', () => {
  it('knows a person by single sign-on, whatever their login, and never by name or profile', async () => {
    const world = await openWorld({}, { people: {}, organizations: [main] })
    expect(await world.locate()).toMatchObject([{ realm: main, id: String(jo), label: 'jomill' }])
    expect(world.state.users.filter((one) => one.name === 'Jo Miller').map((one) => one.login)).toContain('jo-miller')
  })

  it('knows a person by an address in a verified domain', async () => {
    const world = await openWorld({}, { people: {}, organizations: [main] })
    const [found] = await world.locate(leaverOf('nils.berg@example.com'))
    expect(found).toMatchObject({ id: String(idOf('nils.berg@example.com')), label: 'nils-berg' })
  })

  it('takes the settings where GitHub does not tell, by login or by number, for people of that organisation only', async () => {
    const people = { 'JO.MILLER@example.com': jo, 'lena.fischer@example.com': 'jo-miller' }
    const world = await openWorld({}, { people, organizations: [second] })
    expect(await world.locate()).toMatchObject([{ realm: second, id: String(jo), label: 'jomill' }])
    expect(await world.locate(leaverOf(cast.other))).toEqual([])
  })

  it('answers both where two accounts have the address, so that IT is asked', async () => {
    const world = await openWorld({}, { people: { [cast.leaver]: 'lena-fischer' }, organizations: [main] })
    expect((await world.locate()).map((one) => one.label).sort()).toEqual(['jomill', 'lena-fischer'])
  })

  it('follows a renamed login by its number, and leaves the stranger alone who took the old one', async () => {
    const world = await openWorld()
    const account = await world.account()
    rename(world.state)
    const [finding] = await world.find('membership', account)
    expect(finding).toMatchObject({ state: 'open', label: 'acme/jo-moved-on' })
    if (finding) await world.apply('membership', finding, account)
    expect(memberOf(world.state, main, 'jo-moved-on')).toBeUndefined()
    expect(memberOf(world.state, main, 'jomill')).toMatchObject({ user: 77 })
    expect(await world.find('membership', account)).toEqual([])
  })

  it('does not take everybody for gone where a server does not know the question', async () => {
    const world = await openWorld()
    const account = await world.account()
    world.fault(/^GET \/user\/\d+$/, { status: 404, body: { message: 'Not Found' } }, 9)
    expect(await world.find('membership', account)).toMatchObject([{ state: 'open' }])
    world.state.users = world.state.users.filter((one) => one.id !== jo)
    for (const list of ['members', 'outside'] as const)
      Object.assign(world.state, { [list]: world.state[list].filter((one) => one.user !== jo) })
    expect(await world.find('membership', account)).toEqual([])
  })

  it('knows somebody invited by the invitation, and says so when it was accepted meanwhile', async () => {
    const world = await openWorld({}, { people: {}, organizations: [second] })
    const [account] = (await world.locate()) as [Account]
    expect(account).toMatchObject({ id: 'invitation:34' })
    expect(await world.find('membership', account)).toEqual([])
    expect(await world.find('invitations', account)).toMatchObject([{ id: '34', state: 'open' }])
    world.state.invitations = []
    expect(await world.find('invitations', account)).toEqual([])
    world.state.members.push({ org: second, user: jo, role: 'member', state: 'active', direct: true })
    world.state.verifiedEmails.push({ org: second, user: jo, email: cast.leaver })
    expect(await world.find('invitations', account)).toMatchObject([
      { state: 'blocked', fact: expect.stringMatching(/jomill accepted it/) },
    ])
  })
})

function rename(state: State): void {
  for (const one of state.users) if (one.id === jo) one.login = 'jo-moved-on'
  state.users.push({ id: 77, login: 'jomill', name: 'A stranger' })
  state.members.push({ org: main, user: 77, role: 'member', state: 'active', direct: true })
}

describe('GitHub: guards', () => {
  it('refuses the last owner, in the plan and again when acting', async () => {
    const world = await openWorld({ prepare: onlyOwner })
    const [finding] = await world.find('membership')
    expect(finding).toMatchObject({ state: 'blocked', fact: expect.stringMatching(/the only owner of acme/) })
    if (finding) await expect(world.apply('membership', finding)).rejects.toThrow('the only owner of acme')
    expect(memberOf(world.state, main, 'jomill')).toBeDefined()
  })

  it('removes an owner as long as another one stays', async () => {
    const world = await openWorld({ prepare: (state) => void Object.assign(joIn(state), { role: 'admin' }) })
    const [finding] = await world.find('membership')
    expect(finding).toMatchObject({ state: 'open', fact: 'role=admin', before: { role: 'admin' } })
  })

  it('does not delete a provisioned identity while the person is a member, since that removes an owner too', async () => {
    const world = await openWorld()
    const [finding] = await world.find('scim-identity')
    expect(finding).toMatchObject({ state: 'open', label: cast.leaver })
    if (finding) await expect(world.apply('scim-identity', finding)).rejects.toThrow('still a member of acme')
    expect(memberOf(world.state, main, 'jomill')).toBeDefined()
  })

  it('says who takes a member out whom only an enterprise team lets in', async () => {
    const world = await openWorld({ prepare: (state) => void Object.assign(joIn(state), { direct: false }) })
    expect(await world.find('membership')).toMatchObject([
      { state: 'blocked', fact: expect.stringMatching(/enterprise team/) },
    ])
  })

  it('shows the refusal of a team that an identity provider fills', async () => {
    const world = await openWorld({ prepare: (state) => void Object.assign(state.teams[0] ?? {}, { synced: true }) })
    const finding = (await world.find('teams')).find((one) => one.label === 'Site')
    if (finding) await expect(world.apply('teams', finding)).rejects.toThrow('managed by an identity provider')
    expect((await world.find('teams')).map((one) => one.label)).toContain('Site')
  })
})

function joIn(state: State) {
  return state.members.find((one) => one.user === jo) as State['members'][number]
}

function onlyOwner(state: State): void {
  for (const one of state.members) if (one.org === main) one.role = one.user === jo ? 'admin' : 'member'
}

describe('GitHub: what is found and what it means', () => {
  it('gives teams and roles back as they were', async () => {
    const world = await openWorld()
    for (const step of ['teams', 'organization-roles']) {
      const before = await world.find(step)
      for (const finding of before) await world.apply(step, finding)
      expect(await world.find(step)).toEqual([])
      for (const finding of before) await world.undo(step, finding)
      expect(await world.find(step)).toEqual(before)
    }
  })

  it('leaves a role alone that a team gives', async () => {
    const world = await openWorld()
    expect((await world.find('organization-roles')).map((one) => one.label)).toEqual(['Role security_manager'])
  })

  it('takes a missing list of SSO credentials for none only where there is no single sign-on', async () => {
    const world = await openWorld()
    expect(await world.find('sso-credentials', await world.account(second))).toEqual([])
    world.fault(/credential-authorizations/, { status: 404, body: { message: 'Not Found' } })
    await expect(world.find('sso-credentials')).rejects.toThrow('does not list who authorised what')
  })

  it('touches no token of anybody else, should GitHub list one', async () => {
    const world = await openWorld()
    const token = { id: 1, token_name: 'nightly', repository_selection: 'all' }
    const body = [{ ...token, owner: { id: idOf(cast.other), login: 'lena-fischer' } }]
    world.fault(/personal-access-tokens$/, { status: 200, body })
    expect(await world.find('fine-grained-tokens')).toEqual([])
  })

  it('leaves a Copilot seat that a team gives to the team', async () => {
    const world = await openWorld({ prepare: (state) => void Object.assign(state.seats[0] ?? {}, { team: 'site' }) })
    expect(await world.find('copilot-seat')).toEqual([])
  })

  it('keeps a stopping codespace pending until it stands still, and warns of work that is lost with it', async () => {
    const world = await openWorld({ stopMs: 3_600_000 })
    const [finding] = await world.find('stop-codespaces')
    if (finding) await world.apply('stop-codespaces', finding)
    expect(await world.find('stop-codespaces')).toMatchObject([{ state: 'pending', fact: 'state=ShuttingDown' }])
    for (const one of world.state.codespaces) one.stopsAt = 0
    expect(await world.find('stop-codespaces')).toEqual([])
    expect((await world.find('delete-codespaces')).map((one) => one.fact)).toEqual([
      expect.stringContaining('never pushed'),
      expect.stringContaining('all work pushed'),
    ])
  })

  it('hands codespaces to a person where no owner has lent a token', async () => {
    const world = await openWorld({}, { ownerToken: undefined })
    expect(await world.find('delete-codespaces')).toEqual([])
    expect(await world.ask('codespaces-by-hand')).toContain('gh api "orgs/acme/members/jomill/codespaces"')
    const lent = await openWorld()
    expect(await lent.ask('codespaces-by-hand')).toBeUndefined()
  })

  it('lists deploy keys and webhooks of the leaver, and of nobody else, for a person', async () => {
    const world = await openWorld()
    const text = await world.ask('leftovers')
    expect(text).toContain(
      'deploy key "build server" of acme/infra (writes, last used 2025-02-03; gh repo deploy-key delete 91',
    )
    expect(text).toContain('webhook 6001 in acme/api')
    expect(text).not.toMatch(/mirror|6002/)
  })

  it('says where to look by hand where there is no audit log', async () => {
    const world = await openWorld()
    expect(await world.ask('leftovers', await world.account(second))).toContain('acme-labs > Settings > Webhooks')
  })

  it('finds nothing left over of somebody who is no member', async () => {
    const world = await openWorld({ prepare: (state) => void state.members.splice(0) })
    expect(await world.ask('leftovers')).toBeUndefined()
  })
})

describe('GitHub: credential', () => {
  it('says which permission is missing, and where it is granted', async () => {
    const world = await openWorld({ prepare: (state) => void delete permissionsIn(state).organization_administration })
    const { missing } = await github.check(world.client)
    expect(missing).toHaveLength(1)
    expect(missing[0]).toMatch(
      /Organization > Administration: read and write is not granted in acme: .*Permissions & events/,
    )
  })

  it('warns of rights far beyond, of repositories it cannot see, and of an organisation that names nobody', async () => {
    const world = await openWorld(
      {
        prepare(state) {
          permissionsIn(state).contents = 'write'
          Object.assign(state.orgs[0]?.installation ?? {}, { selection: 'selected' })
        },
      },
      { people: {} },
    )
    const { missing, warnings } = await github.check(world.client)
    expect(missing).toEqual([])
    expect(warnings).toEqual([
      expect.stringContaining('more in acme than Latchkey needs (contents)'),
      expect.stringContaining('some repositories of acme only'),
      expect.stringContaining('does not tell who is who in acme-labs'),
    ])
  })

  it('says that an installation is missing, and calls a suspended one refused', async () => {
    const world = await openWorld({ prepare: (state) => void delete state.orgs[1]?.installation })
    await expect(world.locate()).rejects.toThrow('The GitHub App is not installed in acme-labs')
    const stopped = await openWorld({
      prepare: (state) => void Object.assign(state.orgs[0]?.installation ?? {}, { suspended: true }),
    })
    await expect(stopped.locate()).rejects.toMatchObject({ name: 'Denied' })
  })

  it('waits out a secondary limit and a GraphQL limit, and takes any other 403 for a no', async () => {
    const world = await openWorld()
    const headers = { 'retry-after': '0' }
    world.fault(/memberships\/jomill/, {
      status: 403,
      headers,
      body: { message: 'You have exceeded a secondary rate limit.' },
    })
    world.fault(/graphql/, { status: 200, headers, body: { errors: [{ type: 'RATE_LIMITED', message: 'limit' }] } })
    const usedUp = { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '1' }
    world.fault(/^GET \/user\//, { status: 403, headers: usedUp, body: { message: 'API rate limit exceeded' } })
    expect(await world.find('membership')).toMatchObject([{ state: 'open' }])
    world.fault(/outside_collaborators/, { status: 403, body: { message: 'Resource not accessible by integration' } })
    await expect(world.find('outside-collaborator')).rejects.toMatchObject({ name: 'Rejected', status: 403 })
  })

  it('waits a minute where a secondary limit names no time, and until the reset where the hour is used up', () => {
    const secondary = { status: 403, headers: new Headers() }
    expect(github.classify?.(secondary, '{"message":"You have exceeded a secondary rate limit."}')).toBe('busy')
    expect(github.resetAfter?.(secondary, '', 0)).toBe(60_000)
    const headers = new Headers({ 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '1763892000' })
    expect(github.resetAfter?.({ status: 403, headers }, '', 1763891990_000)).toBe(10_000)
    expect(github.classify?.(secondary, '{"message":"Must have admin rights"}')).toBeUndefined()
  })

  it('speaks to an own server at its own addresses, and has the account suspended there by hand', async () => {
    const world = await openWorld({}, { baseUrl: 'https://github.example.com/api/v3/', organizations: [main] })
    expect(await world.find('membership')).toMatchObject([{ state: 'open' }])
    expect(world.server.calls.every(({ asked }) => asked.host === 'github.example.com')).toBe(true)
    expect(world.asked(/^POST \/api\/graphql$/)).toBeGreaterThan(0)
    expect(await world.ask('suspend-on-server')).toContain('gh api -X PUT "users/jomill/suspended"')
    const cloud = await openWorld()
    expect(await cloud.ask('suspend-on-server')).toBeUndefined()
  })

  it('says that a key cannot sign without showing it', async () => {
    const { Secret } = await import('../../src/connector.ts')
    const world = await openWorld({}, { privateKey: new Secret('-----BEGIN RSA PRIVATE KEY-----\nnonsense') })
    await expect(github.check(world.client)).rejects.toThrow(/^The private key in the settings cannot sign/)
  })

  it('refuses settings that could lead elsewhere', () => {
    const good = { appId: 1, privateKey: leaver, organizations: ['acme'] }
    const problems = (more: object) =>
      github.settings.safeParse({ ...good, ...more }).error?.issues.map((one) => one.path[0])
    expect(problems({ organizations: ['acme/../other'] })).toContain('organizations')
    expect(problems({ organizations: ['Acme', 'acme'] })).toContain('organizations')
    expect(problems({ baseUrl: 'http://github.example.com/api/v3' })).toContain('baseUrl')
    expect(problems({ people: { 'jo.miller@example.com': '../orgs/acme' } })).toContain('people')
  })
})

function permissionsIn(state: State): Record<string, string> {
  return state.orgs[0]?.installation?.permissions ?? {}
}
