/** Phones and tablets that Google manages. */
import type { admin_directory_v1 } from 'googleapis/build/src/apis/admin/directory_v1.js'
import { type AutomaticStep, type Finding, type Order, Rejected } from '../../src/connector.ts'
import { all, ask, order, unlessGone } from './ask.ts'
import type { Client } from './client.ts'
import { addressesOf, freshUser, type GoogleAt, userOf } from './person.ts'
import { Phone as PhoneShape, Phones } from './shapes.ts'

type Step = AutomaticStep<Client>
type Phone = admin_directory_v1.Schema$MobileDevice

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
    const { status } = finding.before as { status: string }
    // What waited for an administrator's yes would get it by this.
    if (!/^approved$/i.test(status))
      throw new Rejected(`It was ${status} before; IT decides in Admin console > Devices > Mobile and endpoints.`)
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
    const phones = await phonesOf(at)
    const away = at.orders().filter((one) => phones.every((phone) => phone.resourceId !== one.finding))
    const listed = phones.map((phone): Finding => {
      const wipe = wipeOf(phone)
      const answered = at.applied(phone.resourceId ?? '')?.answeredAt
      if (wipe === 'done') return { ...described(phone), state: 'done', fact: statusFact(phone) }
      // Google shows the order only once the device has been heard of again.
      if (wipe || answered)
        return { ...described(phone), state: 'pending', fact: `${statusFact(phone)}; waits for the device` }
      return { ...described(phone), state: 'open', fact: statusFact(phone) }
    })
    return [...listed, ...(await Promise.all(away.map((one) => awayOf(at, one))))]
  },
  async apply(at, finding) {
    const [phone, user] = await Promise.all([phoneById(at, finding.id), freshUser(at.client, at.account.id)])
    if (!phone || !user || !isOwn(phone, addressesOf(user)))
      throw new Rejected(`${finding.label} is not the leaver's any more. IT decides.`, { code: 'notTheirs' })
    await act(at, finding, 'admin_account_wipe')
  },
}

/** Ordered, and no longer on the leaver's list: asked for by its own id. */
async function awayOf(at: GoogleAt, { finding: id, label }: Order): Promise<Finding> {
  const phone = await phoneById(at, id)
  if (!phone)
    return {
      id,
      label,
      state: 'blocked',
      fact: 'Google has no record of it any more, nor that it was wiped. IT looks.',
    }
  const wipe = wipeOf(phone)
  if (wipe === 'done') return { id, label, state: 'done', fact: statusFact(phone) }
  if (wipe) return { id, label, state: 'pending', fact: `${statusFact(phone)}; waits for the device` }
  return { id, label, state: 'blocked', fact: `${statusFact(phone)}; it is not the leaver's any more. IT decides.` }
}

async function act(at: GoogleAt, finding: Finding, action: string): Promise<void> {
  const params = { customerId: at.client.settings.customer, resourceId: finding.id, requestBody: { action } }
  await order(`${action.replaceAll('_', ' ')} a device`, () =>
    at.client.directory('mobile').mobiledevices.action(params),
  )
}

function phoneById(at: GoogleAt, resourceId: string): Promise<Phone | undefined> {
  const params = { customerId: at.client.settings.customer, resourceId, projection: 'FULL' }
  return unlessGone(ask('read a phone', () => at.client.directory('mobile').mobiledevices.get(params), PhoneShape))
}

/** The search matches parts of an address too, so each device's own list of addresses decides. */
function phonesOf(at: GoogleAt): Promise<Phone[]> {
  return at.once('phones', async () => {
    const user = await userOf(at)
    if (!user || at.client.settings.without.includes('mobile')) return []
    const { customer } = at.client.settings
    const own = addressesOf(user)
    const found = new Map<string, Phone>()
    for (const address of own) {
      const params = { customerId: customer, query: `email:${address}`, projection: 'FULL', maxResults: 100 }
      const phones = await all(
        (page) =>
          ask('list phones', () => at.client.directory('mobile').mobiledevices.list({ ...params, ...page }), Phones),
        (page) => page.mobiledevices,
      )
      for (const phone of phones) if (phone.resourceId && isOwn(phone, own)) found.set(phone.resourceId, phone)
    }
    return [...found.values()]
  })
}

function isOwn(phone: Phone, own: readonly string[]): boolean {
  return phone.email?.some((one) => own.includes(one.toLowerCase())) ?? false
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

export const phoneSteps: readonly Step[] = [mobileLock, mobileWipe]
