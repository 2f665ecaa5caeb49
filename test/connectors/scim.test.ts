import { afterEach, describe, expect, it } from 'vitest'
import scim from '../../connectors/scim/index.ts'
import { presets } from '../../connectors/scim/presets.ts'
import { Denied, Rejected, Secret } from '../../src/connector.ts'
import { cast } from '../../src/sandbox/company.ts'
import { userBody } from '../../src/sandbox/scim/answers.ts'
import type { Dialect } from '../../src/sandbox/scim/index.ts'
import { closeWorlds, leaver, leaverOf, openWorld } from './scim-world.ts'

afterEach(closeWorlds)

const applied = () => ({ intentAt: new Date(0), answeredAt: new Date(1) })

describe('whose account it is', () => {
  it('is told by login or address, in any case, and pinned by the id with what the service knows', async () => {
    const world = await openWorld()
    for (const address of ['Jo.Miller@Example.com', 'jmiller@example.com'])
      expect(await scim.locate(world.client, { ...leaver, emails: [address] })).toEqual([
        {
          realm: 'scim.example.com/scim/v2',
          id: world.user().id,
          label: cast.leaver,
          known: {
            name: 'Jo Miller',
            title: 'Account Executive',
            department: 'Sales',
            managerName: 'Ada Okafor',
            emails: [cast.leaver, 'jmiller@example.com'],
          },
        },
      ])
  })

  it('is by login alone where the settings say so', async () => {
    const world = await openWorld({}, { match: ['userName'] })
    expect(await scim.locate(world.client, { ...leaver, emails: ['jmiller@example.com'] })).toEqual([])
  })

  it('is both for a person with two accounts, so that IT chooses', async () => {
    const world = await openWorld({
      prepare: ({ users }) => users.push({ ...users[0]!, id: 'second', userName: 'jo@old.example.com' }),
    })
    expect((await scim.locate(world.client, leaver)).map((one) => one.id)).toEqual([world.user().id, 'second'])
  })

  it.each<Partial<Dialect>>([
    { filter: 'overlooked' },
    { filter: 'none' },
    { filter: 'none', describes: false },
    { userFilters: ['userName'] },
  ])('is the same person, and nobody else, at a service that searches badly: %j', async (dialect) => {
    const world = await openWorld({ dialect, pageSize: 4 })
    const address = dialect.userFilters ? 'jmiller@example.com' : cast.leaver
    const found = await scim.locate(world.client, { ...leaver, emails: [address] })
    expect(found.map((one) => one.label)).toEqual([cast.leaver])
    expect(await scim.locate(world.client, { ...leaver, emails: ['nobody@elsewhere.test'] })).toEqual([])
  })

  it('is searched with nothing that an address smuggles in', async () => {
    const world = await openWorld()
    expect(await scim.locate(world.client, { ...leaver, emails: ['x" or id pr or userName eq "\\'] })).toEqual([])
    const asked = world.server.calls.map((call) => call.asked.query.get('filter'))
    expect(asked).toContain('userName eq "x\\" or id pr or username eq \\"\\\\"')
    await expect(scim.locate(world.client, { ...leaver, emails: ['a@b.c\n'] })).rejects.toThrow('control characters')
  })

  it('is protected where the token is theirs, and refused at the moment of acting', async () => {
    const world = await openWorld({}, { owner: cast.leaver.toUpperCase(), deleteUser: true })
    expect((await world.account()).protected).toContain('whose token Latchkey uses')
    for (const step of ['deactivate', 'groups', 'delete']) {
      const found = await world.find(step)
      expect(found.map((one) => one.state)).toEqual(found.map(() => 'blocked'))
    }
    const other = await openWorld({}, { owner: cast.it })
    const account = await other.account(leaverOf(cast.it))
    const step = scim.steps.find((one) => one.id === 'deactivate') as {
      apply(at: object, finding: object): Promise<void>
    }
    await expect(step.apply({ client: other.client, account }, {})).rejects.toThrow('whose token Latchkey uses')
    expect(other.user(cast.it).active).toBe(true)
  })
})

describe('a list', () => {
  it('that is given over and over is not taken for the whole', async () => {
    const world = await openWorld({ dialect: { filter: 'none' } })
    const user = userBody(world.user(cast.hr), world.server.world.truth(), { base: '' } as Dialect)
    const body = { schemas: ['urn:ietf:params:scim:api:messages:2.0:ListResponse'], totalResults: 3, Resources: [user] }
    world.server.faults.push({ when: ({ path }) => path.endsWith('/Users'), times: 9, as: { status: 200, body } })
    await expect(scim.locate(world.client, leaver)).rejects.toThrow('it has 3, and gave 1')
  })

  it('is no answer that somebody is gone where the address leads nowhere', async () => {
    const world = await openWorld()
    const account = await world.account()
    world.server.faults.push({ times: 9, as: { status: 404, body: { detail: 'no such tenant' } } })
    await expect(world.find('deactivate', { account })).rejects.toBeInstanceOf(Rejected)
  })
})

