import { afterEach, describe, expect, it } from 'vitest'
import { type Finding, noEscrow } from '../../src/connector.ts'
import { cast } from '../../src/sandbox/company.ts'
import { idOf } from '../../src/sandbox/microsoft-365/index.ts'
import { keysOfDevices } from '../../src/sandbox/microsoft-365/seed-intune.ts'
import type { ManagedDevice, Order } from '../../src/sandbox/microsoft-365/tenant.ts'
import {
  type Circumstances,
  closeWorlds,
  justAnswered,
  type OpenWorld,
  openWorld,
  taskOf,
} from './microsoft-365-world.ts'

afterEach(closeWorlds)

const hourMs = 3_600_000
const wipe: Circumstances = { choices: { devices: 'wipe' } }
const steps = ['bitlocker-keys', 'activation-codes', 'local-admin-passwords', 'lock-devices', 'restart-windows']
const all = [...steps, 'lock-pins', 'wipe-devices', 'retire-personal']

const open = (more: object = {}) => openWorld({ intune: true, deviceMs: hourMs, ...more })

function device(world: OpenWorld, name: string): ManagedDevice {
  const found = world.tenant.managedDevices.find((one) => one.deviceName === name)
  if (!found) throw new Error(`Intune has no ${name}`)
  return found
}

function ordersOf(world: OpenWorld): string[] {
  return world.tenant.managedDevices.flatMap(({ deviceName, orders }) =>
    orders.map(({ action }) => `${deviceName}: ${action}`),
  )
}

async function named(world: OpenWorld, step: string, name: string, circumstances?: Circumstances) {
  const found = (await world.find(step, circumstances)).find(({ label }) => label.includes(name))
  if (!found) throw new Error(`${step} finds no ${name}`)
  return found
}

describe('devices in Intune', () => {
  it('are left alone where nothing was chosen, where Intune is switched off, and where the tenant has none', async () => {
    const nothing = await open()
    for (const step of all) expect(await nothing.find(step, { choices: { devices: 'nothing' } })).toEqual([])
    const off = await openWorld({ intune: true }, { intune: false })
    for (const step of all) expect(await off.find(step, wipe)).toEqual([])
    const without = await openWorld()
    for (const step of all) expect(await without.find(step, wipe)).toEqual([])
  })

  it('are locked, restarted or retired by their kind, and never wiped where a lock was chosen', async () => {
    const world = await open()
    for (const step of all) await world.apply(step, await world.find(step))
    expect(ordersOf(world).sort()).toEqual([
      'DESK-JO: rebootNow',
      'HOME-PC: retire',
      'LAPTOP-JO: rebootNow',
      'MacBook of Jo: remoteLock',
      'Phone of Jo: retire',
      'SCANNER-7: remoteLock',
      'Tablet of Jo: retire',
      'iPad of Jo: remoteLock',
    ])
  })

  it('that are personal are never wiped, not even where somebody made them so in the meantime', async () => {
    const world = await open()
    const findings = await world.find('wipe-devices', wipe)
    expect(findings.map(({ label }) => label).join()).not.toMatch(/Phone of Jo|Tablet of Jo|HOME-PC/)
    device(world, 'LAPTOP-JO').managedDeviceOwnerType = 'personal'
    const laptop = findings.filter(({ label }) => label.includes('LAPTOP-JO'))
    await expect(world.apply('wipe-devices', laptop, wipe)).rejects.toThrow('personal')
    expect(ordersOf(world)).toEqual([])
  })

  it('of unknown ownership are not wiped, and IT is told where to say whose they are', async () => {
    const world = await open()
    device(world, 'SCANNER-7').managedDeviceOwnerType = 'unknown'
    const finding = await named(world, 'wipe-devices', 'SCANNER-7', wipe)
    expect(finding).toMatchObject({ state: 'blocked', fact: expect.stringContaining('Device ownership') })
    await expect(world.apply('wipe-devices', [finding], wipe)).rejects.toThrow('whose it is')
  })

  it("that became somebody else's are not touched", async () => {
    const world = await open()
    const finding = await named(world, 'wipe-devices', 'LAPTOP-JO', wipe)
    device(world, 'LAPTOP-JO').userId = idOf(cast.namesake)
    await expect(world.apply('wipe-devices', [finding], wipe)).rejects.toThrow("not the leaver's")
    expect(ordersOf(world)).toEqual([])
  })

  it('that others are registered on are not wiped for one leaver: IT decides', async () => {
    const world = await open({ pageSize: 1 })
    const entra = structuredClone(world.tenant.devices[0])
    const users = [idOf(cast.leaver), idOf(cast.namesake)]
    Object.assign(entra ?? {}, {
      id: 'entra-1',
      deviceId: device(world, 'LAPTOP-JO').azureADDeviceId,
      registeredUsers: users,
    })
    if (entra) world.tenant.devices.push(entra)
    const finding = await named(world, 'wipe-devices', 'LAPTOP-JO', wipe)
    expect(finding).toMatchObject({ state: 'blocked', fact: expect.stringContaining('others use it too (1 more') })
    await expect(world.apply('wipe-devices', [finding], wipe)).rejects.toThrow('others use it too')
    expect(ordersOf(world)).toEqual([])
  })

  it('are wiped only where a wipe was chosen', async () => {
    const world = await open()
    const findings = await world.find('wipe-devices', wipe)
    await expect(world.apply('wipe-devices', findings)).rejects.toThrow('not chosen')
    expect(ordersOf(world)).toEqual([])
  })
})

