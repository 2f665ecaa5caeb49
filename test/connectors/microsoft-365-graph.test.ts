import { afterEach, describe, expect, it } from 'vitest'
import { globalAdministrator } from '../../connectors/microsoft-365/administrators.ts'
import microsoft365 from '../../connectors/microsoft-365/index.ts'
import { Busy, Denied, Rejected, Secret } from '../../src/connector.ts'
import { cast } from '../../src/sandbox/company.ts'
import { everyRight } from '../../src/sandbox/microsoft-365/index.ts'
import { guid } from '../../src/sandbox/microsoft-365/tenant.ts'
import { certificate } from './microsoft-365-certificate.ts'
import { closeWorlds, group, leaverId, openWorld, user } from './microsoft-365-world.ts'

afterEach(closeWorlds)

const throttled = {
  status: 429,
  headers: { 'Retry-After': '7' },
  body: { error: { code: 'TooManyRequests', message: '' } },
}

describe('changes of one moment', () => {
  it('travel together', async () => {
    const world = await openWorld()
    await world.apply('groups', await world.find('groups'))
    const writes = world.server.calls.filter(({ asked }) => asked.host.startsWith('graph') && asked.method !== 'GET')
    expect(writes.map(({ asked }) => asked.path)).toEqual(['/v1.0/$batch'])
  })

  it('that are more than twenty travel in twenties', async () => {
    const world = await openWorld()
    for (let number = 100; number < 130; number++) {
      const vpn = group(world.tenant, 'VPN users')
      world.tenant.groups.push({ ...structuredClone(vpn), id: guid(2, number), displayName: `Group ${number}` })
    }
    await world.apply('groups', await world.find('groups'))
    const batches = world.server.calls.filter(({ asked }) => asked.path === '/v1.0/$batch')
    const sizes = batches.map(({ asked }) => (asked.body as { requests: unknown[] }).requests.length)
    expect(sizes).toEqual([20, 18])
    expect(await world.find('groups')).toEqual([])
  })

  it('of which one is throttled wait as long as it says, and nothing is done twice', async () => {
    const world = await openWorld()
    const findings = await world.find('groups')
    const held = findings[2]?.id ?? ''
    world.server.innerFaults.push({ when: ({ path }) => path.includes(held), as: throttled, times: 2 })
    await world.apply('groups', findings)
    expect(world.slept.filter((ms) => ms > 6000)).toHaveLength(2)
    expect(await world.find('groups')).toEqual([])
    const done = world.server.requests.filter((one) => one.method === 'DELETE' && one.status === 204)
    expect(done).toHaveLength(findings.length)
  })

  it('of which one is refused fail for that one alone', async () => {
    const world = await openWorld()
    const findings = await world.find('groups')
    group(world.tenant, 'VPN users').onPremisesSyncEnabled = true
    const refusal = await world.apply('groups', findings).catch((error: Error) => error)
    expect(refusal).toBeInstanceOf(Rejected)
    expect(String(refusal)).toContain('on-premises mastered')
    expect((await world.find('groups')).map((one) => one.label)).toEqual(['VPN users'])
  })

  it('to mail go one by one, since Exchange takes only four at once', async () => {
    const world = await openWorld()
    await world.apply('inbox-rules', await world.find('inbox-rules'))
    expect(world.server.calls.filter(({ asked }) => asked.path === '/v1.0/$batch')).toEqual([])
  })
})

describe('the trap of a forgotten /$ref', () => {
  it('would delete the user itself at Microsoft', async () => {
    // Not recorded: this is the very call that no recording may hold.
    const world = await openWorld({ traffic: '' })
    const bare = `/groups/${group(world.tenant, 'VPN users').id}/members/${leaverId}`
    const token = await world.client.token()
    const response = await fetch(`${world.server.url}/v1.0${bare}`, {
      method: 'DELETE',
      headers: { 'x-pretend-host': 'graph.microsoft.com', authorization: `Bearer ${token}` },
    })
    expect(response.status).toBe(204)
    expect(world.tenant.deletedUsers.map((one) => one.id)).toEqual([leaverId])
  })

  it('is never sent', async () => {
    const world = await openWorld()
    const bare = `/groups/${group(world.tenant, 'VPN users').id}/members/${leaverId}`
    await expect(world.client.remove(bare)).rejects.toThrow('would delete the object itself')
    for (const step of ['groups', 'owned-groups', 'licences', 'device-licences'])
      await world.apply(step, await world.find(step))
    const deletes = world.server.requests.filter(
      (one) => one.method === 'DELETE' && /\/(members|owners)\//.test(one.path),
    )
    expect(deletes.length).toBeGreaterThan(10)
    expect(deletes.every((one) => one.path.endsWith('/$ref'))).toBe(true)
    expect(user(world.tenant, cast.leaver).accountEnabled).toBe(true)
  })
})

