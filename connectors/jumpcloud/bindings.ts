/**
 * What the user is bound to: by groups, which pass on whatever they are bound to, and directly. Both must go, since a
 * direct binding that is removed leaves the one through a group.
 */
import { z } from 'zod'
import { type AutomaticStep, type Finding, path, Rejected, unlessStatus } from '../../src/connector.ts'
import type { Client } from './client.ts'
import { groupsOfDevices } from './devices.ts'
import { blocked, type CloudAt, userOf } from './person.ts'

type Step = AutomaticStep<Client>

const id = z.string().min(1)
const Membership = z.looseObject({ id, type: z.literal('user_group') })
const Group = z.looseObject({ id, name: z.string().nullish(), membershipMethod: z.string().nullish() })
const Connection = z.looseObject({
  attributes: z.record(z.string(), z.json()).nullish(),
  to: z.looseObject({ id, type: id }),
})
type Connection = z.infer<typeof Connection>

/** A device is the leaver's as long as they are bound to it, so locking and erasing come first. */
const devicesFirst = ['jumpcloud/lock', 'jumpcloud/lock-apple', 'jumpcloud/erase', 'jumpcloud/unenroll-personal']

const membership: Pick<Step, 'area' | 'phase' | 'needs' | 'undo'> = {
  area: 'directory',
  phase: 'remove',
  // Google and Microsoft accounts may come with a group.
  needs: ['google-workspace/transfer-files'],
  async undo(at, finding) {
    await member(at, finding, 'add', 'join a group again')
  },
}

const groups: Step = {
  id: 'groups',
  title: "Leave groups, but those that bind the leaver's own devices",
  ...membership,
  find: (at) => groupsOf(at, false),
  async apply(at, finding) {
    if (await bindsDevice(at, finding.id))
      throw new Rejected(
        `${finding.label} binds a device of the leaver's by now, so it is left once the device is seen to.`,
      )
    await member(at, finding, 'remove', 'leave a group')
  },
}

const deviceGroups: Step = {
  id: 'device-groups',
  title: "Leave groups that bind the leaver's own devices",
  ...membership,
  after: devicesFirst,
  find: (at) => groupsOf(at, true),
  async apply(at, finding) {
    await member(at, finding, 'remove', 'leave a group')
  },
}

async function groupsOf(at: CloudAt, ofDevices: boolean): Promise<Finding[]> {
  if (!(await userOf(at))) return []
  const where = path`/api/v2/users/${at.account.id}/memberof`
  const mine = await at.once('memberships', () => at.client.listV2('list groups', where, Membership))
  const wanted: string[] = []
  for (const { id } of mine) if ((await bindsDevice(at, id)) === ofDevices) wanted.push(id)
  if (wanted.length === 0) return []
  const all = await at.once('usergroups', () =>
    at.client.listV2('read the names of groups', '/api/v2/usergroups', Group),
  )
  return wanted.map((id) =>
    standing(
      id,
      all.find((one) => one.id === id),
    ),
  )
}

async function bindsDevice(at: CloudAt, group: string): Promise<boolean> {
  const known = await at.once('device-groups', () => groupsOfDevices(at))
  return known === 'unknown' || known.has(group)
}

/** 404 and 409 say that it is so already (JumpCloud answers either, by version). */
async function member(at: CloudAt, finding: Finding, op: 'add' | 'remove', what: string): Promise<void> {
  const where = path`/api/v2/usergroups/${finding.id}/members`
  const json = { op, type: 'user', id: at.account.id }
  await unlessStatus(op === 'add' ? [409] : [404, 409], at.client.api.order(what, where, { method: 'POST', json }))
}

function standing(id: string, group: z.infer<typeof Group> | undefined): Finding {
  const finding = { id, label: group?.name || `Group ${id}`, before: { group: id } }
  const method = group?.membershipMethod ?? 'STATIC'
  if (method === 'DYNAMIC_AUTOMATED')
    return blocked(
      finding,
      `membershipMethod=${method}: a rule fills it. IT exempts the leaver or changes the rule (User Groups > the group > Users), then tries again.`,
    )
  return { ...finding, state: 'open', fact: `membershipMethod=${method}` }
}

