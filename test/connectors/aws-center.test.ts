import { afterEach, describe, expect, it } from 'vitest'
import aws from '../../connectors/aws/index.ts'
import type { Finding } from '../../src/connector.ts'
import { type CenterState, storeId } from '../../src/sandbox/aws/center-state.ts'
import { centerRefusal } from '../../src/sandbox/aws/index.ts'
import { cast } from '../../src/sandbox/company.ts'
import { type CenterWorld, closeCenters, effectiveAt, openCenter } from './aws-center-world.ts'
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

describe('groups', () => {
  it('are joined again, also where somebody else did so meanwhile', async () => {
    const world = await openCenter()
    const before = world.center.memberships.length
    const finding = await first(world, 'center-groups')
    await world.apply('center-groups', finding)
    await world.undo('center-groups', finding)
    await world.undo('center-groups', finding)
    expect(world.center.memberships).toHaveLength(before)
  })
})

describe('the access portal', () => {
  it('is a task, with the clicks, as long as the user is enabled', async () => {
    const world = await openCenter()
    const told = await world.manual('center-portal')
    expect(told.applies).toBe(true)
    expect(told.ask).toMatch(/IAM Identity Center > Users > jo\.miller.*Disable user access.*Active sessions/)
    userOf(world.center).disabled = true
    expect((await world.manual('center-portal')).applies).toBe(false)
    const [inIam] = (await aws.locate(world.client as never, leaver)).filter((one) => one.realm === main)
    expect((await world.manual('center-portal', inIam)).applies).toBe(false)
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
