/** What cannot be taken back: erasing the company's devices, and taking management off personal ones. */
import { randomInt } from 'node:crypto'
import { type AutomaticStep, type Finding, type ManualStep, noEscrow, path, Rejected } from '../../src/connector.ts'
import type { Client } from './client.ts'
import { isRunning, orderOf } from './commands.ts'
import {
  type Device,
  described,
  detailsOf,
  devicesOf,
  deviceToActOn,
  isMac,
  isMobile,
  isPersonal,
  type KandjiAt,
  labelOf,
  unreachable,
} from './devices.ts'
import { fresh, seen } from './lock.ts'
import { withOrdered } from './ordered.ts'

type Step = AutomaticStep<Client>

const wipe: Step = {
  id: 'wipe',
  title: 'Wipe Macs, iPhones, iPads and Apple TVs',
  area: 'devices',
  phase: 'remove',
  irreversible: true,
  needs: ['kandji/recovery-keys'],
  after: ['kandji/lock', 'kandji/unlock-pins'],
  async find(at) {
    if (at.choices.devices !== 'wipe') return []
    const own = (await devicesOf(at)).filter((device) => !isPersonal(at.client, device))
    return withOrdered(at, await Promise.all(own.map((device) => wipeFinding(at, device))), 'EraseDevice')
  },
  async apply(at, finding) {
    const now = fresh(at)
    const device = await deviceToActOn(now, finding.id, finding)
    if (!device) return
    const order = await orderOf(now, device, 'EraseDevice')
    if (order && order.state !== 'failed') return
    const why = await obstacle(now, device)
    if (why) throw new Rejected(`${finding.label}: ${why}`)
    const json = isMac(device) ? { PIN: await keptPin(at, device) } : {}
    try {
      await at.client.api.order('erase a device', path`/devices/${device.device_id}/action/erase`, {
        method: 'POST',
        json,
      })
    } catch (error) {
      if (!isRunning(error)) throw error
    }
  },
}

/** A Mac with an Intel chip asks for it once it is erased; on disk before it is sent, so that it can never be lost. */
async function keptPin(at: KandjiAt, device: Device): Promise<string> {
  if (!at.escrow) throw new Rejected(noEscrow)
  const pin = String(randomInt(1_000_000)).padStart(6, '0')
  await at.escrow.keep(`Erase PIN of ${labelOf(device)}`, pin)
  return pin
}

async function wipeFinding(at: KandjiAt, device: Device): Promise<Finding> {
  const head = described(device)
  const order = await orderOf(at, device, 'EraseDevice')
  if (order?.state === 'done') return { ...head, state: 'done', fact: order.fact }
  if (order?.state === 'pending')
    return { ...head, state: 'pending', fact: `${order.fact}; ${await waitsFor(at, device)}` }
  const why = await obstacle(at, device)
  if (why) return { ...head, state: 'blocked', fact: why }
  if (isMac(device) && !at.escrow) return { ...head, state: 'blocked', fact: noEscrow }
  return { ...head, state: 'open', fact: `${order?.fact ?? 'no wipe was ordered'}${seen(device)}` }
}

async function waitsFor(at: KandjiAt, device: Device): Promise<string> {
  const locked = isMac(device) && (await orderOf(at, device, 'DeviceLock'))?.state === 'done'
  return locked
    ? 'a locked Mac takes it once IT has typed the PIN (kept in escrow)'
    : `waits for the device${seen(device)}`
}

const erasable = new Set(['Mac', 'iPhone', 'iPad', 'AppleTV'])

async function obstacle(at: KandjiAt, device: Device): Promise<string | undefined> {
  if (isPersonal(at.client, device)) return 'it is marked as personal, so it is not wiped.'
  const away = unreachable(device)
  if (away) return away
  if (!erasable.has(device.platform ?? ''))
    return `Kandji wipes no ${device.platform ?? 'device of an unknown kind'} here. IT sees to the device.`
  if (!isMobile(device) || at.client.settings.wipeUnsupervised) return undefined
  const { mdm } = await detailsOf(at, device)
  if (/^(true|yes)$/i.test(String(mdm?.supervised ?? ''))) return undefined
  const tag = at.client.settings.personal.tags[0]
  const mark = tag ? `gives it the tag ${tag}` : 'names its blueprint in the settings (personal)'
  return `it is not supervised, so it may be the leaver's own. IT ${mark}, or wipes it by hand in Kandji.`
}

/** The record goes at once and with it whatever could be read back, so the removal itself is only acknowledged. */
const unmanage: Step = {
  id: 'unmanage-personal',
  title: 'Take management off personal devices',
  area: 'devices',
  phase: 'remove',
  irreversible: true,
  proof: 'none',
  async find(at) {
    if (at.choices.devices === 'nothing') return []
    const personal = (await devicesOf(at)).filter((device) => isPersonal(at.client, device))
    const found = personal.map(
      (device): Finding => ({ ...described(device), state: 'open', fact: `enrolled${seen(device)}` }),
    )
    return withOrdered(at, found)
  },
  async apply(at, finding) {
    const device = await deviceToActOn(at, finding.id, finding)
    if (!device) return
    if (!isPersonal(at.client, device))
      throw new Rejected(`${finding.label} is not marked as personal any more, so its management stays.`)
    const asked = path`/devices/${device.device_id}`
    await at.client.api.order('delete a device', asked, { method: 'DELETE' })
  },
}

const dayMs = 24 * 3_600_000

/** A wiped device that is still assigned in Apple Business Manager enrols again by itself. */
const release: ManualStep<Client> = {
  id: 'release',
  title: 'Release wiped devices from Apple Business Manager',
  area: 'devices',
  phase: 'reclaim',
  after: ['kandji/wipe'],
  owner: 'it',
  dueIn: 30 * dayMs,
  applies: async (at) => at.choices.devices === 'wipe' && (await toRelease(at)).length > 0,
  ask: async (at) =>
    `Once they are wiped: ${(await toRelease(at)).map(labelOf).join(', ')}. Those that are not kept: release them in ` +
    'Apple Business Manager (Devices), or they enrol again. Those that are: take the leaver off them in Kandji ' +
    '(Devices > the device > Assigned user), then delete the record once the next person has the device.',
}

async function toRelease(at: KandjiAt): Promise<Device[]> {
  const own = (await devicesOf(at)).filter((device) => !isPersonal(at.client, device))
  const details = await Promise.all(own.map((device) => detailsOf(at, device)))
  return own.filter((_device, index) => details[index]?.automated_device_enrollment?.auto_enrolled === true)
}

export const wipeSteps = [wipe, unmanage, release] as const
