/** Disk recovery keys, kept before anything that cannot be taken back. */
import { z } from 'zod'
import { type AutomaticStep, type Finding, noEscrow, path, Rejected } from '../../src/connector.ts'
import type { Client } from './client.ts'
import { type FleetAt, type Host, hostsOf, hostToActOn } from './hosts.ts'
import { described, isLeftAlone, isPersonal, labelOf } from './state.ts'

const KeyAnswer = z.object({ encryption_key: z.object({ key: z.string().min(1) }) })

export const recoveryKeys: AutomaticStep<Client> = {
  id: 'recovery-keys',
  title: 'Keep the disk recovery keys',
  area: 'devices',
  phase: 'contain',
  async find(at) {
    if (at.choices.devices === 'nothing') return []
    const hosts = (await hostsOf(at)).filter((host) => hasDisk(host) && !host.doubt)
    return Promise.all(hosts.map((host) => keyFinding(at, host)))
  },
  async apply(at, finding) {
    if (!at.escrow) throw new Rejected(noEscrow)
    const host = await hostToActOn(at, finding)
    if (!host || (await at.escrow.holds(keyName(host)))) return
    const asked = path`/hosts/${host.id}/encryption_key`
    const { encryption_key } = await at.client.api.ask('show a recovery key', asked, KeyAnswer)
    await at.escrow.keep(keyName(host), encryption_key.key)
  },
}

async function keyFinding(at: FleetAt, host: Host): Promise<Finding> {
  const said = `disk_encryption_enabled=${host.disk_encryption_enabled ?? 'unknown'}`
  const head = described(host)
  if (await at.escrow?.holds(keyName(host))) return { ...head, state: 'done', fact: `${said}, key kept` }
  if (host.mdm.encryption_key_available)
    return at.escrow
      ? { ...head, state: 'open', fact: `${said}, Fleet has the key` }
      : { ...head, state: 'blocked', fact: noEscrow }
  // Fleet tells null where it does not know (REST API, List hosts); Linux has mostly nothing to tell.
  const open = host.disk_encryption_enabled === false || !['darwin', 'windows'].includes(host.platform)
  if (open && !host.disk_encryption_enabled)
    return { ...head, state: 'done', fact: `${said}, Fleet has no key to keep` }
  const fact = `${said}, and Fleet has no key: once locked or wiped, what is on it is lost. IT gets the key, or skips this step.`
  return { ...head, state: 'blocked', fact }
}

function hasDisk(host: Host): boolean {
  return !(isPersonal(host) || isLeftAlone(host) || ['ios', 'ipados', 'android', 'chrome'].includes(host.platform))
}

function keyName(host: Host): string {
  return `Disk recovery key of ${labelOf(host)}`
}
