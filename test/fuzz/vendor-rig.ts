/**
 * A real connector with its real client on the real gate, whose answers come from memory: recorded once from the pretend
 * vendor, then played again with one of them changed.
 */
import { AsyncLocalStorage } from 'node:async_hooks'
import type { Account, At, AutomaticStep, Choices, Connector, Finding, Leaver } from '../../src/connector.ts'
import { isManual } from '../../src/connector.ts'
import { SharedReads } from '../../src/run/at.ts'
import { type CallContext, type ClosableGate, createGate, explain, inCall } from '../../src/run/gate.ts'
import { accountsIn, findingsOf } from '../../src/run/read.ts'
import { cast } from '../../src/sandbox/company.ts'
import type { Pretend } from '../../src/sandbox/server.ts'
import { loopback } from '../../src/sandbox/transport.ts'
import { ordersIn } from '../support/journal.ts'
import { leaverOf } from '../support/leaver.ts'
import { skippingClock } from '../support/world-clock.ts'

export interface Exchange {
  key: string
  method: string
  url: string
  status: number
  headers: [string, string][]
  body: string
}

/** One call of the connector's, and what the vendor answered honestly. */
export interface Scene {
  name: string
  step?: AutomaticStep
  honest: Outcome
  exchanges: readonly Exchange[]
  run(client: unknown): Promise<unknown>
}

export type Outcome = { value: unknown } | { kind: string; fact: string }

/** Answers a request in place of the vendor. */
export type Answering = (exchange: Exchange | undefined, request: Request) => Response | Promise<Response>

export interface RigOptions {
  connector: Connector
  /** A pretend vendor, and settings for it. */
  open(): Promise<{ server: Pretend; settings: unknown }>
  choices?: Partial<Choices>
}

export interface Rig {
  scenes: readonly Scene[]
  exchanges: readonly Exchange[]
  /** A client of its own, signed in, whose answers are the ones in force. */
  lane(): Promise<Lane>
}

export interface Lane {
  play(scene: Scene, answering: Answering): Promise<Outcome>
  close(): Promise<void>
}

const leaver = leaverOf(cast.leaver)
const receiver = leaverOf(cast.manager)

interface Play {
  answering: Answering
  byKey: ReadonlyMap<string, readonly Exchange[]>
  asked: Map<string, number>
}

const playing = new AsyncLocalStorage<Play>()

export async function openRig(options: RigOptions): Promise<Rig> {
  const { connector } = options
  const { server, settings } = await options.open()
  const parsed = connector.settings.parse(settings)
  const recorded: Exchange[] = []
  const gate = gateOf(connector, recording(loopback([server]), recorded))
  const scenes = await record(connector, await connector.connect(parsed, gate), options, recorded)
  await gate.close()
  await server.close()
  const all = [...new Map(recorded.map((one) => [one.key, one])).values()]
  // Where nothing is asked, no answer can be wrong.
  return {
    scenes: scenes.filter((one) => one.exchanges.length > 0),
    exchanges: all,
    lane: () => openLane(connector, parsed, all),
  }
}

function gateOf(connector: Connector, send: (request: Request) => Promise<Response>): ClosableGate {
  const quick = { perSecond: 1e6, concurrent: 1000 }
  return createGate({
    ...connector,
    use: connector.id,
    overrides: Object.fromEntries(connector.limits.map((limit) => [limit.id, quick])),
    attempts: 2,
    maxWaitMs: 1000,
    send,
    clock: skippingClock(),
    random: () => 0,
    onCall: () => undefined,
  })
}

const saysInBody = /amazonaws\.com$|^slack\.com$|^api\.atlassian\.com$|^api\.github\.com$/

/** Bodies with passwords, times and signatures are never the same twice; those of some name what is asked. */
async function keyOf(request: Request): Promise<string> {
  const { pathname, hostname } = new URL(request.url)
  const form = saysInBody.test(hostname) ? await request.clone().text() : ''
  return `${request.method} ${pathname.endsWith('/token') ? pathname : request.url} ${form}`
}

function recording(send: (request: Request) => Promise<Response>, into: Exchange[]) {
  return async (request: Request): Promise<Response> => {
    const key = await keyOf(request)
    const { method, url } = request
    const answer = await send(request)
    const body = await answer.text()
    const headers = [...answer.headers].filter(([name]) => name === 'content-type')
    into.push({ key, method, url, status: answer.status, headers, body })
    return answerOf(answer.status, headers, body)
  }
}

const bodiless = new Set([101, 204, 205, 304])

