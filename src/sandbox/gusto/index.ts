/** A pretend Gusto: employees in pages, their terminations, and whose token it is. */
import { createHash, randomUUID } from 'node:crypto'
import { Secret } from '../../connector/secret.ts'
import { employees } from '../company.ts'
import { type Answer, type Asked, exchange, type Pretend, pretend } from '../server.ts'
import { type World, world } from '../world.ts'

export interface GustoState {
  people: GustoPerson[]
  terminations: GustoTermination[]
  scope: string
}

export interface GustoPerson {
  uuid: string
  first_name: string
  last_name: string
  email: string
  work_email: string
  department: string
  jobs: { uuid: string; title: string; primary: boolean }[]
}

export interface GustoTermination {
  uuid: string
  version: string
  employee_uuid: string
  effective_date: string
  run_termination_payroll: boolean
  /** Not any more once somebody was hired again. */
  void?: boolean
}

export interface PretendGusto extends Pretend {
  world: World<GustoState>
  settings: { company: string; token: Secret; terminate: boolean }
  secrets: readonly string[]
}

export interface PretendGustoOptions {
  lagMs?: number
  latencyMs?: number
  traffic?: string
  /** The most that a page holds, whatever is asked for. */
  pageSize?: number
  seed?: (state: GustoState) => void
}

const token = 'gusto-pretend-token-2rXv8Qe1'
export const company = '5f0c7a1e-9b3d-4c2a-8e1f-0a1b2c3d4e5f'

export async function pretendGusto(options: PretendGustoOptions = {}): Promise<PretendGusto> {
  const initial = seeded()
  options.seed?.(initial)
  const state = world(initial, options.lagMs)
  const server = await pretend({
    hosts: ['api.gusto.com'],
    handle: (asked) => handle(asked, state, options.pageSize ?? 100),
    // Real endpoints (Get all employees of a company, Get info about the current access token) that the subset leaves out.
    record: (asked, answer) =>
      /^\/v1\/(companies|token_info)/.test(asked.path) ? undefined : exchange('gusto', asked, answer),
    ...(options.traffic ? { traffic: options.traffic } : {}),
    ...(options.latencyMs ? { latencyMs: options.latencyMs } : {}),
  })
  const settings = { company, token: new Secret(token), terminate: true }
  return Object.assign(server, { world: state, settings, secrets: [token] })
}

function seeded(): GustoState {
  const people = employees.map((one) => {
    const [first_name = '', last_name = ''] = one.name.split(' ')
    const jobs = [{ uuid: uuidOf(`job ${one.id}`), title: one.title, primary: true }]
    const email = `${first_name}.${one.id}@mail.test`.toLowerCase()
    return {
      uuid: uuidOf(one.email),
      first_name,
      last_name,
      email,
      work_email: one.email,
      department: one.department,
      jobs,
    }
  })
  return { people, terminations: [], scope: 'public employees:read employees:write' }
}

/** The same from run to run. */
function uuidOf(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex')
  return hex.slice(0, 32).replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
}

function handle(asked: Asked, state: World<GustoState>, pageSize: number): Answer {
  if (asked.headers.authorization !== `Bearer ${token}`)
    return failure(401, 'invalid_token', 'The access token is invalid')
  const { method, path } = asked
  const seen = state.read()
  if (method === 'GET' && path === '/v1/token_info') return tokenInfo(seen)
  if (method === 'GET' && path === `/v1/companies/${company}/employees`) return list(asked, seen, pageSize)
  const [, id = '', terminations] = /^\/v1\/employees\/([\w-]+)(\/terminations)?$/.exec(path) ?? []
  const person = seen.people.find((one) => one.uuid === id)
  if (!person) return failure(404, 'not_found', 'The requested resource was not found.')
  if (!terminations) return method === 'GET' ? { status: 200, body: told(person, seen) } : wrongMethod
  if (method === 'GET') return { status: 200, body: allOf(seen, id).map(toldTermination) }
  if (!seen.scope.includes('employees:write')) return failure(403, 'missing_oauth_scopes', 'employees:write is needed.')
  if (method === 'POST') return add(asked, state, id)
  return method === 'DELETE' ? cancel(state, id) : wrongMethod
}

const wrongMethod: Answer = { status: 405 }

function failure(status: number, category: string, message: string): Answer {
  return { status, body: { errors: [{ error_key: 'base', category, message }] } }
}

function tokenInfo({ scope }: GustoState): Answer {
  return { status: 200, body: { scope, resource: { type: 'Company', uuid: company } } }
}

function list(asked: Asked, state: GustoState, pageSize: number): Answer {
  const per = Math.min(Number(asked.query.get('per') ?? 25), pageSize)
  const page = Number(asked.query.get('page') ?? 1)
  const found = state.people.slice((page - 1) * per, page * per)
  const headers = { 'x-page': String(page), 'x-total-pages': String(Math.ceil(state.people.length / per)) }
  return { status: 200, headers, body: found.map((one) => told(one, state)) }
}

function day(): string {
  return new Date().toISOString().slice(0, 10)
}

function allOf({ terminations }: GustoState, id: string): GustoTermination[] {
  return terminations.filter((one) => one.employee_uuid === id)
}

function isActive(one: GustoTermination): boolean {
  return !one.void && one.effective_date < day()
}

function told(person: GustoPerson, state: GustoState) {
  return { ...person, company_uuid: company, terminated: allOf(state, person.uuid).some(isActive) }
}

function toldTermination({ void: _, ...one }: GustoTermination) {
  const active = isActive({ ...one, ...(_ ? { void: _ } : {}) })
  return { ...one, active, cancelable: !_ && !active && !one.run_termination_payroll }
}

function add(asked: Asked, state: World<GustoState>, id: string): Answer {
  const { effective_date: date, run_termination_payroll: pays, ...more } = (asked.body ?? {}) as Record<string, unknown>
  if (Object.keys(more).length > 0) return failure(422, 'invalid_attribute_value', 'An attribute is unknown.')
  if (typeof date !== 'string' || !/^\d{4}-\d\d-\d\d$/.test(date))
    return failure(422, 'invalid_attribute_value', 'Effective date is not a valid date.')
  if (allOf(state.truth(), id).some((one) => !one.void))
    return failure(422, 'invalid_operation', 'The employee is already terminated.')
  const one: GustoTermination = {
    ...{ uuid: randomUUID(), version: randomUUID(), employee_uuid: id, effective_date: date },
    run_termination_payroll: pays === true,
  }
  state.write(({ terminations }) => terminations.push(one))
  return { status: 201, body: toldTermination(one) }
}

function cancel(state: World<GustoState>, id: string): Answer {
  const one = allOf(state.truth(), id).find((termination) => toldTermination(termination).cancelable)
  if (!one) return failure(422, 'invalid_operation', 'The termination is not cancelable.')
  state.write((truth) => {
    truth.terminations = truth.terminations.filter((other) => other.uuid !== one.uuid)
  })
  return { status: 204 }
}
