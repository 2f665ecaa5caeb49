import { afterEach, describe, expect, it } from 'vitest'
import { Rejected } from '../../src/connector.ts'
import { cast } from '../../src/sandbox/company.ts'
import { idOf, roleIds } from '../../src/sandbox/microsoft-365/index.ts'
import { guid, type Method, type Tenant } from '../../src/sandbox/microsoft-365/tenant.ts'
import { closeWorlds, justAnswered, leaverId, type OpenWorld, openWorld, user } from './microsoft-365-world.ts'

afterEach(closeWorlds)

describe('who the leaver is', () => {
  it('is told by sign-in name, mail, other mail and proxy address alike, in any case', async () => {
    const world = await openWorld()
    user(world.tenant, cast.leaver).otherMails = ['Jo@Home.Example.org']
    for (const email of ['JO.MILLER@example.com', 'jo.miller@example.onmicrosoft.com', 'jo@home.example.org']) {
      expect((await world.locate(email)).map((one) => one.id)).toEqual([leaverId])
    }
  })

  it('is never told by a part of an address', async () => {
    const world = await openWorld()
    expect(await world.locate('miller@example.com')).toEqual([])
    expect(await world.locate('jo.miller@example.co')).toEqual([])
  })

  it('is compared again here, should Graph answer more than it was asked for', async () => {
    const world = await openWorld()
    const { id, userPrincipalName } = user(world.tenant, cast.namesake)
    const answer = { status: 200, body: { value: [{ id, userPrincipalName, mail: userPrincipalName }] } }
    world.server.faults.push({ when: ({ path }) => path === '/v1.0/users', as: answer })
    expect(await world.locate(cast.leaver)).toEqual([])
  })

  it('is left to IT where two users have the address', async () => {
    const world = await openWorld()
    user(world.tenant, cast.other).otherMails = [cast.leaver]
    const found = await world.locate(cast.leaver)
    expect(found.map((one) => one.id).sort()).toEqual([leaverId, idOf(cast.other)].sort())
    expect(new Set(found.map((one) => one.realm)).size).toBe(1)
  })

  it('is found with an apostrophe in the address, and as a guest with a name that must be encoded', async () => {
    const world = await openWorld()
    const guest = user(world.tenant, cast.other)
    const upn = "sean.o'brien_partner.example#EXT#@example.onmicrosoft.com"
    Object.assign(guest, { userPrincipalName: upn, mail: "sean.o'brien@partner.example", userType: 'Guest' })
    const [account] = await world.locate("sean.o'brien@partner.example")
    expect(account).toMatchObject({ id: guest.id, label: upn })
    expect(await world.locate(upn)).toHaveLength(1)
  })

  it('comes with what the directory knows: manager, title, other addresses', async () => {
    const world = await openWorld()
    const [account] = await world.locate(cast.leaver)
    expect(account?.known).toMatchObject({
      name: 'Jo Miller',
      title: 'Account Executive',
      managerEmail: cast.manager,
      managerName: 'Ada Okafor',
      emails: [cast.leaver, 'jo.miller@example.onmicrosoft.com'],
    })
  })
})

describe('a user synced from on-premises', () => {
  it('is blocked where Active Directory is the master, and says so', async () => {
    const world = await openWorld({}, { deleteUsers: true })
    user(world.tenant, cast.leaver).onPremisesSyncEnabled = true
    for (const step of ['block-sign-in', 'scramble-password', 'address-lists', 'delete-user']) {
      const finding = await world.only(step)
      expect(finding, step).toMatchObject({ state: 'blocked' })
      expect(finding.fact, step).toContain('Active Directory')
    }
  })

  it('still loses the sessions in the cloud', async () => {
    const world = await openWorld()
    user(world.tenant, cast.leaver).onPremisesSyncEnabled = true
    const before = user(world.tenant, cast.leaver).signInSessionsValidFromDateTime
    await world.apply('revoke-sessions', [await world.only('revoke-sessions')])
    expect(user(world.tenant, cast.leaver).signInSessionsValidFromDateTime > before).toBe(true)
    expect(await world.only('revoke-sessions', { applied: justAnswered })).toMatchObject({ state: 'done' })
  })
})

