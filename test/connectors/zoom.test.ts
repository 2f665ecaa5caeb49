import { afterEach, describe, expect, it } from 'vitest'
import zoom from '../../connectors/zoom/index.ts'
import { Rejected } from '../../src/connector.ts'
import { cast } from '../../src/sandbox/company.ts'
import { accountId, owner, type State, type User } from '../../src/sandbox/zoom/state.ts'
import { closeWorlds, leaver, leaverOf, type OpenWorld, openWorld } from './zoom-world.ts'

afterEach(closeWorlds)

const applied = () => ({ intentAt: new Date(0), answeredAt: new Date(1) })
const someone = { id: 'mailto:x', name: 'X', emails: ['nobody@elsewhere.test'] }

function change(email: string, more: Partial<User>) {
  return (state: State) => void Object.assign(state.users.find((one) => one.email === email) ?? {}, more)
}

function deletions(world: OpenWorld) {
  return world.server.calls
    .filter(({ asked }) => asked.method === 'DELETE' && /users\/[^/]+$/.test(asked.path))
    .map(({ asked }) => Object.fromEntries(asked.query))
}

describe('whose account it is', () => {
  it('is told by the address, in any case, pinned by the id, with what Zoom knows and no host key', async () => {
    const world = await openWorld()
    const found = await zoom.locate(world.client, { ...leaver, emails: ['Jo.Miller@Example.com'] })
    expect(found).toEqual([
      {
        realm: accountId,
        id: world.user().id,
        label: cast.leaver,
        known: {
          name: 'Jo Miller',
          title: 'Account Executive',
          department: 'Sales',
          managerEmail: cast.manager,
          zone: 'America/New_York',
          emails: [cast.leaver],
        },
      },
    ])
  })

  it('is nobody for a stranger, and both for two addresses with an account each', async () => {
    const world = await openWorld()
    expect(await zoom.locate(world.client, someone)).toEqual([])
    const two = await zoom.locate(world.client, { ...leaver, emails: [cast.leaver, cast.namesake] })
    expect(two.map((one) => one.label)).toEqual([cast.leaver, cast.namesake])
  })

  it('is never the owner by way of "me", nor anywhere else by way of a path', async () => {
    const world = await openWorld()
    await expect(zoom.locate(world.client, { ...someone, emails: ['me'] })).rejects.toThrow('no address')
    expect(await zoom.locate(world.client, { ...someone, emails: ['../users/me@x'] })).toEqual([])
    expect(world.server.calls.at(-1)?.asked.path).toBe('/v2/users/..%2Fusers%2Fme%40x')
  })

  it('is none where Zoom answers with another address or another account', async () => {
    for (const more of [{ email: cast.hr }, { account_id: 'another' }]) {
      const world = await openWorld()
      const body = { id: 'x', email: cast.leaver, type: 1, status: 'active', ...more }
      world.server.faults.push({ when: ({ path }) => path.includes('/users/'), as: { status: 200, body } })
      expect(await zoom.locate(world.client, leaver)).toEqual([])
    }
  })

  it('is protected where it is the owner of the account', async () => {
    const world = await openWorld()
    expect((await world.account(leaverOf(owner))).protected).toContain('the owner of the Zoom account')
  })

  it('is not gone where somebody else answers 404', async () => {
    const world = await openWorld()
    for (const body of [{ code: 2300, message: 'This API endpoint is not recognized.' }, { message: 'no route' }]) {
      world.server.faults.push({ when: ({ path }) => path.includes('/users/'), as: { status: 404, body } })
      await expect(world.find('deactivate')).rejects.toBeInstanceOf(Rejected)
    }
  })
})

describe('who must never be touched', () => {
  const steps = ['sessions', 'deactivate', 'schedulers', 'assistants', 'end']

  it('the owner is blocked in every step, and refused at the moment of acting', async () => {
    const world = await openWorld({ prepare: change(cast.leaver, { role_id: '0' }) })
    for (const step of steps) {
      const found = await world.find(step)
      expect(found, step).toEqual([expect.objectContaining({ state: 'blocked' })])
      await expect(world.apply(step, found[0]!), step).rejects.toThrow('hand the ownership over first')
    }
    expect(world.user().status).toBe('active')
  })

  it('is also somebody of whom Zoom does not say what they are', async () => {
    const world = await openWorld()
    const body = { id: world.user().id, email: cast.leaver, type: 1, status: 'active' }
    world.server.faults.push({ when: ({ path }) => path.includes('/users/'), as: { status: 200, body } })
    expect(await world.find('deactivate')).toEqual([expect.objectContaining({ state: 'blocked' })])
  })
})

describe('deactivating', () => {
  it('is done, proved, and given back with the licence', async () => {
    const world = await openWorld()
    const [finding] = await world.find('deactivate')
    expect(finding?.fact).toBe('status=active, with a licence, which deactivating takes away')
    await world.applyAll('deactivate')
    expect(world.user()).toMatchObject({ status: 'inactive', type: 1 })
    expect(await world.find('deactivate')).toEqual([
      expect.objectContaining({ state: 'done', fact: 'status=inactive' }),
    ])
    await world.undo('deactivate', finding!)
    expect(world.user()).toMatchObject({ status: 'active', type: 2 })
  })

  it('gives no licence to somebody who had none', async () => {
    const world = await openWorld({ prepare: change(cast.leaver, { type: 1 }) })
    const [finding] = await world.find('deactivate')
    await world.applyAll('deactivate')
    await world.undo('deactivate', finding!)
    expect(world.user()).toMatchObject({ status: 'active', type: 1 })
  })

  it('that an identity provider undoes is said so', async () => {
    const world = await openWorld()
    expect((await world.find('deactivate', { applied }))[0]?.fact).toContain('identity provider')
  })

  it('of somebody who is only invited withdraws the invitation at once', async () => {
    const world = await openWorld({ prepare: change(cast.leaver, { status: 'pending' }) })
    expect([await world.find('sessions'), await world.find('schedulers'), await world.find('end')]).toEqual([
      [],
      [],
      [],
    ])
    const [finding] = await world.find('deactivate')
    expect(finding).toMatchObject({ state: 'open', fact: 'status=pending: the invitation is withdrawn' })
    await world.applyAll('deactivate')
    expect(deletions(world)).toEqual([{ action: 'disassociate' }])
    await expect(world.undo('deactivate', finding!)).rejects.toThrow('IT invites them again')
  })
})

