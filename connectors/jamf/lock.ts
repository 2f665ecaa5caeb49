/** Locking: Macs with a PIN that is made here, iPhones and iPads with Lost Mode. */
import { randomInt } from 'node:crypto'
import { z } from 'zod'
import { type AutomaticStep, type Finding, noEscrow, path, Rejected } from '../../src/connector.ts'
import type { Client } from './client.ts'
import { fresh, orderOf, send } from './commands.ts'
import { type Device, described, devicesOf, deviceToActOn, isGone, type JamfAt, seen } from './devices.ts'
import { byCommand, withOrdered } from './ordered.ts'

type Step = AutomaticStep<Client>

/** The keys are asked for first, but a missing one does not hold up a lock: Jamf Pro keeps them, and the PIN undoes it. */
const lock: Step = {
  id: 'lock',
  title: 'Lock Macs, iPhones and iPads',
  area: 'devices',
  phase: 'contain',
  after: ['jamf/recovery-keys'],
  async find(at) {
    if (!locks(at)) return []
    const own = (await devicesOf(at)).filter((device) => device.personal !== true)
    const found = (await Promise.all(own.map((device) => lockFinding(at, device)))).flat()
    return withOrdered(
      at,
      found,
      async (device) =>
        device.lostMode ? { state: 'done', fact: lostModeFact } : byCommand(at, device, kindOf(device)),
      (ref) => (ref.startsWith('computer/') ? 'DEVICE_LOCK' : 'ENABLE_LOST_MODE'),
    )
  },
  async apply(at, finding) {
    const device = await deviceToActOn(at, finding.id, finding)
    if (!device) return
    const why = obstacle(device)
    if (why) throw new Rejected(`${finding.label}: ${why}`)
    const order = await orderOf(fresh(at), device, kindOf(device))
    if (device.lostMode || (order && order.state !== 'failed')) return
    const { lockMessage: message } = at.client.settings
    if (device.kind === 'mobile') return send(at, device, { commandType: 'ENABLE_LOST_MODE', ...lost(message) })
    return send(at, device, { commandType: 'DEVICE_LOCK', ...(await withPin(at, device, message)) })
  },
  async undo(at, finding) {
    const device = await deviceToActOn(at, finding.id, finding)
    if (!device) return
    if (device.kind === 'computer')
      throw new Rejected(`${finding.label}: a Mac is unlocked by typing its PIN, which is kept in escrow.`)
    await send(at, device, { commandType: 'DISABLE_LOST_MODE' })
  },
}

function kindOf({ kind }: Device): 'DEVICE_LOCK' | 'ENABLE_LOST_MODE' {
  return kind === 'mobile' ? 'ENABLE_LOST_MODE' : 'DEVICE_LOCK'
}

function lost(lostModeMessage: string): object {
  return { lostModeMessage }
}

async function withPin(at: JamfAt, device: Device, message: string): Promise<object> {
  return { message, pin: await newPin(at, pinName(device)) }
}

/** Six digits, as Apple asks; on disk before they are sent, so that they can never be lost. */
export async function newPin(at: JamfAt, name: string): Promise<string> {
  if (!at.escrow) throw new Rejected(noEscrow)
  const pin = String(randomInt(1_000_000)).padStart(6, '0')
  await at.escrow.keep(name, pin)
  return pin
}

function locks({ choices, client }: JamfAt): boolean {
  return choices.devices === 'lock' || (choices.devices === 'wipe' && client.settings.lockBeforeWipe)
}

const lostModeFact = 'lostModeEnabled=true'

async function lockFinding(at: JamfAt, device: Device): Promise<Finding[]> {
  if (isGone(device)) return []
  const head = described(device)
  if (device.lostMode) return [{ ...head, state: 'done', fact: lostModeFact }]
  const why = obstacle(device)
  const order = device.managementId ? await orderOf(at, device, kindOf(device)) : undefined
  if (order?.state === 'done') return [{ ...head, state: 'done', fact: order.fact }]
  if (order?.state === 'pending')
    return [{ ...head, state: 'pending', fact: `${order.fact}; waits for the device${seen(device)}` }]
  if (why) return [{ ...head, state: 'blocked', fact: why }]
  if (device.mac && !at.escrow) return [{ ...head, state: 'blocked', fact: noEscrow }]
  return [{ ...head, state: 'open', fact: `${order?.fact ?? 'no lock was ordered'}${seen(device)}` }]
}

/** Everybody who uses it would be locked out, or lose what is on it. */
export const sharedFact =
  'it is a shared iPad (sharedIpad=true), which others use too. IT decides, and sees to the device.'

/** Apple: a Mac with Apple silicon and macOS before 11.5 is deactivated instead; Lost Mode needs supervision. */
function obstacle({ kind, managed, managementId, supervised, shared, mac }: Device): string | undefined {
  if (!managed || !managementId) return 'Jamf Pro does not manage it, so it cannot be reached. IT sees to the device.'
  if (shared) return sharedFact
  if (kind === 'mobile')
    return supervised
      ? undefined
      : 'it is not supervised, so it has no Lost Mode, and after a mere lock the passcode opens it. IT asks for the device.'
  const [major = 0, minor = 0] = (mac?.os ?? '').split('.').map(Number)
  if (mac?.silicon && major === 11 && minor < 5)
    return `macOS ${mac.os}: a lock deactivates a Mac with Apple silicon before 11.5. IT updates it, or takes it back.`
  return undefined
}

const PinAnswer = z.object({ pin: z.string().nullish() })

/** Our own PINs are kept before they are sent; this is for a Mac that somebody else has locked. */
const unlockPins: Step = {
  id: 'unlock-pins',
  title: 'Keep the PINs of Macs that somebody else locked',
  area: 'devices',
  phase: 'preserve',
  after: ['jamf/lock'],
  async find(at) {
    if (at.choices.devices === 'nothing') return []
    const macs = (await devicesOf(at)).filter((one) => one.mac && one.managementId && one.personal !== true)
    return (await Promise.all(macs.map((device) => pinFinding(at, device)))).flat()
  },
  async apply(at, finding) {
    const device = await deviceToActOn(at, finding.id, finding)
    if (!device || (await at.escrow?.holds(pinName(device)))) return
    if (!at.escrow) throw new Rejected(noEscrow)
    const asked = path`/v3/computers-inventory/${device.id}/view-device-lock-pin`
    const { pin } = await at.client.api.ask('tell the PIN of a Mac', asked, PinAnswer)
    if (!pin) throw new Rejected(`Jamf Pro told no PIN for ${finding.label}.`)
    await at.escrow.keep(pinName(device), pin)
  },
}

async function pinFinding(at: JamfAt, device: Device): Promise<Finding[]> {
  const head = described(device)
  if (await at.escrow?.holds(pinName(device))) return [{ ...head, state: 'done', fact: 'PIN kept' }]
  const order = await orderOf(at, device, 'DEVICE_LOCK')
  if (!order || order.state === 'failed') return []
  if (!at.escrow) return [{ ...head, state: 'blocked', fact: noEscrow }]
  return [{ ...head, state: 'open', fact: `${order.fact}; its PIN is not kept yet` }]
}

function pinName(device: Device): string {
  return `Unlock PIN of ${device.label}`
}

export const lockSteps: readonly Step[] = [lock, unlockPins]
