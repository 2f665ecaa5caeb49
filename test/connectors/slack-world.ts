/** A pretend Slack with the real connector and the real gate on top, for the tests of the slack connector. */
import type { Slack } from '../../connectors/slack/client.ts'
import slack from '../../connectors/slack/index.ts'
import { systemClock } from '../../src/clock.ts'
import type { Account, At, AutomaticStep, Finding, Leaver, ManualStep } from '../../src/connector.ts'
import { SharedReads } from '../../src/run/at.ts'
import { createGate } from '../../src/run/gate.ts'
import { cast } from '../../src/sandbox/company.ts'
import {
  type PretendSlackAdmin,
  pretendSlackAdmin,
  type SlackAdminOptions,
} from '../../src/sandbox/slack-admin/index.ts'
import type { State, User } from '../../src/sandbox/slack-admin/state.ts'
import { loopback } from '../../src/sandbox/transport.ts'
import { leaverOf } from '../support/leaver.ts'

export { leaverOf }

export const leaver = leaverOf(cast.leaver)

export interface OpenWorld {
  server: PretendSlackAdmin
  client: Slack
  state: State
  user(email?: string): User
  account(who?: Leaver): Promise<Account>
  find(step: string, more?: Partial<At>): Promise<readonly Finding[]>
  apply(step: string, finding: Finding, more?: Partial<At>): Promise<unknown>
  applyAll(step: string, more?: Partial<At>): Promise<void>
  undo(step: string, finding: Finding): Promise<void>
  /** Undefined where the task does not apply. */
  task(step: string): Promise<string | undefined>
  asked(method: string): number
}

const open: { close(): Promise<unknown> }[] = []

export async function closeWorlds(): Promise<void> {
  for (const one of open.splice(0)) await one.close()
}

export async function openWorld(options: SlackAdminOptions = {}, settings: object = {}): Promise<OpenWorld> {
  const traffic = process.env.VENDOR_TRAFFIC
  const server = await pretendSlackAdmin({ ...(traffic ? { traffic } : {}), ...options })
  const quick = Object.fromEntries(slack.limits.map(({ id }) => [id, { perSecond: 10_000, concurrent: 5 }]))
  const gate = createGate({
    ...slack,
    use: 'slack',
    send: loopback([server]),
    clock: systemClock,
    random: () => 0,
    onCall: () => undefined,
    overrides: quick,
  })
  open.push(server, gate)
  const client = await slack.connect(slack.settings.parse({ ...server.settings, ...settings }), gate)
  const state = server.world.truth()
  const account = async (who = leaver) => (await slack.locate(client, who))[0] as Account
  const mine = await account()
  const at = (more: Partial<At> = {}) => atOf(client, mine, more)
  return {
    server,
    client,
    state,
    account,
    user: (email: string = cast.leaver) => state.users.find((one) => one.email === email) as User,
    find: async (step, more) => stepOf(step).find(at(more)),
    apply: async (step, finding, more) => stepOf(step).apply(at(more), finding),
    async applyAll(step, more) {
      for (const finding of await stepOf(step).find(at(more)))
        if (finding.state === 'open') await stepOf(step).apply(at(more), finding)
    },
    undo: async (step, finding) => stepOf(step).undo?.(at(), finding),
    task: (step) => askOf(step, at()),
    asked: (method) => server.calls.filter(({ asked }) => asked.path.endsWith(method)).length,
  }
}

export function stepOf(id: string): AutomaticStep {
  const step = slack.steps.find((one) => one.id === id)
  if (!step || !('find' in step)) throw new Error(`the slack connector has no step ${id}`)
  return step
}

async function askOf(id: string, at: At): Promise<string | undefined> {
  const step = slack.steps.find((one) => one.id === id) as ManualStep
  if (!((await step.applies?.(at)) ?? true)) return undefined
  return typeof step.ask === 'string' ? step.ask : step.ask(at)
}

function atOf(client: Slack, account: Account, more: Partial<At>): At {
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
    ...more,
  }
}
