/** What cannot be taken back: erasing the company's devices, and taking the work part off personal ones. */
import { type AutomaticStep, type Finding, noEscrow, path, unlessStatus } from '../../src/connector.ts'
import type { Client } from './client.ts'
import { commandState } from './commands.ts'
import { type Device, described, devicesOf, deviceToActOn, isMac, isPersonal, obstacle, seenFact } from './devices.ts'
import { orderApple } from './lock.ts'
import { appleErased, withOrdered } from './ordered.ts'
import { blocked, type CloudAt } from './person.ts'

type Step = AutomaticStep<Client>

/** An order that is queued twice would erase the device again after its next owner has it; so a person decides in doubt. */
const erase: Step = {
  id: 'erase',
  title: 'Erase computers, phones and tablets',
  area: 'devices',
  phase: 'remove',
  irreversible: true,
  repeat: 'ask',
  needs: ['jumpcloud/recovery-keys'],
  after: ['jumpcloud/lock', 'jumpcloud/lock-apple'],
  async find(at) {
    if (at.choices.devices !== 'wipe') return []
    const devices = (await devicesOf(at)).filter((one) => !isPersonal(one))
    return withOrdered(at, await Promise.all(devices.map((one) => eraseFinding(at, one))), 'erase')
  },
  async apply(at, finding) {
    const ordered = at.applied(finding.id)?.receipt
    if (ordered) return ordered
    const device = await deviceToActOn(at, finding)
    if (!device) return
    if (device.kind === 'apple') await orderApple(at, device, 'erase')
    else {
      const where = path`/api/systems/${finding.id}/command/builtin/erase`
      await at.client.api.order('erase a device', where, { method: 'POST', json: {} })
    }
    return { ordered: new Date().toISOString() }
  },
}

async function eraseFinding(at: CloudAt, device: Device): Promise<Finding> {
  const head = described(device)
  const ordered = at.applied(head.id)?.answeredAt
  if (device.kind === 'apple' && ordered && device.apple) {
    return { ...head, ...appleErased(device) }
  }
  const why = obstacle(device, 'erase') ?? (isMac(device) && !at.escrow ? noEscrow : undefined)
  if (why) return blocked(head, why)
  if (device.kind === 'apple') return { ...head, state: 'open', fact: seenFact(device) }
  return { ...head, ...(await commandState(at, device.system._id, seenFact(device), 'erase')) }
}

const unenroll: Step = {
  id: 'unenroll-personal',
  title: 'Take the work part off personal devices',
  area: 'devices',
  phase: 'remove',
  irreversible: true,
  async find(at) {
    const found = (await devicesOf(at)).filter(isPersonal).map((device): Finding => {
      const fact = `isUserEnrollment=true, enrolled=${device.apple?.enrolled ?? 'unknown'}`
      if (device.apple?.enrolled === false) return { ...described(device), state: 'done', fact }
      if (device.doubt) return blocked(described(device), device.doubt)
      return { ...described(device), state: 'open', fact }
    })
    return withOrdered(at, found, 'unenroll')
  },
  async apply(at, finding) {
    const device = await deviceToActOn(at, finding)
    if (!device?.apple || !isPersonal(device)) return
    const where = path`/api/v2/applemdms/${device.apple.mdm}/devices/${device.apple.id}`
    await unlessStatus([404], at.client.api.order('take a device out of MDM', where, { method: 'DELETE' }))
  },
}

export const eraseSteps: readonly Step[] = [erase, unenroll]
