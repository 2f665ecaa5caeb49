import { afterEach, describe, expect, it } from 'vitest'
import microsoft365 from '../../connectors/microsoft-365/index.ts'
import { cast } from '../../src/sandbox/company.ts'
import { idOf, skus } from '../../src/sandbox/microsoft-365/index.ts'
import type { Group } from '../../src/sandbox/microsoft-365/tenant.ts'
import { type Circumstances, closeWorlds, group, leaverId, type OpenWorld, openWorld } from './microsoft-365-world.ts'

afterEach(closeWorlds)

const nobody: Circumstances = { handOverTo: null }

async function named(world: OpenWorld, step: string, label: string, circumstances?: Circumstances) {
  const found = (await world.find(step, circumstances)).find((finding) => finding.label.includes(label))
  if (!found) throw new Error(`${step} finds nothing called ${label}`)
  return found
}

describe('group memberships', () => {
  const kinds: [kind: string, change: Partial<Group>, fact: string][] = [
    [
      'a dynamic group',
      { groupTypes: ['DynamicMembership'], membershipRule: 'user.department -eq "Sales"' },
      'IT changes the rule or the attribute it looks at (user.department -eq "Sales")',
    ],
    ['a synced group', { onPremisesSyncEnabled: true }, 'remove the leaver in Active Directory'],
    [
      'a distribution list',
      { mailEnabled: true, securityEnabled: false, mail: "all.o'brien@example.com" },
      "Remove-DistributionGroupMember -Identity 'all.o''brien@example.com' -Member 'jo.miller@example.com'",
    ],
    [
      'a mail-enabled security group',
      { mailEnabled: true, mail: 'vpn@example.com' },
      "Remove-DistributionGroupMember -Identity 'vpn@example.com' -Member 'jo.miller@example.com'",
    ],
  ]

  it.each(kinds)('of %s are blocked, with what to do', async (_kind, change, fact) => {
    const world = await openWorld()
    Object.assign(group(world.tenant, 'VPN users'), change)
    const finding = await named(world, 'groups', 'VPN users')
    expect(finding.state).toBe('blocked')
    expect(finding.fact).toContain(fact)
  })

  it('are all found, though there are many pages, and come back by undo', async () => {
    const world = await openWorld({ pageSize: 1 })
    const findings = await world.find('groups')
    expect(findings).toHaveLength(8)
    await world.apply('groups', findings)
    expect(await world.find('groups')).toEqual([])
    await world.undo('groups', findings)
    await world.undo('groups', findings)
    expect((await world.find('groups')).map((one) => one.id).sort()).toEqual(findings.map((one) => one.id).sort())
  })

  it('that give a licence are left to the licence step', async () => {
    const world = await openWorld()
    const labels = (await world.find('groups')).map((one) => one.label)
    expect(labels).not.toContain('Licences Microsoft 365 E5')
    expect((await named(world, 'device-licences', 'SPE_E5')).state).toBe('open')
  })

  it('that PIM would let the leaver activate go too, and come back by undo', async () => {
    const world = await openWorld()
    const findings = await world.find('group-eligibilities')
    await world.apply('group-eligibilities', findings)
    await world.apply('group-eligibilities', findings)
    expect(await world.find('group-eligibilities')).toEqual([])
    expect(world.tenant.eligibleGroups).toHaveLength(1)
    await world.undo('group-eligibilities', findings)
    expect(await world.find('group-eligibilities')).toHaveLength(1)
  })
})

describe('owned groups', () => {
  it('get the receiver as owner, and as member of a team, before the leaver goes', async () => {
    const world = await openWorld()
    await world.apply('owned-groups', await world.find('owned-groups'))
    expect(group(world.tenant, 'Key Accounts').owners).toEqual([idOf(cast.manager)])
    expect(group(world.tenant, 'Key Accounts').members).toContain(idOf(cast.manager))
    expect(group(world.tenant, 'Travel approvers').owners).toEqual([idOf(cast.manager)])
    expect(group(world.tenant, 'Travel approvers').members).not.toContain(idOf(cast.manager))
  })

  it('without a receiver are blocked where the leaver is the last owner, and only there', async () => {
    const world = await openWorld()
    expect(await named(world, 'owned-groups', 'Key Accounts', nobody)).toMatchObject({ state: 'blocked' })
    const shared = await named(world, 'owned-groups', 'Trade Fair', nobody)
    expect(shared).toMatchObject({ state: 'open' })
    group(world.tenant, 'Trade Fair 2027').owners = [leaverId]
    await expect(world.apply('owned-groups', [shared], nobody)).rejects.toThrow('last owner')
    expect(group(world.tenant, 'Trade Fair 2027').owners).toEqual([leaverId])
  })

  it('that only Exchange can change are blocked with the command', async () => {
    const world = await openWorld()
    Object.assign(group(world.tenant, 'Travel approvers'), { mailEnabled: true, mail: 'travel@example.com' })
    const { fact } = await named(world, 'owned-groups', 'Travel approvers')
    expect(fact).toContain(
      "Set-DistributionGroup -Identity 'travel@example.com' -ManagedBy @{Add='ada.okafor@example.com';Remove='jo.miller@example.com'}",
    )
  })

  it('come back by undo', async () => {
    const world = await openWorld()
    const findings = await world.find('owned-groups')
    await world.apply('owned-groups', findings)
    await world.undo('owned-groups', findings)
    expect(group(world.tenant, 'Key Accounts').owners).toContain(leaverId)
  })
})

