/** Chromebooks: disabled at once, and the profiles on them removed by a command whose end Google reports. */
import type { admin_directory_v1 } from 'googleapis/build/src/apis/admin/directory_v1.js'
import { type AutomaticStep, type Finding, type Order, Rejected } from '../../src/connector.ts'
import { all, ask, unlessGone } from './ask.ts'
import type { Client } from './client.ts'
import { addressesOf, freshUser, type GoogleAt, userOf } from './person.ts'
import { Chromebook as ChromebookShape, Chromebooks, Command, CommandIssued } from './shapes.ts'

type Step = AutomaticStep<Client>
type Chromebook = admin_directory_v1.Schema$ChromeOsDevice

const lock: Step = {
  id: 'chromebook-lock',
  title: 'Disable Chromebooks',
  area: 'devices',
  phase: 'contain',
  async find(at) {
    if (at.choices.devices === 'nothing') return []
    return (await chromebooksOf(at)).map((device): Finding => {
      const state = device.status === 'ACTIVE' ? 'open' : 'done'
      return { ...described(device), state, fact: `status=${device.status}` }
    })
  },
  async apply(at, finding) {
    await at.client.changeChromebook(finding.id, 'CHANGE_CHROME_OS_DEVICE_STATUS_ACTION_DISABLE')
  },
  async undo(at, finding) {
    await at.client.changeChromebook(finding.id, 'CHANGE_CHROME_OS_DEVICE_STATUS_ACTION_REENABLE')
  },
}

/** WIPE_USERS leaves the Chromebook enrolled; REMOTE_POWERWASH would take the company's hold on it away too. */
const wipe: Step = {
  id: 'chromebook-wipe',
  title: 'Remove the profiles from Chromebooks',
  area: 'devices',
  phase: 'remove',
  irreversible: true,
  after: ['google-workspace/chromebook-lock'],
  async find(at) {
    if (at.choices.devices !== 'wipe') return []
    const devices = await chromebooksOf(at)
    const away = at.orders().filter((one) => devices.every((device) => device.deviceId !== one.finding))
    return Promise.all([...devices.map((device) => listed(at, device)), ...away.map((one) => awayOf(at, one))])
  },
  async apply(at, finding) {
    const { customer: customerId } = at.client.settings
    const { chromeos } = at.client.directory('chrome').customer.devices
    const [device, user] = await Promise.all([deviceById(at, finding.id), freshUser(at.client, at.account.id)])
    if (!device || !user || !belongsTo(device, addressesOf(user)))
      throw new Rejected(`${finding.label} is not the leaver's any more. IT decides.`, { code: 'notTheirs' })
    const earlier = at.applied(finding.id)?.receipt
    const { state } = await standingOf(at, finding.id, earlier?.command)
    if (state === 'pending' || state === 'done') return earlier
    const requestBody = { commandType: 'WIPE_USERS' }
    const { commandId } = await ask(
      'remove the profiles from a Chromebook',
      () => chromeos.issueCommand({ customerId, deviceId: finding.id, requestBody }),
      CommandIssued,
    )
    return { command: String(commandId) }
  },
}

/** How a command stands: `failed` where it will not be carried out any more. */
type Standing = { state: 'done' | 'pending' | 'failed' | 'unknown' | 'none'; fact: string }

async function standingOf(at: GoogleAt, deviceId: string, commandId: unknown): Promise<Standing> {
  if (typeof commandId !== 'string') return { state: 'none', fact: '' }
  const { commands } = at.client.directory('chrome').customer.devices.chromeos
  const params = { customerId: at.client.settings.customer, deviceId, commandId }
  const command = await unlessGone(ask('read a command', () => commands.get(params), Command))
  if (!command) return { state: 'none', fact: '' }
  const { state, commandResult } = command
  const fact = [`WIPE_USERS ${state}`, commandResult?.result, commandResult?.errorMessage].filter(Boolean).join(', ')
  if (state === 'EXECUTED_BY_CLIENT') return { state: commandResult?.result === 'SUCCESS' ? 'done' : 'failed', fact }
  if (state === 'EXPIRED' || state === 'CANCELLED') return { state: 'failed', fact }
  const waits = ['PENDING', 'SENT_TO_CLIENT', 'ACKED_BY_CLIENT'].includes(state ?? '')
  return waits ? { state: 'pending', fact: `${fact}; waits for the Chromebook` } : { state: 'unknown', fact }
}

async function listed(at: GoogleAt, device: Chromebook): Promise<Finding> {
  const finding = described(device)
  const { state, fact } = await standingOf(at, finding.id, at.applied(finding.id)?.receipt?.command)
  if (state === 'none') return { ...finding, state: 'open', fact: `status=${device.status}` }
  return { ...finding, state: state === 'failed' ? 'open' : state, fact }
}

/** Ordered, and no longer on the leaver's list: its command is asked for by its own number. */
async function awayOf(at: GoogleAt, { finding: id, label, receipt }: Order): Promise<Finding> {
  const { state, fact } = await standingOf(at, id, receipt?.command)
  if (state === 'none')
    return { id, label, state: 'blocked', fact: 'Not the leaver’s any more, and Google knows of no command. IT looks.' }
  if (state === 'failed')
    return { id, label, state: 'blocked', fact: `${fact}; not the leaver’s any more. IT decides.` }
  return { id, label, state, fact }
}

function described({ deviceId, model, serialNumber }: Chromebook): Pick<Finding, 'id' | 'label'> {
  return { id: deviceId ?? '', label: [model ?? 'Chromebook', serialNumber].filter(Boolean).join(', ') }
}

function deviceById(at: GoogleAt, deviceId: string): Promise<Chromebook | undefined> {
  const params = { customerId: at.client.settings.customer, deviceId, projection: 'FULL' }
  return unlessGone(
    ask('read a Chromebook', () => at.client.directory('chrome').chromeosdevices.get(params), ChromebookShape),
  )
}

/** Those that Google can act on: enrolled, and not given back. */
function chromebooksOf(at: GoogleAt): Promise<Chromebook[]> {
  return at.once('chromebooks', async () => {
    const user = await userOf(at)
    if (!user || at.client.settings.without.includes('chrome')) return []
    const { customer } = at.client.settings
    const own = addressesOf(user)
    const found = new Map<string, Chromebook>()
    for (const address of own) {
      const params = { customerId: customer, query: `user:${address}`, projection: 'FULL', maxResults: 100 }
      const devices = await all(
        (page) =>
          ask(
            'list Chromebooks',
            () => at.client.directory('chrome').chromeosdevices.list({ ...params, ...page }),
            Chromebooks,
          ),
        (page) => page.chromeosdevices,
      )
      for (const one of devices) if (one.deviceId && belongsTo(one, own)) found.set(one.deviceId, one)
    }
    return [...found.values()].filter(({ status }) => status === 'ACTIVE' || status === 'DISABLED')
  })
}

/** Assigned to this person, or to nobody and used by nobody else: a shared Chromebook is not the leaver's. */
function belongsTo(device: Chromebook, own: readonly string[]): boolean {
  if (device.annotatedUser) return own.includes(device.annotatedUser.toLowerCase())
  const users = (device.recentUsers ?? []).flatMap((one) => (one.email ? [one.email.toLowerCase()] : []))
  return users.length > 0 && users.every((one) => own.includes(one))
}

export const chromebookSteps: readonly Step[] = [lock, wipe]
