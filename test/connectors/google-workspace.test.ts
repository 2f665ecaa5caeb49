import { afterEach, describe, expect, it } from 'vitest'
import google from '../../connectors/google-workspace/index.ts'
import { InDoubt, type ManualStep, Rejected } from '../../src/connector.ts'
import { cast } from '../../src/sandbox/company.ts'
import { administrator } from '../../src/sandbox/google-workspace/seed.ts'
import type { State } from '../../src/sandbox/google-workspace/state.ts'
import {
  eventually,
  leaver,
  leaverOf,
  type OpenWorld,
  openWorld,
  receiver,
  userIn,
  worlds,
} from './google-workspace-world.ts'

afterEach(async () => {
  for (const world of worlds.splice(0)) await world.close()
})

const stranger = { id: 'mailto:nobody@elsewhere.test', name: 'Nobody', emails: ['nobody@elsewhere.test'] }

describe('whose account it is', () => {
  it('is told by the primary address or an alias, in any case, and pinned by the immutable id', async () => {
    const world = await openWorld()
    const user = world.user(cast.leaver)
    for (const address of ['Jo.Miller@Example.com', 'jmiller@example.com']) {
      const found = await google.locate(world.client, { ...leaver, emails: [address] })
      expect(found).toEqual([expect.objectContaining({ id: user.id, realm: 'C03az79cb', label: cast.leaver })])
    }
  })

  it('comes with what the directory knows of the person', async () => {
    const world = await openWorld()
    expect((await world.account()).known).toEqual({
      name: 'Jo Miller',
      title: 'Account Executive',
      department: 'Sales',
      managerEmail: cast.manager,
      emails: [cast.leaver, 'jmiller@example.com'],
    })
  })

  it('is nobody for a stranger, and both for a person with two accounts', async () => {
    const world = await openWorld()
    expect(await google.locate(world.client, stranger)).toEqual([])
    const two = await google.locate(world.client, { ...leaver, emails: [cast.leaver, cast.namesake] })
    expect(two.map((one) => one.label)).toEqual([cast.leaver, cast.namesake])
  })

  it('is protected where it is the administrator that Latchkey acts as', async () => {
    const world = await openWorld()
    const own = await google.locate(world.client, { ...stranger, emails: [administrator] })
    expect(own[0]?.protected).toContain('Latchkey itself')
  })

  it('is not searched with what an address smuggles into the query', async () => {
    const world = await openWorld()
    const odd = { ...stranger, emails: ["x' isAdmin=true email='"] }
    await expect(google.locate(world.client, odd)).resolves.toEqual([])
    expect(world.server.calls.at(-1)?.asked.query.get('query')).toBe("email='x\\' isAdmin=true email=\\''")
  })

  it('is not that of a colleague who wrote the address into their own profile', async () => {
    const world = await openWorld({
      prepare: (state) => Object.assign(userIn(state, cast.other), { otherEmails: [cast.leaver] }),
    })
    expect((await google.locate(world.client, leaver)).map((one) => one.label)).toEqual([cast.leaver])
    expect((await world.account(leaverOf(cast.other))).known?.emails).toEqual([cast.other])
  })
})

describe('a second page', () => {
  it('is read of groups, roles, phones and licences', async () => {
    const one = await openWorld({ pageSize: 1 })
    const all = await openWorld()
    for (const step of ['groups', 'admin-roles', 'mobile-lock', 'licences']) {
      const ids = (await all.find(step)).map((finding) => finding.label)
      expect(ids.length).toBeGreaterThan(1)
      expect((await one.find(step)).map((finding) => finding.label)).toEqual(ids)
    }
    expect(one.asked(/GET .*\/groups$/)).toBeGreaterThan(1)
  })
})