describe('pages', () => {
  it('that lie with somebody else are not fetched, and our token stays here', async () => {
    const world = await openWorld()
    const page = { value: [], '@odata.nextLink': 'https://graph.microsoft.com.evil.example/v1.0/users?$skiptoken=x' }
    world.server.faults.push({ when: ({ path }) => path === '/v1.0/users', as: { status: 200, body: page } })
    await expect(world.locate(cast.leaver)).rejects.toThrow('foreign address: graph.microsoft.com.evil.example')
  })

  it('that are no lists are an error, never an empty list', async () => {
    const world = await openWorld()
    world.server.faults.push({ when: ({ path }) => path === '/v1.0/users', as: { status: 200, body: {} } })
    await expect(world.locate(cast.leaver)).rejects.toThrow('could not be read')
  })

  it('that are cut off are asked for again', async () => {
    const world = await openWorld()
    world.server.faults.push({ when: ({ path }) => path === '/v1.0/users', as: 'half' })
    expect(await world.locate(cast.leaver)).toHaveLength(1)
  })
})

describe('signing in', () => {
  const wrong: [what: string, changes: object, options: object, code: string][] = [
    ['a wrong secret', { clientSecret: new Secret('wrong') }, {}, 'AADSTS7000215|invalid_client'],
    ['an expired secret', {}, { secretExpired: true }, 'AADSTS7000222|invalid_client'],
    ['an unknown app', { clientId: guid(80, 9) }, {}, 'AADSTS700016|unauthorized_client'],
    ['an unknown tenant', { tenant: guid(80, 8) }, {}, 'AADSTS90002|invalid_request'],
  ]

  it.each(wrong)('with %s is denied, and says what to renew', async (_what, changes, options, code) => {
    const world = await openWorld(options, changes)
    const refusal = await world.locate(cast.leaver).catch((error: Error) => error)
    expect(refusal).toBeInstanceOf(Denied)
    expect(String(refusal)).toMatch(new RegExp(code))
    expect(String(refusal)).toContain(microsoft365.renew)
  })

  it('that cannot be reached is busy, not denied', async () => {
    const world = await openWorld()
    world.server.faults.push({ when: ({ host }) => host.startsWith('login'), as: 'reset', times: 99 })
    await expect(world.locate(cast.leaver)).rejects.toBeInstanceOf(Busy)
  })

  it('that was throttled is tried again', async () => {
    const world = await openWorld()
    world.server.faults.push({ when: ({ host }) => host.startsWith('login'), as: throttled })
    expect(await world.locate(cast.leaver)).toHaveLength(1)
    expect(world.slept.some((ms) => ms > 6000)).toBe(true)
  })

  it('happens once for many calls', async () => {
    const world = await openWorld()
    await Promise.all([world.locate(cast.leaver), world.locate(cast.manager), world.find('groups')])
    expect(world.server.calls.filter(({ asked }) => asked.path.endsWith('/oauth2/v2.0/token'))).toHaveLength(1)
  })

  it('works with a certificate, and not with one that is not registered', async () => {
    const [registered, other] = [certificate(), certificate()]
    const changes = (pem: string) => ({ clientSecret: undefined, certificate: new Secret(pem) })
    const world = await openWorld({ certificate: registered.certificate }, changes(registered.both))
    expect(await world.locate(cast.leaver)).toHaveLength(1)
    const form = world.server.calls.find(({ asked }) => asked.path.endsWith('/token'))?.asked.body
    expect(form).not.toHaveProperty('client_secret')
    const stranger = await openWorld({ certificate: registered.certificate }, changes(other.both))
    await expect(stranger.locate(cast.leaver)).rejects.toBeInstanceOf(Denied)
  })
})

