/** What cannot be taken back: erasing the company's devices, and taking management off personal ones. */
import { type AutomaticStep, type Finding, type ManualStep, noEscrow, path, Rejected } from '../../src/connector.ts'
import type { Client } from './client.ts'
import { fresh, orderOf, send } from './commands.ts'
import { type Device, described, devicesOf, deviceToActOn, isGone, type JamfAt, refOf, seen } from './devices.ts'
import { newPin, sharedFact } from './lock.ts'
import { byCommand, type Standing, withOrdered } from './ordered.ts'

type Step = AutomaticStep<Client>

const wipe: Step = {
  id: 'wipe',
  title: 'Wipe Macs, iPhones and iPads',
  area: 'devices',
  phase: 'remove',
  irreversible: true,
  needs: ['jamf/recovery-keys'],
  after: ['jamf/lock', 'jamf/unlock-pins'],
  async find(at) {
    if (at.choices.devices !== 'wipe') return []
    const own = (await devicesOf(at)).filter((device) => device.personal !== true)
    const found = (await Promise.all(own.map((device) => wipeFinding(at, device)))).flat()
    return withOrdered(
      at,
      found,
      (device) => byCommand(at, device, 'ERASE_DEVICE'),
      () => 'ERASE_DEVICE',
    )
  },
  async apply(at, finding) {
    const device = await deviceToActOn(at, finding.id, finding)
    if (!device) return
    const why = obstacle(at, device)
    if (why) throw new Rejected(`${finding.label}: ${why}`)
    const order = await orderOf(fresh(at), device, 'ERASE_DEVICE')
    if (order && order.state !== 'failed') return
    const pin = device.mac && (await newPin(at, `Erase PIN of ${device.label}`))
    return send(at, device, { commandType: 'ERASE_DEVICE', ...(pin && { pin }) })
  },
}

async function wipeFinding(at: JamfAt, device: Device): Promise<Finding[]> {
  if (isGone(device)) return []
  const head = described(device)
  const order = device.managementId ? await orderOf(at, device, 'ERASE_DEVICE') : undefined
  if (order?.state === 'done') return [{ ...head, state: 'done', fact: order.fact }]
  if (order?.state === 'pending')
    return [{ ...head, state: 'pending', fact: `${order.fact}; ${await waitsFor(at, device)}` }]
  const why = obstacle(at, device)
  if (why) return [{ ...head, state: 'blocked', fact: why }]
  return [{ ...head, state: 'open', fact: `${order?.fact ?? 'no wipe was ordered'}${seen(device)}` }]
}

async function waitsFor(at: JamfAt, device: Device): Promise<string> {
  const locked = device.mac && (await orderOf(at, device, 'DEVICE_LOCK'))?.state === 'done'
  return locked
    ? 'a locked Mac takes it once IT has typed the PIN (kept in escrow)'
    : `waits for the device${seen(device)}`
}

function obstacle(at: JamfAt, { managed, managementId, personal, shared, mac }: Device): string | undefined {
  if (personal) return 'it is a personal device, so it is not wiped.'
  if (shared) return sharedFact
  if (!managed || !managementId) return 'Jamf Pro does not manage it, so it cannot be reached. IT sees to the device.'
  if (personal === undefined)
    return "Jamf Pro does not say whose it is, so it may be the leaver's own. IT wipes it by hand in Jamf Pro, or skips it."
  return mac && !at.escrow ? noEscrow : undefined
}

/** The most that can be done to a personal device: its work part goes, the person's own stays. */
const unmanage: Step = {
  id: 'unmanage-personal',
  title: 'Take management off personal devices',
  area: 'devices',
  phase: 'remove',
  irreversible: true,
  async find(at) {
    if (at.choices.devices === 'nothing') return []
    const personal = (await devicesOf(at)).filter((device) => device.personal && device.managed)
    const found = personal.map((device) => ({ ...described(device), ...managementOf(at, device) }))
    return withOrdered(at, found, async (device) => managementOf(at, device))
  },
  async apply(at, finding) {
    const device = await deviceToActOn(at, finding.id, finding)
    if (!device?.managed) return
    if (!device.personal)
      throw new Rejected(`${finding.label} is no personal device any more, so its management stays.`)
    const asked =
      device.kind === 'mobile'
        ? path`/v2/mobile-devices/${device.id}/unmanage`
        : path`/v1/computer-inventory/${device.id}/remove-mdm-profile`
    await at.client.api.order('take management off a device', asked, { method: 'POST' })
  },
}

/** Jamf Pro lists no such order among its MDM commands, and shows it at the device only once the device has carried it out. */
function managementOf(at: JamfAt, device: Device): Standing {
  const fact = `managed=${device.managed}`
  if (!device.managed) return { state: 'done', fact }
  if (!at.applied(refOf(device))?.answeredAt) return { state: 'open', fact: `${fact}${seen(device)}` }
  return { state: 'pending', fact: `${fact}; waits for the device${seen(device)}` }
}

const dayMs = 24 * 3_600_000

/** A wiped device that is still assigned in Apple Business Manager enrols again by itself. */
const release: ManualStep<Client> = {
  id: 'release',
  title: 'Release wiped devices from Apple Business Manager',
  area: 'devices',
  phase: 'reclaim',
  after: ['jamf/wipe'],
  owner: 'it',
  dueIn: 30 * dayMs,
  applies: async (at) => at.choices.devices === 'wipe' && (await toRelease(at)).length > 0,
  ask: async (at) =>
    `Once they are wiped: ${(await toRelease(at)).map(({ label }) => label).join(', ')}. Those that are not kept: ` +
    'release them in Apple Business Manager (Devices), and delete them in Jamf Pro. Those that are: take the leaver ' +
    'off them in Jamf Pro (User and Location).',
}

async function toRelease(at: JamfAt): Promise<Device[]> {
  return (await devicesOf(at)).filter((device) => device.managed && device.supervised && device.personal === false)
}

export const wipeSteps = [wipe, unmanage, release] as const
