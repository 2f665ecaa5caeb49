/** What opens a Mac again: recovery keys, kept before anything that cannot be taken back. */
import { z } from 'zod'
import { type AutomaticStep, type Finding, noEscrow, path, Rejected } from '../../src/connector.ts'
import type { Client } from './client.ts'
import { type Device, devicesOf, deviceToActOn, type JamfAt, refOf } from './devices.ts'

type Mac = NonNullable<Device['mac']>

interface Kind {
  id: string
  /** "FileVault recovery key of …" is its name in escrow. */
  name: string
  path: string
  /** Whether the Mac has such a key; a text says why it is lost. */
  of(mac: Mac): boolean | string
  fact(mac: Mac): string
  answer: z.ZodType<string | null | undefined>
}

const kinds: readonly Kind[] = [
  {
    id: 'filevault',
    name: 'FileVault recovery key',
    path: 'filevault',
    of({ fileVault, keyValidity }) {
      if (keyValidity === 'VALID' || keyValidity === 'UNKNOWN') return isEncrypted(fileVault)
      return (
        isEncrypted(fileVault) &&
        `FileVault is on (${fileVault}), and Jamf Pro has no good key (${keyValidity}): what is on it is lost once it is ` +
          'wiped. IT gets the key, or skips this step.'
      )
    },
    fact: ({ fileVault, keyValidity }) => `FileVault ${fileVault}, key ${keyValidity}`,
    answer: z.object({ personalRecoveryKey: z.string().nullish() }).transform((told) => told.personalRecoveryKey),
  },
  {
    id: 'recovery-lock',
    name: 'Recovery Lock password',
    path: 'view-recovery-lock-password',
    of: ({ recoveryLock }) => recoveryLock,
    fact: () => 'recoveryLockEnabled=true',
    answer: z.object({ recoveryLockPassword: z.string().nullish() }).transform((told) => told.recoveryLockPassword),
  },
]

/** A state that Jamf does not know yet is taken for encrypted: a key that is not asked for is not kept. */
function isEncrypted(state: string): boolean {
  return !/^(UNENCRYPTED|DECRYPTED|INELIGIBLE)$/.test(state)
}

export const recoveryKeys: AutomaticStep<Client> = {
  id: 'recovery-keys',
  title: 'Keep the recovery keys of Macs',
  area: 'devices',
  phase: 'contain',
  async find(at) {
    if (at.choices.devices === 'nothing') return []
    const own = (await devicesOf(at)).filter((device) => device.personal !== true)
    return (await Promise.all(own.flatMap((device) => kinds.map((kind) => keyFinding(at, device, kind))))).flat()
  },
  async apply(at, finding) {
    const [kindOf, id, name] = finding.id.split('/')
    const kind = kinds.find((one) => one.id === name)
    if (!kind) throw new Rejected(`There is no such key: ${finding.id}.`)
    const device = await deviceToActOn(at, `${kindOf}/${id}`, finding)
    if (!device || (await at.escrow?.holds(nameOf(kind, device)))) return
    if (!at.escrow) throw new Rejected(noEscrow)
    const asked = path`/v3/computers-inventory/${device.id}/${kind.path}`
    const key = await at.client.api.ask('show a recovery key', asked, kind.answer)
    if (!key) throw new Rejected(`Jamf Pro has no ${kind.name} for ${device.label}.`)
    await at.escrow.keep(nameOf(kind, device), key)
  },
}

async function keyFinding(at: JamfAt, device: Device, kind: Kind): Promise<Finding[]> {
  if (!device.mac) return []
  const name = nameOf(kind, device)
  const head = { id: `${refOf(device)}/${kind.id}`, label: name }
  if (await at.escrow?.holds(name)) return [{ ...head, state: 'done', fact: `${kind.fact(device.mac)}, kept` }]
  const there = kind.of(device.mac)
  if (!there) return []
  if (typeof there === 'string') return [{ ...head, state: 'blocked', fact: there }]
  if (!at.escrow) return [{ ...head, state: 'blocked', fact: noEscrow }]
  return [{ ...head, state: 'open', fact: kind.fact(device.mac) }]
}

function nameOf(kind: Kind, device: Device): string {
  return `${kind.name} of ${device.label}`
}
