/** Gusto: whether and when the employment ends; written only where the settings say so, and never with a payroll. */
import type { Account, At, AutomaticStep, Connector, Leaver, ManualStep } from '../../src/connector.ts'
import { lastDay, Rejected } from '../../src/connector.ts'
import {
  cancelTermination,
  check,
  connect,
  type Employee,
  employeeOf,
  employees,
  type Gusto,
  Settings,
  type Termination,
  terminate,
  terminationsOf,
} from './client.ts'

async function locate(client: Gusto, leaver: Leaver): Promise<readonly Account[]> {
  const addresses = new Set(leaver.emails.map((address) => address.toLowerCase()))
  const theirs = (await employees(client)).filter((one) => emailsOf(one).some((address) => addresses.has(address)))
  return await Promise.all(theirs.map((one) => accountOf(client, one)))
}

function emailsOf({ work_email: work, email }: Employee): string[] {
  return [work, email].flatMap((address) => (address ? [address.toLowerCase()] : []))
}

async function accountOf(client: Gusto, employee: Employee): Promise<Account> {
  const end = endOf(employee, await terminationsOf(client, employee.uuid), today())
  const title = titleOf(employee)
  return {
    realm: client.company,
    id: employee.uuid,
    label: nameOf(employee),
    known: {
      name: nameOf(employee),
      emails: emailsOf(employee),
      ...(title ? { title } : {}),
      ...(employee.department ? { department: employee.department } : {}),
      ...(end ? { endDate: end.effective_date } : {}),
    },
  }
}

function nameOf({ first_name: first, last_name: last }: Employee): string {
  return [first, last].filter(Boolean).join(' ')
}

function titleOf({ jobs }: Employee): string | undefined {
  return (jobs?.find((job) => job.primary) ?? jobs?.[0])?.title ?? undefined
}

function today(): string {
  return new Date().toISOString().slice(0, 10)
}

/** The last one, where it is in force or yet to come. Whoever was hired again has old ones that mean nothing now. */
function endOf(employee: Employee, all: readonly Termination[], day: string): Termination | undefined {
  const last = all.at(-1)
  return last && (employee.terminated || last.active || last.effective_date >= day) ? last : undefined
}

/** Undefined where Gusto has no such employee any more. */
async function recordOf(at: At<Gusto>) {
  const employee = await employeeOf(at.client, at.account.id)
  if (!employee) return undefined
  const end = endOf(employee, await terminationsOf(at.client, at.account.id), today())
  if (!end && employee.terminated) return { employee, end, fact: 'Terminated; Gusto names no date', isOver: true }
  return { employee, end, fact: end ? endFact(end, at) : 'Employed, no end on record', isOver: end !== undefined }
}

function endFact(end: Termination, at: At<Gusto>): string {
  const state = end.active ? 'Terminated as of' : 'Termination recorded for'
  const day = lastDay(at)
  const differs =
    end.effective_date === day ? '' : `, while the offboarding takes effect on ${day}: HR says which is right`
  return `${state} ${end.effective_date}${differs}`
}

const terminating: AutomaticStep<Gusto> = {
  id: 'terminate',
  title: 'Record the end of the employment',
  area: 'records',
  phase: 'remove',
  async find(at) {
    const read = await recordOf(at)
    if (!read) return []
    const state = read.isOver ? 'done' : 'open'
    return [{ id: 'termination', label: 'Employment', state, fact: read.fact }]
  },
  async apply(at) {
    const read = await recordOf(at)
    if (read && !read.isOver) await terminate(at.client, at.account.id, lastDay(at))
  },
  async undo(at) {
    const end = (await recordOf(at))?.end
    if (!end || end.effective_date !== lastDay(at)) return
    if (!end.cancelable)
      throw new Rejected(
        `Gusto does not take the termination of ${end.effective_date} back any more. HR hires them again there.`,
      )
    await cancelTermination(at.client, at.account.id)
  },
}

const byHand: ManualStep<Gusto> = {
  id: 'terminate-by-hand',
  title: 'Record the end of the employment in Gusto',
  area: 'records',
  phase: 'remove',
  owner: 'hr',
  dueIn: 24 * 3_600_000,
  async applies(at) {
    const read = await recordOf(at)
    return read !== undefined && !(read.isOver && (!read.end || read.end.effective_date === lastDay(at)))
  },
  async ask(at) {
    const read = await recordOf(at)
    if (!read) return `Gusto has no record of ${at.account.label} any more: nothing to write.`
    const title = titleOf(read.employee)
    const about = [
      `Now: ${read.fact}`,
      title && `Job: ${[title, read.employee.department].filter(Boolean).join(', ')}`,
      `Last day: ${lastDay(at)} (${at.choices.kind.replaceAll('-', ' ')})`,
    ]
    return `${at.account.label}: in Gusto, People > Team members > ${at.account.label} > Dismiss, with ${lastDay(at)} as the last day. Where an end stands there already, change it and add none. Decide on final pay there: some states want it within 24 hours.\n${about.filter(Boolean).join('\n')}`
  },
}

const connector: Connector<Settings, Gusto> = {
  id: 'gusto',
  title: 'Gusto',
  rights: [
    { name: 'employees:read', for: 'finding the employee, and reading whether and when the employment ends' },
    { name: 'employees:write', for: 'recording the end, only with `terminate`' },
  ],
  settings: Settings,
  limits: [
    {
      id: 'api',
      perSecond: 3,
      concurrent: 3,
      source: 'Gusto, Rate limits: 200 requests a minute for each application and user (docs.gusto.com)',
    },
  ],
  renew:
    "authorizes the app for the company again (Gusto's developer portal, or the refresh token that came with the last access token), and puts the new access token into the settings",
  connect,
  // Final pay, COBRA and the payout of days off follow from the end that is recorded: they stay with HR.
  configured: (settings) => ({ steps: settings.terminate ? [terminating] : [byHand] }),
  check,
  locate,
  steps: [terminating, byHand],
}

export default connector
