/**
 * Everything outside the process: disk, network, vendors, Slack and people's memory. It counts every input and output,
 * can be copied at each of them for next to nothing, and goes on when the process is dead.
 */
import type { EmbeddedStore } from '../../src/store/embedded.ts'
import type { FrozenDisk, MemoryDisk } from '../support/disk-memory.ts'
import { memoryDisk } from '../support/disk-memory.ts'
import { t0 } from '../support/story.ts'
import { type Chance, chanceFrom, drawn, nameOf } from './chance.ts'
import type { Odds, Scene } from './scene.ts'
import { type SlackRequest, type SlackState, slackOf, slackServed, slackWrites } from './slack.ts'
import * as time from './time.ts'
import { served, type VendorAnswer, type VendorRequest, type VendorState, vendorsOf } from './vendors.ts'

export type Moment = 'before' | 'after'

/** One input or output: right before its effect, or after it and before its answer. */
export interface Point {
  /** Counted from 1, an input or output has one number for both moments. */
  io: number
  what: string
  moment: Moment
}

/** A request that was sent and has not arrived yet. */
export type Flying = { id: number; sentAt: number; landsAt?: number } & (
  | { to: 'vendor'; request: VendorRequest }
  | { to: 'slack'; request: SlackRequest }
)

/** What people were told, so that it may never be lost: event types with who and when. */
export type Told = readonly string[]

interface Moving {
  chance: number
  vendors: VendorState
  slack: SlackState
  flying: readonly Flying[]
  told: Told
  /** What happened that must not, as it was noticed. */
  wrong: readonly string[]
}

export interface FrozenWorld extends Moving {
  scene: Scene
  time: number
  disk: FrozenDisk
}

/** Longer than any request may still be on its way: the gate gives a try 30 s, the outbox an order 10 s. */
export const longestFlightMs = { vendor: 30_000, slack: 10_000 } as const

export class World {
  readonly scene: Scene
  readonly disk: MemoryDisk
  moving: Moving
  /** Hears of every point; answering true, the process dies there. */
  onPoint: ((point: Point) => boolean) | undefined
  /** Asked when a vendor's write arrives: what is wrong with its coming now. */
  onWrite: ((request: VendorRequest) => string | undefined) | undefined
  /** Hears of a folder that was opened, before anything else is done; answering true, the process goes no further. */
  onOpened: ((store: EmbeddedStore) => boolean) | undefined
  /** Nothing answers any more. */
  dead = false
  ios = 0
  /** Points of the disk carry the number of the call they belong to. */
  #diskIo = 0

  constructor(scene: Scene, from?: { disk: MemoryDisk; moving: Moving }) {
    this.scene = scene
    this.disk = from?.disk ?? memoryDisk()
    this.moving = from?.moving ?? {
      chance: scene.seed,
      vendors: vendorsOf(scene),
      slack: slackOf(scene),
      flying: [],
      told: [],
      wrong: [],
    }
    this.disk.watch = (operation, path, moment) => {
      if (this.dead) return true
      if (moment === 'before') this.#diskIo = this.#count()
      return this.#point(this.#diskIo, `disk ${operation} ${path}`, moment)
    }
  }

  chance: Chance = () => {
    if (this.dead) return 0.5
    const { value, state } = drawn(this.moving.chance)
    this.moving = { ...this.moving, chance: state }
    return value
  }

  freeze(): FrozenWorld {
    return { ...this.moving, scene: this.scene, time: time.now(), disk: this.disk.freeze() }
  }

  tell(what: string): void {
    this.moving = { ...this.moving, told: [...this.moving.told, what] }
  }

  wrong(what: string): void {
    this.moving = { ...this.moving, wrong: [...this.moving.wrong, what] }
  }

