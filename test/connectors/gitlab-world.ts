/** A pretend GitLab with the real connector and the real gate on top, for the tests of that connector. */
import type { Client } from '../../connectors/gitlab/client.ts'
import gitlab from '../../connectors/gitlab/index.ts'
import { systemClock } from '../../src/clock.ts'
import type { Account, At, AutomaticStep, Finding, Leaver, ManualStep } from '../../src/connector.ts'
import { SharedReads } from '../../src/run/at.ts'
import { createGate } from '../../src/run/gate.ts'
import { cast } from '../../src/sandbox/company.ts'
import { type GitlabOptions, type PretendGitlab, pretendGitlab } from '../../src/sandbox/gitlab/index.ts'
import type { State } from '../../src/sandbox/gitlab/state.ts'
import type { Fault } from '../../src/sandbox/server.ts'
import { loopback } from '../../src/sandbox/transport.ts'
import { leaverOf } from '../support/leaver.ts'

export { leaverOf }

export const leaver = leaverOf(cast.leaver)
export const receiver = leaverOf(cast.manager)
/** gitlab.com: the company's group there. */
export const group = { baseUrl: 'https://gitlab.com', groups: ['acme'] }

export interface OpenWorld {
  server: PretendGitlab
  client: Client
  /** The truth. */
  state: State
  locate(who?: Leaver): Promise<readonly Account[]>
  find(step: string, more?: Partial<At>): Promise<readonly Finding[]>
  apply(step: string, finding: Finding, more?: Partial<At>): Promise<unknown>
  undo(step: string, finding: Finding): Promise<unknown>
  /** What a person is asked to do; undefined where there is nothing. */
  ask(step: string): Promise<string | undefined>
  fault(path: RegExp, as: Fault['as'], times?: number): void
}

const worlds: { close(): Promise<void> }[] = []

export async function closeWorlds(): Promise<void> {
  for (const world of worlds.splice(0)) await world.close()
}

export async function openWorld(options: GitlabOptions = {}, settings: object = {}): Promise<OpenWorld> {
  const traffic = process.env.VENDOR_TRAFFIC
  const server = await pretendGitlab({ ...(traffic ? { traffic } : {}), ...options })
  const quick = { perSecond: 10_000, concurrent: 20 }
  const gate = createGate({
    ...gitlab,
    use: 'gitlab',
    send: loopback([server]),
    clock: systemClock,
    random: () => 0,
    onCall: () => undefined,
    overrides: { api: quick, users: quick },
  })
  worlds.push({ close: async () => void (await Promise.all([gate.close(), server.close()])) })
  const client = await gitlab.connect(gitlab.settings.parse({ ...server.settings, ...settings }), gate)
  const locate = (who = leaver) => gitlab.locate(client, who)
  const at = async (more: Partial<At> = {}): Promise<At<Client>> => {
    const reads = new SharedReads()
    const [account] = more.account ? [more.account] : await locate()
    const [handOverTo] = await locate(receiver)
    return {
      client,
      leaver,
      account: account as Account,
      choices: { kind: 'resignation', devices: 'nothing', handOverTo: receiver },
      ...(handOverTo && { handOverTo }),
      effectiveAt: new Date(),
      signal: new AbortController().signal,
      applied: () => undefined,
      orders: () => [],
      once: (key, read) => reads.once(key, read),
      ...more,
    }
  }
  return {
    server,
    client,
    state: server.world.truth(),
    locate,
    find: async (step, more) => stepOf(step).find(await at(more)),
    apply: async (step, finding, more) => stepOf(step).apply(await at(more), finding),
    undo: async (step, finding) => stepOf(step).undo?.(await at(), finding),
    async ask(step) {
      const task = gitlab.steps.find((one) => one.id === step) as ManualStep<Client>
      const where = await at()
      if (task.applies && !(await task.applies(where))) return undefined
      return typeof task.ask === 'string' ? task.ask : task.ask(where)
    },
    fault: (path, as, times = 1) =>
      void server.faults.push({ when: (one) => path.test(`${one.method} ${one.path}`), as, times }),
  }
}

function stepOf(id: string): AutomaticStep<Client> {
  const step = gitlab.steps.find((one) => one.id === id)
  if (!step || !('find' in step)) throw new Error(`the connector has no automatic step ${id}`)
  return step
}
