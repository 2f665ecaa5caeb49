/**
 * Computers that Google knows (Windows device management, endpoint verification), through Cloud Identity. Only Windows
 * is wiped: on Macs and Linux Google can do no more than to block the account (support.google.com/a/answer/173390).
 */
import type { cloudidentity_v1 } from 'googleapis/build/src/apis/cloudidentity/v1.js'
import { type AutomaticStep, type Finding, type Order, Rejected } from '../../src/connector.ts'
import { all, ask, unlessGone } from './ask.ts'
import type { Client } from './client.ts'
import { addressesOf, freshUser, type GoogleAt, userOf } from './person.ts'
import { Computer as ComputerShape, ComputerUser as ComputerUserShape, ComputerUsers, Operation } from './shapes.ts'

type Step = AutomaticStep<Client>
type ComputerUser = cloudidentity_v1.Schema$GoogleAppsCloudidentityDevicesV1DeviceUser
type Computer = cloudidentity_v1.Schema$GoogleAppsCloudidentityDevicesV1Device

/** The leaver's account on a computer, and the computer itself. */
interface Place {
  user: ComputerUser
  computer: Computer
}

export function customerName({ settings }: Client): string {
  return `customers/${settings.customer}`
}

const kinds = ['WINDOWS', 'MAC_OS', 'LINUX']

const lock: Step = {
  id: 'computer-lock',
  title: 'Block the account on computers',
  area: 'devices',
  phase: 'contain',
  async find(at) {
    if (at.choices.devices === 'nothing') return []
    return (await placesOf(at)).map(({ user, computer }): Finding => {
      const state = user.managementState ?? ''
      const kept = ['BLOCKED', 'WIPING', 'WIPED', 'UNENROLLED'].includes(state)
      return {
        id: user.name ?? '',
        label: labelOf(computer),
        state: kept ? 'done' : 'open',
        fact: `managementState=${state}`,
        before: { state },
      }
    })
  },
  async apply(at, finding) {
    await act(at, 'block the account on a computer', (api, requestBody) =>
      api.devices.deviceUsers.block({ name: finding.id, requestBody }),
    )
  },
  async undo(at, finding) {
    const { state } = finding.before as { state: string }
    if (state !== 'APPROVED') throw new Rejected(`It was ${state} before; IT decides in Admin console > Devices.`)
    await act(at, 'approve the account on a computer', (api, requestBody) =>
      api.devices.deviceUsers.approve({ name: finding.id, requestBody }),
    )
  },
}

/** A company's computer is wiped whole, a person's own loses the company's account. */
const wipe: Step = {
  id: 'computer-wipe',
  title: 'Wipe Windows computers of the company, and the account on private ones',
  area: 'devices',
  phase: 'remove',
  irreversible: true,
  after: ['google-workspace/computer-lock'],
  async find(at) {
    if (at.choices.devices !== 'wipe') return []
    const places = (await placesOf(at)).filter(({ computer }) => computer.deviceType === 'WINDOWS')
    const known = new Set(places.map(({ user }) => user.name))
    const away = at.orders().filter((order) => !known.has(order.finding))
    return [
      ...places.map((place) => wipeOf(place, at.applied(place.user.name ?? '')?.answeredAt)),
      ...(await Promise.all(away.map((order) => awayOf(at, order)))),
    ]
  },
  async apply(at, finding) {
    const [place, user] = await Promise.all([placeOf(at, finding.id), freshUser(at.client, at.account.id)])
    if (!place || !user || !isOwn(place.user, addressesOf(user)))
      throw new Rejected(`${finding.label} is not the leaver's any more. IT decides.`, { code: 'notTheirs' })
    const name = place.computer.name ?? ''
    await act(at, 'wipe a computer', (api, requestBody) =>
      isCompanys(place.computer)
        ? api.devices.wipe({ name, requestBody })
        : api.devices.deviceUsers.wipe({ name: finding.id, requestBody }),
    )
  },
}

function isCompanys(computer: Computer): boolean {
  return computer.ownerType === 'COMPANY'
}

function standing({ user, computer }: Place): string {
  return (isCompanys(computer) ? computer.managementState : user.managementState) ?? ''
}

