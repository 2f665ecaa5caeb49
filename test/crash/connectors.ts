/** The scene's systems as connectors, written against the contract alone, as those of connectors/ are. */
import { z } from 'zod'
import {
  type At,
  type AutomaticStep,
  type Connector,
  type Finding,
  type Gate,
  type Receipt,
  Rejected,
} from '../../src/connector.ts'
import type { Scene, SceneStep } from './scene.ts'
import type { Listed } from './vendors.ts'

interface Client {
  gate: Gate
  url: string
}

export function connectorsOf(scene: Scene): Connector[] {
  return scene.vendors.map((vendor) => ({
    id: vendor,
    title: vendor.toUpperCase(),
    rights: [],
    settings: z.strictObject({}),
    // The pace is not what is tried here: nothing ever waits for its turn in time, only for a place.
    limits: [{ id: 'all', perSecond: 1e9, concurrent: scene.concurrent, source: 'assumed' }],
    renew: 'renews the token',
    connect: (_settings, gate): Client => ({ gate, url: `https://${vendor}.test` }),
    check: async () => ({ as: 'latchkey', missing: [] }),
    locate: async (client: Client) => {
      const { id } = (await read(client, '/account')) as { id: string }
      return [{ realm: 'main', id, label: 'jo.miller@example.com' }]
    },
    steps: scene.steps.filter((step) => step.vendor === vendor).map(stepOf),
  }))
}

async function read(client: Client, path: string): Promise<unknown> {
  const answer = await client.gate.fetch(`${client.url}${path}`)
  if (!answer.ok) throw new Rejected(`${path} answered ${answer.status}`)
  return answer.json()
}

function stepOf(one: SceneStep): AutomaticStep<Client> {
  const unseen = one.kind === 'signOut' || one.kind === 'letter'
  return {
    id: one.step,
    title: `Take back ${one.step}`,
    area: 'applications',
    phase: one.phase,
    ...(one.needs ? { needs: one.needs } : {}),
    ...(one.kind === 'wipe' || one.kind === 'remove' ? { irreversible: true as const } : {}),
    ...(unseen ? { proof: 'none' as const } : {}),
    ...(one.kind === 'letter' ? { repeat: 'ask' as const } : {}),
    find: unseen ? async (at) => one.things.map((thing) => ordered(at, thing)) : (at) => seen(one, at),
    apply: (at, finding) => apply(one, at, finding),
  }
}

/** What cannot be read back is told by the journal. */
function ordered(at: At<Client>, thing: string): Finding {
  const done = at.applied(thing)?.answeredAt
  return { id: thing, label: thing, state: done ? 'done' : 'open', fact: done ? 'accepted' : 'not ordered' }
}

async function seen(one: SceneStep, at: At<Client>): Promise<Finding[]> {
  const listed = (await read(at.client, `/${one.step}`)) as Listed[]
  return listed.flatMap((thing) => {
    const finding = (state: Finding['state'], fact: string): Finding[] => [
      { id: thing.thing, label: thing.thing, state, fact },
    ]
    if (one.kind === 'revoke' || one.kind === 'remove') return thing.held ? finding('open', 'there') : []
    const job = ourJob(at, thing)
    if (!job) return finding('open', 'not ordered')
    return job.done ? finding('done', 'done') : finding('pending', 'ordered')
  })
}

/** Only the job of this very order counts: by its number, or, where the answer was lost, by its time. */
function ourJob(at: At<Client>, { thing, jobs }: Listed): Listed['jobs'][number] | undefined {
  const order = at.applied(thing)
  const number = order?.receipt?.job
  if (number) return jobs.find((job) => job.id === number)
  return order && jobs.find((job) => job.at >= order.intentAt.getTime())
}

async function apply(one: SceneStep, { client }: At<Client>, finding: Finding): Promise<Receipt | void> {
  const removes = one.kind === 'revoke' || one.kind === 'remove'
  const method = removes ? 'DELETE' : 'POST'
  const answer = await client.gate.fetch(`${client.url}/${one.step}/${finding.id}`, { method })
  if (removes && answer.status === 404) return undefined
  if (!answer.ok) throw new Rejected(`${method} ${one.step} answered ${answer.status}`)
  return removes ? undefined : { job: ((await answer.json()) as { id: string }).id }
}
