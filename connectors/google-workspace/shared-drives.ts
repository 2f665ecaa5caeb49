/** Shared drives that nobody else manages: whoever is left in one could not let anybody in. */
import type { drive_v3 } from 'googleapis/build/src/apis/drive/v3.js'
import { type AutomaticStep, type Finding, type ManualStep, Rejected } from '../../src/connector.ts'
import { all, ask, order, unlessGone } from './ask.ts'
import type { Client } from './client.ts'
import { addressesOf, blocked, type GoogleAt, receiverOf, userOf } from './person.ts'
import { Permissions, SharedDrives } from './shapes.ts'

type Permission = drive_v3.Schema$Permission

const manager = 'organizer'
const asAdministrator = { useDomainAdminAccess: true, supportsAllDrives: true }

interface Held {
  id: string
  name: string
  people: readonly Permission[]
}

const handOver: AutomaticStep<Client> = {
  id: 'shared-drives',
  title: 'Hand over shared drives that nobody else manages',
  area: 'applications',
  phase: 'preserve',
  async find(at) {
    const held = await heldBy(at)
    if (held.length === 0) return []
    const receiver = await receiverOf(at)
    return held.map(({ id, name, people }): Finding => {
      const head = { id, label: name }
      if (!receiver || 'barred' in receiver)
        return blocked(head, receiver?.barred ?? 'Nobody else manages it. IT names another manager.')
      const before = { address: receiver.address, role: personIn(people, receiver.address)?.role ?? '' }
      return { ...head, state: 'open', fact: `To ${receiver.address}; nobody else manages it`, before }
    })
  },
  async apply(at, finding) {
    const receiver = await receiverOf(at)
    if (!receiver || 'barred' in receiver)
      throw new Rejected(receiver?.barred ?? 'Nobody was chosen to receive the shared drives.')
    await giveRole(at, finding.id, receiver.address, manager)
  },
  async undo(at, finding) {
    const { address, role } = finding.before as { address: string; role: string }
    if (role) return giveRole(at, finding.id, address, role)
    const { permissions } = await at.client.sharedDrives()
    const permissionId = personIn(await peopleIn(at, finding.id), address)?.id
    if (!permissionId) return
    const params = { ...asAdministrator, fileId: finding.id, permissionId }
    await unlessGone(order('take the manager of a shared drive back', () => permissions.delete(params)))
  },
}

async function giveRole(at: GoogleAt, fileId: string, emailAddress: string, role: string): Promise<void> {
  const { permissions } = await at.client.sharedDrives()
  const there = personIn(await peopleIn(at, fileId), emailAddress)
  if (there?.role === role) return
  if (there?.id) {
    const params = { ...asAdministrator, fileId, permissionId: there.id, requestBody: { role } }
    await ask('change a role in a shared drive', () => permissions.update(params))
    return
  }
  const requestBody = { type: 'user', role, emailAddress }
  const params = { ...asAdministrator, fileId, sendNotificationEmail: false, requestBody }
  await ask('add the manager of a shared drive', () => permissions.create(params))
}

/** Google tells a drive's managers by the drive only, so those with one manager are looked into. */
async function heldBy(at: GoogleAt): Promise<Held[]> {
  const user = at.client.settings.also.includes('shared-drives') ? await userOf(at) : undefined
  if (!user) return []
  const { drives } = await at.client.sharedDrives()
  const params = { useDomainAdminAccess: true, q: 'organizerCount = 1', pageSize: 100 }
  const list = await all(
    (page) => ask('list shared drives', () => drives.list({ ...params, ...page }), SharedDrives),
    (page) => page.drives,
  )
  const own = addressesOf(user)
  const found: Held[] = []
  for (const { id, name } of list) {
    const people = id ? await peopleIn(at, id) : []
    const only = people.filter((one) => one.role === manager)
    if (id && only.every((one) => own.includes(one.emailAddress?.toLowerCase() ?? '')) && only.length > 0)
      found.push({ id, name: name || id, people })
  }
  return found
}

/** Without `fields` Google leaves the addresses out. Undefined lists cannot be: a drive that is gone has nobody. */
async function peopleIn(at: GoogleAt, fileId: string): Promise<Permission[]> {
  const { permissions } = await at.client.sharedDrives()
  const fields = 'kind,nextPageToken,permissions(id,type,role,emailAddress)'
  const params = { ...asAdministrator, fileId, pageSize: 100, fields }
  return (
    (await unlessGone(
      all(
        (page) => ask('list who is in a shared drive', () => permissions.list({ ...params, ...page }), Permissions),
        (page) => page.permissions,
      ),
    )) ?? []
  )
}

function personIn(people: readonly Permission[], address: string): Permission | undefined {
  return people.find((one) => one.emailAddress?.toLowerCase() === address.toLowerCase())
}

/** Where Latchkey may not look for itself. */
const lookByHand: ManualStep<Client> = {
  id: 'shared-drives-by-hand',
  title: 'See whether a shared drive has no other manager',
  area: 'applications',
  phase: 'preserve',
  owner: 'it',
  dueIn: 7 * 24 * 3_600_000,
  applies: async (at) => !at.client.settings.also.includes('shared-drives') && (await userOf(at)) !== undefined,
  ask: ({ account, handOverTo }) =>
    `Admin console > Apps > Google Workspace > Drive and Docs > Manage shared drives: add a filter for the member ` +
    `${account.label}. Where nobody else is Manager: Manage members, and make ${handOverTo?.label ?? 'somebody'} Manager. ` +
    'The setting "also: [shared-drives]" lets Latchkey do it.',
}

export const sharedDriveSteps: readonly [AutomaticStep<Client>, ManualStep<Client>] = [handOver, lookByHand]