describe('keeping the leaver out', () => {
  function passwordSent(world: OpenWorld): string {
    const bodies = world.server.calls.map(({ asked }) => asked.body as { password?: string } | null)
    return bodies.find((body) => body?.password)?.password ?? ''
  }

  it('replaces the password and asks for it in no answer, record or finding', async () => {
    const world = await openWorld()
    const before = world.user(cast.leaver).passwords
    await world.applyAll('password')
    expect(world.user(cast.leaver).passwords).toBe(before + 1)
    const password = passwordSent(world)
    expect(password.length).toBeGreaterThan(40)
    expect(JSON.stringify([world.records, await world.find('password')])).not.toContain(password)
  })

  it('keeps the new password out of an error too', async () => {
    const world = await openWorld()
    const [finding] = await world.find('password')
    world.fault(/^PUT .*\/users\//, {
      status: 400,
      body: { error: { code: 400, message: 'Invalid Password', errors: [{ reason: 'invalid' }] } },
    })
    const error = await world.apply('password', finding!).catch((one: unknown) => one)
    expect(error).toBeInstanceOf(Rejected)
    expect((error as Rejected).message).toContain('Invalid Password')
    expect((error as Rejected).cause).toBeUndefined()
    expect(JSON.stringify(error)).not.toContain(passwordSent(world))
  })

  it('says that a password or a sign-out was ordered, since Google shows neither', async () => {
    const world = await openWorld()
    for (const step of ['password', 'sessions']) {
      expect((await world.find(step)).map((one) => one.state)).toEqual(['open'])
      await world.applyAll(step)
      expect(await world.find(step)).toEqual([
        expect.objectContaining({ state: 'done', fact: expect.stringContaining('took the order') }),
      ])
    }
    expect(world.user(cast.leaver).sessions).toBe(0)
  })

  it('is still open where the answer to the order was lost', async () => {
    const world = await openWorld()
    const [finding] = await world.find('password')
    world.fault(/^PUT .*\/users\//, 'lost')
    await expect(world.apply('password', finding!)).rejects.toBeInstanceOf(InDoubt)
    expect((await world.find('password'))[0]?.state).toBe('open')
  })

  it('shows recovery details masked, and leaves none', async () => {
    const world = await openWorld({ lagMs: 30 })
    expect((await world.find('recovery'))[0]?.fact).toBe('j…@mail.example.net, …01')
    await world.applyAll('recovery')
    await eventually(world, 'recovery', [])
    expect(world.user(cast.leaver).recoveryPhone).toBeUndefined()
  })

  it('revokes app access, app passwords and backup codes one by one, and never shows a code', async () => {
    const world = await openWorld({ lagMs: 30 })
    const codes = world.state.backupCodes[world.user(cast.leaver).id] ?? []
    expect(JSON.stringify(await world.find('backup-codes'))).not.toMatch(new RegExp(codes.join('|')))
    for (const step of ['oauth-tokens', 'app-passwords', 'backup-codes']) {
      await world.applyAll(step)
      await eventually(world, step, [])
    }
    const namesake = world.user(cast.namesake).id
    expect(world.state.tokens.filter((one) => one.user === namesake)).toHaveLength(5)
    expect(world.state.backupCodes[namesake]).toHaveLength(10)
  })

  it('takes what is already gone for done', async () => {
    const world = await openWorld()
    const [token] = await world.find('oauth-tokens')
    await world.apply('oauth-tokens', token!)
    await expect(world.apply('oauth-tokens', token!)).resolves.toBeUndefined()
  })

  it('leaves 2-Step Verification on unless the settings say otherwise, and where it is enforced', async () => {
    const world = await openWorld()
    expect(await world.find('two-step')).toEqual([])
    const off = await openWorld(
      { prepare: (state) => Object.assign(userIn(state, cast.leaver), { enforcedIn2Sv: true }) },
      { turnOffTwoStep: true },
    )
    expect(await off.find('two-step')).toEqual([
      expect.objectContaining({ state: 'blocked', fact: expect.stringContaining('Enforced') }),
    ])
  })
})

describe('a suspended account', () => {
  const suspended = (state: State) => Object.assign(userIn(state, cast.leaver), { suspended: true })

  it('is done where it was suspended before, with what Google says', async () => {
    const world = await openWorld({ prepare: suspended })
    expect(await world.find('suspend')).toEqual([
      expect.objectContaining({ state: 'done', fact: 'suspended=true (ADMIN)' }),
    ])
  })

  it('still loses its grants, and its backup codes and hand-over of mail become tasks with the reason', async () => {
    const world = await openWorld({ lagMs: 30, prepare: suspended }, { suspend: false })
    for (const step of ['oauth-tokens', 'app-passwords', 'admin-roles']) {
      await world.applyAll(step)
      await eventually(world, step, [])
    }
    for (const step of ['backup-codes', 'auto-reply', 'mail-delegate'])
      expect((await world.find(step)).map((one) => one.state)).toEqual(['blocked'])
    expect((await world.find('auto-reply'))[0]?.fact).toContain('Default routing')
    for (const step of ['mail-programs', 'forwarding', 'forwarding-filters']) expect(await world.find(step)).toEqual([])
    expect(world.asked(/\/gmail\//)).toBe(0)
  })

  it('gets no reply and no delegate, which Google would not honour; IT is asked to route its mail', async () => {
    const world = await openWorld()
    for (const step of ['auto-reply', 'mail-delegate']) expect(await world.find(step)).toEqual([])
    expect(await applies('route-mail', world)).toBe(true)
    expect(await applies('suspend-later', world)).toBe(false)
  })

  it('shows a reply that was set before as answered, since its Gmail cannot be read any more', async () => {
    const world = await openWorld({}, { suspend: false })
    await world.applyAll('auto-reply')
    world.user(cast.leaver).suspended = true
    expect(await world.find('auto-reply')).toEqual([
      expect.objectContaining({ state: 'done', fact: expect.stringContaining('cannot be read') }),
    ])
  })

  it('is not made where the settings keep mail answered; IT gets a task for later', async () => {
    const world = await openWorld({}, { suspend: false })
    expect(await world.find('suspend')).toEqual([])
    expect(await applies('suspend-later', world)).toBe(true)
    expect(await applies('route-mail', world)).toBe(false)
    expect((await world.find('auto-reply'))[0]?.fact).toBe('enableAutoReply=false')
  })

  async function applies(id: string, world: OpenWorld): Promise<boolean | undefined> {
    const step = google.steps.find((one) => one.id === id) as ManualStep
    const handOverTo = await world.account(receiver)
    const choices = { kind: 'resignation', devices: 'lock', handOverTo: receiver }
    const once = (_: string, read: () => unknown) => read()
    return step.applies?.({
      client: world.client,
      leaver,
      account: await world.account(),
      choices,
      handOverTo,
      once,
    } as never)
  }
})
