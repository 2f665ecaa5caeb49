/** Locking: Macs, iPhones, iPads and Android by Intune's lock; Windows, which has none, is restarted. */
import { z } from 'zod'
import { type At, type AutomaticStep, type Finding, noEscrow, Rejected } from '../../src/connector.ts'
import type { Graph } from './graph.ts'
import { type Device, described, deviceToActOn, ownedBy, platformOf, unreachable } from './intune.ts'
import { hasPin, isOrdered, order, orderFinding, withOrdered } from './intune-orders.ts'
import { ask, path } from './odata.ts'

type Step = AutomaticStep<Graph>

async function toLock(at: At<Graph>): Promise<Device[]> {
  if (at.choices.devices === 'wipe' && !at.client.settings.lockBeforeWipe) return []
  return ownedBy(at, 'company')
}

/** A missing recovery key does not hold up a lock: what locks can be undone. */
const lockDevices: Step = {
  id: 'lock-devices',
  title: 'Lock Macs, phones and tablets (Intune)',
  area: 'devices',
  phase: 'contain',
  after: ['microsoft-365/bitlocker-keys', 'microsoft-365/activation-codes'],
  async find(at) {
    const devices = (await toLock(at)).filter((device) => platformOf(device) !== 'windows')
    return withOrdered(
      at,
      'lock',
      devices.map((device) => orderFinding(at, device, 'lock', lockObstacle(at, device))),
    )
  },
  async apply(at, finding) {
    const device = await deviceToActOn(at, finding)
    if (!device || isOrdered(at, device, 'lock')) return
    refuse(finding, personal(device) ?? lockObstacle(at, device) ?? unreachable(device))
    return order(at, device, 'lock')
  },
}

/** A Mac is opened again with a PIN that Intune hands out afterwards. */
function lockObstacle(at: At<Graph>, device: Device): string | undefined {
  return platformOf(device) === 'mac' && !at.escrow ? noEscrow : undefined
}

function personal({ managedDeviceOwnerType }: Device): string | undefined {
  return managedDeviceOwnerType === 'personal' ? 'it is a personal device, so only its work part is taken.' : undefined
}

export function refuse(finding: Finding, why: string | undefined): void {
  if (why) throw new Rejected(`${finding.label}: ${why}`)
}

const WithPins = z.object({
  deviceActionResults: z.array(
    z.object({ unlockPin: z.string().nullish(), lastUpdatedDateTime: z.string().nullish() }),
  ),
})

const lockPins: Step = {
  id: 'lock-pins',
  title: 'Keep the PINs that open locked devices',
  area: 'devices',
  phase: 'preserve',
  after: ['microsoft-365/lock-devices'],
  async find(at) {
    const devices = (await toLock(at)).filter((device) => hasPin(at, device))
    return Promise.all(devices.map((device) => pinFinding(at, device)))
  },
  async apply(at, finding) {
    const device = await deviceToActOn(at, finding)
    if (!device || (await at.escrow?.holds(pinName(device)))) return
    if (!at.escrow) throw new Rejected(noEscrow)
    const where = ask(path`/deviceManagement/managedDevices/${device.id}`, { $select: 'deviceActionResults' })
    const told = await at.client.get(where, WithPins)
    const results = told?.deviceActionResults ?? []
    const [newest] = results
      .filter((one) => one.unlockPin)
      .sort((a, b) => (b.lastUpdatedDateTime ?? '').localeCompare(a.lastUpdatedDateTime ?? ''))
    if (!newest?.unlockPin) throw new Rejected(`Intune told no PIN for ${finding.label}.`)
    await at.escrow.keep(pinName(device), newest.unlockPin)
  },
}

async function pinFinding(at: At<Graph>, device: Device): Promise<Finding> {
  const head = described(device)
  if (await at.escrow?.holds(pinName(device))) return { ...head, state: 'done', fact: 'PIN kept' }
  if (!at.escrow) return { ...head, state: 'blocked', fact: noEscrow }
  return { ...head, state: 'open', fact: 'Intune has its PIN; it is not kept yet' }
}

function pinName(device: Device): string {
  return `Unlock PIN of ${described(device).label}`
}

/** After the restart, somebody has to sign in, and the account and the device are blocked by then. */
const restartWindows: Step = {
  id: 'restart-windows',
  title: 'Restart Windows computers, which have no remote lock (Intune)',
  area: 'devices',
  phase: 'contain',
  after: ['microsoft-365/block-sign-in', 'microsoft-365/disable-devices'],
  async find(at) {
    const devices = (await toLock(at)).filter((device) => platformOf(device) === 'windows')
    return withOrdered(
      at,
      'restart',
      devices.map((device) => orderFinding(at, device, 'restart', undefined)),
    )
  },
  async apply(at, finding) {
    const device = await deviceToActOn(at, finding)
    if (!device || isOrdered(at, device, 'restart')) return
    refuse(finding, personal(device) ?? unreachable(device))
    return order(at, device, 'restart')
  },
}

export const lockSteps: readonly Step[] = [lockDevices, restartWindows, lockPins]
