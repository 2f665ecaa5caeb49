/** Locking Macs, and the PINs that Kandji makes for it. */
import { z } from 'zod'
import { type AutomaticStep, type Finding, noEscrow, path, Rejected } from '../../src/connector.ts'
import type { Client } from './client.ts'
import { isLocked, isRunning, orderOf } from './commands.ts'
import {
  type Device,
  described,
  devicesOf,
  deviceToActOn,
  isMac,
  isMobile,
  isPersonal,
  type KandjiAt,
  labelOf,
  unreachable,
} from './devices.ts'
import { alreadyLocked, withOrdered } from './ordered.ts'

type Step = AutomaticStep<Client>

const LockAnswer = z.object({ PIN: z.string().nullish() }).nullish()
const PinAnswer = z.object({ pin: z.string().nullish() })

/** The keys are asked for first, but a missing one does not hold up a lock: Kandji keeps them, and the PIN undoes it. */
const lock: Step = {
  id: 'lock',
  title: 'Lock Macs, iPhones and iPads',
  area: 'devices',
  phase: 'contain',
  after: ['kandji/recovery-keys'],
  async find(at) {
    if (!locks(at)) return []
    const own = (await devicesOf(at)).filter((device) => !isPersonal(at.client, device))
    return withOrdered(at, (await Promise.all(own.map((device) => lockFinding(at, device)))).flat(), 'DeviceLock')
  },
  async apply(at, finding) {
    const device = await deviceToActOn(at, finding.id, finding)
    if (!device) return
    const why = obstacle(device)
    if (why) throw new Rejected(`${finding.label}: ${why}`)
    if (isSettled(await orderOf(fresh(at), device, 'DeviceLock'))) return
    try {
      const asked = path`/devices/${device.device_id}/action/lock`
      const told = await at.client.api.ask('lock a device', asked, LockAnswer, { method: 'POST', json: {} })
      if (told?.PIN) await at.escrow?.keep(pinName(device), told.PIN)
    } catch (error) {
      if (isLocked(error)) return { alreadyLocked: true }
      if (!isRunning(error)) throw error
    }
  },
}

function isSettled(order: { state: string } | undefined): boolean {
  return order?.state === 'pending' || order?.state === 'done'
}

/** An order is decided on what is so now, not on what the round has read. */
export function fresh(at: KandjiAt): KandjiAt {
  return { ...at, once: (_key, read) => read() }
}

function locks({ choices, client }: KandjiAt): boolean {
  return choices.devices === 'lock' || (choices.devices === 'wipe' && client.settings.lockBeforeWipe)
}

async function lockFinding(at: KandjiAt, device: Device): Promise<Finding[]> {
  const head = described(device)
  if (device.platform === 'AppleTV') return []
  if (isMobile(device)) return [{ ...head, ...lostMode(device) }]
  if (at.applied(head.id)?.receipt?.alreadyLocked === true) return [{ ...head, state: 'done', fact: alreadyLocked }]
  const order = await orderOf(at, device, 'DeviceLock')
  if (order?.state === 'done') return [{ ...head, state: 'done', fact: order.fact }]
  if (order?.state === 'pending')
    return [{ ...head, state: 'pending', fact: `${order.fact}; waits for the device${seen(device)}` }]
  const why = obstacle(device)
  if (why) return [{ ...head, state: 'blocked', fact: why }]
  return [{ ...head, state: 'open', fact: `${order?.fact ?? 'no lock was ordered'}${seen(device)}` }]
}

export function seen({ last_check_in: at }: Device): string {
  return at ? `, last seen ${at.slice(0, 10)}` : ''
}

/**
 * A lock only darkens the screen of an iPhone or iPad, and the leaver's passcode opens it. The order for Lost Mode is not in
 * the API collection that this rests on.
 */
function lostMode(device: Device): Pick<Finding, 'state' | 'fact'> {
  const { lost_mode_status: status } = device
  if (status === 'ENABLED') return { state: 'done', fact: 'lost_mode_status=ENABLED' }
  const fact =
    unreachable(device) ??
    'the passcode opens it again after a lock. IT turns on Lost Mode (Devices > the device > Action menu > Enable Lost Mode), ' +
      'then tries again.'
  return { state: 'blocked', fact }
}

/** Kandji API, Lock Device: a Mac with Apple silicon and macOS before 11.5 is deactivated instead. */
function obstacle(device: Device): string | undefined {
  const away = unreachable(device)
  if (away) return away
  if (!isMac(device))
    return `Kandji locks no ${device.platform ?? 'device of an unknown kind'} here. IT sees to the device.`
  const [major = 0, minor = 0] = (device.os_version ?? '').split('.').map(Number)
  if (major === 11 && minor < 5)
    return `macOS ${device.os_version}: a lock deactivates a Mac with Apple silicon before 11.5. IT updates it, or takes it back.`
  return undefined
}

/** The answer to a lock brings the PIN; where that was lost, or somebody else locked the Mac, Kandji tells it again. */
const unlockPins: Step = {
  id: 'unlock-pins',
  title: 'Keep the PINs that unlock Macs',
  area: 'devices',
  phase: 'preserve',
  after: ['kandji/lock'],
  async find(at) {
    if (at.choices.devices === 'nothing') return []
    const macs = (await devicesOf(at)).filter((device) => isMac(device) && !isPersonal(at.client, device))
    return (await Promise.all(macs.map((device) => pinFinding(at, device)))).flat()
  },
  async apply(at, finding) {
    const device = await deviceToActOn(at, finding.id, finding)
    if (!device || (await at.escrow?.holds(pinName(device)))) return
    if (!at.escrow) throw new Rejected(noEscrow)
    const asked = path`/devices/${device.device_id}/secrets/unlockpin`
    const { pin } = await at.client.api.ask('tell the PIN of a Mac', asked, PinAnswer)
    if (!pin) throw new Rejected(`Kandji told no PIN for ${finding.label}.`)
    await at.escrow.keep(pinName(device), pin)
  },
}

async function pinFinding(at: KandjiAt, device: Device): Promise<Finding[]> {
  const head = described(device)
  if (await at.escrow?.holds(pinName(device))) return [{ ...head, state: 'done', fact: 'PIN kept' }]
  const order = await orderOf(at, device, 'DeviceLock')
  if (!isSettled(order)) return []
  if (!at.escrow) return [{ ...head, state: 'blocked', fact: noEscrow }]
  return [{ ...head, state: 'open', fact: `${order?.fact}; its PIN is not kept yet` }]
}

function pinName(device: Device): string {
  return `Unlock PIN of ${labelOf(device)}`
}

export const lockSteps: readonly Step[] = [lock, unlockPins]
