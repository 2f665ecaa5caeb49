/** BambooHR: whether and when the employment ends; written only where the settings say so. */
import {
  type Account,
  type At,
  type AutomaticStep,
  type Connector,
  type Leaver,
  lastDay,
  type ManualStep,
  Rejected,
} from '../../src/connector.ts'
import {
  addRow,
  type Bamboo,
  check,
  connect,
  deleteRow,
  directory,
  type Employee,
  employeeOf,
  type Row,
  Settings,
  statusRows,
  users,
} from './client.ts'

const own = 'the employee whose API key Latchkey uses; it dies with their access'

/**
 * The directory has those who work there, the users those who left as well. Whoever it is, is then read from the record
 * itself, since both show one address only.
 */
async function locate(client: Bamboo, leaver: Leaver): Promise<readonly Account[]> {
  const addresses = new Set(leaver.emails.map((address) => address.toLowerCase()))
  const isTheirs = (address: string | null | undefined) => !!address && addresses.has(address.toLowerCase())
  const [current, all] = await Promise.all([directory(client), users(client)])
  const ids = new Set([
    ...current.filter((one) => isTheirs(one.workEmail) || isTheirs(one.homeEmail)).map((one) => one.id),
    ...all.filter((one) => isTheirs(one.email)).map((one) => one.id),
  ])
  if (ids.size === 0) return []
  const mine = await client.own()
  const found = await Promise.all([...ids].map((id) => accountOf(client, id, mine)))
  return found.flatMap((account) => account ?? [])
}

async function accountOf(client: Bamboo, id: string, mine: Employee | undefined): Promise<Account | undefined> {
  const employee = await employeeOf(client.api, id)
  if (!employee) return undefined
  const end = ended(client, await statusRows(client, id))
  const { workEmail, homeEmail, jobTitle, department, supervisor } = employee
  return {
    realm: client.company,
    id: employee.id,
    label: `${nameOf(employee)} (employee ${employee.id})`,
    known: {
      name: nameOf(employee),
      emails: [workEmail, homeEmail].flatMap((address) => (address ? [address.toLowerCase()] : [])),
      ...(jobTitle ? { title: jobTitle } : {}),
      ...(department ? { department } : {}),
      ...(supervisor ? { managerName: supervisor } : {}),
      ...(end ? { endDate: end.date } : {}),
    },
    ...(mine?.id === employee.id ? { protected: own } : {}),
  }
}

function nameOf({ firstName, lastName }: Employee): string {
  return [firstName, lastName].filter(Boolean).join(' ')
}

/** The last entry counts, in force or yet to come: whoever was hired again has another one after it. */
function ended({ leftStatus }: Bamboo, rows: readonly Row[]): Row | undefined {
  const last = rows.at(-1)
  return last?.employmentStatus.toLowerCase() === leftStatus.toLowerCase() ? last : undefined
}

const terminate: AutomaticStep<Bamboo> = {
  id: 'terminate',
  title: 'Record the end of the employment',
  area: 'records',
  phase: 'remove',
  async find(at) {
    const read = await recordOf(at)
    if (!read) return []
    const { rows, end, fact } = read
    const head = { id: 'employment-status', label: 'Employment status' }
    if (end) return [{ ...head, state: 'done', fact }]
    if (await isOwn(at)) return [{ ...head, state: 'blocked', fact: `This is ${own}. IT makes another key first.` }]
    return [{ ...head, state: 'open', fact, before: { rows: rows.map((row) => row.id) } }]
  },
  async apply(at) {
    const read = await recordOf(at)
    // A second entry would be a second end, with benefits and pay after it.
    if (!read || read.end) return
    if (await isOwn(at)) throw new Rejected(`BambooHR: this is ${own}; nothing was written.`)
    await addRow(at.client, at.account.id, lastDay(at))
  },
  async undo(at, finding) {
    const rows = await statusRows(at.client, at.account.id)
    const kept = new Set((finding.before as { rows?: string[] } | undefined)?.rows ?? rows.map((row) => row.id))
    const ours = rows.filter((row) => !kept.has(row.id) && ended(at.client, [row]) && row.date === lastDay(at))
    for (const row of ours) await deleteRow(at.client, at.account.id, row.id)
  },
}

/** Undefined where BambooHR has no such employee any more. */
async function recordOf(at: At<Bamboo>) {
  const employee = await employeeOf(at.client.api, at.account.id)
  if (!employee) return undefined
  const rows = await statusRows(at.client, at.account.id)
  const end = ended(at.client, rows)
  const last = rows.at(-1)
  const status = last ? `${last.employmentStatus} since ${last.date}` : 'no employment status'
  return { employee, rows, end, fact: end ? endFact(end, at) : status }
}

function endFact(end: Row, at: At<Bamboo>): string {
  const differs =
    end.date === lastDay(at) ? '' : `, while the offboarding takes effect on ${lastDay(at)}: HR says which is right`
  return `${end.employmentStatus} as of ${end.date}${differs}`
}

async function isOwn(at: At<Bamboo>): Promise<boolean> {
  return (await at.client.own())?.id === at.account.id
}

const byHand: ManualStep<Bamboo> = {
  id: 'terminate-by-hand',
  title: 'Record the end of the employment in BambooHR',
  area: 'records',
  phase: 'remove',
  owner: 'hr',
  dueIn: 24 * 3_600_000,
  async applies(at) {
    const read = await recordOf(at)
    return read !== undefined && (!read.end || read.end.date !== lastDay(at))
  },
  async ask(at) {
    const read = await recordOf(at)
    if (!read) return `BambooHR has no record of ${at.account.label} any more: nothing to write.`
    const { employee, fact } = read
    const about = [
      `Now: ${fact}`,
      employee.jobTitle && `Job: ${[employee.jobTitle, employee.department].filter(Boolean).join(', ')}`,
      employee.supervisor && `Reports to: ${employee.supervisor}`,
      `Last day: ${lastDay(at)} (${at.choices.kind.replaceAll('-', ' ')})`,
    ]
    const page = `${at.client.site}/employees/employee.php?id=${encodeURIComponent(at.account.id)}`
    return `${at.account.label}: open ${page}, choose the gear > Terminate Employee, enter ${lastDay(at)} as the date and the reason. Where an end stands there already, change that entry and add none.\n${about.filter(Boolean).join('\n')}`
  },
}

const connector: Connector<Settings, Bamboo> = {
  id: 'bamboohr',
  title: 'BambooHR',
  rights: [
    { name: 'Company Directory: view', for: 'finding the employee by work address' },
    { name: 'Manage users (meta/users)', for: 'finding those who have left already' },
    { name: 'Job > Employment Status: view', for: 'reading whether and when the employment ends' },
    { name: 'Job > Employment Status: edit, without approval', for: 'recording the end, only with `terminate`' },
  ],
  settings: Settings,
  limits: [
    {
      id: 'api',
      perSecond: 2,
      concurrent: 2,
      source: 'assumed: BambooHR publishes no figure; it answers 503 or 429 with Retry-After',
    },
  ],
  renew:
    'signs in to BambooHR as the user that Latchkey acts as, opens the account menu > API Keys > Add New Key, and puts the key into the settings',
  connect,
  // Benefits, final pay and documents follow from the end that is recorded: they stay with HR.
  configured: (settings) => ({ steps: settings.terminate ? [terminate] : [byHand] }),
  check,
  locate,
  steps: [terminate, byHand],
}

export default connector
