/** Gusto over its REST API. https://docs.gusto.com/app-integrations */
import { z } from 'zod'
import { everyPage, type Gate, type Health, path, Rejected, type Rest, rest, secret } from '../../src/connector.ts'

const uuid = z.string().regex(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i, 'is the uuid of a company')

export const Settings = z.strictObject({
  /** In the answer to `GET /v1/token_info`, and in the address of the company's pages. */
  company: uuid,
  /** An access token of the company's own app; Gusto ends it after two hours, see the page on this connector. */
  token: secret(),
  /** Gusto's test environment has a host of its own. */
  demo: z.boolean().default(false),
  /** Off: HR ends the employment in Gusto, with the facts at hand. */
  terminate: z.boolean().default(false),
})
export type Settings = z.infer<typeof Settings>

export interface Gusto {
  company: string
  api: Rest
  /** Whether the settings have ends of employment recorded. */
  writes: boolean
}

/** The version whose shapes are used here; without the header Gusto takes the app's own. */
const version = '2023-02-01'

export function connect(settings: Settings, gate: Gate): Gusto {
  const headers = () => ({ authorization: `Bearer ${settings.token.reveal()}`, 'x-gusto-api-version': version })
  const base = settings.demo ? 'https://api.gusto-demo.com' : 'https://api.gusto.com'
  const api = rest({ vendor: 'Gusto', base, headers, fetch: gate.fetch })
  return { company: settings.company.toLowerCase(), api, writes: settings.terminate }
}

const text = z.string().nullish()

const Employee = z.object({
  uuid: z.string().min(1),
  first_name: text,
  last_name: text,
  email: text,
  work_email: text,
  department: text,
  terminated: z.boolean(),
  jobs: z.array(z.object({ title: text, primary: z.boolean().nullish() })).nullish(),
})
export type Employee = z.infer<typeof Employee>

const most = 100

/** Everybody whom the company has or had: all pages, numbered, until one is not full. */
export async function employees({ api, company }: Gusto): Promise<Employee[]> {
  return everyPage('Gusto', '1', async (page) => {
    const query = { page, per: most }
    const where = path`/v1/companies/${company}/employees`
    const { data, headers } = await api.answer('list employees', where, z.array(Employee), { query })
    const pages = Number(headers.get('x-total-pages'))
    const more = pages > 0 ? Number(page) < pages : data.length >= most
    return { items: data, next: more ? String(Number(page) + 1) : undefined }
  })
}

/** Undefined where Gusto says that there is no such employee. */
export async function employeeOf({ api }: Gusto, id: string): Promise<Employee | undefined> {
  return api.find('read the employee', path`/v1/employees/${id}`, Employee)
}

const Termination = z.object({
  uuid: z.string(),
  effective_date: z.string().regex(/^\d{4}-\d\d-\d\d$/),
  /** In force. */
  active: z.boolean(),
  cancelable: z.boolean(),
})
export type Termination = z.infer<typeof Termination>

/** Oldest first. */
export async function terminationsOf({ api }: Gusto, id: string): Promise<Termination[]> {
  const found = await api.ask('read the terminations', path`/v1/employees/${id}/terminations`, z.array(Termination))
  return found.sort((one, other) => one.effective_date.localeCompare(other.effective_date))
}

/** Never with a payroll of its own: Gusto could not take that back, and final pay is HR's. */
export async function terminate({ api }: Gusto, id: string, day: string): Promise<void> {
  const json = { effective_date: day, run_termination_payroll: false }
  await api.order('end the employment', path`/v1/employees/${id}/terminations`, { method: 'POST', json })
}

export async function cancelTermination({ api }: Gusto, id: string): Promise<void> {
  await api.order('take the termination back', path`/v1/employees/${id}/terminations`, { method: 'DELETE' })
}

const Token = z.object({ scope: text, resource: z.object({ type: text, uuid: text }).nullish() })

export async function check({ api, company, writes }: Gusto): Promise<Health> {
  const told = await api.ask('say whose token this is', '/v1/token_info', Token)
  const granted = new Set((told.scope ?? '').split(/\s+/))
  const of = told.resource?.uuid
  if (of && of.toLowerCase() !== company)
    throw new Rejected(`The Gusto token is for ${told.resource?.type ?? 'company'} ${of}, not for ${company}.`)
  const scopes = ['employees:read', ...(writes ? ['employees:write'] : [])]
  const missing = scopes.filter((scope) => told.scope && !granted.has(scope))
  return {
    as: `an app of Gusto company ${company}`,
    missing: missing.map(
      (scope) =>
        `${scope} is missing. IT adds it to the app in Gusto's developer portal, and authorizes the app again.`,
    ),
  }
}
