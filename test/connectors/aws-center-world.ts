/** A pretend AWS with Identity Center, shared roles and a service's user, for the tests of those parts. */
import aws from '../../connectors/aws/index.ts'
import { systemClock } from '../../src/clock.ts'
import { type Account, type At, type Connector, type Finding, isManual, type Leaver } from '../../src/connector.ts'
import type { AppliedFinding } from '../../src/offboarding/offboarding.ts'
import { SharedReads } from '../../src/run/at.ts'
import { createGate } from '../../src/run/gate.ts'
import { type CenterState, storeId } from '../../src/sandbox/aws/center-state.ts'
import { type PretendAwsOptions, pretendAws } from '../../src/sandbox/aws/index.ts'
import type { AwsState } from '../../src/sandbox/aws/state.ts'
import { cast } from '../../src/sandbox/company.ts'
import type { Fault } from '../../src/sandbox/server.ts'
import { loopback } from '../../src/sandbox/transport.ts'
import { leaver, leaverOf, main } from './aws-world.ts'

export const sharedRole = 'Analysts'

interface AwsSettings {
  accounts: { id: string }[]
}

/** The role is in the first account only. */
function withExtras(settings: unknown): object {
  const { accounts, ...rest } = settings as AwsSettings
  const shared = accounts.map((one) => (one.id === main ? { ...one, sharedRoles: [sharedRole] } : one))
  return { ...rest, accounts: shared, ownerTag: 'owner' }
}

export function configuredAws(): Connector {
  const example = {
    accounts: [{ id: main, sharedRoles: [sharedRole] }],
    identityCenter: { account: main, deleteUser: true },
  }
  return { ...aws, ...aws.configured?.(aws.settings.parse({ ...example, ownerTag: 'owner' })) }
}

function seedExtras(state: AwsState): void {
  const account = state.accounts[main]
  account?.roles[0]?.may.push('iam:GetRole', 'iam:PutRolePolicy', 'iam:DeleteRolePolicy')
  account?.roles.push({ id: 'AROAANALYSTSEXAMPLE01', name: sharedRole, trusts: [], may: [], lacks: [], inline: {} })
}

export async function centerBed(who: Leaver) {
  const traffic = process.env.VENDOR_TRAFFIC
  const more = { ...(traffic ? { traffic } : {}) }
  const server = await pretendAws({
    identityCenter: true,
    lagMs: 20,
    pageSize: 2,
    jobMs: 30,
    seed: seedExtras,
    ...more,
  })
  const truth = () => structuredClone(server.world.truth())
  return {
    settings: withExtras(server.settings),
    transport: loopback([server]),
    servers: [server],
    leaver: who,
    stranger: { ...leaverOf(cast.hr), emails: ['nobody@elsewhere.test'] },
    // A job's past is no effect; with two runs side by side, there may be one more of them.
    state: () => {
      const { accounts, center } = truth()
      return { accounts, center: { ...center, jobs: [] } }
    },
    untouchable: () => othersIn(truth(), who.emails[0] ?? ''),
    secrets: server.secrets,
    pageSize: 'the pretend AWS answers with two at a time, whatever MaxResults says',
    close: server.close,
  }
}

function othersIn({ accounts, center }: AwsState, email: string) {
  const id = center?.users.find((user) => user.emails.includes(email))?.id ?? pinned
  pinned = id
  return {
    users: center?.users.filter((user) => user.id !== id),
    memberships: center?.memberships.filter((one) => one.user !== id),
    assignments: center?.assignments.filter((one) => one.principal !== id),
    applications: center?.applications.filter((one) => one.principal !== id),
    groups: center?.groups,
    iam: Object.values(accounts).map((one) => one.users.filter((user) => user.name !== 'jo.miller')),
  }
}

/** The leaver's id, known from before the user was deleted. */
let pinned = ''

