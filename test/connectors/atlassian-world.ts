/** A pretend Atlassian with the real connector and the real gate on top, for the tests of that connector. */
import type { Client } from '../../connectors/atlassian/client.ts'
import atlassian from '../../connectors/atlassian/index.ts'
import { systemClock } from '../../src/clock.ts'
import type { Account, At, AutomaticStep, Finding, Leaver, ManualStep } from '../../src/connector.ts'
import { SharedReads } from '../../src/run/at.ts'
import { createGate } from '../../src/run/gate.ts'
import { type AtlassianOptions, type PretendAtlassian, pretendAtlassian } from '../../src/sandbox/atlassian/index.ts'
import type { State } from '../../src/sandbox/atlassian/state.ts'
import { cast } from '../../src/sandbox/company.ts'
import type { Fault } from '../../src/sandbox/server.ts'
import { loopback } from '../../src/sandbox/transport.ts'
import { leaverOf } from '../support/leaver.ts'

export { leaverOf }

export const leaver = leaverOf(cast.leaver)

export interface OpenWorld {
  server: PretendAtlassian
  client: Client
  /** The truth. */
  state: State
  locate(who?: Leaver): Promise<readonly Account[]>
  find(step: string, who?: Leaver): Promise<readonly Finding[]>
  apply(step: string, finding: Finding, who?: Leaver): Promise<unknown>
  undo(step: string, finding: Finding, who?: Leaver): Promise<unknown>
  ask(step: string): Promise<string | undefined>
  fault(path: RegExp, as: Fault['as'], times?: number): void
}

const worlds: { close(): Promise<void> }[] = []

export async function closeWorlds(): Promise<void> {
  for (const world of worlds.splice(0)) await world.close()
}

export async function openWorld(options: AtlassianOptions = {}): Promise<OpenWorld> {
  const traffic = process.env.VENDOR_TRAFFIC
  const server = await pretendAtlassian({ ...(traffic ? { traffic } : {}), ...options })
  const gate = createGate({
    ...atlassian,
    use: 'atlassian',
    send: loopback([server]),
    clock: systemClock,
    random: () => 0,
    onCall: () => undefined,
    overrides: { api: { perSecond: 10_000, concurrent: 20 } },
  })
  worlds.push({ close: async () => void (await Promise.all([gate.close(), server.close()])) })
  const client = await atlassian.connect(atlassian.settings.parse(server.settings), gate)
  const locate = (who = leaver) => atlassian.locate(client, who)
  const at = async (who = leaver): Promise<At<Client>> => {
    const reads = new SharedReads()
    return {
      client,
      leaver: who,
      account: (await locate(who))[0] as Account,
      choices: { kind: 'resignation', devices: 'nothing' },
      effectiveAt: new Date(),
      signal: new AbortController().signal,
      applied: () => undefined,
      orders: () => [],
      once: (key, read) => reads.once(key, read),
    }
  }
  return {
    server,
    client,
    state: server.world.truth(),
    locate,
    find: async (step, who) => stepOf(step).find(await at(who)),
    apply: async (step, finding, who) => stepOf(step).apply(await at(who), finding),
    undo: async (step, finding, who) => stepOf(step).undo?.(await at(who), finding),
    async ask(step) {
      const task = atlassian.steps.find((one) => one.id === step) as ManualStep<Client>
      const where = await at()
      if (task.applies && !(await task.applies(where))) return undefined
      return typeof task.ask === 'string' ? task.ask : task.ask(where)
    },
    fault: (path, as, times = 1) =>
      void server.faults.push({ when: (one) => path.test(`${one.method} ${one.path}`), as, times }),
  }
}

function stepOf(id: string): AutomaticStep<Client> {
  const step = atlassian.steps.find((one) => one.id === id)
  if (!step || !('find' in step)) throw new Error(`the connector has no automatic step ${id}`)
  return step
}
