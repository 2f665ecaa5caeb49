import { generateKeyPairSync } from 'node:crypto'
import { afterEach, describe, expect, it } from 'vitest'
import google from '../../connectors/google-workspace/index.ts'
import { scopesOf } from '../../connectors/google-workspace/scopes.ts'
import { Busy, Denied, Rejected, Secret } from '../../src/connector.ts'
import { administrator } from '../../src/sandbox/google-workspace/seed.ts'
import { openWorld, worlds } from './google-workspace-world.ts'

afterEach(async () => {
  for (const world of worlds.splice(0)) await world.close()
})

describe('what Google answers otherwise', () => {
  it('is waited out where it is 403 userRateLimitExceeded, and not taken for a refusal', async () => {
    const world = await openWorld()
    const body = {
      error: {
        code: 403,
        message: 'User Rate Limit Exceeded',
        errors: [{ domain: 'usageLimits', reason: 'userRateLimitExceeded' }],
      },
    }
    world.fault(/GET .*\/tokens$/, { status: 403, body }, 2)
    expect(await world.find('oauth-tokens')).toHaveLength(5)
    const [first] = await world.find('oauth-tokens')
    world.fault(/DELETE .*\/tokens\//, {
      status: 403,
      body: { error: { ...body.error, errors: [{ reason: 'quotaExceeded' }] } },
    })
    await world.apply('oauth-tokens', first!)
    expect(await world.find('oauth-tokens')).toHaveLength(4)
  })

  it('is a refusal with its reason where it is any other 403', async () => {
    const world = await openWorld({ disabledApis: ['Enterprise License Manager API'] })
    await expect(world.find('licences')).rejects.toThrow(/has not been used in project .*403 accessNotConfigured/)
    await expect(world.find('licences')).rejects.toBeInstanceOf(Rejected)
  })

  it('costs only its own steps where a scope is not delegated, and says where to add it', async () => {
    const world = await openWorld({ delegated: ['admin.directory.user', 'admin.directory.group'] })
    const error = await world.find('oauth-tokens').catch((one: unknown) => one)
    expect(error).toBeInstanceOf(Denied)
    expect((error as Denied).message).toContain('Domain-wide delegation')
    expect(await world.find('groups')).toHaveLength(7)
  })

  it('is a matter of the person, not of the credential, where the one to impersonate does not exist', async () => {
    const world = await openWorld()
    const gone = world.client.gmail('gone@example.com').users.settings.getImap({ userId: 'me' })
    await expect(gone).rejects.toThrow('Invalid email or User ID')
    await expect(gone).rejects.not.toMatchObject({ cause: expect.any(Denied) })
  })

  it('is no answer at all where it is a proxy’s page, an outage or half of one', async () => {
    const world = await openWorld()
    for (const as of ['html', 'half', 'reset', { status: 503, body: '' }] as const) {
      world.fault(/GET .*\/tokens$/, as, 10)
      await expect(world.find('oauth-tokens')).rejects.toBeInstanceOf(Busy)
      world.server.faults.length = 0
    }
  })

  it('is no empty list where something else could be the list, and one where nothing could', async () => {
    const world = await openWorld({}, { suspend: false })
    expect((await world.find('forwarding-filters')).length).toBeGreaterThan(0)
    world.fault(/GET .*\/settings\/filters$/, { status: 200, body: { value: { filter: [] } } })
    await expect(world.find('forwarding-filters')).rejects.toBeInstanceOf(Rejected)
    for (const body of [{}, { resultSizeEstimate: 0, etag: '"new"' }]) {
      world.fault(/GET .*\/settings\/filters$/, { status: 200, body })
      expect(await world.find('forwarding-filters')).toEqual([])
    }
  })

  it('is not understood where a filter names an address in a way that nobody here knows: it might send mail there', async () => {
    const world = await openWorld({}, { suspend: false })
    const filter = [{ id: 'f1', action: { redirectTo: 'jo@home.example.org' } }]
    world.fault(/GET .*\/settings\/filters$/, { status: 200, body: { filter } })
    await expect(world.find('forwarding-filters')).rejects.toThrow('could not be understood')
  })

  it('is no word on licences where the person has no customer', async () => {
    const world = await openWorld()
    const { id: userKey } = await world.account()
    const { data } = await world.client.directory('users').users.get({ userKey, projection: 'full' })
    const { customerId: _, ...body } = data
    world.fault(/GET .*\/users\/\d+$/, { status: 200, body })
    await expect(world.find('licences')).rejects.toThrow('nothing is known of their licences')
  })

  it('is told in plain words where the library stumbles over it', async () => {
    const world = await openWorld()
    const body = `{"access_token":"x","expires_in":${'['.repeat(20_000)}${']'.repeat(20_000)}}`
    world.fault(/POST .*\/token$/, { status: 200, body, headers: { 'content-type': 'application/json' } })
    await expect(world.find('oauth-tokens')).rejects.toThrow('its answer could not be understood')
  })

  it('is busy in the end where the limit stays exceeded', async () => {
    const world = await openWorld({ perMinute: 8 })
    const asks = () => Promise.all([world.find('groups'), world.find('admin-roles')])
    await expect(asks()).rejects.toBeInstanceOf(Busy)
    await expect(asks()).rejects.toThrow('userRateLimitExceeded')
  })

  it('is no to a key that is not the service account’s', async () => {
    const world = await openWorld()
    const key = JSON.parse(world.server.settings.credentials.reveal()) as object
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
    const forged = { ...key, private_key: privateKey.export({ type: 'pkcs8', format: 'pem' }) }
    const other = await openWorld({}, { credentials: new Secret(JSON.stringify(forged)) }).catch((one: unknown) => one)
    expect(other).toBeInstanceOf(Denied)
    expect((other as Denied).message).toContain('invalid_grant')
  })

  it('is asked for a token once, however many ask together, and never again by the library', async () => {
    const world = await openWorld()
    const before = world.asked(/POST \/token/)
    await Promise.all([world.find('oauth-tokens'), world.find('app-passwords'), world.find('backup-codes')])
    expect(world.asked(/POST \/token/)).toBe(before + 1)
    const other = await openWorld()
    other.fault(/POST \/token/, { status: 500, body: { error: 'internal_failure' } }, 100)
    const asked = other.asked(/POST \/token/)
    await expect(other.find('oauth-tokens')).rejects.toBeInstanceOf(Busy)
    // The gate's own six tries and no more.
    expect(other.asked(/POST \/token/) - asked).toBe(6)
  })
})

