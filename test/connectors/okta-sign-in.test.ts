import { afterEach, describe, expect, it } from 'vitest'
import okta from '../../connectors/okta/index.ts'
import { Secret } from '../../src/connector.ts'
import { openWorld, worlds } from './okta-world.ts'

afterEach(async () => {
  await Promise.all(worlds.splice(0).map((one) => one.close()))
})

const states = (findings: readonly { id: string; state: string }[]) => findings.map((one) => `${one.id} ${one.state}`)

describe('signing in to Okta', () => {
  it('names each scope that is not granted, and where to grant it', async () => {
    const world = await openWorld({ granted: ['okta.users.manage', 'okta.groups.manage', 'okta.policies.manage'] })
    const { missing, warnings } = await okta.check(world.client)
    expect(missing).toHaveLength(4)
    expect(missing[0]).toMatch(/^okta\.roles\.manage is not granted.*Okta API Scopes/)
    expect(warnings?.join()).toContain('okta.policies.manage')
  })

  it('goes on with the steps whose scope is granted', async () => {
    const world = await openWorld({ granted: ['okta.users.manage'] })
    expect(states(await world.find('sessions'))).toEqual(['sessions open'])
    await expect(world.find('api-tokens')).rejects.toThrow('invalid_scope')
  })

  it('says that the credential is refused where nothing is granted', async () => {
    const world = await openWorld({ granted: [] })
    await expect(okta.check(world.client)).rejects.toThrow('scope')
  })

  it('asks for one token a scope, and for a new one once it was refused', async () => {
    const world = await openWorld()
    const tokens = () => world.server.calls.filter(({ asked }) => asked.path === '/oauth2/v1/token').length
    await Promise.all([world.find('sessions'), world.find('sessions'), world.find('app-tokens')])
    expect(tokens()).toBe(1)
    const refused = { status: 401, body: { errorCode: 'E0000011', errorSummary: 'Invalid token provided' } }
    world.server.faults.push({ when: ({ path }) => path.endsWith('/clients'), as: refused })
    await expect(world.find('app-tokens')).rejects.toThrow()
    await world.find('app-tokens')
    expect(tokens()).toBe(2)
  })

  it('waits until the time that Okta names, by its own clock', () => {
    const headers = new Headers({ 'x-rate-limit-reset': '1767225630', date: 'Thu, 01 Jan 2026 00:00:00 GMT' })
    expect(okta.resetAfter?.({ status: 429, headers }, '', 0)).toBe(30_000)
  })

  it('never shows a private key that it cannot read', async () => {
    const key = '-----BEGIN PRIVATE KEY-----\nnot-a-key\n-----END PRIVATE KEY-----'
    await expect(openWorld({}, { privateKey: new Secret(key) })).rejects.toThrow(/^okta: privateKey is neither/)
  })

  it.each([
    [{ org: 'http://example.okta.com' }, 'https'],
    [{ org: 'https://example-admin.okta.com' }, '-admin'],
    [{ apiToken: new Secret('x') }, 'either'],
    [{ deactivate: false, deleteUser: true }, 'deleteUser needs'],
  ])('refuses the settings %j', async (change, told) => {
    await expect(openWorld({}, change)).rejects.toThrow(told)
  })
})
