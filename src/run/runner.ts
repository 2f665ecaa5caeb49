/**
 * Moves offboardings on: plans when asked, starts when it is time, runs what `order` says is ready, resumes what a
 * crash left. It holds no truth of its own; whatever it forgets, the ledger and the systems know.
 */
import type { Clock } from '../clock.ts'
import { Denied, type Finding, isManual } from '../connector.ts'
import type { Log } from '../log.ts'
import { Refusal } from '../offboarding/decide.ts'
import type { Event } from '../offboarding/event.ts'
import type { Ledger } from '../offboarding/ledger.ts'
import type { Offboarding, StepRun } from '../offboarding/offboarding.ts'
import { isReady, ready } from '../offboarding/order.ts'
import { type Due, dueNow, mayStartNow } from '../offboarding/policy.ts'
import { Rounds } from './at.ts'
import { giveBackTurns, takeTurn } from './give-back-turn.ts'
import { guard, lookOf } from './look.ts'
import type { Planner } from './planner.ts'
import { pollStep, runStep, type Settling, type StepWork } from './step.ts'
import { type System, stepOf } from './system.ts'
import { lookAgain } from './watch.ts'

export interface RunnerOptions {
  ledger: Ledger
  planner: Planner
  systems: readonly System[]
  clock: Clock
  settling: Settling
  log: Log
  /** Called when the process must not go on (the disk failed). */
  onFatal(error: unknown): void
}

/** How long steps of one realm gather before they look together, ms. */
const gatherMs = 5
const plannedAgainAfterMs = 60_000
/** How long what is on its way may take to be answered when the process is asked to end; supervisors give 10 s and more. */
const drainMs = 5_000

export class Runner {
  readonly #o: RunnerOptions
  readonly #systems: ReadonlyMap<string, System>
  #held = false
  /** Ends looking and waiting; a new one when what was stopped goes on. */
  #hold = new AbortController()
  /** Ends what was ordered and is on its way. */
  readonly #abandon = new AbortController()
  readonly #rounds: Rounds
  /** What is being worked on in this process, by offboarding and step. */
  readonly #active = new Map<string, Promise<void>>()
  /** Findings of the plan a run was started with: fresh, so the first attempt does not read them again. */
  readonly #fresh = new Map<string, readonly Finding[]>()
  readonly #moving = new Set<string>()
  readonly #pollAfter = new Map<string, { at: number; pause: number }>()
  readonly #plannedAt = new Map<string, number>()
  /** Asked to plan while a plan was being made. */
  readonly #planWanted = new Set<string>()

  constructor(options: RunnerOptions) {
    this.#o = options
    this.#systems = new Map(options.systems.map((system) => [system.use, system]))
    this.#rounds = new Rounds(() => options.clock.sleep(gatherMs, this.#hold.signal))
    options.ledger.onChange((offboarding, event, effects) => {
      if (event.type === 'retried') this.#forgive(offboarding, event.step)
      if (event.type === 'give-back-retried') this.#forgive(offboarding, event.stepKey)
      if (effects.some((effect) => effect.type === 'plan')) this.plan(offboarding.id)
      if (effects.some((effect) => effect.type === 'run')) this.move(offboarding.id)
    })
  }

