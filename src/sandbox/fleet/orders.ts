/** Lock, unlock, wipe and turning off MDM, with Fleet's own refusals (ee/server/service/hosts.go). */
import { randomInt } from 'node:crypto'
import type { Answer, Asked } from '../server.ts'
import { invalid, refusal } from './answers.ts'
import type { FleetHost, FleetState } from './state.ts'

export interface Order {
  asked: Asked
  host: FleetHost
  state: FleetState
  /** When it is carried out, epoch ms. */
  due: number
}

const apple = (host: FleetHost) => ['darwin', 'ios', 'ipados'].includes(host.platform)
const managed = (host: FleetHost) => (host.enrollment_status ?? '').startsWith('On')
const known = (host: FleetHost) => host.platform !== 'chrome'

export function lock(order: Order): Answer {
  const { host, asked } = order
  const no = cannotLock(host) ?? standing(host, 'lock')
  if (no) return no
  send(order, 'lock')
  if (host.platform !== 'darwin') return { status: 204 }
  host.pin = String(randomInt(1_000_000)).padStart(6, '0')
  return asked.query.get('view_pin') === 'true' ? { status: 200, body: { unlock_pin: host.pin } } : { status: 204 }
}

function cannotLock(host: FleetHost): Answer | undefined {
  if (apple(host)) {
    if (host.enrollment_status === 'On (personal)') return refusal(400, "Couldn't lock. This host is personal.")
    if (host.platform !== 'darwin' && host.enrollment_status === 'On (manual)')
      return refusal(400, "Couldn't lock. This host was enrolled manually.")
    return managed(host) ? undefined : invalid("Can't lock the host because it doesn't have MDM turned on.")
  }
  if (!known(host)) return invalid(`Unsupported host platform: ${host.platform}`)
  return host.scripts_enabled === false
    ? invalid("Couldn't lock host. To lock, deploy the fleetd agent with --enable-scripts and refetch host vitals.")
    : undefined
}

export function unlock(order: Order): Answer {
  const { host } = order
  if (host.ordered) return pending(host, 'unlocked')
  if (host.status === 'wiped') return invalid('Host is wiped. Cannot process unlock requests once host is wiped.')
  if (host.status === 'unlocked') return invalid('Host is already unlocked.', 409)
  if (host.platform === 'darwin') return { status: 200, body: { host_id: host.id, unlock_pin: host.pin } }
  send(order, 'unlock')
  return { status: 204 }
}

export function wipe(order: Order): Answer {
  const { host, asked } = order
  const no = badBody(asked.body) ?? cannotWipe(host) ?? standing(host, 'wipe')
  if (no) return no
  send(order, 'wipe')
  return { status: 204 }
}

function cannotWipe(host: FleetHost): Answer | undefined {
  if (apple(host) && host.enrollment_status === 'On (personal)')
    return refusal(400, "Couldn't wipe. This host is personal.")
  if (!known(host)) return invalid(`Unsupported host platform: ${host.platform}`)
  if (apple(host) || host.platform === 'windows')
    return managed(host) ? undefined : invalid("Can't wipe the host because it doesn't have MDM turned on.")
  return host.scripts_enabled === false
    ? invalid("Couldn't wipe host. To wipe, deploy fleetd with scripts.")
    : undefined
}

function badBody(body: unknown): Answer | undefined {
  if (body === null) return undefined
  const { windows, ...rest } = body as { windows?: { wipe_type?: string } }
  const fine = Object.keys(rest).length === 0 && ['doWipe', 'doWipeProtected'].includes(windows?.wipe_type ?? '')
  return fine ? undefined : refusal(400, 'Invalid wipe metadata.')
}

export function turnOff({ host, due }: Order): Answer {
  if (!managed(host)) return refusal(409, 'Couldn’t turn off MDM. MDM isn’t on for this host.')
  host.unmanagedFrom ??= due
  return { status: 204 }
}

/** What is refused because of how the host stands. */
function standing(host: FleetHost, action: 'lock' | 'wipe'): Answer | undefined {
  if (host.ordered) return pending(host, action === 'lock' ? 'locked again' : 'wiped')
  if (host.status === 'wiped')
    return action === 'wipe'
      ? invalid('Host is already wiped.', 409)
      : invalid('Host is wiped. Cannot process lock requests once host is wiped.')
  if (host.status !== 'locked') return undefined
  return action === 'lock'
    ? invalid('Host is already locked.', 409)
    : invalid('Host is locked. Host cannot be wiped until it is unlocked.')
}

function pending(host: FleetHost, what: string): Answer {
  const { action } = host.ordered ?? { action: 'lock' }
  return invalid(`Host has pending ${action} request. Host cannot be ${what} until ${action} is complete.`)
}

function send({ host, state, due }: Order, action: 'lock' | 'unlock' | 'wipe'): void {
  host.ordered = { action, due }
  state.commands.push({ host: host.id, action })
}
