/** A pretend Okta with the real connector and the real gate on top. */
import type { Client } from '../../connectors/okta/client.ts'
import okta from '../../connectors/okta/index.ts'
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
import { type OktaOptions, type PretendOkta, pretendOkta } from '../../src/sandbox/okta/index.ts'
import type { State, User } from '../../src/sandbox/okta/state.ts'
import { loopback } from '../../src/sandbox/transport.ts'
import { ordersIn } from '../support/journal.ts'
import { leaverOf } from '../support/leaver.ts'

export { leaverOf }

export interface OktaWorld {
  server: PretendOkta
  client: Client
  state: State
  mine: User
  account(who?: Leaver): Promise<readonly Account[]>
  find(step: string, choices?: Partial<Choices>): Promise<readonly Finding[]>
  apply(step: string, finding: Finding, account?: Account): Promise<void>
  applyAll(step: string, choices?: Partial<Choices>): Promise<void>
  undo(step: string, finding: Finding): Promise<void>
  task(id: string): { step: ManualStep<Client>; at: At<Client> }
}

export const worlds: { close(): Promise<void> }[] = []

export async function openWorld(options: OktaOptions = {}, settings: object = {}): Promise<OktaWorld> {
  const traffic = process.env.VENDOR_TRAFFIC
  const server = await pretendOkta({ ...(traffic ? { traffic } : {}), ...options })
  const quick = { perSecond: 10_000, concurrent: 20 }
  const gate = createGate({
    ...okta,
    use: 'okta',
    send: loopback([server]),
    clock: systemClock,
    random: () => 0,
    onCall: () => undefined,
    overrides: Object.fromEntries(okta.limits.map((limit) => [limit.id, quick])),
  })
  worlds.push({ close: async () => void (await Promise.all([gate.close(), server.close()])) })
  const client = await okta.connect(okta.settings.parse({ ...server.settings, ...settings }), gate)
  const state = server.world.truth()
  const mine = state.users.find((one) => one.email === cast.leaver) as User
  const applied = new Map<string, { intentAt: Date; answeredAt?: Date }>()

  function at(step: string, choices: Partial<Choices> = {}): At<Client> {
    const reads = new SharedReads()
    return {
      client,
      leaver: leaverOf(cast.leaver),
      account: { realm: 'example.okta.com', id: mine.id, label: mine.login },
      choices: { kind: 'resignation', devices: 'wipe', ...choices },
      effectiveAt: new Date(),
      signal: new AbortController().signal,
      applied: (id) => applied.get(`${step} ${id}`),
      orders: () => ordersIn(applied, `${step} `),
      once: (key, read) => reads.once(key, read),
    }
  }
  async function apply(step: string, finding: Finding, account?: Account): Promise<void> {
    await automatic(step).apply({ ...at(step), ...(account && { account }) }, finding)
    applied.set(`${step} ${finding.id}`, { intentAt: new Date(), answeredAt: new Date() })
  }
  return {
    server,
    client,
    state,
    mine,
    account: (who = leaverOf(cast.leaver)) => okta.locate(client, who),
    find: (step, choices) => automatic(step).find(at(step, choices)),
    apply,
    async applyAll(step, choices) {
      for (const one of await automatic(step).find(at(step, choices))) if (one.state === 'open') await apply(step, one)
    },
    undo: async (step, finding) => automatic(step).undo?.(at(step), finding),
    task(id) {
      const step = okta.steps.find((one) => one.id === id)
      if (!step || !isManual(step)) throw new Error(`the connector has no task ${id}`)
      return { step, at: at(id) }
    },
  }
}

function automatic(id: string): AutomaticStep<Client> {
  const step = okta.steps.find((one) => one.id === id)
  if (!step || !('find' in step)) throw new Error(`the connector has no automatic step ${id}`)
  return step
}