  /** The network to the vendors, as the gate knows it. */
  send = async (sent: Request): Promise<Response> => {
    const url = new URL(sent.url)
    const request = { vendor: url.hostname.replace('.test', ''), method: sent.method, path: url.pathname }
    const answer = await this.#exchange<VendorAnswer>(
      { to: 'vendor', request },
      { odds: this.scene.odds.vendor, writes: request.method !== 'GET', signal: sent.signal },
    )
    if (answer === 'refused') return answerOf({ status: 403, body: { code: 'not_now' } })
    if (answer === 'busy') {
      const seconds = this.chance() < 0.5 ? 2 : 25
      return new Response('{}', { status: 429, headers: { 'retry-after': String(seconds) } })
    }
    return answerOf(answer)
  }

  /** The network to Slack. */
  async slack(request: SlackRequest): Promise<ReturnType<typeof slackServed>['answer'] | 'busy'> {
    const how = { odds: this.scene.odds.slack, writes: slackWrites(request) }
    const answer = await this.#exchange<ReturnType<typeof slackServed>['answer']>({ to: 'slack', request }, how)
    return answer === 'refused' ? { ok: false, error: 'not_now' } : answer
  }

  /** What was on its way when the process before died, and still arrives. */
  land(): void {
    for (const one of this.moving.flying)
      if (one.landsAt !== undefined) time.after(one.landsAt - time.now(), () => void this.#arrive(one))
  }

  async #exchange<T>(
    what: { to: 'vendor'; request: VendorRequest } | { to: 'slack'; request: SlackRequest },
    { odds, writes, signal }: { odds: Odds; writes: boolean; signal?: AbortSignal },
  ): Promise<T | 'busy' | 'refused'> {
    if (this.dead) return forever()
    const io = this.#count()
    const { request } = what
    const name = 'vendor' in request ? `${request.method} ${request.vendor}${request.path}` : request.method
    const one: Flying = { id: io, sentAt: time.now(), ...what }
    const fate = this.#fate(odds)
    if (fate === 'refused' && !writes && this.moving.vendors.effects.length > 0) return 'refused'
    const isLate = fate === 'late' && writes
    const way = isLate ? longestFlightMs[what.to] * (0.7 + 0.3 * this.chance()) : 5 + 200 * this.chance()
    const back = 5 + 200 * this.chance()
    if (writes) this.moving = { ...this.moving, flying: [...this.moving.flying, one] }
    if (this.#point(io, `${what.to} ${name}`, 'before')) return forever()
    if (isLate) return this.#lands(one, way, signal)
    await time.sleep(way, signal)
    if (this.dead) return forever()
    const isDone = fate !== 'busy' && fate !== 'lostBefore'
    const answer = isDone ? this.#arrive(one) : this.#forget(one)
    if (this.#point(io, `${what.to} ${name}`, 'after')) return forever()
    await time.sleep(back, signal)
    if (this.dead) return forever()
    return answered(fate, answer as T)
  }

  /** It arrives when its sender has given up, or soon after its connection broke. */
  #lands(one: Flying, way: number, signal?: AbortSignal): Promise<never> {
    const landsAt = time.now() + way
    const later = { ...one, landsAt }
    this.moving = { ...this.moving, flying: this.moving.flying.map((other) => (other === one ? later : other)) }
    time.after(way, () => {
      if (!this.dead) this.#arrive(later)
    })
    const breaks = this.chance() < 0.5
    if (one.to === 'vendor' && !breaks) return time.sleep(1e12, signal) as Promise<never>
    return time.sleep(breaks ? 200 : longestFlightMs.slack).then(() => Promise.reject(reset()))
  }

  #fate(odds: Odds): keyof Odds | undefined {
    const at = this.chance()
    let sum = 0
    for (const name of ['busy', 'lostBefore', 'lostAfter', 'late', 'refused'] as const) {
      sum += odds[name] ?? 0
      if (at < sum) return name
    }
    return undefined
  }

  #arrive(one: Flying): unknown {
    this.#forget(one)
    if (one.to === 'slack') {
      const { state, answer } = slackServed(this.moving.slack, one.request, time.now())
      this.moving = { ...this.moving, slack: state }
      return answer
    }
    const wrong = one.request.method === 'GET' ? undefined : this.onWrite?.(one.request)
    if (wrong) this.wrong(wrong)
    const { state, answer } = served(this.scene, this.moving.vendors, one.request, time.now())
    this.moving = { ...this.moving, vendors: state }
    return answer
  }

  #forget(one: Flying): void {
    if (this.moving.flying.includes(one))
      this.moving = { ...this.moving, flying: this.moving.flying.filter((other) => other !== one) }
  }

  #count(): number {
    this.ios += 1
    return this.ios
  }

  #point(io: number, what: string, moment: Moment): boolean {
    if (this.onPoint?.({ io, what, moment })) this.dead = true
    return this.dead
  }
}

function answered<T>(fate: keyof Odds | undefined, answer: T): T | 'busy' {
  if (fate === 'lostBefore' || fate === 'lostAfter') throw reset()
  return fate === 'busy' ? fate : answer
}

function forever(): Promise<never> {
  return new Promise(() => undefined)
}

function reset(): Error {
  return Object.assign(new TypeError('fetch failed'), {
    cause: Object.assign(new Error('reset'), { code: 'ECONNRESET' }),
  })
}

function answerOf({ status, body }: VendorAnswer): Response {
  if (body === undefined) return new Response(null, { status })
  return new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json' } })
}

/** How the process before ended, and what becomes of what it had sent. */
export interface Crash {
  death: 'kill' | 'power' | 'torn'
  /** Whether what was on its way arrives all the same, after the process has started again. */
  flights: 'lost' | 'late'
}

export interface Aftermath {
  /** Two with the same name go on in the same way. */
  name: string
  /** A world of its own, each time; time stands at the restart. */
  open(): World
}

/** A supervisor starts the process again within this time; all that crashes in one such window starts at its end. */
const windowMs = 10_000

/** What the next process finds. */
export function aftermath(frozen: FrozenWorld, crash: Crash): Aftermath {
  const { scene, disk, time: at, ...rest } = frozen
  const left = disk.survivor(crash.death, chanceFrom(at ^ (rest.chance * 31)))
  const restart = Math.ceil((at + 100) / windowMs) * windowMs
  const flights = crash.flights === 'lost' ? [] : rest.flying
  const parts = [
    ...[...left.files].map(([file, bytes]) => `${file}=${nameOf(bytes)}`).sort(),
    [...left.folders].join(),
    flights.map((one) => `${one.id}@${one.landsAt}`).join(),
    ...[restart, nameOf(rest.vendors), nameOf(rest.slack), nameOf(rest.told), nameOf(rest.wrong)],
  ]
  const name = parts.join('|')
  const chance = chanceFrom(scene.seed + restart + rest.vendors.effects.length * 131 + rest.slack.messages.length)
  const flying = flights.map((one) => landing(one, restart, chance))
  const moving: Moving = { ...rest, flying, chance: Math.floor(chance() * 2 ** 31) }
  return {
    name,
    open() {
      time.reset(restart)
      const world = new World(scene, { disk: left.open(), moving })
      world.land()
      return world
    },
  }
}

/** After the restart, and never later than its sender would have waited. */
function landing(one: Flying, restart: number, chance: Chance): Flying {
  const latest = Math.max(restart, one.sentAt + longestFlightMs[one.to])
  return { ...one, landsAt: Math.max(restart, one.landsAt ?? restart + (latest - restart) * chance()) }
}

/** Before anything has happened. */
export function beginning(scene: Scene): World {
  time.reset(t0)
  return new World(scene)
}
