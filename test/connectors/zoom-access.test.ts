/** The token of the app, what it may do, and which steps the settings leave. */
import { afterEach, describe, expect, it } from 'vitest'
import zoom from '../../connectors/zoom/index.ts'
import { Denied } from '../../src/connector.ts'
import { cast } from '../../src/sandbox/company.ts'
import { accountId, owner } from '../../src/sandbox/zoom/state.ts'
import { closeWorlds, openWorld } from './zoom-world.ts'

afterEach(closeWorlds)

describe('the token', () => {
  const isToken = ({ path }: { path: string }) => path === '/oauth/token'

  it('is fetched once for all who wait, and again before it runs out', async () => {
    const world = await openWorld()
    await Promise.all([world.account(), world.account(), world.account()])
    expect(world.asked(/oauth/)).toBe(1)
    const short = await openWorld({ tokenMs: 50_000 })
    await short.account()
    await short.account()
    expect(short.asked(/oauth/)).toBeGreaterThan(1)
  })

  it('that was taken back is not shown again', async () => {
    const world = await openWorld()
    const account = await world.account()
    const body = { code: 124, message: 'Invalid access token.' }
    world.server.faults.push({ when: ({ path }) => path.startsWith('/v2/users'), as: { status: 401, body } })
    await expect(world.find('deactivate', { account })).rejects.toBeInstanceOf(Denied)
    await world.find('deactivate', { account })
    expect(world.asked(/oauth/)).toBe(2)
  })

  it('is asked for again where the answer was lost', async () => {
    const world = await openWorld()
    world.server.faults.push({ when: isToken, as: 'lost' })
    expect(await world.account()).toMatchObject({ label: cast.leaver })
  })

  it('that is refused stops the connector, at either door', async () => {
    const world = await openWorld()
    world.server.faults.push({ when: isToken, as: { status: 400, body: { error: 'invalid_client' } } })
    await expect(world.account()).rejects.toBeInstanceOf(Denied)
    const expired = { status: 400, body: { code: 124, message: 'Access token is expired.' } }
    world.server.faults.push({ when: ({ path }) => path.includes('/users/'), as: expired })
    await expect(world.account()).rejects.toBeInstanceOf(Denied)
  })
})

describe('checking', () => {
  it('says in whose name it acts', async () => {
    const { as, missing, warnings } = await zoom.check((await openWorld()).client)
    expect(as).toBe(`the app latchkey-app, in the name of ${owner} (account ${accountId})`)
    expect([missing, warnings]).toEqual([[], undefined])
  })

  it('takes the wider scopes of older apps, and says what is beyond', async () => {
    const world = await openWorld({ scopes: ['user:read:admin', 'user:write:admin', 'meeting:read:admin'] })
    const { missing, warnings } = await zoom.check(world.client)
    expect(missing).toEqual([])
    expect(warnings).toEqual([expect.stringContaining('more than is needed: meeting:read:admin.')])
  })

  it('names what is missing, and ending an account only where it is to be ended', async () => {
    const some = ['user:read:user:admin', 'user:update:status:admin', 'user:delete:token:admin']
    const names = async (end: string) =>
      (await zoom.check((await openWorld({ scopes: some }, { end })).client)).missing.map((one) => one.split(' ')[0])
    expect(await names('keep')).not.toContain('user:delete:user:admin')
    expect(await names('delete')).toContain('user:delete:user:admin')
    const blind = await zoom.check((await openWorld({ scopes: [] })).client)
    expect(blind.missing[0]).toContain('user:read:user:admin is not granted: IT adds it')
  })
})

describe('the steps that come to anything', () => {
  it.each(['keep', 'disassociate', 'delete'])('with `end: %s` name only steps that are there', async (end) => {
    const { client } = await openWorld({}, { end })
    const { steps = [], rights = [] } = zoom.configured?.(client.settings) ?? {}
    const ids = steps.map((step) => `zoom/${step.id}`)
    for (const { needs = [], after = [] } of steps) expect(ids).toEqual(expect.arrayContaining([...needs, ...after]))
    expect(ids.includes('zoom/end')).toBe(end !== 'keep')
    expect(ids.includes('zoom/hand-over')).toBe(end === 'keep')
    expect(rights.some(({ name }) => name === 'user:delete:user:admin')).toBe(end !== 'keep')
  })
})
