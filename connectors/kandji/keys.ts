/** What opens a device again: recovery keys, kept before anything that cannot be taken back. */
import { z } from 'zod'
import { type AutomaticStep, type Finding, noEscrow, path, Rejected } from '../../src/connector.ts'
import type { Client } from './client.ts'
import {
  type Details,
  type Device,
  detailsOf,
  devicesOf,
  deviceToActOn,
  isMac,
  isPersonal,
  type KandjiAt,
  labelOf,
} from './devices.ts'

interface Kind {
  id: string
  /** "FileVault recovery key of …" is its name in escrow. */
  name: string
  path: string
  /** Whether the device has such a key; a text says why it is lost. */
  at(details: Details, device: Device): boolean | string
  answer: z.ZodType<(string | null | undefined)[]>
}

const noKey =
  'FileVault is on, and Kandji has no key: what is on it is lost once it is wiped. IT gets the key, or skips this step.'

const unknown =
  'Kandji does not say whether FileVault is on, and has no key: if it is, what is on it is lost once it is wiped. IT finds out, or skips this step.'

const kinds: readonly Kind[] = [
  {
    id: 'filevault',
    name: 'FileVault recovery key',
    path: 'filevaultkey',
    at({ filevault }, device) {
      if (!isMac(device)) return false
      if (filevault?.filevault_prk_escrowed) return true
      if (filevault?.filevault_enabled === undefined || filevault.filevault_enabled === null) return unknown
      return isOn(filevault.filevault_enabled) && noKey
    },
    answer: z.object({ key: z.string().nullish() }).transform(({ key }) => [key]),
  },
  {
    id: 'recovery-lock',
    name: 'Recovery password',
    path: 'recoverypassword',
    at: ({ recovery_information: info }, device) =>
      isMac(device) && (info?.recovery_lock_enabled === true || info?.firmware_password_exist === true),
    answer: z.object({ recovery_password: z.string().nullish() }).transform((told) => [told.recovery_password]),
  },
  {
    id: 'activation-lock',
    name: 'Activation Lock bypass code',
    path: 'bypasscode',
    at: ({ activation_lock: lock }) =>
      lock?.device_activation_lock_enabled === true || lock?.user_activation_lock_enabled === true,
    answer: z
      .object({ device_based_albc: z.string().nullish(), user_based_albc: z.string().nullish() })
      .transform((told) => [told.device_based_albc, told.user_based_albc]),
  },
]

function isOn(value: unknown): boolean {
  return value === true || (typeof value === 'string' && /^(true|yes|on)$/i.test(value))
}

export const recoveryKeys: AutomaticStep<Client> = {
  id: 'recovery-keys',
  title: 'Keep the recovery keys',
  area: 'devices',
  phase: 'contain',
  async find(at) {
    if (at.choices.devices === 'nothing') return []
    const own = (await devicesOf(at)).filter((device) => !isPersonal(at.client, device))
    const found = await Promise.all(
      own.map(async (device) => {
        const details = await detailsOf(at, device)
        return Promise.all(kinds.map((kind) => keyFinding(at, device, kind, kind.at(details, device))))
      }),
    )
    return found.flat(2)
  },
  async apply(at, finding) {
    const { device, kind } = await targetOf(at, finding)
    if (!device || (await at.escrow?.holds(nameOf(kind, device)))) return
    if (!at.escrow) throw new Rejected(noEscrow)
    const asked = path`/devices/${device.device_id}/secrets/${kind.path}`
    const told = await at.client.api.ask('show a recovery key', asked, kind.answer)
    const keys = told.filter((key): key is string => Boolean(key))
    if (keys.length === 0) throw new Rejected(`Kandji has no ${kind.name} for ${labelOf(device)}.`)
    for (const key of keys) await at.escrow.keep(nameOf(kind, device), key)
  },
}

async function targetOf(at: KandjiAt, finding: Finding): Promise<{ device: Device | undefined; kind: Kind }> {
  const [id = '', name] = finding.id.split('/')
  const kind = kinds.find((one) => one.id === name)
  if (!kind) throw new Rejected(`There is no such key: ${finding.id}.`)
  return { device: await deviceToActOn(at, id, finding), kind }
}

async function keyFinding(at: KandjiAt, device: Device, kind: Kind, there: boolean | string): Promise<Finding[]> {
  const name = nameOf(kind, device)
  const head = { id: `${device.device_id}/${kind.id}`, label: name }
  if (await at.escrow?.holds(name)) return [{ ...head, state: 'done', fact: 'kept' }]
  if (typeof there === 'string') return [{ ...head, state: 'blocked', fact: there }]
  if (!there) return []
  if (!at.escrow) return [{ ...head, state: 'blocked', fact: noEscrow }]
  return [{ ...head, state: 'open', fact: 'Kandji has it; not kept yet' }]
}

function nameOf(kind: Kind, device: Device): string {
  return `${kind.name} of ${labelOf(device)}`
}