describe('settings', () => {
  it('take a secret or a certificate, and not both or none', () => {
    const base = { tenant: 'example.com', clientId: 'app' }
    const secret = new Secret('x')
    expect(microsoft365.settings.safeParse({ ...base, clientSecret: secret }).success).toBe(true)
    expect(microsoft365.settings.safeParse({ ...base, certificate: secret }).success).toBe(true)
    expect(microsoft365.settings.safeParse({ ...base, clientSecret: secret, certificate: secret }).success).toBe(false)
    expect(microsoft365.settings.safeParse(base).success).toBe(false)
    expect(microsoft365.settings.safeParse({ ...base, clientSecret: 'literal' }).success).toBe(false)
  })

  it('of a sovereign cloud lead to its own addresses', async () => {
    const cloud = { graphUrl: 'https://graph.microsoft.us/', authority: 'https://login.microsoftonline.us' }
    const world = await openWorld({}, cloud)
    const refusal = await world.locate(cast.leaver).catch((error: Error) => error)
    expect(String(refusal)).toContain('login.microsoftonline.us')
  })
})

describe('check', () => {
  it('says who we are, and nothing is missing', async () => {
    const world = await openWorld({}, { deleteUsers: true })
    const health = await microsoft365.check(world.client)
    expect(health).toEqual({ as: 'Latchkey (00000050…) in Example Company', missing: [], warnings: [] })
  })

  it('warns of each right beyond those that are listed, and of those that the settings leave unused', async () => {
    const world = await openWorld({ rights: [...everyRight, 'Mail.ReadWrite', 'Directory.ReadWrite.All'] })
    const { missing, warnings } = await microsoft365.check(world.client)
    expect(missing).toEqual([])
    expect(warnings).toEqual([
      expect.stringMatching(
        /may more than Latchkey needs.*: User\.DeleteRestore\.All, Mail\.ReadWrite, Directory\.ReadWrite\.All\. IT removes them/,
      ),
    ])
  })

  it('warns of a directory role that the app holds for nothing', async () => {
    const world = await openWorld({}, { deleteUsers: true })
    const [own] = world.tenant.roleAssignments.slice(-1)
    if (own) world.tenant.roleAssignments.push({ ...own, id: 'more', roleDefinitionId: globalAdministrator })
    const { warnings } = await microsoft365.check(world.client)
    expect(warnings).toEqual([expect.stringMatching(/Global Administrator, which is more than Latchkey needs/)])
  })

  it('names each missing right, and where to grant it', async () => {
    const rights = everyRight.filter((right) => !['MailboxSettings.ReadWrite', 'Files.ReadWrite.All'].includes(right))
    const world = await openWorld({ rights })
    const { missing } = await microsoft365.check(world.client)
    expect(missing.map((one) => one.split(' ')[0])).toEqual(['MailboxSettings.ReadWrite', 'Files.ReadWrite.All'])
    expect(missing[0]).toContain('grant admin consent')
    const refusal = await world.find('auto-reply').catch((error: Error) => error)
    expect(refusal).toMatchObject({ status: 403, code: 'ErrorAccessDenied' })
  })

  it('takes a broader right for the narrower one, and leaves out what the settings switch off', async () => {
    const rights = ['Directory.ReadWrite.All', 'User-PasswordProfile.ReadWrite.All']
    const world = await openWorld({ rights }, { hideFromAddressLists: false })
    const { missing } = await microsoft365.check(world.client)
    const names = missing.map((one) => one.split(' ')[0])
    expect(names).not.toContain('User.EnableDisableAccount.All')
    expect(names).not.toContain('User.ReadWrite.All')
    expect(names).not.toContain('User.DeleteRestore.All')
    expect(names).toContain('UserAuthenticationMethod.ReadWrite.All')
  })

  it('tells what is missing even where nothing can be read', async () => {
    const world = await openWorld({ rights: [] })
    const { missing } = await microsoft365.check(world.client)
    expect(missing[0]).toContain('Directory.Read.All')
  })

  it('warns of a synced tenant, and of administrators that the app cannot block', async () => {
    const world = await openWorld({ privileged: false })
    world.tenant.organization.onPremisesSyncEnabled = true
    const { warnings } = await microsoft365.check(world.client)
    expect(warnings?.join(' ')).toContain('syncs from Active Directory')
    expect(warnings?.join(' ')).toContain('Privileged Authentication Administrator')
  })
})
