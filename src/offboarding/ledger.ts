/**
 * Decide, save, tell: the only way an offboarding changes. One event at a time for each offboarding; what is decided is
 * on disk before anyone hears of it, so a crash can repeat work but never lose it.
 */
import { decide, type Effect, fold, Refusal } from './decide.ts'
import type { Event, EventOf } from './event.ts'
import type { Offboarding, Person } from './offboarding.ts'
import { heldBackAmong } from './policy.ts'

/** Events that belong to no offboarding (a refused request) are kept under this id. */
export const systemId = 'system'

/** Where events are kept: the embedded store, later a shared one. */
export interface Store {
  /** Events of every open offboarding as found at start, oldest first. */
  opened(): ReadonlyMap<string, readonly Event[]>
  /** What could not be read at start. An offboarding named here does not run until a person decided. */
  problems(): readonly StoreProblem[]
  /** In order, hash-chained and durable once it resolves. Appending to a closed offboarding opens it again. */
  append(id: string, events: readonly Event[]): Promise<void>
  /** All events of an open or closed offboarding; undefined where there is none. */
  history(id: string): Promise<readonly Event[] | undefined>
  /** Moves it out of the way of everyday work; `history` still finds it. */
  close(id: string): Promise<void>
  /** Newest first. */
  closed(limit: number): Promise<readonly ClosedEntry[]>
}

export interface StoreProblem {
  file: string
  /** What is wrong, what was done about it, and who does what next. */
  fact: string
  offboarding?: string
}

export interface ClosedEntry {
  id: string
  leaver: string
  state: Offboarding['state']
  closedAt: string
}

export type Listener = (offboarding: Offboarding, event: Event, effects: readonly Effect[]) => void

export interface Ledger {
  /** An offboarding that is open (closed ones: `load`). */
  get(id: string): Offboarding | undefined
  open(): readonly Offboarding[]
  load(id: string): Promise<Offboarding | undefined>
  history(id: string): Promise<readonly Event[] | undefined>
  closed(limit: number): Promise<readonly ClosedEntry[]>
  problems(): readonly StoreProblem[]
  /** Throws Refusal, whose message the person reads; the refusal itself is on the record then. */
  record(id: string, ...events: readonly Event[]): Promise<Offboarding>
  /** Refuses where the leaver has an open one. A redelivered form (same `requestKey`) gets the first one's. */
  request(event: EventOf<'requested'>): Promise<Offboarding>
  /** A refusal that concerns no offboarding. */
  refuse(by: Person, what: string, why: string): Promise<void>
  /**
   * On record before a recovery key is shown, also where the offboarding is closed. Throws Refusal where this person may
   * not; that is on record, too.
   */
  opening(event: EventOf<'escrow-opened'>): Promise<void>
  /** Listeners hear after the event is on disk. They must not throw. */
  onChange(listener: Listener): void
}

interface Entry {
  state: Offboarding
  /** Asked while a write is on its way; they share the next one. */
  waiting: Waiting[]
  busy: boolean
}

interface Waiting {
  events: readonly Event[]
  done(state: Offboarding): void
  failed(error: unknown): void
}

interface Told {
  state: Offboarding
  event: Event
  effects: readonly Effect[]
}

export function openLedger(store: Store, ports: { newId: () => string; now: () => Date }): Ledger {
  return new OpenLedger(store, ports)
}

class OpenLedger implements Ledger {
  readonly #store: Store
  readonly #newId: () => string
  readonly #now: () => Date
  readonly #entries = new Map<string, Entry>()
  readonly #listeners: Listener[] = []
  /** Offboardings whose record is damaged: they do not run until a person decided. */
  readonly #barred = new Map<string, string>()
  /** Closed before this start, and only now put away: they are among the closed ones for whoever asks. */
  readonly #leftOver: Promise<void>[] = []
  #requests: Promise<unknown> = Promise.resolve()

  constructor(store: Store, ports: { newId: () => string; now: () => Date }) {
    this.#store = store
    this.#newId = ports.newId
    this.#now = ports.now
    for (const problem of store.problems()) if (problem.offboarding) this.#barred.set(problem.offboarding, problem.fact)
    for (const [id, events] of store.opened()) {
      const state = this.#barred.has(id) ? undefined : fold(id, events)
      if (state?.closedAt) this.#leftOver.push(this.#putAway(id))
      else if (state) this.#entries.set(id, { state, waiting: [], busy: false })
    }
  }

