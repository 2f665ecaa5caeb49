/** Registered by active-directory.test.ts: whom it finds, whom it never touches, and what it may not do. */
import { expect, it } from 'vitest'
import type { Directory } from '../../connectors/active-directory/directory.ts'
import activeDirectory from '../../connectors/active-directory/index.ts'
import { Secret } from '../../src/connector.ts'
import { namingContext } from '../../src/sandbox/active-directory/domain.ts'
import type { Samba } from '../../src/sandbox/active-directory/index.ts'
import {
  add,
  addService,
  dnOf,
  newPassword,
  ou,
  quoted,
  serviceAccount,
  serviceDn,
} from '../../src/sandbox/active-directory/people.ts'
import { cast } from '../../src/sandbox/company.ts'
import { groupDn, leaverOf, modify, replace } from '../support/samba.ts'
import { type World, worldOn } from '../support/samba-world.ts'

const who = (email: string) => ({ id: `mailto:${email}`, name: 'Somebody', emails: [email] })
const locate = (world: World, email: string) => activeDirectory.locate(world.rig.client as Directory, who(email))

/** A user outside the OU where rights are delegated, as administrators are outside by AdminSDHolder. */
async function administrator(samba: Samba): Promise<string> {
  const dn = `CN=Jo Admin,CN=Users,${namingContext}`
  await add(samba.admin, dn, {
    objectClass: 'user',
    sAMAccountName: 'jo.admin',
    userPrincipalName: 'jo.admin@example.com',
    userAccountControl: '512',
    unicodePwd: quoted(newPassword()),
    adminCount: '1',
  })
  return dn
}

