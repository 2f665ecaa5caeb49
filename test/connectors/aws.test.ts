import { afterEach, describe, expect, it } from 'vitest'
import aws from '../../connectors/aws/index.ts'
import type { Finding } from '../../src/connector.ts'
import { awsRefusal } from '../../src/sandbox/aws/index.ts'
import type { AwsState } from '../../src/sandbox/aws/state.ts'
import { cast } from '../../src/sandbox/company.ts'
import { closeWorlds, leaver, leaversUser, main, onlyFinding, openWorld, second } from './aws-world.ts'

afterEach(closeWorlds)

describe('whose user it is', () => {
  it('is told by the e-mail tag in every account, also on a later page', async () => {
    const world = await openWorld({ pageSize: 1 })
    const accounts = await aws.locate(world.client, leaver)
    expect(accounts.map(({ realm, label }) => [realm, label])).toEqual([
      [main, 'jo.miller'],
      [second, 'jo.miller'],
    ])
    expect(accounts[0]?.id).toBe(world.user(main, 'jo.miller').id)
  })

  it('holds what stands on later pages too', async () => {
    const world = await openWorld({ pageSize: 1 })
    const groups = await world.find('groups', await world.account())
    expect(groups.map((one) => one.label)).toEqual(['Billing', 'ReadOnly', 'Sales-Data'])
  })

  it('is told without regard to the case of the address or of the tag', async () => {
    const world = await openWorld({
      seed: (state) => {
        leaversUser(state).tags = [{ key: 'Email', value: 'Jo.Miller@Example.com' }]
      },
    })
    expect(await world.account()).toMatchObject({ label: 'jo.miller' })
  })

  it('is left to people where two users carry the tag', async () => {
    const world = await openWorld({
      seed: (state) =>
        state.accounts[main]?.users.push({ ...leaversUser(state), id: 'AIDAJOSOLDUSER0000001', name: 'jo-old' }),
    })
    const found = await aws.locate(world.client, leaver)
    expect(found.filter((one) => one.realm === main).map((one) => one.label)).toEqual(['jo.miller', 'jo-old'])
  })

  it('is told by the user name where the settings say so, and never by one that merely begins alike', async () => {
    const seed = (state: AwsState) => {
      leaversUser(state).name = 'Jo.Miller@example.com'
      const namesake = state.accounts[main]?.users.find((one) => one.name === 'jo.millar')
      if (namesake) namesake.name = 'jo.miller@example.com.au'
    }
    const world = await openWorld({ seed }, { match: { by: 'user-name' } })
    const found = await aws.locate(world.client, leaver)
    expect(found.map((one) => [one.realm, one.label])).toEqual([[main, 'Jo.Miller@example.com']])
  })

  it('is told by the part before the @ only for addresses of the domain that the settings name', async () => {
    const world = await openWorld({}, { match: { by: 'local-part', domain: 'example.com' } })
    const withPrivate = { ...leaver, emails: ['lena.fischer@mail.test', cast.leaver] }
    const found = await aws.locate(world.client, withPrivate)
    expect(found.map((one) => one.label)).toEqual(['jo.miller', 'jo.miller'])
  })
})

describe('a name that means somebody else by now', () => {
  it('is not acted on: what it holds is not found, and an order touches nothing', async () => {
    const world = await openWorld()
    const account = await world.account()
    const key = (await world.find('access-keys', account))[0] as Finding
    world.user(main, 'jo.miller').id = 'AIDASOMEBODYNEW000001'
    const before = structuredClone(world.state)
    for (const step of aws.steps) expect(await world.find(step.id, account)).toEqual([])
    await world.apply('access-keys', account, key)
    await world.apply('delete-user', account, { id: account.id, label: 'jo.miller', state: 'open', fact: '' })
    expect(world.state).toEqual(before)
  })

  it('is followed where the same user was given a new name', async () => {
    const world = await openWorld({ pageSize: 2 })
    const account = await world.account()
    world.user(main, 'jo.miller').name = 'jo.left'
    const [policy] = await world.find('deny-all', account)
    await world.apply('deny-all', account, policy as Finding)
    expect(Object.keys(world.user(main, 'jo.left').inline)).toContain('LatchkeyDenyAll')
  })
})