describe('switching off', () => {
  it.each<[object, Partial<Dialect>]>([
    [{}, {}],
    [{ pathless: true }, { pathless: true }],
    [{ capitals: true }, { capitals: true }],
    [{ text: true }, { text: true }],
    [{}, { patch: false }],
    [{ write: 'put', text: true }, { text: true }],
    [{ write: 'put' }, { etag: false, describes: false }],
  ])('is done, proved and given back in the dialect %j of a service with %j', async (settings, dialect) => {
    const world = await openWorld({ dialect }, settings)
    const [finding] = await world.find('deactivate')
    expect(finding).toMatchObject({ state: 'open', fact: 'active=true' })
    await world.applyAll('deactivate')
    expect(world.user()).toMatchObject({ active: false, nickName: 'Jo', title: 'Account Executive', apiTokens: 1 })
    expect(await world.find('deactivate')).toEqual([expect.objectContaining({ state: 'done', fact: 'active=false' })])
    await world.undo('deactivate', finding!)
    expect(world.user().active).toBe(true)
  })

  it('is refused in words where the dialect is not the service’s', async () => {
    const world = await openWorld({ dialect: { pathless: true } })
    await expect(world.applyAll('deactivate')).rejects.toThrow(/refused to switch the account off: The path is not/)
    expect(world.user().active).toBe(true)
  })

  it('does not overwrite what somebody else changed meanwhile, where it replaces the whole user', async () => {
    const world = await openWorld({ dialect: { patch: false } })
    world.server.faults.push({ when: ({ method }) => method === 'PUT', as: 'reset' })
    await expect(world.applyAll('deactivate')).rejects.toThrow()
    const sent = world.server.calls.filter(({ asked }) => asked.method === 'PUT')
    await world.applyAll('deactivate')
    const [put] = world.server.calls.filter(({ asked }) => asked.method === 'PUT').slice(sent.length)
    expect(put?.asked.headers['if-match']).toBe('W/"1"')
  })

  it('by DELETE is proved by a soft end as by a real one, and not given back', async () => {
    for (const deletes of ['soft', 'gone'] as const) {
      const world = await openWorld({ dialect: { deletes } }, { write: 'delete', off: 'removes' })
      const account = await world.account()
      const [finding] = await world.find('deactivate')
      await world.applyAll('deactivate')
      expect((await world.find('deactivate', { account })).map((one) => one.state)).toEqual(
        deletes === 'soft' ? ['done'] : [],
      )
      if (deletes === 'soft') await expect(world.undo('deactivate', finding!)).rejects.toThrow('invites them again')
    }
  })

  it('that an identity provider undoes is said so', async () => {
    const world = await openWorld()
    expect((await world.find('deactivate', { applied }))[0]).toMatchObject({
      state: 'open',
      fact: expect.stringContaining('where an identity provider keeps'),
    })
  })

  it('that cannot be read back is unknown, and never done', async () => {
    const world = await openWorld({ dialect: { silent: true } })
    expect((await world.find('deactivate'))[0]?.state).toBe('open')
    expect((await world.find('deactivate', { applied }))[0]?.state).toBe('unknown')
  })
})

describe('a service where switching off deletes for good', () => {
  it('is left to the deletion on its day, with a task to keep the person out until then', async () => {
    const world = await openWorld({ dialect: { off: 'gone' } }, { off: 'deletes' })
    const account = await world.account()
    expect(await world.find('deactivate')).toEqual([])
    expect(await world.task('keep-out')).toContain('cannot suspend an account')
    expect(await world.task('hand-over')).toContain('SCIM hands nothing over')
    await world.applyAll('delete')
    expect(await world.find('delete', { account })).toEqual([])
    expect(world.server.calls.some(({ asked }) => asked.method === 'DELETE')).toBe(false)
  })

  it('is neither that nor a deletion where the settings say nothing', async () => {
    const world = await openWorld()
    expect(await world.find('delete')).toEqual([])
    expect([await world.task('keep-out'), await world.task('hand-over')]).toEqual([undefined, undefined])
  })
})