export function answerOf(
  status: number,
  headers: [string, string][],
  body: string | Uint8Array<ArrayBuffer> | ReadableStream,
): Response {
  return new Response(bodiless.has(status) ? null : body, { status, headers })
}

async function openLane(connector: Connector, settings: unknown, all: readonly Exchange[]): Promise<Lane> {
  const byKeyOfAll = Map.groupBy(all, (one) => one.key)
  const idle: Play = { answering: honestly, byKey: byKeyOfAll, asked: new Map() }
  const gate = gateOf(connector, async (request) => {
    const { answering, byKey, asked } = playing.getStore() ?? idle
    const key = await keyOf(request)
    const list = byKey.get(key) ?? byKeyOfAll.get(key) ?? []
    const count = asked.get(key) ?? 0
    asked.set(key, count + 1)
    return answering(list[Math.min(count, list.length - 1)], request)
  })
  const client = await connector.connect(settings, gate)
  return {
    play: (scene, answering) => {
      const byKey = Map.groupBy(scene.exchanges, (one) => one.key)
      return playing.run({ answering, byKey, asked: new Map() }, () => outcomeOf(() => scene.run(client)))
    },
    close: () => gate.close(),
  }
}

export const honestly: Answering = (exchange) =>
  exchange
    ? answerOf(exchange.status, exchange.headers, exchange.body)
    : answerOf(400, [['content-type', 'application/json']], '{"error":{"code":"BadRequest","message":"not recorded"}}')

async function outcomeOf(work: () => Promise<unknown>): Promise<Outcome> {
  const context: CallContext = { phase: 'contain', failures: [] }
  try {
    return { value: await inCall(context, work) }
  } catch (error) {
    return explain(error, context)
  }
}

/** Looks everywhere, orders everything that is open, and looks everywhere again. */
async function record(
  connector: Connector,
  client: unknown,
  options: RigOptions,
  recorded: Exchange[],
): Promise<Scene[]> {
  const scenes: Scene[] = []
  async function scene(name: string, step: AutomaticStep | undefined, run: Scene['run']): Promise<Outcome> {
    const from = recorded.length
    const honest = await outcomeOf(() => run(client))
    scenes.push({ name, ...(step ? { step } : {}), honest, exchanges: recorded.slice(from), run })
    return honest
  }
  const locating = async (one: unknown, who: Leaver) => accountsIn(await connector.locate(one, who))
  const found = await scene('locate', undefined, (one) => locating(one, leaver))
  const account = firstOf(found)
  if (!account) throw new Error(`nobody was found: ${JSON.stringify(found)}`)
  const handOverTo = firstOf(await scene('locate the receiver', undefined, (one) => locating(one, receiver)))
  const applied = new Map<string, NonNullable<ReturnType<At['applied']>>>()
  const atOf = (one: unknown, journal: Map<string, NonNullable<ReturnType<At['applied']>>>, step: string): At => {
    const reads = new SharedReads()
    return {
      client: one,
      leaver,
      account,
      ...(handOverTo ? { handOverTo } : {}),
      choices: { kind: 'resignation', devices: 'wipe', handOverTo: receiver, ...options.choices },
      effectiveAt: new Date(),
      signal: new AbortController().signal,
      applied: (id) => journal.get(`${step} ${id}`),
      orders: () => ordersIn(journal, `${step} `),
      once: (key, read) => reads.once(key, read),
    }
  }
  const steps = connector.steps.filter((step): step is AutomaticStep => !isManual(step))
  const open = new Map<string, readonly Finding[]>()
  for (const step of steps) {
    const run: Scene['run'] = (one) => findingsOf(step, atOf(one, new Map(), step.id))
    const outcome = await scene(`${step.id} find`, step, run)
    open.set(step.id, 'value' in outcome ? (outcome.value as Finding[]).filter((one) => one.state === 'open') : [])
  }
  for (const step of steps) {
    for (const finding of open.get(step.id)?.slice(0, 2) ?? []) {
      const intentAt = new Date()
      const run: Scene['run'] = async (one) => step.apply(atOf(one, applied, step.id), finding)
      const outcome = await scene(`${step.id} apply`, step, run)
      const receipt = ('value' in outcome ? outcome.value : undefined) as never
      applied.set(`${step.id} ${finding.id}`, { intentAt, answeredAt: new Date(), ...(receipt ? { receipt } : {}) })
    }
    const after = new Map(applied)
    await scene(`${step.id} find again`, step, (one) => findingsOf(step, atOf(one, after, step.id)))
  }
  return scenes
}

function firstOf(outcome: Outcome): Account | undefined {
  return 'value' in outcome ? (outcome.value as Account[])[0] : undefined
}
