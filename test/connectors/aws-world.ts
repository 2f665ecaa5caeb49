/** A pretend AWS with the real connector and the real gate on top, for the tests of the aws connector. */
import aws from '../../connectors/aws/index.ts'
import { systemClock } from '../../src/clock.ts'
import type { Account, At, AutomaticStep, Finding, Leaver } from '../../src/connector.ts'
import type { AppliedFinding } from '../../src/offboarding/offboarding.ts'
import { SharedReads } from '../../src/run/at.ts'
import { createGate } from '../../src/run/gate.ts'
import { type PretendAwsOptions, pretendAws } from '../../src/sandbox/aws/index.ts'
import type { AwsState, IamUser } from '../../src/sandbox/aws/state.ts'
import { cast } from '../../src/sandbox/company.ts'
import type { Asked, Fault } from '../../src/sandbox/server.ts'
import { loopback } from '../../src/sandbox/transport.ts'
import { leaverOf } from '../support/leaver.ts'

export { leaverOf }

export const main = '111122223333'
export const second = '444455556666'

export const leaver = leaverOf(cast.leaver)

export interface OpenWorld {
  server: Awaited<ReturnType<typeof pretendAws>>
  client: Awaited<ReturnType<typeof aws.connect>>
  /** The truth. */
  state: AwsState
  user(account: string, name: string): IamUser
  account(realm?: string, who?: Leaver): Promise<Account>
  find(step: string, account: Account, applied?: Record<string, AppliedFinding>): Promise<readonly Finding[]>
  apply(step: string, account: Account, finding: Finding): Promise<unknown>
  undo(step: string, account: Account, finding: Finding): Promise<unknown>
  /** The next answers to this action are these. */
  fault(action: string, as: Fault['as'], times?: number): void
  actions(): string[]
}

const worlds: { close(): Promise<void> }[] = []

export async function closeWorlds(): Promise<void> {
  for (const world of worlds.splice(0)) await world.close()
}

export async function openWorld(options: PretendAwsOptions = {}, changes: object = {}): Promise<OpenWorld> {
  const traffic = process.env.VENDOR_TRAFFIC
  const server = await pretendAws({ ...(traffic ? { traffic } : {}), ...options })
  const quick = { perSecond: 10_000, concurrent: 5 }
  const gate = createGate({
    ...aws,
    use: 'aws',
    send: loopback([server]),
    clock: systemClock,
    random: () => 0,
    onCall: () => undefined,
    overrides: { changes: quick, reads: quick },
  })
  worlds.push({
    close: async () => {
      await gate.close()
      await server.close()
    },
  })
  const client = await aws.connect(aws.settings.parse({ ...(server.settings as object), ...changes }), gate)
  const at = (account: Account, applied: Record<string, AppliedFinding> = {}) => atOf(client, account, applied)
  return {
    server,
    client,
    state: server.world.truth(),
    user: (account, name) => userOf(server.world.truth(), account, name),
    account: async (realm = main, who = leaver) =>
      (await aws.locate(client, who)).find((one) => one.realm === realm) as Account,
    find: (step, account, applied) => stepOf(step).find(at(account, applied)),
    apply: async (step, account, finding) => stepOf(step).apply(at(account), finding),
    undo: async (step, account, finding) => stepOf(step).undo?.(at(account), finding),
    fault: (action, as, times = 1) => void server.faults.push({ when: asksFor(action), as, times }),
    actions: () => server.calls.map((call) => actionOf(call.asked)),
  }
}

export function stepOf(id: string): AutomaticStep {
  const step = aws.steps.find((one) => one.id === id)
  if (!step || !('find' in step)) throw new Error(`the aws connector has no step ${id}`)
  return step
}

export function actionOf(asked: Asked): string {
  return (asked.body as { Action?: string }).Action ?? ''
}

function asksFor(action: string) {
  return (asked: Asked) => actionOf(asked) === action
}

/** The leaver's user, for a seed. */
export function leaversUser(state: AwsState, account = main): IamUser {
  return userOf(state, account, 'jo.miller')
}

/** The finding of a step that has exactly one. */
export async function onlyFinding(world: OpenWorld, step: string, account: Account): Promise<Finding> {
  const [finding, ...more] = await world.find(step, account)
  if (!finding || more.length > 0) throw new Error(`${step} has ${finding ? 'several findings' : 'no finding'}`)
  return finding
}

function userOf(state: AwsState, account: string, name: string): IamUser {
  const user = state.accounts[account]?.users.find((one) => one.name === name)
  if (!user) throw new Error(`nobody is called ${name} in ${account}`)
  return user
}

function atOf(client: OpenWorld['client'], account: Account, applied: Record<string, AppliedFinding>): At {
  const reads = new SharedReads()
  return {
    client,
    leaver,
    account,
    choices: { kind: 'resignation', devices: 'nothing' },
    effectiveAt: new Date(),
    signal: new AbortController().signal,
    applied: (id) => (applied[id] ? { intentAt: new Date(applied[id].intentAt) } : undefined),
    orders: () => [],
    once: (key, read) => reads.once(key, read),
  }
}
