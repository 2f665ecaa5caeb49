/** A pretend Fleet server: hosts in pages, keys, orders that wait for the host, roles, the licence. */
import { Secret } from '../../connector.ts'
import { type Answer, type Asked, exchange, type Pretend, pretend } from '../server.ts'
import { type World, world } from '../world.ts'
import { detailed, listed, refusal } from './answers.ts'
import { lock, type Order, turnOff, unlock, wipe } from './orders.ts'
import { seed } from './seed.ts'
import { carryOut, type FleetHost, type FleetState, isDue } from './state.ts'

export interface FleetOptions {
  lagMs?: number
  latencyMs?: number
  traffic?: string
  /** How long a host takes to carry out an order. */
  commandMs?: number
  role?: 'admin' | 'maintainer' | 'observer' | null
  tier?: 'premium' | 'free'
  prepare?: (state: FleetState) => void
}

export interface PretendFleet extends Pretend {
  world: World<FleetState>
  settings: { url: string; token: Secret }
  /** Its token, and the keys that hosts gave it. */
  secrets: readonly string[]
  /** All hosts come online and do what was ordered. */
  settle(): void
}

const token = 'fleet-pretend-token-7Qm2Xw'
const email = 'latchkey@example.com'

export async function pretendFleet(options: FleetOptions = {}): Promise<PretendFleet> {
  const initial = seed()
  options.prepare?.(initial)
  const state = world(initial, options.lagMs)
  const { latencyMs, traffic } = options
  const server = await pretend({
    hosts: ['fleet.example.com'],
    handle: (asked) => handle(asked, state, options),
    // Real endpoints (REST API: Me, Get configuration, Turn off MDM for a host) that the contract's subset leaves out.
    record: (asked, answer) => (/\/(me|config|mdm)$/.test(asked.path) ? undefined : exchange('fleet', asked, answer)),
    ...(latencyMs !== undefined && { latencyMs }),
    ...(traffic !== undefined && { traffic }),
  })
  return {
    ...server,
    world: state,
    settings: { url: 'https://fleet.example.com', token: new Secret(token) },
    secrets: [token, ...initial.hosts.flatMap(({ key }) => (key ? [key] : []))],
    settle: () => state.write((truth) => carryOut(truth, Number.POSITIVE_INFINITY)),
  }
}

function handle(asked: Asked, state: World<FleetState>, options: FleetOptions): Answer {
  if (asked.headers.authorization !== `Bearer ${token}`) return refusal(401, 'Authentication required')
  if (isDue(state.truth(), Date.now())) state.write((truth) => carryOut(truth, Date.now()))
  const [, api, version, fleet, ...rest] = asked.path.split('/')
  if (`${api}/${version}/${fleet}` !== 'api/v1/fleet') return notThere
  const [what, id, part] = rest
  if (what === 'me' && !id) return me(options)
  if (what === 'config' && !id) return { status: 200, body: { license: { tier: options.tier ?? 'premium' } } }
  if (what !== 'hosts' || rest.length > 3) return notThere
  if (options.role === null) return refusal(403, 'forbidden')
  if (!id) return asked.method === 'GET' ? list(asked, state.read()) : wrongMethod
  return asked.method === 'GET' ? read(state.read(), id, part) : order(asked, state, options, id, part)
}

const notThere: Answer = { status: 404, body: '404 page not found\n' }
const wrongMethod: Answer = { status: 405 }
const noHost: Answer = {
  status: 404,
  body: { message: 'Resource Not Found', errors: [{ name: 'base', reason: 'Host was not found in the datastore' }] },
}

function me({ role = 'maintainer' }: FleetOptions): Answer {
  return {
    status: 200,
    body: { user: { id: 7, name: 'Latchkey', email, global_role: role, api_only: true, teams: [] } },
  }
}

/** Hosts whose name, serial number, UUID or user's address has the text in it, whatever its case. */
function list({ query }: Asked, { hosts }: FleetState): Answer {
  const wanted = (query.get('query') ?? '').toLowerCase()
  const texts = (host: FleetHost) => [
    host.hostname,
    host.hardware_serial,
    host.uuid,
    ...host.device_mapping.map((one) => one.email),
  ]
  const found = hosts.filter((host) => texts(host).some((text) => text.toLowerCase().includes(wanted)))
  const size = Number(query.get('per_page') ?? 100)
  const from = Number(query.get('page') ?? 0) * size
  const page = found.slice(from, from + size)
  return { status: 200, body: { hosts: page.map((host) => listed(host, query.get('device_mapping') === 'true')) } }
}

function read({ hosts }: FleetState, id: string, part?: string): Answer {
  const host = hosts.find((one) => String(one.id) === id)
  if (!host) return noHost
  if (part === undefined) return { status: 200, body: detailed(host) }
  if (part !== 'encryption_key') return notThere
  if (host.key === undefined) return refusal(404, 'host encryption key is not available')
  const encryption_key = { key: host.key, updated_at: '2026-02-01T05:31:43Z' }
  return { status: 200, body: { host_id: host.id, encryption_key } }
}

const orders: Readonly<Record<string, (order: Order) => Answer>> = {
  'POST lock': lock,
  'POST unlock': unlock,
  'POST wipe': wipe,
  'DELETE mdm': turnOff,
}

function order(asked: Asked, state: World<FleetState>, options: FleetOptions, id: string, part = ''): Answer {
  const carry = orders[`${asked.method} ${part}`]
  if (!carry) return notThere
  if (options.role === 'observer') return refusal(403, 'forbidden')
  if (options.tier === 'free' && part !== 'mdm') return refusal(402, 'Requires Fleet Premium license')
  if (!state.truth().hosts.some((one) => String(one.id) === id)) return noHost
  const due = Date.now() + (options.commandMs ?? 1500)
  return state.write((truth) => {
    const host = truth.hosts.find((one) => String(one.id) === id) as FleetHost
    return carry({ asked, host, state: truth, due })
  })
}
