import { afterEach, describe, expect, it } from 'vitest'
import aws from '../../connectors/aws/index.ts'
import { Secret } from '../../src/connector.ts'
import { awsRefusal } from '../../src/sandbox/aws/index.ts'
import { cast } from '../../src/sandbox/company.ts'
import { closeWorlds, leaver, leaverOf, main, onlyFinding, openWorld, second } from './aws-world.ts'

afterEach(closeWorlds)

describe('being let in', () => {
  it('names the account whose role may not be assumed', async () => {
    const world = await openWorld({
      seed: (state) => {
        const role = state.accounts[second]?.roles[0]
        if (role) role.externalId = 'another'
      },
    })
    await expect(aws.locate(world.client, leaver)).rejects.toMatchObject({
      name: 'Denied',
      message: expect.stringMatching(
        /account 444455556666: the role arn:aws:iam::444455556666:role\/Latchkey could not/,
      ),
    })
  })

  it('asks for one session an account, however many calls there are', async () => {
    const world = await openWorld({ pageSize: 1 })
    const account = await world.account()
    await Promise.all(aws.steps.map((step) => world.find(step.id, account)))
    expect(world.actions().filter((one) => one === 'AssumeRole')).toHaveLength(2)
    expect(world.actions().filter((one) => one === 'GetCallerIdentity')).toHaveLength(1)
  })

  it('never asks IAM about a user without naming one', async () => {
    const world = await openWorld()
    const account = await world.account()
    for (const step of aws.steps)
      for (const finding of await world.find(step.id, account)) await world.apply(step.id, account, finding)
    const nameless = new Set(['ListUsers', 'GetAccountAuthorizationDetails', 'GetAccessKeyLastUsed'])
    for (const one of ['ListVirtualMFADevices', 'DeleteVirtualMFADevice', 'AssumeRole', 'GetCallerIdentity'])
      nameless.add(one)
    const forms = world.server.calls.map((call) => call.asked.body as Record<string, string>)
    const lacking = forms.filter((form) => !form.UserName && !nameless.has(form.Action ?? ''))
    expect(lacking).toEqual([])
  })

  it('refuses to act in another account than the settings name', async () => {
    const world = await openWorld({}, { accounts: [{ id: second }] })
    await expect(aws.locate(world.client, leaver)).rejects.toThrow(
      /belong to account 111122223333, not to 444455556666/,
    )
  })

  it('acts with its own credentials where the settings name no role', async () => {
    const world = await openWorld({}, { accounts: [{ id: main }] })
    expect(await world.account(main, leaverOf(cast.it))).toMatchObject({ label: 'ivo.novak' })
    expect(world.actions()).not.toContain('AssumeRole')
  })

  it('says that the key is refused where its secret is wrong', async () => {
    const wrong = { accessKeyId: new Secret('AKIALATCHKEYSIGNSIN0'), secretAccessKey: new Secret('not-the-one') }
    const world = await openWorld({}, { credentials: wrong })
    await expect(aws.locate(world.client, leaver)).rejects.toMatchObject({
      name: 'Denied',
      message: expect.stringContaining(aws.renew),
    })
  })

  it('signs again what waited until its signature ran out', async () => {
    const world = await openWorld()
    const account = await world.account()
    const finding = await onlyFinding(world, 'deny-all', account)
    const stale =
      'Signature expired: 20261103T090000Z is now earlier than 20261103T090500Z (20261103T092000Z - 15 min.)'
    world.fault('PutUserPolicy', awsRefusal(403, 'SignatureDoesNotMatch', stale))
    await world.apply('deny-all', account, finding)
    expect((await onlyFinding(world, 'deny-all', account)).state).toBe('done')
  })

  it.each([
    [400, 'Throttling', 'Rate exceeded'],
    [
      409,
      'EntityTemporarilyUnmodifiable',
      'Login Profile for User jo.miller cannot be modified while login profile is being created.',
    ],
    [409, 'ConcurrentModification', 'Try again.'],
  ])('waits out %i %s', async (status, code, message) => {
    const world = await openWorld()
    const account = await world.account()
    const finding = await onlyFinding(world, 'console-password', account)
    world.fault('DeleteLoginProfile', awsRefusal(status, code, message), 2)
    await world.apply('console-password', account, finding)
    expect(await world.find('console-password', account)).toEqual([])
  })
})

