import { afterEach, describe, expect, it } from 'vitest'
import aws from '../../connectors/aws/index.ts'
import type { Finding } from '../../src/connector.ts'
import type { CenterState } from '../../src/sandbox/aws/center-state.ts'
import { cast } from '../../src/sandbox/company.ts'
import { type CenterWorld, closeCenters, effectiveAt, openCenter, sharedRole } from './aws-center-world.ts'
import { leaver, main } from './aws-world.ts'

afterEach(closeCenters)

function leaverIn(center: CenterState) {
  const user = center.users.find((one) => one.emails.includes(cast.leaver))
  if (!user) throw new Error('the leaver has no user')
  return user
}

async function first(world: CenterWorld, step: string): Promise<Finding> {
  const [finding] = await world.find(step)
  if (!finding) throw new Error(`${step} found nothing`)
  return finding
}

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
    expect(deny.Condition.StringEquals).toEqual({ 'identitystore:UserId': leaverIn(world.center).id })
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

  it('are denied without filling the policy up with denials of earlier leavers that are spent', async () => {
    const world = await openCenter()
    const [finding] = (await world.find('center-sessions')).filter((one) => one.label === 'SalesData')
    await world.apply('center-sessions', finding as Finding)
    const set = world.center.permissionSets.find((one) => one.name === 'SalesData')
    const document = JSON.parse(set?.inline ?? '')
    const denialOf = (user: string, until: Date) => ({
      ...{ Sid: `LatchkeyCut${user}`, Effect: 'Deny', Action: '*', Resource: '*' },
      Condition: {
        StringEquals: { 'identitystore:UserId': user },
        DateLessThan: { 'aws:TokenIssueTime': until.toISOString() },
      },
    })
    const hours = (number: number) => new Date(Date.now() + number * 3_600_000)
    const old = denialOf('gone1', hours(-13))
    const young = denialOf('gone2', hours(-11))
    const theirs = { ...denialOf('gone3', hours(-13)), Action: 's3:*' }
    if (set) set.inline = JSON.stringify({ ...document, Statement: [document.Statement[0], old, young, theirs] })
    await world.apply('center-sessions', finding as Finding)
    const sids = JSON.parse(policyOf(world, 'SalesData')).Statement.map((one: { Sid?: string }) => one.Sid)
    expect(sids.slice(0, 3)).toEqual([undefined, 'LatchkeyCutgone2', 'LatchkeyCutgone3'])
  })

  it('are over, and no access that came back, once a denial is spent and taken out', async () => {
    const world = await openCenter()
    const finding = await first(world, 'center-sessions')
    world.center.assignments = []
    const applied = (hoursAgo: number) => {
      const at = new Date(Date.now() - hoursAgo * 3_600_000).toISOString()
      return { [finding.id]: { intentAt: at, answeredAt: at } }
    }
    expect(await world.find('center-sessions', undefined, applied(35))).toMatchObject([{ state: 'open' }])
    expect(await world.find('center-sessions', undefined, applied(37))).toMatchObject([{ state: 'done' }])
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
    // Whatever its case: an identity provider may write the address as "Jo.Miller@example.com".
    expect(byName.Condition.StringEqualsIgnoreCase['aws:userid']).toEqual([`AROAANALYSTSEXAMPLE01:${cast.leaver}`])
    await world.undo('role-sessions', await first(world, 'role-sessions'))
    expect(documentIn(world)).toEqual([])
  })

  it('are denied in accounts where the leaver has no user, too: people come into those from the one where they have', async () => {
    const second = '444455556666'
    const role = { id: 'AROABUILDERSEXAMPLE01', name: 'Builders', trusts: [], may: [], lacks: [], inline: {} }
    const world = await openCenter(
      {
        seed: ({ accounts }) => {
          const there = accounts[second]
          if (there) there.users = there.users.filter((user) => user.name !== 'jo.miller')
          there?.roles.push(role)
          there?.roles[0]?.may.push('iam:GetRole', 'iam:PutRolePolicy', 'iam:GetRolePolicy')
        },
      },
      { withRoles: { [second]: ['Builders'] } },
    )
    const [inMain, elsewhere] = (await aws.locate(world.client as never, leaver)).filter((one) => /^\d/.test(one.realm))
    expect([inMain?.realm, elsewhere]).toEqual([main, undefined])
    const found = await world.find('role-sessions', inMain)
    expect(found.map((one) => one.id)).toEqual([`${main}/${sharedRole}`, `${second}/Builders`])
    await world.apply('role-sessions', found[1] as Finding, inMain)
    expect((await world.find('role-sessions', inMain))[1]).toMatchObject({ state: 'done' })
  })

  it('are blocked where the account has no such role', async () => {
    const seed = ({ accounts }: { accounts: Record<string, { roles: { name: string }[] }> }) =>
      void accounts[main]?.roles.pop()
    const world = await openCenter({ seed })
    expect(await first(world, 'role-sessions')).toMatchObject({ state: 'blocked' })
  })

  it('are open again where the role was made anew, since its id is another then', async () => {
    const world = await openCenter()
    await world.apply('role-sessions', await first(world, 'role-sessions'))
    const role = world.server.world.truth().accounts[main]?.roles.find((one) => one.name === sharedRole)
    if (role) role.id = 'AROAANALYSTSEXAMPLE02'
    expect(await first(world, 'role-sessions')).toMatchObject({ state: 'open' })
  })

  it('are never denied for a name that would mean others too', async () => {
    const world = await openCenter()
    const account = { ...(await world.account()), label: '*' }
    await world.apply('role-sessions', await first(world, 'role-sessions'), account)
    const [bySource] = JSON.parse(documentIn(world)[0] ?? '').Statement
    expect(bySource.Condition.StringEqualsIgnoreCase['aws:SourceIdentity']).toEqual([cast.leaver])
  })
})