describe("Latchkey's own user", () => {
  const tagged = (state: AwsState) => {
    leaversUser(state).tags = []
    const own = state.accounts[main]?.users.find((one) => one.name === 'latchkey')
    if (own) own.tags = [{ key: 'email', value: cast.leaver }]
  }

  it('is marked as protected, and whatever it holds is blocked', async () => {
    const world = await openWorld({ seed: tagged })
    const account = await world.account()
    expect(account.protected).toMatch(/Latchkey itself signs in/)
    expect((await onlyFinding(world, 'deny-all', account)).state).toBe('blocked')
    expect((await world.find('access-keys', account)).map((one) => one.state)).toEqual(['blocked'])
  })

  it('is refused again at the moment of acting', async () => {
    const world = await openWorld({ seed: tagged })
    const account = await world.account()
    const before = structuredClone(world.state)
    const finding = await onlyFinding(world, 'delete-user', account)
    await expect(world.apply('delete-user', account, finding)).rejects.toThrow(/Latchkey itself signs in as; nothing/)
    expect(world.state).toEqual(before)
  })
})

describe('taking access away', () => {
  it('counts a denial that somebody softened as still to be done', async () => {
    const world = await openWorld()
    const account = await world.account()
    await world.apply('deny-all', account, await onlyFinding(world, 'deny-all', account))
    expect((await onlyFinding(world, 'deny-all', account)).state).toBe('done')
    const { inline } = world.user(main, 'jo.miller')
    const condition = { IpAddress: { 'aws:SourceIp': '192.0.2.0/24' } }
    inline.LatchkeyDenyAll = JSON.stringify({
      Statement: { Effect: 'Deny', Action: '*', Resource: '*', Condition: condition },
    })
    expect((await onlyFinding(world, 'deny-all', account)).state).toBe('open')
  })

  it('keeps the denial when the other inline policies go', async () => {
    const world = await openWorld()
    const account = await world.account()
    await world.apply('deny-all', account, await onlyFinding(world, 'deny-all', account))
    for (const finding of await world.find('inline-policies', account))
      await world.apply('inline-policies', account, finding)
    expect(Object.keys(world.user(main, 'jo.miller').inline)).toEqual(['LatchkeyDenyAll'])
  })

  it('finds the virtual MFA device again that a crash left between deactivating and deleting', async () => {
    const world = await openWorld()
    const account = await world.account()
    const device = (await world.find('mfa-devices', account))[0] as Finding
    world.fault('DeleteVirtualMFADevice', awsRefusal(403, 'AccessDenied', 'not yet'))
    await expect(world.apply('mfa-devices', account, device)).rejects.toThrow(/not yet/)
    const applied = { [device.id]: { intentAt: '2026-11-03T09:00:00.000Z' } }
    const again = await world.find('mfa-devices', account, applied)
    expect(again.map((one) => one.id)).toContain(device.id)
    await world.apply('mfa-devices', account, device)
    expect((await world.find('mfa-devices', account, applied)).map((one) => one.id)).not.toContain(device.id)
    expect(world.state.accounts[main]?.virtualDevices).not.toContain(device.id)
  })

  it("leaves other people's unassigned MFA devices alone", async () => {
    const stray = `arn:aws:iam::${main}:mfa/stray`
    const world = await openWorld({ seed: (state) => state.accounts[main]?.virtualDevices.push(stray) })
    const found = await world.find('mfa-devices', await world.account())
    expect(found.map((one) => one.id)).not.toContain(stray)
  })

  it('does not read "there is no such user" as "the user has no password"', async () => {
    const world = await openWorld()
    const account = await world.account()
    const gone = awsRefusal(404, 'NoSuchEntity', 'The user with name jo.miller cannot be found.')
    world.fault('GetLoginProfile', gone)
    await expect(world.find('console-password', account)).rejects.toThrow(/jo.miller cannot be found/)
  })

  it("does not read a stranger's answer as an empty list", async () => {
    const world = await openWorld()
    const account = await world.account()
    world.fault('ListAccessKeys', { status: 200, body: '<ok/>', headers: { 'content-type': 'text/xml' } }, 9)
    await expect(world.find('access-keys', account)).rejects.toThrow(/did not come from AWS/)
  })

  it('names the right that is missing where AWS refuses', async () => {
    const world = await openWorld({ seed: (state) => state.accounts[main]?.roles[0]?.lacks.push('iam:PutUserPolicy') })
    const account = await world.account()
    const finding = await onlyFinding(world, 'deny-all', account)
    await expect(world.apply('deny-all', account, finding)).rejects.toMatchObject({
      name: 'Rejected',
      code: 'AccessDenied',
      status: 403,
      message: expect.stringMatching(/111122223333, PutUserPolicy: .*not authorized to perform: iam:PutUserPolicy/),
    })
  })
})
