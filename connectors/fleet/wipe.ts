/** What cannot be taken back: wiping the company's hosts, and taking the work part off personal ones. */
import { type AutomaticStep, type Finding, type ManualStep, path, Rejected } from '../../src/connector.ts'
import { type Client, isFree } from './client.ts'
import { type FleetAt, type Host, hostsOf, hostToActOn } from './hosts.ts'
import { type Standing, withOrdered } from './ordered.ts'
import { described, factOf, isLeftAlone, isManaged, isPersonal, labelOf, obstacle, standingOf } from './state.ts'

type Step = AutomaticStep<Client>

const wipe: Step = {
  id: 'wipe',
  title: 'Wipe computers and phones',
  area: 'devices',
  phase: 'remove',
  irreversible: true,
  needs: ['fleet/recovery-keys'],
  after: ['fleet/lock', 'fleet/unlock-pins'],
  async find(at) {
    if (at.choices.devices !== 'wipe') return []
    const hosts = (await hostsOf(at)).filter((host) => !(isPersonal(host) || isLeftAlone(host)))
    const free = hosts.length > 0 && (await at.once('free', () => isFree(at.client)))
    const found = hosts.map((host) => ({ ...described(host), ...wipeState(host, free) }))
    return withOrdered(at, found, (host) => wipeState(host, free))
  },
  async apply(at, finding) {
    const host = await hostToActOn(at, finding)
    if (!host || isUnderWay(host)) return
    if (isPersonal(host)) throw new Rejected(`${finding.label} is a personal device now, so it was not wiped.`)
    const { windowsWipe } = at.client.settings
    const json = host.platform === 'windows' && windowsWipe ? { windows: { wipe_type: windowsWipe } } : undefined
    const asking = { method: 'POST' as const, ...(json && { json }) }
    try {
      await at.client.api.order('wipe a host', path`/hosts/${host.id}/wipe`, asking)
    } catch (error) {
      await unlessUnderWay(at, finding, error)
    }
  },
}

async function unlessUnderWay(at: FleetAt, finding: Finding, error: unknown): Promise<void> {
  if (!(error instanceof Rejected) || (error.status !== 422 && error.status !== 409)) throw error
  const host = await hostToActOn(at, finding)
  if (host && !isUnderWay(host)) throw error
}

function isUnderWay(host: Host): boolean {
  return ['wiping', 'wiped'].includes(standingOf(host))
}

function wipeState(host: Host, free: boolean): Pick<Finding, 'state' | 'fact'> {
  const standing = standingOf(host)
  const fact = factOf(host)
  if (standing === 'wiped') return { state: 'done', fact }
  if (standing === 'wiping') return { state: 'pending', fact: `${fact}; waits for the host` }
  const why = obstacle(host, 'wipe', free)
  if (why) return { state: 'blocked', fact: why }
  if (standing === 'unlocked') return { state: 'open', fact }
  return { state: 'blocked', fact: `${fact}: Fleet wipes no locked host. ${howToUnlock(host)}` }
}

function howToUnlock({ platform }: Host): string {
  const how =
    platform === 'darwin' ? 'IT types its PIN (kept in escrow)' : 'IT unlocks it (Host details > Actions > Unlock)'
  return `${how}, waits until Fleet shows it so, then tries again.`
}

/** The most that can be done to a personal device: its work part goes, the person's own stays. */
const unmanage: Step = {
  id: 'unmanage-personal',
  title: 'Take the work part off personal devices',
  area: 'devices',
  phase: 'remove',
  irreversible: true,
  async find(at) {
    if (at.choices.devices === 'nothing') return []
    const personal = (await hostsOf(at)).filter(isPersonal)
    const found = personal.map((host) => ({ ...described(host), ...managementOf(host, at.applied(String(host.id))) }))
    return withOrdered(at, found, managementOf)
  },
  async apply(at, finding) {
    const host = await hostToActOn(at, finding)
    if (!host || isLeftAlone(host)) return
    if (!isPersonal(host))
      throw new Rejected(`${finding.label} is no personal device any more: nothing was done to it.`)
    await at.client.api.order('turn off MDM for a host', path`/hosts/${host.id}/mdm`, { method: 'DELETE' })
  },
}

/** Fleet shows the order only once the device has carried it out. */
function managementOf(host: Host, order: { answeredAt?: Date } | undefined): Standing {
  const fact = `enrollment_status=${host.mdm.enrollment_status ?? 'none'}`
  if (order && !isManaged(host)) return { state: 'done', fact }
  if (order?.answeredAt && isPersonal(host)) return { state: 'pending', fact: `${fact}; waits for the device` }
  return host.doubt ? { state: 'blocked', fact: host.doubt } : { state: 'open', fact }
}

const dayMs = 24 * 3_600_000

/** A wiped Apple device that is still assigned in Apple Business Manager enrols again by itself. */
const release: ManualStep<Client> = {
  id: 'release',
  title: 'Release wiped devices from Apple and delete them in Fleet',
  area: 'devices',
  phase: 'reclaim',
  after: ['fleet/wipe'],
  owner: 'it',
  dueIn: 30 * dayMs,
  applies: async (at) => at.choices.devices === 'wipe' && (await toRelease(at)).length > 0,
  ask: async (at) =>
    `Once they are wiped: ${(await toRelease(at)).map(labelOf).join(', ')}. Those that are not kept: release them in ` +
    'Apple Business Manager (Devices), or they enrol again. Those that are: delete them in Fleet before they enrol ' +
    'again (Hosts > the host > Actions > Delete), or the new recovery key is not kept there.',
}

async function toRelease(at: FleetAt): Promise<Host[]> {
  return (await hostsOf(at)).filter(({ mdm, doubt }) => mdm.enrollment_status === 'On (automatic)' && !doubt)
}

export const wipeSteps = [wipe, unmanage, release] as const
