/** Registered by active-directory.test.ts: what each step makes of what it meets. */
import { expect, it } from 'vitest'
import type { Samba } from '../../src/sandbox/active-directory/index.ts'
import { dnOf, ou } from '../../src/sandbox/active-directory/people.ts'
import { cast } from '../../src/sandbox/company.ts'
import { groupDn, modify, othersIn, replace, stateOf } from '../support/samba.ts'
import { worldOn } from '../support/samba-world.ts'

export function steps(samba: () => Samba): void {
  const leaver = dnOf(cast.leaver)

  it('enables the account again, and gives back expiry, groups, computer and place', async () => {
    const world = await worldOn(samba())
    const before = stateOf(samba())
    const given = ['disable', 'expiry', 'groups', 'computers', 'move']
    const taken = new Map<string, readonly Awaited<ReturnType<typeof world.run>>[number][]>()
    for (const step of given) taken.set(step, await world.run(step))
    expect(Object.keys(stateOf(samba()))).toContain(`CN=Jo Miller,${ou.leavers}`)

    for (const step of given.toReversed()) for (const finding of taken.get(step) ?? []) await world.undo(step, finding)

    const after = stateOf(samba())
    for (const attribute of ['userAccountControl', 'accountExpires'])
      expect(after[leaver]?.[attribute]).toEqual(before[leaver]?.[attribute])
    const members = (state: typeof before) => Object.values(state).map((entry) => entry.member)
    expect(members(after)).toEqual(members(before))
    for (const step of given) expect(await world.find(step)).toEqual(taken.get(step))
    await world.close()
  })

  it('takes an undo for done where nothing is to be given back', async () => {
    const world = await worldOn(samba())
    for (const step of ['disable', 'groups', 'computers', 'move'])
      for (const finding of await world.find(step)) await world.undo(step, finding)
    expect(await world.find('disable')).toMatchObject([{ state: 'open' }])
    await world.close()
  })

  it('counts the password as changed only once both resets were answered, and nobody set it since', async () => {
    const world = await worldOn(samba())
    const [open] = await world.run('password')
    expect(await world.find('password')).toMatchObject([{ state: 'done' }])

    const journaled = [...world.rig.journal.values()][0]
    const answeredAt = journaled?.answeredAt
    if (journaled) delete journaled.answeredAt
    expect(await world.find('password'), 'a crash before the answer was kept').toMatchObject([{ state: 'open' }])

    if (journaled && answeredAt) journaled.answeredAt = answeredAt
    await replace(samba().admin, leaver, 'pwdLastSet', '0')
    expect(await world.find('password'), 'a controller that is behind').toMatchObject([{ state: 'pending' }])

    await replace(samba().admin, leaver, 'pwdLastSet', '-1')
    const [late] = await world.find('password')
    expect(late).toMatchObject({ id: open?.id, state: 'open', fact: expect.stringContaining('after ours') })
    await world.close()
  })

  it('leaves alone an account that has expired before', async () => {
    const world = await worldOn(samba())
    await replace(samba().admin, leaver, 'accountExpires', '133500000000000000')
    expect(await world.find('expiry')).toEqual([
      { id: 'accountExpires', label: cast.leaver, state: 'done', fact: 'accountExpires=2024-01-17T21:20:00.000Z' },
    ])
    await world.close()
  })

  it('takes what somebody else took away meanwhile for done', async () => {
    const world = await worldOn(samba())
    const groups = await world.find('groups')
    const keys = await world.find('keys')
    expect([groups.length, keys.length]).toEqual([4, 4])
    for (const { before } of groups)
      await modify(samba().admin, 'delete', (before as { group: string }).group, 'member', leaver)
    await replace(samba().admin, leaver, 'altSecurityIdentities')
    await replace(samba().admin, leaver, 'msDS-KeyCredentialLink')

    expect(await world.order('groups', groups)).toEqual([])
    expect(await world.order('keys', keys)).toEqual([])
    expect([await world.find('groups'), await world.find('keys')]).toEqual([[], []])
    await world.close()
  })

  it('clears the keys that are found, each by itself, and names them', async () => {
    const world = await worldOn(samba())
    const found = await world.find('keys')
    expect(found.map(({ label }) => label)).toEqual([
      'Windows Hello or security key',
      'Windows Hello or security key',
      'Certificate or name mapped to the account',
      'Certificate in the directory',
    ])
    expect(found[3]?.fact).toContain('serial')
    const [first, second] = found
    expect(await world.order('keys', first ? [first] : [])).toEqual([])
    const left = await world.find('keys')
    expect(left.map(({ id }) => id)).toContain(second?.id)
    expect(left).toHaveLength(3)
    await world.close()
  })

  it('tells a server from a laptop, and leaves all alone where devices are to be left alone', async () => {
    const world = await worldOn(samba())
    const [laptop] = await world.find('computers')
    expect(laptop).toMatchObject({ label: 'NB-JOMILLER', state: 'open' })
    const dn = `CN=NB-JOMILLER,${ou.computers}`
    await replace(samba().admin, dn, 'operatingSystem', 'Windows Server 2025 Standard')
    expect(await world.find('computers')).toMatchObject([
      { state: 'blocked', fact: expect.stringContaining('serve others') },
    ])
    const [refused] = await world.order('computers', laptop ? [laptop] : [])
    expect(refused).toMatchObject({ kind: 'rejected', fact: expect.stringContaining('another manager') })

    await replace(samba().admin, dn, 'operatingSystem', 'Windows 11 Enterprise')
    await replace(samba().admin, dn, 'managedBy', dnOf(cast.namesake))
    expect(await world.order('computers', laptop ? [laptop] : [])).toEqual([])
    expect(stateOf(samba())[dn]?.userAccountControl).toEqual(['4096'])
    await world.close()

    const leftAlone = await worldOn(samba(), { choices: { devices: 'nothing' } })
    expect(await leftAlone.find('computers')).toEqual([])
    await leftAlone.close()
  })

  it('says so where the OU for leavers has somebody of that name, is missing, or is not wanted', async () => {
    const world = await worldOn(samba())
    const before = othersIn(stateOf(samba()))
    const taken = `CN=Jo Miller,${ou.leavers}`
    await samba().admin.add(taken, { objectClass: 'contact' })
    const [refused] = await world.order('move', await world.find('move'))
    expect(refused).toMatchObject({ kind: 'rejected', fact: expect.stringContaining('another CN=Jo Miller') })
    await samba().admin.del(taken)
    expect(othersIn(stateOf(samba()))).toEqual(before)
    await world.close()

    const missing = await worldOn(samba(), { settings: { disabledOu: `OU=Gone,${ou.company}` } })
    await expect(missing.find('move')).rejects.toThrow("the setting 'disabledOu' names OU=Gone")
    await missing.close()

    const unwanted = await worldOn(samba(), { settings: { disabledOu: undefined } })
    expect(await unwanted.find('move')).toEqual([])
    await unwanted.close()
  })

  it('says unknown, not done, where the account is not shown any more', async () => {
    const world = await worldOn(samba())
    await samba().admin.del(leaver)
    for (const step of ['disable', 'password', 'expiry', 'keys', 'groups', 'computers', 'service-names', 'move'])
      expect(await world.find(step), step).toMatchObject([{ state: 'unknown' }])
    await world.close()
  })

  it('waits for the other controllers, and says which one could not be asked', async () => {
    const second = { url: 'ldaps://localhost', tlsServerName: 'dc1.corp.example.com' }
    const agreed = await worldOn(samba(), { settings: { extraControllers: [second] } })
    await agreed.run('disable')
    await agreed.run('password')
    expect([await agreed.find('disable'), await agreed.find('password')]).toMatchObject([
      [{ state: 'done' }],
      [{ state: 'done' }],
    ])
    await agreed.close()

    const dead = await worldOn(samba(), {
      settings: { extraControllers: [second, 'ldaps://127.0.0.1:9'] },
    })
    await dead.run('disable')
    expect(await dead.find('disable')).toMatchObject([
      { state: 'unknown', fact: expect.stringMatching(/disabled; 127\.0\.0\.1 could not be asked .*ECONNREFUSED/) },
    ])
    await dead.close()
  })

  it('hands service names and delegations to a person', async () => {
    const world = await worldOn(samba())
    expect(await world.find('service-names')).toEqual([])
    await modify(samba().admin, 'add', leaver, 'servicePrincipalName', 'HTTP/reports.corp.example.com')
    await modify(samba().admin, 'add', leaver, 'msDS-AllowedToDelegateTo', 'cifs/files.corp.example.com')
    const found = await world.find('service-names')
    expect(found).toMatchObject([
      { state: 'blocked', fact: expect.stringContaining('setspn -D HTTP/reports.corp.example.com') },
      { state: 'blocked', label: 'Delegation to cifs/files.corp.example.com' },
    ])
    expect(await world.order('service-names', found)).toMatchObject([{ kind: 'rejected' }, { kind: 'rejected' }])
    await world.close()
  })

  it('leaves groups by all pages', async () => {
    const world = await worldOn(samba(), { settings: { pageSize: 1 } })
    const found = await world.find('groups')
    expect(new Set(found.map(({ state }) => state))).toEqual(new Set(['open']))
    expect(found.map(({ label }) => label).sort()).toEqual(['All Staff', 'CRM Editors', 'Sales', 'VPN Users'])
    await world.run('groups')
    expect(stateOf(samba())[groupDn('VPN Users')]?.member).toHaveLength(2)
    await world.close()
  })
}