export function rights(samba: () => Samba): void {
  it('finds a person by every address, never by a part of one', async () => {
    const world = await worldOn(samba())
    const [byName] = await activeDirectory.locate(world.rig.client as Directory, leaverOf(cast.leaver))
    expect(byName).toMatchObject({
      realm: 'corp.example.com',
      label: cast.leaver,
      known: {
        name: 'Jo Miller',
        title: 'Account Executive',
        department: 'Sales',
        managerName: 'Ada Okafor',
        managerEmail: cast.manager,
        emails: [cast.leaver, 'jo.miller@mail.example.com'],
      },
    })
    expect(await locate(world, 'JO.Miller@mail.EXAMPLE.com')).toEqual([byName])
    for (const none of ['*@example.com', 'jo.miller', 'jo.mill*', 'jo.miller@example.com)(mail=*', 'Jo Miller'])
      expect(await locate(world, none), none).toEqual([])
    await world.close()
  })

  it('answers with both where two have the same address', async () => {
    const world = await worldOn(samba())
    await replace(samba().admin, dnOf(cast.other), 'mail', cast.leaver)
    expect((await locate(world, cast.leaver)).map(({ label }) => label).sort()).toEqual([cast.leaver, cast.other])
    await replace(samba().admin, dnOf(cast.other), 'mail', cast.other)
    await world.close()
  })

  it('never touches its own account, nor the accounts that the domain itself needs', async () => {
    const world = await worldOn(samba())
    const [own] = await locate(world, serviceAccount)
    expect(own?.protected).toContain('Latchkey itself')
    await replace(samba().admin, `CN=Administrator,CN=Users,${namingContext}`, 'mail', 'root@example.com')
    expect((await locate(world, 'root@example.com'))[0]?.protected).toBe('the built-in Administrator')
    await world.close()

    const aimed = await worldOn(samba(), own ? { account: own } : {})
    for (const step of ['disable', 'password', 'expiry']) {
      const [refused] = await aimed.order(step, await aimed.find(step))
      expect(refused, step).toMatchObject({ kind: 'rejected', fact: expect.stringContaining('Latchkey itself') })
    }
    await aimed.close()
  })

  it('says of an administrator that AdminSDHolder keeps the rights away', async () => {
    const dn = await administrator(samba())
    const world = await worldOn(samba())
    const [account] = await locate(world, 'jo.admin@example.com')
    await world.close()
    const aimed = await worldOn(samba(), account ? { account } : {})
    for (const step of ['disable', 'password', 'expiry']) {
      const blocked = { state: 'blocked', fact: expect.stringContaining('AdminSDHolder') }
      expect(await aimed.find(step), step).toMatchObject([blocked])
      const [refused] = await aimed.order(step, await aimed.find(step))
      expect(refused, step).toMatchObject({ kind: 'rejected', fact: expect.stringContaining('AdminSDHolder') })
    }
    await samba().admin.del(dn)
    await aimed.close()
  })

  it('shows groups whose members it may not change, and the primary group, as blocked', async () => {
    const world = await worldOn(samba())
    const outside = `CN=Outside,CN=Users,${namingContext}`
    await add(samba().admin, outside, { objectClass: 'group', sAMAccountName: 'Outside', member: dnOf(cast.leaver) })
    const { searchEntries } = await samba().admin.search(groupDn('Sales'), {
      attributes: ['objectSid'],
      explicitBufferAttributes: ['objectSid'],
    })
    const [group] = searchEntries
    const rid = (group?.objectSid as Buffer | undefined)?.readUInt32LE(24)
    await replace(samba().admin, dnOf(cast.leaver), 'primaryGroupID', String(rid))

    const found = await world.find('groups')
    const blocked = found.filter(({ state }) => state === 'blocked').sort((a, b) => a.label.localeCompare(b.label))
    expect(blocked).toMatchObject([
      { label: 'Outside', fact: expect.stringContaining('IT delegates writing members') },
      { label: 'Sales', fact: expect.stringContaining('primaryGroupID') },
    ])
    const [refused] = await world.order('groups', blocked.slice(0, 1))
    expect(refused).toMatchObject({ kind: 'rejected', fact: expect.stringContaining('may not change the members') })
    await samba().admin.del(outside)
    await world.close()
  })

  it('never takes away the last administrator, counting those who are one through another group', async () => {
    const schemaAdmins = `CN=Schema Admins,CN=Users,${namingContext}`
    const through = groupDn('VPN Users')
    const world = await worldOn(samba())
    await modify(samba().admin, 'delete', schemaAdmins, 'member', `CN=Administrator,CN=Users,${namingContext}`)
    await modify(samba().admin, 'add', schemaAdmins, 'member', dnOf(cast.leaver))
    await replace(samba().admin, dnOf(cast.leaver), 'adminCount', '1')
    await replace(samba().admin, schemaAdmins, 'adminCount', '1')

    const last = { state: 'blocked', fact: expect.stringContaining('last enabled member of Schema Admins') }
    const groups = await world.find('groups')
    expect(groups.find(({ label }) => label === 'Schema Admins')).toMatchObject(last)
    expect(await world.find('disable')).toMatchObject([
      { state: 'blocked', fact: expect.stringContaining('last enabled member of Schema Admins') },
    ])
    const [refused] = await world.order('disable', await world.find('disable'))
    expect(refused).toMatchObject({ kind: 'rejected', fact: expect.stringContaining('somebody else in first') })

    await modify(samba().admin, 'delete', schemaAdmins, 'member', dnOf(cast.leaver))
    const tier = `CN=Tier Zero,${ou.groups}`
    await add(samba().admin, tier, {
      ...{ objectClass: 'group', sAMAccountName: 'Tier Zero', adminCount: '1' },
      member: dnOf(cast.leaver),
    })
    await modify(samba().admin, 'add', schemaAdmins, 'member', tier)
    const within = (await world.find('groups')).filter(({ label }) => label === 'Tier Zero')
    expect(within, 'the group that alone makes them one').toMatchObject([last])
    const open = within.map((one) => ({ ...one, state: 'open' as const }))
    expect((await world.order('groups', open))[0]).toMatchObject({ kind: 'rejected', fact: last.fact })
    await samba().admin.del(tier)
    await modify(samba().admin, 'add', schemaAdmins, 'member', dnOf(cast.leaver))

    await modify(samba().admin, 'add', schemaAdmins, 'member', through)
    expect(await world.find('disable'), 'others are in VPN Users').toMatchObject([{ state: 'open' }])
    await modify(samba().admin, 'delete', schemaAdmins, 'member', through)
    await modify(samba().admin, 'delete', schemaAdmins, 'member', dnOf(cast.leaver))
    await modify(samba().admin, 'add', schemaAdmins, 'member', `CN=Administrator,CN=Users,${namingContext}`)
    await world.close()
  })

  it('warns of a service account that is an administrator through another group', async () => {
    const plain = await worldOn(samba())
    const few = await activeDirectory.check(plain.rig.client as Directory)
    expect(few.warnings?.filter((one) => /more than|more of/.test(one))).toEqual([])
    await plain.close()
    const domainAdmins = `CN=Domain Admins,CN=Users,${namingContext}`
    await modify(samba().admin, 'add', groupDn('VPN Users'), 'member', serviceDn)
    await modify(samba().admin, 'add', domainAdmins, 'member', groupDn('VPN Users'))
    const world = await worldOn(samba())
    const { warnings } = await activeDirectory.check(world.rig.client as Directory)
    await modify(samba().admin, 'delete', domainAdmins, 'member', groupDn('VPN Users'))
    await modify(samba().admin, 'delete', groupDn('VPN Users'), 'member', serviceDn)
    await world.close()
    expect(warnings?.[0]).toMatch(/is in Administrators, .*Domain Admins.*, itself or through another group.*IT takes/)
    expect(warnings?.[1]).toMatch(/may write more of a user than Latchkey needs \(servicePrincipalName/)
  })

  it('names every right that is missing, and where to grant it', async () => {
    const password = newPassword()
    await addService(samba().admin, 'powerless', password)
    const world = await worldOn(samba(), {
      settings: { user: 'powerless@corp.example.com', password: new Secret(password) },
    })
    const { as, missing, warnings } = await activeDirectory.check(world.rig.client as Directory)
    expect(as).toBe('powerless@corp.example.com at dc1.corp.example.com (corp.example.com)')
    expect(missing.map((line) => line.split(':')[0])).toEqual([
      'Reset password',
      'Write userAccountControl',
      'Write accountExpires',
      'Write msDS-KeyCredentialLink',
      'Write altSecurityIdentities',
      'Write userCertificate',
      'Write cn',
      'Write member',
      'Create user objects',
    ])
    expect(warnings?.join(' ')).toContain('Entra Connect')
    const [refused] = await world.order('disable', await world.find('disable'))
    expect(refused).toMatchObject({ kind: 'rejected', fact: expect.stringContaining(`service account on ${ou.staff}`) })
    const reset = await world.find('password')
    expect(reset).toMatchObject([{ state: 'blocked', fact: expect.stringContaining('may not reset the password') }])
    const [noReset] = await world.order('password', reset)
    expect(noReset).toMatchObject({ kind: 'rejected', fact: expect.stringContaining('may not reset the password') })
    await samba().admin.del(`CN=powerless,${ou.services}`)
    await world.close()
  })
}
