/** A pretend Kandji tenant: users and devices in pages, secrets, orders that wait for the device. */
import { randomInt, randomUUID } from 'node:crypto'
import { Secret } from '../../connector.ts'
import { type Answer, type Asked, exchange, type Pretend, pretend } from '../server.ts'
import { type World, world } from '../world.ts'
import { bad, notFound, ok, secretOf, shownCommand, shownDetails, shownDevice, shownUser } from './answers.ts'
import { seed } from './seed.ts'
import { carryOut, isDue, type KandjiDevice, type KandjiState } from './state.ts'

export interface KandjiOptions {
  lagMs?: number
  latencyMs?: number
  traffic?: string
  /** Users and devices a page, at most; Kandji's own is 300. */
  pageSize?: number
  /** How long a device takes to carry out an order. */
  commandMs?: number
  /** What the token may not ask. */
  denied?: RegExp
  prepare?: (state: KandjiState) => void
}

export interface PretendKandji extends Pretend {
  world: World<KandjiState>
  settings: { url: string; token: Secret }
  /** Its token, and the keys that it keeps. */
  secrets: readonly string[]
  /** All devices come online and do what was ordered. */
  settle(): void
}

const token = 'kandji-pretend-3f9b-token'

export async function pretendKandji(options: KandjiOptions = {}): Promise<PretendKandji> {
  const initial = seed()
  options.prepare?.(initial)
  const state = world(initial, options.lagMs)
  const { latencyMs, traffic } = options
  const server = await pretend({
    hosts: ['example.api.kandji.io'],
    handle: (asked) => handle(asked, state, options),
    record: (asked, answer) => exchange('kandji', asked, parsed(answer)),
    ...(latencyMs !== undefined && { latencyMs }),
    ...(traffic !== undefined && { traffic }),
  })
  const keys = initial.devices.flatMap((device) => Object.values(device.keys))
  return {
    ...server,
    world: state,
    settings: { url: 'https://example.api.kandji.io', token: new Secret(token) },
    secrets: [token, ...keys],
    settle: () => state.write((truth) => carryOut(truth, Number.POSITIVE_INFINITY)),
  }
}

function parsed(answer: Answer): Answer {
  return typeof answer.body === 'string' ? { ...answer, body: JSON.parse(answer.body) } : answer
}

function handle(asked: Asked, state: World<KandjiState>, options: KandjiOptions): Answer {
  if (asked.headers.authorization !== `Bearer ${token}`) return { status: 401, body: { detail: 'Invalid token.' } }
  if (options.denied?.test(`${asked.method} ${asked.path}`)) return { status: 403, body: { detail: 'Forbidden' } }
  if (isDue(state.truth(), Date.now())) state.write((truth) => carryOut(truth, Date.now()))
  const [, api, version, what, id, part, item] = asked.path.split('/')
  if (`${api}/${version}` !== 'api/v1') return notFound
  if (what === 'users' && !id && asked.method === 'GET') return users(asked, state.read(), options)
  if (what !== 'devices') return notFound
  if (asked.method === 'GET') return id ? read(asked, state.read(), id, part, item) : list(asked, state.read(), options)
  if (!state.truth().devices.some((one) => one.device_id === id)) return notFound
  return state.write((truth) => change(asked, truth, id ?? '', options, part, item))
}

/** Addresses that have the text in them, whatever its case. The next page's address is the web console's. */
function users({ query }: Asked, state: KandjiState, { pageSize = 300 }: KandjiOptions): Answer {
  const wanted = (query.get('email') ?? '').toLowerCase()
  const found = state.users.filter(({ email }) => email.toLowerCase().includes(wanted))
  const from = Number(Buffer.from(query.get('cursor') ?? '', 'base64').toString() || 0)
  const page = found.slice(from, from + pageSize)
  const cursor = Buffer.from(String(from + pageSize)).toString('base64')
  const next = from + pageSize < found.length ? `https://example.kandji.io/api/v1/users?cursor=${cursor}` : null
  const count = (user: string) => state.devices.filter((one) => one.user === user).length
  return ok({ next, previous: null, results: page.map((user) => shownUser(user, count(user.id))) })
}

