/** Phones that Google manages, and Chromebooks. */
import type { admin_directory_v1 } from 'googleapis/build/src/apis/admin/directory_v1.js'
import type { AutomaticStep, Finding } from '../../src/connector.ts'
import { all, ask, order, unlessGone } from './ask.ts'
import type { Client } from './client.ts'
import { addressesOf, type GoogleAt, userOf } from './person.ts'
import { Chromebooks, Phones } from './shapes.ts'

type Step = AutomaticStep<Client>
type Phone = admin_directory_v1.Schema$MobileDevice
type Chromebook = admin_directory_v1.Schema$ChromeOsDevice

const mobileLock: Step = {
  id: 'mobile-lock',
  title: 'Block phones and tablets',
  area: 'devices',
  phase: 'contain',
  async find(at) {
    if (at.choices.devices === 'nothing') return []
    return (await phonesOf(at)).map((phone): Finding => {
      const kept = isBlocked(phone) || wipeOf(phone) !== undefined
      return {
        ...described(phone),
        state: kept ? 'done' : 'open',
        fact: statusFact(phone),
        before: { status: phone.status ?? '' },
      }
    })
  },
  async apply(at, finding) {
    await act(at, finding, 'block')
  },
  async undo(at, finding) {
    await act(at, finding, 'approve')
  },
}

/** Takes the company's account and data off the device and leaves the person's own. */
const mobileWipe: Step = {
  id: 'mobile-wipe',
  title: 'Remove the company account from phones and tablets',
  area: 'devices',
  phase: 'remove',
  irreversible: true,
  async find(at) {
    if (at.choices.devices !== 'wipe') return []
    return (await phonesOf(at)).map((phone): Finding => {
      const wipe = wipeOf(phone)
      const answered = at.applied(phone.resourceId ?? '')?.answeredAt
      if (wipe === 'done') return { ...described(phone), state: 'done', fact: statusFact(phone) }
      // Google shows the order only once the device has been heard of again.
      if (wipe || answered)
        return { ...described(phone), state: 'pending', fact: `${statusFact(phone)}; waits for the device` }
      return { ...described(phone), state: 'open', fact: statusFact(phone) }
    })
  },
  async apply(at, finding) {
    await act(at, finding, 'admin_account_wipe')
  },
}

async function act(at: GoogleAt, finding: Finding, action: string): Promise<void> {
  const params = { customerId: at.client.settings.customer, resourceId: finding.id, requestBody: { action } }
  await unlessGone(
    order(`${action.replaceAll('_', ' ')} a device`, () => at.client.directory('mobile').mobiledevices.action(params)),
  )
}

/** The search matches parts of an address too, so each device's own list of addresses decides. */
function phonesOf(at: GoogleAt): Promise<Phone[]> {
  return at.once('phones', async () => {
    const user = await userOf(at)
    if (!user || at.client.settings.without.includes('mobile')) return []
    const { customer } = at.client.settings
    const params = { customerId: customer, query: `email:${user.primaryEmail}`, projection: 'FULL', maxResults: 100 }
    const found = await all(
      (page) =>
        ask('list phones', () => at.client.directory('mobile').mobiledevices.list({ ...params, ...page }), Phones),
      (page) => page.mobiledevices,
    )
    const own = addressesOf(user)
    return found.filter((phone) => phone.resourceId && phone.email?.some((one) => own.includes(one.toLowerCase())))
  })
}

function described(phone: Phone): Pick<Finding, 'id' | 'label'> {
  return {
    id: phone.resourceId ?? '',
    label: [phone.model, phone.os].filter(Boolean).join(', ') || (phone.type ?? 'Phone'),
  }
}

function statusFact(phone: Phone): string {
  const seen = phone.lastSync ? `, last seen ${phone.lastSync.slice(0, 10)}` : ''
  return `status=${phone.status ?? 'unknown'}${seen}`
}

/** Google publishes no list of the statuses: those with "wiping" are on the way, those with "wiped" are there. */
function wipeOf(phone: Phone): 'ordered' | 'done' | undefined {
  if (/wiped/i.test(phone.status ?? '')) return 'done'
  return /wip/i.test(phone.status ?? '') ? 'ordered' : undefined
}

function isBlocked(phone: Phone): boolean {
  return /blocked/i.test(phone.status ?? '')
}

const chromebookLock: Step = {
  id: 'chromebook-lock',
  title: 'Disable Chromebooks',
  area: 'devices',
  phase: 'contain',
  async find(at) {
    if (at.choices.devices === 'nothing') return []
    return (await chromebooksOf(at)).flatMap((device): Finding[] => {
      const { deviceId, model, serialNumber, status } = device
      if (!deviceId || (status !== 'ACTIVE' && status !== 'DISABLED')) return []
      const label = [model ?? 'Chromebook', serialNumber].filter(Boolean).join(', ')
      return [{ id: deviceId, label, state: status === 'ACTIVE' ? 'open' : 'done', fact: `status=${status}` }]
    })
  },
  async apply(at, finding) {
    await at.client.changeChromebook(finding.id, 'CHANGE_CHROME_OS_DEVICE_STATUS_ACTION_DISABLE')
  },
  async undo(at, finding) {
    await at.client.changeChromebook(finding.id, 'CHANGE_CHROME_OS_DEVICE_STATUS_ACTION_REENABLE')
  },
}

async function chromebooksOf(at: GoogleAt): Promise<Chromebook[]> {
  const user = await userOf(at)
  if (!user || at.client.settings.without.includes('chrome')) return []
  const { customer } = at.client.settings
  const params = { customerId: customer, query: `user:${user.primaryEmail}`, projection: 'FULL', maxResults: 100 }
  const found = await all(
    (page) =>
      ask(
        'list Chromebooks',
        () => at.client.directory('chrome').chromeosdevices.list({ ...params, ...page }),
        Chromebooks,
      ),
    (page) => page.chromeosdevices,
  )
  return found.filter((device) => belongsTo(device, addressesOf(user)))
}

/** Assigned to this person, or to nobody and used by nobody else: a shared Chromebook is not the leaver's. */
function belongsTo(device: Chromebook, own: readonly string[]): boolean {
  if (device.annotatedUser) return own.includes(device.annotatedUser.toLowerCase())
  const users = (device.recentUsers ?? []).flatMap((one) => (one.email ? [one.email.toLowerCase()] : []))
  return users.length > 0 && users.every((one) => own.includes(one))
}

export const deviceSteps: readonly Step[] = [mobileLock, chromebookLock, mobileWipe]