  /** Where it fails, nothing is lost: what is closed is put away again at the next start. */
  #putAway(id: string): Promise<void> {
    this.#entries.delete(id)
    return this.#store.close(id).catch(() => undefined)
  }

  get(id: string): Offboarding | undefined {
    return this.#entries.get(id)?.state
  }

  open(): readonly Offboarding[] {
    return [...this.#entries.values()].map((entry) => entry.state)
  }

  async load(id: string): Promise<Offboarding | undefined> {
    return this.get(id) ?? fold(id, (await this.history(id)) ?? [])
  }

  /** What was typed or forged may be no id at all; then there is no such offboarding. */
  async history(id: string): Promise<readonly Event[] | undefined> {
    return /^[A-Za-z0-9-]{1,64}$/.test(id) && id !== systemId ? this.#store.history(id) : undefined
  }

  async closed(limit: number): Promise<readonly ClosedEntry[]> {
    await Promise.all(this.#leftOver)
    return this.#store.closed(limit)
  }

  problems(): readonly StoreProblem[] {
    return this.#store.problems()
  }

  onChange(listener: Listener): void {
    this.#listeners.push(listener)
  }

  async record(id: string, ...events: readonly Event[]): Promise<Offboarding> {
    const entry = await this.#entryOf(id)
    return new Promise((done, failed) => {
      entry.waiting.push({ events, done, failed })
      if (!entry.busy) void this.#drain(id, entry)
    })
  }

  request(event: EventOf<'requested'>): Promise<Offboarding> {
    const result = this.#requests.then(() => this.#askOnRecord(event))
    this.#requests = result.catch(() => undefined)
    return result
  }

  async refuse(by: Person, what: string, why: string): Promise<void> {
    await this.#store.append(systemId, [this.#refused(by, what, why)])
  }

  async opening(event: EventOf<'escrow-opened'>): Promise<void> {
    const id = event.offboarding
    if (this.get(id)) return void (await this.record(id, event))
    const one = await this.load(id)
    if (!one) throw new Refusal(`There is no offboarding ${id}.`)
    // Its own record is put away for good, so this stands in the journal beside it.
    const decided = this.#decided(one, [event])
    const events = decided.told.map((told) => told.event)
    if (events.length > 0) await this.#store.append(systemId, events)
    if ('error' in decided) throw decided.error
  }

  async #entryOf(id: string): Promise<Entry> {
    const fact = this.#barred.get(id)
    if (fact) throw new Refusal(`Offboarding ${id} cannot go on: ${fact}`)
    const state = this.get(id) ?? (await this.load(id))
    if (!state) throw new Refusal(`There is no offboarding ${id}.`)
    const entry = this.#entries.get(id) ?? { state, waiting: [], busy: false }
    this.#entries.set(id, entry)
    return entry
  }

  /** A disk syncs what a whole phase has to say as fast as one event, so nobody waits for more than one sync. */
  async #drain(id: string, entry: Entry): Promise<void> {
    entry.busy = true
    while (entry.waiting.length > 0) {
      const batch = entry.waiting.splice(0)
      await this.#keep(id, entry, batch).catch((error) => {
        for (const one of batch) one.failed(error)
      })
    }
    entry.busy = false
  }

  async #keep(id: string, entry: Entry, batch: readonly Waiting[]): Promise<void> {
    const told: Told[] = []
    const answers: (() => void)[] = []
    let state = entry.state
    for (const { events, done, failed } of batch) {
      const decided = this.#decided(state, events)
      told.push(...decided.told)
      const own = decided.told.at(-1)?.state ?? state
      answers.push('error' in decided ? () => failed(decided.error) : () => done(own))
      state = own
    }
    const events = told.map((one) => one.event)
    if (events.length > 0) await this.#store.append(id, events)
    entry.state = state
    for (const one of told) this.#tell(one.state, one.event, one.effects)
    if (state.closedAt) await this.#putAway(id)
    for (const answer of answers) answer()
  }

  /** All events or none; of what a person did and may not, that it was refused. */
  #decided(before: Offboarding, events: readonly Event[]): { told: Told[] } | { told: Told[]; error: unknown } {
    const told: Told[] = []
    let state = before
    try {
      for (const event of events) {
        const { next, effects } = decide(state, event)
        state = next
        told.push({ state, event, effects })
      }
      return { told }
    } catch (error) {
      const event = this.#refusalOf(events, error)
      if (!event) return { told: [], error }
      const { next, effects } = decide(before, event)
      return { told: [{ state: next, event, effects }], error }
    }
  }

  async #ask(event: EventOf<'requested'>): Promise<Offboarding> {
    const open = this.open()
    const same = open.find((one) => one.requestKey === event.requestKey)
    if (same) return same
    const id = this.#newId()
    const first = decide(undefined, event, { id, open })
    const told: Told[] = [{ state: first.next, event, effects: first.effects }]
    const heldBack = heldBackAmong(open, event)
    if (heldBack) {
      const { next, effects } = decide(first.next, heldBack)
      told.push({ state: next, event: heldBack, effects })
    }
    const state = told.at(-1)?.state ?? first.next
    await this.#store.append(
      id,
      told.map((one) => one.event),
    )
    this.#entries.set(id, { state, waiting: [], busy: false })
    for (const one of told) this.#tell(one.state, one.event, one.effects)
    return state
  }

  #tell(state: Offboarding, event: Event, effects: readonly Effect[]): void {
    for (const listener of this.#listeners) listener(state, event, effects)
  }

  async #askOnRecord(asked: EventOf<'requested'>): Promise<Offboarding> {
    try {
      return await this.#ask(asked)
    } catch (error) {
      const event = this.#refusalOf([asked], error)
      if (event) await this.#store.append(systemId, [event])
      throw error
    }
  }

  /** A refusal of what a person did is itself on the record. */
  #refusalOf(events: readonly Event[], error: unknown): EventOf<'refused'> | undefined {
    const by = events.flatMap((event) => ('by' in event ? [event.by] : []))[0]
    const what = events.map((event) => event.type).join(', ')
    return error instanceof Refusal && by ? this.#refused(by, what, error.message) : undefined
  }

  #refused({ id, name }: Person, what: string, why: string): EventOf<'refused'> {
    return { type: 'refused', at: this.#now().toISOString(), by: { id, name }, what, why }
  }
}