describe('an order to a device', () => {
  it('is pending until the device says that it is done, and is not given twice', async () => {
    const world = await open()
    const finding = await named(world, 'lock-devices', 'iPad')
    await world.apply('lock-devices', [finding])
    const [first] = device(world, 'iPad of Jo').orders
    await world.apply('lock-devices', [finding])
    expect(device(world, 'iPad of Jo').orders).toEqual([first])
    expect(await named(world, 'lock-devices', 'iPad')).toMatchObject({ state: 'pending' })
    world.server.settle()
    expect(await named(world, 'lock-devices', 'iPad')).toMatchObject({ state: 'done' })
  })

  it('that was accepted and does not show yet is pending', async () => {
    const world = await open()
    const finding = await named(world, 'lock-devices', 'iPad', { applied: justAnswered })
    expect(finding).toMatchObject({ state: 'pending', fact: expect.stringContaining('does not show yet') })
  })

  const ends: [outcome: Order['outcome'], daysAgo: number, state: string][] = [
    ['done', 300, 'open'],
    ['failed', 0, 'open'],
    ['canceled', 0, 'open'],
    ['notSupported', 0, 'blocked'],
    ['done', 0, 'done'],
  ]

  it.each(ends)('that ended %s %i days ago leaves the step %s', async (outcome, daysAgo, state) => {
    const world = await open()
    const when = Date.now() - daysAgo * 24 * hourMs
    device(world, 'iPad of Jo').orders.push({ action: 'remoteLock', startedAt: when, doneAt: when, outcome })
    expect(await named(world, 'lock-devices', 'iPad')).toMatchObject({ state })
  })

  it('is blocked where Intune only knows of the device', async () => {
    const world = await open()
    device(world, 'SCANNER-7').managementAgent = 'eas'
    const finding = await named(world, 'lock-devices', 'SCANNER-7')
    expect(finding).toMatchObject({ state: 'blocked', fact: expect.stringContaining('managementAgent=eas') })
    await expect(world.apply('lock-devices', [finding])).rejects.toThrow('cannot be reached')
  })
})

/** The journal of one order to this device, which the vendor last heard of so many days ago. */
function ordered({ id, label }: Finding, heardDaysAgo = 1): Circumstances {
  const lastSync = new Date(Date.now() - heardDaysAgo * 24 * hourMs).toISOString()
  const order = { finding: id, label, intentAt: new Date(), answeredAt: new Date(), receipt: { lastSync } }
  return { orders: () => [order] }
}