describe('password and sessions', () => {
  it('are not done by a change from before the order', async () => {
    const world = await openWorld()
    const tenMinutesAgo = new Date(Date.now() - 600_000).toISOString()
    Object.assign(user(world.tenant, cast.leaver), {
      lastPasswordChangeDateTime: tenMinutesAgo,
      signInSessionsValidFromDateTime: tenMinutesAgo,
    })
    for (const step of ['scramble-password', 'revoke-sessions'])
      expect(await world.only(step, { applied: justAnswered })).toMatchObject({ state: 'open' })
  })

  it('are not done while the answer to the order is in doubt', async () => {
    const world = await openWorld()
    await world.apply('scramble-password', [await world.only('scramble-password')])
    const inDoubt = () => ({ intentAt: new Date() })
    expect(await world.only('scramble-password', { applied: inDoubt })).toMatchObject({ state: 'open' })
    expect(await world.only('scramble-password', { applied: justAnswered })).toMatchObject({ state: 'done' })
  })

  it('of a guest are kept elsewhere, so there is nothing to do', async () => {
    const world = await openWorld()
    user(world.tenant, cast.leaver).userType = 'Guest'
    expect(await world.find('scramble-password')).toEqual([])
    expect(await world.find('revoke-sessions')).toEqual([])
    expect(await world.only('block-sign-in')).toMatchObject({ state: 'open' })
  })
})

function makeAdministrator(tenant: Tenant, principalId: string): void {
  const id = guid(70, 500 + tenant.roleAssignments.length)
  tenant.roleAssignments.push({ id, principalId, roleDefinitionId: roleIds.globalAdministrator, directoryScopeId: '/' })
}

function onlyAdministrator(world: OpenWorld): void {
  const { tenant } = world
  tenant.roleAssignments = tenant.roleAssignments.filter((one) => one.roleDefinitionId !== roleIds.globalAdministrator)
  makeAdministrator(tenant, leaverId)
}

describe('the last Global Administrator', () => {
  it('keeps role, sign-in and password, and IT is told what to do first', async () => {
    const world = await openWorld({}, { deleteUsers: true })
    onlyAdministrator(world)
    for (const step of ['directory-roles', 'block-sign-in', 'scramble-password', 'delete-user']) {
      const blocked = (await world.find(step)).filter((finding) => finding.state === 'blocked')
      expect(blocked, step).toHaveLength(1)
      expect(blocked[0]?.fact, step).toContain('makes another person Global Administrator first')
    }
  })

  it('is refused again at the moment of acting, though the plan was made before', async () => {
    const world = await openWorld()
    makeAdministrator(world.tenant, leaverId)
    const roles = (await world.find('directory-roles')).filter((one) => one.label === 'Global Administrator')
    const signIn = [await world.only('block-sign-in')]
    expect([...roles, ...signIn].map((one) => one.state)).toEqual(['open', 'open'])
    onlyAdministrator(world)
    await expect(world.apply('directory-roles', roles)).rejects.toThrow('last Global Administrator')
    await expect(world.apply('block-sign-in', signIn)).rejects.toThrow('last Global Administrator')
    expect(user(world.tenant, cast.leaver).accountEnabled).toBe(true)
  })

  it('is not helped by one who cannot sign in, nor by an app', async () => {
    const world = await openWorld()
    onlyAdministrator(world)
    makeAdministrator(world.tenant, idOf(cast.it))
    makeAdministrator(world.tenant, guid(81, 1))
    user(world.tenant, cast.it).accountEnabled = false
    expect(await world.only('block-sign-in')).toMatchObject({ state: 'blocked' })
    user(world.tenant, cast.it).accountEnabled = true
    expect(await world.only('block-sign-in')).toMatchObject({ state: 'open' })
  })

  it('is helped by a group that holds the role, if somebody else is in it', async () => {
    const world = await openWorld()
    onlyAdministrator(world)
    makeAdministrator(world.tenant, guid(2, 16))
    expect(await world.only('block-sign-in')).toMatchObject({ state: 'blocked' })
    world.tenant.groups.find((one) => one.id === guid(2, 16))?.members.push(idOf(cast.it))
    expect(await world.only('block-sign-in')).toMatchObject({ state: 'open' })
  })
})