  /** Plans for sign-off, once at a time for each offboarding; a plan that says the same is not kept again. */
  plan(id: string): void {
    if (this.#active.has(`${id} plan`)) return void this.#planWanted.add(id)
    this.#once(`${id} plan`, async () => {
      this.#planWanted.delete(id)
      const asked = this.#o.ledger.get(id)
      if (asked?.state !== 'awaiting-sign-off') return
      this.#plannedAt.set(id, this.#now().getTime())
      const plan = await this.#o.planner.plan(asked, this.#hold.signal)
      const latest = this.#o.ledger.get(id)
      if (latest?.state !== 'awaiting-sign-off' || latest.plan?.digest === plan.digest) return
      await this.#o.ledger.record(id, { type: 'planned', at: this.#at(), plan, purpose: 'sign-off' })
    })
  }

  /** Does whatever is due or ready now; safe to call at any time and any number of times. */
  move(id: string): void {
    if (this.#moving.has(id)) return
    this.#moving.add(id)
    // What is kept in one write is told event by event; one look at the whole is enough for all of them.
    queueMicrotask(() => {
      this.#moving.delete(id)
      this.#moveNow(id)
    })
  }

  #moveNow(id: string): void {
    const offboarding = this.#o.ledger.get(id)
    if (!offboarding || this.#hold.signal.aborted) return
    for (const due of dueNow(offboarding, this.#now())) this.#follow(offboarding, due)
    if (offboarding.state === 'awaiting-sign-off') this.#planAgain(offboarding)
  }

  /** Every open offboarding: at the start, and at each wake-up. */
  moveAll(): void {
    for (const offboarding of this.#o.ledger.open()) this.move(offboarding.id)
  }

  /** Nothing new is begun or asked; what was ordered and is on its way may still be answered. */
  hold(why: string): void {
    this.#held = true
    this.#hold.abort(new Error(why))
  }

  /** Goes on where it was held, once what it was doing has come to rest. */
  async release(): Promise<void> {
    this.#held = false
    await this.idle()
    if (this.#held) return
    this.#hold = new AbortController()
    this.moveAll()
  }

  /** Lets what was ordered be answered, for a while; what is given up after that is read back at the next start. */
  async stop(): Promise<void> {
    this.hold('Latchkey is stopping')
    const patience = new AbortController()
    const late = this.#o.clock.sleep(drainMs, patience.signal).then(
      () => this.#abandon.abort(new Error('Latchkey is stopping')),
      () => undefined,
    )
    await this.idle()
    patience.abort()
    await late
    this.#abandon.abort(new Error('Latchkey is stopping'))
  }

  /** Resolves when nothing is being worked on at this moment. */
  async idle(): Promise<void> {
    while (this.#active.size > 0) await Promise.allSettled(this.#active.values())
  }

  #now(): Date {
    return this.#o.clock.now()
  }

  #at(): string {
    return this.#now().toISOString()
  }

  #follow(offboarding: Offboarding, due: Due): void {
    if (due.type === 'start') return this.#pollDue(`${offboarding.id} start`) ? this.#start(offboarding.id) : undefined
    if (due.type === 'run') return this.#run(offboarding)
    if (due.type === 'give-back') return this.#giveBack(offboarding)
    if (due.type === 'watch') return this.#watch(offboarding.id)
    const { event } = due
    this.#once(`${offboarding.id} ${event.type}`, async () => void (await this.#o.ledger.record(offboarding.id, event)))
  }

  #planAgain(offboarding: Offboarding): void {
    if (this.#planWanted.has(offboarding.id)) return this.plan(offboarding.id)
    const last = this.#plannedAt.get(offboarding.id)
    const incomplete = !offboarding.plan || offboarding.plan.unreadable.length > 0
    if (last === undefined ? incomplete : incomplete && this.#now().getTime() - last > plannedAgainAfterMs) {
      this.plan(offboarding.id)
    }
  }

  #start(id: string): void {
    this.#once(`${id} start`, async () => {
      const asked = this.#o.ledger.get(id)
      if (asked?.state !== 'scheduled') return
      const starts = this.#o.ledger.open().flatMap((one) => (one.startedAt ? [one.startedAt] : []))
      if (!mayStartNow(starts, asked.policy.startsPerHour, this.#now())) return
      const plan = await this.#o.planner.plan(asked, this.#hold.signal)
      // What could not be read is looked at again, and patiently.
      const read = plan.steps.filter((step) => step.findings.every((finding) => finding.state !== 'unknown'))
      for (const step of read) this.#fresh.set(`${id} ${step.key}`, step.findings)
      await this.#o.ledger.record(id, { type: 'planned', at: this.#at(), plan, purpose: 'run' })
    })
  }

  #run(offboarding: Offboarding): void {
    for (const key of ready(offboarding, this.#now()))
      this.#once(`${offboarding.id} ${key}`, () => this.#begin(offboarding.id, key))
    for (const run of Object.values(offboarding.steps)) {
      const name = `${offboarding.id} ${run.key}`
      if (run.state === 'running') this.#once(name, () => this.#work(offboarding.id, run.key, runStep))
      if (run.state === 'waiting' && !run.plan.task && this.#pollDue(name)) {
        this.#once(name, () => this.#work(offboarding.id, run.key, pollStep))
      }
    }
  }

  #giveBack(offboarding: Offboarding): void {
    const { ledger, planner, clock, settling } = this.#o
    const ends = { signal: this.#hold.signal, abandon: this.#abandon.signal }
    const parts = { ledger, planner, clock, settling, systems: this.#systems, rounds: this.#rounds, ...ends }
    for (const key of giveBackTurns(offboarding))
      this.#once(`${offboarding.id} back ${key}`, () => takeTurn(parts, offboarding.id, key))
  }

  /** One at a time, whoever is watched: nobody waits for it. */
  #watch(id: string): void {
    if ([...this.#active.keys()].some((name) => name.endsWith(' watch'))) return
    const { ledger, clock } = this.#o
    const parts = { ledger, clock, systems: this.#systems, rounds: this.#rounds, signal: this.#hold.signal }
    this.#once(`${id} watch`, () => lookAgain(parts, id))
  }

  async #begin(id: string, key: string): Promise<void> {
    const offboarding = this.#o.ledger.get(id)
    const run = offboarding?.steps[key]
    if (!offboarding || !run || !isReady(offboarding, run, this.#now())) return
    if (run.plan.task) {
      const fact = `handed to ${run.plan.task.owner}`
      await this.#o.ledger.record(id, { type: 'step-waiting', at: this.#at(), step: key, findings: [], fact })
      return
    }
    await this.#o.ledger.record(id, { type: 'step-started', at: this.#at(), step: key })
    await this.#work(id, key, runStep)
  }

  async #work(id: string, key: string, how: (work: StepWork) => Promise<void>): Promise<void> {
    const offboarding = this.#o.ledger.get(id)
    const run = offboarding?.steps[key]
    if (!offboarding || !run) return
    const system = this.#systems.get(run.plan.connector)
    const step = system && stepOf(system, run.plan.step)
    if (!system || !step || isManual(step)) return this.#orphan(id, run)
    const name = `${id} ${key}`
    const freshFindings = this.#fresh.get(name)
    this.#fresh.delete(name)
    const current = () => this.#o.ledger.get(id)?.steps[key]
    const looking = { offboarding, run, system, rounds: this.#rounds, current, now: () => this.#now() }
    await how({
      step,
      offboarding,
      run: () => current() ?? run,
      look: (signal) => lookOf(looking, signal),
      guard: () => guard(looking, this.#o.planner),
      record: async (...events: readonly Event[]) => void (await this.#o.ledger.record(id, ...events)),
      clock: this.#o.clock,
      settling: this.#o.settling,
      onDenied: (fact) => {
        system.denied = new Denied(fact)
      },
      signal: this.#hold.signal,
      abandon: this.#abandon.signal,
      ...(freshFindings ? { freshFindings } : {}),
    })
  }

  /** A step whose connector is not in the settings any more: nobody can say how it stands. */
  async #orphan(id: string, run: StepRun): Promise<void> {
    const fact = `${run.plan.connectorTitle} is no longer in the settings. IT checks it by hand, or adds it again and tries again.`
    const head = { at: this.#at(), step: run.key }
    const findings = run.findings.map((finding) => ({ ...finding, state: 'unknown' as const }))
    await this.#o.ledger.record(id, { type: 'step-ended', ...head, ending: 'unknown', fact, findings, ms: 0 })
  }

  #pollDue(name: string): boolean {
    const now = this.#now().getTime()
    const next = this.#pollAfter.get(name) ?? { at: now, pause: 1_000 }
    if (now < next.at) return false
    this.#pollAfter.set(name, { at: now + next.pause, pause: Math.min(next.pause * 1.5, 15 * 60_000) })
    return true
  }

  /** Somebody has seen to it: the credential gets another chance. */
  #forgive(offboarding: Offboarding, key: string): void {
    const system = this.#systems.get(offboarding.steps[key]?.plan.connector ?? '')
    if (system) system.denied = undefined
  }

  /** One piece of work of a name at a time; whoever comes meanwhile is served by what follows it. */
  #once(name: string, work: () => Promise<void>): void {
    if (this.#active.has(name) || this.#hold.signal.aborted) return
    const held = this.#hold.signal
    const done = work()
      .catch((error) => this.#failed(name, error, held))
      .finally(() => {
        this.#active.delete(name)
        this.move(name.split(' ')[0] ?? '')
      })
    this.#active.set(name, done)
  }

  #failed(name: string, error: unknown, held: AbortSignal): void {
    if (held.aborted) return
    const [offboarding, ...work] = name.split(' ')
    const fields = { offboarding, work: work.join(' ') }
    if (error instanceof Refusal) return this.#o.log.info(fields, error.message)
    this.#o.log.error({ ...fields, error }, 'Something failed that must not, so Latchkey stops.')
    this.hold('Latchkey is stopping: something failed that must not')
    this.#abandon.abort(new Error('Latchkey is stopping: something failed that must not'))
    this.#o.onFatal(error)
  }
}