describe('licences', () => {
  it('of one person go in one call, and come back with the plans that were switched off', async () => {
    const world = await openWorld()
    const direct = (await world.find('licences')).filter((one) => one.id.startsWith('sku:'))
    expect(direct.map((one) => one.label)).toEqual(['POWER_BI_PRO', 'VISIOCLIENT'])
    const before = structuredClone(world.tenant.licences)
    await world.apply('licences', direct)
    expect(world.server.requests.filter((one) => one.path.endsWith('/assignLicense'))).toHaveLength(1)
    expect(world.tenant.licences.filter((one) => one.userId === leaverId)).toEqual([])
    await world.undo('licences', direct)
    const byId = (list: typeof before) => list.map((one) => JSON.stringify(one)).sort()
    expect(byId(world.tenant.licences)).toEqual(byId(before))
  })

  it('through a group are pending until Microsoft took them back', async () => {
    const world = await openWorld({ licenceLagMs: 60_000 })
    const finding = await named(world, 'device-licences', 'SPE_E5')
    await world.apply('device-licences', [finding])
    expect(await named(world, 'device-licences', 'SPE_E5')).toMatchObject({ id: finding.id, state: 'pending' })
    for (const one of world.tenant.leaving) one.until = Date.now() - 1
    expect((await world.find('device-licences')).map((one) => one.id)).not.toContain(finding.id)
  })

  it('through a group whose members a rule decides are blocked', async () => {
    const world = await openWorld()
    group(world.tenant, 'Licences Microsoft 365 E5').groupTypes = ['DynamicMembership']
    expect(await named(world, 'device-licences', 'SPE_E5')).toMatchObject({ state: 'blocked' })
  })

  it('that device management needs are a step of their own, after all that must still reach a device', async () => {
    const world = await openWorld()
    expect((await world.find('licences')).map((one) => one.label)).toEqual(['POWER_BI_PRO', 'VISIOCLIENT'])
    expect((await world.find('device-licences')).map((one) => one.label)).toEqual([
      expect.stringMatching(/^SPE_E5 through/),
    ])
    const step = (id: string) => microsoft365.steps.find((one) => one.id === id)
    expect(step('device-licences')?.needs).toEqual(
      expect.arrayContaining(['microsoft-365/wipe-devices', 'microsoft-365/retire-personal']),
    )
    expect(step('device-licences')?.after).toEqual(
      expect.arrayContaining(['microsoft-365/lock-devices', 'microsoft-365/restart-windows']),
    )
    expect(step('licences')?.needs).not.toContain('microsoft-365/wipe-devices')
    expect(step('delete-user')?.needs).toContain('microsoft-365/device-licences')
  })

  it('that are gone already are no error', async () => {
    const world = await openWorld()
    const findings = await world.find('licences')
    world.tenant.licences = world.tenant.licences.filter((one) => one.skuId !== skus.visio)
    await world.apply('licences', findings)
    expect((await world.find('licences')).filter((one) => one.state === 'open')).toEqual([])
  })
})

describe('applications', () => {
  it('that come through a group are not taken one by one', async () => {
    const world = await openWorld()
    const labels = (await world.find('app-assignments')).map((one) => one.label)
    expect(labels).toEqual(['CRM', 'Expenses', 'Data room', 'Phone system'])
  })

  it('come back by undo', async () => {
    const world = await openWorld()
    const findings = await world.find('app-assignments')
    await world.apply('app-assignments', findings)
    await world.undo('app-assignments', findings)
    const labels = (await world.find('app-assignments')).map((one) => one.label)
    expect(labels.sort()).toEqual(findings.map((one) => one.label).sort())
  })
})

describe('devices', () => {
  it('that others use too are left to IT', async () => {
    const world = await openWorld()
    const laptop = world.tenant.devices.find((one) => one.displayName === 'LAPTOP-JO')
    const before = await world.find('disable-devices')
    laptop?.registeredUsers.push(idOf(cast.other))
    const states = (await world.find('disable-devices')).map((one) => [one.label.split(',')[0], one.state])
    expect(states).toContainEqual(['LAPTOP-JO', 'blocked'])
    const asked = before.filter((one) => one.id === laptop?.id)
    await expect(world.apply('disable-devices', asked)).rejects.toThrow('used by others')
    expect(laptop?.accountEnabled).toBe(true)
  })

  it('are left alone where the form says so', async () => {
    const world = await openWorld()
    expect(await world.find('disable-devices', { choices: { devices: 'nothing' } })).toEqual([])
  })

  it('of the domain are disabled in Active Directory', async () => {
    const world = await openWorld()
    for (const device of world.tenant.devices) device.onPremisesSyncEnabled = true
    const facts = (await world.find('disable-devices')).map((one) => one.fact)
    expect(facts.every((fact) => fact.includes('disable the computer in Active Directory'))).toBe(true)
  })
})
