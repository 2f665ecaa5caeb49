/** Locking: by the agent on Windows and Linux, by Apple's MDM on the rest, which never tells whether it happened. */
import { randomInt } from 'node:crypto'
import { type AutomaticStep, type Finding, noEscrow, path, Rejected } from '../../src/connector.ts'
import type { Client } from './client.ts'
import { commandState } from './commands.ts'
import {
  type Device,
  described,
  devicesOf,
  deviceToActOn,
  isMac,
  isPersonal,
  labelOf,
  obstacle,
  seenFact,
} from './devices.ts'
import { withOrdered } from './ordered.ts'
import { blocked, type CloudAt } from './person.ts'

type Step = AutomaticStep<Client>

/** The keys are asked for first, but a missing one does not hold up a lock: JumpCloud keeps them. */
const lock: Step = {
  id: 'lock',
  title: 'Lock Windows and Linux computers',
  area: 'devices',
  phase: 'contain',
  after: ['jumpcloud/recovery-keys'],
  async find(at) {
    if (!locks(at)) return []
    const devices = (await devicesOf(at)).filter((one) => one.kind !== 'apple')
    const found = await Promise.all(
      devices.map(async (device): Promise<Finding> => {
        const why = obstacle(device, 'lock')
        return why
          ? blocked(described(device), why)
          : { ...described(device), ...(await commandState(at, device.system._id, seenFact(device), 'lock')) }
      }),
    )
    return withOrdered(at, found, 'lock')
  },
  async apply(at, finding) {
    // Each order is queued besides the one before.
    const ordered = at.applied(finding.id)?.receipt
    if (ordered) return ordered
    if (!(await deviceToActOn(at, finding))) return
    const where = path`/api/systems/${finding.id}/command/builtin/lock`
    await at.client.api.order('lock a device', where, { method: 'POST', json: {} })
    return { ordered: new Date().toISOString() }
  },
}

const lockApple: Step = {
  id: 'lock-apple',
  title: 'Lock Macs, iPhones and iPads',
  area: 'devices',
  phase: 'contain',
  proof: 'none',
  after: ['jumpcloud/recovery-keys'],
  async find(at) {
    if (!locks(at)) return []
    const devices = (await devicesOf(at)).filter((one) => one.kind === 'apple' && !isPersonal(one))
    return devices.map((device): Finding => {
      const why = obstacle(device, 'lock') ?? (isMac(device) && !at.escrow ? noEscrow : undefined)
      if (why) return blocked(described(device), why)
      const answered = at.applied(device.system._id)?.answeredAt
      const told = `JumpCloud does not tell whether an Apple device is locked; ${seenFact(device)}`
      if (!answered) return { ...described(device), state: 'open', fact: told }
      return { ...described(device), state: 'done', fact: `Ordered at ${answered.toISOString()}; ${told}` }
    })
  },
  async apply(at, finding) {
    const ordered = at.applied(finding.id)?.receipt
    if (ordered) return ordered
    const device = await deviceToActOn(at, finding)
    if (!device) return
    await orderApple(at, device, 'lock')
    return { ordered: new Date().toISOString() }
  },
}

/** A Mac asks for the PIN, so it is kept before it is sent; an order that is repeated brings a PIN that is kept besides. */
export async function orderApple(at: CloudAt, device: Device, what: 'lock' | 'erase'): Promise<void> {
  const why = obstacle(device, what)
  if (why || !device.apple) throw new Rejected(`${labelOf(device.system)}: ${why ?? 'Apple MDM does not know it'}`)
  const where = path`/api/v2/applemdms/${device.apple.mdm}/devices/${device.apple.id}/${what}`
  const json = isMac(device) ? { pin: await newPin(at, device, what) } : {}
  await at.client.api.order(`${what} an Apple device`, where, { method: 'POST', json })
}

async function newPin(at: CloudAt, device: Device, what: 'lock' | 'erase'): Promise<string> {
  if (!at.escrow) throw new Rejected(noEscrow)
  const pin = String(randomInt(1_000_000)).padStart(6, '0')
  await at.escrow.keep(`PIN (${what}) of ${labelOf(device.system)}`, pin)
  return pin
}

function locks({ choices, client }: CloudAt): boolean {
  return choices.devices === 'lock' || (choices.devices === 'wipe' && client.settings.lockBeforeErase)
}

export const lockSteps: readonly Step[] = [lock, lockApple]
