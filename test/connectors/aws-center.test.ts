import { afterEach, describe, expect, it } from 'vitest'
import aws from '../../connectors/aws/index.ts'
import type { Finding } from '../../src/connector.ts'
import { type CenterState, storeId } from '../../src/sandbox/aws/center-state.ts'
import { centerRefusal } from '../../src/sandbox/aws/index.ts'
import { cast } from '../../src/sandbox/company.ts'
import { type CenterWorld, closeCenters, effectiveAt, openCenter, sharedRole } from './aws-center-world.ts'
import { leaver, main } from './aws-world.ts'

afterEach(closeCenters)

function userOf(center: CenterState, email: string = cast.leaver) {
  const user = center.users.find((one) => one.emails.includes(email))
  if (!user) throw new Error(`nobody has ${email}`)
  return user
}

async function first(world: CenterWorld, step: string): Promise<Finding> {
  const [finding] = await world.find(step)
  if (!finding) throw new Error(`${step} found nothing`)
  return finding
}

describe('the settings', () => {
  const one = { accounts: [{ id: main }] }

  it('add no step for Identity Center where none is named', () => {
    expect(aws.configured?.(aws.settings.parse(one)).steps).toEqual(aws.steps)
  })

  it('delete the user only where they say so', () => {
    const parsed = aws.settings.parse({ ...one, identityCenter: { account: main } })
    const ids = aws.configured?.(parsed).steps?.map((step) => step.id)
    expect(ids).toContain('center-assignments')
    expect(ids).not.toContain('center-delete-user')
  })

  it('name the account of Identity Center among the accounts', () => {
    const read = aws.settings.safeParse({ ...one, identityCenter: { account: '999988887777' } })
    expect(read.error?.issues[0]).toMatchObject({
      path: ['identityCenter', 'account'],
      message: 'is not among `accounts`',
    })
  })
})

describe('whose Identity Center user it is', () => {
  it('is told by any of its addresses, on a later page too, and its realm is the identity store', async () => {
    const world = await openCenter({
      pageSize: 7,
      seed: ({ center }) => {
        const user = userOf(center as CenterState)
        user.userName = 'jm'
        user.emails = ['private@mail.test', 'Jo.Miller@Example.com']
        center?.users.push(...(center.users.splice(center.users.indexOf(user), 1) ?? []))
      },
    })
    expect(await world.account()).toMatchObject({
      realm: storeId,
      id: userOf(world.center, 'Jo.Miller@Example.com').id,
      label: 'jm',
    })
  })

  it('is left to people where two users have the address', async () => {
    const world = await openCenter({
      seed: ({ center }) =>
        void center?.users.push({ ...userOf(center), id: '9067a1b2c3-other', emails: [], userName: cast.leaver }),
    })
    const found = await aws.locate(world.client as never, leaver)
    expect(found.filter((one) => one.realm === storeId)).toHaveLength(2)
  })

  it('does not read "there is no such identity store" as "there is no such user"', async () => {
    const world = await openCenter()
    const account = await world.account()
    world.center.storeId = 'd-0000000000'
    await expect(world.find('center-groups', account)).rejects.toMatchObject({
      code: 'ResourceNotFound/IDENTITY_STORE',
    })
  })

  it('is protected, and refused when looked at and when ordered, where Latchkey signs in as it', async () => {
    const world = await openCenter()
    const id = `<UserId>AROAEXAMPLE:${cast.leaver}</UserId><Account>${main}</Account>`
    const arn = `<Arn>arn:aws:sts::${main}:assumed-role/AWSReservedSSO_Admin_0f/${cast.leaver}</Arn>`
    const body = `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>${arn}${id}</GetCallerIdentityResult></GetCallerIdentityResponse>`
    const isAsked = ({ body: form }: { body: unknown }) => (form as { Action?: string })?.Action === 'GetCallerIdentity'
    world.server.faults.push({ when: isAsked, as: { status: 200, body, headers: { 'content-type': 'text/xml' } } })
    expect((await world.account()).protected).toMatch(/Latchkey itself signs in/)
    const finding = await first(world, 'center-assignments')
    expect(finding.state).toBe('blocked')
    await expect(world.apply('center-assignments', finding)).rejects.toThrow(/nothing was done/)
  })

  it('holds nothing any more once the user is deleted, and an order touches nothing', async () => {
    const world = await openCenter()
    const account = await world.account()
    const finding = await first(world, 'center-assignments')
    world.center.users = world.center.users.filter((one) => one.id !== account.id)
    expect(await world.find('center-assignments', account)).toEqual([])
    await world.apply('center-assignments', finding, account)
    expect(world.operations()).not.toContain('DeleteAccountAssignment')
  })
})