describe('doctor', () => {
  it('says whom Latchkey acts as, where nothing is missing', async () => {
    const world = await openWorld()
    expect(await google.check(world.client)).toEqual({
      as: `latchkey@example-project.iam.gserviceaccount.com acting as ${administrator}`,
      missing: [],
      warnings: [],
    })
  })

  it('warns of a scope far beyond those that are listed', async () => {
    const delegated = [...google.rights.map((one) => one.name.split('/auth/')[1]!), 'drive', 'calendar']
    const { missing, warnings } = await google.check((await openWorld({ delegated })).client)
    expect(missing).toEqual([])
    expect(warnings).toEqual([
      expect.stringMatching(
        /more than Latchkey needs: \S+auth\/drive, \S+auth\/calendar\. IT removes what is not listed, in/,
      ),
    ])
  })

  it('names each scope that is missing, and the client to add it to', async () => {
    const delegated = google.rights
      .map((one) => one.name.split('/auth/')[1]!)
      .filter((one) => !/licensing|gmail.settings.sharing/.test(one))
    const { missing } = await google.check((await openWorld({ delegated })).client)
    expect(missing.map((one) => one.split(' ')[0])).toEqual([
      'https://www.googleapis.com/auth/apps.licensing',
      'https://www.googleapis.com/auth/gmail.settings.basic',
      'https://www.googleapis.com/auth/gmail.settings.sharing',
    ])
    expect(missing[0]).toContain('client 104857600000000000001')
  })

  it('names an API that is not enabled, and a part that the settings leave out is not asked for', async () => {
    const options = { disabledApis: ['Enterprise License Manager API'] }
    const { missing } = await google.check((await openWorld(options)).client)
    expect(missing).toEqual([expect.stringContaining('accessNotConfigured')])
    const without = await openWorld(options, { without: ['chrome'], licences: [] })
    expect((await google.check(without.client)).missing).toEqual([])
  })

  it('says where to renew where nothing at all is granted', async () => {
    const world = await openWorld()
    world.fault(
      /POST \/token/,
      { status: 400, body: { error: 'invalid_grant', error_description: 'Invalid JWT Signature.' } },
      100,
    )
    await expect(google.check(world.client)).rejects.toThrow(google.renew)
  })
})

describe('the settings', () => {
  it('refuse a key file that is none without quoting it', async () => {
    const secret = 'PRIVATE-STUFF'
    for (const text of [
      `{"private_key": "${secret}"`,
      JSON.stringify({ type: 'service_account', private_key: secret }),
    ]) {
      const settings = google.settings.parse({ credentials: new Secret(text), subject: administrator })
      const error = await Promise.resolve()
        .then(() => google.connect(settings, undefined as never))
        .catch((one: unknown) => one)
      expect(String(error)).toMatch(/credentials is/)
      expect(String(error)).not.toContain(secret)
    }
  })

  it('ask for no scope that is not declared as a right', () => {
    const declared = google.rights.map((one) => one.name)
    expect(Object.values(scopesOf).flat().toSorted()).toEqual(declared.toSorted())
  })
})