describe('a device that leaves the list in the middle of an order', () => {
  async function wiping(name: string) {
    const world = await open()
    const finding = await named(world, 'wipe-devices', name, wipe)
    const [receipt] = (await world.apply('wipe-devices', [finding], wipe)) as [{ lastSync: string }]
    expect(receipt).toEqual({ lastSync: expect.stringMatching(/^2026-11-20T/) })
    const left = device(world, name)
    return { world, left, look: (more = ordered(finding)) => named(world, 'wipe-devices', name, { ...wipe, ...more }) }
  }

  it.each([
    ['another primary user', { userId: idOf(cast.namesake) }],
    ['no primary user', { userId: '' }],
    ['another ownership', { managedDeviceOwnerType: 'personal' as const }],
  ])('since it got %s is asked for by its id until Intune says how the wipe ended', async (_what, change) => {
    const { world, left, look } = await wiping('LAPTOP-JO')
    Object.assign(left, change)
    expect(await look()).toMatchObject({ state: 'pending', fact: expect.stringContaining('wipePending') })
    const [sent] = left.orders
    Object.assign(sent ?? {}, { outcome: 'failed', doneAt: Date.now() })
    expect(await look()).toMatchObject({ state: 'blocked', fact: expect.stringMatching(/wipe failed.*IT sees to/) })
    expect(ordersOf(world)).toEqual(['LAPTOP-JO: wipe'])
    Object.assign(sent ?? {}, { outcome: 'done' })
    expect(await look()).toMatchObject({ state: 'done' })
  })

  it('and never got the order is blocked, with what Intune says of it', async () => {
    const { left, look } = await wiping('LAPTOP-JO')
    Object.assign(left, { userId: idOf(cast.namesake), orders: [] })
    const tooLate = { applied: () => undefined }
    const finding = await look({ ...ordered({ id: left.id, label: '', state: 'open', fact: '' }), ...tooLate })
    expect(finding).toMatchObject({ state: 'blocked', fact: expect.stringContaining("not the leaver's in Intune") })
  })

  it('is wiped where Intune drops it soon, and a question to IT where a clean-up rule may have', async () => {
    const { world, left } = await wiping('LAPTOP-JO')
    world.server.settle()
    const look = (more: Circumstances) => named(world, 'wipe-devices', 'LAPTOP-JO', { ...wipe, ...more })
    const finding = { id: left.id, label: 'LAPTOP-JO', state: 'open' as const, fact: '' }
    expect(await look(ordered(finding))).toMatchObject({ label: 'LAPTOP-JO', state: 'done' })
    expect(await look(ordered(finding, 31))).toMatchObject({ state: 'blocked' })
    const inDoubt = () => [{ finding: left.id, label: 'LAPTOP-JO', intentAt: new Date() }]
    expect(await look({ orders: inDoubt })).toMatchObject({ state: 'blocked', fact: expect.stringContaining('Audit') })
  })

  it('is not locked because it is gone, and where it was to be wiped too, the wipe tells', async () => {
    const world = await open()
    const finding = await named(world, 'lock-devices', 'SCANNER-7')
    world.tenant.managedDevices.splice(0)
    expect(await world.find('lock-devices', ordered(finding))).toMatchObject([{ state: 'blocked' }])
    expect(await world.find('lock-devices', { ...wipe, ...ordered(finding) })).toEqual([])
  })

  it.each([
    ['lock-devices', 'SCANNER-7', 'remoteLock'],
    ['restart-windows', 'DESK-JO', 'rebootNow'],
    ['retire-personal', 'Phone of Jo', 'retire'],
  ] as const)('is followed by %s as well', async (step, name, action) => {
    const world = await open()
    const finding = await named(world, step, name)
    await world.apply(step, [finding])
    Object.assign(device(world, name), { userId: idOf(cast.namesake) })
    const found = await named(world, step, name, ordered(finding))
    expect(found).toMatchObject({
      state: 'pending',
      fact: expect.stringMatching(new RegExp(`${action}|retirePending`)),
    })
  })
})

