/** Disk recovery keys, kept before anything that cannot be taken back. */
import { z } from 'zod'
import { type AutomaticStep, type Finding, noEscrow, path, Rejected } from '../../src/connector.ts'
import type { Client } from './client.ts'
import { type Device, described, devicesOf, deviceToActOn, isPersonal, labelOf } from './devices.ts'
import { blocked, type CloudAt } from './person.ts'

const Key = z.object({ key: z.string().min(1) })

export const recoveryKeys: AutomaticStep<Client> = {
  id: 'recovery-keys',
  title: 'Keep the disk recovery keys',
  area: 'devices',
  phase: 'contain',
  async find(at) {
    const disks = (await devicesOf(at)).filter((one) => hasDisk(one) && !one.doubt)
    return Promise.all(disks.map((one) => keyFinding(at, one)))
  },
  async apply(at, finding) {
    if (!at.escrow) throw new Rejected(noEscrow)
    const device = await deviceToActOn(at, finding)
    if (!device || (await at.escrow.holds(keyName(device)))) return
    const { key } = await at.client.api.ask('show a recovery key', path`/api/v2/systems/${finding.id}/fdekey`, Key)
    await at.escrow.keep(keyName(device), key)
  },
}

async function keyFinding(at: CloudAt, device: Device): Promise<Finding> {
  const { fde } = device.system
  const said = `fde.active=${fde?.active ?? 'unknown'}`
  const head = described(device)
  if (await at.escrow?.holds(keyName(device))) return { ...head, state: 'done', fact: `${said}, key kept` }
  if (fde?.keyPresent)
    return at.escrow ? { ...head, state: 'open', fact: `${said}, JumpCloud has the key` } : blocked(head, noEscrow)
  // Linux tells nothing where nothing is encrypted; the others always tell.
  const open = fde?.active === false || device.system.osFamily.toLowerCase() === 'linux'
  if (open && !fde?.active) return { ...head, state: 'done', fact: `${said}, JumpCloud has no key to keep` }
  return blocked(
    head,
    `${said}, and JumpCloud has no key: once erased, what is on it is lost. IT gets the key, or skips this step.`,
  )
}

function hasDisk(device: Device): boolean {
  return ['darwin', 'windows', 'linux'].includes(device.system.osFamily.toLowerCase()) && !isPersonal(device)
}

function keyName({ system }: Device): string {
  return `Disk recovery key of ${labelOf(system)}`
}
