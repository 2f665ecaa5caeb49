/** What cannot be taken back: erasing the company's devices, and taking the work part off personal ones. */
import { randomInt } from 'node:crypto'
import { z } from 'zod'
import { type At, type AutomaticStep, type ManualStep, noEscrow, Rejected } from '../../src/connector.ts'
import type { Graph } from './graph.ts'
import { type Device, described, deviceToActOn, ownedBy, platformOf, unreachable } from './intune.ts'
import { isEntraId } from './intune-keys.ts'
import { refuse } from './intune-lock.ts'
import { isOrdered, order, orderFinding, receiptOf, withOrdered } from './intune-orders.ts'
import { ask, path, quoted } from './odata.ts'

const wipeDevices: AutomaticStep<Graph> = {
  id: 'wipe-devices',
  title: 'Wipe devices (Intune)',
  area: 'devices',
  phase: 'remove',
  irreversible: true,
  needs: ['microsoft-365/bitlocker-keys', 'microsoft-365/activation-codes', 'microsoft-365/filevault-keys'],
  async find(at) {
    if (at.choices.devices !== 'wipe') return []
    const devices = await ownedBy(at, 'company')
    const found = devices.map(async (device) => orderFinding(at, device, 'wipe', await wipeObstacle(at, device)))
    return withOrdered(at, 'wipe', await Promise.all(found))
  },
  async apply(at, finding) {
    if (at.choices.devices !== 'wipe') throw new Rejected('Wiping was not chosen.')
    const device = await deviceToActOn(at, finding)
    if (!device) return
    if (isOrdered(at, device, 'wipe')) return receiptOf(device)
    refuse(finding, (await wipeObstacle(at, device)) ?? unreachable(device))
    const pin = platformOf(device) === 'mac' ? { macOsUnlockCode: await erasePin(at, device) } : {}
    return order(at, device, 'wipe', { keepEnrollmentData: false, keepUserData: false, ...pin })
  },
}

async function wipeObstacle(at: At<Graph>, device: Device): Promise<string | undefined> {
  if (device.managedDeviceOwnerType === 'personal') return 'it is a personal device, so it is not wiped.'
  if (device.managedDeviceOwnerType !== 'company')
    return "Intune does not say whose it is, so it may be the leaver's own. IT sets Device ownership (Intune admin center, Devices, the device, Properties), then tries again."
  if (platformOf(device) === 'mac' && !at.escrow) return noEscrow
  return sharedObstacle(at, device)
}

const Known = z.object({ id: z.string() })

/** Intune names the primary user alone; Entra, everybody who is registered on the device. */
async function sharedObstacle(at: At<Graph>, { azureADDeviceId: entra }: Device): Promise<string | undefined> {
  if (!isEntraId(entra)) return undefined
  const where = ask('/devices', { $filter: `deviceId eq ${quoted(entra ?? '')}`, $select: 'id' })
  for (const { id } of await at.client.list(where, Known)) {
    const users = await at.client.list(ask(path`/devices/${id}/registeredUsers`, { $select: 'id' }), Known)
    const others = users.filter((user) => user.id !== at.account.id).length
    if (others > 0)
      return `others use it too (${others} more registered on it in Entra). IT decides: takes them off it there (Entra admin center, Devices), then tries again, or wipes it by hand.`
  }
  return undefined
}

/** Six digits, as Apple asks; on disk before they are sent, so that they can never be lost. */
async function erasePin(at: At<Graph>, device: Device): Promise<string> {
  if (!at.escrow) throw new Rejected(noEscrow)
  const pin = String(randomInt(1_000_000)).padStart(6, '0')
  await at.escrow.keep(`Erase PIN of ${described(device).label}`, pin)
  return pin
}

/** Intune's "retire" takes what the company put there; photos and whatever else is the person's stay. */
const retirePersonal: AutomaticStep<Graph> = {
  id: 'retire-personal',
  title: 'Take the work part off personal devices (Intune)',
  area: 'devices',
  phase: 'remove',
  irreversible: true,
  async find(at) {
    const devices = await ownedBy(at, 'personal')
    return withOrdered(
      at,
      'retire',
      devices.map((device) => orderFinding(at, device, 'retire', undefined)),
    )
  },
  async apply(at, finding) {
    const device = await deviceToActOn(at, finding)
    if (!device) return
    if (isOrdered(at, device, 'retire')) return receiptOf(device)
    if (device.managedDeviceOwnerType !== 'personal')
      throw new Rejected(`${finding.label} is no personal device any more, so its management stays.`)
    refuse(finding, unreachable(device))
    return order(at, device, 'retire')
  },
}

const dayMs = 24 * 3_600_000

/** A wiped device that Windows Autopilot or Apple Business Manager still knows enrols again by itself. */
const deviceRecords: ManualStep<Graph> = {
  id: 'device-records',
  title: 'Release or reassign wiped devices',
  area: 'devices',
  phase: 'reclaim',
  after: ['microsoft-365/wipe-devices'],
  owner: 'it',
  dueIn: 30 * dayMs,
  applies: async (at) => at.choices.devices === 'wipe' && (await ownedBy(at, 'company')).length > 0,
  ask: async (at) => {
    const names = (await ownedBy(at, 'company')).map((device) => described(device).label)
    return [
      `Once they are wiped: ${names.join(', ') || 'nothing is left to do'}.`,
      'Those that are not kept: delete them in the Intune admin center (Devices, All devices), in Enrollment > Windows Autopilot > Devices, and release them in Apple Business Manager.',
      'Those that are kept: change their primary user (Devices, the device, Properties).',
    ].join('\n')
  },
}

export const wipeSteps = [wipeDevices, retirePersonal, deviceRecords] as const
