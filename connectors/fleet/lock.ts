/** Locking hosts, and the PINs that Fleet makes for Macs. */
import { z } from 'zod'
import { type AutomaticStep, type Finding, noEscrow, path, Rejected } from '../../src/connector.ts'
import { type Client, isFree } from './client.ts'
import { type FleetAt, type Host, hostsOf, hostToActOn } from './hosts.ts'
import { withOrdered } from './ordered.ts'
import { described, factOf, isLeftAlone, isPersonal, labelOf, obstacle, standingOf } from './state.ts'

type Step = AutomaticStep<Client>

const Pin = z.object({ unlock_pin: z.string().optional() }).optional()

/** The keys are asked for first, but a missing one does not hold up a lock: Fleet keeps them, and a lock is undone. */
const lock: Step = {
  id: 'lock',
  title: 'Lock computers and phones',
  area: 'devices',
  phase: 'contain',
  after: ['fleet/recovery-keys'],
  async find(at) {
    if (!locks(at)) return []
    const hosts = (await hostsOf(at)).filter((host) => !(isPersonal(host) || isLeftAlone(host)))
    const free = hosts.length > 0 && (await at.once('free', () => isFree(at.client)))
    const found = hosts.map((host) => ({ ...described(host), ...lockState(host, free) }))
    return withOrdered(at, found, (host) => lockState(host, free))
  },
  async apply(at, finding) {
    const host = await hostToActOn(at, finding)
    if (!host || standingOf(host) !== 'unlocked') return
    const viewPin = host.platform === 'darwin' && at.escrow !== undefined
    const asking = { method: 'POST' as const, ...(viewPin && { query: { view_pin: true } }) }
    try {
      const { data } = await at.client.api.answer('lock a host', path`/hosts/${host.id}/lock`, Pin, asking)
      if (viewPin && data?.unlock_pin) await at.escrow?.keep(pinName(host), data.unlock_pin)
    } catch (error) {
      await unlessStands(at, finding, error)
    }
  },
  async undo(at, finding) {
    const host = await hostToActOn(at, finding)
    if (!host || standingOf(host) !== 'locked') return
    if (host.platform === 'darwin')
      throw new Rejected(`${finding.label}: a Mac is unlocked by typing its PIN, which is kept in escrow and in Fleet.`)
    await at.client.api.order('unlock a host', path`/hosts/${host.id}/unlock`, { method: 'POST' })
  },
}

/** Fleet refuses a second lock (422, 409); somebody else may have ordered it a moment ago. */
async function unlessStands(at: FleetAt, finding: Finding, error: unknown): Promise<void> {
  if (!(error instanceof Rejected) || (error.status !== 422 && error.status !== 409)) throw error
  const host = await hostToActOn(at, finding)
  if (host && standingOf(host) === 'unlocked') throw error
}

function locks({ choices, client }: FleetAt): boolean {
  return choices.devices === 'lock' || (choices.devices === 'wipe' && client.settings.lockBeforeWipe)
}

function lockState(host: Host, free: boolean): Pick<Finding, 'state' | 'fact'> {
  const standing = standingOf(host)
  const fact = factOf(host)
  if (standing === 'locking') return { state: 'pending', fact: `${fact}; waits for the host` }
  if (standing === 'unlocking')
    return { state: 'blocked', fact: `${fact}: somebody has it unlocked in Fleet. IT asks who, then tries again.` }
  if (standing !== 'unlocked') return { state: 'done', fact }
  const why = obstacle(host, 'lock', free)
  return why ? { state: 'blocked', fact: why } : { state: 'open', fact }
}

/**
 * The lock's own answer brings the PIN. Where that answer was lost, or somebody else locked the Mac, Fleet tells the PIN
 * again when asked to unlock, as often as it is asked; the Mac stays locked. It does not tell while the lock is pending.
 */
const unlockPins: Step = {
  id: 'unlock-pins',
  title: 'Keep the PINs that unlock Macs',
  area: 'devices',
  phase: 'preserve',
  after: ['fleet/lock'],
  async find(at) {
    if (at.choices.devices === 'nothing') return []
    const macs = (await hostsOf(at)).filter((host) => host.platform === 'darwin' && !isPersonal(host) && !host.doubt)
    return (await Promise.all(macs.map((host) => pinFinding(at, host)))).flat()
  },
  async apply(at, finding) {
    if (!at.escrow) throw new Rejected(noEscrow)
    const host = await hostToActOn(at, finding)
    if (!host || standingOf(host) !== 'locked' || (await at.escrow.holds(pinName(host)))) return
    const asking = { method: 'POST' as const }
    const told = await at.client.api.ask('tell the PIN of a Mac', path`/hosts/${host.id}/unlock`, Pin, asking)
    if (!told?.unlock_pin) throw new Rejected(`Fleet told no PIN for ${finding.label}.`)
    await at.escrow.keep(pinName(host), told.unlock_pin)
  },
}

async function pinFinding(at: FleetAt, host: Host): Promise<Finding[]> {
  const standing = standingOf(host)
  if (standing !== 'locked' && standing !== 'locking') return []
  const head = described(host)
  if (await at.escrow?.holds(pinName(host))) return [{ ...head, state: 'done', fact: 'PIN kept' }]
  if (!at.escrow) return [{ ...head, state: 'blocked', fact: noEscrow }]
  if (standing === 'locking')
    return [{ ...head, state: 'pending', fact: 'Fleet tells the PIN once the Mac is locked; it is not kept yet' }]
  return [{ ...head, state: 'open', fact: `${factOf(host)}; its PIN is not kept yet` }]
}

function pinName(host: Host): string {
  return `Unlock PIN of ${labelOf(host)}`
}

export const lockSteps: readonly Step[] = [lock, unlockPins]
