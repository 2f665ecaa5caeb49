/** A pretend tenant with the real connector and the real gate on top, for the tests of the microsoft-365 connector. */
import microsoft365 from '../../connectors/microsoft-365/index.ts'
import type { Account, At, AutomaticStep, Choices, Finding, ManualStep } from '../../src/connector.ts'
import { SharedReads } from '../../src/run/at.ts'
import { createGate } from '../../src/run/gate.ts'
import { cast } from '../../src/sandbox/company.ts'
import {
  idOf,
  type PretendMicrosoft365,
  type PretendMicrosoft365Options,
  pretendMicrosoft365,
} from '../../src/sandbox/microsoft-365/index.ts'
import type { Group, Tenant, User } from '../../src/sandbox/microsoft-365/tenant.ts'
import { loopback } from '../../src/sandbox/transport.ts'
import { leaverOf } from '../support/leaver.ts'
import { skippingClock } from '../support/world-clock.ts'

export { leaverOf }

type Client = Awaited<ReturnType<typeof microsoft365.connect>>

export interface Circumstances {
  who?: string
  /** Address of the receiver; null for nobody, the manager when absent. */
  handOverTo?: string | null
  choices?: Partial<Choices>
  applied?: At['applied']
  orders?: At['orders']
  withoutEscrow?: true
}

export interface OpenWorld {
  server: PretendMicrosoft365
  client: Client
  /** The truth. */
  tenant: Tenant
  /** How long the gate was told to wait, in ms. */
  slept: readonly number[]
  find(step: string, circumstances?: Circumstances): Promise<readonly Finding[]>
  only(step: string, circumstances?: Circumstances): Promise<Finding>
  apply(step: string, findings: readonly Finding[], circumstances?: Circumstances): Promise<unknown>
  undo(step: string, findings: readonly Finding[], circumstances?: Circumstances): Promise<unknown>
  at(circumstances?: Circumstances): Promise<At<Client>>
  locate(email: string): Promise<readonly Account[]>
  /** What was put into escrow, by its name. */
  kept: Map<string, string[]>
}

export const leaverId = idOf(cast.leaver)
const worlds: { close(): Promise<void> }[] = []

export async function closeWorlds(): Promise<void> {
  for (const world of worlds.splice(0)) await world.close()
}

export async function openWorld(options: PretendMicrosoft365Options = {}, changes: object = {}): Promise<OpenWorld> {
  const traffic = process.env.VENDOR_TRAFFIC
  const server = await pretendMicrosoft365({ ...(traffic ? { traffic } : {}), ...options })
  const clock = skippingClock()
  const gate = createGate({
    ...microsoft365,
    use: 'microsoft-365',
    overrides: Object.fromEntries(microsoft365.limits.map((limit) => [limit.id, { perSecond: 400 }])),
    send: loopback([server]),
    clock,
    random: () => 0,
    onCall: () => undefined,
  })
  worlds.push({
    close: async () => {
      await gate.close()
      await server.close()
    },
  })
  const client = await microsoft365.connect(microsoft365.settings.parse({ ...server.settings, ...changes }), gate)
  const locate = (email: string) => microsoft365.locate(client, { ...leaverOf(cast.leaver), emails: [email] })
  const kept = new Map<string, string[]>()
  const at = (circumstances: Circumstances = {}) => atOf(client, kept, circumstances)
  const find: OpenWorld['find'] = async (step, circumstances) => stepOf(step).find(await at(circumstances))
  return {
    server,
    client,
    tenant: server.world.truth(),
    slept: clock.slept,
    find,
    async only(step, circumstances) {
      const [finding, ...more] = await find(step, circumstances)
      if (!finding || more.length > 0) throw new Error(`${step} has ${more.length + 1} findings, or none`)
      return finding
    },
    async apply(step, findings, circumstances) {
      const one = await at(circumstances)
      return Promise.all(findings.map((finding) => stepOf(step).apply(one, finding)))
    },
    async undo(step, findings, circumstances) {
      const one = await at(circumstances)
      return Promise.all(findings.map((finding) => stepOf(step).undo?.(one, finding)))
    },
    at,
    locate,
    kept,
  }
}

