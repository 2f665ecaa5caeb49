/** A records system with its real connector and the real gate on top, for the tests of bamboohr and gusto. */
import { systemClock } from '../../src/clock.ts'
import { type Account, type At, type Connector, type Finding, isManual, type Leaver } from '../../src/connector.ts'
import { SharedReads } from '../../src/run/at.ts'
import { createGate } from '../../src/run/gate.ts'
import { cast, employee } from '../../src/sandbox/company.ts'
import type { Pretend } from '../../src/sandbox/server.ts'
import { loopback } from '../../src/sandbox/transport.ts'

const { name, slackId, zone } = employee(cast.leaver)
export const leaver: Leaver = { id: slackId, slackId, name, emails: [cast.leaver], zone }
export const stranger: Leaver = {
  id: 'mailto:nobody@elsewhere.test',
  name: 'Nobody',
  emails: ['nobody@elsewhere.test'],
}

/** Late on the 30th where the leaver is (New York), the 1st already in UTC. */
export const effectiveAt = new Date('2035-12-01T03:00:00.000Z')
export const lastDay = '2035-11-30'

export interface RecordsWorld<Server extends Pretend> {
  server: Server
  connector: Connector
  client: unknown
  locate(who?: Leaver): Promise<readonly Account[]>
  find(): Promise<readonly Finding[]>
  apply(finding: Finding): Promise<unknown>
  undo(finding: Finding): Promise<unknown>
  task(): Promise<{ applies: boolean; ask: string }>
}

const worlds: (() => Promise<unknown>)[] = []

export async function closeRecords(): Promise<void> {
  for (const close of worlds.splice(0)) await close()
}

export async function openRecords<Server extends Pretend & { settings: object }>(
  declared: Connector,
  server: Server,
  changes: object = {},
): Promise<RecordsWorld<Server>> {
  const settings = declared.settings.parse({ ...server.settings, ...changes })
  const connector: Connector = { ...declared, ...declared.configured?.(settings) }
  const gate = createGate({
    ...connector,
    use: connector.id,
    send: loopback([server]),
    clock: systemClock,
    random: () => 0,
    onCall: () => undefined,
    overrides: { api: { perSecond: 10_000, concurrent: 5 } },
  })
  worlds.push(gate.close, server.close)
  const client = await connector.connect(settings, gate)
  const at = async (): Promise<At> => {
    const [account] = await connector.locate(client, leaver)
    const reads = new SharedReads()
    return {
      client,
      leaver,
      account: account as Account,
      choices: { kind: 'end-of-contract', devices: 'nothing' },
      effectiveAt,
      signal: new AbortController().signal,
      applied: () => undefined,
      orders: () => [],
      once: (key, read) => reads.once(key, read),
    }
  }
  const automatic = () => {
    const step = connector.steps.find((one) => one.id === 'terminate')
    if (!step || isManual(step)) throw new Error('there is no automatic step')
    return step
  }
  return {
    server,
    connector,
    client,
    locate: async (who = leaver) => connector.locate(client, who),
    find: async () => automatic().find(await at()),
    apply: async (finding) => automatic().apply(await at(), finding),
    undo: async (finding) => automatic().undo?.(await at(), finding),
    async task() {
      const step = connector.steps.find((one) => one.id === 'terminate-by-hand')
      if (!step || !isManual(step) || typeof step.ask === 'string') throw new Error('there is no task')
      const here = await at()
      return { applies: (await step.applies?.(here)) ?? true, ask: await step.ask(here) }
    },
  }
}

/** For `testConnector`, with terminating switched on. */
export function recordsBed(
  server: Pretend & { settings: object; secrets: readonly string[]; world: { truth(): object } },
  untouchable: () => unknown,
) {
  return {
    settings: server.settings,
    transport: loopback([server]),
    servers: [server],
    leaver,
    stranger,
    state: () => structuredClone(server.world.truth()),
    untouchable,
    secrets: server.secrets,
    close: server.close,
  }
}
