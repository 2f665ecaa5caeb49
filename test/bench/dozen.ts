/**
 * Twelve simulated systems with a vendor's latency, in a thread of their own, since a real vendor does not take our
 * processor either; and one connector a system, as plain as one can be.
 */
import { Worker } from 'node:worker_threads'
import { z } from 'zod'
import type { AutomaticStep, Connector, Gate } from '../../src/connector.ts'
import { phases } from '../../src/offboarding/offboarding.ts'
import type { Pretend } from '../../src/sandbox/server.ts'

const count = 12
const stepsAPhase = 2
/** Near the quick end of what vendors take; each system has its own, from the quickest to the slowest. */
const latencies = Array.from({ length: count }, (_none, index) => Math.round(60 + (40 * index) / (count - 1)))

export interface Dozen {
  servers: readonly Pick<Pretend, 'url' | 'hosts'>[]
  connectors: readonly Connector[]
  close(): Promise<void>
}

export async function openDozen(): Promise<Dozen> {
  const worker = new Worker(new URL('./dozen-servers.ts', import.meta.url), { workerData: latencies })
  const servers = await new Promise<Dozen['servers']>((done, failed) => {
    worker.once('message', done)
    worker.once('error', failed)
  })
  const connectors = servers.map((server, index) => simulated(`sim-${index + 1}`, server.hosts[0] ?? ''))
  return { servers, connectors, close: async () => void (await worker.terminate()) }
}

interface Client {
  ask(method: 'GET' | 'DELETE', path: string): Promise<unknown>
}

const Accounts = z.array(z.object({ id: z.string() }))
const Things = z.array(z.object({ id: z.string() }))

function simulated(id: string, host: string): Connector<object, Client> {
  return {
    id,
    title: id,
    rights: [],
    settings: z.strictObject({}),
    // So high that it does not bind: what is measured is Latchkey, not a vendor's rate.
    limits: [{ id: 'all', perSecond: 10_000, concurrent: 1000, source: 'none' }],
    renew: 'does nothing.',
    connect: (_settings, gate) => ({ ask: (method, path) => ask(gate, `https://${host}${path}`, method) }),
    check: async () => ({ as: 'the bench', missing: [] }),
    async locate(client, person) {
      const found = Accounts.parse(
        await client.ask('GET', `/users?email=${encodeURIComponent(person.emails[0] ?? '')}`),
      )
      return found.map((one) => ({ realm: 'main', id: one.id, label: one.id }))
    },
    steps: phases.flatMap((phase) => Array.from({ length: stepsAPhase }, (_none, index) => step(phase, index))),
  }
}

function step(phase: (typeof phases)[number], index: number): AutomaticStep<Client> {
  const id = `${phase}-${index + 1}`
  return {
    id,
    title: id,
    area: 'applications',
    phase,
    async find({ client, account }) {
      const things = Things.parse(await client.ask('GET', `/users/${account.id}/${id}`))
      return things.map((one) => ({ id: one.id, label: one.id, state: 'open' as const, fact: 'there' }))
    },
    async apply({ client, account }, finding) {
      await client.ask('DELETE', `/users/${account.id}/${id}/${finding.id}`)
    },
  }
}

async function ask(gate: Gate, url: string, method: string): Promise<unknown> {
  const answer = await gate.fetch(url, { method })
  if (!answer.ok) throw new Error(`${method} ${url}: ${answer.status}`)
  return answer.status === 204 ? undefined : await answer.json()
}