async function atOf(client: Client, kept: Map<string, string[]>, circumstances: Circumstances): Promise<At<Client>> {
  const reads = new SharedReads()
  const to = circumstances.handOverTo === undefined ? cast.manager : circumstances.handOverTo
  return {
    client,
    leaver: leaverOf(circumstances.who ?? cast.leaver),
    account: accountOf(circumstances.who ?? cast.leaver),
    choices: {
      kind: 'resignation',
      devices: 'lock',
      ...(to ? { handOverTo: leaverOf(to) } : {}),
      ...circumstances.choices,
    },
    ...(to ? { handOverTo: accountOf(to) } : {}),
    effectiveAt: new Date(),
    signal: new AbortController().signal,
    applied: circumstances.applied ?? (() => undefined),
    orders: circumstances.orders ?? (() => []),
    once: (key, read) => reads.once(key, read),
    ...(!circumstances.withoutEscrow && {
      escrow: {
        keep: async (name, secret) => void kept.set(name, [...(kept.get(name) ?? []), secret]),
        holds: async (name) => kept.has(name),
      },
    }),
  }
}

function accountOf(email: string): Account {
  return { realm: 'example', id: idOf(email), label: email }
}

export function stepOf(id: string): AutomaticStep<Client> {
  const step = microsoft365.steps.find((one) => one.id === id)
  if (!step || !('find' in step)) throw new Error(`the microsoft-365 connector has no step ${id}`)
  return step
}

export function taskOf(id: string): ManualStep<Client> {
  const step = microsoft365.steps.find((one) => one.id === id)
  if (!step || !('ask' in step)) throw new Error(`the microsoft-365 connector has no task ${id}`)
  return step
}

export function user(tenant: Tenant, email: string): User {
  const found = tenant.users.find((one) => one.userPrincipalName === email)
  if (!found) throw new Error(`nobody is called ${email}`)
  return found
}

export function group(tenant: Tenant, displayName: string): Group {
  const found = tenant.groups.find((one) => one.displayName === displayName)
  if (!found) throw new Error(`no group is called ${displayName}`)
  return found
}

/** Was ordered a moment ago, and answered. */
export const justAnswered: At['applied'] = () => ({ intentAt: new Date(), answeredAt: new Date() })

/** The tenant as others see it: without what the leaver has, and what the receiver gets. */
export function withoutLeaver(tenant: Tenant, receiver: string): unknown {
  const others = (ids: readonly string[]) => ids.filter((id) => id !== leaverId && id !== receiver)
  const theirs = <T extends { principalId: string | null }>(list: readonly T[]) =>
    list.filter((one) => one.principalId !== leaverId)
  const { [leaverId]: _methods, ...methods } = tenant.methods
  const { [leaverId]: _mailbox, ...mailboxes } = tenant.mailboxes
  return {
    users: tenant.users.filter((one) => one.id !== leaverId),
    groups: tenant.groups.map((one) => ({ ...one, members: others(one.members), owners: others(one.owners) })),
    devices: tenant.devices.filter((device) => !device.registeredUsers.includes(leaverId)),
    roleAssignments: theirs(tenant.roleAssignments),
    timedRoles: theirs(tenant.timedRoles),
    eligibleRoles: theirs(tenant.eligibleRoles),
    eligibleGroups: theirs(tenant.eligibleGroups),
    grants: theirs(tenant.grants),
    appRoles: theirs(tenant.appRoles),
    methods,
    mailboxes,
    drives: tenant.drives.filter((drive) => drive.ownerId !== leaverId),
    licences: tenant.licences.filter((one) => one.userId !== leaverId),
    managedDevices: tenant.managedDevices.filter((one) => one.userId !== leaverId),
    apps: tenant.apps,
    recoveryKeys: tenant.recoveryKeys,
    localCredentials: tenant.localCredentials,
    managers: tenant.managers,
  }
}