const kinds = {
  application: 'Application',
  g_suite: 'Google Workspace',
  office_365: 'Microsoft 365',
  ldap_server: 'LDAP',
  radius_server: 'RADIUS',
  active_directory: 'Active Directory',
  password_manager_item: 'Password manager item',
  idp_routing_policy: 'Routing to another identity provider',
  system: 'Device',
  system_group: 'Device group',
} as const
type Kind = keyof typeof kinds

const accessKinds: readonly Kind[] = [
  'application',
  'g_suite',
  'office_365',
  'ldap_server',
  'radius_server',
  'active_directory',
  'password_manager_item',
  'idp_routing_policy',
]

const bindings: Step = {
  id: 'bindings',
  title: 'Unbind applications, directories and networks',
  area: 'applications',
  phase: 'remove',
  needs: ['google-workspace/transfer-files'],
  find: (at) => boundTo(at, accessKinds),
  apply: (at, finding) => bind(at, finding, 'remove'),
  undo: (at, finding) => bind(at, finding, 'add'),
}

/** On Linux the agent locks the local account's password and takes its authorized_keys away. */
const systemBindings: Step = {
  id: 'system-bindings',
  title: 'Unbind devices',
  area: 'infrastructure',
  phase: 'remove',
  after: devicesFirst,
  find: (at) => boundTo(at, ['system', 'system_group']),
  apply: (at, finding) => bind(at, finding, 'remove'),
  undo: (at, finding) => bind(at, finding, 'add'),
}

async function boundTo(at: CloudAt, wanted: readonly Kind[]): Promise<Finding[]> {
  if (!(await userOf(at))) return []
  const where = path`/api/v2/users/${at.account.id}/associations`
  const lists = await Promise.all(
    wanted.map((targets) => at.client.listV2('list bindings', where, Connection, { targets })),
  )
  const names = await namesOf(at, lists.flat())
  return lists.flatMap((list, index) => list.map((one) => described(wanted[index] as Kind, one, names)))
}

function described(kind: Kind, { to, attributes }: Connection, names: ReadonlyMap<string, string>): Finding {
  return {
    id: `${kind}/${to.id}`,
    label: `${kinds[kind]} ${names.get(to.id) ?? to.id}`,
    state: 'open',
    fact: 'Bound directly',
    before: { type: kind, id: to.id, ...(attributes && { attributes }) },
  }
}

const App = z.looseObject({ _id: id, displayLabel: z.string().nullish(), name: z.string().nullish() })
const SystemName = z.looseObject({ displayName: z.string().nullish(), hostname: z.string().nullish() })

/** Bindings tell ids only; people know applications and devices by name. */
async function namesOf({ client }: CloudAt, found: readonly Connection[]): Promise<Map<string, string>> {
  const names = new Map<string, string>()
  if (found.some(({ to }) => to.type === 'application')) {
    const apps = await client.listV1('read the names of applications', '/api/applications', App, { sort: 'name' })
    for (const app of apps) names.set(app._id, app.displayLabel || app.name || app._id)
  }
  for (const { to } of found.filter((one) => one.to.type === 'system')) {
    const system = await client.api.find('read a device', path`/api/systems/${to.id}`, SystemName)
    names.set(to.id, system?.displayName || system?.hostname || to.id)
  }
  return names
}

async function bind(at: CloudAt, finding: Finding, op: 'add' | 'remove'): Promise<void> {
  const where = path`/api/v2/users/${at.account.id}/associations`
  const { type, id: target, attributes } = finding.before as { type: string; id: string; attributes?: object }
  const json = { op, type, id: target, ...(op === 'add' && attributes && { attributes }) }
  const what = op === 'add' ? 'bind again' : 'remove a binding'
  await unlessStatus(op === 'add' ? [409] : [404, 409], at.client.api.order(what, where, { method: 'POST', json }))
}

export const bindingSteps: readonly Step[] = [groups, deviceGroups, bindings, systemBindings]