describe('groups', () => {
  it.each<[object, Partial<Dialect>]>([
    [{}, {}],
    [{ member: 'value' }, { member: 'value' }],
    [{ groups: 'list' }, {}],
    [{ groups: 'user' }, {}],
    [{ groupFilter: 'members' }, { groupFilters: ['members'] }],
    [{}, { groupFilters: [] }],
    [{}, { filter: 'overlooked' }],
  ])('are all left, on every page, and joined again, with %j at a service with %j', async (settings, dialect) => {
    const world = await openWorld({ dialect, pageSize: 2 }, settings)
    const found = await world.find('groups')
    expect(found.map((one) => one.label)).toEqual([
      'Everyone',
      'Sales',
      'Design review',
      'Forecast "Q4"',
      'Beta testers',
    ])
    await world.applyAll('groups')
    const members = () => world.server.world.truth().groups.map((group) => group.members.length)
    expect(members()).toEqual([2, 2, 2, 2, 2, 2])
    for (const finding of found) await world.undo('groups', finding)
    expect(members()).toEqual([3, 3, 3, 3, 3, 2])
  })

  it('that were left already are no failure', async () => {
    const world = await openWorld()
    const [finding] = await world.find('groups')
    const step = scim.steps.find((one) => one.id === 'groups') as { apply(at: object, finding: object): Promise<void> }
    const at = { client: world.client, account: await world.account() }
    await step.apply(at, finding!)
    await expect(step.apply(at, finding!)).resolves.toBeUndefined()
  })

  it('are left by hand where the service does not patch, and not at all where it has none', async () => {
    const world = await openWorld({ dialect: { patch: false } })
    expect((await world.find('groups')).map((one) => one.state)).toEqual(Array(5).fill('blocked'))
    const none = await openWorld({ dialect: { groups: false } }, { groups: 'none' })
    expect(await none.find('groups')).toEqual([])
  })
})

describe('checking', () => {
  it('says what is missing, and where it is given', async () => {
    const world = await openWorld()
    world.server.faults.push({ times: 9, as: { status: 403, body: { detail: 'scope' } } })
    const health = await scim.check(world.client)
    expect(health.missing).toEqual([
      expect.stringMatching(/^Users: read and write is missing\. .* IT makes a SCIM token/),
      expect.stringMatching(/^Groups: read and write is missing\./),
    ])
  })

  it('says what does not fit the service', async () => {
    const world = await openWorld({ dialect: { patch: false, filter: 'none', groups: false } }, { write: 'patch' })
    const { missing, warnings } = await scim.check(world.client)
    expect(missing).toEqual(['scim.example.com has no groups here: IT sets `groups: none`.'])
    expect(warnings?.join(' ')).toMatch(/write: put.*groups are left by hand.*all its users are read/)
  })
})

describe('a token that is handed out for a while', () => {
  it('is fetched once for all who wait, and again before it runs out', async () => {
    const world = await openWorld({ tokenMs: 3_600_000 })
    await Promise.all([world.account(), world.account(), world.account()])
    const tokens = () => world.server.calls.filter(({ asked }) => asked.path === '/oauth/token').length
    expect(tokens()).toBe(1)
    const short = await openWorld({ tokenMs: 30_000 })
    await short.account()
    await short.account()
    expect(short.server.calls.filter(({ asked }) => asked.path === '/oauth/token').length).toBeGreaterThan(1)
  })

  it('is asked for again after a lost answer, and refused in words', async () => {
    const world = await openWorld({ tokenMs: 3_600_000 })
    world.server.faults.push({ when: ({ path }) => path === '/oauth/token', as: 'lost' })
    expect(await world.account()).toMatchObject({ label: cast.leaver })
    const closed = await openWorld({ tokenMs: 3_600_000 })
    closed.server.faults.push({ times: 9, as: { status: 400, body: { error: 'invalid_client' } } })
    await expect(closed.account()).rejects.toBeInstanceOf(Denied)
  })
})

describe('settings', () => {
  const token = new Secret('t')

  it('take a preset as it is, and their own word before it', () => {
    const given = scim.settings.parse({ service: 'pagerduty', token })
    expect(given).toMatchObject({ title: 'PagerDuty', scheme: 'Token token=', off: 'deletes', groups: 'list' })
    expect(scim.settings.parse({ service: 'pagerduty', token, groups: 'none', title: 'Pager' })).toMatchObject({
      title: 'Pager',
      groups: 'none',
    })
  })

  it.each([
    [{ service: 'figma', token }, 'baseUrl: is missing: each customer of Figma'],
    [{ baseUrl: 'http://scim.example.com', token }, 'https'],
    [{ baseUrl: 'https://scim.example.com' }, 'either token or oauth'],
    [{ baseUrl: 'https://scim.example.com', token, groupFilter: 'x eq "y" or z' }, 'SCIM attribute'],
  ])('refuse %j', (given, why) => {
    const told = scim.settings.safeParse(given).error?.issues.map((one) => `${one.path.join('.')}: ${one.message}`)
    expect(told?.join('\n')).toContain(why)
  })

  it('know a dozen services, each with what lives on there, as a task', async () => {
    expect(Object.keys(presets).length).toBeGreaterThanOrEqual(12)
    const here = { baseUrl: 'https://scim.example.com/scim/v2', scheme: 'Bearer ' }
    for (const service of Object.keys(presets)) {
      const world = await openWorld({}, { service, ...here })
      expect(await world.task('leftovers')).toContain(
        `Still to do in ${presets[service as 'zoom'].title} for ${cast.leaver}`,
      )
    }
  })
})