describe('assignments', () => {
  it("are the user's own: a group's go with the group", async () => {
    const world = await openCenter({ pageSize: 1 })
    const labels = (await world.find('center-assignments')).map((one) => one.label)
    expect(labels.sort()).toEqual([`ReadOnly in ${main}`, 'ReadOnly in 444455556666', `SalesData in ${main}`])
  })

  it('are pending while AWS works on them, also where its answer was lost, and gone once it has', async () => {
    let now = Date.now()
    const world = await openCenter({ jobMs: 60_000, now: () => now })
    const finding = await first(world, 'center-assignments')
    const receipt = await world.apply('center-assignments', finding)
    expect(receipt).toEqual({ request: expect.any(String) })
    const again = async () => (await world.find('center-assignments')).find((one) => one.id === finding.id)
    expect(await again()).toMatchObject({ state: 'pending' })
    now += 61_000
    expect(await again()).toBeUndefined()
  })

  it('are still open, with the reason, where AWS could not take them away', async () => {
    const world = await openCenter()
    const finding = await first(world, 'center-assignments')
    const receipt = (await world.apply('center-assignments', finding)) as { request: string }
    const job = world.center.jobs[0]
    if (job) job.failing = 'the role is in use'
    const applied = { [finding.id]: { intentAt: effectiveAt.toISOString(), receipt } }
    const [found] = await world.find('center-assignments', undefined, applied)
    expect(found).toMatchObject({ state: 'open', fact: expect.stringContaining('the role is in use') })
  })

  it('wait where AWS does something else to the same thing', async () => {
    const world = await openCenter()
    const finding = await first(world, 'center-assignments')
    world.fault('DeleteAccountAssignment', centerRefusal('ConflictException', 'a conflicting operation is in process'))
    await world.apply('center-assignments', finding)
    expect(world.operations().filter((one) => one === 'DeleteAccountAssignment')).toHaveLength(2)
  })

  it('are given back', async () => {
    const world = await openCenter()
    const before = world.center.assignments.length
    const finding = await first(world, 'center-assignments')
    await world.apply('center-assignments', finding)
    await world.find('center-assignments')
    expect(world.center.assignments).toHaveLength(before - 1)
    await world.undo('center-assignments', finding)
    expect(world.center.assignments).toHaveLength(before)
  })
})

describe('a user that another directory provisions', () => {
  const seed = ({ center }: { center?: CenterState }) => {
    userOf(center as CenterState).external = { Issuer: 'https://idp.example.com', Id: '42' }
  }

  it('is not deleted, neither when looked at nor when ordered', async () => {
    const world = await openCenter({ seed })
    const finding = await first(world, 'center-delete-user')
    expect(finding).toMatchObject({ state: 'blocked', fact: expect.stringContaining('https://idp.example.com') })
    await expect(world.apply('center-delete-user', finding)).rejects.toThrow(/was not deleted/)
    expect(userOf(world.center)).toBeDefined()
  })

  it('leaves its groups, with a word that the directory gives them back', async () => {
    const world = await openCenter({ seed })
    expect((await first(world, 'center-groups')).fact).toMatch(/https:\/\/idp.example.com provisions this user/)
  })
})

describe('sessions from permission sets', () => {
  const policyOf = (world: CenterWorld, name: string) =>
    world.center.permissionSets.find((one) => one.name === name)?.inline ?? ''

  it('are denied for this user alone, beside what the policy says already, and also through groups', async () => {
    const world = await openCenter()
    const findings = await world.find('center-sessions')
    expect(findings.map((one) => one.label).sort()).toEqual(['ReadOnly', 'Reports', 'SalesData'])
    for (const finding of findings) await world.apply('center-sessions', finding)
    expect((await world.find('center-sessions')).map((one) => one.state)).toEqual(['done', 'done', 'done'])
    const [allow, deny] = JSON.parse(policyOf(world, 'SalesData')).Statement
    expect(allow).toMatchObject({ Effect: 'Allow', Action: 's3:*' })
    expect(deny.Condition.StringEquals).toEqual({ 'identitystore:UserId': userOf(world.center).id })
    expect(new Date(deny.Condition.DateLessThan['aws:TokenIssueTime']).getTime()).toBeGreaterThan(Date.now())
    expect(policyOf(world, 'Administrators')).toBe('')
  })

  it('count as open again where somebody softened the denial', async () => {
    const world = await openCenter()
    const finding = await first(world, 'center-sessions')
    await world.apply('center-sessions', finding)
    const set = world.center.permissionSets.find((one) => one.arn === finding.id)
    if (set) set.inline = set.inline.replace('"Action":"*"', '"Action":"s3:*"')
    expect((await first(world, 'center-sessions')).state).toBe('open')
  })

  it('are pending until the denial has reached every account', async () => {
    const world = await openCenter({ jobMs: 60_000 })
    const finding = await first(world, 'center-sessions')
    const receipt = (await world.apply('center-sessions', finding)) as { request: string }
    const applied = { [finding.id]: { intentAt: effectiveAt.toISOString(), receipt } }
    expect((await world.find('center-sessions', undefined, applied))[0]).toMatchObject({ state: 'pending' })
  })

  it('are read back in a permission set that is not assigned any more', async () => {
    const world = await openCenter()
    const finding = await first(world, 'center-sessions')
    await world.apply('center-sessions', finding)
    world.center.assignments = []
    const applied = { [finding.id]: { intentAt: effectiveAt.toISOString() } }
    expect(await world.find('center-sessions', undefined, applied)).toMatchObject([{ id: finding.id, state: 'done' }])
  })

  it('may go on again: the denial goes, and what was there before stays', async () => {
    const world = await openCenter()
    const finding = (await world.find('center-sessions')).find((one) => one.label === 'SalesData') as Finding
    await world.apply('center-sessions', finding)
    await world.undo('center-sessions', finding)
    expect(JSON.parse(policyOf(world, 'SalesData')).Statement).toEqual([
      { Effect: 'Allow', Action: 's3:*', Resource: '*' },
    ])
  })
})

