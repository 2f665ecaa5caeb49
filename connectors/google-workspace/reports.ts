/** The people whom the leaver manages get the leaver's own manager, or the receiver where there is none. */
import { type AutomaticStep, type Finding, Rejected } from '../../src/connector.ts'
import { ask, unlessGone } from './ask.ts'
import type { Client } from './client.ts'
import { addressesOf, blocked, type GoogleAt, knownOf, receiverOf, search, type User, userOf } from './person.ts'
import { User as UserShape } from './shapes.ts'

type Relation = { type?: string; value?: string }

export const reports: AutomaticStep<Client> = {
  id: 'reports',
  title: 'Give the people whom the leaver manages another manager',
  area: 'directory',
  phase: 'preserve',
  async find(at) {
    const user = await userOf(at)
    if (!user) return []
    const own = addressesOf(user)
    const people = await reportsOf(at, own)
    if (people.length === 0) return []
    const to = await nextManager(at, user)
    return people.map((one): Finding => {
      const finding = {
        id: one.id ?? '',
        label: one.primaryEmail ?? '',
        before: { manager: managerOf(one, own) ?? '', to: to ?? '' },
      }
      if (!to)
        return blocked(finding, 'Nobody takes over: no manager is known, and no receiver was chosen. HR names one.')
      return { ...finding, state: 'open', fact: `relations.manager=${managerOf(one, own)}; ${to} takes over` }
    })
  },
  async apply(at, finding) {
    const user = await userOf(at)
    const to = user && (await nextManager(at, user))
    if (!to) throw new Rejected('Nobody takes over these people: no manager is known, and no receiver was chosen.')
    const own = addressesOf(user)
    const report = await freshReport(at, finding.id)
    if (!report || managerOf(report, own) === undefined) return
    const relations = relationsOf(report).map((one) => (isManager(one, own) ? { ...one, value: to } : one))
    await write(at, finding.id, relations)
  },
  /** Only where it is still as it was left: somebody may have named another manager since. */
  async undo(at, finding) {
    const { manager, to } = finding.before as { manager: string; to: string }
    const report = await freshReport(at, finding.id)
    if (!report || managerOf(report, [to]) === undefined) return
    const relations = relationsOf(report).map((one) => (isManager(one, [to]) ? { ...one, value: manager } : one))
    await write(at, finding.id, relations)
  },
}

/** Google replaces the whole list of relations. */
async function write(at: GoogleAt, userKey: string, relations: readonly Relation[]): Promise<void> {
  await ask(
    'name another manager',
    () => at.client.directory('users').users.update({ userKey, requestBody: { relations } }),
    UserShape,
  )
}

function freshReport(at: GoogleAt, userKey: string): Promise<User | undefined> {
  return unlessGone(
    ask('read a user', () => at.client.directory('users').users.get({ userKey, projection: 'full' }), UserShape),
  )
}

async function reportsOf(at: GoogleAt, own: readonly string[]): Promise<User[]> {
  const found = new Map<string, User>()
  for (const address of own) {
    for (const one of await search(at.client, `directManager='${address.replace(/['\\]/g, '\\$&')}'`))
      if (one.id && one.id !== at.account.id && managerOf(one, own) !== undefined) found.set(one.id, one)
  }
  return [...found.values()]
}

function relationsOf(user: User): Relation[] {
  return (user.relations ?? []) as Relation[]
}

function isManager({ type, value }: Relation, own: readonly string[]): boolean {
  return type === 'manager' && own.some((one) => one.toLowerCase() === value?.toLowerCase())
}

function managerOf(user: User, own: readonly string[]): string | undefined {
  return relationsOf(user).find((one) => isManager(one, own))?.value
}

async function nextManager(at: GoogleAt, user: User): Promise<string | undefined> {
  const manager = knownOf(user).managerEmail
  const found = manager && !addressesOf(user).includes(manager) ? await freshReport(at, manager) : undefined
  if (found?.primaryEmail && !found.suspended && !found.archived) return found.primaryEmail
  const receiver = await receiverOf(at)
  return receiver && 'address' in receiver ? receiver.address : undefined
}