function list({ query }: Asked, state: KandjiState, options: KandjiOptions): Answer {
  const wanted = query.get('user_id')
  const found = state.devices.filter((one) => wanted === null || one.user === wanted)
  return ok(pageOf(found, query, options.pageSize).map((device) => shownDevice(device, state)))
}

function pageOf<T>(found: readonly T[], query: URLSearchParams, most = 300): T[] {
  const from = Number(query.get('offset') ?? 0)
  return found.slice(from, from + Math.min(Number(query.get('limit') ?? most), most))
}

function read(asked: Asked, state: KandjiState, id: string, part?: string, item?: string): Answer {
  const device = state.devices.find((one) => one.device_id === id)
  if (!device) return notFound
  if (!part) return ok(shownDevice(device, state))
  if (part === 'details') return ok(shownDetails(device))
  if (part === 'secrets') return secretOf(device, item ?? '')
  if (part !== 'commands') return notFound
  const newest = [...device.commands].reverse()
  const results = pageOf(newest, asked.query).map(shownCommand)
  return ok({ device_id: id, commands: { count: newest.length, next: null, previous: null, results } })
}

function change(
  asked: Asked,
  state: KandjiState,
  id: string,
  options: KandjiOptions,
  part?: string,
  item?: string,
): Answer {
  const device = state.devices.find((one) => one.device_id === id) as KandjiDevice
  if (asked.method === 'DELETE' && !part) {
    state.devices = state.devices.filter((one) => one !== device)
    state.removed.push(id)
    return { status: 204 }
  }
  if (asked.method !== 'POST' || part !== 'action') return { status: 405, body: { detail: 'Method not allowed.' } }
  if (item === 'lock') return lock(asked, device, options)
  return item === 'erase' ? erase(asked, device, options) : notFound
}

function lock({ body }: Asked, device: KandjiDevice, options: KandjiOptions): Answer {
  if (hasOthers(body, ['Message', 'PhoneNumber'])) return bad('JSON parse error')
  if (device.platform === 'AppleTV') return bad('Command is not allowed for current device')
  if (device.locked) return bad('This device is already locked.')
  if (isRunning(device, 'DeviceLock')) return bad('Command already running')
  send(device, 'DeviceLock', options)
  if (device.platform !== 'Mac') return ok({})
  device.pin = String(randomInt(1_000_000)).padStart(6, '0')
  return ok({ PIN: device.pin })
}

function erase({ body }: Asked, device: KandjiDevice, options: KandjiOptions): Answer {
  if (hasOthers(body, ['PIN', 'PreserveDataPlan', 'DisallowProximitySetup', 'ReturnToService']))
    return bad('JSON parse error')
  const { PIN: pin } = (body ?? {}) as { PIN?: unknown }
  if (pin !== undefined && !/^.{6}$/.test(String(pin))) return bad('PIN must have six characters')
  if (isRunning(device, 'EraseDevice')) return bad('Command already running')
  send(device, 'EraseDevice', options)
  return { status: 200 }
}

function hasOthers(body: unknown, known: readonly string[]): boolean {
  return Object.keys((body ?? {}) as object).some((name) => !known.includes(name))
}

function isRunning({ commands }: KandjiDevice, type: string): boolean {
  return commands.some((one) => one.request_type === type && one.status === 1)
}

function send({ commands }: KandjiDevice, request_type: string, { commandMs = 1500 }: KandjiOptions): void {
  const date_requested = new Date().toISOString()
  const due = Date.now() + commandMs
  commands.push({ uuid: randomUUID(), request_type, status: 1, date_requested, date_completed: '', due })
}
