/** A pretend BambooHR: employees, users, and the table of employment statuses. Knows no rule against a second end. */
import { Secret } from '../../connector/secret.ts'
import { cast, type Employee, employees, employee as personOf } from '../company.ts'
import { type Answer, type Asked, exchange, type Pretend, pretend } from '../server.ts'
import { type World, world } from '../world.ts'

export interface BambooState {
  people: Person[]
  rows: StatusRow[]
  serial: number
  /** May read and write what; a missing right answers 403. */
  may: { directory: boolean; users: boolean; status: boolean; edit: boolean }
}

export interface Person {
  id: string
  firstName: string
  lastName: string
  workEmail: string
  homeEmail: string | null
  jobTitle: string
  department: string
  supervisor: string | null
}

export interface StatusRow {
  id: string
  employeeId: string
  date: string
  employmentStatus: string
  terminationReasonId?: number
  terminationTypeId?: number
  terminationRehireId?: number
}

export interface PretendBambooHr extends Pretend {
  world: World<BambooState>
  settings: { company: string; apiKey: Secret; terminate: Record<string, unknown> }
  secrets: readonly string[]
}

export interface PretendBambooOptions {
  lagMs?: number
  latencyMs?: number
  traffic?: string
  now?: () => number
  /** Address of the employee whose key it is. */
  keyOwner?: string
  seed?: (state: BambooState) => void
}

const key = 'b4mb00pretendkey7c1e9a52d8'

export async function pretendBambooHr(options: PretendBambooOptions = {}): Promise<PretendBambooHr> {
  const initial = seeded()
  options.seed?.(initial)
  const state = world(initial, options.lagMs)
  const now = options.now ?? Date.now
  const owner = String(personOf(options.keyOwner ?? cast.it).id)
  const server = await pretend({
    hosts: ['example.bamboohr.com'],
    handle: (asked) => handle(asked, state, owner, new Date(now()).toISOString().slice(0, 10)),
    record: (asked, answer) => exchange('bamboohr', asked, answer),
    ...(options.traffic ? { traffic: options.traffic } : {}),
    ...(options.latencyMs ? { latencyMs: options.latencyMs } : {}),
  })
  const settings = { company: 'example', apiKey: new Secret(key), terminate: { reasonId: 7 } }
  return Object.assign(server, { world: state, settings, secrets: [key] })
}

function seeded(): BambooState {
  return {
    people: employees.map(personIn),
    rows: employees.map((one) => ({
      id: String(1000 + one.id),
      employeeId: String(one.id),
      date: '2022-05-02',
      employmentStatus: 'Full-Time',
    })),
    serial: 2000,
    may: { directory: true, users: true, status: true, edit: true },
  }
}

function personIn(one: Employee): Person {
  const [firstName = '', lastName = ''] = one.name.split(' ')
  const supervisor = one.manager ? personOf(one.manager).name : null
  const { title, department } = one
  return {
    ...{ id: String(one.id), firstName, lastName, workEmail: one.email, homeEmail: null },
    ...{ jobTitle: title, department, supervisor },
  }
}

function handle(asked: Asked, state: World<BambooState>, owner: string, today: string): Answer {
  if (asked.headers.authorization !== `Basic ${Buffer.from(`${key}:x`).toString('base64')}`) return { status: 401 }
  const { method, path } = asked
  const seen = state.read()
  if (method === 'GET' && path === '/api/v1/employees/directory') return directory(seen, today)
  if (method === 'GET' && path === '/api/v1/meta/users') return users(seen, today)
  const [, id = '', row] = /^\/api\/v1(?:_1)?\/employees\/(\d+)\/tables\/employmentStatus(?:\/(\d+))?$/.exec(path) ?? []
  if (id) return table(asked, state, id, row)
  const [, whose] = /^\/api\/v1\/employees\/(\d+)$/.exec(path) ?? []
  if (method === 'GET' && whose !== undefined) return employee(asked, seen, whose === '0' ? owner : whose, today)
  return refusal(404, 'There is no such endpoint.')
}

/** As BambooHR does: an empty body, and the reason in a header. */
function refusal(status: number, message: string): Answer {
  return { status, headers: { 'x-bamboohr-error-message': message } }
}

