/** A pretend GitHub with the real connector and the real gate on top, for the tests of that connector. */
import type { Client } from '../../connectors/github/client.ts'
import github from '../../connectors/github/index.ts'
import { systemClock } from '../../src/clock.ts'
import type { Account, At, AutomaticStep, Finding, Leaver, ManualStep } from '../../src/connector.ts'
import { SharedReads } from '../../src/run/at.ts'
import { createGate } from '../../src/run/gate.ts'
import { cast } from '../../src/sandbox/company.ts'
import { type GithubOptions, type PretendGithub, pretendGithub } from '../../src/sandbox/github/index.ts'
import { main } from '../../src/sandbox/github/seed.ts'
import type { State } from '../../src/sandbox/github/state.ts'
import type { Fault } from '../../src/sandbox/server.ts'
import { loopback } from '../../src/sandbox/transport.ts'
import { leaverOf } from '../support/leaver.ts'

export { leaverOf }

export const leaver = leaverOf(cast.leaver)

export interface OpenWorld {
  server: PretendGithub
  client: Client
  /** The truth. */
  state: State
  locate(who?: Leaver): Promise<readonly Account[]>
  account(realm?: string): Promise<Account>
  find(step: string, account?: Account): Promise<readonly Finding[]>
  apply(step: string, finding: Finding, account?: Account): Promise<unknown>
  undo(step: string, finding: Finding): Promise<unknown>
  /** What a person is asked to do; undefined where there is nothing. */
  ask(step: string, account?: Account): Promise<string | undefined>
  fault(path: RegExp, as: Fault['as'], times?: number): void
  asked(path: RegExp): number
}

const worlds: { close(): Promise<void> }[] = []

export async function closeWorlds(): Promise<void> {
  for (const world of worlds.splice(0)) await world.close()
}

export async function openWorld(options: GithubOptions = {}, settings: object = {}): Promise<OpenWorld> {
  const traffic = process.env.VENDOR_TRAFFIC
  const server = await pretendGithub({ ...(traffic ? { traffic } : {}), ...options })
  const quick = { perSecond: 10_000, concurrent: 20 }
  const gate = createGate({
    ...github,
    use: 'github',
    send: loopback([server]),
    clock: systemClock,
    random: () => 0,
    onCall: () => undefined,
    overrides: { reads: quick, changes: quick, graphql: quick, 'audit-log': quick },
  })
  worlds.push({ close: async () => void (await Promise.all([gate.close(), server.close()])) })
  const client = await github.connect(github.settings.parse({ ...server.settings, ...settings }), gate)
  const locate = (who = leaver) => github.locate(client, who)
  const account = async (realm = main) => (await locate()).find((one) => one.realm === realm) as Account
  const at = async (on?: Account) => atOf(client, on ?? (await account()))
  return {
    server,
    client,
    state: server.world.truth(),
    locate,
    account,
    find: async (step, on) => stepOf(step).find(await at(on)),
    apply: async (step, finding, on) => stepOf(step).apply(await at(on), finding),
    undo: async (step, finding) => stepOf(step).undo?.(await at(), finding),
    async ask(step, on) {
      const task = github.steps.find((one) => one.id === step) as ManualStep<Client>
      const where = await at(on)
      if (task.applies && !(await task.applies(where))) return undefined
      return typeof task.ask === 'string' ? task.ask : task.ask(where)
    },
    fault: (path, as, times = 1) =>
      void server.faults.push({ when: (one) => path.test(`${one.method} ${one.path}`), as, times }),
    asked: (path) => server.calls.filter(({ asked }) => path.test(`${asked.method} ${asked.path}`)).length,
  }
}

function stepOf(id: string): AutomaticStep<Client> {
  const step = github.steps.find((one) => one.id === id)
  if (!step || !('find' in step)) throw new Error(`the connector has no automatic step ${id}`)
  return step
}

function atOf(client: Client, account: Account): At<Client> {
  const reads = new SharedReads()
  return {
    client,
    leaver,
    account,
    choices: { kind: 'resignation', devices: 'nothing' },
    effectiveAt: new Date(),
    signal: new AbortController().signal,
    applied: () => undefined,
    orders: () => [],
    once: (key, read) => reads.once(key, read),
  }
}