describe('directory roles', () => {
  it('are taken back as they were given: plainly, for a time, and as eligible', async () => {
    const world = await openWorld()
    const findings = await world.find('directory-roles')
    expect(findings.map((one) => [one.label, one.fact.split(' ')[0]])).toEqual([
      ['User Administrator', 'assigned'],
      ['Reports Reader', 'active'],
      ['Exchange Administrator', 'eligible:'],
    ])
    await world.apply('directory-roles', findings)
    expect(await world.find('directory-roles')).toEqual([])
    const asked = world.server.requests.filter((one) => one.method !== 'GET').map((one) => one.path.split('/').at(-2))
    expect(asked.sort()).toEqual(['directory', 'directory', 'roleAssignments'])
  })

  it('are given back by undo', async () => {
    const world = await openWorld()
    const findings = await world.find('directory-roles')
    await world.apply('directory-roles', findings)
    await world.undo('directory-roles', findings)
    const labels = (await world.find('directory-roles')).map((one) => one.label)
    expect(labels.sort()).toEqual(findings.map((one) => one.label).sort())
  })

  it('can be read in a tenant without PIM', async () => {
    const world = await openWorld({ premium: false })
    expect((await world.find('directory-roles')).map((one) => one.fact)).toEqual(['assigned', 'assigned'])
    expect(await world.find('group-eligibilities')).toEqual([])
  })

  it('come first, since an app without the privileged role may not block an administrator', async () => {
    const world = await openWorld({ privileged: false })
    world.tenant.groups = world.tenant.groups.filter((one) => !one.isAssignableToRole)
    const signIn = [await world.only('block-sign-in')]
    const refusal = await world.apply('block-sign-in', signIn).catch((error: Error) => error)
    expect(refusal).toBeInstanceOf(Rejected)
    expect(refusal).toMatchObject({ status: 403, code: 'Authorization_RequestDenied' })
    expect(String(refusal)).toContain('Privileged Authentication Administrator')
    await world.apply('directory-roles', await world.find('directory-roles'))
    await world.apply('block-sign-in', signIn)
    expect(user(world.tenant, cast.leaver).accountEnabled).toBe(false)
  })
})

describe('authentication methods', () => {
  it('all go, the default one last, whatever their order', async () => {
    const world = await openWorld()
    const findings = await world.find('authentication-methods')
    expect(findings).toHaveLength(10)
    await world.apply('authentication-methods', findings)
    const left = world.tenant.methods[leaverId]?.map((one) => one['@odata.type'])
    expect(left).toEqual(['#microsoft.graph.passwordAuthenticationMethod'])
    const kept = world.server.requests.filter((one) => one.status === 400)
    expect(kept.length, 'the default method, and the mobile number beside an alternate one').toBeGreaterThan(0)
  })

  it('show no whole telephone number', async () => {
    const world = await openWorld()
    const labels = (await world.find('authentication-methods')).map((one) => one.label)
    expect(labels).toContain('Phone mobile …00')
    expect(labels.join()).not.toContain('2065550100')
  })

  it('that Graph will not let go are told in its own words, and what IT can do', async () => {
    const world = await openWorld()
    const phones = await world.find('authentication-methods')
    world.tenant.methods[leaverId] = (world.tenant.methods[leaverId] ?? []).filter((one) => one.phoneType)
    world.tenant.defaultMethod[leaverId] = 'b6332ec1-7057-4abe-9331-3d72feddfe41'
    const asked = phones.filter((one) => one.id.startsWith('phoneMethods/'))
    await expect(world.apply('authentication-methods', asked)).rejects.toThrow(
      'Require re-register multifactor authentication',
    )
  })

  it('of an unknown kind are left to IT', async () => {
    const world = await openWorld()
    const badge: Method = { '@odata.type': '#microsoft.graph.badgeAuthenticationMethod', id: 'badge-1' }
    world.tenant.methods[leaverId] = [badge]
    expect(await world.only('authentication-methods')).toMatchObject({ id: 'badge/badge-1', state: 'blocked' })
  })
})

describe('deletion', () => {
  it('is not even looked at unless the settings ask for it', async () => {
    const world = await openWorld()
    expect(await world.find('delete-user')).toEqual([])
  })

  it('leaves every step with nothing to do, and can be taken back for 30 days', async () => {
    const world = await openWorld({}, { deleteUsers: true })
    const findings = await world.find('delete-user')
    await world.apply('delete-user', findings)
    await world.apply('delete-user', findings)
    for (const step of [
      'block-sign-in',
      'revoke-sessions',
      'authentication-methods',
      'groups',
      'licences',
      'device-licences',
      'delete-user',
    ])
      expect(await world.find(step), step).toEqual([])
    await world.undo('delete-user', findings)
    expect(user(world.tenant, cast.leaver).id).toBe(leaverId)
  })
})