function statusOf({ rows }: BambooState, id: string, today: string): 'Active' | 'Inactive' {
  const past = rows.filter((row) => row.employeeId === id && row.date <= today)
  const last = past.sort((one, other) => one.date.localeCompare(other.date)).at(-1)
  return last?.employmentStatus === 'Terminated' ? 'Inactive' : 'Active'
}

function directory(state: BambooState, today: string): Answer {
  if (!state.may.directory) return refusal(403, 'The directory is not shared.')
  const found = state.people.filter((one) => statusOf(state, one.id, today) === 'Active')
  const told = found.map(({ id, firstName, lastName, jobTitle, workEmail }) => ({
    ...{ id, displayName: `${firstName} ${lastName}`, firstName, lastName, jobTitle, workEmail },
    canUploadPhoto: 0,
  }))
  return { status: 200, body: { fields: [{ id: 'workEmail', type: 'email', name: 'Work Email' }], employees: told } }
}

function users(state: BambooState, today: string): Answer {
  if (!state.may.users) return refusal(403, 'You may not see users.')
  const told = state.people.map((one) => ({
    ...{ id: Number(one.id) + 300, employeeId: Number(one.id), firstName: one.firstName, lastName: one.lastName },
    email: one.workEmail,
    status: statusOf(state, one.id, today) === 'Active' ? 'enabled' : 'disabled',
  }))
  return { status: 200, body: Object.fromEntries(told.map((one) => [String(one.id), one])) }
}

function employee(asked: Asked, state: BambooState, id: string, today: string): Answer {
  const person = state.people.find((one) => one.id === id)
  if (!person) return refusal(404, 'The employee does not exist.')
  const ends = state.rows.filter((row) => row.employeeId === id && row.employmentStatus === 'Terminated')
  const known = { ...person, status: statusOf(state, id, today), terminationDate: ends.at(-1)?.date ?? null }
  const wanted = (asked.query.get('fields') ?? 'firstName,lastName').split(',')
  return {
    status: 200,
    body: Object.fromEntries(Object.entries(known).filter(([name]) => name === 'id' || wanted.includes(name))),
  }
}

function table(asked: Asked, state: World<BambooState>, id: string, row: string | undefined): Answer {
  const { people, rows, may } = state.read()
  if (!people.some((one) => one.id === id)) return refusal(404, 'The employee does not exist.')
  if (asked.method === 'GET' && !row)
    return may.status ? { status: 200, body: rows.filter((one) => one.employeeId === id) } : refusal(403, 'No access.')
  if (!may.edit) return refusal(403, 'You may not edit this table.')
  if (asked.method === 'POST' && !row && asked.path.startsWith('/api/v1_1/')) return add(asked, state, id)
  if (asked.method === 'DELETE' && row) return take(state, id, row)
  return refusal(405, 'Method not allowed.')
}

const statuses = ['Full-Time', 'Part-Time', 'Contractor', 'Terminated']
const known = new Set([
  'date',
  'employmentStatus',
  'comment',
  'terminationReasonId',
  'terminationTypeId',
  'terminationRehireId',
])

function add(asked: Asked, state: World<BambooState>, employeeId: string): Answer {
  const body = (asked.body ?? {}) as Record<string, unknown>
  const { date, employmentStatus } = body
  if (typeof date !== 'string' || !/^\d{4}-\d\d-\d\d$/.test(date)) return refusal(400, 'date is missing.')
  if (!statuses.includes(String(employmentStatus))) return refusal(406, `Invalid employment status.`)
  const stray = Object.keys(body).find((name) => !known.has(name))
  if (stray) return refusal(400, `Unknown field ${stray}.`)
  state.write((truth) => {
    truth.serial += 1
    truth.rows.push({ ...(body as unknown as StatusRow), id: String(truth.serial), employeeId })
  })
  return { status: 200 }
}

function take(state: World<BambooState>, employeeId: string, row: string): Answer {
  const index = state.truth().rows.findIndex((one) => one.id === row && one.employeeId === employeeId)
  if (index < 0) return { status: 200, body: { success: false, error: 'The row was not found.' } }
  state.write(({ rows }) => rows.splice(index, 1))
  return { status: 200, body: { success: true } }
}
