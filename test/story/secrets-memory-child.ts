/** Sets new passwords as an offboarding does, in a process of its own, and then shows what is left in its memory. */
import { once } from 'node:events'
import { writeHeapSnapshot } from 'node:v8'
import { Client } from 'ldapts'
import { createSystems, loadConnector } from '../../src/app.ts'
import { systemClock } from '../../src/clock.ts'
import { type AutomaticStep, isManual, Secret } from '../../src/connector.ts'
import { silentLog } from '../../src/log.ts'
import type { Leaver } from '../../src/offboarding/offboarding.ts'
import { makeAt, SharedReads } from '../../src/run/at.ts'
import type { System } from '../../src/run/system.ts'
import { loopback } from '../../src/sandbox/transport.ts'

export interface MemoryOrder {
  hosts: { url: string; hosts: string[] }[]
  /** Secrets as `{ secret: text }`. */
  connectors: Record<string, unknown>
  leaver: Leaver
  snapshot: string
  /** Kept in memory on purpose, to see that the search finds it. */
  held: string
}

const [order] = (await once(process, 'message')) as [MemoryOrder]
const held = { text: `${order.held} and more` }

// A password for Active Directory is seen only here; it is handed out at once and not kept.
const { modify } = Client.prototype
Client.prototype.modify = function (this: Client, dn, changes, ...more) {
  for (const { modification } of [changes].flat())
    if (modification.type === 'unicodePwd')
      process.send?.({ password: Buffer.from(modification.values[0] as Buffer).toString('base64') })
  return modify.call(this, dn, changes, ...more)
}

function withSecrets(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(withSecrets)
  if ('secret' in value) return new Secret(String(value.secret))
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, withSecrets(inner)]))
}

async function settingsOf() {
  const used = Object.entries(order.connectors).map(async ([use, settings]) => {
    const connector = await loadConnector(use)
    return { use, connector, settings: await connector.settings.parseAsync(withSecrets(settings)), limits: {} }
  })
  const policy = {} as never
  const roles = { hr: { users: [] }, it: { users: [] } }
  const slack = { channel: 'C0', apiUrl: 'http://127.0.0.1/' }
  return { slack, roles, requesters: [], protected: [], policy, connectors: await Promise.all(used), tasks: [] }
}

async function renew(system: System): Promise<void> {
  const client = await system.client()
  const accounts = await system.connector.locate(client, order.leaver)
  const steps = system.connector.steps.filter(
    (step): step is AutomaticStep => !isManual(step) && /password/.test(step.id),
  )
  for (const account of accounts)
    for (const step of steps.filter((one) => /^(?:password|scramble-password)$/.test(one.id))) {
      const offboarding = { leaver: order.leaver, choices: { kind: 'resignation' as const, devices: 'lock' as const } }
      const at = makeAt({
        offboarding,
        account,
        client,
        handOverTo: undefined,
        now: new Date(),
        signal: AbortSignal.timeout(60_000),
        run: () => undefined,
        reads: new SharedReads(),
      })
      for (const finding of await step.find(at)) if (finding.state === 'open') await step.apply(at, finding)
    }
}

const around = { clock: systemClock, random: Math.random, log: silentLog, send: loopback(order.hosts) }
const systems = createSystems(await settingsOf(), around)
for (const system of systems.all.filter((one) => one.use !== 'manual')) await renew(system)
// What the last request left in the queues of sockets and timers goes with the next few turns.
for (let turn = 0; turn < 20; turn++) {
  await new Promise((done) => setImmediate(done))
  globalThis.gc?.()
}
writeHeapSnapshot(order.snapshot)
process.send?.({ done: held.text.length })
process.disconnect()
process.exit()