describe('sessions of shared roles', () => {
  const documentIn = (world: CenterWorld) =>
    Object.values(world.server.world.truth().accounts[main]?.roles.find((one) => one.name === sharedRole)?.inline ?? {})

  it("are denied by source identity and by the session's name", async () => {
    const world = await openCenter()
    await world.apply('role-sessions', await first(world, 'role-sessions'))
    expect(await first(world, 'role-sessions')).toMatchObject({ state: 'done' })
    const [bySource, byName] = JSON.parse(documentIn(world)[0] ?? '').Statement
    expect(bySource.Condition.StringEqualsIgnoreCase['aws:SourceIdentity']).toContain(cast.leaver)
    expect(byName.Condition.StringLike['aws:userid']).toEqual([`*:${cast.leaver}`])
    await world.undo('role-sessions', await first(world, 'role-sessions'))
    expect(documentIn(world)).toEqual([])
  })

  it('are blocked where the account has no such role', async () => {
    const seed = ({ accounts }: { accounts: Record<string, { roles: { name: string }[] }> }) =>
      void accounts[main]?.roles.pop()
    const world = await openCenter({ seed })
    expect(await first(world, 'role-sessions')).toMatchObject({ state: 'blocked' })
  })

  it('are never denied for a name that would mean others too', async () => {
    const world = await openCenter()
    const account = { ...(await world.account()), label: '*' }
    await world.apply('role-sessions', await first(world, 'role-sessions'), account)
    const [bySource] = JSON.parse(documentIn(world)[0] ?? '').Statement
    expect(bySource.Condition.StringEqualsIgnoreCase['aws:SourceIdentity']).toEqual([cast.leaver])
  })
})

describe("a service's keys", () => {
  it('are a task to rotate where its tag names the leaver, by name and with their last use', async () => {
    const world = await openCenter({
      seed: ({ accounts }) => {
        const bot = accounts['444455556666']?.users.find((user) => user.name === 'lena.fischer')
        bot?.tags.push({ key: 'Owner', value: 'JO.Miller@example.com' })
      },
    })
    const accounts = await aws.locate(world.client as never, leaver)
    const told = await Promise.all(accounts.map((account) => world.manual('service-keys', account)))
    expect(told.map((one) => one.applies)).toEqual([false, true, false])
    expect(told[1]?.ask).toMatch(/lena.fischer in 444455556666: access key AKIA….* Active, never used/)
  })
})

describe('check', () => {
  it('says which right on Identity Center or on a shared role is missing', async () => {
    const world = await openCenter({
      seed: ({ accounts }) => accounts[main]?.roles[0]?.lacks.push('sso:DeleteAccountAssignment', 'iam:PutRolePolicy'),
    })
    const { missing } = await world.connector.check(world.client)
    expect(missing).toEqual([
      expect.stringMatching(/iam:PutRolePolicy is missing on arn:aws:iam::111122223333:role\/Analysts/),
      expect.stringMatching(/sso:DeleteAccountAssignment is missing, for taking permission sets back/),
    ])
  })

  it('says what is wrong where the account shows no Identity Center', async () => {
    const world = await openCenter(
      {},
      { identityCenter: { account: main, instanceArn: 'arn:aws:sso:::instance/other' } },
    )
    expect((await world.connector.check(world.client)).missing).toEqual([
      expect.stringMatching(/IT names the one that is meant/),
    ])
  })
})
