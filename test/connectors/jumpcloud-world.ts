/** A pretend JumpCloud with the real connector and the real gate on top. */
import type { Client } from '../../connectors/jumpcloud/client.ts'
import jumpcloud from '../../connectors/jumpcloud/index.ts'
import { systemClock } from '../../src/clock.ts'
import {
  type Account,
  type At,
  type AutomaticStep,
  type Choices,
  type Finding,
  isManual,
  type Leaver,
  type ManualStep,
} from '../../src/connector.ts'
import { SharedReads } from '../../src/run/at.ts'
import { createGate } from '../../src/run/gate.ts'
import { cast } from '../../src/sandbox/company.ts'
import { type JumpCloudOptions, type PretendJumpCloud, pretendJumpCloud } from '../../src/sandbox/jumpcloud/index.ts'
import type { State, User } from '../../src/sandbox/jumpcloud/state.ts'
import { loopback } from '../../src/sandbox/transport.ts'
import { type Journaled, ordersIn } from '../support/journal.ts'
import { leaverOf } from '../support/leaver.ts'

export { leaverOf }

export interface JumpCloudWorld {
  server: PretendJumpCloud
  client: Client
  state: State
  mine: User
  /** What went into escrow. */
  kept: Map<string, string[]>
  account(who?: Leaver): Promise<readonly Account[]>
  find(step: string, choices?: Partial<Choices>): Promise<readonly Finding[]>
  apply(step: string, finding: Finding): Promise<void>
  applyAll(step: string, choices?: Partial<Choices>): Promise<void>
  undo(step: string, finding: Finding): Promise<void>
  task(id: string): { step: ManualStep<Client>; at: At<Client> }
}

export const worlds: { close(): Promise<void> }[] = []

export async function openWorld(
  options: JumpCloudOptions = {},
  settings: object = {},
  withEscrow = true,
): Promise<JumpCloudWorld> {
  const traffic = process.env.VENDOR_TRAFFIC
  const server = await pretendJumpCloud({ ...(traffic ? { traffic } : {}), ...options })
  const quick = { perSecond: 10_000, concurrent: 20 }
  const gate = createGate({
    ...jumpcloud,
    use: 'jumpcloud',
    send: loopback([server]),
    clock: systemClock,
    random: () => 0,
    onCall: () => undefined,
    overrides: Object.fromEntries(jumpcloud.limits.map((limit) => [limit.id, quick])),
  })
  worlds.push({ close: async () => void (await Promise.all([gate.close(), server.close()])) })
  const client = await jumpcloud.connect(jumpcloud.settings.parse({ ...server.settings, ...settings }), gate)
  const state = server.world.truth()
  const mine = state.users.find((one) => one.email === cast.leaver) as User
  const applied = new Map<string, Journaled>()

  const kept = new Map<string, string[]>()
  const escrow = {
    keep: async (name: string, secret: string) => void kept.set(name, [...(kept.get(name) ?? []), secret]),
    holds: async (name: string) => kept.has(name),
  }

  function at(step: string, choices: Partial<Choices> = {}): At<Client> {
    const reads = new SharedReads()
    return {
      client,
      leaver: leaverOf(cast.leaver),
      account: { realm: state.organization, id: mine.id, label: mine.username },
      choices: { kind: 'resignation', devices: 'wipe', ...choices },
      effectiveAt: new Date(),
      signal: new AbortController().signal,
      applied: (id) => applied.get(`${step} ${id}`),
      orders: () => ordersIn(applied, `${step} `),
      ...(withEscrow && { escrow }),
      once: (key, read) => reads.once(key, read),
    }
  }
  async function apply(step: string, finding: Finding): Promise<void> {
    const { id, label } = finding
    const order = { ...applied.get(`${step} ${id}`), label, intentAt: new Date() }
    applied.set(`${step} ${id}`, order)
    const receipt = await automatic(step).apply(at(step), finding)
    applied.set(`${step} ${id}`, { ...order, answeredAt: new Date(), ...(receipt && { receipt }) })
  }
  return {
    server,
    client,
    state,
    mine,
    kept,
    account: (who = leaverOf(cast.leaver)) => jumpcloud.locate(client, who),
    find: (step, choices) => automatic(step).find(at(step, choices)),
    apply,
    async applyAll(step, choices) {
      for (const one of await automatic(step).find(at(step, choices))) if (one.state === 'open') await apply(step, one)
    },
    undo: async (step, finding) => automatic(step).undo?.(at(step), finding),
    task(id) {
      const step = jumpcloud.steps.find((one) => one.id === id)
      if (!step || !isManual(step)) throw new Error(`the connector has no task ${id}`)
      return { step, at: at(id) }
    },
  }
}

function automatic(id: string): AutomaticStep<Client> {
  const step = jumpcloud.steps.find((one) => one.id === id)
  if (!step || !('find' in step)) throw new Error(`the connector has no automatic step ${id}`)
  return step
}