function wipeOf(place: Place, answered: Date | undefined): Finding {
  const state = standing(place)
  const what = isCompanys(place.computer) ? 'whole computer' : 'account only'
  const finding = {
    id: place.user.name ?? '',
    label: `${labelOf(place.computer)} (${what})`,
    fact: `managementState=${state}`,
  }
  if (state === 'WIPED') return { ...finding, state: 'done' }
  if (state === 'WIPING' || answered)
    return { ...finding, state: 'pending', fact: `${finding.fact}; waits for the computer` }
  return { ...finding, state: 'open' }
}

/** Ordered, and no longer on the leaver's list: asked for by its own name. */
async function awayOf(at: GoogleAt, { finding: id, label }: Order): Promise<Finding> {
  const place = await placeOf(at, id)
  if (!place)
    return {
      id,
      label,
      state: 'blocked',
      fact: 'Google has no record of it any more, nor that it was wiped. IT looks.',
    }
  const fact = `managementState=${standing(place)}`
  if (standing(place) === 'WIPED') return { id, label, state: 'done', fact }
  if (standing(place) === 'WIPING') return { id, label, state: 'pending', fact: `${fact}; waits for the computer` }
  return { id, label, state: 'blocked', fact: `${fact}, and it is not the leaver's any more. IT decides.` }
}

/** The search matches parts of an address too, so the address itself decides. */
function placesOf(at: GoogleAt): Promise<Place[]> {
  return at.once('computers', async () => {
    const user = at.client.settings.also.includes('computers') ? await userOf(at) : undefined
    if (!user) return []
    const own = addressesOf(user)
    const api = await at.client.computers()
    const found = new Map<string, ComputerUser>()
    for (const address of own) {
      const params = {
        parent: 'devices/-',
        customer: customerName(at.client),
        filter: `email:${address}`,
        pageSize: 20,
      }
      const users = await all(
        (page) => ask('list computers', () => api.devices.deviceUsers.list({ ...params, ...page }), ComputerUsers),
        (page) => page.deviceUsers,
      )
      for (const one of users) if (one.name && isOwn(one, own)) found.set(one.name, one)
    }
    const places = await Promise.all([...found.values()].map((one) => withComputer(at, one)))
    return places.filter((one) => one !== undefined).filter(({ computer }) => kinds.includes(computer.deviceType ?? ''))
  })
}

function isOwn(user: ComputerUser, own: readonly string[]): boolean {
  return own.includes(user.userEmail?.toLowerCase() ?? '')
}

async function placeOf(at: GoogleAt, name: string): Promise<Place | undefined> {
  const api = await at.client.computers()
  const params = { name, customer: customerName(at.client) }
  const user = await unlessGone(
    ask('read the account on a computer', () => api.devices.deviceUsers.get(params), ComputerUserShape),
  )
  return user && withComputer(at, user)
}

async function withComputer(at: GoogleAt, user: ComputerUser): Promise<Place | undefined> {
  const api = await at.client.computers()
  const name = (user.name ?? '').split('/').slice(0, 2).join('/')
  const params = { name, customer: customerName(at.client) }
  const computer = await unlessGone(ask('read a computer', () => api.devices.get(params), ComputerShape))
  return computer && { user, computer }
}

function labelOf({ deviceType, model, hostname, serialNumber }: Computer): string {
  return [hostname ?? model ?? deviceType ?? 'Computer', serialNumber].filter(Boolean).join(', ')
}

/** Google answers with an operation; what came of it is read from the computer itself. */
async function act(
  at: GoogleAt,
  what: string,
  call: (
    api: cloudidentity_v1.Cloudidentity,
    requestBody: { customer: string },
  ) => Promise<{ data: cloudidentity_v1.Schema$Operation }>,
): Promise<void> {
  const api = await at.client.computers()
  const { error } = await ask(what, () => call(api, { customer: customerName(at.client) }), Operation)
  if (error)
    throw new Rejected(`Google refused to ${what}: ${error.message ?? 'without a reason'}.`, {
      code: String(error.code ?? ''),
    })
}

export const computerSteps: readonly Step[] = [lock, wipe]