describe('keys of devices', () => {
  it('are kept, and show in no finding', async () => {
    const world = await open()
    const seen: unknown[] = []
    for (const step of steps.slice(0, 3)) {
      const findings = await world.find(step)
      await world.apply(step, findings)
      seen.push(findings, await world.find(step))
      expect((await world.find(step)).every(({ state }) => state === 'done')).toBe(true)
    }
    const kept = [...world.kept.values()].flat().join('\n')
    for (const key of keysOfDevices) {
      expect(kept).toContain(key)
      expect(JSON.stringify(seen)).not.toContain(key)
    }
    expect(kept).not.toContain('old-pretend-password')
  })

  it('have nowhere to go without an escrow, so all that hands one out is blocked', async () => {
    const world = await open()
    const without = { withoutEscrow: true } as const
    for (const step of steps.slice(0, 3)) {
      const findings = await world.find(step, without)
      expect(findings.map(({ fact }) => fact)).toEqual(findings.map(() => noEscrow))
      await expect(world.apply(step, findings.slice(0, 1), without)).rejects.toThrow(noEscrow)
    }
    expect(await named(world, 'lock-devices', 'MacBook', without)).toMatchObject({ state: 'blocked', fact: noEscrow })
    const mac = await named(world, 'wipe-devices', 'MacBook', { ...wipe, ...without })
    expect(mac).toMatchObject({ state: 'blocked', fact: noEscrow })
    await expect(world.apply('wipe-devices', [mac], { ...wipe, ...without })).rejects.toThrow(noEscrow)
    expect(ordersOf(world)).toEqual([])
  })

  it('that Entra lacks for an encrypted disk are said to be lost', async () => {
    const world = await open()
    world.tenant.recoveryKeys.splice(0)
    expect(await named(world, 'bitlocker-keys', 'LAPTOP-JO')).toMatchObject({ state: 'blocked' })
    device(world, 'LAPTOP-JO').isEncrypted = false
    device(world, 'DESK-JO').isEncrypted = false
    expect(await world.find('bitlocker-keys')).toEqual([])
  })

  it('of a Mac are a PIN once it is locked, and one that is made before it is wiped', async () => {
    const world = await open()
    await world.apply('lock-devices', [await named(world, 'lock-devices', 'MacBook')])
    expect(await world.find('lock-pins')).toEqual([])
    world.server.settle()
    const pin = await world.only('lock-pins')
    await world.apply('lock-pins', [pin])
    expect(world.kept.get('Unlock PIN of MacBook of Jo (SN1003)')).toEqual(['735218'])
    expect(JSON.stringify(pin)).not.toContain('735218')
    await world.apply('wipe-devices', [await named(world, 'wipe-devices', 'MacBook', wipe)], wipe)
    expect(world.kept.get('Erase PIN of MacBook of Jo (SN1003)')?.[0]).toMatch(/^\d{6}$/)
  })

  it('of FileVault are a task that names the Macs', async () => {
    const world = await open()
    const task = taskOf('filevault-keys')
    expect(await task.applies?.(await world.at())).toBe(true)
    expect(await textOf(world, 'filevault-keys')).toContain('MacBook of Jo (SN1003)')
    expect(await task.applies?.(await world.at({ choices: { devices: 'nothing' } }))).toBe(false)
  })
})

async function textOf(world: OpenWorld, id: string, circumstances?: Circumstances): Promise<string> {
  const { ask } = taskOf(id)
  return typeof ask === 'string' ? ask : ask(await world.at(circumstances))
}

describe('what the leaver leaves behind', () => {
  const tasks: [id: string, says: RegExp][] = [
    [
      'owned-apps',
      /App registration Invoice robot .*replace robot host until 2027-06-30\n.*Enterprise application CRM sync/,
    ],
    ['power-platform', /Get-AdminFlow -CreatedBy 00000001-/],
    ['teams-phone', /Remove-CsPhoneNumberAssignment -Identity 'jo.miller@example.com' -RemoveAll/],
    ['direct-reports', /@example\.com/],
  ]

  it.each(tasks)('is a task where there is any, and only there: %s', async (id, says) => {
    const world = await open({ pageSize: 1 })
    expect(await taskOf(id).applies?.(await world.at())).toBe(true)
    expect(await textOf(world, id)).toMatch(says)
    expect(await textOf(world, id)).not.toContain('Badge printer')
    const empty = await openWorld()
    expect(await taskOf(id).applies?.(await empty.at())).toBe(false)
  })

  it('of devices are records that IT releases, once they were to be wiped', async () => {
    const world = await open()
    expect(await taskOf('device-records').applies?.(await world.at())).toBe(false)
    expect(await taskOf('device-records').applies?.(await world.at(wipe))).toBe(true)
    expect(await textOf(world, 'device-records', wipe)).toContain('LAPTOP-JO')
  })
})