describe('sign-in tokens', () => {
  it('are revoked, which counts as ordered and is read back by no method that hands tokens out', async () => {
    const world = await openWorld()
    expect((await world.find('sessions'))[0]?.state).toBe('open')
    await world.applyAll('sessions')
    expect(world.user().signedIn).toBe(false)
    expect((await world.find('sessions', { applied }))[0]?.state).toBe('done')
    expect(world.asked(/GET .*\/token$/)).toBe(0)
  })
})

describe('scheduling for others', () => {
  it('is taken away both ways, without touching other people’s, and given back', async () => {
    const world = await openWorld()
    const before = world.state.scheduling.length
    const found = [...(await world.find('schedulers')), ...(await world.find('assistants'))]
    expect(found.map((one) => one.label)).toEqual([`${cast.manager}, ${cast.other}`, cast.other])
    for (const step of ['schedulers', 'assistants']) await world.applyAll(step)
    expect(world.state.scheduling.length).toBe(before - 3)
    expect([...(await world.find('schedulers')), ...(await world.find('assistants'))]).toEqual([])
    await world.undo('schedulers', found[0]!)
    await world.undo('assistants', found[1]!)
    expect([...(await world.find('schedulers')), ...(await world.find('assistants'))]).toEqual(found)
  })
})

describe('the end of the account', () => {
  it('hands meetings, webinars and recordings over in the same call, and deletes', async () => {
    const world = await openWorld()
    expect((await world.find('end'))[0]?.fact).toBe(`deleted; meetings, webinars, recordings to ${cast.manager}`)
    const manager = world.user(cast.manager)
    await world.applyAll('end')
    expect(world.user()).toBeUndefined()
    expect(manager).toMatchObject({ meetings: ['meeting-3', 'meeting-1'], webinars: ['webinar-3', 'webinar-1'] })
    expect(manager.recordings).toContain('recording-1-2')
    expect(world.state.free).toEqual([])
    expect(await world.find('end')).toEqual([])
  })

  it('sets the account free where the settings say so, and hands over what they name', async () => {
    const world = await openWorld({}, { end: 'disassociate', transfer: ['recordings', 'whiteboards'] })
    await world.applyAll('end')
    expect(world.state.free).toEqual([
      expect.objectContaining({ email: cast.leaver, meetings: ['meeting-1'], recordings: [], whiteboards: [] }),
    ])
  })

  it('goes to the receiver’s address of this very moment, not of the plan', async () => {
    const world = await openWorld()
    const [finding] = await world.find('end')
    world.user(cast.manager).email = 'ada.new@example.com'
    await world.apply('end', finding!)
    expect(deletions(world)[0]).toMatchObject({ action: 'delete', transfer_email: 'ada.new@example.com' })
  })

  it.each([
    [
      'nobody was chosen',
      { handOverTo: undefined, choices: { kind: 'resignation', devices: 'nothing' } },
      'nobody was chosen',
    ],
    ['the receiver has no account', { handOverTo: undefined }, 'Ada Okafor has no Zoom account'],
    ['the receiver is the leaver', 'self', 'nobody hands over to themselves'],
    ['the receiver left, too', 'inactive', 'is not active in Zoom'],
  ] as const)('is blocked where %s, before anything is lost', async (_what, given, why) => {
    const world = await openWorld()
    const account = await world.account()
    if (given === 'inactive') world.user(cast.manager).status = 'inactive'
    const more = given === 'self' ? { handOverTo: account } : given === 'inactive' ? {} : given
    expect(await world.find('end', more as never)).toEqual([
      expect.objectContaining({ state: 'blocked', fact: expect.stringContaining(why) }),
    ])
    await expect(world.apply('end', {} as never, more as never)).rejects.toThrow(why)
    expect(deletions(world)).toEqual([])
  })

  it('is refused in Zoom’s own words where the receiver cannot take it', async () => {
    const world = await openWorld({ prepare: change(cast.manager, { type: 1 }) })
    await expect(world.applyAll('end')).rejects.toThrow('must be licensed to receive cloud recordings')
    expect(world.user().meetings).toEqual(['meeting-1'])
  })

  it('is none by default: then handing over is a task', async () => {
    const world = await openWorld({}, { end: undefined })
    expect(await world.find('end')).toEqual([])
    expect(await world.task('hand-over')).toContain(cast.manager)
    const nobody = { choices: { kind: 'resignation', devices: 'nothing' } } as const
    expect(await world.task('hand-over', nobody)).toBeUndefined()
    expect(await (await openWorld()).task('hand-over')).toBeUndefined()
  })
})

describe('apps they made', () => {
  it('are a task for whoever is more than a member', async () => {
    expect(await (await openWorld()).task('apps')).toBeUndefined()
    const world = await openWorld({ prepare: change(cast.leaver, { role_id: '1' }) })
    expect(await world.task('apps')).toContain('marketplace.zoom.us')
  })
})