describe('the doctor', () => {
  it('names each right that is missing, the account, and where to grant it', async () => {
    const lacks = ['iam:DeleteLoginProfile', 'iam:RemoveUserFromGroup']
    const world = await openWorld({ seed: (state) => state.accounts[second]?.roles[0]?.lacks.push(...lacks) })
    const health = await aws.check(world.client)
    expect(health.missing).toHaveLength(2)
    for (const right of lacks)
      expect(health.missing).toContainEqual(
        expect.stringMatching(new RegExp(`444455556666: ${right} is missing.*role/Latchkey in IAM`)),
      )
    expect(health.as).toContain('user/latchkey')
  })

  it('says so where the simulator may not be asked, and tries what it can', async () => {
    const lacks = ['iam:SimulatePrincipalPolicy', 'iam:ListUsers']
    const world = await openWorld({ seed: (state) => state.accounts[main]?.roles[0]?.lacks.push(...lacks) })
    const health = await aws.check(world.client)
    expect(health.missing).toEqual([expect.stringContaining('iam:ListUsers is missing')])
    expect(health.warnings).toEqual([expect.stringContaining('IT allows iam:SimulatePrincipalPolicy')])
  })

  it('warns of a role that may do more than is listed, and of a principal that may assume any role', async () => {
    const world = await openWorld({
      seed: (state) => {
        state.accounts[second]?.roles[0]?.may.push('iam:Create*', 's3:*')
        const own = state.accounts[main]?.users.find((user) => user.name === 'latchkey')
        own?.may?.push('sts:AssumeRole')
      },
    })
    const { missing, warnings } = await aws.check(world.client)
    expect(missing).toEqual([])
    expect(warnings).toEqual([
      expect.stringMatching(/account 111122223333: .*user\/latchkey may more .*: sts:AssumeRole\. IT takes it away/),
      expect.stringMatching(
        /444455556666: .*role\/Latchkey may more .*: iam:CreateUser, iam:CreateAccessKey, .*, s3:GetObject\. IT/,
      ),
    ])
  })

  it('warns of nothing where the rights are the listed ones', async () => {
    const world = await openWorld()
    expect(await aws.check(world.client)).toMatchObject({ missing: [], warnings: [] })
  })

  it('names an account that it cannot enter, and still reports on the others', async () => {
    const world = await openWorld({
      seed: (state) => {
        state.accounts[second]?.roles.splice(0)
        state.accounts[main]?.roles[0]?.lacks.push('iam:DeleteUser')
      },
    })
    const { missing } = await aws.check(world.client)
    expect(missing).toEqual([
      expect.stringContaining('iam:DeleteUser is missing'),
      expect.stringContaining('account 444455556666: the role'),
    ])
  })
})

describe('the settings', () => {
  const parse = (changes: object) => aws.settings.safeParse({ accounts: [{ id: main, role: 'Latchkey' }], ...changes })

  it('look for the tag "email" when they say nothing else', () => {
    expect(parse({}).data).toMatchObject({ match: { by: 'email-tag', tag: 'email' }, region: 'us-east-1' })
  })

  it.each([
    ['an account id that is no twelve digits', { accounts: [{ id: '1234' }] }],
    ['the same account twice', { accounts: [{ id: main }, { id: main, role: 'Latchkey' }] }],
    ['a role of another account', { accounts: [{ id: main, role: `arn:aws:iam::${second}:role/Latchkey` }] }],
    ['a secret that is written out', { credentials: { accessKeyId: 'AKIA1', secretAccessKey: 'x' } }],
    ['a local part without its domain', { match: { by: 'local-part' } }],
    ['a setting that does not exist', { acounts: [] }],
  ])('refuse %s', (_what, changes) => {
    expect(parse(changes).success).toBe(false)
  })
})
