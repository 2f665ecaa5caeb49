/** What opens a device again: kept before anything that cannot be taken back. */
import { z } from 'zod'
import { type At, type AutomaticStep, type Finding, type ManualStep, noEscrow, Rejected } from '../../src/connector.ts'
import type { Graph } from './graph.ts'
import { type Device, described, deviceToActOn, ownedBy, platformOf } from './intune.ts'
import { ask, path, quoted } from './odata.ts'

type Step = AutomaticStep<Graph>

/** One thing that is kept for a device. `part` tells it from others of its kind. */
interface Keepable {
  part: string
  name: string
  fact: string
}

interface Keeping {
  id: string
  title: string
  /** What Microsoft has for this device, without the secret itself; a text says why it is lost. */
  look(at: At<Graph>, device: Device): Promise<readonly Keepable[] | string>
  /** Undefined where Microsoft tells none. */
  tell(at: At<Graph>, device: Device, part: string): Promise<string | undefined>
}

function keeping({ id, title, look, tell }: Keeping): Step {
  return {
    id,
    title,
    area: 'devices',
    phase: 'contain',
    async find(at) {
      const devices = await ownedBy(at, 'company')
      const found = await Promise.all(devices.map(async (device) => findings(at, device, await look(at, device))))
      return found.flat()
    },
    async apply(at, finding) {
      const device = await deviceToActOn(at, finding)
      if (!device || (await at.escrow?.holds(finding.label))) return
      if (!at.escrow) throw new Rejected(noEscrow)
      if (device.managedDeviceOwnerType === 'personal')
        throw new Rejected(`${finding.label}: it is a personal device by now, so its keys are left alone.`)
      const secret = await tell(at, device, finding.id.split('/')[1] ?? '')
      if (!secret) throw new Rejected(`Microsoft told nothing for: ${finding.label}.`)
      await at.escrow.keep(finding.label, secret)
    },
  }
}

async function findings(at: At<Graph>, device: Device, there: readonly Keepable[] | string): Promise<Finding[]> {
  if (typeof there === 'string') return [{ ...described(device), state: 'blocked', fact: there }]
  return Promise.all(there.map((one) => findingOf(at, device, one)))
}

async function findingOf(at: At<Graph>, device: Device, { part, name, fact }: Keepable): Promise<Finding> {
  const label = `${name} of ${described(device).label}`
  const head = { id: `${device.id}/${part}`, label }
  if (await at.escrow?.holds(label)) return { ...head, state: 'done', fact: `${fact}, kept` }
  if (!at.escrow) return { ...head, state: 'blocked', fact: noEscrow }
  return { ...head, state: 'open', fact }
}

const RecoveryKey = z.object({
  id: z.string().min(1),
  createdDateTime: z.string().nullish(),
  volumeType: z.union([z.string(), z.number()]).nullish(),
})

const bitlocker = keeping({
  id: 'bitlocker-keys',
  title: 'Keep the BitLocker recovery keys',
  async look(at, device) {
    if (platformOf(device) !== 'windows') return []
    const $filter = `deviceId eq ${quoted(device.azureADDeviceId ?? '')}`
    const where = ask('/informationProtection/bitlocker/recoveryKeys', { $filter })
    const keys = isEntraId(device.azureADDeviceId) ? await at.client.list(where, RecoveryKey) : []
    if (keys.length === 0 && device.isEncrypted) return lost
    return keys.map(({ id, createdDateTime: made, volumeType }) => ({
      part: id,
      name: `BitLocker key ${id.slice(0, 8)}`,
      fact: `drive: ${volumeType ?? 'unknown'}${made ? `, stored ${made.slice(0, 10)}` : ''}`,
    }))
  },
  async tell(at, _device, part) {
    const where = ask(path`/informationProtection/bitlocker/recoveryKeys/${part}`, { $select: 'key' })
    return (await at.client.get(where, z.object({ key: z.string() })))?.key
  },
})

const lost =
  'isEncrypted=true, and Entra has no BitLocker key: what is on it is lost once it is wiped. IT gets the key (manage-bde -protectors -get C:), or skips this step.'

