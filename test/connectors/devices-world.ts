/** A device connector on its pretend vendor, behind the real gate, with an escrow in memory. */
import { systemClock } from '../../src/clock.ts'
import type { Account, At, AutomaticStep, Choices, Connector, Finding, Leaver, Receipt } from '../../src/connector.ts'
import { isManual, type ManualStep } from '../../src/connector.ts'
import { SharedReads } from '../../src/run/at.ts'
import { type CallRecord, createGate } from '../../src/run/gate.ts'
import { cast } from '../../src/sandbox/company.ts'
import type { Fault, Pretend } from '../../src/sandbox/server.ts'
import { loopback } from '../../src/sandbox/transport.ts'
import { type Journaled, ordersIn } from '../support/journal.ts'
import { leaverOf } from '../support/leaver.ts'

export { leaverOf }

export const leaver = leaverOf(cast.leaver)

export interface DeviceWorld<Client> {
  client: Client
  account: Account
  records: CallRecord[]
  /** What is kept, by name. */
  kept: Map<string, string[]>
  /** One round of looking. */
  find(step: string, more?: Partial<At>): Promise<readonly Finding[]>
  /** Only the finding whose label has this text in it. */
  one(step: string, label: string, more?: Partial<At>): Promise<Finding>
  apply(step: string, finding: Finding, more?: Partial<At>): Promise<Receipt | void>
  undo(step: string, finding: Finding, more?: Partial<At>): Promise<void>
  manual(step: string): { applies(): Promise<boolean>; ask(): Promise<string> }
  asked(pattern: RegExp): number
  fault(pattern: RegExp, as: Fault['as']): void
}

const open: { close(): Promise<unknown> }[] = []

export async function closeWorlds(): Promise<void> {
  await Promise.all(open.splice(0).map((one) => one.close()))
}

export interface DeviceWorldOptions {
  connector: Connector
  server: Pretend
  settings: object
  devices?: Choices['devices']
  /** The settings name nobody to keep keys for. */
  withoutEscrow?: true
  who?: Leaver
}

export async function openDeviceWorld<Client>(options: DeviceWorldOptions): Promise<DeviceWorld<Client>> {
  const { connector, server, who = leaver } = options
  const records: CallRecord[] = []
  const gate = createGate({
    ...connector,
    use: connector.id,
    send: loopback([server]),
    clock: systemClock,
    random: () => 0,
    onCall: (record) => void records.push(record),
    overrides: Object.fromEntries(connector.limits.map(({ id }) => [id, { perSecond: 10_000, concurrent: 20 }])),
  })
  open.push({ close: () => Promise.all([gate.close(), server.close()]) })
  const client = await connector.connect(connector.settings.parse(options.settings), gate)
  const account = (await connector.locate(client, who))[0] as Account
  const kept = new Map<string, string[]>()
  const applied = new Map<string, Journaled>()

  function at(step: string, more: Partial<At> = {}): At<Client> {
    const reads = new SharedReads()
    return {
      client,
      leaver: who,
      account,
      choices: { kind: 'resignation', devices: options.devices ?? 'lock' },
      effectiveAt: new Date(),
      signal: new AbortController().signal,
      applied: (id) => applied.get(`${step} ${id}`),
      orders: () => ordersIn(applied, `${step} `),
      once: (key, read) => reads.once(key, read),
      ...(!options.withoutEscrow && {
        escrow: {
          keep: async (name, secret) => void kept.set(name, [...(kept.get(name) ?? []), secret]),
          holds: async (name) => kept.has(name),
        },
      }),
      ...more,
    }
  }

  const stepOf = (id: string) => automaticIn(connector, id)
  const find = async (step: string, more?: Partial<At>) => stepOf(step).find(at(step, more))
  return {
    client,
    account,
    records,
    kept,
    find,
    async one(step, label, more) {
      const found = (await find(step, more)).filter((finding) => finding.label.includes(label))
      if (found.length !== 1) throw new Error(`${found.length} findings of ${step} are called "${label}"`)
      return found[0] as Finding
    },
    async apply(step, finding, more) {
      // A receipt stays, as in the journal.
      const order = { ...applied.get(`${step} ${finding.id}`), label: finding.label, intentAt: new Date() }
      delete order.answeredAt
      applied.set(`${step} ${finding.id}`, order)
      const receipt = await stepOf(step).apply(at(step, more), finding)
      applied.set(`${step} ${finding.id}`, { ...order, answeredAt: new Date(), ...(receipt && { receipt }) })
      return receipt
    },
    undo: async (step, finding, more) => stepOf(step).undo?.(at(step, more), finding),
    manual: (id) => manualIn(connector, id, () => at(id)),
    asked: (pattern) => server.calls.filter(({ asked }) => pattern.test(`${asked.method} ${asked.path}`)).length,
    fault: (pattern, as) =>
      void server.faults.push({ when: (asked) => pattern.test(`${asked.method} ${asked.path}`), as }),
  }
}

function automaticIn(connector: Connector, id: string): AutomaticStep {
  const step = connector.steps.find((one) => one.id === id)
  if (!step || isManual(step)) throw new Error(`${connector.id} has no automatic step ${id}`)
  return step
}

function manualIn(connector: Connector, id: string, at: () => At) {
  const step = connector.steps.find((one): one is ManualStep => one.id === id && isManual(one))
  if (!step) throw new Error(`${connector.id} has no manual step ${id}`)
  return {
    applies: async () => (step.applies ? step.applies(at()) : true),
    ask: async () => (typeof step.ask === 'function' ? step.ask(at()) : step.ask),
  }
}
