/** A pretend Zoom with the real connector and the real gate on top, for the tests of the zoom connector. */
import type { Zoom } from '../../connectors/zoom/client.ts'
import zoom from '../../connectors/zoom/index.ts'
import { systemClock } from '../../src/clock.ts'
import type { Account, At, AutomaticStep, Finding, Leaver, ManualStep } from '../../src/connector.ts'
import { SharedReads } from '../../src/run/at.ts'
import { createGate } from '../../src/run/gate.ts'
import { cast } from '../../src/sandbox/company.ts'
import { loopback } from '../../src/sandbox/transport.ts'
import { type PretendZoom, pretendZoom, type ZoomOptions } from '../../src/sandbox/zoom/index.ts'
import type { State, User } from '../../src/sandbox/zoom/state.ts'
import { leaverOf } from '../support/leaver.ts'

export { leaverOf }

export const leaver = leaverOf(cast.leaver)
export const receiver = leaverOf(cast.manager)

export interface OpenWorld {
  server: PretendZoom
  client: Zoom
  state: State
  user(email?: string): User
  account(who?: Leaver): Promise<Account>
  find(step: string, more?: Partial<At>): Promise<readonly Finding[]>
  apply(step: string, finding: Finding, more?: Partial<At>): Promise<unknown>
  applyAll(step: string, more?: Partial<At>): Promise<void>
  undo(step: string, finding: Finding): Promise<void>
  /** Undefined where the task does not apply. */
  task(step: string, more?: Partial<At>): Promise<string | undefined>
  asked(pattern: RegExp): number
}

const open: { close(): Promise<unknown> }[] = []

export async function closeWorlds(): Promise<void> {
  for (const one of open.splice(0)) await one.close()
}

/** `handOverTo` of `more` is undefined for nobody; the manager when it is left out. */
export async function openWorld(options: ZoomOptions = {}, settings: object = {}): Promise<OpenWorld> {
  const traffic = process.env.VENDOR_TRAFFIC
  const server = await pretendZoom({ ...(traffic ? { traffic } : {}), ...options })
  const gate = createGate({
    ...zoom,
    use: 'zoom',
    send: loopback([server]),
    clock: systemClock,
    random: () => 0,
    onCall: () => undefined,
    overrides: { light: { perSecond: 10_000, concurrent: 5 } },
  })
  open.push(server, gate)
  const client = await zoom.connect(zoom.settings.parse({ ...server.settings, ...settings }), gate)
  const state = server.world.truth()
  const account = async (who = leaver) => (await zoom.locate(client, who))[0] as Account
  const userOf = (email: string = cast.leaver) => state.users.find((one) => one.email === email) as User
  const pinned = (email: string): Account => ({ realm: 'here', id: userOf(email).id, label: email })
  const [mine, theirs] = [pinned(cast.leaver), pinned(cast.manager)]
  const at = (more: Partial<At> = {}) => atOf(client, mine, theirs, more)
  return {
    server,
    client,
    state,
    account,
    user: userOf,
    find: async (step, more) => stepOf(step).find(at(more)),
    apply: async (step, finding, more) => stepOf(step).apply(at(more), finding),
    async applyAll(step, more) {
      for (const finding of await stepOf(step).find(at(more)))
        if (finding.state === 'open') await stepOf(step).apply(at(more), finding)
    },
    undo: async (step, finding) => stepOf(step).undo?.(at(), finding),
    task: (step, more) => askOf(step, at(more)),
    asked: (pattern) => server.calls.filter(({ asked }) => pattern.test(`${asked.method} ${asked.path}`)).length,
  }
}

function stepOf(id: string): AutomaticStep {
  const step = zoom.steps.find((one) => one.id === id)
  if (!step || !('find' in step)) throw new Error(`the zoom connector has no step ${id}`)
  return step
}

async function askOf(id: string, at: At): Promise<string | undefined> {
  const step = zoom.steps.find((one) => one.id === id) as ManualStep
  if (!((await step.applies?.(at)) ?? true)) return undefined
  return typeof step.ask === 'string' ? step.ask : step.ask(at)
}

function atOf(client: Zoom, account: Account, handOverTo: Account, more: Partial<At>): At {
  const reads = new SharedReads()
  return {
    client,
    leaver,
    account,
    handOverTo,
    choices: { kind: 'resignation', devices: 'nothing', handOverTo: receiver },
    effectiveAt: new Date(),
    signal: new AbortController().signal,
    applied: () => undefined,
    orders: () => [],
    once: (key, read) => reads.once(key, read),
    ...more,
  }
}