/** Intune writes zeros where the device is not in Entra. */
export function isEntraId(id: string | null | undefined): boolean {
  return Boolean(id) && !/^[0-]+$/.test(id ?? '')
}

const Bypass = z.object({ activationLockBypassCode: z.string().nullish() })

/** Without it, a wiped Apple device still asks for the leaver's Apple account. */
const activation = keeping({
  id: 'activation-codes',
  title: 'Keep the codes that lift the Activation Lock of Apple devices',
  async look(at, device) {
    if (!/^(ios|ipados|mac)/i.test(device.operatingSystem ?? '')) return []
    if (!(await bypassOf(at, device))) return []
    return [{ part: 'activation', name: 'Activation Lock code', fact: 'Intune has a bypass code' }]
  },
  tell: bypassOf,
})

/** Given for one device by itself only, and only when it is asked for (managedDevice, activationLockBypassCode). */
async function bypassOf({ client }: At<Graph>, { id }: Device): Promise<string | undefined> {
  const where = ask(path`/deviceManagement/managedDevices/${id}`, { $select: 'activationLockBypassCode' })
  return (await client.get(where, Bypass))?.activationLockBypassCode ?? undefined
}

const Credentials = z.object({
  credentials: z.array(
    z.object({ accountName: z.string().nullish(), passwordBase64: z.string(), backupDateTime: z.string().nullish() }),
  ),
})
const Stored = z.object({ lastBackupDateTime: z.string().nullish() })

/** Windows LAPS: how IT gets in once the leaver and the device are blocked. */
const localAdmins = keeping({
  id: 'local-admin-passwords',
  title: 'Keep the local administrator passwords of Windows computers (LAPS)',
  async look(at, device) {
    if (platformOf(device) !== 'windows' || !isEntraId(device.azureADDeviceId)) return []
    const stored = await unlessNone(at.client.get(credentialsOf(device, 'id,lastBackupDateTime'), Stored))
    if (!stored) return []
    const when = stored.lastBackupDateTime?.slice(0, 10) ?? 'unknown'
    return [{ part: 'laps', name: 'Local administrator password', fact: `Entra has one, stored ${when}` }]
  },
  async tell(at, device) {
    const told = await unlessNone(at.client.get(credentialsOf(device, 'credentials'), Credentials))
    const [newest] = (told?.credentials ?? []).sort((a, b) =>
      (b.backupDateTime ?? '').localeCompare(a.backupDateTime ?? ''),
    )
    if (!newest) return undefined
    const password = Buffer.from(newest.passwordBase64, 'base64').toString('utf8')
    return `${newest.accountName ?? 'Administrator'}: ${password}`
  },
})

function credentialsOf(device: Device, $select: string): string {
  return ask(path`/directory/deviceLocalCredentials/${device.azureADDeviceId ?? ''}`, { $select })
}

/** This part of Graph has its own code for "no password is stored for this device"; the address names just that. */
async function unlessNone<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer
  } catch (error) {
    if (error instanceof Rejected && error.status === 404 && error.code) return undefined
    throw error
  }
}

const hour = 3_600_000

/** Graph v1.0 does not give FileVault keys (only its beta does). */
const fileVault: ManualStep<Graph> = {
  id: 'filevault-keys',
  title: 'Keep the FileVault recovery keys',
  area: 'devices',
  phase: 'contain',
  owner: 'it',
  dueIn: 4 * hour,
  applies: async (at) => (await encryptedMacs(at)).length > 0,
  ask: async (at) => {
    const names = (await encryptedMacs(at)).map((device) => described(device).label)
    return `In the Intune admin center, Devices, macOS, the Mac, Recovery keys, Show Recovery Key: keep the key of ${names.join(', ')} where IT keeps such keys, never in Slack. What is on a Mac is lost without it.`
  },
}

async function encryptedMacs(at: At<Graph>): Promise<Device[]> {
  const devices = await ownedBy(at, 'company')
  return devices.filter((device) => platformOf(device) === 'mac' && device.isEncrypted !== false)
}

export const keySteps = [bitlocker, activation, localAdmins, fileVault] as const
