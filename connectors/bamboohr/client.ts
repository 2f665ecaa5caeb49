/** BambooHR over its REST API, with an API key. https://documentation.bamboohr.com/docs/getting-started */
import { z } from 'zod'
import {
  type Gate,
  type Health,
  path,
  Rejected,
  type Rest,
  rest,
  secret,
  unlessStatus,
  writtenId,
} from '../../src/connector.ts'

/** How a termination is written; the names and numbers are the company's own lists (Settings → Employee Fields). */
const Termination = z.strictObject({
  /** The employment status that means "left". */
  status: z.string().min(1).default('Terminated'),
  /** Numbers of the options in the lists Termination Reason, Termination Type and Eligible for Re-hire. */
  reasonId: z.int().positive().optional(),
  typeId: z.int().positive().optional(),
  rehireId: z.int().positive().optional(),
})

export const Settings = z.strictObject({
  /** `acme` of https://acme.bamboohr.com. */
  company: z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/i, 'is what stands before .bamboohr.com'),
  apiKey: secret(),
  /** Absent: HR writes the end into BambooHR, with the facts at hand. */
  terminate: Termination.optional(),
})
export type Settings = z.infer<typeof Settings>

export interface Bamboo {
  company: string
  /** Where people look at it. */
  site: string
  api: Rest
  leftStatus: string
  terminate: Settings['terminate']
  /** The employee whose API key this is; undefined where the key's user is no employee. */
  own(): Promise<Employee | undefined>
}

export function connect(settings: Settings, gate: Gate): Bamboo {
  const site = `https://${settings.company.toLowerCase()}.bamboohr.com`
  const authorization = `Basic ${Buffer.from(`${settings.apiKey.reveal()}:x`).toString('base64')}`
  const api = rest({ vendor: 'BambooHR', base: `${site}/api`, headers: () => ({ authorization }), fetch: told(gate) })
  return {
    company: settings.company.toLowerCase(),
    site,
    api,
    leftStatus: settings.terminate?.status ?? 'Terminated',
    terminate: settings.terminate,
    own: () => employeeOf(api, '0'),
  }
}

/** BambooHR says why in a header, with an empty body: https://documentation.bamboohr.com/docs/api-details */
function told(gate: Gate): (url: URL, init: RequestInit) => Promise<Response> {
  return async (url, init) => {
    const answer = await gate.fetch(url, init)
    const message = answer.headers.get('x-bamboohr-error-message')
    if (answer.ok || !message) return answer
    return new Response(JSON.stringify({ message }), { status: answer.status, headers: answer.headers })
  }
}

const text = z.string().nullish()

const Employee = z.object({
  id: z.string().regex(/^\d+$/),
  firstName: text,
  lastName: text,
  workEmail: text,
  homeEmail: text,
  status: text,
  jobTitle: text,
  department: text,
  supervisor: text,
  terminationDate: text,
})
export type Employee = z.infer<typeof Employee>

const fields = Object.keys(Employee.shape)
  .filter((name) => name !== 'id')
  .join(',')

/** Undefined where BambooHR says that there is no such employee. */
export async function employeeOf(api: Rest, id: string): Promise<Employee | undefined> {
  return api.find('read the employee', path`/v1/employees/${id}`, Employee, { query: { fields, onlyCurrent: false } })
}

const Directory = z.object({ employees: z.array(z.looseObject({ id: z.string(), workEmail: text, homeEmail: text })) })

/** People who work there now, with the addresses that the directory shows; 404 says that it is empty. */
export async function directory({ api }: Bamboo): Promise<z.infer<typeof Directory>['employees']> {
  const question = { query: { onlyCurrent: false } }
  const found = await unlessStatus([404], api.ask('read the directory', '/v1/employees/directory', Directory, question))
  return found?.employees ?? []
}

const Users = z.record(z.string(), z.object({ employeeId: z.number(), email: z.string().optional() }))

/** Everybody with a sign-in, those among them who have left. */
export async function users({ api }: Bamboo): Promise<{ id: string; email: string }[]> {
  const all = await api.ask('list users', '/v1/meta/users', Users)
  return Object.values(all).flatMap(({ employeeId, email }) =>
    employeeId > 0 && email ? [{ id: String(employeeId), email }] : [],
  )
}

const Row = z.object({
  id: writtenId,
  date: z.string().regex(/^\d{4}-\d\d-\d\d$/),
  employmentStatus: z.string(),
})
export type Row = z.infer<typeof Row>

const table = 'employmentStatus'

/** Oldest first; of two on one day, the one that was added later comes later. */
export async function statusRows({ api }: Bamboo, employee: string): Promise<Row[]> {
  const rows = await api.ask(
    'read the employment status',
    path`/v1/employees/${employee}/tables/${table}`,
    z.array(Row),
  )
  return rows.sort((one, other) => one.date.localeCompare(other.date) || Number(one.id) - Number(other.id))
}

export async function addRow({ api, terminate }: Bamboo, employee: string, date: string): Promise<void> {
  if (!terminate) throw new Rejected('Terminating is not switched on in the settings (bamboohr: terminate).')
  const json = {
    date,
    employmentStatus: terminate.status,
    ...(terminate.reasonId ? { terminationReasonId: terminate.reasonId } : {}),
    ...(terminate.typeId ? { terminationTypeId: terminate.typeId } : {}),
    ...(terminate.rehireId ? { terminationRehireId: terminate.rehireId } : {}),
  }
  await api.order('end the employment', path`/v1_1/employees/${employee}/tables/${table}`, { method: 'POST', json })
}

const Deleted = z.object({ success: z.boolean(), error: z.string().optional() })

export async function deleteRow({ api }: Bamboo, employee: string, row: string): Promise<void> {
  const where = path`/v1/employees/${employee}/tables/${table}/${row}`
  const answer = await api.ask('take the entry back', where, Deleted, { method: 'DELETE' })
  if (!answer.success)
    throw new Rejected(`BambooHR refused to take the entry back: ${answer.error ?? 'no reason given'}.`)
}

export async function check(client: Bamboo): Promise<Health> {
  const missing: string[] = []
  const tries: [string, () => Promise<unknown>][] = [
    ['the company directory', () => directory(client)],
    ['the list of users', () => users(client)],
  ]
  const own = await client.own()
  if (own) tries.push(['the employment status of employees', () => statusRows(client, own.id)])
  for (const [what, attempt] of tries)
    try {
      await attempt()
    } catch (error) {
      if (!(error instanceof Rejected) || error.status !== 403) throw error
      missing.push(
        `${what} may not be read. IT gives the API key's user an access level that may (Settings > Access Levels).`,
      )
    }
  const name = own ? `${own.firstName ?? ''} ${own.lastName ?? ''}`.trim() : 'a user who is no employee'
  return { as: `the API key of ${name} in ${client.company}`, missing }
}
