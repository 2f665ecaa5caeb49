/** A pretend SCIM service with the real connector and the real gate on top, for the tests of that connector. */
import type { Scim } from '../../connectors/scim/client.ts'
import scim from '../../connectors/scim/index.ts'
import { systemClock } from '../../src/clock.ts'
import type { Account, At, AutomaticStep, Finding, Leaver, ManualStep } from '../../src/connector.ts'
import { SharedReads } from '../../src/run/at.ts'
import { createGate } from '../../src/run/gate.ts'
import { cast } from '../../src/sandbox/company.ts'
import { type PretendScim, pretendScim, type ScimOptions } from '../../src/sandbox/scim/index.ts'
import type { User } from '../../src/sandbox/scim/state.ts'
import { loopback, type Transport } from '../../src/sandbox/transport.ts'
import { leaverOf } from '../support/leaver.ts'

export { leaverOf }

export const leaver = leaverOf(cast.leaver)

export interface OpenWorld extends Hands {
  server: PretendScim
  user(email?: string): User
}

/** What a test does with a client, whatever is at the other end. */
export interface Hands {
  client: Scim
  account(who?: Leaver): Promise<Account>
  find(step: string, more?: Partial<At>): Promise<readonly Finding[]>
  applyAll(step: string, more?: Partial<At>): Promise<void>
  undo(step: string, finding: Finding): Promise<void>
  task(step: string, more?: Partial<At>): Promise<string | undefined>
}

const open: { close(): Promise<unknown> }[] = []

export async function closeWorlds(): Promise<void> {
  for (const one of open.splice(0)) await one.close()
}

export async function openWorld(options: ScimOptions = {}, settings: object = {}): Promise<OpenWorld> {
  const traffic = process.env.VENDOR_TRAFFIC
  const server = await pretendScim({ ...(traffic ? { traffic } : {}), ...options })
  open.push(server)
  const hands = await connected({ ...server.settings, ...settings }, loopback([server]))
  const user = (email: string = cast.leaver) => userIn(server, email)
  return { ...hands, server, user }
}

function userIn(server: PretendScim, email: string): User {
  const found = server.world.truth().users.find((one) => one.userName === email)
  if (!found) throw new Error(`the pretend service has no ${email}`)
  return found
}

export async function connected(settings: unknown, send: Transport): Promise<Hands> {
  const gate = createGate({
    ...scim,
    use: 'scim',
    send,
    clock: systemClock,
    random: () => 0,
    onCall: () => undefined,
    overrides: { requests: { perSecond: 10_000, concurrent: 5 } },
  })
  open.push(gate)
  const client = await scim.connect(scim.settings.parse(settings), gate)
  const account = async (who = leaver) => (await scim.locate(client, who))[0] as Account
  // Pinned once, as a plan does it.
  let pinned: Promise<Account> | undefined
  const at = async (more: Partial<At> = {}): Promise<At> => {
    if (!more.account) pinned ??= account()
    return atOf(client, more.account ?? ((await pinned) as Account), more)
  }
  return {
    client,
    account,
    find: async (step, more) => stepOf(step).find(await at(more)),
    async applyAll(step, more) {
      const here = await at(more)
      for (const finding of await stepOf(step).find(here))
        if (finding.state === 'open') await stepOf(step).apply(here, finding)
    },
    undo: async (step, finding) => stepOf(step).undo?.(await at(), finding),
    task: async (step, more) => askOf(step, await at(more)),
  }
}

export function stepOf(id: string): AutomaticStep {
  const step = scim.steps.find((one) => one.id === id)
  if (!step || !('find' in step)) throw new Error(`the scim connector has no step ${id}`)
  return step
}

/** Undefined where the task does not apply. */
async function askOf(id: string, at: At): Promise<string | undefined> {
  const step = scim.steps.find((one) => one.id === id) as ManualStep
  if (!((await step.applies?.(at)) ?? true)) return undefined
  return typeof step.ask === 'string' ? step.ask : step.ask(at)
}

function atOf(client: Scim, account: Account, more: Partial<At>): At {
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
