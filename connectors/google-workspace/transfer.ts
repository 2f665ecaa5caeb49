/** Drive files and calendar go to the receiver as one transfer job of Google's, which takes minutes to days. */
import type { admin_datatransfer_v1 } from 'googleapis/build/src/apis/admin/datatransfer_v1.js'
import type { AutomaticStep, Finding } from '../../src/connector.ts'
import { Rejected } from '../../src/connector.ts'
import { all, ask, unlessGone } from './ask.ts'
import type { Client } from './client.ts'
import { blocked, type GoogleAt, receiverOf, userOf } from './person.ts'
import { Applications, Transfer as TransferShape, Transfers } from './shapes.ts'

type Transfer = admin_datatransfer_v1.Schema$DataTransfer
type Application = admin_datatransfer_v1.Schema$Application

const id = 'transfer'
/** How far Google's clock and ours may be apart when a job is recognised by its time. */
const skewMs = 60_000

export const transferFiles: AutomaticStep<Client> = {
  id: 'transfer-files',
  title: 'Hand over Drive files, the calendar and Looker Studio reports',
  area: 'applications',
  phase: 'preserve',
  async find(at) {
    const receiver = await receiverOf(at)
    if (!receiver || !(await userOf(at))) return []
    if ('barred' in receiver) return [blocked({ id, label: 'Drive files and calendar' }, receiver.barred)]
    const finding = { id, label: `Drive files and calendar to ${receiver.address}` }
    const job = await ownJob(at, receiver.id)
    return [job ? standing(finding, job) : { ...finding, state: 'open', fact: 'Not handed over yet' }]
  },
  async apply(at) {
    const receiver = await receiverOf(at)
    if (!receiver || 'barred' in receiver)
      throw new Rejected(receiver?.barred ?? 'Nobody was chosen to receive the files.')
    const running = await ownJob(at, receiver.id)
    if (running && running.overallTransferStatusCode !== 'failed') return receiptOf(running)
    const requestBody = {
      oldOwnerUserId: at.account.id,
      newOwnerUserId: receiver.id,
      applicationDataTransfers: (await applications(at.client)).map(ordered),
    }
    return receiptOf(
      await ask('start the transfer', () => at.client.transfers().transfers.insert({ requestBody }), TransferShape),
    )
  },
}

/**
 * The job that this offboarding ordered: by its number, or, where the answer was lost, by being of this pair and not
 * older than the order. An older job belongs to an earlier leaving of the same person. Where no order is on record (a
 * backup was restored that is older than it), whatever began since the effective time is this leaving's.
 */
async function ownJob(at: GoogleAt, newOwnerUserId: string): Promise<Transfer | undefined> {
  const applied = at.applied(id)
  const number = applied?.receipt?.transfer
  if (typeof number === 'string')
    return await unlessGone(
      ask('read the transfer', () => at.client.transfers().transfers.get({ dataTransferId: number }), TransferShape),
    )
  const jobs = await transfersFrom(at, { newOwnerUserId })
  const since = (applied?.intentAt ?? at.effectiveAt).getTime() - skewMs
  return jobs.filter((job) => Date.parse(job.requestTime ?? '') >= since).sort(newestFirst)[0]
}

/** Every transfer of the leaver's, not shared: guards use it too. */
export function transfersFrom(at: GoogleAt, to: { newOwnerUserId?: string } = {}): Promise<Transfer[]> {
  const params = { oldOwnerUserId: at.account.id, ...to, maxResults: 100 }
  return all(
    (page) => ask('list transfers', () => at.client.transfers().transfers.list({ ...params, ...page }), Transfers),
    (page) => page.dataTransfers,
  )
}

function newestFirst(a: Transfer, b: Transfer): number {
  return Date.parse(b.requestTime ?? '') - Date.parse(a.requestTime ?? '')
}

function standing(finding: Pick<Finding, 'id' | 'label'>, job: Transfer): Finding {
  const said = `Transfer ${short(job.id)} ${job.overallTransferStatusCode}`
  if (job.overallTransferStatusCode === 'completed') return { ...finding, state: 'done', fact: said }
  if (job.overallTransferStatusCode === 'failed')
    return {
      ...finding,
      state: 'open',
      fact: `${said}${failedParts(job)}; a legal hold on any service of the account blocks it, or the receiver lacks storage`,
    }
  return { ...finding, state: 'pending', fact: said }
}

function failedParts({ applicationDataTransfers: parts = [] }: Transfer): string {
  const failed = parts.filter((one) => one.applicationTransferStatus === 'failed')
  return failed.length > 0 && failed.length < parts.length
    ? ` for ${failed.length} of ${parts.length} applications`
    : ''
}

/** "Drive and Docs", "Calendar" and "Looker Studio" (once Data Studio), as applications.list names them. */
async function applications(client: Client): Promise<Application[]> {
  const list = await all(
    (page) =>
      ask(
        'list what can be transferred',
        () => client.transfers().applications.list({ maxResults: 500, ...page }),
        Applications,
      ),
    (page) => page.applications,
  )
  const wanted = list.filter((one) => /drive|calendar|looker|data studio/i.test(one.name ?? ''))
  if (wanted.length === 0)
    throw new Rejected('Google offers neither Drive nor Calendar for transfer here. IT hands over by hand.')
  return wanted
}

/** Without PRIVACY_LEVEL only shared files move. */
function ordered(application: Application): admin_datatransfer_v1.Schema$ApplicationDataTransfer {
  const known = (application.transferParams ?? []).map((one) => one.key)
  const wanted = [
    { key: 'PRIVACY_LEVEL', value: ['PRIVATE', 'SHARED'] },
    { key: 'RELEASE_RESOURCES', value: ['TRUE'] },
  ]
  return { applicationId: application.id, applicationTransferParams: wanted.filter((one) => known.includes(one.key)) }
}

function receiptOf(job: Transfer): { transfer: string } {
  if (!job.id) throw new Error('Google took the transfer but named no number for it, so it cannot be followed.')
  return { transfer: job.id }
}

function short(number: string | null | undefined): string {
  const text = number ?? ''
  return text.length <= 12 ? text : `${text.slice(0, 4)}…${text.slice(-4)}`
}