export interface CenterWorld {
  server: Awaited<ReturnType<typeof pretendAws>>
  client: unknown
  center: CenterState
  connector: Connector
  account(who?: Leaver): Promise<Account>
  /** In the realm of the identity store, where no account is given. */
  find(step: string, account?: Account, applied?: Record<string, AppliedFinding>): Promise<readonly Finding[]>
  apply(step: string, finding: Finding, account?: Account): Promise<unknown>
  undo(step: string, finding: Finding): Promise<unknown>
  manual(step: string, account?: Account): Promise<{ applies: boolean; ask: string }>
  fault(operation: string, as: Fault['as'], times?: number): void
  operations(): string[]
}

const worlds: { close(): Promise<void> }[] = []

export async function closeCenters(): Promise<void> {
  for (const world of worlds.splice(0)) await world.close()
}

export async function openCenter(options: PretendAwsOptions = {}, changes: object = {}): Promise<CenterWorld> {
  const traffic = process.env.VENDOR_TRAFFIC
  const seed = (state: AwsState) => {
    seedExtras(state)
    options.seed?.(state)
  }
  const server = await pretendAws({ identityCenter: true, jobMs: 0, ...(traffic ? { traffic } : {}), ...options, seed })
  const { withRoles = {}, ...more } = changes as { withRoles?: Record<string, string[]> }
  const extras = withExtras(server.settings) as AwsSettings
  const accounts = extras.accounts.map((one) => ({
    ...one,
    ...(withRoles[one.id] && { sharedRoles: withRoles[one.id] }),
  }))
  const settings = aws.settings.parse({ ...extras, accounts, ...more })
  const connector: Connector = { ...aws, ...aws.configured?.(settings) }
  const limits = Object.fromEntries(connector.limits.map((limit) => [limit.id, { perSecond: 10_000, concurrent: 5 }]))
  const gate = createGate({
    ...connector,
    use: 'aws',
    send: loopback([server]),
    clock: systemClock,
    random: () => 0,
    onCall: () => undefined,
    overrides: limits,
  })
  worlds.push({ close: async () => void (await Promise.all([gate.close(), server.close()])) })
  const client = await connector.connect(settings, gate)
  const account = async (who = leaver) =>
    (await connector.locate(client, who)).find((one) => one.realm === storeId) as Account
  const at = async (given?: Account, applied: Record<string, AppliedFinding> = {}) =>
    atOf(client, given ?? (await account()), applied)
  const automatic = (id: string) => {
    const step = connector.steps.find((one) => one.id === id)
    if (!step || isManual(step)) throw new Error(`the aws connector has no automatic step ${id}`)
    return step
  }
  return {
    server,
    client,
    center: server.world.truth().center as CenterState,
    connector,
    account,
    find: async (step, given, applied) => automatic(step).find(await at(given, applied)),
    apply: async (step, finding, given) => automatic(step).apply(await at(given), finding),
    undo: async (step, finding) => automatic(step).undo?.(await at(), finding),
    async manual(id, given) {
      const step = connector.steps.find((one) => one.id === id)
      if (!step || !isManual(step) || typeof step.ask === 'string') throw new Error(`${id} is no task that reads`)
      const here = await at(given)
      return { applies: (await step.applies?.(here)) ?? true, ask: await step.ask(here) }
    },
    fault: (operation, as, times = 1) =>
      void server.faults.push({
        when: ({ headers }) => headers['x-amz-target']?.endsWith(`.${operation}`) ?? false,
        as,
        times,
      }),
    operations: () => server.calls.map(({ asked }) => asked.headers['x-amz-target']?.split('.').at(-1) ?? ''),
  }
}

export const effectiveAt = new Date('2026-11-03T09:00:00.000Z')

function atOf(client: unknown, account: Account, applied: Record<string, AppliedFinding>): At {
  const reads = new SharedReads()
  return {
    client,
    leaver,
    account,
    choices: { kind: 'resignation', devices: 'nothing' },
    effectiveAt,
    signal: new AbortController().signal,
    orders: () => [],
    applied: (id) => {
      const one = applied[id]
      if (!one) return undefined
      const { intentAt, answeredAt, receipt } = one
      const answered = answeredAt ? { answeredAt: new Date(answeredAt) } : {}
      return { intentAt: new Date(intentAt), ...answered, ...(receipt ? { receipt } : {}) }
    },
    once: (key, read) => reads.once(key, read),
  }
}
